"""Changes as SQL statements. They are written for the user to run; here they run in a scratch server alone."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.fixes import Applicability, Change, Script
from ormistice.model import (
    CheckConstraint,
    Column,
    Domain,
    Enum,
    ExclusionConstraint,
    ForeignKey,
    Index,
    PrimaryKey,
    Schema,
    Sequence,
    Table,
    UniqueConstraint,
    View,
)
from ormistice.names import quoted_name
from ormistice.renaming import renamed_columns
from ormistice.sources.postgres import ddl, write_columns, write_constraints, write_indexes, write_tables, write_types
from ormistice.sources.postgres.statements import BRIEF, in_migration, noted

NEWEST = 180000


def script(schema: Schema, change: Change, version: int = NEWEST) -> Script | None:
    """The statements that make `change` in the database that `schema` was read from; None where there are none.

    `version` is that of the server, as `180006`.
    """
    lines = tuple(_statements(schema, change, version))
    if not lines:
        return None
    return Script(schema.source, lines, Applicability.UNSAFE if _loses(change) else Applicability.SAFE)


def migration(schema: Schema, change: Change) -> Script | None:
    """The same for a file that is run on a database of this very version in a transaction."""
    found = script(schema, change)
    return None if found is None else replace(found, statements=tuple(map(in_migration, found.statements)))


def _statements(schema: Schema, change: Change, version: int) -> Iterator[str]:
    match change.before, change.after:
        case None, None:
            return
        case None, added if added is not None:
            yield from _added(schema, added)
        case dropped, None if dropped is not None:
            yield from _dropped(schema, dropped)
        case before, after:
            yield from _changed(schema, before, after, version)


def _added(schema: Schema, added: object) -> Iterator[str]:
    match added:
        case ForeignKey():
            yield from write_constraints.added_key(schema, added)
        case CheckConstraint():
            yield from write_constraints.added_check(schema, added)
        case ExclusionConstraint():
            yield from write_constraints.added_exclusion(schema, added)
        case UniqueConstraint() | PrimaryKey():
            yield from write_indexes.added_on_index(schema, added)
        case Index():
            yield from write_indexes.added_index(schema, added)
        case Column():
            yield from write_columns.added_column(added)
        case Table() if all(column.type is not None for column in added.columns):
            yield from write_tables.added_table(added)
        case _:
            yield from _added_type(added)


def _added_type(added: object) -> Iterator[str]:
    match added:
        case Enum():
            yield from ddl.in_its_schema(added.name, ddl.create_enum(added))
        case Sequence():
            yield from ddl.in_its_schema(added.name, ddl.create_sequence(added))
        case Domain() if added.type is not None:
            yield from ddl.in_its_schema(added.name, ddl.create_domain(added))
        case View() if added.definition is not None:
            yield from ddl.in_its_schema(added.name, ddl.create_view(added))
        case _:
            return


def _dropped(schema: Schema, dropped: object) -> Iterator[str]:
    match dropped:
        case ForeignKey() | UniqueConstraint() | CheckConstraint() | PrimaryKey() | ExclusionConstraint():
            yield from write_constraints.dropped(dropped)
        case Index():
            yield from write_indexes.dropped_index(schema, dropped)
        case Column():
            yield from write_columns.dropped_column(dropped)
        case Table():
            yield from write_tables.dropped_table(dropped)
        case Enum():
            yield f"DROP TYPE {quoted_name(dropped.name)}"
        case Sequence():
            yield f"DROP SEQUENCE {quoted_name(dropped.name)}"
        case Domain():
            yield f"DROP DOMAIN {quoted_name(dropped.name)}"
        case View():
            kind = "MATERIALIZED VIEW" if dropped.materialized else "VIEW"
            yield noted(BRIEF, f"DROP {kind} {quoted_name(dropped.name)}")
        case _:
            return


def _changed(schema: Schema, before: object, after: object, version: int) -> Iterator[str]:
    match before, after:
        case ForeignKey(), ForeignKey():
            yield from write_constraints.changed_key(schema, before, after)
        case CheckConstraint(), CheckConstraint():
            yield from write_constraints.changed_check(schema, before, after)
        case ExclusionConstraint(), ExclusionConstraint():
            yield from write_constraints.changed_exclusion(before, after)
        case UniqueConstraint(), UniqueConstraint():
            yield from write_indexes.changed_on_index(schema, before, after)
        case PrimaryKey(), PrimaryKey():
            yield from write_indexes.changed_on_index(schema, before, after)
        case Index(), Index():
            yield from write_indexes.changed_index(schema, before, after)
        case Column(), Column():
            yield from write_columns.changed_column(schema, before, after, version)
        case Table(), Table():
            yield from _changed_table(schema, before, after, version)
        case _:
            yield from _changed_type(schema, before, after)


def _changed_type(schema: Schema, before: object, after: object) -> Iterator[str]:
    match before, after:
        case Enum(), Enum():
            yield from write_types.changed_enum(schema, before, after)
        case Sequence(), Sequence():
            yield from write_types.changed_sequence(before, after)
        case Domain(), Domain():
            yield from write_types.changed_domain(before, after)
        case View(), View():
            yield from write_types.changed_view(before, after)
        case _:
            return


def _changed_table(schema: Schema, before: Table, after: Table, version: int) -> Iterator[str]:
    """Its members one by one, then what is its own, its name last; a column of another name stays what it is."""
    if renames := renamed_columns(before, after):
        for column, name in renames:
            yield from write_columns.changed_column(schema, column, replace(column, name=name), version)
        return
    for old, new in write_tables.members(before, after):
        yield from _statements(schema, Change(schema.source, old, new), version)
    yield from write_tables.changed_table(before, after)


def _loses(change: Change) -> bool:
    """Whether rows, or what the application counts on, may be lost, or rows that are there may stand against it."""
    match change.before, change.after:
        case Column() as before, Column() as after:
            return write_columns.loses(before, after)
        case None, Column() as added:
            return write_columns.needs_a_value(added)
        case Enum() as before, Enum() as after:
            return before.name != after.name or write_types.removes_labels(before, after)
        case Table(), Table():
            return True
        case (Domain(), Domain()) | (View(), View()) | (Sequence(), Sequence()):
            return True
        case _, None:
            return True
        case _:
            return False
