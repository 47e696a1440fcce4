"""Rule `unenforced-foreign-key`."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, holding, rule
from ormistice.model import ForeignKey


@rule(ForeignKey, severity=Severity.ERROR, even_agreed=True)
def unenforced_foreign_key(key: Aligned[ForeignKey]) -> Iterator[Violation]:
    """A foreign key is in the catalog, but its triggers are disabled: it neither checks nor cascades.

    Rows come in that reference nothing, and deletes leave them behind. `ALTER TABLE ... DISABLE TRIGGER ALL`, often
    left behind by a data load, or NOT ENFORCED. Every schema file that declares the key relies on it.
    """
    yield from holding(
        key,
        lambda item: item.enforced,
        actual="a foreign key that is not enforced",
        repair=lambda item, enforced: replace(item, enforced=enforced),
    )
