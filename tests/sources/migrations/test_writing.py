"""A migration in each tool's own form leads to what it was written for, and stands behind the ones that are there."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ormistice.cli import app

MODELS = """from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table, Text

metadata = MetaData()
users = Table("users", metadata, Column("id", Integer, primary_key=True), Column("note", Text, server_default="a:b"))
orders = Table(
    "orders",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", Integer, ForeignKey("users.id", ondelete="CASCADE"), index=True),
)
"""
FIRST = "CREATE TABLE users (id serial PRIMARY KEY, note text DEFAULT 'a:b');\n"


def project(folder: Path, form: str) -> None:
    (folder / "models.py").write_text(MODELS, "utf-8")
    steps = folder / "steps"
    steps.mkdir()
    match form:
        case "prisma":
            (steps / "29991231235959_first").mkdir()
            (steps / "29991231235959_first" / "migration.sql").write_text(FIRST, "utf-8")
        case "drizzle":
            (steps / "meta").mkdir()
            entry = {"idx": 0, "version": "7", "when": 32503679999000, "tag": "0000_first", "breakpoints": True}
            journal = {"version": "7", "dialect": "postgresql", "entries": [entry]}
            (steps / "meta" / "_journal.json").write_text(json.dumps(journal), "utf-8")
            (steps / "0000_first.sql").write_text(FIRST, "utf-8")
        case "sql":
            (steps / "007_first.sql").write_text(FIRST, "utf-8")


@pytest.mark.parametrize("form", ["prisma", "drizzle", "sql"])
def test_it_leads_to_what_the_models_say(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project(tmp_path, form)
    monkeypatch.chdir(tmp_path)
    sources = ["sqlalchemy:models.py", "migrations:steps"]

    written = CliRunner().invoke(app, ["fix", *sources, "--towards", "sqlalchemy", "--as", form])
    again = CliRunner().invoke(app, ["audit", *sources, "--format", "json"])

    assert written.exit_code == 0, written.output
    assert json.loads(again.stdout)["summary"]["error"] == 0
    assert [item["rule"] for item in json.loads(again.stdout)["findings"]] == []
    assert CliRunner().invoke(app, ["fix", *sources, "--towards", "sqlalchemy", "--as", form]).stdout == ""


def test_names_go_on_where_the_last_one_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project(tmp_path, "sql")
    monkeypatch.chdir(tmp_path)

    written = CliRunner().invoke(app, ["fix", "sqlalchemy:models.py", "migrations:steps", "--as", "sql"])

    assert written.stdout == "steps/008_align_with_sqlalchemy.sql\n"


def test_without_a_folder_plain_sql_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project(tmp_path, "none")
    (tmp_path / "first.sql").write_text(FIRST, "utf-8")
    monkeypatch.chdir(tmp_path)

    written = CliRunner().invoke(app, ["fix", "sqlalchemy:models.py", "sql:first.sql", "--as", "sql"])

    assert "CREATE TABLE" in written.stdout
    assert "CONCURRENTLY" not in written.stdout


def test_other_forms_need_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project(tmp_path, "none")
    (tmp_path / "first.sql").write_text(FIRST, "utf-8")
    monkeypatch.chdir(tmp_path)

    refused = CliRunner().invoke(app, ["fix", "sqlalchemy:models.py", "sql:first.sql", "--as", "prisma"])

    assert "--to FOLDER" in (getattr(refused.exception, "hint", None) or refused.output)
