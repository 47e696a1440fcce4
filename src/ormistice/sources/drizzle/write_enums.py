"""Enums, sequences and views: a declaration each, and the labels of an enum one by one."""

from collections.abc import Iterable
from dataclasses import dataclass

from ormistice.model import Enum, Place, Sequence, View
from ormistice.names import QualifiedName
from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.modules import Loaded
from ormistice.sources.drizzle.spelling import LONGEST_LINE, Style
from ormistice.sources.drizzle.write_draft import Draft
from ormistice.sources.drizzle.write_lists import Bracketed, UnwritableError, appended, listed, put_before, removed
from ormistice.sources.drizzle.write_sites import chain_of, path_to
from ormistice.sources.drizzle.write_statements import (
    behind,
    drop_statement,
    first_table,
    free_name,
    home_of,
    last_root,
    namespace_code,
    new_statement,
)
from ormistice.sources.drizzle.write_values import sequence_code
from ormistice.text import Span


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a declaration that tables may need goes."""

    loaded: Loaded
    at: int
    above: bool


def _spot(draft: Draft, kin: Iterable[Place]) -> _Spot:
    """Behind the last of its like; else before the first table."""
    places = list(kin)
    tables = [table.place for table in draft.schema.tables]
    loaded = home_of(draft, iter(places or tables)) if places or tables else last_root(draft)
    table = first_table(draft, loaded)
    path = loaded.document.path
    own = [behind(draft, place)[1] for place in places if isinstance(place, Span) and place.file == path]
    if own and (table is None or max(own) <= table):
        return _Spot(loaded, max(own), above=False)
    if table is not None:
        return _Spot(loaded, table, above=True)
    return _Spot(loaded, len(loaded.document.text.rstrip()), above=False)


def _maker(draft: Draft, spot: _Spot, schema: str, function: str, method: str) -> str:
    namespace = namespace_code(draft, spot.loaded, schema, spot.at, above=spot.above)
    return draft.of_drizzle(spot.loaded, function) if namespace is None else f"{namespace}.{method}"


def add_enum(draft: Draft, enum: Enum) -> None:
    """`pgEnum(name, [...])`."""
    spot = _spot(draft, (one.place for one in draft.schema.enums))
    style = draft.style(spot.loaded)
    name = free_name(spot.loaded, enum.name.name, "Enum")
    call = f"{_maker(draft, spot, enum.name.schema, 'pgEnum', 'enum')}({style.quoted(enum.name.name)}, "
    head = f"export const {name} = {call}"
    labels = [style.quoted(label.value) for label in enum.labels]
    line = f"{head}[{', '.join(labels)}]){style.semicolon}"
    code = line if len(line) <= LONGEST_LINE else f"{style.lines(f'{head}[', labels, '])')}{style.semicolon}"
    new_statement(draft, spot.loaded, spot.at, code, above=spot.above)


def drop_enum(draft: Draft, enum: Enum) -> None:
    """Its declaration taken out."""
    drop_statement(draft, enum.place)


def change_enum(draft: Draft, before: Enum, after: Enum) -> None:
    """Other labels, or another name."""
    old, new = ([label.value for label in enum.labels] for enum in (before, after))
    if before.name.schema != after.name.schema or (before.name == after.name and old == new):
        raise UnwritableError
    if before.name != after.name:
        _rename(draft, before.place, after.name)
    if old != new:
        loaded, of_list = _labels_at(draft, before)
        draft.unsafe = draft.unsafe or not set(old) <= set(new)
        _relabel(draft, loaded, of_list, old, new)


def _rename(draft: Draft, place: Place, name: QualifiedName) -> None:
    site = chain_of(draft, place)
    call = next((link for link in site.chain.links if isinstance(link, nodes.Call)), None)
    first = call.arguments[0] if call is not None and call.arguments else None
    if not isinstance(first, nodes.Literal):
        raise UnwritableError
    draft.put(site.loaded, first.start, first.end, draft.style(site.loaded).quoted(name.name))


def _labels_at(draft: Draft, enum: Enum) -> tuple[Loaded, Bracketed]:
    """The array that the labels of this enum, and of no other, stand in."""
    if not enum.labels:
        raise UnwritableError
    first = enum.labels[0].place
    sharing = [one for one in draft.schema.enums if any(label.place == first for label in one.labels)]
    loaded, path = path_to(draft, first)
    array = next((node for node in reversed(path) if isinstance(node, nodes.Array)), None)
    places = [(label.place.start, label.place.end) for label in enum.labels if isinstance(label.place, Span)]
    if array is None or len(sharing) != 1 or [(item.start, item.end) for item in array.items] != places:
        raise UnwritableError
    return loaded, listed(loaded.document.text, array, array.items)


def _relabel(draft: Draft, loaded: Loaded, of_list: Bracketed, old: list[str], new: list[str]) -> None:
    style = draft.style(loaded)
    kept = [label for label in new if label in old]
    gone = [label for label in old if label not in new]
    added = [label for label in new if label not in old]
    if kept != [label for label in old if label in new] or (gone and added) or len(gone) > 1:
        _rewrite(draft, loaded, of_list, (old, new))
    elif gone:
        draft.cut(loaded, removed(of_list, old.index(gone[0])))
    elif added == new[len(old) :] and len(added) == 1:
        draft.cut(loaded, appended(of_list, style.quoted(added[0]), style))
    elif len(added) == 1:
        draft.cut(loaded, put_before(of_list, new.index(added[0]), style.quoted(added[0]), style))
    else:
        _rewrite(draft, loaded, of_list, (old, new))


def _rewrite(draft: Draft, loaded: Loaded, of_list: Bracketed, change: tuple[list[str], list[str]]) -> None:
    """All labels anew, each in its place where as many as before stand there, so that comments between stay."""
    old, new = change
    text, style = of_list.text, draft.style(loaded)
    codes = {label: text[item.start : item.end] for label, item in zip(old, of_list.items, strict=True)}
    if len(old) == len(new):
        slots = zip(of_list.items, old, new, strict=True)
        draft.cut(loaded, [(item.start, item.end, codes.get(b, style.quoted(b))) for item, a, b in slots if a != b])
        return
    first, last = of_list.items[0].start, of_list.items[-1].end
    if any(mark in text[first:last] for mark in ("//", "/*")):
        raise UnwritableError
    multi = "\n" in text[of_list.opening : first]
    gap = f",{style.newline}{of_list.indent_of(first)}" if multi else ", "
    draft.put(loaded, first, last, gap.join(codes.get(label, style.quoted(label)) for label in new))


# Sequences.


def add_sequence(draft: Draft, sequence: Sequence) -> None:
    """`pgSequence(name, {...})`."""
    spot = _spot(draft, (one.place for one in draft.schema.sequences))
    style = draft.style(spot.loaded)
    name = free_name(spot.loaded, sequence.name.name, "Sequence")
    maker = _maker(draft, spot, sequence.name.schema, "pgSequence", "sequence")
    code = f"export const {name} = {maker}({_arguments(sequence, style)}){style.semicolon}"
    new_statement(draft, spot.loaded, spot.at, code, above=spot.above)


def _arguments(sequence: Sequence, style: Style) -> str:
    options = sequence_code(sequence.options, style)
    return style.quoted(sequence.name.name) + (f", {options}" if options else "")


def drop_sequence(draft: Draft, sequence: Sequence) -> None:
    """Its declaration taken out."""
    drop_statement(draft, sequence.place)


def drop_view(draft: Draft, view: View) -> None:
    """Its declaration taken out."""
    drop_statement(draft, view.place)


def change_sequence(draft: Draft, before: Sequence, after: Sequence) -> None:
    """Other options."""
    site = chain_of(draft, before.place)
    call = next((link for link in site.chain.links if isinstance(link, nodes.Call)), None)
    if before.name != after.name or before == after or call is None or not call.arguments:
        raise UnwritableError
    draft.put(site.loaded, call.start + 1, call.end - 1, _arguments(after, draft.style(site.loaded)))
