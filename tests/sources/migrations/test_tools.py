"""What each tool applies of a folder, and what is said of one that is not read, or not all of it."""

import pytest

from ormistice.errors import AuditError
from ormistice.model import Column, Enum, ProblemKind, Table
from ormistice.names import QualifiedName, Scope
from ormistice.sources import SourceRequest
from ormistice.sources.migrations import SOURCES
from ormistice.sources.migrations.folders import sql_migrations
from ormistice.sources.migrations.sections import applied_ranges

USERS = "CREATE TABLE users (id serial PRIMARY KEY);\n"


def source(path):
    return SOURCES[0].open(SourceRequest("history", "migrations", (".",), path))


def write(folder, files):
    for name, text in (files if isinstance(files, dict) else dict.fromkeys(files, "SELECT 1;")).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def steps(folder):
    return [migration.name for migration in sql_migrations(folder)]


def tables(schema):
    return [str(table.name) for table in schema.tables]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        # Flyway: below the folder, too, but not for another database; from the last baseline; callbacks around it all.
        (["V2__b.sql", "more/V1_1__a.sql", "h2/V3__c.sql", "R__v.sql"], ["V1_1__a", "V2__b", "R__v"]),
        (["common/V1__a.sql", "postgresql/V2__b.sql", "mysql/V2__b.sql"], ["V1__a", "V2__b"]),
        (["V1__a.sql", "V2__b.sql", "B2.0__base.sql", "V3__c.sql"], ["B2.0__base", "V3__c"]),
        (
            ["afterMigrate.sql", "beforeMigrate__set.sql", "V1__a.sql", "R__z.sql", "seed.sql", "beforeClean.sql"],
            ["beforeMigrate__set", "V1__a", "R__z", "afterMigrate"],
        ),
        # To refinery, U is a migration like another.
        (["V1__a.sql", "U2__b.sql", "V3__c.sql"], ["V1__a", "U2__b", "V3__c"]),
        (["V1__a.sql", "U1__a.sql", "V2__b.sql"], ["V1__a", "V2__b"]),
        # Postgrator
        (["001.do.sql", "002.do.b.sql", "001.undo.sql", "002.undo.b.sql"], ["001.do", "002.do.b"]),
        # golang-migrate and sqlx take nothing without a number.
        (["1_a.up.sql", "1_a.down.sql", "schema.sql", "2_b.sql"], ["1_a", "2_b"]),
        # Ways back by a name that another file has, too; one alone is a migration.
        (
            ["1_a.sql", "1_a_down.sql", "2_b_up.sql", "2_b_down.sql", "3_scroll_down.sql"],
            ["1_a", "2_b_up", "3_scroll_down"],
        ),
        # Prisma's own folder, with its seed beside it; Hasura's; the only one that has any.
        (["seed.sql", "migrations/1_a/migration.sql"], ["1_a"]),
        (["default/1_a/up.sql", "default/1_a/down.sql"], ["1_a"]),
        (["shop/1_a.sql", "fixtures/rows.sql"], ["1_a"]),
        # graphile-migrate: what is committed.
        (["committed/000001.sql", "committed/000002-b.sql", "current.sql", "schema.sql"], ["000001", "000002-b"]),
        # db-migrate: programs that do no more than read a script.
        (["20240101-a.js", "sqls/20240101-a-up.sql", "sqls/20240101-a-down.sql"], ["20240101-a-up"]),
        (["sqls/20240101-a-up.sql", "sqls/20240101-a-down.sql"], ["20240101-a-up"]),
    ],
)
def test_each_tool_has_its_own_choice_and_order(tmp_path, files, expected):
    write(tmp_path, files)

    assert steps(tmp_path) == expected


def test_flyway_passes_over_names_without_its_capital(tmp_path):
    write(tmp_path, {"V1__a.sql": USERS, "v2__b.sql": "CREATE TABLE b ();", "notes.sql": "CREATE TABLE c ();"})
    schema = source(tmp_path).load()

    assert tables(schema) == ["public.users"]
    assert [(problem.kind, problem.message) for problem in schema.problems] == [
        (
            ProblemKind.MIGRATION_OUT_OF_ORDER,
            "Flyway passes over 2 files named otherwise than `V`, a version and two underscores: "
            "`notes.sql` and `v2__b.sql`",
        )
    ]


