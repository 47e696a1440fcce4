"""Columns put in another order, each with its lines and comments."""

from collections.abc import Sequence
from dataclasses import dataclass

from ormistice.model import Table
from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.write_draft import Draft
from ormistice.sources.drizzle.write_lists import Bracketed, UnwritableError, gap_behind
from ormistice.sources.drizzle.write_sites import TableSite, table_site
from ormistice.text import Span


def reorder(draft: Draft, before: Table, after: Table) -> None:
    """The properties of a table's columns in the order of those of `after`."""
    site = table_site(draft, before.name)
    wanted = [column.name for column in after.columns]
    if site.columns is None or sorted(wanted) != sorted(column.name for column in before.columns):
        raise UnwritableError
    held = _columns_by_entry(site, before)
    order = sorted(range(len(held)), key=lambda i: min((wanted.index(name) for name in held[i]), default=0))
    if [name for i in order for name in held[i]] != wanted:
        raise UnwritableError
    of_list = site.list_of(site.columns)
    texts = _lines(of_list) or _pieces(of_list)
    for place, i in zip(texts, order, strict=True):
        if texts[i] is not place:
            draft.put(site.loaded, place.start, place.end, texts[i].code(last=place.last))


def _columns_by_entry(site: TableSite, table: Table) -> list[list[str]]:
    """The columns that each entry of the object brings, in order; those that no property does, a spread does."""
    entries = site.columns.entries if site.columns is not None else ()
    places = {
        (column.place.start, column.place.end): column.name
        for column in table.columns
        if isinstance(column.place, Span)
    }
    direct = {places.get((entry.start, entry.end)) for entry in entries}
    spread = [column.name for column in table.columns if column.name not in direct]
    if sum(isinstance(entry, nodes.Spread) for entry in entries) > 1:
        raise UnwritableError
    held = [spread if isinstance(one, nodes.Spread) else [places.get((one.start, one.end), "")] for one in entries]
    if [name for names in held for name in names] != [column.name for column in table.columns]:
        raise UnwritableError
    return held


@dataclass(frozen=True, slots=True)
class _Piece:
    """An entry's text between two offsets, and what is before and behind the comma in it."""

    start: int
    end: int
    head: str
    tail: str
    last: str
    """The comma that the piece at this place has."""

    def code(self, *, last: str) -> str:
        return f"{self.head}{last}{self.tail}"


def _lines(of_list: Bracketed) -> Sequence[_Piece]:
    """Each entry with the comments over it and behind it; nothing where they do not stand on lines of their own."""
    text = of_list.text
    start = text.find("\n", of_list.opening) + 1
    pieces = []
    for i, item in enumerate(of_list.items):
        following = of_list.items[i + 1].start if i + 1 < len(of_list.items) else of_list.closing
        gap = gap_behind(text, item.end, following)
        own_line = not text[text.rfind("\n", 0, item.start) + 1 : item.start].strip()
        if not gap.breaks or not own_line or not start or start > item.start:
            return []
        end = text.find("\n", gap.line_end)
        comma = gap.comma
        head = text[start : gap.end if comma is None else comma]
        tail = text[gap.end if comma is None else comma + 1 : end]
        pieces.append(_Piece(start, end, head, tail, "" if comma is None else ","))
        start = end + 1
    return pieces


def _pieces(of_list: Bracketed) -> Sequence[_Piece]:
    """Each entry by itself."""
    pieces = []
    for i, item in enumerate(of_list.items):
        following = of_list.items[i + 1].start if i + 1 < len(of_list.items) else of_list.closing
        gap = gap_behind(of_list.text, item.end, following)
        if of_list.text[gap.end : following].strip(", \t\r\n"):
            raise UnwritableError
        pieces.append(_Piece(item.start, gap.end, of_list.text[item.start : gap.end], "", ""))
    return pieces
