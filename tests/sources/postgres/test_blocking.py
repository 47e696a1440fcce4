"""The rows in the way of a change are counted as PostgreSQL itself would refuse them, and none is where it does not."""

from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from building import HERE, column, enum, foreign_key, name
from ormistice.fixes import Change
from ormistice.model import (
    CheckConstraint,
    Index,
    IndexElement,
    MatchType,
    PrimaryKey,
    Stated,
    UniqueConstraint,
)
from ormistice.sources import SourceRequest
from ormistice.sources.postgres import SOURCES
from ormistice.sources.postgres.blocking import MOST, blocking_rows, counted
from ormistice.sources.postgres.catalogs import Limits
from ormistice.types import parse_type

DDL = """
CREATE TYPE mood AS ENUM ('sad', 'fine', 'odd');
CREATE TABLE users (id integer PRIMARY KEY, tenant integer);
CREATE UNIQUE INDEX ON users (tenant, id);
CREATE TABLE orders (a integer, b integer, note text, mood mood, moods mood[]);
INSERT INTO users VALUES (1, 1), (2, 1);
INSERT INTO orders VALUES
  (1, 1, 'short', 'sad', '{}'), (1, 1, 'longer text', 'fine', '{fine,sad}'), (NULL, 1, NULL, NULL, NULL),
  (3, 1, 'x', 'odd', '{odd}'), (NULL, NULL, 'X', 'odd', NULL), (2, 7, 'y', 'odd', NULL);
"""


def on(*texts: str, **aspects) -> Index:
    elements = tuple(IndexElement(None, text) if "(" in text else IndexElement(text) for text in texts)
    unique = Stated(value=True, place=HERE)
    return Index(name("orders"), elements, HERE, unique, **{key: Stated(value, HERE) for key, value in aspects.items()})


def check(text: str) -> CheckConstraint:
    return CheckConstraint(name("orders"), Stated(text, HERE), HERE, name=Stated("c", HERE))


FULL = replace(foreign_key("orders", "a b", "users", "id tenant"), match_type=Stated(MatchType.FULL, HERE))
LOOSE = replace(foreign_key("orders", "a", "users"), validated=Stated(value=False, place=HERE))
MOOD = enum("mood", "sad", "fine", "odd")
CHANGES = {
    "not null": (column("orders", "a", "integer"), column("orders", "a", "integer", nullable=False), 2),
    "length": (column("orders", "note"), column("orders", "note", "varchar(5)"), 1),
    "column without default": (None, column("orders", "new", nullable=False), 6),
    "key": (None, foreign_key("orders", "a", "users"), 1),
    "key of two": (None, foreign_key("orders", "a b", "users", "id tenant"), 2),
    "key of two, full": (None, FULL, 3),
    "key to validate": (LOOSE, foreign_key("orders", "a", "users"), 1),
    "unique": (None, UniqueConstraint(name("orders"), ("a",), HERE), 1),
    "unique of two": (None, on("a", "b"), 1),
    "unique, nulls alike": (None, on("a", nulls_not_distinct=True), 2),
    "unique, some": (None, on("b", predicate="(a = 1)"), 1),
    "unique expression": (None, on("lower(note)"), 1),
    "primary key": (None, PrimaryKey(name("orders"), Stated(("a", "b"), HERE), HERE), 3),
    "check": (None, check("a < 3"), 1),
    "labels": (MOOD, enum("mood", "fine", "odd"), 2),
    "label of arrays and columns": (MOOD, enum("mood", "sad", "fine"), 4),
}
HARMLESS = {
    "null": (column("orders", "a", "integer", nullable=False), column("orders", "a", "integer")),
    "index": (None, replace(on("a"), unique=Stated(value=False, place=HERE))),
    "label more": (MOOD, enum("mood", "sad", "fine", "odd", "more")),
    "longer": (column("orders", "note", "varchar(5)"), column("orders", "note", "varchar(50)")),
    "renamed": (on("a", name="x"), on("a", name="y")),
    "dropped": (column("orders", "a"), None),
}


@pytest.fixture
def schema(database, run_sql):
    run_sql(database, DDL)
    return SOURCES[0].open(SourceRequest("db", "database", (database,), Path())).load()


def test_the_rows_in_the_way_are_counted(database, schema):
    with psycopg.connect(database, autocommit=True) as connection:
        answers = {}
        for label, (before, after, _) in CHANGES.items():
            query = blocking_rows(schema, Change("db", before, after))
            answers[label] = counted(connection, query).count

    assert answers == {label: count for label, (_, _, count) in CHANGES.items()}


@pytest.mark.parametrize("label", HARMLESS)
def test_what_no_row_can_stand_against_asks_for_nothing(schema, label):
    assert blocking_rows(schema, Change("db", *HARMLESS[label])) is None


def test_the_count_stops_and_says_so(database, schema, run_sql):
    run_sql(database, "INSERT INTO orders SELECT NULL FROM generate_series(1, 3 * 1000)")
    query = blocking_rows(schema, Change("db", *CHANGES["not null"][:2]))
    with psycopg.connect(database, autocommit=True) as connection:
        answer = counted(connection, query)

    assert (answer.count, str(answer)) == (MOST + 1, f"more than {MOST} rows stand in the way")


def test_a_count_that_takes_too_long_is_given_up(database, schema, run_sql):
    run_sql(database, "INSERT INTO orders (a, b) SELECT i, i FROM generate_series(1, 200000) AS i")
    query = blocking_rows(schema, Change("db", None, on("a", "b")))
    with psycopg.connect(database, autocommit=True) as connection:
        answer = counted(connection, query, Limits(statement_ms=1))

    assert str(answer) == "not counted: it takes too long"


def test_a_count_that_cannot_be_made_says_why(database, schema):
    query = blocking_rows(schema, Change("db", None, check("nowhere > 3")))
    with psycopg.connect(database, autocommit=True) as connection:
        assert str(counted(connection, query)) == 'not counted: column "nowhere" does not exist'


def test_nothing_can_be_written_by_it(database, schema):
    with psycopg.connect(database, autocommit=True) as connection:
        answer = counted(connection, blocking_rows(schema, Change("db", None, check("nextval('s') > 0"))))
        assert "does not exist" in str(answer)
        answer = counted(connection, "SELECT count(*) FROM (INSERT INTO orders DEFAULT VALUES RETURNING 1) AS x")

    assert answer.count is None


def test_lengths_are_compared_of_texts_alone(schema):
    before = column("orders", "note")
    after = replace(before, type=Stated(parse_type("numeric(5,2)"), HERE))

    assert blocking_rows(schema, Change("db", before, after)) is None


def test_a_database_is_asked_itself(database, schema):
    source = SOURCES[0].open(SourceRequest("db", "database", (database,), Path()))

    assert str(source.blocking(schema, Change("db", *CHANGES["check"][:2]))) == "1 row stands in the way"
    assert source.blocking(schema, Change("db", *HARMLESS["null"])) is None
