import json

import pytest

from ormistice.sources import SourceRequest
from ormistice.sources.migrations import SOURCES
from sources.migrations.test_stories import ENV


@pytest.fixture
def observed(tmp_path):
    def observe(*texts):
        for number, text in enumerate(texts, start=1):
            (tmp_path / f"{number}.sql").write_text(text)
        history = SOURCES[0].open(SourceRequest("history", "migrations", (".",), tmp_path))
        documents = {document.path: document for document in history.load().documents}
        return [
            (o.place.file[-5:], documents[o.place.file].position(o.place.start).line, o.rule, o.message)
            for o in history.observations()
        ]

    return observe


def test_a_statement_in_a_comment_is_told_from_prose(observed):
    found = observed(
        "-- CreateTable\nCREATE TABLE a (id int);",
        "-- the table is not there yet:\n-- ALTER TABLE waiting\n--   ADD COLUMN x int;\n"
        "-- create table like the old one, but bigger\n"
        "/*\nALTER TABLE a\n  ADD y int;\n CREATE INDEX ON a (id);\n*/\nSELECT 1; -- alter table a add z int;\n"
        "-- Drop the index on a, create it anew\n",
    )

    assert found == [
        ("2.sql", 2, "commented-out-migration", "`ALTER TABLE` is commented out; `waiting` does not exist"),
        ("2.sql", 6, "commented-out-migration", "`ALTER TABLE` is commented out; `a` exists by now"),
        ("2.sql", 8, "commented-out-migration", "`CREATE INDEX` is commented out; `a` exists by now"),
    ]


def test_a_creation_in_a_comment_says_whether_it_was_missed(observed):
    found = observed("-- CREATE TABLE a (id int);\n-- CREATE TABLE IF NOT EXISTS public.b (id int);\n")

    assert [message for *_, message in found] == [
        "`CREATE TABLE` is commented out; `a` is missing",
        "`CREATE TABLE` is commented out; `b` is missing",
    ]


@pytest.mark.parametrize(
    "comment",
    [
        'CREATE TABLE "Made" (other int);',
        "ALTER TABLE t ADD COLUMN later int, ALTER made SET NOT NULL;",
        "ALTER TABLE public.t ADD CONSTRAINT made_check CHECK (made > 1), VALIDATE CONSTRAINT made_check;",
        "CREATE INDEX CONCURRENTLY IF NOT EXISTS made_idx ON t USING hash (made);",
        "ALTER TABLE t NO FORCE ROW LEVEL SECURITY;",
        "CREATE TYPE public.made_enum AS ENUM ('b');",
    ],
)
def test_another_way_in_a_comment_waits_for_nothing(observed, comment):
    """What a file does itself, its comments may tell how to do otherwise, or to undo."""
    step = (
        'ALTER TABLE t ADD COLUMN made int, ADD COLUMN later int, ADD CONSTRAINT "made_check" CHECK (made > 0);\n'
        "DO $$ BEGIN CREATE TYPE made_enum AS ENUM ('a'); END $$;\nCREATE INDEX made_idx ON t (made);\n"
        'CREATE TABLE "Made" ();\nALTER TABLE t FORCE ROW LEVEL SECURITY;\n'
    )
    undone = (
        'DROP TABLE "Made"; ALTER TABLE t DROP COLUMN made, DROP COLUMN later, NO FORCE ROW LEVEL SECURITY;'
        "DROP TYPE made_enum;"
    )
    begin = "CREATE TABLE t (id int);"

    def told(*texts):
        return [message for _, _, rule, message in observed(begin, *texts) if rule == "commented-out-migration"]

    assert told(f"{step}-- Or else:\n--   {comment}\n", undone) == []
    assert told(f"-- {comment}\n", step, undone) != []


