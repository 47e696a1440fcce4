import json

import pytest

from ormistice.errors import AuditError
from ormistice.fixes import Change
from ormistice.model import ProblemKind, Table
from ormistice.names import QualifiedName
from ormistice.sources import SourceRequest
from ormistice.sources.migrations import SOURCES
from ormistice.sources.migrations.folders import sql_migrations
from ormistice.sources.migrations.replay import Thing

USERS = 'CREATE TABLE "users" (id serial PRIMARY KEY);\n'


def source(path):
    return SOURCES[0].open(SourceRequest("history", "migrations", (".",), path))


def names(schema):
    return [table.name.name for table in schema.tables]


def test_prismas_folders_are_applied_in_the_order_of_their_names(tmp_path):
    for name, text in {"2_b": "ALTER TABLE users ADD COLUMN b text;", "1_a": USERS}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "migration.sql").write_text(text)
    (tmp_path / "migration_lock.toml").write_text('provider = "postgresql"')

    assert SOURCES[0].recognises(".", tmp_path)
    assert [column.name for column in source(tmp_path).load().tables[0].columns] == ["id", "b"]


def test_drizzles_journal_is_the_order_and_the_choice(tmp_path):
    entries = [{"idx": at, "tag": tag, "when": at, "breakpoints": True} for at, tag in enumerate(("0001_z", "0000_a"))]
    (tmp_path / "meta").mkdir()
    (tmp_path / "meta" / "_journal.json").write_text(
        json.dumps({"version": "7", "dialect": "postgresql", "entries": entries})
    )
    (tmp_path / "0001_z.sql").write_text(USERS + "--> statement-breakpoint\nCREATE TABLE other (id int);")
    (tmp_path / "0000_a.sql").write_text("ALTER TABLE users ADD COLUMN b text;")
    (tmp_path / "0002_left_out.sql").write_text("CREATE TABLE left_out ();")

    assert names(source(tmp_path).load()) == ["other", "users"]


def test_supabase_applies_every_file_by_name_whatever_the_journal_says(tmp_path):
    """Drizzle may write into its folder; what others wrote beside is run as well."""
    folder = tmp_path / "supabase" / "migrations"
    (folder / "meta").mkdir(parents=True)
    entries = [{"idx": 0, "tag": "20260102000000_b", "when": 9}, {"idx": 1, "tag": "20260104000000_d", "when": 8}]
    (folder / "meta" / "_journal.json").write_text(json.dumps({"entries": entries}))
    for name, text in {
        "20260101000000_a.sql": USERS,
        "20260102000000_b.sql": "ALTER TABLE users ADD COLUMN b text;",
        "20260103000000_c.sql": "ALTER TABLE users ADD COLUMN c text;",
        "20260104000000_d.sql": "ALTER TABLE users ADD COLUMN d text;",
        "notes.sql": "CREATE TABLE never ();",
    }.items():
        (folder / name).write_text(text)
    schema = source(folder).load()

    assert {table.name.name: [column.name for column in table.columns] for table in schema.tables} == {
        "users": ["id", "b", "c", "d"]
    }
    assert [(problem.place.file[-9:], problem.message) for problem in schema.problems] == [
        (
            "notes.sql",
            "Supabase's CLI passes over a file named without a number and an underscore in front: `notes.sql`",
        )
    ]
    assert schema.document(schema.problems[0].place.file).text == "CREATE TABLE never ();"


def test_supabase_takes_the_numbers_in_front_as_text(tmp_path):
    """A date alone comes behind a date with a time, whatever the number."""
    folder = tmp_path / "supabase" / "migrations"
    folder.mkdir(parents=True)
    (folder / "20260601120000_first.sql").write_text(USERS)
    (folder / "20260610_second.sql").write_text("ALTER TABLE users RENAME TO people;")
    (folder / "20260620120000_third.sql").write_text("ALTER TABLE people ADD c text;")
    schema = source(folder).load()

    assert (names(schema), schema.problems) == (["people"], ())


def test_atlas_applies_every_file_by_name_whatever_a_journal_says(tmp_path):
    (tmp_path / "meta").mkdir()
    (tmp_path / "meta" / "_journal.json").write_text(json.dumps({"entries": [{"tag": "0000_a", "when": 1}]}))
    (tmp_path / "atlas.sum").write_text("h1:")
    (tmp_path / "0000_a.sql").write_text(USERS)
    (tmp_path / "0001_b.sql").write_text("ALTER TABLE users ADD b text;")
    schema = source(tmp_path).load()

    assert [column.name for column in schema.tables[0].columns] == ["id", "b"]
    assert schema.problems == ()


