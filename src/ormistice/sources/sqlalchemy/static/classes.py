"""Declarative classes: which have a table, and what it is called."""

import ast
import builtins
import re
import sys
from dataclasses import dataclass

from ormistice.sources.sqlalchemy import syntax
from ormistice.sources.sqlalchemy.static.columns import CONSTRUCTORS
from ormistice.sources.sqlalchemy.static.scope import External, Known, Project, Value
from ormistice.sources.sqlalchemy.static.values import Reader, Unknown

_BASES = ("DeclarativeBase", "DeclarativeBaseNoMeta", "declarative_base", "automap_base", "generate_base", "Model")
_ROOTS = ("DeclarativeBase", "DeclarativeBaseNoMeta")  # what is derived from these is a base, and never mapped
_DECORATORS = ("mapped", "mapped_as_dataclass", "as_declarative")
OWN_PACKAGES = ("sqlalchemy", "sqlmodel", "flask_sqlalchemy", "pydantic")
# Their classes are mixed into models, and bring none of a table's columns.
_NO_COLUMNS = ("flask_login", "sqlalchemy_serializer", "typing_extensions", "flask_admin")
_HUMP = re.compile(r"((?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z]))")


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
        return self.is_mapped or any(value is None for value in self.lineage)

    @property
    def is_mapped(self) -> bool:
        """Whether it is derived from a declarative base for certain."""
        return any(decorators(each.node) & {*_DECORATORS} or _has_metaclass(each.node) for each in self.classes) or any(
            isinstance(value, External) and value.name in _BASES for value in self.lineage
        )

    @property
    def is_base(self) -> bool:
        """Whether it is a declarative base itself, or says that it has no table."""
        bases = self.project.bases(self.file, self.node)
        abstract = getattr(self.own("__abstract__"), "value", None)
        return (
            any(isinstance(base, External) and base.name in _ROOTS for base in bases)
            or "as_declarative" in decorators(self.node)
            or (isinstance(abstract, ast.Constant) and bool(abstract.value))
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


def given(project: Project, file: str, node: ast.AST) -> tuple[str, ast.AST]:
    """What a class has by the name in `node`, as in `Base.__table_args__`; `node` itself if it is no such."""
    owner = project.resolve(file, node.value) if isinstance(node, ast.Attribute) else None
    if not isinstance(node, ast.Attribute) or not isinstance(owner, Known) or not isinstance(owner.node, ast.ClassDef):
        return file, node
    for each in project.lineage(owner.file, owner.node):
        if not isinstance(each, Known) or not isinstance(each.node, ast.ClassDef):
            continue
        stated = syntax.attribute(each.node, node.attr)
        if stated is not None:
            value = getattr(stated, "value", None)
            return (each.file, value) if isinstance(value, ast.expr) else (file, node)
    return file, node


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
    return base.package in (*OWN_PACKAGES, *_NO_COLUMNS) or base.package in sys.stdlib_module_names


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
    if found.is_base or _is_none(found.own("__tablename__")):
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


def may_have_table(found: Model) -> bool:
    """Whether a class that states no table is mapped, and what it is derived from may state one that is not read."""
    if found.is_sqlmodel or found.is_base or not found.is_mapped or mapped_base(found) is not None:
        return False
    makes = any(
        syntax.attribute(value.node, "__init_subclass__") is not None
        for value in found.classes
        if isinstance(value.node, ast.ClassDef)
    )
    return found.inherited("__tablename__") is None and (makes or bool(found.unread_bases))


def decorators(node: ast.AST) -> set[str]:
    """The last parts of the names of a class's decorators."""
    listed = node.decorator_list if isinstance(node, ast.ClassDef) else []
    return {ast.unparse(each).partition("(")[0].rpartition(".")[2] for each in listed}


def _has_metaclass(node: ast.AST) -> bool:
    """Whether a class is made by a metaclass that maps it."""
    stated = [word.value for word in node.keywords if word.arg == "metaclass"] if isinstance(node, ast.ClassDef) else []
    return any(ast.unparse(each).rpartition(".")[2].startswith("DeclarativeMeta") for each in stated)


def _is_none(statement: ast.stmt | None) -> bool:
    value = getattr(statement, "value", None)
    return isinstance(value, ast.Constant) and value.value is None


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
            stated = reader.text(owner.file, value)
            if stated is not None:
                return stated
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