@pytest.mark.parametrize(
    "comment",
    [
        "CREATE TABLE b (id int);",
        "CREATE UNIQUE INDEX b_x ON b (x);",
        "CREATE TYPE kind AS ENUM ('a');",
        "ALTER TABLE b ADD COLUMN x int;",
        "ALTER TABLE b ADD CONSTRAINT positive CHECK (x > 0);",
        "DROP TABLE a;",
        "DROP INDEX CONCURRENTLY IF EXISTS public.b_x, a_x;",
        "ALTER TABLE b DROP COLUMN gone, ALTER COLUMN id DROP DEFAULT, DROP CONSTRAINT IF EXISTS positive CASCADE;",
        'ALTER TABLE b RENAME COLUMN "never_there" TO "x";',
    ],
)
def test_what_another_migration_did_and_what_was_to_stay_waits_for_nothing(observed, comment):
    found = observed(
        "CREATE TABLE a (id int); CREATE TABLE b (id int, gone int);",
        f"-- not yet\n-- {comment}\n",
        "CREATE TYPE kind AS ENUM ('a'); ALTER TABLE b ADD COLUMN x int CONSTRAINT positive CHECK (x > 0);"
        "CREATE UNIQUE INDEX b_x ON b (x);",
    )

    assert found == []


def test_what_a_comment_says_is_never_executed(observed):
    found = observed("CREATE TABLE a (id int);", "-- ALTER TABLE a RENAME TO c;\n", "ALTER TABLE a ADD b int;")

    assert [(file, rule) for file, _, rule, _ in found] == [("2.sql", "commented-out-migration")]


def test_operations_of_alembic_in_comments_are_found(tmp_path):
    (tmp_path / "versions").mkdir()
    (tmp_path / "env.py").write_text(ENV)
    (tmp_path / "versions" / "a.py").write_text(
        'from alembic import op\nimport sqlalchemy as sa\nrevision = "a"\ndown_revision = None\n\n\ndef upgrade():\n'
        '    op.create_table("there", sa.Column("id", sa.Integer))\n'
        "    # the table addon does not exist yet\n"
        '    # op.add_column(\n    #     "addon",\n    #     sa.Column("x", sa.Text),\n    # )\n'
        '    # op.create_index("ix", "there", ["id"])  and more of it\n'
        '    # op.create_index("ix", "there", ["id"])\n'
        '    # with op.batch_alter_table("there") as batch_op:\n    #     batch_op.drop_column("id")\n'
        '    # op.prose is not an operation\n    # op.execute("CREATE INDEX a ON b (c)")\n\n\ndef downgrade():\n    op.drop_table("there")\n'
    )
    history = SOURCES[0].open(SourceRequest("history", "migrations", (".",), tmp_path))
    (document,) = history.load().documents
    found = [
        (document.position(o.place.start).line, document.position(o.place.end).line, o.message)
        for o in history.observations()
    ]

    assert found == [
        (10, 13, "`op.add_column` is commented out; `addon` does not exist"),
        (15, 15, "`op.create_index` is commented out; `there` exists by now"),
        (16, 17, "`batch_op.drop_column` is commented out"),
        (16, 17, "`op.batch_alter_table` is commented out; `there` exists by now"),
        (19, 19, "`op.execute` is commented out"),
    ]


def test_several_heads_are_told_with_their_files(tmp_path):
    (tmp_path / "versions").mkdir()
    (tmp_path / "env.py").write_text(ENV)
    for name, down in (("a", None), ("b", "a"), ("c", "a")):
        text = f"revision = {name!r}\ndown_revision = {down!r}\ndef upgrade():\n    pass\ndef downgrade():\n    pass\n"
        (tmp_path / "versions" / f"{name}.py").write_text(text)
    (found,) = SOURCES[0].open(SourceRequest("history", "migrations", (".",), tmp_path)).observations()

    assert found.message == "the history has several heads: `b`, `c`"
    assert (found.place.file[-4:], found.related[0][0].file[-4:]) == ("b.py", "c.py")


