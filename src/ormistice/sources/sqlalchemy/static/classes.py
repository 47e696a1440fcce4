"""Declarative classes: which have a table, what it is called, and which statements make its columns."""

import ast
import builtins
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ormistice.sources.sqlalchemy import syntax
from ormistice.sources.sqlalchemy.static.columns import CONSTRUCTORS, INHERITED, unwrapped
from ormistice.sources.sqlalchemy.static.factories import made, unknown
from ormistice.sources.sqlalchemy.static.scope import External, Known, Project, Value
from ormistice.sources.sqlalchemy.static.values import Call, Reader, Unknown

_BASES = ("DeclarativeBase", "DeclarativeBaseNoMeta", "declarative_base", "automap_base", "generate_base", "Model")
_ROOTS = ("DeclarativeBase", "DeclarativeBaseNoMeta")  # what is derived from these is a base, and never mapped
_DECORATORS = (".mapped", ".mapped_as_dataclass", "as_declarative")
_OWN_PACKAGES = ("sqlalchemy", "sqlmodel", "flask_sqlalchemy", "pydantic")
# Their classes are mixed into models, and bring none of a table's columns.
_NO_COLUMNS = ("flask_login", "sqlalchemy_serializer", "typing_extensions", "flask_admin", "sqlalchemy_utils")
_HUMP = re.compile(r"((?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z]))")


@dataclass(frozen=True)
class Attribute:
    """A statement of a class body that makes a column: its calls, nearest first, and its annotation."""

    file: str
    name: str
    statement: ast.stmt
    calls: tuple[Call, ...]
    annotation: tuple[str, ast.expr] | None


@dataclass(frozen=True)
class Model:
    """A class of the project that is mapped, or helps to map others."""

    file: str
    node: ast.ClassDef
    lineage: tuple[Value, ...]
    project: Project

    @property
    def classes(self) -> list[Known]:
        """The classes of the project in its lineage, itself first."""
        return [value for value in self.lineage if isinstance(value, Known) and isinstance(value.node, ast.ClassDef)]

    @property
    def is_sqlmodel(self) -> bool:
        """Whether it is an SQLModel class."""
        return any(isinstance(value, External) and value.name == "SQLModel" for value in self.lineage)

    @property
    def is_declarative(self) -> bool:
        """Whether it is derived from a declarative base, or from something that is not known."""
        decorators = [each for value in self.classes for each in _class(value).decorator_list]
        return any(ast.unparse(each).partition("(")[0].endswith(_DECORATORS) for each in decorators) or any(
            value is None or (isinstance(value, External) and value.name in _BASES) for value in self.lineage
        )

    @property
    def unread_bases(self) -> list[str]:
        """What it is derived from and nobody here has read, so that it may have any columns."""
        found = []
        for value in self.lineage:
            match value:
                case External() if not _is_plain(value):
                    found.append(value.path.removeprefix("builtins."))
                case Known(node=ast.ClassDef(name=name) as node) if hook := _hook(node):
                    found.append(f"{name}.{hook}")
                case Known(node=node) if not isinstance(node, ast.ClassDef):
                    found.append(ast.unparse(node))
                case _:
                    pass
        return found

    @property
    def is_flask(self) -> bool:
        """Whether Flask-SQLAlchemy names its table."""
        return any(isinstance(value, External) and value.path.startswith("flask_sqlalchemy") for value in self.lineage)

    def own(self, name: str) -> ast.stmt | None:
        """The statement of its own body that binds a name."""
        return syntax.attribute(self.node, name)

    def inherited(self, name: str) -> tuple[Known, ast.stmt] | None:
        """The nearest statement that binds a name."""
        for value in self.classes:
            found = syntax.attribute(value.node, name) if isinstance(value.node, ast.ClassDef) else None
            if found is not None:
                return value, found
        return None


def _hook(node: ast.ClassDef) -> str | None:
    """What a class has that gives columns to the classes derived from it while they are made."""
    if syntax.attribute(node, "__mapper_cls__") is not None:
        return "__mapper_cls__"
    made = syntax.attribute(node, "__init_subclass__")
    makes = any(
        ast.unparse(call.func).rpartition(".")[2] in CONSTRUCTORS for call in syntax.calls_in(made or ast.Pass())
    )
    return "__init_subclass__" if makes else None


