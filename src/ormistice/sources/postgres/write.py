"""Changes as SQL statements."""

from ormistice.fixes import Change, Script
from ormistice.model import Schema


def script(schema: Schema, change: Change) -> Script | None:
    """The statements that make `change`; None where there are none."""
    return None
