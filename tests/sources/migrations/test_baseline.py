"""What `drizzle-kit pull` leaves of a database that was there before its migrations."""

import json

import pytest

from ormistice.model import Column, Enum, ProblemKind, Table
from ormistice.names import QualifiedName
from ormistice.sources import SourceRequest
from ormistice.sources.migrations import SOURCES

HEAD = (
    "-- Current sql file was generated after introspecting the database\n"
    "-- If you want to run this migration please uncomment this code before executing migrations\n"
)
BLOCK = """/*
CREATE TABLE "users" (
	"id" integer PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE INDEX "at" ON "users" ("id" int4_ops);
*/"""
LINES = """-- CREATE TABLE "users" (
-- 	"id" integer PRIMARY KEY NOT NULL
-- );
-- --> statement-breakpoint
-- CREATE INDEX "at" ON "users" ("id" int4_ops);--> statement-breakpoint
--> statement-breakpoint
"""
LATER = 'ALTER TABLE "users" ADD COLUMN "name" text;'


def journalled(folder, *texts):
    (folder / "meta").mkdir()
    entries = [{"idx": at, "when": at, "tag": f"000{at}_step"} for at in range(len(texts))]
    (folder / "meta" / "_journal.json").write_text(json.dumps({"entries": entries}))
    for at, text in enumerate(texts):
        (folder / f"000{at}_step.sql").write_text(text)
    return SOURCES[0].open(SourceRequest("history", "migrations", (".",), folder)).load()


def columns(schema):
    return {table.name.name: [column.name for column in table.columns] for table in schema.tables}


@pytest.mark.parametrize("pulled", [BLOCK, LINES, BLOCK.replace("\n", "\r\n")])
def test_what_a_pulled_database_held_is_there_before_the_migrations(tmp_path, pulled):
    schema = journalled(tmp_path, HEAD + pulled, LATER)
    users = schema.table(QualifiedName("public", "users"))

    assert schema.problems == ()
    assert columns(schema) == {"users": ["id", "name"]}
    assert [index.name.value for index in users.indexes] == ["at"]
    assert schema.document(users.place.file).position(users.place.start).line == (4 if pulled != LINES else 3)


def test_drizzle_1_writes_it_into_a_folder(tmp_path):
    for name, text in {"20260101000000_a": HEAD + BLOCK, "20260201000000_b": LATER}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "migration.sql").write_text(text)
        (tmp_path / name / "snapshot.json").write_text("{}")
    schema = SOURCES[0].open(SourceRequest("history", "migrations", (".",), tmp_path)).load()

    assert columns(schema) == {"users": ["id", "name"]}
    assert schema.problems == ()


def test_what_cannot_be_followed_in_it_fails_for_nobody(tmp_path):
    """Nor does what is built on it: drizzle-kit does not always write what PostgreSQL reads."""
    broken = BLOCK.replace("integer PRIMARY", "integer DEFAULT {} PRIMARY")
    schema = journalled(tmp_path, HEAD + broken, LATER, "ALTER TABLE nowhere ADD x int;")

    assert [(problem.kind, problem.place.file[-13:]) for problem in schema.problems] == [
        (ProblemKind.UNSUPPORTED_CONSTRUCT, "0000_step.sql"),
        (ProblemKind.MIGRATION_FAILS, "0002_step.sql"),
    ]
    assert [place.file[-13:] for place, _ in schema.problems[0].related] == ["0000_step.sql", "0001_step.sql"]
    assert "users" in {table.name.name for table in schema.tables if Column in table.unread}


def test_without_its_text_nothing_is_missing(tmp_path):
    schema = journalled(
        tmp_path, HEAD, LATER, "CREATE TABLE mine (id int);\nALTER TABLE late ADD x int;", "CREATE TABLE late ();"
    )

    assert {Table, Enum} <= schema.unread
    assert [problem.kind.value for problem in schema.problems] == [
        "unsupported-construct",
        "unsupported-construct",
        "migration-fails",
    ]


@pytest.mark.parametrize(
    "texts",
    [
        ["CREATE TABLE first ();", HEAD + BLOCK],
        [BLOCK, "CREATE TABLE first ();"],
        [HEAD + BLOCK + "\nCREATE TABLE first ();"],
    ],
)
def test_nothing_else_that_is_commented_out_is_run(tmp_path, texts):
    assert list(columns(journalled(tmp_path, *texts))) == ["first"]


def test_nor_in_a_folder_of_another_tool(tmp_path):
    (tmp_path / "0000.sql").write_text(HEAD + BLOCK)
    (tmp_path / "0001.sql").write_text("CREATE TABLE first ();")
    schema = SOURCES[0].open(SourceRequest("history", "migrations", (".",), tmp_path)).load()

    assert list(columns(schema)) == ["first"]
