"""Rule `missing-exclusion-constraint`."""

from collections.abc import Iterator

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, absence, rule
from ormistice.model import ExclusionConstraint


@rule(ExclusionConstraint, severity=Severity.WARNING)
def missing_exclusion_constraint(constraint: Aligned[ExclusionConstraint]) -> Iterator[Violation]:
    """An exclusion constraint that one source declares is missing in another.

    It keeps rows apart that overlap, such as two bookings of one room; without it they come in. Prisma and Drizzle have
    no words for it and are not asked.
    """
    if constraint.missing:
        first = next(iter(constraint.declared.values()))
        what = f"{first.definition.value} on {constraint.identity.name}"
        yield absence(constraint, what, claim=lambda item: item.definition.value)