def test_what_a_journal_leaves_out_is_told_once(tmp_path):
    """A file with data alone declares nothing that anybody would miss, and what undoes is meant to lie there."""
    (tmp_path / "meta").mkdir()
    (tmp_path / "meta" / "_journal.json").write_text(json.dumps({"entries": [{"tag": "0000_a", "when": 1}]}))
    (tmp_path / "0000_a.sql").write_text(USERS)
    for number in range(1, 7):
        (tmp_path / f"000{number}_b.sql").write_text(f"ALTER TABLE users ADD b{number} text;")
    (tmp_path / "0001_b.down.sql").write_text("ALTER TABLE users DROP b1;")
    (tmp_path / "seed.sql").write_text("INSERT INTO users DEFAULT VALUES;")
    (problem,) = source(tmp_path).load().problems

    assert problem.kind is ProblemKind.MIGRATION_OUT_OF_ORDER
    assert problem.message == (
        "drizzle-kit passes over 6 files that meta/_journal.json does not list: "
        "`0001_b.sql`, `0002_b.sql`, `0003_b.sql` and 3 more"
    )
    assert [place.file[-10:] for place, _ in problem.related] == [f"000{number}_b.sql" for number in range(2, 7)]


def test_an_extension_that_cannot_be_had_is_no_fault_of_the_migrations(tmp_path):
    """Nor is what comes of it; what fails for another reason is told as ever."""
    (tmp_path / "1.sql").write_text(
        "CREATE TABLE lacking (id int);\nALTER TABLE nowhere ADD x int;\nCREATE EXTENSION IF NOT EXISTS not_to_be_had;\n"
        "CREATE TABLE places (id int, spot not_here);\nINSERT INTO lacking VALUES (not_here_either());\n"
    )
    (tmp_path / "2.sql").write_text(
        "CREATE INDEX ON places (spot);\nCREATE INDEX CONCURRENTLY IF NOT EXISTS spots ON places (spot);\n"
        "CREATE POLICY places ON public.places;\nCREATE INDEX ON nowhere (x);\n"
        "SELECT * FROM not_here.jobs;\nALTER TABLE elsewhere ADD x int;\n"
        "CREATE TABLE late (spot later);\n"
    )
    (tmp_path / "3.sql").write_text("CREATE TABLE later (id int);")
    schema = source(tmp_path).load()

    assert [(problem.kind.value, problem.message.partition(": ")[2]) for problem in schema.problems] == [
        ("migration-fails", 'relation "nowhere" does not exist; no migration creates `nowhere`; `2` fails for it, too'),
        ("unsupported-construct", 'extension "not_to_be_had" is not available'),
        (
            "unsupported-construct",
            'type "not_here" does not exist; no migration creates `not_here`; `2` fails for it, too',
        ),
        ("unsupported-construct", "function not_here_either() does not exist"),
        (
            "unsupported-construct",
            'relation "not_here.jobs" does not exist; no migration creates `not_here.jobs`',
        ),
        ("migration-fails", 'relation "elsewhere" does not exist; no migration creates `elsewhere`'),
        ("migration-fails", 'type "later" does not exist; `later` is created by the later migration `3`'),
    ]


def test_what_comes_of_a_failure_is_told_with_it(tmp_path):
    """However far it goes; what else a statement lacks is told when it is its turn."""
    (tmp_path / "1.sql").write_text(
        "CREATE TABLE a (x nowhere);\nCREATE TABLE b (x int REFERENCES a);\nCREATE INDEX i ON b (x);\nDROP INDEX i;"
    )
    (tmp_path / "2.sql").write_text("ALTER TABLE b ADD y int;\nALTER TABLE c ADD y int;")
    schema = source(tmp_path).load()

    assert [problem.message for problem in schema.problems] == [
        'the migration fails: type "nowhere" does not exist; no migration creates `nowhere`; `2` fails for it, too',
        'the migration fails: relation "c" does not exist; no migration creates `c`',
    ]
    assert [(place.file[-5:], label) for place, label in schema.problems[0].related] == [
        ("1.sql", 'relation "a" does not exist, for it was not created'),
        ("1.sql", 'relation "b" does not exist, for it was not created'),
        ("1.sql", 'index "i" does not exist, for it was not created'),
        ("2.sql", 'relation "b" does not exist, for it was not created'),
    ]


