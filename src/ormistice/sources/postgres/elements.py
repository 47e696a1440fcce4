"""The keys of an index, out of the parallel lists of numbers in which the catalog keeps them."""

from dataclasses import dataclass

from ormistice.model import IndexElement
from ormistice.names import quoted
from ormistice.sources.postgres.catalogs import IndexRow

_DESCENDING = 1
_NULLS_FIRST = 2
_NO_COLLATIONS = (0, 100)


@dataclass(frozen=True, slots=True)
class ElementNames:
    """Names for the numbers: of the table's columns, of operator classes and of collations that are not the default."""

    columns: dict[int, str]
    opclasses: dict[int, str]
    collations: dict[int, str]
    column_collations: dict[tuple[int, int], int]


def elements(row: IndexRow, names: ElementNames) -> tuple[IndexElement, ...]:
    """The keys of one index, without the columns that it includes."""
    columns, opclasses, collations, options = (
        [int(number) for number in text.split()] for text in (row.columns, row.opclasses, row.collations, row.options)
    )
    return tuple(
        IndexElement(
            names.columns.get(columns[at]),
            None if columns[at] else row.expressions[at] if row.expressions else "",
            bool(options[at] & _DESCENDING),
            bool(options[at] & _NULLS_FIRST),
            (row.parameters[at] if row.parameters else None) or names.opclasses.get(opclasses[at]),
            _collation(row, at, columns[at], collations[at], names),
        )
        for at in range(row.key_count)
    )


def _collation(row: IndexRow, at: int, column: int, collation: int, names: ElementNames) -> str | None:
    if column:
        own = names.column_collations.get((row.table, column), collation if collation in _NO_COLLATIONS else 0)
        return None if collation == own else names.collations.get(collation)
    name = names.collations.get(collation)
    if name is None or row.expressions is None or row.definition is None:
        return None
    # An expression's own collation is in no catalog; PostgreSQL prints one only where it differs from that.
    return name if f"{row.expressions[at]} COLLATE {quoted(name)}" in row.definition else None
