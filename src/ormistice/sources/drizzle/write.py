"""Changes as edits of TypeScript: the smallest that say it, in the file's own hand."""

from ormistice.fixes import Applicability, Change, Fix, Patch
from ormistice.model import Column, ForeignKey, Schema
from ormistice.sources.drizzle.modules import Project
from ormistice.sources.drizzle.naming import Rules
from ormistice.sources.drizzle.write_columns import change_column
from ormistice.sources.drizzle.write_draft import Draft
from ormistice.sources.drizzle.write_keys import add_key, change_key, drop_key
from ormistice.sources.drizzle.write_lists import UnwritableError
from ormistice.sources.drizzle.write_new_columns import add_column, drop_column


def write_change(project: Project, rules: Rules, schema: Schema, change: Change) -> Fix | None:
    """`change` as edits, or None where it cannot be written."""
    draft = Draft(project, rules, schema)
    try:
        _write(draft, change)
        edits = draft.finished()
    except UnwritableError:
        return None
    unsafe = change.after is None or draft.unsafe
    return Patch(change.source, edits, Applicability.UNSAFE if unsafe else Applicability.SAFE) if edits else None


def _write(draft: Draft, change: Change) -> None:
    match change.before, change.after:
        case ForeignKey() as before, ForeignKey() as after:
            change_key(draft, before, after)
        case None, ForeignKey() as added:
            add_key(draft, added)
        case ForeignKey() as dropped, None:
            drop_key(draft, dropped)
        case Column() as before, Column() as after:
            change_column(draft, before, after)
        case None, Column() as added:
            add_column(draft, added)
        case Column() as dropped, None:
            drop_column(draft, dropped)
        case _:
            raise UnwritableError
