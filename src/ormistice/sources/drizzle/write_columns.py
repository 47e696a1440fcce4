"""Changes of columns as edits of TypeScript."""

from dataclasses import replace

from ormistice.fixes import Edit
from ormistice.model import Column, Schema, SerialDefault
from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.find import around
from ormistice.sources.drizzle.modules import Project
from ormistice.text import Span


def column_edits(project: Project, schema: Schema, before: Column, after: Column) -> list[Edit] | None:
    """Edits that let the column take NULL, or not; None for any other change, and where others share its text."""
    if before.nullable is None or after.nullable is None or replace(before, nullable=after.nullable) != after:
        return None
    chain = _chain(project, schema, before)
    if chain is None or before.nullable.value is after.nullable.value:
        return None
    path, found = chain
    if not after.nullable.value:
        return [Edit(Span(path, found.end, found.end), f"{_gap(project, path, found)}.notNull()")]
    return None if _never_null(schema, before) else _without_not_null(project, path, found)


def _chain(project: Project, schema: Schema, column: Column) -> tuple[str, nodes.Chain] | None:
    place = column.place
    loaded = project.by_path.get(place.file) if isinstance(place, Span) else None
    alike = [one for table in schema.tables for one in table.columns if one.place == place]
    if loaded is None or not isinstance(place, Span) or len(alike) != 1:
        return None
    for node in around(loaded.module.statements, place.start):
        if isinstance(node, nodes.Property) and (node.start, node.end) == (place.start, place.end):
            return (place.file, node.value) if isinstance(node.value, nodes.Chain) else None
    return None


def _never_null(schema: Schema, column: Column) -> bool:
    """Whether a column takes no NULL for another reason than its `.notNull()`."""
    table = schema.table(column.table)
    key = table.primary_key.columns.value if table is not None and table.primary_key is not None else ()
    generated = column.identity is not None and column.identity.value is not None
    serial = column.default is not None and isinstance(column.default.value, SerialDefault)
    return column.name in key or generated or serial


def _gap(project: Project, path: str, chain: nodes.Chain) -> str:
    """What stands before the last method, if that is a line break and spaces."""
    text = project.by_path[path].document.text
    for first, link in reversed(list(zip(chain.links, chain.links[1:], strict=False))):
        if isinstance(first, nodes.Call) and isinstance(link, nodes.Member):
            gap = text[first.end : link.start - 1]
            return gap if "\n" in gap and not gap.strip() else ""
    return ""


def _without_not_null(project: Project, path: str, chain: nodes.Chain) -> list[Edit] | None:
    text = project.by_path[path].document.text
    ends = [chain.head.end, *(link.end for link in chain.links)]
    for i, (member, call) in enumerate(zip(chain.links, chain.links[1:], strict=False)):
        if isinstance(member, nodes.Member) and member.name == "notNull" and isinstance(call, nodes.Call):
            between = text[ends[i] : member.start]
            # A comment before it stays.
            start = ends[i] if not between.strip(". \t\r\n") else member.start - 1
            return [Edit(Span(path, start, call.end), "")]
    return None
