import os
import subprocess
from dataclasses import replace

import pytest

from ormistice.errors import AuditError
from ormistice.fixes import Script
from ormistice.model import Column, Domain, Enum, RowSecurity, Table
from ormistice.names import QualifiedName
from ormistice.sources import SourceRequest
from ormistice.sources.postgres import SOURCES, embedded
from ormistice.sources.postgres.embedded import find_programs

DATABASE, SQL = SOURCES


@pytest.fixture
def loaded(tmp_path):
    def load(text):
        (tmp_path / "schema.sql").write_bytes(text.encode())
        return SQL.open(SourceRequest("ddl", "sql", ("schema.sql",), tmp_path)).load()

    return load


def test_meta_commands_and_data_are_passed_over(loaded):
    schema = loaded(
        "\\restrict abc\nCREATE TABLE t (a text);\nCOPY t (a) FROM stdin;\nx; DROP TABLE t;\n\\.\n\\unrestrict abc\n"
    )

    assert [table.name for table in schema.tables] == [QualifiedName("public", "t")]
    assert schema.problems == ()


def test_a_failing_statement_costs_itself_alone_and_is_placed(loaded):
    schema = loaded("CREATE TABLE a (x int);\nCREATE TABLE b (x nosuch);\nCREATE TABLE c (x int);\n")
    (problem,) = schema.problems

    assert [(table.name.name, len(table.columns)) for table in schema.tables] == [("a", 1), ("b", 0), ("c", 1)]
    assert problem.message == 'the statement fails: type "nosuch" does not exist'
    position = schema.documents[0].position(problem.place.start)
    assert (position.line, position.column) == (2, 19)
    assert schema.documents[0].position(schema.tables[1].place.start).line == 2
    assert schema.unread == frozenset()
    assert [Column in table.unread for table in schema.tables] == [False, True, False]


@pytest.mark.parametrize(
    ("text", "tables", "unread"),
    [
        ("CREATE TABLE IF NOT EXISTS {}.b (x nosuch)", ["public.a", "s.b"], set()),
        ("CREATE UNLOGGED TABLE b (x nosuch)", ["public.a", "public.b"], set()),
        ('CREATE TABLE "B c" (x nosuch); DROP TABLE IF EXISTS b', ["public.B c", "public.a"], set()),
        ("DROP TABLE IF EXISTS b; CREATE TABLE b (x nosuch)", ["public.a", "public.b"], set()),
        ("CREATE TABLE b (x nosuch); DROP TABLE IF EXISTS x, b", ["public.a"], {Table}),
        ("CREATE TABLE b (x nosuch); ALTER TABLE b RENAME TO c", ["public.a"], {Table}),
        ("CREATE TABLE b (x nosuch); DO $$ BEGIN DROP TABLE b; END $$", ["public.a"], {Table, Enum}),
        ("CREATE TABLE a (y int)", ["public.a"], set()),
        ("CREATE TABLE b (x nosuch); CREATE TABLE b (x int)", ["public.a", "public.b"], set()),
        ("CREATE TEMP TABLE b (x nosuch)", ["public.a"], set()),
        ("CREATE TABLE b PARTITION OF nosuch DEFAULT", ["public.a"], set()),
        ("CREATE TYPE e AS ENUM ('a', 'a')", ["public.a"], {Enum, Domain}),
        ("DROP TABLE nosuch; DROP TYPE nosuch", ["public.a"], set()),
        ("DO $$ BEGIN CREATE ROLE r SUPERUSER; GRANT USAGE ON SCHEMA public TO r; END $$", ["public.a"], set()),
        ("DO $$ BEGIN CREATE ROLE r SUPERUSER; CREATE TABLE b (x int); END $$", ["public.a"], {Table, Enum}),
        ("DO $$ BEGIN CREATE ROLE r SUPERUSER; PERFORM make_tables(); END $$", ["public.a"], {Table, Enum}),
        ("SELECT make_tables()", ["public.a"], {Table, Enum}),
        ("DO $$ BEGIN INSERT INTO a VALUES (1); RAISE 'no rows'; END $$", ["public.a"], set()),
    ],
)
def test_a_table_that_could_not_be_created_hides_itself_alone(loaded, text, tables, unread):
    """Unless it was taken away again, of which nobody knows what it left."""
    schema = loaded(f"CREATE SCHEMA s; CREATE TABLE a (x int);\n{text.format('s')};")

    assert schema.problems
    assert [str(table.name).replace('"', "") for table in schema.tables] == tables
    assert schema.unread == unread
    assert all(
        bool(table.unread) == (not table.columns or (Enum in unread and Table in unread)) for table in schema.tables
    )


