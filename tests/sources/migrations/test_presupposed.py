"""Extensions and functions that no migration brings: told once, and nothing of what needs them."""

import pytest

from ormistice.model import ProblemKind
from ormistice.names import QualifiedName
from ormistice.sources import SourceRequest
from ormistice.sources.migrations import SOURCES
from ormistice.sources.postgres.presupposed import Signature


def history(folder, *texts):
    folder.mkdir(parents=True, exist_ok=True)
    for at, text in enumerate(texts, 1):
        (folder / f"{at}_step.sql").write_text(text)
    return SOURCES[0].open(SourceRequest("history", "migrations", (".",), folder)).load()


def told(schema):
    return [(problem.kind.value, problem.needed, problem.message) for problem in schema.problems]


@pytest.mark.parametrize(
    ("text", "extension"),
    [
        ("CREATE TABLE t (id int, a vector(3));", "vector"),
        ('CREATE TABLE t (id int, a "public"."vector"(3));', "vector"),
        ("CREATE TABLE t (id int, a text); CREATE INDEX ON t USING gin (a gin_trgm_ops);", "pg_trgm"),
        ("CREATE TABLE t (id int, a citext[]);", "citext"),
        ("CREATE TABLE t (id int, a uuid DEFAULT uuid_generate_v4());", "uuid-ossp"),
        ("CREATE TABLE t (id int, a text DEFAULT encode(gen_random_bytes(8), 'hex'));", "pgcrypto"),
        ("CREATE TABLE t (id int, a uuid DEFAULT public.gen_random_uuid());", "pgcrypto"),
    ],
)
def test_an_extension_that_no_migration_creates_is_told_once(tmp_path, text, extension):
    schema = history(tmp_path, text, "ALTER TABLE t ADD COLUMN b int;", text.replace("TABLE t ", "TABLE u "))
    table = schema.table(QualifiedName("public", "t"))
    (problem,) = schema.problems

    assert problem.message.startswith(
        f"the migration presupposes the extension `{extension}`, which no migration creates: "
    )
    assert (problem.kind, problem.needed) == (ProblemKind.MIGRATION_FAILS, True)
    assert [column.name for column in table.columns] == ["id", "a", "b"]
    assert schema.unread == table.unread == frozenset()


def test_one_that_cannot_be_had_is_told_so_too(tmp_path):
    schema = history(tmp_path, "CREATE TABLE t (a h3index);", "ALTER TABLE t ADD COLUMN b h3index;")

    assert told(schema) == [
        (
            "migration-fails",
            True,
            'the migration presupposes the extension `h3`, which no migration creates: type "h3index" does not exist',
        ),
        (
            "unsupported-construct",
            False,
            'the migration cannot be followed here: relation "t" does not exist; the statement that creates `t` fails in `1_step`',
        ),
    ]


def test_one_that_cannot_be_had_though_a_migration_creates_it_is_told_there(tmp_path):
    schema = history(tmp_path, "CREATE EXTENSION h3;", "CREATE TABLE t (a h3index);")

    assert [(kind, message.partition(": ")[2].partition(";")[0]) for kind, _, message in told(schema)] == [
        ("unsupported-construct", 'extension "h3" is not available'),
        ("unsupported-construct", 'type "h3index" does not exist'),
    ]


def test_one_that_comes_too_late_is_an_error(tmp_path):
    schema = history(tmp_path, "CREATE TABLE t (a vector(3));", "CREATE EXTENSION vector;", "ALTER TABLE t ADD b int;")

    assert told(schema) == [
        (
            "migration-fails",
            False,
            'the migration fails: type "vector" does not exist; '
            "the extension `vector` is created by the later migration `2_step`",
        )
    ]
    assert len(schema.tables[0].columns) == 2


def test_what_is_dropped_is_not_presupposed(tmp_path):
    assert [
        needed for _, needed, _ in told(history(tmp_path, "DROP TYPE vector; DROP FUNCTION uuid_generate_v4();"))
    ] == [
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("folder", "text"),
    [
        ("supabase/migrations", "CREATE TABLE t (a uuid DEFAULT uuid_generate_v4());"),
        ("elsewhere", "CREATE TABLE t (a uuid DEFAULT extensions.uuid_generate_v4(), b uuid REFERENCES auth.users);"),
        (
            "both",
            'CREATE EXTENSION IF NOT EXISTS "uuid-ossp"; CREATE TABLE t (a uuid DEFAULT extensions.uuid_generate_v4());',
        ),
    ],
)
def test_supabase_has_some_ready(tmp_path, folder, text):
    schema = history(tmp_path / folder, text)

    assert schema.problems == ()
    assert "uuid_generate_v4()" in schema.tables[0].columns[0].default.value.expression


