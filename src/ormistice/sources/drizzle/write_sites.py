"""Where a table, its columns and what its third argument lists are written."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ormistice.model import Column, Place, Schema
from ormistice.model import Table as ModelTable
from ormistice.names import QualifiedName
from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.find import around, chain_at, shadowing
from ormistice.sources.drizzle.modules import Loaded, Project
from ormistice.sources.drizzle.spelling import Style
from ormistice.sources.drizzle.values import Closure, Table
from ormistice.sources.drizzle.write_draft import Draft
from ormistice.sources.drizzle.write_lists import Bracketed, UnwritableError, listed
from ormistice.text import Span


@dataclass(frozen=True, slots=True)
class Step:
    """`.name(...)` of a chain: from behind what it follows to behind its parentheses."""

    name: str
    start: int
    call: nodes.Call
    member: nodes.Member


@dataclass(frozen=True, slots=True)
class ChainSite:
    """A chain of calls in a module."""

    loaded: Loaded
    chain: nodes.Chain
    hidden: set[str]

    @property
    def text(self) -> str:
        """The module's text."""
        return self.loaded.document.text

    def steps(self) -> Iterator[Step]:
        """Its method calls, in order."""
        ends = [self.chain.head.end, *(link.end for link in self.chain.links)]
        for i, (member, call) in enumerate(zip(self.chain.links, self.chain.links[1:], strict=False)):
            if isinstance(member, nodes.Member) and isinstance(call, nodes.Call):
                yield Step(member.name, ends[i], call, member)

    def step(self, name: str) -> Step | None:
        """The last call of a method."""
        return next((step for step in reversed(list(self.steps())) if step.name == name), None)

    def gap(self) -> str:
        """The line break and indentation that its methods stand behind, if they do."""
        for first, link in reversed(list(zip(self.chain.links, self.chain.links[1:], strict=False))):
            if isinstance(first, nodes.Call) and isinstance(link, nodes.Member):
                gap = self.text[first.end : link.start - 1]
                return gap if "\n" in gap and not gap.strip() else ""
        return ""

    def without(self, draft: Draft, step: Step) -> None:
        """Take a method call out; a comment before it stays."""
        between = self.text[step.start : step.member.start]
        start = step.start if not between.strip(". \t\r\n") else step.member.start - 1
        draft.put(self.loaded, start, step.call.end, "")

    def then(self, draft: Draft, code: str) -> None:
        """Add a method call at the end; `code` begins with its dot."""
        draft.put(self.loaded, self.chain.end, self.chain.end, f"{self.gap()}{code}")


def chain_of(draft: Draft, place: Place) -> ChainSite:
    """The chain that stands at a place; what is made of it, and how often, is the caller's to know."""
    loaded, path = path_to(draft, place)
    chain = chain_at(path, place.start, place.end) if isinstance(place, Span) else None
    if chain is None:
        raise UnwritableError
    return ChainSite(loaded, chain, shadowing(path))


def path_to(draft: Draft, place: Place) -> tuple[Loaded, list[object]]:
    """The module of a place, and the nodes around it."""
    loaded = draft.project.at(place.file) if isinstance(place, Span) else None
    if loaded is None or not isinstance(place, Span):
        raise UnwritableError
    return loaded, around(loaded.module.statements, place.start)


def statement_at(draft: Draft, place: Place) -> Span:
    """The whole statement that a place is in."""
    loaded, path = path_to(draft, place)
    if not path:
        raise UnwritableError
    return Span(loaded.document.path, path[0].start, path[0].end)  # type: ignore[attr-defined]  # every node has both


def column_chain(draft: Draft, column: Column, *, shared: bool = False) -> ChainSite:
    """The chain that makes a column; it must make this one alone, unless it may be `shared`."""
    loaded, path = path_to(draft, column.place)
    found = next((node for node in path if _stands_at(node, column.place)), None)
    if not isinstance(found, nodes.Property) or not isinstance(found.value, nodes.Chain):
        raise UnwritableError
    if not shared:
        alone(draft.schema, column.place)
    return ChainSite(loaded, found.value, shadowing(path))


def _stands_at(node: object, place: Place) -> bool:
    return (
        isinstance(place, Span)
        and isinstance(node, nodes.Property)
        and (node.start, node.end) == (place.start, place.end)
    )


def alone(schema: Schema, place: Place) -> None:
    """See to it that the text at a place makes no objects of more than one table."""
    owners = {table.name for table in schema.tables for item in _members(table) if item == place}
    if len(owners) != 1:
        raise UnwritableError


def _members(table: ModelTable) -> Iterator[Place]:
    yield from (column.place for column in table.columns)
    if table.primary_key is not None:
        yield table.primary_key.place
    for kind in (table.foreign_keys, table.unique_constraints, table.indexes, table.checks):
        yield from (item.place for item in kind)
    if table.row_security is not None:
        yield from (policy.place for policy in table.row_security.value.policies)