@pytest.mark.parametrize(
    "text",
    [
        "INSERT INTO t (a) VALUES ('create table t');\nINSERT INTO u VALUES (1);",
        "CREATE EXTENSION citext;",
    ],
)
def test_of_a_file_that_creates_no_table_nothing_is_missing(loaded, text):
    schema = loaded(text)
    (problem,) = schema.problems

    assert problem.message.startswith("nothing in it creates a table: are these the rows alone")
    assert (problem.place.start, schema.tables) == (0, ())
    assert {Table, Enum} <= schema.unread


def test_a_file_that_would_create_tables_fails_as_it_does(loaded):
    schema = loaded("SELECT 1; CREATE TABLE t (a int); DROP TABLE t; INSERT INTO t VALUES (1);")

    assert [problem.message for problem in schema.problems] == ['the statement fails: relation "t" does not exist']
    assert schema.unread == frozenset()


def test_policies_are_not_known_where_one_of_them_fails(loaded):
    schema = loaded(
        "CREATE TABLE a (x int);\nCREATE TABLE b (x int);\nALTER TABLE a ENABLE ROW LEVEL SECURITY;\n"
        'CREATE POLICY "one on all" ON a USING (true);\nCREATE POLICY "two on all" ON "public"."a" USING (nosuch);\n'
        "CREATE TABLE c (x int);\nCREATE POLICY three ON c AS PERMISSIVE FOR SELECT TO PUBLIC USING (nosuch);\n"
    )
    a, b, c = schema.tables

    assert (a.row_security, a.unread) == (None, {RowSecurity})
    assert (c.row_security, c.unread) == (None, {RowSecurity})
    assert b.row_security is not None
    assert (b.unread, schema.unread) == (frozenset(), frozenset())


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ("vector(3)", 'the extension `vector`, which it presupposes: type "vector" does not exist'),
        ("text DEFAULT made()", "the function `made()`, which it presupposes: function made() does not exist"),
    ],
)
def test_what_a_file_presupposes_is_told_and_hides_nothing(loaded, column, message):
    schema = loaded(f"CREATE TABLE a (x int, y {column});\nCREATE TABLE b (y {column});")

    assert [(problem.kind.value, problem.message) for problem in schema.problems] == [
        ("unsupported-construct", f"the statement fails without {message}")
    ]
    assert [len(table.columns) for table in schema.tables] == [2, 1]
    assert schema.unread == frozenset()


def test_a_role_that_the_script_names_is_no_obstacle(loaded):
    schema = loaded(
        "CREATE TABLE t (a int); ALTER TABLE t OWNER TO somebody; GRANT ALL ON t TO other; CREATE POLICY p ON t TO third;"
    )

    assert schema.problems == ()
    assert schema.tables[0].row_security.value.policies[0].definition == "AS PERMISSIVE FOR ALL TO third"


@pytest.mark.parametrize("renamed", ["RENAME COLUMN owner TO a", 'RENAME "owner" TO a'])
def test_a_column_that_is_renamed_may_be_called_owner(loaded, renamed):
    schema = loaded(f"CREATE TABLE t (owner int); ALTER TABLE t {renamed}; CREATE INDEX ON t (a);")

    assert schema.problems == ()
    assert [column.name for column in schema.tables[0].columns] == ["a"]


def test_a_script_can_neither_run_programs_nor_read_files(loaded):
    schema = loaded("COPY (SELECT 1) TO PROGRAM 'true';\nCREATE TABLE t AS SELECT pg_read_file('/etc/passwd');\n")

    assert len(schema.problems) == 2
    assert [table.columns for table in schema.tables] == [()]


@pytest.mark.parametrize("schema", ["public", "extensions"])
def test_an_extension_of_functions_alone_may_be_missing_from_the_server(loaded, schema):
    found = loaded(
        f'CREATE SCHEMA IF NOT EXISTS {schema};\nCREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA {schema};\n'
        f"CREATE EXTENSION IF NOT EXISTS pgcrypto WITH SCHEMA {schema};\n"
        f"CREATE TABLE t (id uuid DEFAULT {schema}.uuid_generate_v4(), k text DEFAULT encode({schema}.gen_random_bytes(3), 'hex'));"
        f"CREATE TABLE u (id uuid DEFAULT {schema}.gen_random_uuid());"
    )

    assert found.problems == ()
    assert str(found.tables[0].columns[0].default.value) == f"{schema}.uuid_generate_v4()"


