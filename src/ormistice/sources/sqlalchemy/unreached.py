"""Classes that declare a table in the text and never came to be when the application was imported."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from ormistice.model import Problem, ProblemKind
from ormistice.sources.sqlalchemy.places import Answer, Places
from ormistice.sources.sqlalchemy.target import names_table


def unreached(answer: Answer, files: Iterable[Path], places: Places) -> Iterator[Problem]:
    """A problem for each class of `files` with a table that no MetaData knows, such as one that nobody imports."""
    known = {
        (base["file"], base["name"])
        for table in answer["tables"]
        for mapped in table["classes"]
        for base in mapped["lineage"]
    }
    for file in files:
        module = places.module(str(file))
        for name, node in module.classes.items() if module else ():
            if module is not None and names_table(node) and not _abstract(node) and (str(file), name) not in known:
                message = f"class `{name}` declares a table, but importing the models does not reach it"
                yield Problem(ProblemKind.UNSUPPORTED_CONSTRUCT, message, module.span(node))


def _abstract(node: ast.ClassDef) -> bool:
    """Whether a class lends its table's name, or says that it has none."""
    names = [
        target.id
        for each in node.body
        if isinstance(each, ast.Assign)
        for target in each.targets
        if isinstance(target, ast.Name)
    ]
    computed = any(isinstance(each, ast.FunctionDef) and each.name == "__tablename__" for each in node.body)
    return "__abstract__" in names or computed or not node.bases
