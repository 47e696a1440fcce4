"""`ormistice fix --as`: where a migration goes, what it is called, and what is told of the fixes that are not in it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ormistice.cli import app
from ormistice.errors import AuditError

SCHEMA = """import { integer, pgTable, varchar } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });
export const orders = pgTable("orders", { id: integer("id").primaryKey() });
"""
FIRST = "CREATE TABLE users (id integer PRIMARY KEY);\n"

Fix = Callable[..., Any]


@pytest.fixture
def fix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fix:
    """Run `ormistice fix` on a Drizzle schema and Drizzle's migrations, which lack a table of it."""
    entry = {"idx": 0, "version": "7", "when": 0, "tag": "0000_first", "breakpoints": True}
    journal = {"version": "7", "dialect": "postgresql", "entries": [entry]}
    (tmp_path / "schema.ts").write_text(SCHEMA, "utf-8")
    (tmp_path / "steps" / "meta").mkdir(parents=True)
    (tmp_path / "steps" / "meta" / "_journal.json").write_text(json.dumps(journal), "utf-8")
    (tmp_path / "steps" / "0000_first.sql").write_text(FIRST, "utf-8")
    monkeypatch.chdir(tmp_path)
    return lambda *options: CliRunner().invoke(app, ["fix", "drizzle:schema.ts", "migrations:steps", *options])


def test_it_is_called_after_the_source_that_it_follows(fix: Fix) -> None:
    """Not after the history itself, whose word counts otherwise."""
    assert fix("--as", "drizzle").stdout.splitlines()[0] == "steps/0001_align_with_drizzle.sql"


def test_no_tool_writes_among_the_migrations_of_another(fix: Fix, tmp_path: Path) -> None:
    before = sorted((tmp_path / "steps").rglob("*"))
    refused = [fix("--as", form).exception for form in ("prisma", "alembic")]
    printed = fix("--as", "sql").stdout

    assert [isinstance(error, AuditError) and error.message for error in refused] == [
        ".: the migrations of steps are Drizzle's"
    ] * 2
    assert 'CREATE TABLE "public"."orders"' in printed
    assert sorted((tmp_path / "steps").rglob("*")) == before
    assert fix("--as", "prisma", "--to", "new").stdout.splitlines()[0].startswith("new/")


def test_what_is_no_folder_is_told(fix: Fix, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    refused = fix("--as", "sql", "--to", "file/below").exception

    assert isinstance(refused, AuditError)
    assert refused.message == "file/below: not a directory"


def test_fixes_that_are_left_out_are_counted_with_the_way_to_them(fix: Fix, tmp_path: Path) -> None:
    """The column gets shorter, which a value may be too long for."""
    users, _, _ = SCHEMA.partition("export const orders")
    (tmp_path / "schema.ts").write_text(users.replace("integer(", "varchar("), "utf-8")
    unsafe = "1 more with --unsafe: it may lose data or change what the application does\n"
    printed, migrated = fix("--towards", "drizzle"), fix("--towards", "drizzle", "--as", "drizzle")
    applied = fix("--towards", "drizzle", "--apply", "--unsafe")

    assert (printed.stdout, printed.stderr) == ("", f"no verified fix\n{unsafe}")
    assert (migrated.stdout, migrated.stderr) == ("", f"nothing to migrate\n{unsafe}")
    assert applied.stderr == (
        "0 fixes applied\n1 more for databases, which are left as they are: "
        "ormistice fix prints the statements, --as makes a migration of them\n"
    )
