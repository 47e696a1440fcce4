"""Columns of classes: which statements make them, those of mixins and abstract bases included."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ormistice.sources.sqlalchemy import syntax
from ormistice.sources.sqlalchemy.static.annotations import forward, unwrapped
from ormistice.sources.sqlalchemy.static.binding import returned
from ormistice.sources.sqlalchemy.static.classes import OWN_PACKAGES, Model, mapped_base
from ormistice.sources.sqlalchemy.static.columns import CONSTRUCTORS
from ormistice.sources.sqlalchemy.static.constraints import KINDS
from ormistice.sources.sqlalchemy.static.factories import filled, made, unknown
from ormistice.sources.sqlalchemy.static.scope import External, Known
from ormistice.sources.sqlalchemy.static.values import Call, Reader, Unknown


@dataclass(frozen=True)
class Attribute:
    """A statement of a class body that makes a column: its calls, nearest first, and its annotation."""

    file: str
    name: str
    statement: ast.stmt
    calls: tuple[Call, ...]
    annotation: tuple[str, ast.expr] | None


def columns_of(found: Model, reader: Reader) -> Iterator[Attribute]:
    """The columns of a class's table, those of its mixins and abstract bases included.

    Fields of SQLModel come base first; columns of SQLAlchemy come own first.
    """
    owners = own_classes(found)
    seen: dict[str, Attribute] = {}
    for value in reversed(owners) if found.is_sqlmodel else owners:
        own = own_columns(Model(value.file, _class(value), found.lineage, found.project), reader, found)
        # What functions of a mixin make comes behind what is copied from it.
        for attribute in own if value.node is found.node else sorted(own, key=_is_made):
            if found.is_sqlmodel or attribute.name not in seen:
                seen[attribute.name] = attribute
    kept = [attribute for name, attribute in seen.items() if not _is_hidden(name, owners)]
    yield from sorted(kept, key=lambda attribute: _sort_order(attribute, reader))


def own_classes(found: Model) -> list[Known]:
    """A class and those in its lineage that are not of the class whose table it extends."""
    base = mapped_base(found)
    skipped = {id(value.node) for value in base.classes} if base is not None else set()
    return [value for value in found.classes if id(value.node) not in skipped]


def _sort_order(attribute: Attribute, reader: Reader) -> int:
    """Where a column asks to stand among the others. Raises Unknown."""
    stated = next((call for call in attribute.calls if call.named("sort_order") is not None), None)
    return 0 if stated is None else int(reader.constant(stated.file, stated.named("sort_order")))


def _is_made(attribute: Attribute) -> bool:
    return isinstance(attribute.statement, ast.FunctionDef)


def _class(value: Known) -> ast.ClassDef:
    if not isinstance(value.node, ast.ClassDef):
        raise Unknown("class")
    return value.node


def _is_hidden(name: str, owners: list[Known]) -> bool:
    """Whether the nearest class that binds a name binds it to None, which takes an inherited column away."""
    bound = (syntax.attribute(_class(value), name) for value in owners)
    nearest = next((statement for statement in bound if statement is not None), None)
    value = nearest.value if isinstance(nearest, ast.Assign) else None
    return isinstance(value, ast.Constant) and value.value is None


def own_columns(found: Model, reader: Reader, owner: Model) -> Iterator[Attribute]:
    """The statements of one class body that make columns for `owner`, in the order that SQLAlchemy finds them in."""
    named = [(name, statement) for statement in found.node.body for name in syntax.targets(statement)]
    made = {
        name: attribute
        for name, statement in named
        if not name.startswith("__") and (attribute := _attribute(found, reader, name, statement, owner)) is not None
    }
    valued = dict.fromkeys(name for name, statement in named if getattr(statement, "value", statement) is not None)
    yield from (made[name] for name in _merged([*valued], _annotated_names(found.node)) if name in made)


def constraints_of(found: Model, reader: Reader) -> Iterator[ast.expr]:
    """The constraints and indexes that a class body makes of its columns beside them."""
    for statement in found.node.body:
        value = statement.value if isinstance(statement, (ast.Assign, ast.Expr)) else None
        call = reader.call(found.file, value) if isinstance(value, ast.Call) else None
        if call is None or value is None or call.name not in KINDS or not isinstance(call.function, External):
            continue
        named = {name for each in call.positional for node in ast.walk(each) if (name := getattr(node, "id", None))}
        if any(is_column(found, reader, name, own) for name in named if (own := found.own(name)) is not None):
            yield value


def scanned(found: Model, attributes: Iterable[Attribute]) -> list[Attribute]:
    """Fields of SQLModel as SQLAlchemy comes by them: those that a class declares anew move.

    Its relationships take part in that: they are set behind the fields, and annotated before them.
    """
    fields = {attribute.name: attribute for attribute in attributes}
    related = [name for each in found.node.body if _is_relationship(each) for name in syntax.targets(each)]
    annotated = [*related, *(name for name in _annotated_names(found.node) if name not in related)]
    return [fields[name] for name in _merged([*fields, *related], annotated) if name in fields]


def _is_relationship(statement: ast.stmt) -> bool:
    value = statement.value if isinstance(statement, ast.AnnAssign) else None
    return isinstance(value, ast.Call) and ast.unparse(value.func).rpartition(".")[2] == "Relationship"


def _annotated_names(node: ast.ClassDef) -> list[str]:
    names = (name for each in node.body if isinstance(each, ast.AnnAssign) for name in syntax.targets(each))
    return [*dict.fromkeys(names)]  # one that is annotated again stays where it was


def _merged(first: list[str], second: list[str]) -> list[str]:
    """The names of values and those of annotations as SQLAlchemy merges them."""
    both = set(first) & set(second)
    merged: list[str] = []
    current, other = iter(first), iter(second)
    while (name := next(current, None)) is not None:
        if name in both:
            both.discard(name)
            current, other = other, current
        else:
            merged.append(name)
    return [*merged, *other]


def _attribute(found: Model, reader: Reader, name: str, statement: ast.stmt, owner: Model) -> Attribute | None:
    value = _with_constants(found.node, getattr(statement, "value", None))
    annotation = getattr(statement, "annotation", None)
    if isinstance(statement, ast.FunctionDef):
        if not any("declared_attr" in ast.unparse(each) for each in statement.decorator_list):
            return None
        value, annotation = returned(statement, owner, reader), statement.returns
    if isinstance(statement, ast.ClassDef):
        return None
    call = column_call(reader, found.file, value)
    noted = (found.file, annotation) if annotation is not None else None
    if call is not None:
        return Attribute(found.file, name, statement, (call, *_annotated(reader, noted)), noted)
    if noted is None or isinstance(statement, ast.FunctionDef):
        return None
    other = None if value is None else reader.call(found.file, value)
    if other is not None:
        foreign = not isinstance(other.function, External) or other.function.package not in OWN_PACKAGES
        column = foreign and not found.is_sqlmodel and _is_mapped(reader, noted)
        return Attribute(found.file, name, statement, (unknown(found.file),), None) if column else None
    field = found.is_sqlmodel and not name.startswith("_") and not _is_class_variable(reader, noted)
    if not field and not _is_mapped(reader, noted):
        return None
    calls = _annotated(reader, noted)
    if field and isinstance(value, ast.Constant) and value.value is None:
        calls += (Call(found.file, ast.Call(ast.Name("Field"), [value], []), External("sqlmodel.Field")),)
    return Attribute(found.file, name, statement, calls, noted)


def _with_constants(node: ast.ClassDef, value: ast.expr | None) -> ast.expr | None:
    """An expression of a class body with the constants that the body gives names to."""
    named = {each.id for each in ast.walk(value) if isinstance(each, ast.Name)} if value is not None else set()
    stated = ((name, getattr(syntax.attribute(node, name), "value", None)) for name in sorted(named))
    constants = {name: given for name, given in stated if isinstance(given, ast.Constant | ast.Tuple | ast.List)}
    return filled(value, constants) if value is not None and constants else value


def is_column(found: Model, reader: Reader, name: str, statement: ast.stmt) -> bool:
    """Whether a statement of a class body is read as one that makes a column."""
    return _attribute(found, reader, name, statement, found) is not None


def column_call(reader: Reader, file: str, value: ast.expr | None) -> Call | None:
    """The call of a column's constructor that an expression is, comes down to, or holds; None if it is none."""
    call = reader.call(file, value)
    if call is not None and call.name in ("deferred", "column_property", "query_expression") and call.positional:
        call = reader.call(call.file, call.positional[0])
    column = None if call is None else made(reader, call, (*CONSTRUCTORS, "Field"))
    stated = None if column is None else column.named("sa_column")
    if column is None or stated is None or (isinstance(stated, ast.Constant) and stated.value is None):
        return column
    inner = reader.call(column.file, stated)
    return (None if inner is None else made(reader, inner, CONSTRUCTORS)) or unknown(file)