def test_atlas_begins_with_the_last_checkpoint_and_knows_others_ways_back(tmp_path):
    write(
        tmp_path,
        {
            "atlas.sum": "h1:x\n1_a.up.sql h1:y\n3_c.up.sql h1:z\n",
            "1_a.up.sql": USERS,
            "1_a.down.sql": "DROP TABLE users;",
            "2_check.sql": f"-- atlas:checkpoint\n\n{USERS}",
            "3_c.up.sql": "ALTER TABLE users ADD c text;",
        },
    )

    assert steps(tmp_path) == ["2_check", "3_c"]
    assert source(tmp_path).load().problems == ()


@pytest.mark.parametrize("given", [".", "sql", "sql/deploy"])
def test_sqitch_deploys_what_its_plan_says(tmp_path, given):
    """A change that was reworked is deployed twice, first as it was when it was tagged."""
    plan = "%project=p\n\nusers 2024-01-01T00:00:00Z a <a@b.c> # first\nage [users] 2024-01-02T00:00:00Z a <a@b.c>\n"
    plan += "@v1 2024-01-03T00:00:00Z a <a@b.c>\n\nage [age@v1 users] 2024-01-04T00:00:00Z a <a@b.c> # anew\n"
    write(
        tmp_path,
        {
            "sqitch.conf": "[core]\n\tengine = pg\n\ttop_dir = sql\n",
            "sql/sqitch.plan": plan,
            "sql/deploy/users.sql": f"BEGIN;\n{USERS}COMMIT;\n",
            "sql/deploy/age@v1.sql": "ALTER TABLE users ADD age int;",
            "sql/deploy/age.sql": "ALTER TABLE users ALTER age TYPE bigint;",
            "sql/deploy/abandoned.sql": "CREATE TABLE never ();",
            "sql/revert/users.sql": "DROP TABLE users;",
        },
    )

    assert steps(tmp_path / given) == ["users", "age@v1", "age"]


def test_a_plan_without_its_script_says_which(tmp_path):
    write(tmp_path, {"sqitch.plan": "users 2024-01-01T00:00:00Z a <a@b.c>\n", "deploy/others.sql": USERS})

    with pytest.raises(AuditError, match=r"there is no script .*deploy/users\.sql"):
        source(tmp_path).load()


@pytest.mark.parametrize(
    ("up", "down"),
    [
        ("", "---- create above / drop below ----\n"),
        ("-- //\n", "-- //@UNDO\n"),
        ("# --- !Ups\n", "# --- !Downs\n"),
        ("# Users\n\n# --- !Ups\n", "# --- !Downs\n"),
        ("-- rambler up\n", "-- rambler down\n"),
        ("-- +micrate Up\n", "-- +micrate Down\n"),
        ("-- ==== UP ====\n", "-- ==== DOWN ====\n"),
        ("-- +migrate Up notransaction\n", "-- +migrate Down notransaction\n"),
    ],
)
def test_marks_of_more_tools_part_the_way_back(up, down):
    text = f"{up}{USERS}{down}DROP TABLE users;\n"
    (found,) = [text[start:end] for start, end in applied_ranges(text)]

    assert "DROP" not in found
    assert "#" not in found
    assert USERS in found


def test_graphiles_placeholders_stand_for_roles(tmp_path):
    """They are there when the migrations run, for which nobody is to be blamed; casts and times stay as they are."""
    text = "--! Previous: -\n--! Hash: sha1:0\n\nCREATE TABLE a (id int, t text DEFAULT 'x'::TEXT);\n"
    text += (
        "ALTER TABLE a ENABLE ROW LEVEL SECURITY;\nCREATE POLICY p ON a FOR SELECT TO :DATABASE_VISITOR USING (true);\n"
    )
    write(tmp_path, {"committed/000001.sql": text, "current.sql": "DROP TABLE a;"})
    schema = source(tmp_path).load()

    assert (tables(schema), schema.problems) == (["public.a"], ())