@pytest.mark.parametrize(
    ("folder", "text", "covered"),
    [
        ("supabase/migrations", "CREATE TABLE t (a int);", [False, False, True]),
        ("supabase/migrations", "CREATE SCHEMA storage; CREATE TABLE storage.t (a int);", [False, True, True]),
        ("migrations", "CREATE TABLE t (a uuid REFERENCES auth.users);", [False, True, True]),
        ("migrations", "CREATE TABLE t (a int);", [True, True, True]),
    ],
)
def test_of_tables_that_a_platform_brings_nothing_is_said(tmp_path, folder, text, covered):
    (tmp_path / folder).mkdir(parents=True)
    (tmp_path / folder / "1_a.sql").write_text(text)
    schema = SOURCES[0].open(SourceRequest("history", "migrations", (".",), tmp_path / folder)).load()
    names = (QualifiedName("auth", "users"), QualifiedName("storage", "objects"), QualifiedName("public", "u"))

    assert schema.problems == ()
    assert [schema.scope.covers(name) for name in names] == covered


@pytest.mark.parametrize(("step", "told"), [("1586427892000_init", 0), ("2020-04-09-102452_init", 1)])
def test_hasura_has_one_ready_and_diesel_has_not(tmp_path, step, told):
    (tmp_path / step).mkdir()
    text = "CREATE TABLE t (id uuid DEFAULT public.gen_random_uuid());"
    (tmp_path / step / "up.sql").write_text(text)
    schema = SOURCES[0].open(SourceRequest("history", "migrations", (".",), tmp_path)).load()

    assert (len(schema.tables), len(schema.problems)) == (1, told)


@pytest.mark.parametrize("schema", ["extensions", "own"])
@pytest.mark.parametrize("extension", ["uuid-ossp", "citext"])
def test_an_extension_may_be_put_into_a_schema_that_is_not_there_yet(tmp_path, schema, extension):
    schema = history(
        tmp_path,
        f'CREATE EXTENSION IF NOT EXISTS "{extension}" WITH SCHEMA {schema};\nCREATE TABLE t (a uuid DEFAULT uuid_generate_v4());'
        if extension == "uuid-ossp"
        else f"CREATE EXTENSION citext SCHEMA {schema}; CREATE TABLE t (a {schema}.citext DEFAULT 'x'::citext);",
    )

    assert schema.problems == ()
    assert len(schema.tables) == 1


def test_a_function_that_no_migration_creates_fails_once(tmp_path):
    """Every table is there nevertheless, with the default that it was given."""
    table = "CREATE TABLE {} (id int, org_id {} DEFAULT (auth.org_id()) NOT NULL);\n"
    schema = history(
        tmp_path,
        table.format("a", "uuid") + table.format("b", "uuid") + "CREATE INDEX ON b (org_id);",
        "CREATE POLICY p ON a USING (auth.org_id() = org_id);\nALTER TABLE b ADD COLUMN c int;",
    )

    assert told(schema) == [
        (
            "migration-fails",
            False,
            "the migration fails: function auth.org_id() does not exist; no migration creates `auth.org_id`",
        )
    ]
    assert [table.columns[1].default.value.expression for table in schema.tables] == ["auth.org_id()"] * 2
    assert schema.unread == frozenset()


def test_what_fails_for_a_type_that_was_guessed_is_nobodys_fault(tmp_path):
    schema = history(tmp_path, "CREATE TABLE a (x uuid DEFAULT mine('x')); CREATE TABLE b (y int DEFAULT mine('y'));")

    assert [kind for kind, _, _ in told(schema)] == ["migration-fails", "unsupported-construct"]


def test_a_function_that_comes_too_late_is_told_with_where_it_comes(tmp_path):
    made = "CREATE FUNCTION mine(text) RETURNS text LANGUAGE sql AS 'SELECT $1';"
    schema = history(
        tmp_path,
        f"CREATE TABLE a (x text DEFAULT mine('x'));\n{made.replace('mine', 'other')}",
        f"{made}\nCREATE TABLE b ();",
    )

    assert [message for _, _, message in told(schema)] == [
        "the migration fails: function mine(unknown) does not exist; "
        "the function `mine` is created by the later migration `2_step`"
    ]
    assert len(schema.tables) == 2


def test_a_function_whose_creation_failed_is_told_there(tmp_path):
    schema = history(
        tmp_path,
        "CREATE FUNCTION mine() RETURNS nothing_there LANGUAGE sql AS 'SELECT 1';\nCREATE TABLE a (x text DEFAULT mine());",
    )

    assert len(schema.problems) == len(schema.tables) == 1
    assert "nothing_there" in schema.problems[0].message


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TABLE t (id int); CREATE TRIGGER g AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION mine();",
        "SELECT mine();",
        "CREATE VIEW v AS SELECT * FROM mine();",
        "DROP FUNCTION mine();",
        "CREATE TABLE t (a text DEFAULT lower(1, 2));",
    ],
)
def test_other_calls_fail_as_they_are(tmp_path, text):
    schema = history(tmp_path, text)

    assert [problem.message.partition(": ")[0] for problem in schema.problems] == ["the migration fails"]
    assert "no migration creates" not in schema.problems[0].message


def test_names_are_quoted_in_what_is_made():
    assert next(Signature("a b", 'c"d', "integer, text").creations()).startswith(
        'CREATE FUNCTION "a b"."c""d"(integer, text) RETURNS text '
    )