def _is_plain(base: External) -> bool:
    """Whether a class of a package is known to bring no columns."""
    if base.package == "builtins":
        return hasattr(builtins, base.name)
    return base.package in (*_OWN_PACKAGES, *_NO_COLUMNS) or base.package in sys.stdlib_module_names


def model(project: Project, file: str, node: ast.ClassDef) -> Model:
    """A class with its lineage."""
    return Model(file, node, tuple(project.lineage(file, node)), project)


def has_table(found: Model) -> bool:
    """Whether a class has a table of its own. Raises Unknown."""
    if found.is_sqlmodel:
        return any(
            word.arg == "table" and isinstance(word.value, ast.Constant) and word.value.value is True
            for word in found.node.keywords
        )
    if any(isinstance(base, External) and base.name in _ROOTS for base in found.project.bases(found.file, found.node)):
        return False
    abstract = found.own("__abstract__")
    if isinstance(abstract, ast.Assign) and isinstance(abstract.value, ast.Constant) and abstract.value.value:
        return False
    if found.own("__tablename__") is not None or found.own("__table__") is not None:
        return not _shares(found) and (found.is_declarative or bool(found.unread_bases))
    if not found.is_declarative:
        return False
    inherited = found.inherited("__tablename__")
    if inherited is None:
        return found.is_flask and declares_key(found) and not _shares(found)
    owner, statement = inherited
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return True
    return not (isinstance(owner.node, ast.ClassDef) and has_table(model(found.project, owner.file, owner.node)))


def _shares(found: Model) -> bool:
    """Whether Flask-SQLAlchemy takes a class for one of its base's table: it declares no key of its own."""
    own_table = found.own("__table__") is not None
    return found.is_flask and not own_table and not _keys(found.node) and mapped_base(found) is not None


def declares_key(found: Model) -> bool:
    """Whether a class or a class it is derived from declares a primary key."""
    return any(_keys(value.node) for value in found.classes)


def _keys(node: ast.AST) -> bool:
    """Whether a class body speaks of a primary key."""
    calls = [*syntax.calls_in(node)]
    return any(word.arg == "primary_key" for call in calls for word in call.keywords) or any(
        ast.unparse(call.func).rpartition(".")[2] == "PrimaryKeyConstraint" for call in calls
    )


def mapped_base(found: Model) -> Model | None:
    """The nearest class it is derived from that has a table."""
    for value in found.classes[1:]:
        if isinstance(value.node, ast.ClassDef) and has_table(base := model(found.project, value.file, value.node)):
            return base
    return None


def table_name(found: Model, reader: Reader) -> str:
    """The name of a class's table. Raises Unknown."""
    inherited = found.inherited("__tablename__")
    if inherited is None:
        name = found.node.name
        return name.lower() if found.is_sqlmodel else _HUMP.sub(r"_\1", name).lower()
    owner, statement = inherited
    match statement:
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
            name = reader.constant(owner.file, value)
            if isinstance(name, str):
                return name
        case ast.FunctionDef(body=body, args=arguments):
            returned = [each.value for each in body if isinstance(each, ast.Return) and each.value is not None]
            parameter = arguments.args[0].arg if arguments.args else "cls"
            if len(returned) == 1 and all(isinstance(each, (ast.Return, ast.Expr)) for each in body):
                return _of_class(returned[0], parameter, found.node.name)
        case _:
            pass
    raise Unknown("__tablename__")