def test_what_psql_or_a_template_fills_in_is_nobodys_fault(tmp_path):
    text = f"{USERS}\\set content `cat page.html`\nUPDATE users SET id = :'content';\n"
    write(tmp_path, {"1_a.sql": text, "2_b.sql": 'ALTER TABLE users OWNER TO x;\n{{ template "shared.sql" . }}\n'})
    problems = source(tmp_path).load().problems

    assert [(problem.kind, problem.message) for problem in problems] == [
        (ProblemKind.UNSUPPORTED_CONSTRUCT, f"the migration cannot be followed here: {who}")
        for who in ("psql fills in `:'content'`", 'its tool fills in `{{ template "shared.sql" . }}`')
    ]


def test_what_hasura_itself_brings_is_nobodys_fault(tmp_path):
    write(tmp_path, {"1_a/up.sql": "CREATE VIEW events AS SELECT id FROM hdb_catalog.hdb_scheduled_events;"})
    (problem,) = source(tmp_path).load().problems

    assert problem.kind is ProblemKind.UNSUPPORTED_CONSTRUCT


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("20240101000000_create_users.rb", "Ruby"),
        ("1700000000000-CreateUsers.ts", "TypeScript"),
        ("20240101_users.js", "JavaScript"),
        ("00001_users.go", "Go"),
        ("0001_initial.py", "Python"),
        ("m20240101_000001_create_users.rs", "Rust"),
        ("2014_10_12_000000_create_users_table.php", "PHP"),
        ("20240101000000_create_users.exs", "Elixir"),
        ("V1__users.java", "Java"),
        ("Version20240101000000.php", "PHP"),
    ],
)
def test_migrations_in_another_language_are_refused_by_its_name(tmp_path, name, language):
    write(tmp_path, {name: "…", "index.ts": "", "0001_x.d.ts": "", "20240101_Users.Designer.cs": "", "README.md": ""})

    with pytest.raises(AuditError) as refused:
        source(tmp_path).load()

    assert f"the migrations are written in {language}; only those in SQL are run" in refused.value.message
    assert "postgresql://" in (refused.value.hint or "")


def test_a_change_log_of_liquibase_is_refused(tmp_path):
    write(tmp_path, {"changelog-master.yaml": "databaseChangeLog:\n  - include: {file: a.xml}\n", "other.json": "{}"})

    with pytest.raises(AuditError, match="written in YAML"):
        source(tmp_path).load()


def test_programs_among_migrations_leave_nothing_missing(tmp_path):
    """Whatever they do: create what another migration needs, or alter what one has created."""
    write(
        tmp_path,
        {
            "00001_a.sql": f"{USERS}CREATE TABLE other (id int);",
            "00002_b.go": 'package migrations\n\n// "ALTER TABLE users ALTER id TYPE bigint; CREATE TABLE posts ()"\n',
            "00003_c.sql": "ALTER TABLE posts ADD title text;",
            "migrations_test.go": "package migrations\n",
        },
    )
    schema = source(tmp_path).load()
    table = schema.table(QualifiedName("public", "users"))
    failed, programs = sorted(schema.problems, key=lambda problem: problem.place.file, reverse=True)

    assert {Table, Enum} <= schema.unread
    assert all(Column in each.unread for each in schema.tables)
    assert table is not None
    assert table.columns[0].type is None
    assert {problem.kind for problem in schema.problems} == {ProblemKind.UNSUPPORTED_CONSTRUCT}
    assert failed.message.startswith("the migration cannot be followed here: ")
    assert programs.message == (
        "a migration is written in Go and not run here, so nobody knows what else it does: `00002_b.go`"
    )
    assert schema.document(programs.place.file).text.startswith("package migrations")


def test_several_histories_in_one_folder_are_to_be_told_apart(tmp_path):
    write(tmp_path, ["users/V1__a.sql", "orders/V1__a.sql"])

    with pytest.raises(AuditError, match="several folders of it: `orders`, `users`") as refused:
        source(tmp_path).load()

    assert refused.value.hint == "name one of them"


