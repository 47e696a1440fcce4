"""The order of columns: declarations that change places."""

import ast

from ormistice.fixes import Edit
from ormistice.sources.sqlalchemy import arguments
from ormistice.sources.sqlalchemy.syntax import Module
from ormistice.sources.sqlalchemy.write_bases import is_dataclass
from ormistice.sources.sqlalchemy.write_draft import Unwritable
from ormistice.sources.sqlalchemy.write_layout import line_before, line_end, line_start
from ormistice.sources.sqlalchemy.write_places import TableText, column_text
from ormistice.text import Span


def reordered(owner: TableText, names: list[str]) -> list[Edit]:
    """The edits that bring the columns in the order of `names`. Raises Unwritable."""
    old = [column.name for column in owner.table.columns]
    if sorted(old) != sorted(names):
        raise Unwritable
    spans = _items(owner) if owner.core is not None else _statements(owner)
    places = [spans[name] for name in old]
    text = owner.module.document.text
    if is_dataclass(owner):
        raise Unwritable
    if places != sorted(places, key=lambda span: span.start):
        raise Unwritable
    moved = zip(places, (spans[name] for name in names), strict=True)
    return [Edit(place, text[new.start : new.end]) for place, new in moved if place != new]


def _items(owner: TableText) -> dict[str, Span]:
    """The columns of a call, as long as no comment stands between them."""
    core, module = owner.core, owner.module
    spans: dict[str, Span] = {}
    for column in owner.table.columns:
        place = column_text(owner, column.name)
        listed = [] if core is None or place is None else arguments.of(module, core)
        found = [each for each in listed if place is not None and each.value is place.node]
        if not found:
            raise Unwritable
        spans[column.name] = Span(module.document.path, found[0].start, found[0].end)
    first, last = min(span.start for span in spans.values()), max(span.end for span in spans.values())
    if "#" in module.document.text[first:last]:
        raise Unwritable
    return spans


def _statements(owner: TableText) -> dict[str, Span]:
    """The statements of a class, with the comments before and behind them."""
    definition, spans = owner.definition, {}
    for column in owner.table.columns:
        place = column_text(owner, column.name)
        if definition is None or place is None or place.node not in definition.body:
            raise Unwritable
        spans[column.name] = _lines(owner.module, place.node)
    return spans


def _lines(module: Module, node: ast.AST) -> Span:
    text, span = module.document.text, module.span(node)
    start, end = line_start(text, span.start), line_end(text, span.end)
    if text[start : span.start].strip() or text[span.end : end].strip()[:1] not in ("", "#"):
        raise Unwritable
    while start and text[line_before(module.document, start) : start].strip().startswith("#"):
        start = line_before(module.document, start)
    return Span(span.file, start, end)