def _of_class(node: ast.expr, parameter: str, name: str) -> str:
    """A string made of a class's name."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Attribute(value=ast.Name(id=own), attr="__name__") if own == parameter:
            return name
        case ast.Call(func=ast.Attribute(value=inner, attr="lower"), args=[]):
            return _of_class(inner, parameter, name).lower()
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _of_class(left, parameter, name) + _of_class(right, parameter, name)
        case ast.JoinedStr(values=parts):
            return "".join(
                _of_class(part.value if isinstance(part, ast.FormattedValue) else part, parameter, name)
                for part in parts
            )
        case _:
            raise Unknown("__tablename__")


def columns_of(found: Model, reader: Reader) -> Iterator[Attribute]:
    """The columns of a class's table, those of its mixins and abstract bases included.

    Fields of SQLModel come base first; columns of SQLAlchemy come own first.
    """
    base = mapped_base(found)
    skipped = {id(value.node) for value in base.classes} if base is not None else set()
    owners = [value for value in found.classes if id(value.node) not in skipped]
    seen: dict[str, Attribute] = {}
    for value in reversed(owners) if found.is_sqlmodel else owners:
        own = own_columns(Model(value.file, _class(value), found.lineage, found.project), reader)
        # What functions of a mixin make comes behind what is copied from it.
        for attribute in own if value.node is found.node else sorted(own, key=_is_made):
            if found.is_sqlmodel or attribute.name not in seen:
                seen[attribute.name] = attribute
    hidden = {name for value in owners for name in _not_columns(_class(value), value.file, reader)}
    kept = [attribute for name, attribute in seen.items() if name not in hidden]
    yield from sorted(kept, key=lambda attribute: _sort_order(attribute, reader))
    for name in found.unread_bases if base is None else ():
        yield Attribute(found.file, INHERITED + name, found.node, (), None)


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


def _not_columns(node: ast.ClassDef, file: str, reader: Reader) -> Iterator[str]:
    """Names that a class binds to something else than a column, such as None to take an inherited one away."""
    for statement in node.body:
        if (
            isinstance(statement, ast.Assign)
            and isinstance(statement.value, ast.Constant)
            and statement.value.value is None
        ):
            yield from syntax.targets(statement)
    del file, reader


def own_columns(found: Model, reader: Reader) -> Iterator[Attribute]:
    """The statements of one class body that make columns, in the order in which SQLAlchemy comes by them."""
    named = [(name, statement) for statement in found.node.body for name in syntax.targets(statement)]
    made = {
        name: attribute
        for name, statement in named
        if not name.startswith("__") and (attribute := _attribute(found, reader, name, statement)) is not None
    }
    valued = dict.fromkeys(name for name, statement in named if getattr(statement, "value", statement) is not None)
    yield from (made[name] for name in _merged([*valued], _annotated_names(found.node)) if name in made)


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


def _attribute(found: Model, reader: Reader, name: str, statement: ast.stmt) -> Attribute | None:
    value = getattr(statement, "value", None)
    annotation = getattr(statement, "annotation", None)
    if isinstance(statement, ast.FunctionDef):
        if not any("declared_attr" in ast.unparse(each) for each in statement.decorator_list):
            return None
        returned = [
            each.value for each in ast.walk(statement) if isinstance(each, ast.Return) and each.value is not None
        ]
        value, annotation = (returned[0] if len(returned) == 1 else None), statement.returns
    if isinstance(statement, ast.ClassDef):
        return None
    call = _column_call(reader, found.file, value)
    noted = (found.file, annotation) if annotation is not None else None
    if call is not None:
        return Attribute(found.file, name, statement, (call, *_annotated(reader, noted)), noted)
    if noted is None or isinstance(statement, ast.FunctionDef):
        return None
    other = None if value is None else reader.call(found.file, value)
    if other is not None:
        foreign = not isinstance(other.function, External) or other.function.package not in _OWN_PACKAGES
        column = foreign and not found.is_sqlmodel and _is_mapped(reader, noted)
        return Attribute(found.file, name, statement, (unknown(found.file),), None) if column else None
    field = found.is_sqlmodel and not name.startswith("_") and not _is_class_variable(reader, noted)
    if not field and not _is_mapped(reader, noted):
        return None
    calls = _annotated(reader, noted)
    if field and isinstance(value, ast.Constant) and value.value is None:
        calls += (Call(found.file, ast.Call(ast.Name("Field"), [value], []), External("sqlmodel.Field")),)
    return Attribute(found.file, name, statement, calls, noted)


def _column_call(reader: Reader, file: str, value: ast.expr | None) -> Call | None:
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
    found = reader.project.resolve(*annotation)
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
