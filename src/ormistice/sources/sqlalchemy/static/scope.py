"""Names in modules that are read and not run: what a name, an attribute or an import stands for."""

import ast
import builtins
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

from ormistice.sources.sqlalchemy import syntax
from ormistice.sources.sqlalchemy.syntax import Module

_DEPTH = 40
_LIBRARIES = ("sqlalchemy", "sqlmodel", "flask_sqlalchemy", "pydantic")


@dataclass(frozen=True, slots=True)
class External:
    """Something of a package that is not read: `sqlalchemy.Column`, `datetime.datetime`, `builtins.str`."""

    path: str

    @property
    def name(self) -> str:
        """Its last part."""
        return self.path.rpartition(".")[2]

    @property
    def package(self) -> str:
        """Its first part."""
        return self.path.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Known:
    """A node in a module that was read: a class, a function, or an expression that is no mere name."""

    file: str
    node: ast.AST


@dataclass(frozen=True, slots=True)
class Folder:
    """A package or module of the project, by dotted name."""

    dotted: str


class Elsewhere(ast.Name):
    """An expression of another module than the one it has been put into."""

    def __init__(self, file: str = "", expression: ast.expr | None = None, **more: object) -> None:
        inner = expression if expression is not None else ast.Constant(None)
        super().__init__(ast.unparse(inner), ast.Load())
        self.file, self.expression = file, inner
        del more

    def __deepcopy__(self, _: object) -> "Elsewhere":
        return Elsewhere(self.file, self.expression)


Value = External | Known | Folder | None


