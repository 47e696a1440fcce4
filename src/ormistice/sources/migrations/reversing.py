"""Undoing: whether going back from a step leads to what was there before it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ormistice.model import Schema
from ormistice.model import constraints as constraints_of
from ormistice.sources.migrations.replay import Return, Step
from ormistice.sources.postgres.executing import Failure

Fact = tuple[str, object]


def facts(schema: Schema) -> frozenset[Fact]:
    """Each object of a schema as a name that people read, and the object itself."""
    return frozenset(_facts(schema))


def _facts(schema: Schema) -> Iterator[Fact]:
    for enum in schema.enums:
        yield f"enum `{enum.name}`", enum
    for sequence in schema.sequences:
        yield f"sequence `{sequence.name}`", sequence
    for table in schema.tables:
        yield f"table `{table.name}`", table.name
        for column in table.columns:
            yield f"column `{table.name}.{column.name}`", column
        for constraint in constraints_of(table):
            yield f"constraint `{constraint.name.value if constraint.name else ''}`", constraint
        for index in table.indexes:
            yield f"index `{index.name.value if index.name else ''}`", index


@dataclass(slots=True)
class Way:
    """The way up, as it was seen; then the way down, compared with it; then up again."""

    seen: list[frozenset[Fact]]
    left: frozenset[Fact] = frozenset()
    missed: frozenset[Fact] = frozenset()
    returns: list[Return] = field(default_factory=list)

    def down(self, step: Step, at: int, now: frozenset[Fact], failure: Failure | None) -> None:
        """Step number `at` was undone, or could not be."""
        before = self.seen[at]
        left, missed = now - before - self.left, before - now - self.missed
        self.left, self.missed = self.left | left, self.missed | missed
        if failure is not None:
            self.returns.append(Return(step, failure=failure))
        elif left or missed:
            self.returns.append(Return(step, _names(left), _names(missed)))

    def up(self, step: Step, failure: Failure | None) -> None:
        """A step was done again, or could not be."""
        if failure is not None:
            self.returns.append(Return(step, failure=failure, again=True))


def _names(found: frozenset[Fact]) -> tuple[str, ...]:
    """Names of what differs; of a table that differs as a whole, its name alone."""
    names = {name for name, _ in found}
    tables = tuple(f"`{name[7:-1]}." for name in names if name.startswith("table "))
    return tuple(sorted(name for name in names if not (name.startswith("column ") and name[7:].startswith(tables))))
