"""Rule `nullability-mismatch`."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, mismatch, rule
from ormistice.model import Column


@rule(Column, severity=Severity.ERROR)
def nullability_mismatch(column: Aligned[Column]) -> Iterator[Violation]:
    """A column is NOT NULL in one source and nullable in another.

    Where the database is the stricter one, an insert that leaves the column out fails; where the source is, reading a
    row with NULL does.
    """
    if found := column.disagreement(lambda item: item.nullable):
        yield mismatch(
            column,
            found,
            _words,
            claim=lambda item: "unsaid" if item.nullable is None else _words(item.nullable.value),
            repair=lambda item, expected: replace(item, nullable=expected),
        )


def _words(nullable: bool) -> str:  # noqa: FBT001 - the value itself is what is put in words
    return "NULL" if nullable else "NOT NULL"
