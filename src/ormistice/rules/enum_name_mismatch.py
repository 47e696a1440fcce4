"""Rule `enum-name-mismatch`."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, mismatch, rule
from ormistice.model import Enum, Stated
from ormistice.names import QualifiedName


@rule(Enum, severity=Severity.WARNING)
def enum_name_mismatch(enum: Aligned[Enum]) -> Iterator[Violation]:
    """The enum type of a column has another name in another source.

    SQLAlchemy and Prisma name the type in the statements that they send, so that a name which the database does not
    have fails at run time. SQLAlchemy lower-cases the name of the Python class unless `name=` says otherwise.
    """
    if found := enum.disagreement(_name):
        yield mismatch(enum, found, lambda name: f"the name {name}", claim=lambda item: str(item.name), repair=_renamed)


def _renamed(enum: Enum, expected: Stated[QualifiedName]) -> Enum:
    return replace(enum, name=expected.value)


def _name(enum: Enum) -> Stated[QualifiedName] | None:
    return Stated(enum.name, enum.place)
