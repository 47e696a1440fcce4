"""`ormistice fix`: a diff that patch takes, files written all or none, and nothing left to fix afterwards."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ormistice.audit import Settings
from ormistice.config import read_config, requests
from ormistice.errors import AuditError
from ormistice.fixing import Limits, apply
from ormistice.sources import kind_of

STORY = Path(__file__).parent.parent / "fixtures" / "credits"
SCHEMA, MODELS = "nextjs/src/database/schema.ts", "fastapi/models/credits.py"


@pytest.fixture
def story(tmp_path: Path) -> Path:
    return Path(shutil.copytree(STORY, tmp_path / "credits"))


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from ormistice.cli import main; main()", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def texts(folder: Path) -> tuple[str, str]:
    return (folder / SCHEMA).read_text("utf-8"), (folder / MODELS).read_text("utf-8")


def test_the_diff_is_one_that_patch_takes_and_it_mends_all(story: Path) -> None:
    before = texts(story)
    shown = run(story, "fix")
    assert (shown.returncode, texts(story)) == (0, before)

    subprocess.run(["patch", "-p1", "--quiet"], cwd=story, input=shown.stdout, text=True, check=True)
    assert run(story, "audit").returncode == 0


def test_applied_they_leave_nothing_to_fix_and_touch_three_lines(story: Path) -> None:
    before = "\n".join(texts(story)).split("\n")
    done = run(story, "fix", "--apply", "--severity", "warning")
    after = "\n".join(texts(story)).split("\n")

    assert (done.returncode, done.stdout.split()) == (0, [MODELS, SCHEMA])
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 3
    assert run(story, "audit").returncode == 0
    assert run(story, "fix", "--severity", "warning").stdout == ""


def test_towards_a_schema_file_the_database_gets_statements_and_is_left_alone(story: Path) -> None:
    shown = run(story, "fix", "--towards", "drizzle")

    assert shown.returncode == 0, shown.stderr
    assert "-- for database" in shown.stdout
    assert shown.stdout.count("VALIDATE CONSTRAINT") == 2


def test_where_one_file_was_changed_meanwhile_none_is_written(story: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(story)
    config = read_config(story / "ormistice.toml")
    opened = tuple(
        kind_of(item.locations[0], story)[0].open(asked)
        for item, asked in zip(config.sources, requests(config), strict=True)
    )
    schema, models = texts(story)

    def somebody_edits(step: str) -> None:
        if step == "verifying fixes":
            (story / SCHEMA).write_text(schema + "// new\n", "utf-8")

    with pytest.raises(AuditError, match=r"schema\.ts: is not what was read, and nothing was written"):
        apply(opened, Settings(databases=frozenset({"database"})), Limits(), somebody_edits)

    assert texts(story) == (schema + "// new\n", models)
