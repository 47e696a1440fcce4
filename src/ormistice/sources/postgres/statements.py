"""What statements are made of: names that are free, notes on locks, and what to do where CONCURRENTLY cannot be had."""

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any, TypeVar

from ormistice.model import CatalogRow, Declared, Schema, SerialDefault, constraints
from ormistice.names import NAME_BYTES, QualifiedName, quoted, quoted_name, truncated

PARTITIONED = "pg_partitioned_table"
"""The catalog that the place of a partitioned table names."""
BRIEF = "ACCESS EXCLUSIVE lock for a moment"
ADDED_UNREAD = "lock for a moment: the rows that are there are not read yet"
READS = "reads all rows under a SHARE UPDATE EXCLUSIVE lock: others read and write meanwhile"
SCANS = "ACCESS EXCLUSIVE lock while all rows are read"
REWRITES = "ACCESS EXCLUSIVE lock while the whole table is rewritten"
BUILDS = "others read and write meanwhile; not in a transaction, and what is left invalid if it fails is to be dropped"
DROPS = "others read and write meanwhile; not in a transaction"
BUILDS_LOCKED = "SHARE lock while the index is built: nobody writes meanwhile"
_CONCURRENT = ("CREATE INDEX CONCURRENTLY ", "CREATE UNIQUE INDEX CONCURRENTLY ", "DROP INDEX CONCURRENTLY ")
_NOTE = "-- "
D = TypeVar("D", bound=Declared)


def noted(note: str, statement: str) -> str:
    """`statement` under a comment that says what it does to a table in use."""
    return f"{_NOTE}{note}\n{statement}"


def bare(statement: str) -> str:
    """`statement` without the comments in front of it."""
    lines = statement.split("\n")
    while lines and lines[0].startswith(_NOTE):
        lines.pop(0)
    return "\n".join(lines)


def within_transaction(statement: str) -> str:
    """`statement`, without the comments in front of it, as it can be run in a transaction: without CONCURRENTLY."""
    text = bare(statement)
    for start in _CONCURRENT:
        if text.startswith(start):
            return start.replace("CONCURRENTLY ", "") + text.removeprefix(start)
    return text


def in_migration(statement: str) -> str:
    """`statement` as it stands in a migration, which its tool runs in a transaction."""
    text = within_transaction(statement)
    if text == bare(statement):
        return statement
    return noted(BRIEF if text.startswith("DROP ") else BUILDS_LOCKED, text)


def alter(table: QualifiedName) -> str:
    """The beginning of ALTER TABLE."""
    return f"ALTER TABLE {quoted_name(table)}"


def partitioned(schema: Schema, name: QualifiedName) -> bool:
    """Whether the table is known to be partitioned; little of what spares a live table can be had there."""
    table = schema.table(name)
    return table is not None and isinstance(table.place, CatalogRow) and table.place.catalog == PARTITIONED


def comment_on(what: str, text: str | None) -> str:
    """COMMENT ON ... IS ...; None takes the comment away."""
    return f"COMMENT ON {what} IS {'NULL' if text is None else literal(text)}"


def literal(text: str) -> str:
    """`text` as an SQL string."""
    body = text.replace("'", "''")
    return f"E'{body.replace(chr(92), chr(92) * 2)}'" if "\\" in text else f"'{body}'"


def in_schema_of(table: QualifiedName, name: str) -> str:
    """The qualified name of an index or sequence, which lies in the schema of its table."""
    return f"{quoted(table.schema)}.{quoted(name)}"


def default_name(table: QualifiedName, columns: Iterable[str], suffix: str) -> str:
    """The name that PostgreSQL itself would give: `orders_user_id_fkey`, cut to 63 bytes where it is too long."""
    first, second = table.name, "_".join(columns)
    room = NAME_BYTES - len(suffix) - 1 - bool(second)
    while len(first.encode()) + len(second.encode()) > room:
        if len(first.encode()) > len(second.encode()):
            first = first[:-1]
        else:
            second = second[:-1]
    return "_".join(part for part in (first, second, suffix) if part)


def taken(schema: Schema, table: QualifiedName) -> frozenset[str]:
    """Names that a new constraint or index of `table` may not have: constraints' own, and all relations' around it."""
    near = [other for other in schema.tables if other.name.schema == table.schema]
    indexes = (index for other in near for index in other.index_like())
    relations = {other.name.name for other in near} | {index.name.value for index in indexes if index.name is not None}
    relations |= {item.name.name for kind in (schema.sequences, schema.views) for item in kind}
    defaults = (column.default.value for other in near for column in other.columns if column.default is not None)
    relations |= {item.sequence.name for item in defaults if isinstance(item, SerialDefault) and item.sequence}
    of_constraints = {item.name.value for other in near for item in constraints(other) if item.name is not None}
    return frozenset(relations | of_constraints)


def free_name(wanted: str, used: frozenset[str]) -> str:
    """`wanted`, or with the first number behind it with which it is free."""
    if truncated(wanted) not in used:
        return truncated(wanted)
    numbers = iter(range(1, len(used) + 2))
    while (found := _numbered(wanted, next(numbers))) in used:
        pass
    return found


def _numbered(name: str, number: int) -> str:
    tail = str(number)
    return name.encode()[: NAME_BYTES - len(tail)].decode(errors="ignore") + tail


def kept(before: D, after: D) -> D:
    """`after` with the aspects of `before` where it has nothing to say of them."""
    ours: Any = after
    silent = {item.name for item in fields(ours) if getattr(after, item.name) is None}
    filled: D = replace(ours, **{name: getattr(before, name) for name in silent})
    return filled
