"""Changes of foreign keys as edits of the text that states them."""

from ormistice.fixes import Change, Fix
from ormistice.model import Schema


def write(schema: Schema, change: Change) -> Fix | None:
    """`change` as a patch; None where it cannot be written."""
    del schema, change
    return None
