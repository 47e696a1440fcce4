"""Where the classes and tables that were imported are written: from files and names to spans."""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Any

from ormistice.sources.sqlalchemy import syntax
from ormistice.sources.sqlalchemy.syntax import Module
from ormistice.text import Document, Span

_PASSED_ON = ("sa_column_kwargs", "sa_relationship_kwargs")
"""Arguments that SQLModel passes on to SQLAlchemy."""
CONSTRUCTORS = ("Column", "mapped_column", "Field")
Answer = Mapping[str, Any]


@dataclass(frozen=True)
class Written:
    """A node in a module; `also` are the nodes elsewhere that it takes its meaning from: an annotation's alias."""

    module: Module
    node: ast.AST
    also: tuple["Written", ...] = ()

    @property
    def span(self) -> Span:
        """Where it lies."""
        return self.module.span(self.node)

    def at(self, node: ast.AST) -> Span:
        """Where a node of its module lies."""
        return self.module.span(node)

    def holds(self, line: int | None) -> bool:
        """Whether a line of its module is one of its own."""
        first = min((each.lineno for each in getattr(self.node, "decorator_list", ())), default=_line_of(self.node))
        return line is not None and first <= line <= (getattr(self.node, "end_lineno", None) or first)

    @property
    def end(self) -> Span:
        """The empty span behind it."""
        return Span(self.span.file, self.span.end, self.span.end)

    def calls(self, *names: str) -> Iterator["WrittenCall"]:
        """The calls of those names in it, in the order of the text, then those it takes its meaning from."""
        for call in self.module.calls_in(self.node):
            if self.module.function(call) in names:
                yield written_call(self.module, call)
        for other in self.also:
            yield from other.calls(*names)

    @cached_property
    def constructor(self) -> "WrittenCall | None":
        """What makes the column: `Column` or `mapped_column` before the `Field` that they may stand in."""
        calls = list(self.calls(*CONSTRUCTORS))
        return next((call for call in calls if call.name != "Field"), next(iter(calls), None))

    @property
    def annotation(self) -> Span | None:
        """The annotation of an attribute."""
        return self.module.span(self.node.annotation) if isinstance(self.node, ast.AnnAssign) else None


@dataclass(frozen=True)
class WrittenCall:
    """A call in a module."""

    module: Module
    call: ast.Call

    @property
    def name(self) -> str:
        """What is called."""
        return self.module.function(self.call)

    @property
    def span(self) -> Span:
        """The whole call."""
        return self.module.span(self.call)

    @property
    def stated_name(self) -> str | None:
        """The name that it states for a constraint or an index, as a literal."""
        first = self.call.args[0] if self.name == "Index" and self.call.args else None
        value = syntax.keyword(self.call, "name") or first
        return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None

    def at(self, node: ast.AST) -> Span:
        """Where a node of it lies."""
        return self.module.span(node)

    def keyword(self, name: str) -> Span | None:
        """The value of a keyword argument, of `sa_column_kwargs` and `sa_relationship_kwargs` too."""
        return self._keywords.get(name)

    def after(self, argument: ast.expr | None = None) -> Span:
        """The empty span at which another keyword argument would be written."""
        return self._end if argument is None else self._behind(argument)

    def prepare(self) -> None:
        """Find its arguments now."""
        _ = self._keywords, self._end

    @cached_property
    def _keywords(self) -> dict[object, Span]:
        passed = (each.value for each in self.call.keywords if each.arg in _PASSED_ON)
        own = ((each.arg, each.value) for each in self.call.keywords)
        found: dict[object, ast.expr] = {}
        for name, value in chain(own, *map(syntax.entries, passed)):
            found.setdefault(name, value)
        return {name: self.at(value) for name, value in found.items() if name is not None}

    @cached_property
    def _end(self) -> Span:
        return self._behind(None)

    def _behind(self, argument: ast.expr | None) -> Span:
        last = syntax.insertion(self.call, argument)
        end = self.span.end - 1 if last is None else self.at(last).end
        return Span(self.span.file, end, end)


def written_call(module: Module, call: ast.Call) -> WrittenCall:
    """A call of a module; made once, since finding its arguments takes time."""
    if id(call) not in module.made:
        module.made[id(call)] = WrittenCall(module, call)
    made: WrittenCall = module.made[id(call)]
    return made