@dataclass(frozen=True)
class Project:
    """The modules below some folders, read when a name leads into them.

    `only` are the packages that count, where the folders hold the packages of others too.
    """

    roots: tuple[Path, ...]
    module: Callable[[str], Module | None]
    only: frozenset[str] = frozenset()
    _files: dict[str, str | None] = field(default_factory=dict)
    _names: dict[tuple[str, str], Value] = field(default_factory=dict)

    def file(self, dotted: str) -> str | None:
        """The real path of a module of the project."""
        if dotted not in self._files:
            parts = dotted.split(".") if self._counts(dotted) else [""]
            places = (
                place
                for root in self.roots
                for place in (root.joinpath(*parts, "__init__.py"), root.joinpath(*parts).with_suffix(".py"))
            )
            found = next((place for place in places if parts[0] and place.is_file()), None)
            self._files[dotted] = None if found is None else str(found.resolve())
        return self._files[dotted]

    def _counts(self, dotted: str) -> bool:
        """Whether a name may be the project's own; never what this reader knows by name."""
        package = dotted.partition(".")[0]
        return package not in _LIBRARIES and (not self.only or package in self.only)

    def is_package(self, dotted: str) -> bool:
        """Whether a dotted name is a folder of the project."""
        return self._counts(dotted) and any(root.joinpath(*dotted.split(".")).is_dir() for root in self.roots)

    def dotted(self, file: str) -> str:
        """The dotted name of a module."""
        path = Path(file)
        root = next((root for root in self.roots if root in path.parents), path.parent)
        parts = path.relative_to(root).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    def resolve(self, file: str, node: ast.AST, depth: int = 0) -> Value:
        """What an expression in a module stands for, names followed to where they were given."""
        if depth > _DEPTH:
            return None
        match node:
            case Elsewhere(file=other, expression=expression):
                return self.resolve(other, expression, depth)
            case ast.Name(id=name):
                return self.name(file, name, depth)
            case ast.Attribute(value=value, attr=name):
                return self.attribute(self._object(self.resolve(file, value, depth + 1)), name, depth)
            case ast.Constant(value=str(text)) if text.isidentifier() and depth == 0:
                return Known(file, node)
            case _:
                return Known(file, node)

    def _object(self, found: Value) -> Value:
        """What has attributes: in place of None what a function gives to its name."""
        if not isinstance(found, Known) or not isinstance(found.node, ast.Constant) or found.node.value is not None:
            return found
        module = self.module(found.file)
        names = [name for name, value in module.assigned.items() if value is found.node] if module else []
        given = _given_later(module, names[0]) if module and names else None
        return found if given is None else self.resolve(found.file, given)

    def name(self, file: str, name: str, depth: int = 0) -> Value:
        """What a name means at the top of a module."""
        if (file, name) not in self._names:
            self._names[file, name] = None  # what a name that leads back to itself means
            self._names[file, name] = self._name(file, name, depth)
        return self._names[file, name]

    def _name(self, file: str, name: str, depth: int) -> Value:
        module = self.module(file)
        if module is None or depth > _DEPTH:
            return None
        if name in module.classes:
            based = _base_of(module, name)
            return Known(file, module.classes[name] if based is None else based)
        if name in module.functions:
            return Known(file, module.functions[name])
        if name in module.assigned:
            value = _restated(module, name)
            return self.resolve(file, value, depth + 1) if not _mentions(value, name) else Known(file, value)
        found = self.imported(file, module, name, depth)
        if found is not None:
            return found
        starred = self.starred(file, module, name, depth)
        return starred if starred is not None else External(f"builtins.{name}")

    def imported(self, file: str, module: Module, name: str, depth: int) -> Value:
        """What an import statement binds a name to."""
        if name in module.imported:
            level, source, original = module.imported[name]
            return self.member(self.absolute(file, level, source), original, depth)
        return self.place(module.imported_modules[name]) if name in module.imported_modules else None

    def starred(self, file: str, module: Module, name: str, depth: int) -> Value:
        """What a wildcard import may bind a name to: a module of the project that has it, else SQLAlchemy's."""
        packages = []
        for node in module.tree.body:
            if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
                dotted = self.absolute(file, node.level, node.module or "")
                source = self.file(dotted)
                if source is None:
                    packages.append(dotted)
                elif source != file and not _is_unbound(found := self.name(source, name, depth + 1)):
                    return found
        if hasattr(builtins, name) or not packages:
            return None
        last = next((each for each in reversed(packages) if each.partition(".")[0] in _LIBRARIES), packages[0])
        return External(f"{last}.{name}")

    def absolute(self, file: str, level: int, source: str) -> str:
        """The dotted name that a relative import means."""
        if level == 0:
            return source
        parts = self.dotted(file).split(".")
        kept = parts[: len(parts) - level + (Path(file).name == "__init__.py")]
        return ".".join([*kept, *([source] if source else [])])

    def place(self, dotted: str) -> Value:
        """A module by its dotted name."""
        return Folder(dotted) if self.file(dotted) or self.is_package(dotted) else External(dotted)

    def member(self, dotted: str, name: str, depth: int) -> Value:
        """A name of a module: what it holds, or the module below it."""
        file = self.file(dotted)
        if file is not None:
            found = self.name(file, name, depth + 1)
            if not (isinstance(found, External) and found.package == "builtins"):
                return found
        below = f"{dotted}.{name}" if dotted else name
        if self.file(below) or self.is_package(below):
            return Folder(below)
        return External(below)

    def attribute(self, value: Value, name: str, depth: int) -> Value:
        """An attribute of a module, of something external, or of a Flask-SQLAlchemy object, which has SQLAlchemy's."""
        match value:
            case Folder(dotted=dotted):
                return self.member(dotted, name, depth)
            case External(path=path):
                return External(f"{path}.{name}")
            case Known(file=file, node=ast.Call(func=function)):
                made = self.resolve(file, function, depth + 1)
                if self._is_flask(made, name):
                    return External(f"{'flask_sqlalchemy' if name in ('Model', 'Table') else 'sqlalchemy'}.{name}")
                return None
            case Known(file=file, node=ast.ClassDef() as node):
                statement = syntax.attribute(node, name)
                inner = statement if isinstance(statement, syntax.Definition) else getattr(statement, "value", None)
                return Known(file, inner) if isinstance(inner, ast.AST) else None
            case _:
                return None

    def _is_flask(self, made: Value, name: str) -> bool:
        """Whether something makes a Flask-SQLAlchemy object that has an attribute as the library gives it."""
        match made:
            case Known(file=file, node=ast.ClassDef() as node):
                own = syntax.attribute(node, name) is not None
                return not own and any(self._is_flask(each, name) for each in self.lineage(file, node)[1:])
            case External(path=path):
                return path.endswith("SQLAlchemy")
            case _:
                return False

    def bases(self, file: str, node: ast.ClassDef) -> Iterator[Value]:
        """What a class is derived from; a call that makes a base is what it calls."""
        for base in node.bases:
            found = self.resolve(file, base)
            yield from self._given(file, base)
            if isinstance(found, Known) and isinstance(found.node, ast.Call):
                made = self.resolve(found.file, found.node.func)
                shared = syntax.keyword(found.node, "cls")  # what `declarative_base` derives the base from
                if isinstance(made, External) and shared is not None:
                    yield self.resolve(found.file, shared)
                yield made if isinstance(made, External) else found
            elif isinstance(found, Known) and isinstance(found.node, ast.Subscript):
                yield self.resolve(found.file, found.node.value)
            else:
                yield found

    def _given(self, file: str, base: ast.expr) -> Iterator[Value]:
        """The class that a Flask-SQLAlchemy object is given to make its `Model` of."""
        owner = self.resolve(file, base.value) if isinstance(base, ast.Attribute) and base.attr == "Model" else None
        match owner:
            case Known(file=other, node=ast.Call() as call) if given := syntax.keyword(call, "model_class"):
                yield self.resolve(other, given)
            case _:
                pass

    def lineage(self, file: str, node: ast.ClassDef, depth: int = 0) -> list[Value]:
        """A class, then all that it is derived from, nearest first; each once, where it appears last, as in Python."""
        found: list[Value] = [Known(file, node)]
        for base in self.bases(file, node):
            if isinstance(base, Known) and isinstance(base.node, ast.ClassDef) and depth < _DEPTH:
                found += self.lineage(base.file, base.node, depth + 1)
            else:
                found.append(base)
        unique: list[Value] = []
        for value in reversed(found):
            if value not in unique:
                unique.insert(0, value)
        return unique