ASKING = """DO $$
BEGIN
  IF EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'no_such_extension') THEN
    CREATE EXTENSION no_such_extension;
    ALTER TABLE users ADD COLUMN embedding special(3);
  ELSE
    ALTER TABLE users ADD COLUMN embedding jsonb;
  END IF;
END $$;
"""


def test_what_a_block_does_where_there_are_other_extensions_is_not_known(tmp_path):
    """What it has done here is nothing to compare with, and other tables are as ever."""
    write(tmp_path, {"1_a.sql": f"{USERS}CREATE TABLE other (id int);", "2_b.sql": ASKING})
    schema = source(tmp_path).load()
    other, users = schema.tables
    (problem,) = schema.problems

    assert problem.kind is ProblemKind.UNSUPPORTED_CONSTRUCT
    assert problem.message == (
        "asks for the extension `no_such_extension`, which is not to be had here: "
        "what becomes of `users` where it is, is not known"
    )
    assert (Column in users.unread, {column.type for column in users.columns}) == (True, {None})
    assert (other.unread, other.columns[0].type is None) == (frozenset(), False)
    assert schema.unread == frozenset()


def test_a_block_that_might_create_tables_leaves_none_missing(tmp_path):
    text = ASKING.replace("ALTER TABLE users ADD COLUMN embedding special(3)", "CREATE TABLE embeddings (e special(3))")
    write(tmp_path, {"1_a.sql": USERS, "2_b.sql": text})

    assert Table in source(tmp_path).load().unread


@pytest.mark.parametrize(("asked", "done"), [("citext", "ALTER TABLE users ADD n citext;"), ("no_such_extension", "")])
def test_a_block_that_goes_one_way_alone_is_followed(tmp_path, asked, done):
    """Either the extension is to be had here, too, or the block is about no table."""
    block = f"DO $$ BEGIN IF EXISTS (SELECT FROM pg_available_extensions WHERE name = '{asked}') THEN "
    write(tmp_path, {"1_a.sql": USERS, "2_b.sql": f"{block}CREATE EXTENSION {asked}; {done} END IF; END $$;"})
    schema = source(tmp_path).load()

    assert (schema.problems, schema.tables[0].unread, schema.unread) == ((), frozenset(), frozenset())


def test_a_block_that_catches_all_creates_its_extension_nevertheless(tmp_path):
    """It is created ahead of the block, which may not do it; that it is there by then must not end the block."""
    block = "CREATE EXTENSION citext; ALTER TABLE users ADD n citext; EXCEPTION WHEN OTHERS THEN RAISE NOTICE 'no';"
    write(tmp_path, {"1_a.sql": f"{USERS}DO $$ BEGIN {block} END $$;"})
    schema = source(tmp_path).load()

    assert [column.name for column in schema.tables[0].columns] == ["id", "n"]
    assert schema.problems == ()


def test_a_publication_that_a_platform_has_ready_stops_no_block(tmp_path):
    block = "ALTER TABLE users ADD n text; ALTER PUBLICATION supabase_realtime ADD TABLE users;"
    write(tmp_path, {"1_a.sql": f"{USERS}DO $$ BEGIN {block} END $$;"})
    schema = source(tmp_path).load()

    assert [column.name for column in schema.tables[0].columns] == ["id", "n"]
    assert schema.problems == ()


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("src/main/resources/application.yml", "spring:\n  flyway:\n    default-schema: ${S:shop}\n  x: 1\n", "shop"),
        (
            "src/main/resources/application.yml",
            "spring:\n  flyway:\n    schemas:\n      - shop\n      - other\n",
            "shop",
        ),
        ("src/main/resources/application.properties", "# x\nspring.flyway.schemas=shop,other\n", "shop"),
        ("flyway.conf", "flyway.defaultSchema=shop\n", "shop"),
        ("flyway.toml", '[flyway]\nschemas = ["shop", "other"]\n', "shop"),
        ("src/main/resources/application.yml", "spring:\n  flyway:\n    default-schema: ${SCHEMA}\n", "public"),
        ("src/main/resources/application.yml", "spring:\n  jpa:\n    default-schema: shop\n  flyway:\n", "public"),
        ("flyway.toml", "[flyway", "public"),
    ],
)
def test_flyway_makes_the_schema_that_it_is_set_up_with(tmp_path, name, text, expected):
    folder = tmp_path / "src" / "main" / "resources" / "db" / "migration"
    write(tmp_path, {name: text, "pom.xml": "", "src/main/resources/db/migration/V1__a.sql": USERS})
    write(folder, {"V2__b.sql": "ALTER TABLE users ADD b text;"})
    schema = source(folder).load()

    assert (tables(schema), schema.problems) == ([f"{expected}.users"], ())