def test_a_few_migrations_for_another_history_are_no_whole_one(tmp_path):
    altered = "".join(f"ALTER TABLE {name} ADD x int;" for name in "abc")
    (tmp_path / "1.sql").write_text("CREATE TABLE t (id int);" + altered)
    few = source(tmp_path).load()
    (tmp_path / "2.sql").write_text("".join(f"CREATE TABLE t{number} (id int);" for number in range(9)))

    assert Table in few.unread
    assert Table not in source(tmp_path).load().unread


def test_what_is_made_of_parts_is_placed_in_the_migration_that_makes_it(tmp_path):
    (tmp_path / "1.sql").write_text("SELECT 1;")
    (tmp_path / "2.sql").write_text(
        "DO $$ BEGIN FOR i IN 1..2 LOOP EXECUTE format('CREATE TABLE part_%s (named int, e int, other%s int)', i, i); "
        "END LOOP; END $$;"
    )
    schema = source(tmp_path).load()
    first, _ = schema.tables
    text = schema.document(first.place.file).text

    assert (first.name.name, first.place.file[-5:], first.place.start) == ("part_1", "2.sql", 0)
    assert [text[column.place.start : column.place.end] for column in first.columns] == ["named", "e", ""]
    assert text[first.columns[1].place.start - 7 :].startswith("d int, e int")


def test_a_column_is_missed_where_the_statement_that_adds_it_to_its_table_fails(tmp_path):
    """Not where one fails that adds one of that name to another."""
    (tmp_path / "1.sql").write_text("CREATE TABLE t (a int); CREATE TABLE u (a int);")
    (tmp_path / "2.sql").write_text(
        "ALTER TABLE ONLY public.t ADD COLUMN spot h3index;\nCREATE INDEX ON t (spot);\n"
        "ALTER TABLE t DROP COLUMN spot;\nCREATE INDEX ON u (spot);"
    )

    assert [
        (problem.kind.value, problem.message.partition("; ")[2]) for problem in source(tmp_path).load().problems
    ] == [
        ("migration-fails", ""),
        ("unsupported-construct", "the statement that creates `spot` fails in `2`"),
        ("migration-fails", "no migration creates `spot`"),
    ]


def test_a_history_that_does_not_begin_here_says_so_once(tmp_path):
    """Columns are another matter: of them a few are missing where the table is there."""
    (tmp_path / "7.sql").write_text("ALTER TABLE a ADD x int;\nALTER TYPE b ADD VALUE 'x';\nCREATE TABLE t (id int);")
    (tmp_path / "8.sql").write_text(
        "ALTER TABLE public.c ADD x int;\nALTER TABLE t DROP COLUMN x;\nALTER TABLE d ADD x int;\n"
        "CREATE TABLE u (x int REFERENCES a);\nALTER TABLE u ADD y int;\nALTER TABLE e ADD x int;"
    )
    schema = source(tmp_path).load()

    assert [problem.message.removeprefix("the migration fails: ") for problem in schema.problems] == [
        'relation "a" does not exist; no migration creates `a`, `b`, `c` and 2 more; `8` fails for it, too',
        'column "x" of relation "t" does not exist; no migration creates `x`',
    ]
    assert len(schema.problems[0].related) == 6


def test_where_a_migration_before_looked_is_looked_in_for_what_is_missed(tmp_path):
    """Many tools stay connected, and what is set stays set."""
    for name, text in {
        "1_a.sql": "CREATE SCHEMA shop; SET search_path TO shop; CREATE TABLE t (id int);",
        "2_b.sql": "CREATE TABLE u (id int);",
        "3_c.sql": "ALTER TABLE t ADD a int; INSERT INTO t (a) VALUES (1); CREATE TABLE v (id int);",
        "4_d.sql": "SET search_path = ''; CREATE TABLE public.w (id int);",
        "5_e.sql": "ALTER TABLE t ADD b int; ALTER TABLE nothing ADD b int; ALTER TABLE u ADD b int;",
    }.items():
        (tmp_path / name).write_text(text)
    schema = source(tmp_path).load()

    assert [str(table.name) for table in schema.tables] == ["public.u", "public.w", "shop.t", "shop.v"]
    assert [column.name for column in schema.tables[2].columns] == ["id", "a", "b"]
    assert [problem.message.partition(";")[0] for problem in schema.problems] == [
        'the migration fails: relation "nothing" does not exist'
    ]


