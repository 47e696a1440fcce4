"""Rule `missing-foreign-key`."""

from collections.abc import Iterator

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, absence, rule
from ormistice.model import ForeignKey


@rule(ForeignKey, severity=Severity.ERROR)
def missing_foreign_key(key: Aligned[ForeignKey]) -> Iterator[Violation]:
    """A foreign key that one source declares is missing in another.

    Where the database lacks it, nothing keeps rows from referencing what does not exist, and no action cascades. Where
    a source lacks it, its client orders inserts and deletes as if there were no key, and a migration that is generated
    from it drops the key.
    """
    if key.missing:
        columns = ", ".join(key.identity.columns)
        yield absence(key, f"foreign key on {key.identity.name} ({columns})", claim=str)
