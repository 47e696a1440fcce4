"""What has been read so far: of the whole, and of the table at hand."""

from dataclasses import dataclass, field

from ormistice.model import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Policy,
    PrimaryKey,
    Problem,
    ProblemKind,
    RowSecurity,
    Stated,
    UniqueConstraint,
)
from ormistice.model import Table as ModelTable
from ormistice.names import QualifiedName
from ormistice.sources.drizzle.evaluate import Evaluator
from ormistice.sources.drizzle.names import Names
from ormistice.sources.drizzle.naming import Rules
from ormistice.sources.drizzle.values import Opaque, Table
from ormistice.text import Span

EXTRAS = frozenset((PrimaryKey, ForeignKey, UniqueConstraint, Index, CheckConstraint, RowSecurity))
"""What the third argument of a table may declare."""
OF_COLUMN = frozenset((Column, PrimaryKey, ForeignKey, UniqueConstraint))
"""What an entry among a table's columns may declare."""


@dataclass(slots=True)
class Reading:
    """What one load finds: problems, and kinds of which whole objects may have been missed."""

    evaluator: Evaluator
    rules: Rules
    names: Names
    written_order: dict[Span, tuple[str, ...]] = field(default_factory=dict)
    """For each `foreignKey()`, its columns as they stand, which the model has sorted."""
    problems: list[Problem] = field(default_factory=list)
    unread: set[type] = field(default_factory=set)

    def unknown(self, opaque: Opaque, what: str) -> None:
        """Note that `what` could not be read."""
        problem = Problem(ProblemKind.UNSUPPORTED_CONSTRUCT, f"{what}: {opaque.reason}", opaque.place)
        if problem not in self.problems:
            self.problems.append(problem)


@dataclass(slots=True)
class Parts:
    """A table while it is put together."""

    reading: Reading
    table: Table
    name: QualifiedName
    columns: list[Column] = field(default_factory=list)
    primary_key: PrimaryKey | None = None
    foreign_keys: list[ForeignKey] = field(default_factory=list)
    unique_constraints: list[UniqueConstraint] = field(default_factory=list)
    indexes: list[Index] = field(default_factory=list)
    checks: list[CheckConstraint] = field(default_factory=list)
    policies: list[Policy] = field(default_factory=list)
    unread: set[type] = field(default_factory=set)

    def unknown(self, opaque: Opaque, what: str, *kinds: type) -> None:
        """Note that `what` of this table could not be read, and that it may hold more of `kinds`."""
        self.reading.unknown(opaque, f"{what} of table `{self.name.name}`")
        self.unread.update(kinds)

    def finished(self) -> ModelTable:
        """The table."""
        secured = self.table.row_security is not None or bool(self.policies)
        place = self.table.row_security or self.table.declaration
        security = RowSecurity(secured, False, tuple(self.policies))  # noqa: FBT003 - drizzle cannot force it
        stated = Stated(security, place, implicit=self.table.row_security is None)
        return ModelTable(
            self.name,
            self.table.declaration,
            tuple(self.columns),
            self.primary_key,
            tuple(self.foreign_keys),
            tuple(self.unique_constraints),
            tuple(self.indexes),
            tuple(self.checks),
            row_security=None if RowSecurity in self.unread else stated,
            unread=frozenset(self.unread),
        )