def test_what_fails_for_want_of_a_table_is_told_with_the_table(loaded):
    schema = loaded(
        "CREATE TABLE a (id int, at nowhere);\nCREATE TABLE s.b (id int);\nALTER TABLE ONLY a ADD PRIMARY KEY (id);\n"
        "CREATE TABLE c (id int REFERENCES public.a);\nCREATE INDEX ON public.a (id);\nALTER TABLE d ADD PRIMARY KEY (id);"
    )

    assert [problem.message for problem in schema.problems] == [
        'the statement fails: type "nowhere" does not exist; 2 statements about the table fail with it',
        'the statement fails: schema "s" does not exist',
        'the statement fails: relation "public.a" does not exist',
        'the statement fails: relation "d" does not exist',
    ]


@pytest.mark.parametrize(
    "creation",
    [
        "CREATE EXTENSION vector;",
        "CREATE EXTENSION IF NOT EXISTS vector;",
        'create extension if not exists "vector" with schema public;',
        "IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'vector') THEN CREATE EXTENSION vector; END IF;",
    ],
)
def test_a_block_may_create_what_only_a_superuser_may(loaded, creation):
    blocks = (
        f"DO $$ BEGIN {creation} EXCEPTION WHEN duplicate_object THEN NULL; END $$;\n",
        f"DO $do$ BEGIN {creation} EXCEPTION WHEN OTHERS THEN RAISE NOTICE 'none'; END $do$;\n",
        "DO $$ BEGIN CREATE EXTENSION IF NOT EXISTS nosuch; EXCEPTION WHEN OTHERS THEN CREATE TABLE u (); END $$;\n",
    )
    schema = loaded(f"{''.join(blocks)}CREATE TABLE t (v vector(3));")

    assert (schema.problems, [table.name.name for table in schema.tables]) == ((), ["t", "u"])


def test_an_extension_that_cannot_be_had_is_named(loaded):
    schema = loaded("CREATE EXTENSION nowhere_to_be_found;\nCREATE TABLE t (a int);")

    assert [problem.message for problem in schema.problems] == [
        'the statement fails: extension "nowhere_to_be_found" is not available'
    ]
    assert [table.name.name for table in schema.tables] == ["t"]
    assert schema.unread == frozenset()


def test_a_dump_is_read_as_the_database_it_was_made_of(everything, tmp_path):
    programs = find_programs({"PATH": os.environ["PATH"]})
    dump = subprocess.run([programs / "pg_dump", "-s", everything], capture_output=True, check=True).stdout
    (tmp_path / "dump.sql").write_bytes(dump)
    live = DATABASE.open(SourceRequest("one", "database", (everything,), tmp_path)).load()
    dumped = SQL.open(SourceRequest("one", "sql", ("dump.sql",), tmp_path)).load()

    # A dump knows nothing of triggers that are switched off for one key alone; all else is there.
    assert dumped.problems == ()
    assert [as_enforced(table) for table in dumped.tables] == [as_enforced(table) for table in live.tables]
    assert (dumped.enums, dumped.sequences) == (live.enums, live.sequences)


def as_enforced(table):
    return replace(table, foreign_keys=tuple(replace(key, enforced=None) for key in table.foreign_keys))


def test_a_statement_that_never_ends_is_ended(loaded, monkeypatch):
    monkeypatch.setattr(embedded, "STATEMENT_SECONDS", 1)
    schema = loaded("SET statement_timeout = 0;\nCREATE TABLE t (a int);\nSELECT pg_sleep(60);\n")

    assert [problem.message for problem in schema.problems] == [
        "the statement fails: canceling statement due to statement timeout"
    ]
    assert [table.name.name for table in schema.tables] == ["t"]


@pytest.mark.parametrize(
    ("raw", "tables"),
    [
        (b"", []),
        (b"\xef\xbb\xbfCREATE TABLE t ();", ["t"]),
        (b"CREATE TABLE t ();\r\n-- \xff\r\n", ["t"]),
        (b"\\connect x\n", []),
    ],
)
def test_any_text_is_read(tmp_path, raw, tables):
    (tmp_path / "x.sql").write_bytes(raw)
    schema = SQL.open(SourceRequest("ddl", "sql", ("x.sql",), tmp_path)).load()

    assert [table.name.name for table in schema.tables] == tables
    assert schema.problems == ()


