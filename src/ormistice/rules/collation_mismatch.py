"""Rule `collation-mismatch`."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, mismatch, rule
from ormistice.model import Column


@rule(Column, severity=Severity.WARNING)
def collation_mismatch(column: Aligned[Column]) -> Iterator[Violation]:
    """A column sorts and compares by another collation.

    The order of a query, the use of an index and, with a collation that is not deterministic, equality depend on it.
    """
    if found := column.disagreement(lambda item: item.collation):
        yield mismatch(
            column,
            found,
            _words,
            claim=lambda item: "cannot say" if item.collation is None else _words(item.collation.value),
            repair=lambda item, expected: replace(item, collation=expected),
        )


def _words(collation: str | None) -> str:
    return "the default collation" if collation is None else f"COLLATE {collation}"