@dataclass(frozen=True, slots=True)
class TableSite:
    """The call that makes one table. `columns` is None where its columns are no object in that call."""

    loaded: Loaded
    table: Table
    style: Style
    chain: nodes.Chain
    call: nodes.Call
    hidden: set[str]
    callee: int
    columns: nodes.Object | None
    builders: str | None
    """What the function that gives the columns calls the functions that make them."""

    @property
    def text(self) -> str:
        """The module's text."""
        return self.loaded.document.text

    @property
    def hidden_in_columns(self) -> set[str]:
        """Names that mean something else among the columns."""
        return self.hidden | ({self.builders} if self.builders else set())

    def list_of(self, node: nodes.Object | nodes.Array) -> Bracketed:
        """The entries of a list in this module."""
        return listed(self.text, node, node.entries if isinstance(node, nodes.Object) else node.items)


def table_site(draft: Draft, name: QualifiedName) -> TableSite:
    """Where the table of that name is made."""
    loaded, table = table_value(draft, name)
    path = around(loaded.module.statements, table.place.start)
    chain = chain_at(path, table.place.start, table.place.end)
    if chain is None:
        raise UnwritableError
    calls = [
        (i, link) for i, link in enumerate(chain.links) if isinstance(link, nodes.Call) and len(link.arguments) > 1
    ]
    if not calls:
        raise UnwritableError
    index, call = calls[-1]
    columns, builders = _columns(call.arguments[1])
    callee = chain.links[index - 1].end if index > 0 else chain.head.end
    hidden = shadowing(path)
    return TableSite(loaded, table, draft.style(loaded), chain, call, hidden, callee, columns, builders)


@dataclass(frozen=True, slots=True)
class Habits:
    """How the tables of a project are written.

    What third arguments call their table, whether they give objects, and whether arguments stand on lines of their own.
    """

    own_name: str
    as_object: bool
    own_lines: bool


def habits_of(draft: Draft) -> Habits:
    """What most tables of a project do."""
    return _habits(draft.project)


@lru_cache(maxsize=4)
def _habits(project: Project) -> Habits:
    listing = [
        (table, table.extras.function)
        for table in tables_of(project)
        if isinstance(table.extras, Closure) and isinstance(given_by(table.extras.function), nodes.Object | nodes.Array)
    ]
    functions = [function for _, function in listing]
    apart = [_is_apart(project, table) for table, _ in listing]
    firsts = [function.parameters[0] for function in functions if function.parameters]
    names = sorted(first.name for first in firsts if isinstance(first, nodes.Name) and not first.name.startswith("_"))
    kinds = {type(given_by(function)) for function in functions}
    own_name = max(dict.fromkeys(names), key=names.count, default="table")
    return Habits(own_name, kinds == {nodes.Object}, apart.count(True) > apart.count(False))


def _is_apart(project: Project, table: Table) -> bool:
    """Whether a line break follows the parenthesis of a table's call."""
    loaded = project.at(table.place.file)
    text = loaded.document.text[table.place.start : table.place.end] if loaded is not None else ""
    return text[text.find("(") + 1 :][:2].lstrip(" \t\r").startswith("\n")


@lru_cache(maxsize=4)
def tables_of(project: Project) -> tuple[Table, ...]:
    """Every table that a module exports, once."""
    values = (exported.get() for loaded in tuple(project.loaded.values()) for exported in loaded.exports.values())
    return tuple({id(value): value for value in values if isinstance(value, Table)}.values())


def table_value(draft: Draft, name: QualifiedName) -> tuple[Loaded, Table]:
    """The module and the value of a table; the text that makes it must make no other."""
    model = draft.schema.table(name)
    found = [value for value in tables_of(draft.project) if draft.names.table(value) == name]
    alike = [value for value in tables_of(draft.project) if any(value.place == one.place for one in found)]
    if model is None or len(found) != 1 or len(alike) != 1:
        raise UnwritableError
    loaded = draft.project.at(found[0].place.file)
    if loaded is None:
        raise UnwritableError
    return loaded, found[0]


def _columns(argument: nodes.Node) -> tuple[nodes.Object | None, str | None]:
    if isinstance(argument, nodes.Object):
        return argument, None
    body = given_by(argument)
    if isinstance(argument, nodes.Function) and isinstance(body, nodes.Object):
        first = argument.parameters[0] if argument.parameters else None
        return body, first.name if isinstance(first, nodes.Name) else None
    return None, None


def given_by(function: nodes.Node) -> nodes.Node | None:
    """What a function gives, where it does nothing else."""
    if not isinstance(function, nodes.Function):
        return None
    if not isinstance(function.body, nodes.Block):
        return function.body
    last = function.body.statements[-1] if function.body.statements else None
    returns = [one for one in function.body.statements if isinstance(one, nodes.Return)]
    return last.value if isinstance(last, nodes.Return) and returns == [last] else None
