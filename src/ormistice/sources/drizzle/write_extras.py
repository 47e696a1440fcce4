"""What the third argument of a table lists: keys, constraints, indexes and policies, put in and taken out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ormistice.model import Place
from ormistice.names import QualifiedName
from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.find import shadowing
from ormistice.sources.drizzle.modules import Loaded
from ormistice.sources.drizzle.scope import children
from ormistice.sources.drizzle.spelling import Style, camel_case
from ormistice.sources.drizzle.targets import keys_of
from ormistice.sources.drizzle.write_draft import Draft
from ormistice.sources.drizzle.write_lists import (
    Bracketed,
    Cut,
    UnwritableError,
    all_removed,
    appended,
    listed,
    removed,
)
from ormistice.sources.drizzle.write_sites import TableSite, alone, given_by, habits_of
from ormistice.text import Span


@dataclass(frozen=True, slots=True)
class Extras:
    """The list that a table's third argument gives, and what it calls the table's columns."""

    node: nodes.Object | nodes.Array
    function: nodes.Function
    own: nodes.Node | None


def extras_of(site: TableSite) -> Extras | None:
    """The list of a table's third argument; None where it has none."""
    if len(site.call.arguments) < 3:  # noqa: PLR2004 - name, columns, and the rest
        return None
    function = site.call.arguments[2]
    given = given_by(function)
    if not isinstance(function, nodes.Function) or not isinstance(given, nodes.Object | nodes.Array):
        raise UnwritableError
    return Extras(given, function, function.parameters[0] if function.parameters else None)


@dataclass(frozen=True, slots=True)
class Inside:
    """A table's third argument as a place for code: what is hidden there, and how the table's columns are called.

    `cased` are the columns whose names drizzle may make up otherwise where it makes up the name of a constraint.
    """

    draft: Draft
    loaded: Loaded
    table: QualifiedName
    hidden: set[str]
    columns: Callable[[tuple[str, ...]], list[str]]
    cased: bool = False

    @property
    def style(self) -> Style:
        """The hand of the module."""
        return self.draft.style(self.loaded)

    def function(self, name: str) -> str:
        """How one of drizzle's functions is called there."""
        return self.draft.of_drizzle(self.loaded, name, self.hidden)


def inside(draft: Draft, site: TableSite) -> Inside:
    """The third argument of a table, there or still to be written."""
    extras = extras_of(site)
    own = nodes.Name(habits_of(draft).own_name, 0, 0) if extras is None else extras.own
    hidden = site.hidden | (shadowing([extras.function]) if extras is not None else {habits_of(draft).own_name})
    keys = keys_of(draft, site.table)

    def columns(names: tuple[str, ...]) -> list[str]:
        if not all(name in keys for name in names):
            raise UnwritableError
        return [_own_column(site, own, keys[name]) for name in names]

    cased = draft.rules.casing is not None or site.table.casing is not None
    return Inside(draft, site.loaded, draft.names.table(site.table), hidden, columns, cased)  # type: ignore[arg-type]  # it was found by its name


def _own_column(site: TableSite, own: nodes.Node | None, key: str) -> str:
    if isinstance(own, nodes.Name):
        return site.style.access(own.name, key)
    entries = own.entries if isinstance(own, nodes.Object) else ()
    bound = [one.value for one in entries if isinstance(one, nodes.Property) and one.key == key]
    if not bound or not isinstance(bound[0], nodes.Name):
        raise UnwritableError
    return bound[0].name


def extra_key(columns: tuple[str, ...], suffix: str) -> str:
    """What a constraint goes by in an object of them."""
    return camel_case("_".join(columns)) + suffix


def add_extra(draft: Draft, site: TableSite, code: str, key: str) -> None:
    """One more key, constraint or index; `key` is what it goes by in an object."""
    add_extras(draft, site, [(key, code)])


def add_extras(draft: Draft, site: TableSite, entries: Sequence[tuple[str, str]]) -> None:
    """More of a table's third argument, each with what it goes by in an object."""
    extras = extras_of(site)
    if extras is None:
        draft.cut(site.loaded, _new_extras(draft, site, entries))
        return
    codes = [code for _, code in entries]
    if isinstance(extras.node, nodes.Object):
        taken = {entry.key for entry in extras.node.entries if isinstance(entry, nodes.Property)}
        codes = _keyed(site, entries, taken)
    draft.cut(site.loaded, appended(site.list_of(extras.node), ",\n".join(codes), site.style))


def _keyed(site: TableSite, entries: Sequence[tuple[str, str]], taken: set[str | nodes.Node]) -> list[str]:
    """Entries of an object, each under a key that no other has."""
    codes: list[str] = []
    for wanted, code in entries:
        key = _untaken(wanted, taken)
        taken.add(key)
        codes.append(f"{site.style.key(key)}: {code}")
    return codes