@pytest.mark.parametrize("raw", ["CREATE TABLE t ();".encode("utf-16"), b"PGDMP\x01\x0e\x00\x00"])
def test_what_is_no_text_is_refused_with_a_hint(tmp_path, raw):
    (tmp_path / "x.sql").write_bytes(raw)
    with pytest.raises(AuditError, match="not SQL text") as caught:
        SQL.open(SourceRequest("ddl", "sql", ("x.sql",), tmp_path)).load()

    assert "UTF-8" in caught.value.hint


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(AuditError, match=r"nowhere.sql: no such file"):
        SQL.open(SourceRequest("ddl", "sql", ("nowhere.sql",), tmp_path)).load()


def test_what_a_platform_brings_is_there_and_not_the_users(loaded):
    schema = loaded(
        "CREATE TABLE t (id uuid PRIMARY KEY REFERENCES auth.users (id) ON DELETE CASCADE, owner text DEFAULT (auth.user_id()));\n"
        "ALTER TABLE t ENABLE ROW LEVEL SECURITY;\n"
        "CREATE POLICY own ON t USING ((SELECT auth.uid()) = id AND auth.jwt() ->> 'role' = 'x');\n"
        "INSERT INTO storage.buckets (id, name, public) VALUES ('a', 'a', true) ON CONFLICT (id) DO NOTHING;\n"
        "CREATE POLICY files ON storage.objects USING (bucket_id = 'a' AND (storage.foldername(name))[1] = auth.uid()::text);\n"
        "CREATE TRIGGER made AFTER INSERT ON auth.users EXECUTE FUNCTION suppress_redundant_updates_trigger();\n"
        "CREATE EXTENSION citext SCHEMA extensions;\nCREATE SCHEMA IF NOT EXISTS extensions;\n"
    )

    assert schema.problems == ()
    assert [str(table.name) for table in schema.tables] == ["public.t"]
    (key,) = schema.tables[0].foreign_keys
    assert key.references.value.table == QualifiedName("auth", "users")
    assert schema.unread == frozenset()


def test_of_what_a_platform_brings_nothing_is_said(loaded):
    """That a platform's table is not there is no news; in a schema of that name of one's own it is."""
    taken = loaded("CREATE TABLE t (a uuid REFERENCES auth.users);")
    own = loaded("CREATE SCHEMA auth; CREATE TABLE auth.mine (id int); CREATE TABLE t (a uuid DEFAULT auth.uid());")
    names = [QualifiedName("auth", "sessions"), QualifiedName("storage", "objects"), QualifiedName("public", "t")]

    assert [taken.scope.covers(name) for name in names] == [False, True, True]
    assert [own.scope.covers(name) for name in names] == [True, True, True]


def test_a_users_own_schema_of_that_name_is_the_users(loaded):
    schema = loaded('CREATE TABLE "auth"."users" (id int);\nCREATE TABLE t (id int);\n')
    later = loaded("CREATE SCHEMA auth;\nCREATE TABLE t (id int);\nSELECT * FROM auth.users;\n")
    made = loaded(
        "CREATE SCHEMA auth;\nCREATE TABLE auth.users (id int);\nCREATE TABLE t (a uuid DEFAULT auth.uid());\n"
    )

    assert [problem.message for problem in schema.problems] == ['the statement fails: schema "auth" does not exist']
    assert [str(table.name) for table in schema.tables] == ["auth.users", "public.t"]
    assert [problem.message for problem in later.problems] == [
        'the statement fails: relation "auth.users" does not exist'
    ]
    assert made.problems == ()
    assert [str(table.name) for table in made.tables] == ["auth.users", "public.t"]


def test_a_collation_of_a_library_that_the_server_lacks_is_there_by_its_name(loaded):
    schema = loaded(
        "CREATE SCHEMA s;\nCREATE COLLATION s.ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);\n"
        "CREATE COLLATION IF NOT EXISTS \"Other\" (provider = icu, locale = 'und');\n"
        'CREATE TABLE t (a text COLLATE s.ci, b text COLLATE "Other");\n'
    )

    assert schema.problems == ()
    assert [column.collation.value for column in schema.tables[0].columns] == ["ci", "Other"]


TWO_THAT_NEED_EACH_OTHER = (
    "CREATE TABLE a (id int PRIMARY KEY, b int NOT NULL);"
    "CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a DEFERRABLE);"
    "ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b DEFERRABLE; SELECT nothing();"
)