@pytest.mark.parametrize(
    ("name", "text", "sql", "expected"),
    [
        ("flyway.conf", "flyway.placeholders.Shop=users\n", "${shop}", ["public.users"]),
        ("flyway.toml", '[flyway.placeholders]\nshop-name = "users"\n', "${ shop-name }", ["public.users"]),
        (
            "src/main/resources/application.yml",
            "spring:\n  flyway:\n    default-schema: own\n    placeholders:\n      shop: '${SHOP:users}'\n",
            "${flyway:defaultSchema}.${shop}",
            ["own.users"],
        ),
        (
            "src/main/resources/application.properties",
            "quarkus.flyway.placeholders.shop=users\n",
            "${shop}",
            ["public.users"],
        ),
        (
            "src/main/resources/application.properties",
            "spring.flyway.placeholder-prefix=#[\nspring.flyway.placeholder-suffix=]\nspring.flyway.placeholders.shop=a\n",
            "#[shop]",
            ["public.a"],
        ),
        (
            "flyway.conf",
            "flyway.placeholderReplacement=false\nflyway.placeholders.shop=a\n",
            '"${shop}"',
            ['public."${shop}"'],
        ),
        # A value that is set elsewhere is not known.
        ("flyway.conf", "flyway.placeholders.shop=${SHOP}\n", '"${shop}"', ['public."${shop}"']),
    ],
)
def test_flyway_fills_in_what_it_is_set_up_with(tmp_path, name, text, sql, expected):
    folder = tmp_path / "src" / "main" / "resources" / "db" / "migration"
    write(tmp_path, {name: text, "pom.xml": ""})
    write(folder, {"V1__a.sql": f"CREATE TABLE {sql} (id int);\n"})

    assert tables(source(folder).load()) == expected


_YAML = """databaseChangeLog:
  - property:
      name: x
      value: y
  - include:
      file: db\\changelog\\z_first.sql
  # - include:
  #     file: db/changelog/never.sql
  - include: {file: more/log.yml, relativeToChangelogFile: true}
  - includeAll:
      path: "classpath:/db/changelog/rest"
"""
_NESTED_YAML = """databaseChangeLog:
  - changeSet:
      id: 1
      changes:
        - sqlFile:
            path: a_second.sql
            relativeToChangelogFile: true
      rollback:
        - sqlFile:
            path: never.sql
"""
_XML = """<?xml version="1.0" encoding="UTF-8"?>
<databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog">
  <include file="db/changelog/z_first.sql"/>
  <include file="more/log.xml" relativeToChangelogFile="true"/>
  <includeAll path="rest/" relativeToChangelogFile="true"/>
</databaseChangeLog>"""
_NESTED_XML = """<databaseChangeLog>
  <changeSet id="1" author="a"><sqlFile path="db/changelog/more/a_second.sql"/><rollback><sqlFile path="no.sql"/></rollback></changeSet>
  <changeSet id="2" author="a" dbms="h2"><createTable tableName="h"/></changeSet>
</databaseChangeLog>"""