def test_what_flyway_fills_in_is_nobodys_fault(tmp_path):
    """Nor is what misses the rows for it; for another tool the same text is what it is."""
    filled = (
        "CREATE TABLE t (id char(3) PRIMARY KEY);\nINSERT INTO t VALUES ('${first}');\nINSERT INTO t VALUES ('${b}');"
    )
    missing = (
        "CREATE TABLE u (id char(3) REFERENCES t); INSERT INTO u VALUES ('abc');\nDO $$ BEGIN RAISE 'no rows'; END $$;"
    )
    for name, text in {
        "V1__a.sql": filled,
        "V2__b.sql": missing,
        "R__c.sql": "CREATE ROLE ${c}; ALTER TABLE x ADD y int;",
    }.items():
        (tmp_path / name).write_text(text)

    assert [
        (problem.kind.value, problem.message.partition(": ")[2]) for problem in source(tmp_path).load().problems
    ] == [
        ("unsupported-construct", "Flyway fills in `${first}`"),
        ("unsupported-construct", 'insert or update on table "u" violates foreign key constraint "u_id_fkey"'),
        ("unsupported-construct", "no rows"),
        ("migration-fails", 'relation "x" does not exist; no migration creates `x`'),
    ]


def test_values_that_do_not_fit_may_come_of_what_flyway_fills_in(tmp_path):
    (tmp_path / "V1__a.sql").write_text(
        "CREATE TABLE t (id char(3));CREATE TEMP TABLE u AS SELECT '${first}' AS id;INSERT INTO t SELECT id FROM u;"
    )
    (tmp_path / "V2__b.sql").write_text("INSERT INTO t VALUES ('long');")

    assert [
        (problem.kind.value, problem.message.partition(": ")[2]) for problem in source(tmp_path).load().problems
    ] == [
        ("unsupported-construct", "Flyway fills in `${first}`"),
        ("migration-fails", "value too long for type character(3)"),
    ]


def test_a_block_that_takes_a_superuser_is_nobodys_fault(tmp_path):
    (tmp_path / "1.sql").write_text(
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'r') THEN CREATE ROLE r SUPERUSER; END IF; END $$;"
        + USERS
    )
    schema = source(tmp_path).load()

    assert [problem.kind.value for problem in schema.problems] == ["unsupported-construct"]
    assert schema.unread == frozenset()
    assert schema.tables[0].unread == frozenset()


def test_what_nobody_creates_is_told_once_with_the_migrations_that_want_it(tmp_path):
    (tmp_path / "1.sql").write_text("ALTER TABLE t ADD a int;\nALTER TABLE u ADD a int;\nALTER TABLE t ADD b int;")
    for name in "23456":
        (tmp_path / f"{name}.sql").write_text("ALTER TYPE e ADD VALUE 'a';\nALTER TABLE public.\"t\" ADD c int;")
    schema = source(tmp_path).load()

    def lines(*places):
        return [(place.file[-5:], schema.document(place.file).position(place.start).line) for place in places]

    assert [
        (problem.message.partition("; no migration creates ")[2], lines(problem.place), len(problem.related))
        for problem in schema.problems
    ] == [
        ("`t`; `2`, `3`, `4` and 2 more fail for it, too", [("1.sql", 1)], 6),
        ("`u`", [("1.sql", 2)], 0),
        ("`e`; `3`, `4`, `5` and `6` fail for it, too", [("2.sql", 1)], 4),
    ]


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        (
            "CREATE TABLE t (a int); DO $$ BEGIN ALTER TABLE t ADD CONSTRAINT c CHECK (b > 0); END $$;",
            'column "b" does not exist; no migration creates `b`; `2` fails for it, too',
        ),
        (
            "CREATE TABLE t (a int);\nDO $$ BEGIN\n  ALTER TABLE t ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES t(a);\n"
            "EXCEPTION WHEN duplicate_object OR invalid_foreign_key THEN null;\nEND $$;",
            "`1` says to create `c`, and it is not there",
        ),
        (
            "CREATE TABLE t (a int CONSTRAINT x CHECK (a > 0)); ALTER TABLE t RENAME CONSTRAINT x TO c;"
            "ALTER TABLE t DROP CONSTRAINT c;",
            "`1` says to create `c`, and it is not there",
        ),
        ("CREATE TABLE t (a int);", "no migration creates `c`"),
    ],
)
def test_what_a_block_or_an_alteration_creates_is_created(tmp_path, first, reason):
    (tmp_path / "1.sql").write_text(first)
    (tmp_path / "2.sql").write_text("ALTER TABLE t DROP CONSTRAINT c;")

    assert source(tmp_path).load().problems[-1].message.endswith(reason)


