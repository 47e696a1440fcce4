"""The story of a backend whose migrations never caught up with its models, from the audit to the migration that does."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

STORY = Path(__file__).parent.parent / "fixtures" / "backend"
MISSING = {
    "addon_subscription",
    "feature_usage",
    "password_reset_token",
    "permission",
    "role",
    "role_permissions",
    "token_transaction",
    "user_roles",
    "user_token_balance",
}


@pytest.fixture
def story(tmp_path: Path) -> Path:
    return Path(shutil.copytree(STORY, tmp_path / "backend", ignore=shutil.ignore_patterns("__pycache__")))


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from ormistice.cli import main; main()", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def audited(folder: Path) -> dict[str, Any]:
    done = run(folder, "audit", "--format", "json")
    assert done.stdout, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def test_the_nine_tables_the_commented_out_operations_and_who_needs_them(story: Path) -> None:
    report = audited(story)
    missing = {item["name"].removeprefix("public.") for item in report["findings"] if item["rule"] == "missing-table"}
    commented = [item for item in report["findings"] if item["rule"] == "commented-out-migration"]
    tables = {item["table"].removeprefix("public."): item for item in report["missing_tables"]}

    assert missing == tables.keys() == MISSING
    assert [(Path(item["sites"][0]["file"]).name, item["sites"][0]["line"]) for item in commented] == [
        ("20260211_provider_ids.py", 13),
        ("20260211_provider_ids.py", 14),
        ("20260212_rename_provider_columns.py", 12),
    ]
    assert [site["line"] for site in tables["addon_subscription"]["waiting"]] == [13, 14, 12]


def test_uses_are_the_lines_that_name_the_class(story: Path) -> None:
    """Held against a plain search of the files, without the lines that only import."""
    uses = {item["table"].removeprefix("public."): item["uses"] for item in audited(story)["missing_tables"]}

    for table, name in (("password_reset_token", "PasswordResetToken"), ("user_roles", "user_roles")):
        found = {
            (str(path.relative_to(story)), number)
            for folder in ("repositories", "services", "routes")
            for path in (story / "src" / folder).glob("*.py")
            for number, line in enumerate(path.read_text("utf-8").split("\n"), 1)
            if name in line and "import" not in line
        }
        assert {(use["file"], use["line"]) for use in uses[table]} == found
        assert {use["layer"] for use in uses[table]} == {Path(file).parent.name for file, _ in found}


def test_every_table_comes_after_those_that_it_references(story: Path) -> None:
    tables = audited(story)["missing_tables"]
    order = [item["table"] for item in tables]

    for item in tables:
        for target in item["references"]:
            assert target not in order or order.index(target) < order.index(item["table"])
    plan = run(story, "plan").stdout
    assert [plan.index(f"`{table}`") for table in order] == sorted(plan.index(f"`{table}`") for table in order)


def test_the_migration_goes_up_down_and_up_and_leaves_no_table_missing(story: Path, database: str) -> None:
    written = run(story, "fix", "--towards", "sqlalchemy", "--as", "alembic")
    assert written.returncode == 0, written.stderr
    (path,) = written.stdout.split()
    text = (story / path).read_text("utf-8")
    created = [line.split('"')[3] for line in text.split("\n") if line.startswith("CREATE TABLE")]
    assert set(created) == MISSING
    assert created.index("role") < created.index("role_permissions") > created.index("permission")

    address = database.replace("postgresql://", "postgresql+psycopg://")
    for step in (("upgrade", "head"), ("downgrade", "-1"), ("upgrade", "head")):
        subprocess.run(
            [sys.executable, "-m", "alembic", *step],
            cwd=story,
            env=os.environ | {"DATABASE_URL": address},
            check=True,
            capture_output=True,
        )

    assert [item["rule"] for item in audited(story)["findings"] if item["severity"] == "error"] == []
    live = run(story, "audit", "sqlalchemy:src.models", database, "--format", "json")
    assert json.loads(live.stdout)["summary"]["error"] == 0