@pytest.mark.parametrize(
    ("name", "text", "nested"),
    [("db.changelog-master.yaml", _YAML, ("log.yml", _NESTED_YAML)), ("changelog.xml", _XML, ("log.xml", _NESTED_XML))],
)
def test_liquibase_applies_what_its_change_log_includes(tmp_path, name, text, nested):
    folder = tmp_path / "resources" / "db" / "changelog"
    write(
        folder,
        {
            name: text,
            "z_first.sql": USERS,
            "never.sql": "CREATE TABLE never (id int);",
            f"more/{nested[0]}": nested[1],
            "more/a_second.sql": "ALTER TABLE users ADD a int;",
            "rest/1.sql": "ALTER TABLE users ADD b int;",
        },
    )
    schema = source(folder).load()

    assert steps(folder) == ["z_first", "a_second", "1"]
    assert (tables(schema), schema.problems) == (["public.users"], ())
    assert [column.name for column in schema.tables[0].columns] == ["id", "a", "b"]


def test_what_a_change_log_of_liquibase_says_in_other_words_is_told(tmp_path):
    changes = "  - changeSet:\n      id: 1\n      changes:\n        - createTable:\n            tableName: orders\n"
    write(tmp_path, {"master.yaml": f"databaseChangeLog:\n  - include:\n      file: a.sql\n{changes}", "a.sql": USERS})
    schema = source(tmp_path).load()

    assert tables(schema) == ["public.users"]
    assert [problem.message for problem in schema.problems] == [
        "a migration is written in YAML and not run here, so nobody knows what else it does: `master.yaml`"
    ]
    assert Table in schema.unread


def test_what_liquibase_fills_in_is_nobodys_fault(tmp_path):
    write(tmp_path, {"1_a.sql": "--liquibase formatted sql\n--changeset me:1\nCREATE TABLE ${schema}.a (id int);\n"})
    (problem,) = source(tmp_path).load().problems

    assert problem.message == "the migration cannot be followed here: Liquibase fills in `${schema}`"


def test_liquibase_has_change_sets_for_other_databases(tmp_path):
    marked = (
        "--liquibase formatted sql\n\n--changeset me:1\nCREATE TABLE a (id int);\n--rollback DROP TABLE a;\n"
        "--changeset me:2 dbms:h2,mysql\nCREATE TABLE b (id int AUTO_INCREMENT);\n"
        "--changeset me:3 dbms:postgresql\nCREATE TABLE c (id int);\n"
        "-- changeset me:4 dbms:!postgresql\nCREATE TABLE d (id int);\n--changeset me:5 dbms:!h2\nCREATE TABLE e (id int);\n"
    )
    write(tmp_path, {"1_a.sql": marked})
    schema = source(tmp_path).load()

    assert (tables(schema), schema.problems) == (["public.a", "public.c", "public.e"], ())


@pytest.mark.parametrize("given", ["db/migrations", "db/migrations/committed", "db"])
def test_graphile_migrate_is_set_up_with_a_path_and_scripts_of_its_own(tmp_path, given):
    configured = """{ // JSON5, "as it comes"
      "pgSettings": { "search_path": "app_public,public", },
      "afterReset": ["!afterReset.sql", {"_": "command", "command": "yarn"}, /* "x.sql" */ ],
    }"""
    write(
        tmp_path,
        {
            "db/.gmrc": configured,
            "db/migrations/afterReset.sql": "CREATE SCHEMA app_public; GRANT CONNECT ON DATABASE :DATABASE_NAME TO x;",
            "db/migrations/committed/000001.sql": f"--! Previous: -\n{USERS}",
        },
    )
    schema = source(tmp_path / given).load()

    assert (tables(schema), schema.problems) == (["app_public.users"], ())


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TABLE `a` (`id` int);",
        "CREATE TABLE a (id int PRIMARY KEY AUTOINCREMENT);",
        "create table a (id int not null auto_increment, primary key (id));",
    ],
)
def test_sql_for_another_database_is_refused(tmp_path, text):
    write(tmp_path, {"V1__a.sql": text, "V2__b.sql": "ALTER TABLE a ADD b text;"})

    with pytest.raises(AuditError, match="for another database than PostgreSQL: syntax error at or near"):
        source(tmp_path).load()


def test_drizzles_journal_says_for_which_database(tmp_path):
    write(tmp_path, {"meta/_journal.json": '{"dialect": "sqlite", "entries": []}', "0000_a.sql": "SELECT 1;"})

    with pytest.raises(AuditError, match="the migrations are for sqlite"):
        source(tmp_path).load()


