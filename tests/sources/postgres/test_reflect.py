from pathlib import Path

import pytest

from ormistice.model import ForeignKey, MatchType, ReferentialAction, SerialDefault
from ormistice.names import QualifiedName
from ormistice.sources import SourceRequest
from ormistice.sources.postgres import SOURCES
from ormistice.types import ColumnType

DATABASE = SOURCES[0]


@pytest.fixture
def reflected(database, run_sql):
    def reflect(ddl):
        run_sql(database, ddl)
        return DATABASE.open(SourceRequest("db", "database", (database,), Path())).load()

    return reflect


def only_table(schema):
    (table,) = schema.tables
    return table


@pytest.mark.parametrize(
    ("ddl", "expected"),
    [
        ("int", ColumnType("integer")),
        ("int4[3]", ColumnType("integer", array=True)),
        ("varchar(20)", ColumnType("character varying", ("20",))),
        ("char", ColumnType("character", ("1",))),
        ("timestamptz(3)[]", ColumnType("timestamp with time zone", ("3",), array=True)),
        ("timestamp", ColumnType("timestamp without time zone")),
        ("numeric(10)", ColumnType("numeric", ("10", "0"))),
        ("bit", ColumnType("bit", ("1",))),
        ("interval(3)", ColumnType("interval", ("3",))),
        ("citext", ColumnType("citext")),
        ("mood", ColumnType("mood", schema="public")),
        ("mood[]", ColumnType("mood", array=True, schema="public")),
        ('"Odd"."My Type"', ColumnType("My Type", schema="Odd")),
    ],
)
def test_a_type_is_in_canonical_spelling(reflected, ddl, expected):
    schema = reflected(
        "CREATE EXTENSION citext; CREATE TYPE mood AS ENUM ('sad'); CREATE SCHEMA \"Odd\";"
        f'CREATE DOMAIN "Odd"."My Type" AS text; CREATE TABLE t (a {ddl})'
    )

    assert only_table(schema).columns[0].type.value == expected


def test_a_type_of_an_extension_keeps_its_modifiers_and_loses_its_schema(reflected):
    schema = reflected(
        "CREATE SCHEMA e; CREATE EXTENSION seg SCHEMA e; CREATE EXTENSION citext SCHEMA e; CREATE TABLE t (a e.citext[], b e.seg)"
    )

    assert [str(column.type.value) for column in only_table(schema).columns] == ["citext[]", "seg"]


def test_serial_is_told_from_a_plain_default(reflected):
    schema = reflected(
        "CREATE SEQUENCE s; CREATE TABLE t (a serial, b integer DEFAULT nextval('s'), c integer GENERATED ALWAYS AS IDENTITY)"
    )
    a, b, c = only_table(schema).columns

    assert isinstance(a.default.value, SerialDefault)
    assert a.default.value.sequence == QualifiedName("public", "t_a_seq")
    assert b.default.value.expression == "nextval('public.s'::regclass)"
    assert (c.default.value, str(c.identity.value)) == (None, "GENERATED ALWAYS AS IDENTITY")
    assert [sequence.name.name for sequence in schema.sequences] == ["s"]


def test_every_aspect_of_a_foreign_key_is_read(reflected):
    schema = reflected(
        "CREATE TABLE a (x integer, y integer, UNIQUE (x, y));"
        "CREATE TABLE b (q integer, p integer);"
        "ALTER TABLE b ADD CONSTRAINT k FOREIGN KEY (q, p) REFERENCES a (x, y) MATCH FULL ON DELETE SET DEFAULT ON UPDATE RESTRICT"
        " DEFERRABLE INITIALLY DEFERRED NOT VALID"
    )
    (key,) = schema.table(QualifiedName("public", "b")).foreign_keys

    assert key.columns == ("p", "q")
    assert key.references.value.columns == ("y", "x")
    assert key.on_delete.value is ReferentialAction.SET_DEFAULT
    assert key.match_type.value is MatchType.FULL
    assert not key.validated.value
    assert (
        str(key)
        == "REFERENCES public.a (y, x) ON DELETE SET DEFAULT ON UPDATE RESTRICT MATCH FULL DEFERRABLE INITIALLY DEFERRED"
    )


def test_a_key_that_sets_all_of_its_columns_may_name_them(reflected):
    schema = reflected(
        "CREATE TABLE a (x integer, y integer, UNIQUE (x, y));"
        "CREATE TABLE b (p integer, q integer, CONSTRAINT one FOREIGN KEY (p, q) REFERENCES a (x, y) ON DELETE SET NULL (q, p),"
        " CONSTRAINT two FOREIGN KEY (q, p) REFERENCES a (x, y) ON DELETE SET NULL (q))"
    )
    one, two = schema.table(QualifiedName("public", "b")).foreign_keys

    assert one.on_delete.value is ReferentialAction.SET_NULL
    assert two.on_delete is None
    assert [problem.message for problem in schema.problems] == ["`two` sets only some of its columns on delete"]


