"""NOT NULL, put on a column whose table is in use."""

from collections.abc import Iterator

from ormistice.model import Column, Schema
from ormistice.names import quoted
from ormistice.sources.postgres.statements import (
    ADDED_UNREAD,
    BRIEF,
    READS,
    alter,
    default_name,
    free_name,
    noted,
    taken,
)


def set_not_null(schema: Schema, column: Column) -> Iterator[str]:
    """SET NOT NULL, which believes a validated check and does not read the rows again under its lock."""
    table, name = alter(column.table), quoted(column.name)
    check = quoted(free_name(default_name(column.table, (column.name,), "not_null"), taken(schema, column.table)))
    yield noted(ADDED_UNREAD, f"{table} ADD CONSTRAINT {check} CHECK ({name} IS NOT NULL) NOT VALID")
    yield noted(READS, f"{table} VALIDATE CONSTRAINT {check}")
    yield noted(BRIEF, f"{table} ALTER COLUMN {name} SET NOT NULL")
    yield f"{table} DROP CONSTRAINT {check}"
