"""Reading declarative classes from their text alone, for code that must not be run or cannot be.

The answer has the shape of the probe's, so that both are lowered alike. What cannot be told without running the code is
left out of it and told as a problem.
"""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ormistice.sources.sqlalchemy.static import references
from ormistice.sources.sqlalchemy.static.constraints import Constraints
from ormistice.sources.sqlalchemy.static.kinds import Kinds
from ormistice.sources.sqlalchemy.static.naming import name_all
from ormistice.sources.sqlalchemy.static.relations import relations
from ormistice.sources.sqlalchemy.static.releases import releases
from ormistice.sources.sqlalchemy.static.scope import Project
from ormistice.sources.sqlalchemy.static.tables import Tables, indexes_apart
from ormistice.sources.sqlalchemy.static.values import Call, Reader, Unknown
from ormistice.sources.sqlalchemy.syntax import Module


def read_statically(
    files: Iterable[Path],
    roots: tuple[Path, ...],
    module: Callable[[str], Module | None],
    python: str,
    environment: Mapping[str, str],
) -> dict[str, Any]:
    """The tables of some modules and of the modules of the project that they import."""
    listed = list(files)
    installed = [root for root in roots if root.name in ("site-packages", "dist-packages")]
    only = {
        file.relative_to(root).parts[0].removesuffix(".py")
        for root in installed
        for file in listed
        if root in file.parents
    }
    project = Project(roots, module, frozenset(only))
    reached: list[str] = []
    for start in listed:
        _reach(project, str(start), reached)
    reader = Reader(project, environment)
    installed_there = releases(python)
    kinds = Kinds(reader, installed_there)
    stated = [node for file in reached for node in _conventions(module(file))]
    assigned = any(isinstance(node, ast.Attribute) for node in stated)
    tables = Tables(reader, kinds, installed_there, reached, bool(stated), assigned)
    for file in reached:
        tables.read(file)
    for file in reached:
        tables.read_afterwards(file)
    for file in reached:
        for table, call in indexes_apart(tables, file):
            _index_apart(tables, table, call)
    references.resolve(tables)
    references.serials(tables)
    for enum in kinds.enums.values():
        enum["table"] = [enum["table"]["schema"], enum["table"]["name"]]
    for table in tables.tables:
        _finish(tables, table)
    return {
        "modules": reached,
        "tables": tables.tables,
        "enums": list(kinds.enums.values()),
        "sequences": [],
        "relations": relations(tables),
        "problems": tables.problems,
        "missed": tables.missed,
    }


def _finish(tables: Tables, table: dict[str, Any]) -> None:
    """What can only be said of a table once all of it is known."""
    for words in name_all(table):
        message = f"table `{table['name']}`: not understood without running it: {words}"
        tables.problem(message, table["file"], table["line"])
    for index in table["indexes"]:
        if index["partial"] and index["predicate"] is None:
            message = f"index `{index['name']}`: its predicate is not understood without running it"
            tables.problem(message, table["file"], table["line"])
    for kind in ("foreign_keys", "uniques"):  # those of columns are made when the columns are given to the table
        table[kind].sort(key=lambda item: "called" not in item)
    table["indexes"].sort(key=lambda index: str(index["name"]))


def _index_apart(tables: Tables, table: dict[str, Any] | None, call: Call) -> None:
    why = "its table is not told"
    if table is not None:
        try:
            Constraints(tables.reader, table).add(call, "")
        except Unknown as error:
            why = str(error)
        else:
            return
    for each in [table] if table is not None else tables.tables:
        each["unread"].append("indexes")
    tables.problem(f"index: not understood without running it: {why}", call.file, call.node.lineno)


def _reach(project: Project, file: str, reached: list[str]) -> None:
    """Add a module behind the modules of the project that it imports, as running it would."""
    module = project.module(file)
    if module is None or file in reached:
        return
    at = len(reached)
    reached.append(file)
    parts = project.dotted(file).split(".")
    packages: list[tuple[int, str, list[str]]] = [(0, ".".join(parts[:number]), []) for number in range(1, len(parts))]
    for level, source, names in [*packages, *_imports(module.tree.body)]:
        dotted = project.absolute(file, level, source)
        for name in (dotted, *(f"{dotted}.{each}" if dotted else each for each in names)):
            found = project.file(name)
            if found is not None and found not in reached:
                inner: list[str] = [*reached]
                _reach(project, found, inner)
                fresh = [each for each in inner if each not in reached]
                reached[at:at] = fresh
                at += len(fresh)


def _imports(body: list[ast.stmt]) -> Iterator[tuple[int, str, list[str]]]:
    for statement in body:
        match statement:
            case ast.Import(names=names):
                yield from ((0, alias.name, []) for alias in names)
            case ast.ImportFrom(level=level, module=module, names=names):
                yield level, module or "", [alias.name for alias in names]
            case ast.If(test=test, body=inner, orelse=otherwise):
                yield from () if "TYPE_CHECKING" in ast.unparse(test) else _imports(inner)
                yield from _imports(otherwise)
            case ast.Try(body=inner, handlers=handlers):
                yield from _imports(inner)
                for handler in handlers:
                    yield from _imports(handler.body)
            case _:
                pass


def _conventions(module: Module | None) -> Iterator[ast.AST]:
    """Where a module speaks of naming conventions: an argument of a MetaData, or an attribute that is assigned."""
    for node in ast.walk(module.tree) if module else ():
        if isinstance(node, ast.keyword) and node.arg == "naming_convention":
            yield node
        if isinstance(node, ast.Attribute) and node.attr == "naming_convention" and isinstance(node.ctx, ast.Store):
            yield node
