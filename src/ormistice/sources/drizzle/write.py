"""Changes as edits of TypeScript."""

from ormistice.fixes import Change, Fix
from ormistice.model import Schema
from ormistice.sources import Source


def write_change(source: Source, schema: Schema, change: Change) -> Fix | None:
    """`change` as edits, or None where it cannot be written."""
    del source, schema, change
    return None
