"""The rows of PostgreSQL's catalogs, fetched in a fixed number of round trips however many tables there are."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, NamedTuple

import psycopg

from ormistice.names import BOOKKEEPING

# Expressions print alike on every server and for every user only under the same settings.
SETTINGS = """
SET LOCAL search_path = '';
SET LOCAL TimeZone = 'UTC';
SET LOCAL DateStyle = 'ISO, YMD';
SET LOCAL IntervalStyle = 'postgres';
SET LOCAL extra_float_digits = 1;
SET LOCAL bytea_output = 'hex';
SET LOCAL standard_conforming_strings = on;
SET LOCAL quote_all_identifiers = off
"""
_OPENING = (
    """
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SET LOCAL lock_timeout = '{lock_ms}ms';
SET LOCAL statement_timeout = '{statement_ms}ms';
"""
    + SETTINGS
)
_NEWER_COLUMNS = {
    "nulls_not_distinct": (150000, "i.indnullsnotdistinct", "false"),
    "set_columns": (150000, "NOT (c.confdelsetcols @> c.conkey)", "false"),
    "enforced": (180000, "c.conenforced", "true"),
    "temporal": (180000, "c.conperiod", "false"),
}

_TYPE_AT = 5
_WITHOUT_TABLES = ("enums", "sequences", "domains", "views", "uncompared")

Connection = psycopg.Connection[tuple[Any, ...]]


class TableRow(NamedTuple):
    """A row of tables.sql."""

    oid: int
    schema: str
    name: str
    kind: str
    row_security: bool
    row_security_forced: bool
    comment: str | None


class ColumnRow(NamedTuple):
    """A row of columns.sql."""

    table: int
    number: int
    name: str
    type: int
    modifier: int
    not_null: bool
    identity: str
    generated: str
    collation: str | None
    default: str | None
    comment: str | None


class TypeRow(NamedTuple):
    """A row of types.sql."""

    type: int
    modifier: int
    schema: str
    name: str
    array: bool
    plain: str
    modified: str
    of_extension: bool


class ConstraintRow(NamedTuple):
    """A row of constraints.sql."""

    table: int
    name: str
    type: str
    deferrable: bool
    deferred: bool
    validated: bool
    enforced: bool
    columns: list[int] | None
    referenced_schema: str | None
    referenced_table: str | None
    referenced_columns: list[str] | None
    match_type: str
    on_delete: str
    on_update: str
    sets_some_columns: bool
    temporal: bool
    definition: str | None
    backing_index: int


class IndexRow(NamedTuple):
    """A row of indexes.sql; the four texts are numbers with blanks between them."""

    oid: int
    table: int
    name: str
    method: str
    unique: bool
    valid: bool
    nulls_not_distinct: bool
    key_count: int
    columns: str
    opclasses: str
    collations: str
    options: str
    predicate: str | None
    expressions: list[str] | None
    definition: str | None
    parameters: list[str | None] | None


class EnumRow(NamedTuple):
    """A row of enums.sql."""

    schema: str
    name: str
    labels: list[str] | None


class DomainRow(NamedTuple):
    """A row of domains.sql; `type` is what it is made of."""

    schema: str
    name: str
    not_null: bool
    default: str | None
    checks: list[str] | None
    type: TypeRow


class ViewRow(NamedTuple):
    """A row of views.sql."""

    schema: str
    name: str
    materialized: bool
    columns: list[str] | None
    definition: str


class SequenceRow(NamedTuple):
    """A row of sequences.sql; `drawn` is the default that draws from it."""

    schema: str
    name: str
    type: str
    start: int
    increment: int
    maximum: int
    minimum: int
    cache: int
    cycle: bool
    owner: int | None
    owner_column: int | None
    dependency: str | None
    drawn: str


class PolicyRow(NamedTuple):
    """A row of policies.sql."""

    table: int
    name: str
    permissive: bool
    command: str
    roles: list[str]
    using: str | None
    check: str | None


@dataclass(frozen=True, slots=True)
class Catalog:
    """All rows that make a schema, each list sorted."""

    tables: list[TableRow]
    columns: list[ColumnRow]
    types: list[TypeRow]
    constraints: list[ConstraintRow]
    indexes: list[IndexRow]
    enums: list[EnumRow]
    sequences: list[SequenceRow]
    policies: list[PolicyRow]
    domains: list[DomainRow]
    views: list[ViewRow]
    uncompared: list[tuple[str, str]]
    opclasses: dict[int, str]
    collations: dict[int, str]
    column_collations: dict[tuple[int, int], int]


@dataclass(frozen=True, slots=True)
class Limits:
    """How long the server may wait for a lock, and work on one statement."""

    lock_ms: int = 5_000
    statement_ms: int = 60_000


def query(name: str, version: int) -> str:
    """The text of `catalog/<name>.sql` for a server of that version (`180006`)."""
    text = files(__package__).joinpath("catalog", f"{name}.sql").read_text(encoding="utf-8")
    for column, (since, newer, older) in _NEWER_COLUMNS.items():
        text = text.replace("{" + column + "}", newer if version >= since else older)
    return text


@contextmanager
def transaction(connection: Connection, limits: Limits | None = None) -> Iterator[None]:
    """A read-only transaction in which the database stands still, rolled back at the end; `connection` autocommits."""
    chosen = limits or Limits()
    connection.execute(_OPENING.format(lock_ms=chosen.lock_ms, statement_ms=chosen.statement_ms).encode())
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute(b"ROLLBACK")


def fetch(connection: Connection, limits: Limits | None = None) -> Catalog:
    """Read the catalogs in a transaction of their own."""
    with transaction(connection, limits):
        return fetch_within(connection)


def fetch_within(connection: Connection) -> Catalog:
    """Read the catalogs in the transaction that is open, under the settings that it has."""
    version = connection.info.server_version
    found = connection.execute(query("tables", version).encode(), {"bookkeeping": list(BOOKKEEPING)})
    tables = [TableRow._make(row) for row in found]
    parameters = {"tables": [table.oid for table in tables]}
    names = ("columns", "types", "constraints", "indexes", "names", "collations", "policies")
    with connection.pipeline():
        cursors = {name: connection.execute(query(name, version).encode(), parameters) for name in names}
        cursors |= {name: connection.execute(query(name, version).encode()) for name in _WITHOUT_TABLES}
        rows = {name: cursor.fetchall() for name, cursor in cursors.items()}
    return Catalog(
        tables,
        [ColumnRow._make(row) for row in rows["columns"]],
        [TypeRow._make(row) for row in rows["types"]],
        [ConstraintRow._make(row) for row in rows["constraints"]],
        [IndexRow._make(row) for row in rows["indexes"]],
        [EnumRow._make(row) for row in rows["enums"]],
        [SequenceRow._make(row) for row in rows["sequences"]],
        [PolicyRow._make(row) for row in rows["policies"]],
        [DomainRow._make((*row[:_TYPE_AT], TypeRow._make(row[_TYPE_AT:]))) for row in rows["domains"]],
        [ViewRow._make(row) for row in rows["views"]],
        [(schema, name) for schema, name in rows["uncompared"]],
        {oid: name for kind, oid, name in rows["names"] if kind == "opclass"},
        {oid: name for kind, oid, name in rows["names"] if kind == "collation"},
        {(table, number): collation for table, number, collation in rows["collations"]},
    )