def test_what_is_created_again_further_down_is_not_what_a_drop_waits_for(tmp_path):
    (tmp_path / "1.sql").write_text("CREATE TABLE t (a int);\nALTER TABLE t ADD CONSTRAINT c CHECK (b > 0);")
    (tmp_path / "2.sql").write_text("ALTER TABLE t DROP CONSTRAINT c;\nALTER TABLE t ADD CONSTRAINT c CHECK (a > 0);")
    (tmp_path / "3.sql").write_text("ALTER TABLE t DROP CONSTRAINT d;\nALTER TABLE t ADD CONSTRAINT d CHECK (a > 1);")

    assert [problem.message.partition("; ")[2] for problem in source(tmp_path).load().problems] == [
        "no migration creates `b`; `2` fails for it, too",
        "no migration creates `d`",
    ]


def test_what_a_statement_that_failed_would_have_altered_is_not_known(tmp_path):
    (tmp_path / "1.sql").write_text(
        "CREATE TABLE t (a uuid, b text, c text, d int);\nINSERT INTO t VALUES (NULL, NULL, NULL, NULL);\n"
        "ALTER TABLE t ALTER COLUMN a SET DATA TYPE int;\nALTER TABLE ONLY public.t ALTER b SET NOT NULL;\n"
        "ALTER TABLE t ALTER c SET DEFAULT mine(), ALTER COLUMN d ADD GENERATED ALWAYS AS IDENTITY;"
    )
    columns = source(tmp_path).load().tables[0].columns

    assert [
        [name for name in ("type", "nullable", "default", "identity") if getattr(column, name) is None]
        for column in columns
    ] == [["type"], ["nullable"], ["default"], ["identity"]]


def test_what_is_there_already_is_told_once_with_its_indexes(tmp_path):
    created = "CREATE TABLE t (a int);\nCREATE UNIQUE INDEX i ON public.t (a);\nCREATE INDEX j ON t (a);\n"
    (tmp_path / "1.sql").write_text(created + "CREATE TABLE u (a int); CREATE INDEX k ON u (a);")
    (tmp_path / "2.sql").write_text(created + "CREATE INDEX k ON u (a);")

    assert [(problem.message, len(problem.related)) for problem in source(tmp_path).load().problems] == [
        ('the migration fails: relation "t" already exists', 2),
        ('the migration fails: relation "k" already exists', 0),
    ]


def test_a_migration_that_creates_all_anew_says_so_once(tmp_path):
    """As one that sums up those before it; what else is wrong with it is another matter."""
    created = "CREATE TYPE e AS ENUM ('a');\nCREATE TABLE t (a int);\nCREATE INDEX i ON t (a);\n"
    more = "CREATE TABLE u (a int);\nALTER TABLE u ADD COLUMN b int;\n"
    (tmp_path / "1.sql").write_text(created + more)
    (tmp_path / "2.sql").write_text(created + more + "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';")
    (tmp_path / "3.sql").write_text("CREATE TYPE e AS ENUM ('a');\nALTER TABLE t DROP COLUMN c;")

    assert [(problem.message, len(problem.related)) for problem in source(tmp_path).load().problems] == [
        ('the migration fails: type "e" already exists, and so do 3 other things of it', 4),
        ('the migration fails: type "e" already exists', 0),
        ('the migration fails: column "c" of relation "t" does not exist; no migration creates `c`', 0),
    ]


def test_a_setting_that_takes_a_superuser_does_not_matter(tmp_path):
    """Dumps of data begin so."""
    (tmp_path / "1.sql").write_text(f"SET session_replication_role = replica;\n{USERS}RESET session_replication_role;")

    assert source(tmp_path).load().problems == ()


