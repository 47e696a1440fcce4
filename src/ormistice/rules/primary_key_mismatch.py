"""Rule `primary-key-mismatch`."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, absence, mismatch, rule
from ormistice.model import PrimaryKey


@rule(PrimaryKey, severity=Severity.ERROR)
def primary_key_mismatch(key: Aligned[PrimaryKey]) -> Iterator[Violation]:
    """A table's primary key has other columns in another source, or is missing there.

    An ORM that updates or deletes a row by what it takes for the primary key may meet several rows, or none. The order
    of the columns is not compared.
    """
    if found := key.disagreement(lambda item: item.columns, lambda a, b: sorted(a) != sorted(b)):
        yield mismatch(
            key,
            found,
            _words,
            claim=lambda item: _words(item.columns.value),
            repair=lambda item, expected: replace(item, columns=expected),
        )
    elif key.missing:
        yield absence(key, f"primary key on {key.identity.name}", claim=lambda item: _words(item.columns.value))


def _words(columns: tuple[str, ...]) -> str:
    return f"PRIMARY KEY ({', '.join(columns)})"
