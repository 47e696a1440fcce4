"""Changes of foreign keys, checks and exclusion constraints.

What can be, is added NOT VALID, which needs a lock for a moment, and validated then, which lets others write. In the
place of another one it comes in the same statement in which that goes.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from ormistice.model import CheckConstraint, ExclusionConstraint, ForeignKey, Schema, Stated
from ormistice.names import quoted
from ormistice.sources.postgres import ddl
from ormistice.sources.postgres.statements import (
    ADDED_UNREAD,
    BRIEF,
    READS,
    SCANS,
    alter,
    default_name,
    free_name,
    kept,
    noted,
    partitioned,
    taken,
)

Checked = ForeignKey | CheckConstraint
C = TypeVar("C", ForeignKey, CheckConstraint, ExclusionConstraint)
_SUPERUSER = "only a superuser may do this"


def added_key(schema: Schema, key: ForeignKey) -> Iterator[str]:
    """A foreign key, if it is known what it references."""
    if key.references is None:
        return
    named = _named(schema, key, default_name(key.table, key.columns, "fkey"))
    yield from _added(schema, named, alter(key.table))
    yield from _switched_off(named)


def added_check(schema: Schema, check: CheckConstraint) -> Iterator[str]:
    """A check."""
    yield from _added(schema, _named(schema, check, default_name(check.table, (), "check")), alter(check.table))


def added_exclusion(schema: Schema, constraint: ExclusionConstraint) -> Iterator[str]:
    """An exclusion constraint; PostgreSQL has no way to add one without a lock."""
    named = _named(schema, constraint, default_name(constraint.table, (), "excl"))
    yield noted(SCANS, ddl.add_constraint(named))


def changed_key(schema: Schema, before: ForeignKey, after: ForeignKey) -> Iterator[str]:
    """What can be altered is altered; a key that is to do something else comes in the place of the old one."""
    if before.name is None or before.columns != after.columns or before.table != after.table:
        return
    wanted = kept(before, after)
    named = replace(wanted, name=before.name)
    table, name = alter(before.table), quoted(before.name.value)
    if wanted.references is None:
        return
    if replace(before, validated=named.validated, deferrability=named.deferrability) != named or _loosened(
        before, named
    ):
        yield from _replaced(schema, before, wanted)
        yield from _switched_off(wanted)
        return
    if before.deferrability != named.deferrability and named.deferrability is not None:
        yield noted(BRIEF, f"{table} ALTER CONSTRAINT {name} {named.deferrability.value.value}")
    if before.validated != named.validated:
        yield noted(READS, f"{table} VALIDATE CONSTRAINT {name}")
    yield from renamed(before, wanted)


def changed_check(schema: Schema, before: CheckConstraint, after: CheckConstraint) -> Iterator[str]:
    """Validated, renamed, or another check in the place of the old one."""
    if before.name is None:
        return
    wanted = kept(before, after)
    if replace(before, validated=wanted.validated, name=wanted.name) != wanted or _loosened(before, wanted):
        yield from _replaced(schema, before, wanted)
        return
    if before.validated != wanted.validated:
        yield noted(READS, f"{alter(before.table)} VALIDATE CONSTRAINT {quoted(before.name.value)}")
    yield from renamed(before, wanted)


def changed_exclusion(before: ExclusionConstraint, after: ExclusionConstraint) -> Iterator[str]:
    """Renamed, or another one in the place of the old one."""
    if before.name is None:
        return
    wanted = kept(before, after)
    if before.definition != wanted.definition:
        add = ddl.add_constraint(wanted).removeprefix(f"{alter(before.table)} ")
        yield noted(SCANS, f"{alter(before.table)} DROP CONSTRAINT {quoted(before.name.value)}, {add}")
    else:
        yield from renamed(before, wanted)


def dropped(constraint: ddl.Constraint) -> Iterator[str]:
    """DROP CONSTRAINT."""
    if constraint.name is not None:
        yield noted(BRIEF, f"{alter(constraint.table)} DROP CONSTRAINT {quoted(constraint.name.value)}")


def renamed(before: ddl.Constraint, after: ddl.Constraint) -> Iterator[str]:
    """RENAME CONSTRAINT, if it is to have another name."""
    if before.name is not None and after.name is not None and before.name.value != after.name.value:
        names = f"{quoted(before.name.value)} TO {quoted(after.name.value)}"
        yield f"{alter(before.table)} RENAME CONSTRAINT {names}"


def _named(schema: Schema, constraint: C, wanted: str) -> C:
    if constraint.name is not None:
        return constraint
    name = free_name(wanted, taken(schema, constraint.table))
    return replace(constraint, name=Stated(name, constraint.place, implicit=True))


def _is(value: Stated[bool] | None, *, otherwise: bool = True) -> bool:
    return otherwise if value is None else value.value


def _loosened(before: Checked, after: Checked) -> bool:
    """Whether a valid constraint is to be NOT VALID, which only a new one can be."""
    return _is(before.validated) and not _is(after.validated)


def _added(schema: Schema, constraint: Checked, start: str) -> Iterator[str]:
    """ADD CONSTRAINT behind `start`, and what makes it valid."""
    add = ddl.add_constraint(constraint, validate=False).removeprefix(f"{alter(constraint.table)} ")
    if isinstance(constraint, ForeignKey) and partitioned(schema, constraint.table):
        # PostgreSQL before 18 adds no key NOT VALID to a partitioned table.
        yield noted(SCANS, f"{start} {add.removesuffix(' NOT VALID')}")
        return
    yield noted(ADDED_UNREAD, f"{start} {add}")
    if _is(constraint.validated) and constraint.name is not None:
        yield noted(READS, f"{alter(constraint.table)} VALIDATE CONSTRAINT {quoted(constraint.name.value)}")


def _replaced(schema: Schema, before: Checked, after: Checked) -> Iterator[str]:
    name = quoted(before.name.value) if before.name is not None else ""
    yield from _added(schema, after, f"{alter(before.table)} DROP CONSTRAINT {name},")


def _switched_off(key: ForeignKey) -> Iterator[str]:
    if not _is(key.enforced):
        yield noted(_SUPERUSER, ddl.switch_off(key))
