"""Rule `constraint-name-mismatch`."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, mismatch, rule
from ormistice.model import CheckConstraint, ExclusionConstraint, ForeignKey, Index, PrimaryKey
from ormistice.names import truncated

Named = PrimaryKey | ForeignKey | Index | CheckConstraint | ExclusionConstraint


@rule(PrimaryKey, ForeignKey, Index, CheckConstraint, ExclusionConstraint, severity=Severity.INFO)
def constraint_name_mismatch(constraint: Aligned[Named]) -> Iterator[Violation]:
    """The same constraint or index has another name in another source.

    Nothing depends on it at run time, but Prisma and drizzle-kit rename, or drop and create again, what does not bear
    the name that they would give. Names are compared as PostgreSQL keeps them, cut to 63 bytes; a source that leaves
    naming to the server is not asked.
    """
    if found := constraint.disagreement(lambda item: item.name, lambda a, b: truncated(a) != truncated(b)):
        yield mismatch(
            constraint,
            found,
            lambda name: f"the name `{name}`",
            claim=_claim,
            repair=lambda item, name: replace(item, name=name),
        )


def _claim(constraint: Named) -> str:
    return "named by the server" if constraint.name is None else constraint.name.value
