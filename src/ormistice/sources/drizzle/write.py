"""Changes as edits of TypeScript: the smallest that say it, in the file's own hand."""

from collections.abc import Callable, Mapping
from typing import Any

from ormistice.fixes import Applicability, Change, Fix, Patch
from ormistice.model import (
    CheckConstraint,
    Column,
    Enum,
    ForeignKey,
    Index,
    PrimaryKey,
    Schema,
    Sequence,
    Table,
    UniqueConstraint,
    View,
)
from ormistice.renaming import renamed_columns
from ormistice.sources.drizzle.modules import Project
from ormistice.sources.drizzle.naming import Rules
from ormistice.sources.drizzle.write_columns import change_column
from ormistice.sources.drizzle.write_constraints import (
    add_check,
    add_primary_key,
    change_check,
    change_primary_key,
    drop_check,
    drop_primary_key,
)
from ormistice.sources.drizzle.write_draft import Draft
from ormistice.sources.drizzle.write_enums import (
    add_enum,
    add_sequence,
    change_enum,
    change_sequence,
    drop_enum,
    drop_sequence,
    drop_view,
)
from ormistice.sources.drizzle.write_indexes import add_index, change_index, drop_index
from ormistice.sources.drizzle.write_keys import add_key, change_key, drop_key
from ormistice.sources.drizzle.write_lists import UnwritableError
from ormistice.sources.drizzle.write_new_columns import add_column, drop_column
from ormistice.sources.drizzle.write_new_tables import add_table
from ormistice.sources.drizzle.write_renames import rename_columns
from ormistice.sources.drizzle.write_tables import change_table, drop_table

_ADDED: Mapping[type, Callable[[Draft, Any], None]] = {
    CheckConstraint: add_check,
    Column: add_column,
    ForeignKey: add_key,
    Index: add_index,
    PrimaryKey: add_primary_key,
    UniqueConstraint: add_index,
    Enum: add_enum,
    Sequence: add_sequence,
    Table: add_table,
}
_DROPPED: Mapping[type, Callable[[Draft, Any], None]] = {
    CheckConstraint: drop_check,
    Column: drop_column,
    ForeignKey: drop_key,
    Index: drop_index,
    PrimaryKey: drop_primary_key,
    UniqueConstraint: drop_index,
    Enum: drop_enum,
    Sequence: drop_sequence,
    Table: drop_table,
    View: drop_view,
}
_CHANGED: Mapping[type, Callable[[Draft, Any, Any], None]] = {
    CheckConstraint: change_check,
    Column: change_column,
    ForeignKey: change_key,
    Index: change_index,
    PrimaryKey: change_primary_key,
    UniqueConstraint: change_index,
    Enum: change_enum,
    Sequence: change_sequence,
    Table: change_table,
}


def write_change(project: Project, rules: Rules, schema: Schema, change: Change) -> Fix | None:
    """`change` as edits, or None where it cannot be written."""
    draft = Draft(project, rules, schema)
    try:
        _write(draft, change.before, change.after)
        edits = draft.finished()
    except UnwritableError:
        return None
    unsafe = change.after is None or draft.unsafe
    return Patch(change.source, edits, Applicability.UNSAFE if unsafe else Applicability.SAFE) if edits else None


def _write(draft: Draft, before: object, after: object) -> None:
    if before is None and type(after) in _ADDED:
        _ADDED[type(after)](draft, after)
    elif after is None and type(before) in _DROPPED:
        _DROPPED[type(before)](draft, before)
    elif renames := renamed_columns(before, after):
        rename_columns(draft, renames)
    elif type(before) in _CHANGED and type(after) in _CHANGED and _CHANGED[type(before)] is _CHANGED[type(after)]:
        _CHANGED[type(before)](draft, before, after)
    else:
        raise UnwritableError