def test_a_tools_own_books_in_a_comment_are_nobodys_business(tmp_path):
    (tmp_path / "V1__a.sql").write_text(
        "-- create table flyway_schema_history (id int);\n\n-- create index i on flyway_schema_history (id);\n"
        "\n-- create table orders (id int);\nCREATE TABLE t (id int);\n"
    )
    found = SOURCES[0].open(SourceRequest("history", "migrations", (".",), tmp_path)).observations()

    assert [item.message for item in found] == ["`CREATE TABLE` is commented out; `orders` is missing"]


@pytest.mark.parametrize(("other", "told"), [("plugin", 0), ("core", 1)])
def test_branches_that_have_names_may_have_a_head_each(tmp_path, other, told):
    (tmp_path / "versions").mkdir()
    (tmp_path / "env.py").write_text(ENV)
    parts = "def upgrade():\n    pass\ndef downgrade():\n    pass\n"
    for name, down, label in (("a", None, "core"), ("b", "a", None), ("c", None if other == "plugin" else "a", other)):
        labels = (label,) if label and down is None else None
        text = f"revision = {name!r}\ndown_revision = {down!r}\nbranch_labels = {labels!r}\n{parts}"
        (tmp_path / "versions" / f"{name}.py").write_text(text)
    found = SOURCES[0].open(SourceRequest("history", "migrations", (".",), tmp_path)).observations()

    assert [observation.rule for observation in found] == ["several-migration-heads"] * told


@pytest.mark.parametrize(
    ("dates", "message", "others"),
    [
        ([5, 9, 7, 11], "is dated before `b`: drizzle-kit skips it where that one has been applied", "b"),
        (
            [9, 10, 5, 9],
            "this one and `d` are dated before `b`: drizzle-kit skips them where that one has been applied",
            "bd",
        ),
        (
            [1, 9, 5, 9, 4, 10],
            "this one and 2 more are dated before `b`: drizzle-kit skips them where that one has been applied",
            "bde",
        ),
        (
            [1, 9, 5, 12, 10],
            "this one and `e` are dated before one in front of them: drizzle-kit skips each where that one has been applied",
            "bde",
        ),
    ],
)
def test_migrations_that_drizzle_would_skip_are_told_once(tmp_path, dates, message, others):
    tags = "abcdef"[: len(dates)]
    entries = [{"idx": at, "tag": tag, "when": when} for at, (tag, when) in enumerate(zip(tags, dates, strict=True))]
    (tmp_path / "meta").mkdir()
    (tmp_path / "meta" / "_journal.json").write_text(json.dumps({"entries": entries}))
    for tag in tags:
        (tmp_path / f"{tag}.sql").write_text("SELECT 1;")
    (found,) = SOURCES[0].open(SourceRequest("history", "migrations", (".",), tmp_path)).observations()

    assert found.rule == "migration-out-of-order"
    assert found.place.file.endswith("c.sql")
    assert found.message == message
    assert [place.file[-5:-4] for place, _ in found.related] == list(others)


def test_data_that_one_migration_creates_and_another_drops_names_both(observed):
    found = observed(
        "CREATE TABLE kept (id int, gone int); CREATE TABLE lost (id int, x int);",
        "-- generated\nDROP TABLE lost;\nALTER TABLE kept DROP COLUMN gone, ADD COLUMN new int;",
        "ALTER TABLE kept RENAME new TO renamed;",
    )

    assert found == [
        ("2.sql", 2, "migration-drops-data", "drops the table `public.lost`, which the migration `1` created"),
        ("2.sql", 3, "migration-drops-data", "drops the column `public.kept.gone`, which the migration `1` created"),
    ]


def test_a_schema_before_its_name_is_no_table(observed):
    found = observed("CREATE TABLE a (id int);", '-- CREATE INDEX i ON public."a" (id);\n')

    assert [message for *_, message in found] == ["`CREATE INDEX` is commented out; `a` exists by now"]