def _is_mapped(reader: Reader, annotation: tuple[str, ast.expr]) -> bool:
    file, node = annotation
    written = forward(node.value) if isinstance(node, ast.Constant) and isinstance(node.value, str) else node
    found = reader.project.resolve(file, written)
    if not isinstance(found, Known) or not isinstance(found.node, ast.Subscript):
        return False
    made = reader.project.resolve(found.file, found.node.value)
    if not isinstance(made, External) or made.name not in ("Mapped", "MappedColumn"):
        return False
    file, inner, _ = unwrapped(reader, *annotation)
    target = reader.project.resolve(file, inner)
    if isinstance(target, Known) and isinstance(target.node, ast.ClassDef):
        return any(
            isinstance(value, External) and value.package == "enum"
            for value in reader.project.lineage(target.file, target.node)
        )
    return True


def _is_class_variable(reader: Reader, annotation: tuple[str, ast.expr]) -> bool:
    found = reader.project.resolve(*annotation)
    made = (
        reader.project.resolve(found.file, found.node.value)
        if isinstance(found, Known) and isinstance(found.node, ast.Subscript)
        else found
    )
    return isinstance(made, External) and made.name in ("ClassVar", "PrivateAttr")


def _annotated(reader: Reader, annotation: tuple[str, ast.expr] | None) -> tuple[Call, ...]:
    """The columns that `Annotated` carries."""
    if annotation is None:
        return ()
    file, node = annotation
    calls: list[Call] = []
    for each in ast.walk(node):
        if isinstance(each, (ast.Name, ast.Attribute)):
            found = reader.project.resolve(file, each)
            if isinstance(found, Known) and isinstance(found.node, ast.Subscript):
                calls += _annotated(reader, (found.file, found.node))
        if isinstance(each, ast.Call):
            call = reader.call(file, each)
            calls += [call] if call is not None and call.name in (*CONSTRUCTORS, "Field") else []
    return tuple(calls)
