"""Changes as edits of Python text."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from ormistice.fixes import Applicability, Change, Edit, Patch
from ormistice.model import (
    CheckConstraint,
    Column,
    Enum,
    ExclusionConstraint,
    ForeignKey,
    Index,
    PrimaryKey,
    Schema,
    Table,
    UniqueConstraint,
)
from ormistice.renaming import renamed_columns
from ormistice.sources.sqlalchemy.write_columns import changed_column
from ormistice.sources.sqlalchemy.write_draft import Unwritable
from ormistice.sources.sqlalchemy.write_enums import added_enum, changed_enum
from ormistice.sources.sqlalchemy.write_indexes import (
    added_check,
    added_exclusion,
    added_index,
    added_unique,
    changed_check,
    changed_index,
    changed_unique,
    dropped_constraint,
    dropped_index,
)
from ormistice.sources.sqlalchemy.write_keys import added_key, changed_key, dropped_key
from ormistice.sources.sqlalchemy.write_new_columns import added_column, dropped_column
from ormistice.sources.sqlalchemy.write_primary_keys import added_primary_key, changed_primary_key, dropped_primary_key
from ormistice.sources.sqlalchemy.write_renames import with_columns_renamed
from ormistice.sources.sqlalchemy.write_tables import added_table, changed_table, dropped_table
from ormistice.text import Span

Edits = tuple[list[Edit], Applicability]
_ADDED: dict[type, Callable[[Schema, Any], Edits]] = {
    Column: added_column,
    PrimaryKey: added_primary_key,
    ForeignKey: added_key,
    UniqueConstraint: added_unique,
    Index: added_index,
    CheckConstraint: added_check,
    ExclusionConstraint: added_exclusion,
    Enum: added_enum,
    Table: added_table,
}
_DROPPED: dict[type, Callable[[Schema, Any], Edits]] = {
    Column: dropped_column,
    PrimaryKey: dropped_primary_key,
    ForeignKey: dropped_key,
    UniqueConstraint: dropped_index,
    Index: dropped_index,
    CheckConstraint: dropped_constraint,
    ExclusionConstraint: dropped_constraint,
    Table: dropped_table,
}
_CHANGED: dict[type, Callable[[Schema, Any, Any], Edits]] = {
    Column: changed_column,
    PrimaryKey: changed_primary_key,
    ForeignKey: changed_key,
    UniqueConstraint: changed_unique,
    Index: changed_index,
    CheckConstraint: changed_check,
    Enum: changed_enum,
    Table: changed_table,
}


def write(schema: Schema, change: Change) -> Patch | None:
    """`change` as a patch; None where it cannot be written faithfully."""
    try:
        found = _edits(schema, change)
    except Unwritable:
        return None
    if found is None or not found[0]:
        return None
    edits, applicability = found
    ordered = sorted(set(edits), key=lambda edit: (edit.span.file, edit.span.start, edit.span.end))
    # Which of two insertions at one place comes first would be a matter of chance.
    if any(one.span == other.span or _meet(one.span, other.span) for one, other in pairwise(ordered)):
        return None
    return Patch(change.source, tuple(ordered), applicability)


def _meet(one: Span, other: Span) -> bool:
    return one.file == other.file and one.end > other.start


def _edits(schema: Schema, change: Change) -> Edits | None:
    match change.before, change.after:
        case None, after if type(after) in _ADDED:
            return _ADDED[type(after)](schema, after)
        case before, None if type(before) in _DROPPED:
            return _DROPPED[type(before)](schema, before)
        case before, after if renames := renamed_columns(before, after):
            return with_columns_renamed(schema, renames)
        case before, after if type(before) is type(after) and type(before) in _CHANGED:
            return _CHANGED[type(before)](schema, before, after)
        case _:
            return None
