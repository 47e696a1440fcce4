"""Rule `unvalidated-foreign-key`."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, holding, rule
from ormistice.model import ForeignKey, Stated


@rule(ForeignKey, severity=Severity.WARNING, even_agreed=True)
def unvalidated_foreign_key(key: Aligned[ForeignKey]) -> Iterator[Violation]:
    """A foreign key is NOT VALID: rows that were there before it were never checked.

    New rows are checked, old ones may reference what does not exist. No schema file says so, and each that declares the
    key takes it to hold. `ALTER TABLE ... VALIDATE CONSTRAINT` checks them under a lock that lets writes pass.
    """
    yield from holding(
        key,
        _validated,
        actual="a foreign key that is NOT VALID",
        repair=lambda item, validated: replace(item, validated=validated),
    )


def _validated(key: ForeignKey) -> Stated[bool] | None:
    """Whether old rows were checked; of a key that is not enforced, `unenforced-foreign-key` tells more."""
    enforced = key.enforced is None or key.enforced.value
    return key.validated if enforced else None