def test_what_comes_later_is_known_whatever_it_is(tmp_path):
    (tmp_path / "1.sql").write_text("CREATE TABLE t (a e, b f);\nCREATE TYPE e AS ENUM ('x');")
    (tmp_path / "2.sql").write_text("CREATE TABLE u (b f); CREATE DOMAIN f AS text;")

    assert [problem.message.partition("; ")[2] for problem in source(tmp_path).load().problems] == [
        "`e` is created further down",
        "`f` is created further down",
    ]


@pytest.mark.parametrize("schema", ["extensions", "Own"])
def test_a_schema_for_extensions_is_there_and_looked_through(tmp_path, schema):
    """Supabase has one ready, and Prisma makes the one that its URL names; both are on the search path."""
    (tmp_path / "1.sql").write_text(f'CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA "{schema}";')
    (tmp_path / "2.sql").write_text(f'CREATE TABLE t (a citext, b "{schema}".citext);')
    (tmp_path / "3.sql").write_text("SET search_path = public;\nCREATE TABLE u (a citext);")
    loaded = source(tmp_path).load()

    assert [str(column.type.value) for column in loaded.tables[0].columns] == ["citext", "citext"]
    assert [problem.message.partition(";")[0] for problem in loaded.problems] == [
        'the migration fails: type "citext" does not exist'
    ]


def test_rows_of_materialized_views_are_not_needed(tmp_path):
    """Newer servers compute them without a search path, so that functions of old do not find their tables."""
    (tmp_path / "1.sql").write_text(
        "CREATE TABLE t (id int);\nCREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM t';\n"
        "CREATE MATERIALIZED VIEW v AS SELECT f() AS n -- of all\n;\nREFRESH MATERIALIZED VIEW v;\n"
        "CREATE UNIQUE INDEX ON v (n);\nCREATE MATERIALIZED VIEW w AS SELECT nothing() AS n;\n"
        "REFRESH MATERIALIZED VIEW w;\n"
    )
    (tmp_path / "2.sql").write_text("REFRESH MATERIALIZED VIEW CONCURRENTLY v;\nDROP MATERIALIZED VIEW v;")
    loaded = source(tmp_path).load()

    assert [problem.message.partition(";")[0] for problem in loaded.problems] == [
        "the migration fails: function nothing() does not exist"
    ]


def test_the_version_of_an_extension_does_not_matter(tmp_path):
    (tmp_path / "1.sql").write_text("CREATE EXTENSION ltree; ALTER EXTENSION ltree UPDATE TO '0.1';")

    assert source(tmp_path).load().problems == ()


def test_an_extension_belongs_to_who_created_it(tmp_path):
    """On the way it may be moved and dropped, as by the one user that a project's database has."""
    (tmp_path / "1.sql").write_text("CREATE SCHEMA s; CREATE EXTENSION citext; CREATE EXTENSION hstore;")
    (tmp_path / "2.sql").write_text('ALTER EXTENSION citext SET SCHEMA s; DROP EXTENSION IF EXISTS "hstore", citext;')

    assert source(tmp_path).load().problems == ()


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["10_b.sql", "9_a.sql"], ["9_a", "10_b"]),
        (["002_b.up.sql", "002_b.down.sql", "001_a.up.sql", "001_a.down.sql"], ["001_a", "002_b"]),
        (
            ["V1_10__c.sql", "V1_9__b.sql", "V1__a.sql", "R__z.sql", "U1__a.sql"],
            ["V1__a", "V1_9__b", "V1_10__c", "R__z"],
        ),
        (["20240102_x.sql", "20240101_y.sql"], ["20240101_y", "20240102_x"]),
    ],
)
def test_plain_files_are_applied_by_their_number_and_never_undone(tmp_path, files, expected):
    for file in files:
        (tmp_path / file).write_text("SELECT 1;")

    assert [migration.name for migration in sql_migrations(tmp_path)] == expected


def test_diesels_folders_are_applied_by_their_version_without_dashes(tmp_path):
    """As diesel_migrations does; its older releases wrote none."""
    for name in ("20180505143900_b", "2017-09-26-200549_a", "2019-01-02-030405-0000_d", "20181231000000_c"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "up.sql").write_text("SELECT 1;")

    assert [migration.name[-1] for migration in sql_migrations(tmp_path)] == list("abcd")


