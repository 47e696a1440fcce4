"""Rule `missing-foreign-key`."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, absence, rule
from ormistice.model import ForeignKey, Table


@rule(ForeignKey, severity=Severity.ERROR)
def missing_foreign_key(key: Aligned[ForeignKey]) -> Iterator[Violation]:
    """A foreign key that one source declares is missing in another.

    Where the database lacks it, nothing keeps rows from referencing what does not exist, and no action cascades. Where
    a source lacks it, its client orders inserts and deletes as if there were no key, and a migration that is generated
    from it drops the key. Where a source declares the same key twice, and another once, that is worth a note.
    """
    if key.missing:
        columns = ", ".join(key.identity.columns)
        first = next(iter(key.declared.values()))
        violation = absence(key, f"foreign key on {key.identity.name} ({columns})", claim=str)
        tables = (key.among.schemas[source].table(key.identity.name) for source in key.missing)
        held = all(table is not None and _held(first, table) for table in tables)
        yield replace(violation, severity=Severity.INFO) if held else violation


def _held(key: ForeignKey, table: Table) -> bool:
    """Whether another key of the table has the same columns reference the same."""
    return key.references is not None and any(
        (other.columns, other.references) == (key.columns, key.references) for other in table.foreign_keys
    )
