"""The law of write: what a change's statements leave behind is `after`, and nothing else has changed."""

from dataclasses import replace
from pathlib import Path

import pytest

from ormistice.fixes import Applicability, Change
from ormistice.model import Deferrability, Enum, ForeignKey, Reference, ReferentialAction, SqlDefault, Stated
from ormistice.names import QualifiedName
from ormistice.sources import SourceRequest
from ormistice.sources.postgres import SOURCES
from ormistice.types import ColumnType

DDL = """
CREATE TYPE mood AS ENUM ('sad', 'fine');
CREATE TABLE users (id serial PRIMARY KEY, key integer UNIQUE, mood mood);
CREATE TABLE people (id integer PRIMARY KEY);
CREATE TABLE orders (id serial PRIMARY KEY, user_id integer REFERENCES users ON DELETE CASCADE, note text CHECK (note <> ''), total integer);
CREATE INDEX orders_total ON orders (total);
ALTER TABLE orders ADD CONSTRAINT late FOREIGN KEY (total) REFERENCES users (key) NOT VALID;
"""
ORDERS = QualifiedName("public", "orders")


@pytest.fixture
def source(database, run_sql):
    run_sql(database, DDL)
    return SOURCES[0].open(SourceRequest("db", "database", (database,), Path()))


def changed(value, **aspects):
    return replace(value, **{name: replace(getattr(value, name), value=new) for name, new in aspects.items()})


def keys(schema):
    return {key.columns: key for key in schema.table(ORDERS).foreign_keys}


def without_keys(schema):
    tables = tuple(replace(table, foreign_keys=()) if table.name == ORDERS else table for table in schema.tables)
    return replace(schema, tables=tables)


@pytest.mark.parametrize("columns", [("user_id",), ("total",)])
@pytest.mark.parametrize(
    "aspects",
    [
        {"on_delete": ReferentialAction.SET_NULL},
        {"on_update": ReferentialAction.CASCADE},
        {"on_delete": ReferentialAction.NO_ACTION, "on_update": ReferentialAction.RESTRICT},
        {"references": Reference(QualifiedName("public", "people"), ("id",))},
        {"validated": True},
        {"deferrability": Deferrability.INITIALLY_DEFERRED},
        {"name": 'an "other" name'},
        {"name": "both", "on_delete": ReferentialAction.SET_DEFAULT, "validated": True},
    ],
)
def test_a_changed_key_reads_back_as_asked(source, columns, aspects):
    schema = source.load()
    before = keys(schema)[columns]
    after = changed(before, **aspects)
    script = source.write(schema, Change("db", before, after))
    found = source.load((script,) if script else ())

    assert keys(found)[columns] == after
    assert without_keys(found) == without_keys(schema)
    assert source.load() == schema


def test_a_key_is_dropped_and_added(source):
    schema = source.load()
    before = keys(schema)[("user_id",)]
    dropped = source.load((source.write(schema, Change("db", before, None)),))
    added = source.load(
        (source.write(schema, Change("db", before, None)), source.write(schema, Change("db", None, before)))
    )

    assert list(keys(dropped)) == [("total",)]
    assert added == schema


def test_a_rename_is_no_drop(source):
    schema = source.load()
    key = keys(schema)[("user_id",)]

    assert source.write(schema, Change("db", key, changed(key, name="new"))).statements == (
        'ALTER TABLE "public"."orders" RENAME CONSTRAINT "orders_user_id_fkey" TO "new"',
    )


@pytest.mark.parametrize(
    ("name", "aspects"),
    [
        ("note", {"nullable": False}),
        ("note", {"default": SqlDefault("'x'::text")}),
        ("note", {"comment": "it's"}),
        ("total", {"type": ColumnType("bigint")}),
        ("total", {"nullable": False, "default": SqlDefault("0")}),
    ],
)
def test_a_changed_column_reads_back_as_asked(source, name, aspects):
    schema = source.load()
    before = schema.table(ORDERS).column(name)
    after = changed(before, **aspects)
    script = source.write(schema, Change("db", before, after))

    assert source.load((script,)).table(ORDERS).column(name) == after


