"""After `fix --apply` on the credits story the tools that own its files see nothing left to do."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import HERE, Push

pytestmark = pytest.mark.conformance
STORY = HERE.parents[2] / "fixtures" / "credits"
SCHEMA, MODELS = "nextjs/src/database/schema.ts", "fastapi/models/credits.py"


@pytest.fixture
def live(database: str, run_sql: Callable[[str, str], None]) -> str:
    run_sql(database, (STORY / "database.sql").read_text("utf-8"))
    return database


@pytest.fixture
def story(tmp_path: Path) -> Path:
    return Path(shutil.copytree(STORY, tmp_path / "credits"))


def mended(story: Path) -> None:
    """Everything applied that a run offers, and nothing offered behind it."""
    command = [sys.executable, "-c", "from ormistice.cli import main; main()", "fix", "--apply"]
    counts = [
        subprocess.run(command, cwd=story, check=True, capture_output=True, text=True).stderr.split()[0]
        for _ in range(2)
    ]
    assert (int(counts[0]) > 0, counts[1]) == (True, "0")


def compared(file: Path, url: str) -> list[str]:
    """What Alembic would do about the tables that the classes are of."""
    command = [sys.executable, str(HERE / "compared.py"), str(file), url]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


def test_drizzle_kit_sees_no_change(story: Path, live: str, push: Push) -> None:
    before = push(story / SCHEMA, live)
    mended(story)

    assert before != []
    assert push(story / SCHEMA, live) == []


def test_alembic_sees_no_change(story: Path, live: str) -> None:
    before = compared(story / MODELS, live)
    mended(story)

    assert before != []
    assert compared(story / MODELS, live) == []
