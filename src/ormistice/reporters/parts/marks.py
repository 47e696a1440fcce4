"""Marks and pieces of the Markdown report that several of its sections are made of."""

from ormistice.findings import Report, Severity
from ormistice.reporters.parts.content import Standing
from ormistice.reporters.parts.markdown import code, escaped, folded, table

MARK = {Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.INFO: "ℹ️", None: "✅"}
STATUS = {Severity.ERROR: "**MISMATCH**", Severity.WARNING: "warning", Severity.INFO: "harmless", None: ""}
MOST_OPEN = 15
"""Of more lines than these, a click opens them."""


def names(report: Report) -> tuple[str, ...]:
    """The names of the sources, in order, as cells."""
    return tuple(escaped(source.name) for source in report.sources)


def standing(item: Standing) -> str:
    """A mark, and what there is to say, as code where it is quoted."""
    words = code(item.words) if item.quoted and item.words else escaped(item.words)
    return f"{item.mark.value} {words}".strip()


def short_or_folded(head: str, text: str, lines: int) -> str:
    """Markdown as it is, or folded under a heading, which is HTML, where it has many lines."""
    return text if lines <= MOST_OPEN else folded(head, text)


def long_table(head: str, columns: tuple[str, ...], rows: list[tuple[str, ...]], most: int = MOST_OPEN) -> str:
    """A table, folded under a heading where it has more rows than `most`."""
    drawn = table(columns, rows)
    return drawn if len(rows) <= most else folded(head, drawn)