def test_labels_are_added_at_their_place(source):
    schema = source.load()
    (mood,) = schema.enums
    labels = tuple(Stated(label, mood.place) for label in ("worst", "sad", "so-so", "fine", "best"))
    script = source.write(schema, Change("db", mood, replace(mood, labels=labels)))
    (found,) = source.load((script,)).enums

    assert isinstance(found, Enum)
    assert found.labels == labels


def test_a_whole_table_is_added(source):
    schema = source.load()
    table = replace(schema.table(ORDERS), name=QualifiedName("other", "orders"))
    moved = {
        name: tuple(replace(item, table=table.name) for item in getattr(table, name))
        for name in ("columns", "foreign_keys", "unique_constraints", "indexes", "checks")
    }
    copy = replace(table, primary_key=replace(table.primary_key, table=table.name), **moved)
    columns = tuple(replace(column, default=None) if column.name == "id" else column for column in copy.columns)
    copy = replace(copy, columns=columns)
    script = source.write(schema, Change("db", None, copy))
    found = source.load((script,))

    assert found.problems == ()
    assert isinstance(found.table(copy.name).foreign_keys[0], ForeignKey)
    assert [index.name.value for index in found.table(copy.name).indexes] == ["orders_total"]


def test_what_may_lose_rows_is_not_safe(source):
    schema = source.load()
    column = schema.table(ORDERS).column("note")

    assert source.write(schema, Change("db", column, None)).applicability is Applicability.UNSAFE
    assert (
        source.write(schema, Change("db", column, changed(column, nullable=False))).applicability
        is Applicability.UNSAFE
    )
    assert source.write(schema, Change("db", column, changed(column, comment="x"))).applicability is Applicability.SAFE


def test_a_statement_that_fails_is_a_problem_and_spoils_nothing(source):
    schema = source.load()
    key = keys(schema)[("user_id",)]
    wrong = changed(key, references=Reference(QualifiedName("public", "nowhere"), ("id",)))
    script = source.write(schema, Change("db", key, wrong))

    assert [problem.message for problem in source.load((script,)).problems] == [
        'the statement fails: relation "public.nowhere" does not exist'
    ]
    assert source.load((source.write(schema, Change("db", key, changed(key, name="n"))),)).problems == ()


def test_a_policy_that_says_the_same_stays(source, database, run_sql):
    run_sql(
        database,
        "CREATE POLICY same ON orders TO pg_monitor USING (total > 1); CREATE POLICY other ON orders USING (total > 1);"
        "CREATE POLICY \"TO do\" ON orders AS RESTRICTIVE FOR INSERT WITH CHECK (note <> ') USING (')",
    )
    schema = source.load()
    before = schema.table(ORDERS)
    same, other, third = sorted(
        before.row_security.value.policies, key=lambda item: ["same", "other", "TO do"].index(item.name)
    )
    quoted = replace(same, definition=same.definition.replace("pg_monitor", '"pg_monitor"'))
    less = replace(other, definition=other.definition.replace("total > 1", "total > 2"))
    security = replace(before.row_security.value, policies=(quoted, less, third))
    after = replace(before, row_security=replace(before.row_security, value=security))
    script = source.write(schema, Change("db", before, after))

    assert [line.splitlines()[-1].split(" ON ")[0] for line in script.statements] == [
        'DROP POLICY "other"',
        'CREATE POLICY "other"',
    ]


def test_what_is_added_may_be_the_first_of_its_schema(source):
    schema = source.load()
    (mood,) = (enum for enum in schema.enums if enum.name.name == "mood")
    first = replace(mood, name=QualifiedName("elsewhere", "mood"))

    found = source.load((source.write(schema, Change("db", None, first)),))

    assert [enum.name for enum in found.enums] == [first.name, mood.name]
