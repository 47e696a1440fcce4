"""Rule `column-order-mismatch`."""

from collections.abc import Iterator

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, mismatch, rule
from ormistice.model import Stated, Table


@rule(Table, severity=Severity.INFO)
def column_order_mismatch(table: Aligned[Table]) -> Iterator[Violation]:
    """The columns of a table stand in another order.

    Only statements without a list of columns depend on it: `INSERT INTO t VALUES (...)`, `COPY t`, `SELECT *` read by
    position. A column that was dropped and added again, with its data lost, shows in this way too.
    """
    names = [{column.name for column in item.columns} for item in table.declared.values()]
    common = set.intersection(*names)
    if found := table.disagreement(lambda item: _order(item, common)):
        yield mismatch(table, found, _words, claim=lambda item: _words(tuple(column.name for column in item.columns)))


def _order(table: Table, common: set[str]) -> Stated[tuple[str, ...]]:
    return Stated(tuple(column.name for column in table.columns if column.name in common), table.place)


def _words(columns: tuple[str, ...]) -> str:
    return f"({', '.join(columns)})"
