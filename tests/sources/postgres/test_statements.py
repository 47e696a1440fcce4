"""What statements are made of: names, and what CONCURRENTLY becomes in a transaction."""

import psycopg
import pytest

from building import table
from ormistice.model import Schema
from ormistice.names import NAME_BYTES, QualifiedName
from ormistice.sources.postgres.statements import bare, default_name, free_name, in_migration, taken, within_transaction

LONG = "x" * 60


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)",
        "CREATE INDEX CONCURRENTLY \"CREATE INDEX CONCURRENTLY \" ON t ((a || 'INDEX CONCURRENTLY '))",
        "DROP INDEX CONCURRENTLY i",
    ],
)
def test_only_the_word_itself_goes(statement):
    expected = statement.replace("CONCURRENTLY ", "", 1)

    assert within_transaction(f"-- a note\n{statement}") == expected
    assert bare(in_migration(f"-- a note\n{statement}")) == expected


def test_other_statements_stay_as_they_are():
    statement = "-- a note\nALTER TABLE t ADD CHECK (a <> 'CREATE INDEX CONCURRENTLY ')"

    assert in_migration(statement) == statement
    assert within_transaction(statement) == bare(statement)


@pytest.mark.parametrize(
    ("name", "columns", "suffix"),
    [
        ("orders", ("user_id",), "fkey"),
        ("orders", ("a", "b c"), "key"),
        ("orders", (), "pkey"),
        (LONG, ("user_id",), "fkey"),
        ("orders", (LONG, "another"), "fkey"),
        (LONG, (LONG,), "key"),
        ("é" * 30, ("ü" * 9,), "fkey"),
    ],
)
def test_names_are_those_that_the_server_would_give(database, run_sql, name, columns, suffix):
    listed = ", ".join(f'"{column}"' for column in columns) or "id"
    inside = ", ".join(f'"{column}" integer' for column in columns) or "id integer"
    clause = {"fkey": f"FOREIGN KEY ({listed}) REFERENCES r", "key": f"UNIQUE ({listed})", "pkey": "PRIMARY KEY (id)"}
    keys = ", ".join(f"k{at} integer" for at, _ in enumerate(columns)) or "k integer"
    primary = ", ".join(f"k{at}" for at, _ in enumerate(columns)) or "k"
    run_sql(
        database,
        f'CREATE TABLE r ({keys}, PRIMARY KEY ({primary})); CREATE TABLE "{name}" ({inside}, {clause[suffix]});',
    )
    with psycopg.connect(database) as connection:
        sql = "SELECT conname FROM pg_constraint WHERE contype IN ('p', 'f', 'u') AND conrelid = quote_ident(%s)::regclass"
        given = [given for (given,) in connection.execute(sql, (name,))]

    assert [default_name(QualifiedName("public", name), columns, suffix)] == given


def test_a_name_that_is_taken_is_numbered():
    schema = Schema("db", (table("orders"), table("orders_idx")), (), frozenset())
    used = taken(schema, QualifiedName("public", "orders"))

    assert free_name("other", used) == "other"
    assert free_name("orders_idx", used) == "orders_idx1"
    assert free_name("x" * 70, frozenset({"x" * 63})) == "x" * (NAME_BYTES - 1) + "1"
