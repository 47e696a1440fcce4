"""Rule `view-mismatch`."""

from collections.abc import Iterator

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, mismatch, rule
from ormistice.model import Stated, View


@rule(View, severity=Severity.WARNING)
def view_mismatch(view: Aligned[View]) -> Iterator[Violation]:
    """A view has other columns in another source.

    A query that names a column which the view does not have fails. A source may name fewer columns than the database
    has; their order is not compared, nor is the query behind them.
    """
    databases = view.among.databases

    def differ(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
        return not set(one) <= set(other) if view.authority in databases else set(one) != set(other)

    if found := view.disagreement(_columns, differ):
        yield mismatch(view, found, _words, claim=lambda item: _words(item.columns.value if item.columns else ()))


def _columns(view: View) -> Stated[tuple[str, ...]] | None:
    if view.columns is None:
        return None
    return Stated(tuple(sorted(view.columns.value)), view.columns.place)


def _words(columns: tuple[str, ...]) -> str:
    return f"({', '.join(columns)})" if columns else "columns that are not known"