@dataclass(frozen=True)
class Places:
    """Looks up what the probe names in the text; `read` gives the document of a real path, None if there is none."""

    read: Callable[[str], Document | None]
    fallback: Span
    _modules: dict[str, Module | None] = field(default_factory=dict)
    _columns: dict[tuple[int, str], Written | None] = field(default_factory=dict)
    _named: dict[tuple[int, str], dict[str, list[WrittenCall]]] = field(default_factory=dict)
    _arguments: dict[int, tuple[Written, ...]] = field(default_factory=dict)
    _tables: dict[int, Written | None] = field(default_factory=dict)

    def module(self, file: str | None) -> Module | None:
        """The module of a real path."""
        if file is None:
            return None
        if file not in self._modules:
            document = self.read(file)
            self._modules[file] = None if document is None else syntax.parse(document)
        return self._modules[file]

    def among(self, modules: Mapping[str, Module]) -> "Places":
        """The same, these modules standing for those of their real paths."""
        return Places(self.read, self.fallback, {**self._modules, **modules})

    def prepare(self, file: str) -> None:
        """Read a module ahead of the questions that will be asked of it."""
        module = self.module(file)
        if module is not None:
            module.prepare()
            for call in module.calls:
                written_call(module, call).prepare()

    @property
    def modules(self) -> tuple[Module, ...]:
        """Every module that was looked into, by path."""
        return tuple(
            sorted((module for module in self._modules.values() if module), key=lambda each: each.document.path)
        )

    def definition(self, located: Answer | None) -> Written | None:
        """A class by its file and qualified name."""
        module = self.module(located["file"]) if located else None
        node = module.classes.get(located["name"]) if module and located else None
        return None if module is None or node is None else Written(module, node)

    def lineage(self, table: Answer) -> Iterator[tuple[Answer, Written]]:
        """The classes that make a table, nearest first, each with the mapped class it serves."""
        for mapped in table["classes"]:
            for base in mapped["lineage"]:
                if found := self.definition(base):
                    yield mapped, found

    def table(self, table: Answer) -> Written | None:
        """The class or the call that declares a table: a class that is mapped to a table of its own declares none."""
        if id(table) not in self._tables:
            self._tables[id(table)] = self._table(table)
        return self._tables[id(table)]

    def _table(self, table: Answer) -> Written | None:
        lineages = (mapped["lineage"] for mapped in table["classes"] if mapped["lineage"])
        mapped = next((found for each in lineages if (found := self.definition(each[0])) is not None), None)
        module = self.module(table["file"])
        if mapped is not None and (module is None or (module is mapped.module and mapped.holds(table["line"]))):
            return mapped
        made = None if module is None else at_line(module, table["line"], table["name"])
        return made if mapped is None or (made is not None and _is_apart(made, mapped)) else mapped

    def line(self, file: str | None, line: int | None) -> Span:
        """The empty span at the start of a line, where no better is known."""
        module = self.module(file)
        if module is None:
            return self.fallback
        start = module.offset(line or 1, 0)
        return Span(module.document.path, start, start)

    def column(self, table: Answer, name: str) -> Written | None:
        """The statement or the call that declares a column."""
        key = (id(table), name)
        if key not in self._columns:
            self._columns[key] = self._column(table, name)
        return self._columns[key]

    def _column(self, table: Answer, name: str) -> Written | None:
        declared = self.table(table)
        if declared is not None and isinstance(declared.node, ast.Call) and (called := self._called(declared, name)):
            return called  # what its class says of it is for readers
        for mapped, base in self.lineage(table):
            attribute = mapped["attributes"].get(name, name)
            if (
                isinstance(base.node, ast.ClassDef)
                and (statement := syntax.attribute(base.node, attribute)) is not None
            ):
                return Written(base.module, statement, self.aliases(base.module, statement))
        return None if declared is None else self._called(declared, name)

    def _called(self, declared: Written, name: str) -> Written | None:
        """The call that makes a column of a table that is declared so."""
        for call in [*declared.calls("Column"), *self.table_arguments(declared)]:
            if any(isinstance(each, ast.Constant) and each.value == name for each in call.call.args[:1]):
                return Written(call.module, call.call)
        return None

    def table_arguments(self, declared: Written) -> Iterator[WrittenCall]:
        """Columns of the `__table__ = Table(...)` of a class."""
        if (
            isinstance(declared.node, ast.ClassDef)
            and (own := syntax.attribute(declared.node, "__table__")) is not None
        ):
            yield from Written(declared.module, own).calls("Column")

    def aliases(self, module: Module, statement: ast.stmt) -> tuple[Written, ...]:
        """What the names in an annotation stand for, in this module or where they are imported from."""
        if not isinstance(statement, ast.AnnAssign):
            return ()
        names = module.names_in(statement.annotation)
        return tuple(found for name in names if (found := self.value(module, name)) is not None)

    def value(self, module: Module, name: str) -> Written | None:
        """What a module-level name was assigned; through one import of a module that was looked into."""
        if name in module.assigned:
            return Written(module, module.assigned[name])
        if name not in module.imported:
            return None
        _, source, original = module.imported[name]
        tail = source.replace(".", "/")
        for other in self.modules:
            stem = other.document.path.removesuffix(".py").removesuffix("/__init__")
            if tail and ("/" + stem).endswith("/" + tail) and original in other.assigned:
                return Written(other, other.assigned[original])
        return None

    def arguments(self, table: Answer) -> tuple[Written, ...]:
        """Where the constraints and indexes of a table are written."""
        if id(table) not in self._arguments:
            self._arguments[id(table)] = tuple(self._scopes(table))
        return self._arguments[id(table)]

    def _scopes(self, table: Answer) -> Iterator[Written]:
        for _, base in self.lineage(table):
            if isinstance(base.node, ast.ClassDef):
                for name in ("__table_args__", "__table__"):
                    if (found := syntax.attribute(base.node, name)) is not None:
                        yield Written(base.module, found)
        declared = self.table(table)
        if declared is not None and not isinstance(declared.node, ast.ClassDef):
            yield declared

    def apart(self, table: Answer, stated: str, *names: str) -> Iterator[WrittenCall]:
        """The calls of some names that state a name, in the module of a table: an index may stand apart from it."""
        declared = self.table(table)
        if declared is not None:
            yield from (found for name in names for found in self._stating(declared.module, name).get(stated, ()))

    def _stating(self, module: Module, function: str) -> dict[str, list[WrittenCall]]:
        """The calls of a function by the name that they state."""
        key = (id(module), function)
        if key not in self._named:
            self._named[key] = {}
            for call in module.calls_by_name.get(function, ()):
                written = written_call(module, call)
                if (name := written.stated_name) is not None:
                    self._named[key].setdefault(name, []).append(written)
        return self._named[key]


