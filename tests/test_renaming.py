"""Tables under two names are compared as one where the configuration says so, and mended under their own."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ormistice.cli import app

PRISMA = """model UserProfile {
  id    Int    @id
  notes Note[]
}

model Note {
  id     Int         @id
  userId Int
  user   UserProfile @relation(fields: [userId], references: [id], onDelete: Restrict, onUpdate: NoAction)
}
"""
SQL = """
CREATE TABLE users_profiles (id integer PRIMARY KEY);
CREATE TABLE note (id integer PRIMARY KEY, "userId" integer NOT NULL REFERENCES users_profiles ON DELETE CASCADE);
"""
CONFIG = """
[[sources]]
location = "prisma:schema.prisma"

[[sources]]
location = "sql:database.sql"
"""
NAMES = """
[names]
UserProfile = "users_profiles"
Note = "note"
"""


def findings(folder: Path, config: str, monkeypatch: pytest.MonkeyPatch, sql: str = SQL) -> list[dict[str, object]]:
    (folder / "schema.prisma").write_text(PRISMA, "utf-8")
    (folder / "database.sql").write_text(sql, "utf-8")
    (folder / "ormistice.toml").write_text(config, "utf-8")
    monkeypatch.chdir(folder)
    done = CliRunner().invoke(app, ["audit", "--format", "json"])
    found = json.loads(done.stdout)["findings"]
    return [item for item in found if item["severity"] != "info"]


def test_without_a_mapping_the_names_are_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (only,) = findings(tmp_path, CONFIG, monkeypatch)

    assert only["rule"] == "table-name-mismatch"


def test_with_it_the_tables_are_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (only,) = findings(tmp_path, CONFIG + NAMES, monkeypatch)

    assert (only["rule"], only["table"]) == ("on-delete-mismatch", "public.note")
    assert only["claims"] == {
        "prisma": "REFERENCES public.users_profiles (id) ON DELETE RESTRICT",
        "sql": "REFERENCES public.users_profiles (id) ON DELETE CASCADE",
    }


def test_a_fix_keeps_the_names_of_its_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    findings(tmp_path, CONFIG + NAMES, monkeypatch)

    done = CliRunner().invoke(app, ["fix", "--apply", "--unsafe", "--severity", "warning"])

    assert done.exit_code == 0, done.output
    text = (tmp_path / "schema.prisma").read_text("utf-8")
    assert text == PRISMA.replace("onDelete: Restrict", "onDelete: Cascade")


def test_columns_get_their_names_in_tables_that_keep_theirs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a table that is called otherwise, and of a key to it that the user has mapped as well."""
    sql = SQL.replace('"userId"', "user_id").replace("ON DELETE CASCADE", "ON DELETE RESTRICT")
    (only,) = findings(tmp_path, CONFIG + NAMES, monkeypatch, sql)
    done = CliRunner().invoke(app, ["fix", "--apply", "--severity", "error"])

    assert (only["rule"], only["table"]) == ("column-name-mismatch", "public.note")
    assert done.exit_code == 0, done.output
    text = (tmp_path / "schema.prisma").read_text("utf-8")
    assert text == PRISMA.replace("userId Int\n", 'userId Int         @map("user_id")\n')


def test_a_name_that_is_taken_is_given_to_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = '[names]\nUserProfile = "Note"\n'
    (only,) = findings(tmp_path, CONFIG + names, monkeypatch)

    assert only["rule"] == "table-name-mismatch"