def test_one_statement_that_is_foreign_is_told_among_others(tmp_path):
    write(tmp_path, {"1_a.sql": USERS, "2_b.sql": "ALTER TABLE `users` ADD b text;"})
    (problem,) = source(tmp_path).load().problems

    assert problem.kind is ProblemKind.MIGRATION_FAILS


@pytest.mark.parametrize(
    "books",
    [
        *("public.flyway_schema_history", "public._sqlx_migrations", "public.goose_db_version", "sqitch.changes"),
        *("public.schema_migrations", "public.refinery_schema_history", "public.pgmigrations"),
        *("public.knex_migrations", "public.databasechangelog", "public.play_evolutions", "hdb_catalog.hdb_version"),
        *("atlas_schema_revisions.atlas_schema_revisions", "graphile_migrate.migrations"),
        *("supabase_migrations.schema_migrations", "public.__diesel_schema_migrations", "public.gorp_migrations"),
    ],
)
def test_the_books_of_a_tool_are_in_no_history_and_nobodys_business(books):
    schema, _, name = books.partition(".")

    assert not Scope().covers(QualifiedName(schema, name))


def test_supabases_own_tables_have_their_columns(tmp_path):
    """What is written to them, and what a function in SQL reads of them."""
    folder = tmp_path / "supabase" / "migrations"
    text = (
        "INSERT INTO auth.users (id, email, confirmation_token, recovery_token, email_change_token_new, email_change) "
    )
    text += "VALUES (gen_random_uuid(), 'a@b.c', '', '', '', '');\n"
    text += "INSERT INTO auth.identities (user_id, identity_data, provider, provider_id, last_sign_in_at) "
    text += "SELECT id, '{}', 'email', id, now() FROM auth.users ON CONFLICT (provider_id, provider) DO NOTHING;\n"
    text += "CREATE FUNCTION sessions() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM auth.sessions "
    text += "WHERE not_after IS NULL AND user_agent <> '' AND ip IS NOT NULL $$;\n"
    text += (
        "CREATE FUNCTION entries() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM auth.audit_log_entries $$;\n"
    )
    text += (
        "INSERT INTO storage.objects (bucket_id, name) VALUES (NULL, 'x') ON CONFLICT (bucket_id, name) DO NOTHING;\n"
    )
    write(folder, {"20240101000000_a.sql": text + USERS})
    schema = source(folder).load()

    assert (tables(schema)[-1], schema.problems) == ("public.users", ())


def test_a_role_that_a_migration_creates_may_own_what_it_creates(tmp_path):
    block = "IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'books') THEN CREATE ROLE books NOLOGIN; END IF;"
    text = f"DO $$ BEGIN {block} END $$;\nCREATE SCHEMA s AUTHORIZATION books;\nCREATE TABLE s.a (id int);\n"
    write(tmp_path, {"1_a.sql": text, "2_b.sql": "ALTER TABLE s.a OWNER TO books;\nALTER TABLE s.a ADD b text;"})
    schema = source(tmp_path).load()

    assert (tables(schema), schema.problems) == (["s.a"], ())


def test_what_psql_includes_is_not_followed_and_that_is_told(tmp_path):
    write(
        tmp_path,
        {"1_a.sql": f"{USERS}\\ir ../views.sql\nCREATE TABLE b (id int);\n", "2_b.sql": "SELECT 1; -- \\i x\n"},
    )
    schema = source(tmp_path).load()
    (problem,) = schema.problems

    assert tables(schema) == ["public.b", "public.users"]
    assert {Table, Enum} <= schema.unread
    assert problem.message == "psql runs `../views.sql` here, which is not followed, so nobody knows what else there is"
    assert schema.document(problem.place.file).snippet(problem.place) == "\\ir ../views.sql"


def test_partitions_in_comments_wait_for_nothing(tmp_path):
    text = "CREATE TABLE a (t date) PARTITION BY RANGE (t);\n-- CREATE TABLE a_2024 PARTITION OF a\n"
    write(tmp_path, {"1_a.sql": f"{text}--   FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');\n"})

    assert source(tmp_path).load().problems == ()