@pytest.mark.parametrize(
    ("up", "down"),
    [
        ("-- +goose Up", "-- +goose Down"),
        ("-- migrate:up transaction:false", "-- migrate:down"),
        ("-- +migrate Up", "-- +migrate Down"),
        ("-- Up Migration", "-- Down Migration"),
        ("", "-- +goose Down"),
    ],
)
@pytest.mark.parametrize(
    "end", ["", "INSERT INTO users DEFAULT VALUES", "INSERT INTO users DEFAULT VALUES -- the last"]
)
def test_the_part_of_a_file_that_undoes_is_not_run(tmp_path, up, down, end):
    """Wherever the other one ends: its last statement needs no semicolon."""
    (tmp_path / "1.sql").write_text(f"{up}\n{USERS}\n{end}\n\n{down}\nDROP TABLE users;\n")
    schema = source(tmp_path).load()

    assert (names(schema), schema.problems) == (["users"], ())


def test_a_failure_costs_its_statement_alone_and_says_what_comes_too_late(tmp_path):
    (tmp_path / "1.sql").write_text(USERS + "ALTER TABLE orders\n  ADD COLUMN x int;\nCREATE TABLE after (id int);\n")
    (tmp_path / "2.sql").write_text(
        "CREATE TABLE orders (id int);\nALTER TABLE never ADD y int;\nCREATE TABLE broken (x nowhere);\n"
    )
    (tmp_path / "3.sql").write_text("INSERT INTO broken VALUES (1);\nSELECT * FROM users WHERE nope = 1;\n")
    schema = source(tmp_path).load()
    lines = [
        (problem.place.file[-5:], schema.document(problem.place.file).position(problem.place.start).line)
        for problem in schema.problems
    ]

    assert names(schema) == ["after", "broken", "orders", "users"]
    assert schema.unread == frozenset()
    assert lines == [("1.sql", 2), ("2.sql", 2), ("2.sql", 3), ("3.sql", 2)]
    assert [problem.message.removeprefix("the migration fails: ") for problem in schema.problems] == [
        'relation "orders" does not exist; `orders` is created by the later migration `2`',
        'relation "never" does not exist; no migration creates `never`',
        'type "nowhere" does not exist; no migration creates `nowhere`; `3` fails for it, too',
        'column "nope" does not exist; no migration creates `nope`',
    ]


def test_a_type_without_an_operator_class_is_nothing_that_a_migration_should_create(tmp_path):
    (tmp_path / "1.sql").write_text("CREATE TABLE t (c json);\nCREATE INDEX ON t USING gin (c);\n")
    (problem,) = source(tmp_path).load().problems

    assert problem.message == (
        'the migration fails: data type json has no default operator class for access method "gin"'
    )


def test_a_label_may_be_used_in_the_migration_that_adds_it(tmp_path):
    (tmp_path / "1.sql").write_text("CREATE TYPE e AS ENUM ('a');")
    (tmp_path / "2.sql").write_text("BEGIN; ALTER TYPE e ADD VALUE 'b'; CREATE TABLE t (c e DEFAULT 'b'); COMMIT;")
    schema = source(tmp_path).load()

    assert schema.problems == ()
    assert [label.value for label in schema.enums[0].labels] == ["a", "b"]


def test_settings_of_one_migration_do_not_reach_the_next(tmp_path):
    (tmp_path / "1.sql").write_text("CREATE SCHEMA other; SET search_path = other; CREATE TABLE a ();")
    (tmp_path / "2.sql").write_text("CREATE TABLE b ();")

    assert [str(table.name) for table in source(tmp_path).load().tables] == ["other.a", "public.b"]


def test_history_tells_what_each_created_and_dropped(tmp_path):
    (tmp_path / "1.sql").write_text("CREATE TABLE a (x int, y int); CREATE TABLE b ();")
    (tmp_path / "2.sql").write_text("ALTER TABLE a RENAME TO c; ALTER TABLE c RENAME x TO z; ALTER TABLE c DROP y;")
    (tmp_path / "3.sql").write_text("DROP TABLE b; CREATE TABLE d (); DROP TABLE d; CREATE TABLE d (i int);")
    first, second, third = source(tmp_path).history().steps

    def thing(table, column=""):
        return Thing(QualifiedName("public", table), column)

    assert first.created == {thing("a"), thing("a", "x"), thing("a", "y"), thing("b")}
    assert (second.created, second.dropped) == (frozenset(), {thing("a", "y")})
    assert (third.created, third.dropped) == ({thing("d"), thing("d", "i")}, {thing("b")})


