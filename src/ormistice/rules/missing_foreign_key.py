"""Rule `missing-foreign-key`."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, absence, listed, rule
from ormistice.model import ForeignKey, Schema, Table


@rule(ForeignKey, severity=Severity.ERROR)
def missing_foreign_key(key: Aligned[ForeignKey]) -> Iterator[Violation]:
    """A foreign key that one source declares is missing in another.

    Where the database lacks it, nothing keeps rows from referencing what does not exist, and no action cascades; where
    a source lacks it, a migration that is generated from it drops the key. Its client orders inserts and deletes as if
    there were no key, too. Where a source declares the same key twice, and another once, that is worth a note, and so
    is a key to a table that the source does not declare either, for no key can be said there without it.
    """
    if key.missing:
        columns = ", ".join(key.identity.columns)
        first = next(iter(key.declared.values()))
        found = [key.among.schemas[source].table(key.identity.name) for source in key.missing]
        keys = (other for table in found if table is not None for other in table.foreign_keys)
        others = any(other.columns == first.columns and other.references != first.references for other in keys)
        # Of several keys over the same columns it says which.
        target = f" to {first.references.value.table}" if others and first.references is not None else ""
        violation = absence(key, f"foreign key on {key.identity.name} ({columns}){target}", claim=str)
        held = all(table is not None and _held(first, table) for table in found)
        without = [name for name in key.missing if _lacks_target(first, key.among.schemas[name])]
        if len(without) == len(key.missing) and first.references is not None:
            verb = "declares" if len(without) == 1 else "declare"
            cause = f"{listed(without)} {verb} no table {first.references.value.table}"
            violation = replace(violation, cause=violation.cause or cause)
        yield replace(violation, severity=Severity.INFO) if held or len(without) == len(key.missing) else violation


def _lacks_target(key: ForeignKey, schema: Schema) -> bool:
    """Whether the source knows nothing of the table that the key references."""
    return key.references is not None and schema.table(key.references.value.table) is None


def _held(key: ForeignKey, table: Table) -> bool:
    """Whether another key of the table has the same columns reference the same, as far as both are known."""
    return any(
        other.columns == key.columns and (key.references is None or other.references in (None, key.references))
        for other in table.foreign_keys
    )