def _line_of(node: ast.AST) -> int:
    return getattr(node, "lineno", None) or 1


def _is_apart(made: Written, found: Written) -> bool:
    """Whether a call of `Table` stands outside of a class that is mapped to it, and names its table."""
    names = isinstance(made.node, ast.Call) and any(isinstance(each, ast.Constant) for each in made.node.args[:1])
    inside = found.span.file == made.span.file and found.span.start <= made.span.start < found.span.end
    return names and not inside


def at_line(module: Module, line: int | None, name: str) -> Written | None:
    """The call at a line that makes a table, one that names it before others; else the statement."""
    calls = [call for call in module.calls if call.lineno <= (line or 0) <= (call.end_lineno or 0)]
    tables = [call for call in calls if module.function(call).endswith("Table")]
    named = [
        call for call in tables if any(each.value == name for each in call.args[:1] if isinstance(each, ast.Constant))
    ]
    statements = [node for node in module.tree.body if node.lineno <= (line or 0) <= (node.end_lineno or 0)]
    found: list[ast.AST] = [*named[-1:], *tables[-1:], *statements[-1:]]
    return Written(module, found[0]) if found else None


def names_in(arguments: list[ast.expr]) -> tuple[str, ...]:
    """The columns that arguments name: string literals, and the last part of `Model.column` or `table.c.column`."""
    found: list[str] = []
    for argument in arguments:
        match argument:
            case ast.Constant(value=str(text)):
                found.append(text)
            case ast.Name(id=text) | ast.Attribute(attr=text):
                found.append(text)
            case ast.List(elts=inner) | ast.Tuple(elts=inner):
                found.extend(names_in(inner))
            case _:
                pass
    return tuple(found)