def test_a_change_is_written_as_statements_and_tried_out(tmp_path):
    (tmp_path / "1.sql").write_text(USERS + "CREATE TABLE o (u int REFERENCES users);")
    history = source(tmp_path)
    schema = history.load()
    key = schema.table(QualifiedName("public", "o")).foreign_keys[0]
    dropped = history.load((history.write(schema, Change("history", key, None)),))

    assert dropped.table(QualifiedName("public", "o")).foreign_keys == ()
    assert names(dropped) == names(schema)


@pytest.mark.parametrize("make", [lambda _: None, lambda path: (path / "meta").mkdir()])
def test_a_folder_without_migrations_is_refused(tmp_path, make):
    make(tmp_path)
    with pytest.raises(AuditError, match="no migrations in it"):
        source(tmp_path).load()


def test_a_broken_journal_is_refused(tmp_path):
    (tmp_path / "meta").mkdir()
    (tmp_path / "meta" / "_journal.json").write_text("{")
    with pytest.raises(AuditError, match="not a journal of drizzle-kit"):
        source(tmp_path).load()


def test_a_server_that_hangs_up_is_one_line(tmp_path):
    (tmp_path / "1.sql").write_text("SELECT pg_terminate_backend(pg_backend_pid());\nCREATE TABLE a ();")
    with pytest.raises(AuditError, match="connection is closed"):
        source(tmp_path).load()


def test_what_stands_in_for_an_extension_is_called_and_dropped_like_one(tmp_path):
    """What precedes a statement that fails is not run again, however the statements are sent."""
    for number, text in enumerate(
        (
            'CREATE EXTENSION "uuid-ossp"; CREATE EXTENSION pgcrypto;',
            "CREATE TABLE a (id uuid DEFAULT uuid_generate_v4(), b bytea NOT NULL, u uuid NOT NULL);"
            "INSERT INTO a (b, u) VALUES (gen_random_bytes(37), uuid_generate_v5(uuid_ns_url(), 'x'));"
            "ALTER TABLE a ADD CHECK (length(b) = 37 AND digest(b, 'sha1') IS NOT NULL);",
            'CREATE TABLE c (id uuid PRIMARY KEY);DROP EXTENSION "uuid-ossp" CASCADE; CREATE TABLE nowhere.d ();',
        ),
        start=1,
    ):
        (tmp_path / f"{number}.sql").write_text(text)
    schema = SOURCES[0].open(SourceRequest("history", "migrations", (".",), tmp_path)).load()

    assert [problem.message for problem in schema.problems] == [
        'the migration fails: schema "nowhere" does not exist; no migration creates `nowhere`'
    ]
    assert [table.name.name for table in schema.tables if table.columns] == ["a", "c"]


def test_migrations_for_another_database_are_refused(tmp_path):
    (tmp_path / "1_init").mkdir()
    (tmp_path / "1_init" / "migration.sql").write_text("CREATE TABLE `a` (`id` INT);")
    (tmp_path / "migration_lock.toml").write_text('provider = "mysql"\n')

    with pytest.raises(AuditError, match="the migrations are for mysql"):
        SOURCES[0].open(SourceRequest("history", "migrations", (".",), tmp_path)).load()


def test_what_lies_in_a_schema_that_nothing_creates_is_read_and_that_is_told_once(tmp_path):
    (tmp_path / "1.sql").write_text("CREATE TABLE codes.a (id int PRIMARY KEY);\nCREATE TABLE codes.b (id int);\n")
    (tmp_path / "2.sql").write_text("ALTER TABLE codes.b ADD a int REFERENCES codes.a (id);\n")
    schema = source(tmp_path).load()
    table = schema.table(QualifiedName("codes", "b"))
    (problem,) = schema.problems

    assert [str(each.name) for each in schema.tables] == ["codes.a", "codes.b"]
    assert table is not None
    assert (len(table.columns), len(table.foreign_keys), schema.unread) == (2, 1, frozenset())
    assert problem.message == 'the migration fails: schema "codes" does not exist; no migration creates `codes`'
