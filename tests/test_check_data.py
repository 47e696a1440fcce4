"""Rows that a fix would meet with an error, counted in a live database where the user asks for it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ormistice.cli import app


def test_rows_in_the_way_of_a_fix_are_counted_where_that_is_asked(
    tmp_path: Path, database: str, run_sql: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run_sql(database, "CREATE TABLE t (id integer PRIMARY KEY, name text); INSERT INTO t VALUES (1), (2), (3)")
    run_sql(database, "UPDATE t SET name = 'x' WHERE id = 3")
    table = 'Table("t", m, Column("id", Integer, primary_key=True), Column("name", Text, nullable=False))'
    text = f"from sqlalchemy import Column, Integer, MetaData, Table, Text\nm = MetaData()\nt = {table}\n"
    (tmp_path / "models.py").write_text(text, "utf-8")
    arguments = ["audit", "sqlalchemy:models.py", database, "--authority", "sqlalchemy", "--format", "json"]

    def rows(*more: str) -> list[int]:
        report = json.loads(CliRunner().invoke(app, [*arguments, *more]).stdout)
        (found,) = [item for item in report["findings"] if item["rule"] == "nullability-mismatch"]
        return [item["count"] for item in found["rows_in_the_way"]]

    assert rows() == []
    assert rows("--check-data") == [2]