@pytest.mark.parametrize("opening", ["BEGIN", "BEGIN WORK", "START TRANSACTION", "begin transaction"])
def test_rows_that_need_each_other_come_in_one_transaction(loaded, opening):
    rows = "SET CONSTRAINTS ALL DEFERRED; INSERT INTO a VALUES (1, 2); INSERT INTO b VALUES (2, 1)"
    schema = loaded(f"{TWO_THAT_NEED_EACH_OTHER} {opening}; {rows}; COMMIT; CREATE TABLE c (x nosuch); BEGIN; COMMIT;")

    assert [problem.message.partition(": ")[2] for problem in schema.problems] == [
        "function nothing() does not exist",
        'type "nosuch" does not exist',
    ]


def test_what_fails_in_a_transaction_costs_itself_alone(loaded):
    rows = (
        "SET CONSTRAINTS ALL DEFERRED; INSERT INTO a VALUES (1, 2); INSERT INTO b VALUES (2, 3); CREATE TABLE d (x int)"
    )
    schema = loaded(f"{TWO_THAT_NEED_EACH_OTHER} BEGIN; {rows}; COMMIT;")

    assert [table.name.name for table in schema.tables] == ["a", "b", "d"]
    assert [problem.message.partition(" on table")[0] for problem in schema.problems[1:]] == [
        "the statement fails: insert or update"
    ] * 2


@pytest.mark.parametrize("words", ["", "OR REPLACE ", "OR REPLACE TRUSTED "])
def test_the_language_that_old_dumps_create_is_there(loaded, words):
    schema = loaded(f"CREATE {words}PROCEDURAL LANGUAGE plpgsql; CREATE TABLE t (id int); CREATE LANGUAGE plpgsql")

    assert schema.problems == ()


POSTGIS = """
CREATE EXTENSION IF NOT EXISTS postgis WITH SCHEMA @; COMMENT ON EXTENSION postgis IS 'x';
CREATE EXTENSION postgis_raster; CREATE EXTENSION postgis_topology;
CREATE TABLE t (
  id integer PRIMARY KEY, a @.geometry(Point,4326) NOT NULL, b @.geography(MultiPolygon), c @.geometry, d @.geometry(pointz)[],
  x float8, y float8, e @.geometry(Point, 4326) GENERATED ALWAYS AS (@.ST_SetSRID(@.ST_MakePoint(x, y), 4326)) STORED,
  CONSTRAINT valid CHECK (@.ST_IsValid(a) AND @.ST_SRID(a) = 4326)
);
CREATE INDEX ON t USING gist (a); CREATE INDEX ON t USING gist (b); CREATE INDEX ON t USING gist (c @.gist_geometry_ops_nd);
CREATE INDEX ON t USING spgist (c); CREATE INDEX ON t USING brin (c); CREATE INDEX ON t (a); CREATE INDEX ON t USING hash (c);
CREATE INDEX ON t USING gist (@.ST_Transform(a, 3857)); CREATE VIEW v AS SELECT @.ST_AsGeoJSON(a), @.ST_X(a) FROM t;
INSERT INTO @.spatial_ref_sys (srid) VALUES (4326); SET search_path = public, @;
INSERT INTO t (id, a, c) VALUES (1, 'SRID=4326;POINT(1 2)', ST_GeomFromText('POINT(1 2)'));
SELECT AddGeometryColumn('public', 't', 'f', 4326, 'POINT', 2); SELECT AddGeometryColumn('t', 'g', 4326, 'POINT', 3);
DROP EXTENSION IF EXISTS postgis_topology; CREATE EXTENSION IF NOT EXISTS postgis;
"""


@pytest.mark.parametrize("schema", ["public", "extensions"])
def test_postgis_may_be_missing_from_the_server(loaded, schema):
    found = loaded(POSTGIS.replace("@", schema))
    (table,) = found.tables
    columns = {column.name: str(column.type.value) for column in table.columns if column.name not in ("id", "x", "y")}

    assert (found.problems, found.enums, [view.name.name for view in found.views]) == ((), (), ["v"])
    assert columns == {
        "a": "geometry(Point,4326)",
        "b": "geography(MultiPolygon,4326)",
        "c": "geometry",
        "d": "geometry(PointZ)[]",
        "e": "geometry(Point,4326)",
        "f": "geometry(Point,4326)",
        "g": "geometry(PointZ,4326)",
    }
    assert sorted((index.method.value, index.elements[0].opclass or "") for index in table.indexes) == [
        *(("brin", ""), ("btree", ""), ("gist", ""), ("gist", ""), ("gist", "")),
        *(("gist", "gist_geometry_ops_nd"), ("hash", ""), ("spgist", "")),
    ]
    assert QualifiedName(schema, "spatial_ref_sys") in found.uncompared


