"""Rule `deferrability-mismatch`."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, mismatch, rule
from ormistice.model import Deferrability, ForeignKey, UniqueConstraint


@rule(ForeignKey, UniqueConstraint, severity=Severity.WARNING)
def deferrability_mismatch(constraint: Aligned[ForeignKey | UniqueConstraint]) -> Iterator[Violation]:
    """A constraint is checked at the end of the transaction in one source, at once in another.

    Code that inserts rows which reference each other in a circle relies on the one; code that catches a violation where
    it happens relies on the other.
    """
    if found := constraint.disagreement(lambda item: item.deferrability):
        yield mismatch(
            constraint,
            found,
            _words,
            claim=_claim,
            repair=lambda item, expected: replace(item, deferrability=expected),
        )


def _words(deferrability: Deferrability) -> str:
    return deferrability.value


def _claim(constraint: ForeignKey | UniqueConstraint) -> str:
    return "cannot say" if constraint.deferrability is None else constraint.deferrability.value.value