def _untaken(key: str, taken: set[str | nodes.Node]) -> str:
    return next(one for one in (key, *(f"{key}{i}" for i in range(2, 1_000))) if one not in taken)


def _new_extras(draft: Draft, site: TableSite, entries: Sequence[tuple[str, str]]) -> list[Cut]:
    habits = habits_of(draft)
    if habits.as_object and not draft.rules.modern:
        opening, closing, codes = "({", "})", _keyed(site, entries, set())
    else:
        opening, closing, codes = "[", "]", [code for _, code in entries]
    whole = site.style.lines(f"({habits.own_name}) => {opening}", codes, closing)
    cuts = appended(listed(site.text, site.call, site.call.arguments), whole, site.style)
    return [_alone(site.text, *cut) for cut in cuts]


def _alone(text: str, start: int, end: int, piece: str) -> Cut:
    """A cut beside which no other fits: lines at one place are entries of one list, but a table has only one list."""
    return (start - 1, end, text[start - 1] + piece) if start == end else (start, end, piece)


def drop_extra(draft: Draft, site: TableSite, place: Place) -> None:
    """The entry at a place taken out; with the last one goes the whole argument."""
    extras, _, index = _entry_at(draft, site, place)
    _drop(draft, site, extras, {index})


def drop_extras_of(draft: Draft, site: TableSite, key: str) -> None:
    """Every entry that makes something of the table's column under `key` taken out."""
    extras = extras_of(site)
    if extras is None:
        return
    name = _bound(extras.own, key)
    indexes = {i for i, item in enumerate(site.list_of(extras.node).items) if _takes(item, extras.own, key, name)}
    if indexes:
        _drop(draft, site, extras, indexes)
    if (
        name is not None
        and isinstance(extras.own, nodes.Object)
        and len(indexes) < len(site.list_of(extras.node).items)
    ):
        entries = listed(site.text, extras.own, extras.own.entries)
        which = {i for i, one in enumerate(extras.own.entries) if isinstance(one, nodes.Property) and one.key == key}
        draft.cut(site.loaded, all_removed(entries, which))


def _bound(own: nodes.Node | None, key: str) -> str | None:
    """What a parameter that takes the table apart calls the column."""
    entries = own.entries if isinstance(own, nodes.Object) else ()
    values = [one.value for one in entries if isinstance(one, nodes.Property) and one.key == key]
    return values[0].name if values and isinstance(values[0], nodes.Name) else None


def _takes(node: object, own: nodes.Node | None, key: str, name: str | None) -> bool:
    """Whether code mentions a column of the table."""
    match node:
        case nodes.Name(name=found):
            return found == name
        case nodes.Chain(head=nodes.Name(name=head), links=(first, *_)) if isinstance(own, nodes.Name):
            literal = isinstance(first, nodes.Index) and isinstance(first.key, nodes.Literal) and first.key.value == key
            member = isinstance(first, nodes.Member) and first.name == key
            if head == own.name and (member or literal):
                return True
        case _:
            pass
    return any(_takes(one, own, key, name) for one in children(node))


def _drop(draft: Draft, site: TableSite, extras: Extras, indexes: set[int]) -> None:
    of_list = site.list_of(extras.node)
    if len(of_list.items) == len(indexes) and _nothing_else(site, extras, of_list):
        draft.cut(site.loaded, removed(listed(site.text, site.call, site.call.arguments), 2))
    else:
        draft.cut(site.loaded, all_removed(of_list, indexes))


def replace_extra(draft: Draft, site: TableSite, place: Place, code: str) -> None:
    """Another key, constraint or index where one stands."""
    _entry_at(draft, site, place)
    assert isinstance(place, Span)  # noqa: S101 - an entry stands there
    draft.put(site.loaded, place.start, place.end, code)


def _entry_at(draft: Draft, site: TableSite, place: Place) -> tuple[Extras, Bracketed, int]:
    extras = extras_of(site)
    if extras is None or not isinstance(place, Span) or place.file != site.loaded.document.path:
        raise UnwritableError
    of_list = site.list_of(extras.node)
    values = [entry.value if isinstance(entry, nodes.Property) else entry for entry in of_list.items]
    index = next((i for i, value in enumerate(values) if (value.start, value.end) == (place.start, place.end)), None)
    if index is None:
        raise UnwritableError
    alone(draft.schema, place)
    return extras, of_list, index


def _nothing_else(site: TableSite, extras: Extras, of_list: Bracketed) -> bool:
    """Whether the third argument is nothing but its one entry: no comment and no other statement would be lost."""
    if isinstance(extras.function.body, nodes.Block) and len(extras.function.body.statements) > 1:
        return False
    around_it = (
        site.text[site.call.arguments[1].end : extras.node.start],
        site.text[of_list.opening + 1 : of_list.items[0].start],
        site.text[of_list.items[-1].end : site.call.end],
    )
    return not any(mark in text for text in around_it for mark in ("//", "/*"))
