"""Rule `identity-mismatch`."""

from collections.abc import Iterator

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, matching, mismatch, rule
from ormistice.model import Column, IdentityGeneration


@rule(Column, severity=Severity.WARNING)
def identity_mismatch(column: Aligned[Column]) -> Iterator[Violation]:
    """A column is an identity column in one source alone, or of another kind.

    GENERATED ALWAYS refuses values that an insert brings along, BY DEFAULT takes them, and a serial column draws from a
    sequence through its default. All of them count up; a migration that turns one into the other rewrites the column.
    """
    if found := column.disagreement(lambda item: item.identity):
        yield mismatch(
            column,
            found,
            _words,
            claim=lambda item: "cannot say" if item.identity is None else _words(item.identity.value),
            repair=matching(column.declared[found.authority], "identity", "generated", "default"),
        )


def _words(identity: IdentityGeneration | None) -> str:
    return "no identity" if identity is None else str(identity)