def test_fixes_are_tried_where_postgis_is_missing(tmp_path):
    text = "CREATE EXTENSION postgis; CREATE TABLE t (id integer PRIMARY KEY, a geometry(Point,4326));"
    (tmp_path / "schema.sql").write_text(text)
    source = SQL.open(SourceRequest("ddl", "sql", ("schema.sql",), tmp_path))
    after = source.load((Script("ddl", ("CREATE INDEX ON t USING gist (a)", "ALTER TABLE t ADD b geography(Point)")),))

    assert after.problems == ()
    assert [str(column.type.value) for column in after.tables[0].columns] == [
        *("integer", "geometry(Point,4326)", "geography(Point,4326)"),
    ]


@pytest.mark.parametrize(
    "creation", ["CREATE EXTENSION IF NOT EXISTS {}", "CREATE LANGUAGE {}", "CREATE OR REPLACE PROCEDURAL LANGUAGE {}"]
)
@pytest.mark.parametrize("language", ["plv8", "plpython3u"])
def test_functions_in_a_language_that_is_missing_are_there_to_be_called(loaded, creation, language):
    schema = loaded(
        f"{creation.format(language)}; CREATE FUNCTION f(a text) RETURNS text IMMUTABLE LANGUAGE {language} AS $$ return a.trim(); $$;"
        "CREATE TABLE t (a text CHECK (f(a) <> '')); CREATE UNIQUE INDEX ON t (f(a));"
    )
    (table,) = schema.tables

    assert (schema.problems, len(table.checks), len(table.indexes)) == ((), 1, 1)


def test_a_language_with_a_handler_is_not_created_by_a_superuser(loaded):
    schema = loaded("CREATE TRUSTED LANGUAGE mine HANDLER plpgsql_call_handler; CREATE TABLE t (a int)")

    assert [problem.message for problem in schema.problems] == [
        "the statement fails: must be superuser to create custom procedural language"
    ]


HYPERTABLES = """
CREATE EXTENSION IF NOT EXISTS timescaledb CASCADE;
CREATE TABLE a (time timestamptz, device text);
SELECT create_hypertable('a', 'time', 'device', 4, chunk_time_interval => INTERVAL '1 day', if_not_exists => TRUE);
CREATE TABLE b (time timestamptz NOT NULL, device text); CREATE INDEX b_by_time ON b (time);
SELECT create_hypertable('public.b', by_range('time', INTERVAL '1 day')); SELECT add_dimension('b', by_hash('device', 4));
CREATE TABLE c (at timestamptz PRIMARY KEY); SELECT public.create_hypertable('c', 'at', migrate_data => true);
CREATE TABLE d (at timestamptz); SELECT create_hypertable('d', 'at', create_default_indexes => false);
CREATE TABLE e (at bigint, x int UNIQUE); SELECT * FROM create_hypertable('e', 'at', chunk_time_interval => 86400);
ALTER TABLE a SET (timescaledb.compress, timescaledb.compress_segmentby = 'device');
SELECT add_compression_policy('a', INTERVAL '7 days'); SELECT add_retention_policy('a', INTERVAL '90 days', if_not_exists => true);
CREATE VIEW v AS SELECT time_bucket('1 hour', time) AS hour, count(*) FROM a GROUP BY hour;
"""


def test_hypertables_are_what_timescaledb_makes_of_them_where_it_is_missing(loaded):
    schema = loaded(HYPERTABLES)

    assert (schema.problems, [view.name.name for view in schema.views]) == ((), ["v"])
    assert {table.name.name: table.columns[0].nullable.value for table in schema.tables} == dict.fromkeys(
        "abcde", False
    )
    assert {
        table.name.name: [
            (index.name.value, [(element.column, element.descending) for element in index.elements])
            for index in table.indexes
        ]
        for table in schema.tables
    } == {
        "a": [("a_device_time_idx", [("device", False), ("time", True)]), ("a_time_idx", [("time", True)])],
        "b": [("b_by_time", [("time", False)])],
        "c": [],
        "d": [],
        "e": [("e_at_idx", [("at", True)])],
    }
