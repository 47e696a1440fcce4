"""The law of write on random schemas: what leads from one to another, run in one order, leaves the other behind."""

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from building import schemas
from ormistice.fixes import Change, Script
from ormistice.model import Column, Declared, Identity, Schema, SerialDefault, SqlDefault, Stated, Table
from ormistice.sources.postgres.catalogs import Connection, fetch_within
from ormistice.sources.postgres.connecting import connect
from ormistice.sources.postgres.ddl import creation
from ormistice.sources.postgres.embedded import scratch_database
from ormistice.sources.postgres.ordering import in_order
from ormistice.sources.postgres.reflect import schema_of
from ormistice.sources.postgres.statements import within_transaction
from ormistice.sources.postgres.write import script
from ormistice.types import ColumnType

CASTS = {
    ("integer", "bigint"), ("bigint", "integer"), ("integer", "text"), ("bigint", "text"), ("uuid[]", "text"),
    ("text", "character varying(20)"), ("character varying(20)", "text"), ("integer", "numeric(12,2)"),
    ("timestamp(3) without time zone", "text"),
}  # fmt: skip


@pytest.fixture(scope="module")
def connection() -> Iterator[Connection]:
    with scratch_database() as database, connect(database.conninfo, autocommit=True) as opened:
        yield opened


def reflected(connection: Connection) -> Schema:
    return schema_of(fetch_within(connection), "db")


def agrees(wanted: Any, found: Any) -> bool:
    """Whether `found` is what is wanted, as far as that says anything."""
    if isinstance(wanted, Stated):
        return isinstance(found, Stated) and agrees(wanted.value, found.value)
    if isinstance(wanted, tuple):
        return len(wanted) == len(found) and all(map(agrees, wanted, found))
    if isinstance(wanted, Schema) or hasattr(wanted, "place"):
        compared = (item.name for item in fields(wanted) if item.compare and getattr(wanted, item.name) is not None)
        return all(agrees(getattr(wanted, name), getattr(found, name)) for name in compared)
    return bool(wanted == found)


def sorted_out(schema: Schema) -> Schema:
    kinds = ("columns", "foreign_keys", "unique_constraints", "indexes", "checks")
    tables = (
        replace(table, **{kind: tuple(sorted(getattr(table, kind), key=lambda item: item.key().order())) for kind in kinds})
        for table in schema.tables
    )  # fmt: skip
    return replace(
        schema,
        tables=tuple(sorted(tables, key=lambda table: table.name)),
        enums=tuple(sorted(schema.enums, key=lambda enum: enum.name)),
        expresses=frozenset(),
        source="",
    )


def changes(before: Schema, after: Schema) -> Iterator[Change]:
    pairs: dict[Identity, list[Declared | None]] = {}
    for at, schema in enumerate((before, after)):
        for item in (*schema.tables, *schema.enums):
            pairs.setdefault(item.key(), [None, None])[at] = item
    for old, new in pairs.values():
        yield Change("db", old, new)


def castable(table: Table, before: Schema) -> Table:
    """With the type that a column had before, where no cast leads from that to the new one, and no keys from it."""

    def kept(column: Column) -> Column:
        old = before.table(table.name)
        was = old.column(column.name) if old is not None else None
        if was is None or was.type is None or column.type is None or was.type == column.type:
            return column
        return (
            column
            if (str(was.type.value), str(column.type.value)) in CASTS
            else replace(column, type=was.type, default=was.default)
        )

    columns = tuple(map(kept, table.columns))
    same = {column.name for column in columns if column in table.columns}
    keys = tuple(key for key in table.foreign_keys if same.issuperset(key.columns))
    return replace(table, columns=columns, foreign_keys=keys)


@st.composite
def embellished(draw: st.DrawFn, schema: Schema) -> Schema:
    """The schema with defaults on some columns, and foreign keys between columns of one type."""

    def with_default(table: Table, column: Column) -> Column:
        if any(column.name in key.columns for key in table.foreign_keys):
            return replace(column, type=Stated(ColumnType("integer"), column.place))
        kind = str(column.type.value) if column.type else ""
        choices = {
            "integer": [SqlDefault("7"), SerialDefault()],
            "bigint": [SqlDefault("8")],
            "text": [SqlDefault("'x'::text")],
        }
        found = draw(st.sampled_from([None, *choices.get(kind, [])]))
        serial = isinstance(found, SerialDefault)
        return replace(
            column,
            default=Stated(found, column.place),
            nullable=Stated(value=False, place=column.place) if serial else column.nullable,
        )  # fmt: skip

    tables = (
        replace(table, columns=tuple(with_default(table, column) for column in table.columns))
        for table in schema.tables
    )
    return replace(schema, tables=tuple(tables))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(schemas().flatmap(embellished), schemas().flatmap(embellished), st.randoms(use_true_random=False))
def test_one_schema_is_led_to_another(connection: Connection, one: Schema, other: Schema, random: Any) -> None:
    other = replace(other, tables=tuple(castable(table, one) for table in other.tables))
    connection.execute(b"BEGIN")
    try:
        for statement in creation(one):
            connection.execute(statement.encode())
        start = reflected(connection)
        assert agrees(sorted_out(one), sorted_out(start))

        asked = [Change("db", real(change.before, start), change.after) for change in changes(one, other)]
        scripts = [found for change in asked if (found := script(start, change)) is not None]
        random.shuffle(scripts)
        for statement in in_order("db", scripts):
            connection.execute(b"RESET search_path")
            connection.execute(within_transaction(statement).encode())

        assert agrees(sorted_out(other), sorted_out(reflected(connection)))
    finally:
        connection.execute(b"ROLLBACK")


def real(item: Declared | None, schema: Schema) -> Declared | None:
    """The same thing as the server has it."""
    found: Any = None if item is None else next(x for x in (*schema.tables, *schema.enums) if x.key() == item.key())
    return found


def test_scripts_are_told_apart_by_what_they_are_for() -> None:
    table = Script("db", ("CREATE TABLE b ()", "ALTER TABLE b ADD FOREIGN KEY (x) REFERENCES a"))
    kind = Script("db", ("CREATE TYPE e AS ENUM ()",))
    other = Script("other", ("SELECT 1",))

    assert in_order("db", (table, other, kind)) == (kind.statements[0], *table.statements)
