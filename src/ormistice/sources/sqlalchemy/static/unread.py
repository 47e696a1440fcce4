"""What of a class may give columns to its table and is not read: bases that are not there, statements that only run."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from ormistice.sources.sqlalchemy import syntax
from ormistice.sources.sqlalchemy.static.attributes import column_call, is_column, own_classes
from ormistice.sources.sqlalchemy.static.classes import OWN_PACKAGES, Model, mapped_base
from ormistice.sources.sqlalchemy.static.columns import CONSTRUCTORS
from ormistice.sources.sqlalchemy.static.scope import External, Known, never_runs
from ormistice.sources.sqlalchemy.static.values import Reader

_DEPTH = 5
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Unread:
    """Where it stands, and the words for it."""

    file: str
    node: ast.ClassDef
    statement: ast.stmt
    words: str


def unread(found: Model, reader: Reader) -> Iterator[Unread]:
    """All that a class has, and the class whose table it extends has not."""
    base = mapped_base(found)
    known = set() if base is None else {*base.unread_bases}
    foreign = [name for name in found.unread_bases if name not in known]
    for name in foreign:
        yield Unread(found.file, found.node, found.node, f"what is inherited from {name} is not among the files")
    if foreign:
        return  # all of it is unread
    own = {id(value.node) for value in own_classes(found)}
    for value in found.classes:
        node = value.node
        for statement in node.body if isinstance(node, ast.ClassDef) else ():
            owner = Model(value.file, node, found.lineage, found.project) if isinstance(node, ast.ClassDef) else found
            hidden = _is_unread(owner, reader, statement) if id(node) in own else _cascades(statement)
            if hidden:
                yield Unread(value.file, owner.node, statement, ast.unparse(statement).splitlines()[0])


def _cascades(statement: ast.stmt) -> bool:
    """Whether a function of the class whose table is extended makes a column for the extending class too."""
    decorators = statement.decorator_list if isinstance(statement, ast.FunctionDef) else []
    cascading = any("declared_attr.cascading" in ast.unparse(each) for each in decorators)
    return cascading and not any(name.startswith("__") for name in syntax.targets(statement))


def _is_unread(found: Model, reader: Reader, statement: ast.stmt) -> bool:
    """Whether a statement of a class body may make a column and is not read."""
    match statement:
        case ast.FunctionDef(name=name) if not name.startswith("__"):
            return _is_unread_function(found, reader, statement)
        case ast.Assign(targets=[ast.Name(id="__sa_dataclass_metadata_key__")]):
            return True
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=value)
            | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
        ):
            read = is_column(found, reader, name, statement)
            return not name.startswith("__") and not read and _may_make(reader, found.file, value)
        case ast.Assign(value=value):
            values = value.elts if isinstance(value, (ast.Tuple, ast.List)) else [value]
            return any(_makes(reader, found.file, each) for each in values)
        case ast.If(test=test, body=body, orelse=otherwise):
            inner = [] if never_runs(test) else body
            return any(_is_made_within(found, reader, each) for each in (*inner, *otherwise))
        case ast.For(body=body) | ast.While(body=body) | ast.With(body=body) | ast.Try(body=body):
            return any(_is_made_within(found, reader, each) for each in body)
        case _:
            return False


def _is_made_within(found: Model, reader: Reader, statement: ast.stmt) -> bool:
    """Whether a statement that may run, or run more than once, makes a column."""
    made = any(is_column(found, reader, name, statement) for name in syntax.targets(statement))
    return made or _is_unread(found, reader, statement)


def _is_unread_function(found: Model, reader: Reader, function: ast.FunctionDef) -> bool:
    """Whether a `declared_attr` may return a column that is not read."""
    declared = any("declared_attr" in ast.unparse(each) for each in function.decorator_list)
    if not declared or is_column(found, reader, function.name, function):
        return False
    returned = [each.value for each in ast.walk(function) if isinstance(each, ast.Return) and each.value is not None]
    return any(
        not isinstance(each, ast.Constant)
        and (not isinstance(each, ast.Call) or _may_make(reader, found.file, each) or _holds(reader, found.file, each))
        for each in returned
    )


def _holds(reader: Reader, file: str, value: ast.expr) -> bool:
    """Whether a call makes a column, or is given one."""
    return any(_makes(reader, file, each) for each in ast.walk(value) if isinstance(each, ast.Call))


def _makes(reader: Reader, file: str, value: ast.expr) -> bool:
    return column_call(reader, file, value) is not None


def _may_make(reader: Reader, file: str, value: ast.expr, depth: int = 0) -> bool:
    """Whether a call that is not read as one of a column may be one after all."""
    call = reader.call(file, value) if isinstance(value, ast.Call) else None
    if call is None:
        return False
    match call.function:
        case External() as function:
            inner = [*call.positional, *(word.value for word in call.node.keywords)]
            if function.name == "composite":
                return any(_makes(reader, call.file, each) for each in inner)
            return (
                function.package not in (*OWN_PACKAGES, "builtins") and function.package not in sys.stdlib_module_names
            )
        case Known(file=other, node=ast.ClassDef() as node):
            lineage = reader.project.lineage(other, node)
            return any(isinstance(each, External) and each.name in CONSTRUCTORS for each in lineage)
        case Known(file=other, node=ast.Call() as made):
            return any(_is_constructor(reader, other, each) for each in made.args)
        case Known(file=other, node=function) if isinstance(function, _Function) and depth < _DEPTH:
            returned = (
                each.value for each in ast.walk(function) if isinstance(each, ast.Return) and each.value is not None
            )
            return any(_may_make(reader, other, each, depth + 1) for each in returned)
        case None:
            return ast.unparse(call.node.func).rpartition(".")[2] in CONSTRUCTORS
        case _:
            return False


def _is_constructor(reader: Reader, file: str, node: ast.expr) -> bool:
    found = reader.project.resolve(file, node)
    return isinstance(found, External) and found.name in CONSTRUCTORS