def test_a_key_whose_triggers_are_disabled_is_not_enforced(reflected):
    schema = reflected(
        "CREATE TABLE t (id integer PRIMARY KEY, up integer REFERENCES t); ALTER TABLE t DISABLE TRIGGER ALL"
    )
    (key,) = only_table(schema).foreign_keys

    assert isinstance(key, ForeignKey)
    assert not key.enforced.value


def test_partitions_and_bookkeeping_are_left_out(reflected):
    schema = reflected(
        "CREATE TABLE t (id integer PRIMARY KEY) PARTITION BY RANGE (id); CREATE TABLE u (id integer REFERENCES t);"
        "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (1) TO (5); CREATE TABLE v () INHERITS (u); CREATE TABLE alembic_version (v text);"
        "CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations (id serial)"
    )

    assert [str(table.name) for table in schema.tables] == ["public.t", "public.u"]
    assert [len(table.foreign_keys) for table in schema.tables] == [0, 1]
    assert schema.sequences == ()


def test_what_is_left_out_is_known_to_be_there(reflected):
    schema = reflected(
        "CREATE TABLE t (id serial) PARTITION BY RANGE (id); CREATE TABLE t1 PARTITION OF t DEFAULT;"
        "CREATE TABLE u (id integer GENERATED ALWAYS AS IDENTITY); CREATE TABLE v () INHERITS (u); CREATE SEQUENCE free;"
        "CREATE TABLE brought (id integer); CREATE VIEW seen AS SELECT 1 AS one; CREATE TABLE alembic_version (v text);"
        "ALTER EXTENSION plpgsql ADD TABLE brought; ALTER EXTENSION plpgsql ADD VIEW seen;"
    )

    assert {name.name for name in schema.uncompared} == {"t_id_seq", "t1", "u_id_seq", "v", "brought", "seen"}
    assert [sequence.name.name for sequence in schema.sequences] == ["free"]
    assert schema.views == ()


def test_tables_of_other_servers_are_compared_with_whoever_declares_them(reflected):
    schema = reflected(
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER far FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE f (id integer) SERVER far"
    )

    assert only_table(schema).name in schema.uncompared


def test_a_table_that_adds_columns_to_what_it_inherits_is_compared_with_whoever_declares_it(reflected):
    schema = reflected(
        "CREATE TABLE files (id integer PRIMARY KEY, name text NOT NULL DEFAULT 'x' CHECK (name <> ''));"
        "CREATE TABLE images (width integer, UNIQUE (name), FOREIGN KEY (id) REFERENCES files) INHERITS (files);"
        "CREATE TABLE files_2020 (CHECK (id < 9)) INHERITS (files); CREATE TABLE sizes (width integer);"
        "CREATE TABLE plans () INHERITS (files, sizes); CREATE TABLE plans_2020 (LIKE plans INCLUDING ALL);"
        "ALTER TABLE plans_2020 INHERIT plans"
    )
    images = schema.table(QualifiedName("public", "images"))

    assert [table.name.name for table in schema.tables] == ["files", "images", "plans", "sizes"]
    assert {name.name for name in schema.uncompared} == {"files_2020", "images", "plans", "plans_2020"}
    assert [(column.name, column.nullable.value) for column in images.columns] == [
        ("id", False),
        ("name", False),
        ("width", True),
    ]
    assert images.primary_key is None
    assert [constraint.columns for constraint in images.unique_constraints] == [("name",)]
    assert [str(key.references.value.table) for key in images.foreign_keys] == ["public.files"]
    assert [check.expression.value for check in images.checks] == ["(name <> ''::text)"]


def test_what_an_extension_keeps_in_its_own_schema_is_no_table_of_its_own(reflected):
    schema = reflected(
        "CREATE SCHEMA kept; ALTER EXTENSION plpgsql ADD SCHEMA kept; CREATE TABLE t (id integer);"
        "CREATE TABLE kept.chunk (more integer) INHERITS (t)"
    )

    assert only_table(schema).name.name == "t"
    assert QualifiedName("kept", "chunk") in schema.uncompared


def test_a_default_of_null_is_none(reflected):
    schema = reflected(
        "CREATE TYPE mood AS ENUM ('sad');"
        "CREATE TABLE t (a varchar(3) DEFAULT NULL, b text DEFAULT NULL, c mood DEFAULT NULL,"
        " d numeric(3, 1) DEFAULT NULL, e timestamp(3) DEFAULT NULL, f varchar(9)[] DEFAULT NULL)"
    )

    assert [column.default.value for column in only_table(schema).columns] == [None] * 6