def _is_unbound(value: Value) -> bool:
    """Whether a name means nothing in a module, or what it means in every one."""
    return value is None or (isinstance(value, External) and value.package == "builtins")


def never_runs(condition: ast.expr) -> bool:
    """Whether a condition never holds while its module is imported."""
    return ast.unparse(condition) in ("TYPE_CHECKING", "typing.TYPE_CHECKING", "__name__ == '__main__'", "False")


def _base_of(module: Module, name: str) -> ast.expr | None:
    """The call that makes a declarative base of a class, where the base takes the name of that class."""
    value = module.assigned.get(name)
    shared = syntax.keyword(value, "cls") if isinstance(value, ast.Call) else None
    if value is None or not isinstance(shared, ast.Name) or shared.id != name:
        return None
    return _With(name, module.classes[name]).visit(deepcopy(value)) if _follows(value, module.classes[name]) else None


def _follows(value: ast.expr, node: ast.ClassDef) -> bool:
    return value.lineno > node.lineno


def _given_later(module: Module, name: str) -> ast.expr | None:
    """What the one function that gives a value to a name of the module gives to it."""
    functions = [node for node in module.nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    inside = [
        [*ast.walk(each)]
        for each in functions
        if any(name in node.names for node in ast.walk(each) if isinstance(node, ast.Global))
    ]
    found = [
        node for nodes in inside for node in nodes if isinstance(node, ast.Assign) and name in syntax.targets(node)
    ]
    return found[0].value if len(found) == 1 else None


def _restated(module: Module, name: str) -> ast.expr:
    """The last value of a name, put together of its earlier ones where it is made of them."""
    value = module.assigned[name]
    if isinstance(value, ast.Name) or not _speaks_of(value, name):
        return value
    made: ast.expr | None = None
    for statement in module.tree.body:
        given = getattr(statement, "value", None)
        if name in syntax.targets(statement) and isinstance(given, ast.expr):
            made = _With(name, made).visit(deepcopy(given)) if _speaks_of(given, name) else given
    return value if made is None or _speaks_of(made, name) else made


def _speaks_of(value: ast.expr, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(value))


class _With(ast.NodeTransformer):
    """An expression with something else in place of a name."""

    def __init__(self, name: str, value: ast.AST | None) -> None:
        self.name, self.value = name, value

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return self.value if node.id == self.name and self.value is not None else node


def _mentions(value: ast.expr, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(value)) and isinstance(
        value, ast.Name
    )
