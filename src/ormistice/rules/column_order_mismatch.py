"""Rule `column-order-mismatch`."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import takewhile

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, mismatch, rule
from ormistice.model import Stated, Table

_SOON_READ = 2


@rule(Table, severity=Severity.INFO)
def column_order_mismatch(table: Aligned[Table]) -> Iterator[Violation]:
    """The columns of a table stand in another order.

    Only statements without a list of columns depend on it: `INSERT INTO t VALUES (...)`, `COPY t`, `SELECT *` read by
    position. A column that was dropped and added again, with its data lost, shows in this way too.
    """
    names = [{column.name for column in item.columns} for item in table.declared.values()]
    common = set.intersection(*names)
    if found := table.disagreement(lambda item: _order(item, common)):
        orders = [found.expected.value, *(stated.value for stated in found.actual.values())]
        start, end = (_alike([order[::step] for order in orders]) for step in (1, -1))
        yield mismatch(table, found, partial(_between, start=start, end=end), claim=_claim, repair=_reordered)


def _alike(orders: Sequence[tuple[str, ...]]) -> int:
    """How many columns all orders begin with, where they are more than are soon read."""
    count = len(list(takewhile(lambda columns: len(set(columns)) == 1, zip(*orders, strict=True))))
    return count if count > _SOON_READ else 0


def _between(columns: tuple[str, ...], *, start: int, end: int) -> str:
    """The columns without those that stand alike at both ends."""
    told = columns[start : len(columns) - end]
    return _words(("...",) * bool(start) + told + ("...",) * bool(end))


def _reordered(table: Table, expected: Stated[tuple[str, ...]]) -> Table:
    """The columns that both have in the expected order, each of the others behind the one that it stood behind."""
    waiting = iter(expected.value)
    columns = [next(waiting, column.name) if column.name in expected.value else column.name for column in table.columns]
    by_name = {column.name: column for column in table.columns}
    return replace(table, columns=tuple(by_name[name] for name in columns))


def _claim(table: Table) -> str:
    return _words(tuple(column.name for column in table.columns))


def _order(table: Table, common: set[str]) -> Stated[tuple[str, ...]]:
    return Stated(tuple(column.name for column in table.columns if column.name in common), table.place)


def _words(columns: tuple[str, ...]) -> str:
    return f"({', '.join(columns)})"
