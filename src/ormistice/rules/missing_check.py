"""Rule `missing-check`."""

from collections.abc import Iterator

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, absence, rule
from ormistice.model import CheckConstraint


@rule(CheckConstraint, severity=Severity.WARNING)
def missing_check(check: Aligned[CheckConstraint]) -> Iterator[Violation]:
    """A check constraint that one source declares is missing in another.

    Where the database lacks it, rows come in that the source takes to be impossible; where a source lacks it, its
    inserts are refused for a reason that it does not know. Prisma has no words for checks and is not asked.
    """
    if check.missing:
        first = next(iter(check.declared.values()))
        yield absence(check, f"CHECK ({first.expression.value}) on {check.identity.name}", claim=_claim)


def _claim(check: CheckConstraint) -> str:
    return f"CHECK ({check.expression.value})"
