"""Changes as SQL statements. They are written for the user to run; here they run in a scratch server alone."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ormistice.fixes import Applicability, Change, Script
from ormistice.model import (
    CheckConstraint,
    Column,
    Deferrability,
    Enum,
    ForeignKey,
    Index,
    PrimaryKey,
    Schema,
    Stated,
    Table,
    UniqueConstraint,
)
from ormistice.names import quoted, quoted_name
from ormistice.sources.postgres import ddl

_Named = ForeignKey | UniqueConstraint | CheckConstraint | PrimaryKey


def script(schema: Schema, change: Change) -> Script | None:
    """The statements that make `change` in the database that `schema` was read from; None where there are none."""
    lines = tuple(_statements(change))
    if not lines:
        return None
    return Script(schema.source, lines, Applicability.UNSAFE if _loses(change) else Applicability.SAFE)


def _statements(change: Change) -> Iterator[str]:
    match change.before, change.after:
        case None, None:
            return
        case None, added if added is not None:
            yield from _added(added)
        case dropped, None if dropped is not None:
            yield from _dropped(dropped)
        case before, after:
            yield from _changed(before, after)


def _added(added: object) -> Iterator[str]:
    match added:
        case ForeignKey():
            yield from _added_key(added)
        case UniqueConstraint() | CheckConstraint() | PrimaryKey():
            yield ddl.add_constraint(added)
        case Index():
            yield ddl.create_index(added)
        case Column() if added.type is not None:
            yield f"ALTER TABLE {quoted_name(added.table)} ADD COLUMN {ddl.column_definition(added)}"
        case Enum():
            yield ddl.create_enum(added)
        case Table() if all(column.type is not None for column in added.columns):
            yield from _added_table(added)
        case _:
            return


def _dropped(dropped: object) -> Iterator[str]:
    match dropped:
        case ForeignKey() | UniqueConstraint() | CheckConstraint() | PrimaryKey() if dropped.name is not None:
            yield _drop(dropped)
        case Index() if dropped.name is not None:
            yield _drop_index(dropped)
        case Column():
            yield f"ALTER TABLE {quoted_name(dropped.table)} DROP COLUMN {quoted(dropped.name)}"
        case _:
            return


def _changed(before: object, after: object) -> Iterator[str]:
    match before, after:
        case ForeignKey(), ForeignKey():
            yield from _changed_key(before, after)
        case UniqueConstraint(), UniqueConstraint():
            yield from _renamed_or_replaced(before, after)
        case CheckConstraint(), CheckConstraint():
            yield from _renamed_or_replaced(before, after)
        case PrimaryKey(), PrimaryKey():
            yield from _renamed_or_replaced(before, after)
        case Index(), Index():
            yield from _changed_index(before, after)
        case Column(), Column():
            yield from _changed_column(before, after)
        case Enum(), Enum():
            yield from _changed_enum(before, after)
        case _:
            return


def _loses(change: Change) -> bool:
    """Whether rows, or what the application counts on, may be lost, or rows that are there may stand against it."""
    match change.before, change.after:
        case Column() as before, Column() as after:
            narrower = (
                not _same(before.nullable, after.nullable) and after.nullable is not None and not after.nullable.value
            )
            return narrower or not _same(before.type, after.type)
        case _, None:
            return True
        case _:
            return False


def _same(before: Stated[Any] | None, after: Stated[Any] | None) -> bool:
    return before is None or after is None or before.value == after.value


def _drop(constraint: _Named) -> str:
    name = quoted(constraint.name.value) if constraint.name is not None else ""
    return f"ALTER TABLE {quoted_name(constraint.table)} DROP CONSTRAINT {name}"


def _changed_key(before: ForeignKey, after: ForeignKey) -> Iterator[str]:
    if before.name is None or before.columns != after.columns or before.table != after.table:
        return
    named = after if after.name is not None else replace(after, name=before.name)
    table = f"ALTER TABLE {quoted_name(before.table)}"
    if replace(before, name=named.name) == named:
        yield from _renamed(before, named)
        return
    if (
        replace(before, validated=after.validated, name=named.name) == named
        and after.validated
        and after.validated.value
    ):
        yield f"{table} VALIDATE CONSTRAINT {quoted(before.name.value)}"
    elif (
        replace(before, deferrability=after.deferrability, name=named.name) == named and after.deferrability is not None
    ):
        yield f"{table} ALTER CONSTRAINT {quoted(before.name.value)} {_deferrability(after.deferrability.value)}"
    else:
        yield _drop(before)
        yield from _added_key(named)
        return
    yield from _renamed(before, named)


def _deferrability(value: Deferrability) -> str:
    return value.value


def _added_key(key: ForeignKey) -> Iterator[str]:
    if key.references is None:
        return
    if key.name is None:
        yield ddl.add_constraint(key)
        return
    yield ddl.add_constraint(key, validate=False)
    if key.validated is None or key.validated.value:
        yield f"ALTER TABLE {quoted_name(key.table)} VALIDATE CONSTRAINT {quoted(key.name.value)}"


def _renamed(before: _Named, after: _Named) -> Iterator[str]:
    if before.name is not None and after.name is not None and before.name.value != after.name.value:
        table = quoted_name(before.table)
        yield f"ALTER TABLE {table} RENAME CONSTRAINT {quoted(before.name.value)} TO {quoted(after.name.value)}"


def _renamed_or_replaced(before: _Named, after: _Named) -> Iterator[str]:
    if before.name is None:
        return
    named = after if after.name is not None else replace(after, name=before.name)
    if replace(before, name=named.name) == named:
        yield from _renamed(before, named)
    else:
        yield _drop(before)
        yield ddl.add_constraint(named)


def _drop_index(index: Index) -> str:
    # An index lies in the schema of its table.
    name = index.name.value if index.name is not None else ""
    return f"DROP INDEX {quoted(index.table.schema)}.{quoted(name)}"


def _changed_index(before: Index, after: Index) -> Iterator[str]:
    if before.name is None:
        return
    named = after if after.name is not None else replace(after, name=before.name)
    if replace(before, name=named.name) != named:
        yield _drop_index(before)
        yield ddl.create_index(named)
    elif named.name is not None and named.name.value != before.name.value:
        index = f"{quoted(before.table.schema)}.{quoted(before.name.value)}"
        yield f"ALTER INDEX {index} RENAME TO {quoted(named.name.value)}"


def _changed_column(before: Column, after: Column) -> Iterator[str]:
    start = f"ALTER TABLE {quoted_name(before.table)} ALTER COLUMN {quoted(before.name)}"
    if any(not _same(*pair) for pair in ((before.generated, after.generated), (before.identity, after.identity))):
        return
    if before.name != after.name or before.table != after.table:
        return
    if after.type is not None and not _same(before.type, after.type):
        kind = ddl.type_text(after.type.value)
        yield f"{start} TYPE {kind} USING {quoted(before.name)}::{kind}"
    if after.default is not None and not _same(before.default, after.default):
        text = ddl.default_text(after)
        yield f"{start} DROP DEFAULT" if text is None else f"{start} SET DEFAULT {text}"
    if after.nullable is not None and not _same(before.nullable, after.nullable):
        yield f"{start} DROP NOT NULL" if after.nullable.value else f"{start} SET NOT NULL"
    if after.comment is not None and not _same(before.comment, after.comment):
        text = "NULL" if after.comment.value is None else ddl.literal(after.comment.value)
        yield f"COMMENT ON COLUMN {quoted_name(before.table)}.{quoted(before.name)} IS {text}"


def _changed_enum(before: Enum, after: Enum) -> Iterator[str]:
    """Labels can be added, at their place; PostgreSQL has no statement that removes or moves one."""
    old = [label.value for label in before.labels]
    new = [label.value for label in after.labels]
    if [label for label in new if label in old] != old or before.name != after.name:
        return
    for at, label in enumerate(new):
        if label not in old:
            where = f"AFTER {ddl.literal(new[at - 1])}" if at else f"BEFORE {ddl.literal(old[0])}" if old else ""
            yield f"ALTER TYPE {quoted_name(before.name)} ADD VALUE {ddl.literal(label)} {where}".rstrip()


def _added_table(table: Table) -> Iterator[str]:
    alone = Schema("", (replace(table, foreign_keys=()),), (), frozenset())
    yield from ddl.creation(alone)
    for key in table.foreign_keys:
        yield ddl.add_constraint(key)
