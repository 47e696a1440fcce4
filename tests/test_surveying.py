"""`ormistice init` finds what a repository holds, and what it writes is a configuration that audits."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ormistice.config import read_config, requests
from ormistice.surveying import Found, survey

ROOT = Path(__file__).parent.parent


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from ormistice.cli import main; main()", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def story(tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(ROOT / "fixtures" / "credits", tmp_path / "credits"))
    (folder / "ormistice.toml").unlink()
    (folder / "node_modules" / "x").mkdir(parents=True)
    (folder / "node_modules" / "x" / "schema.prisma").write_text("datasource db {\n}\n", "utf-8")
    return folder


def test_it_finds_the_sources_of_the_story(story: Path) -> None:
    assert survey(story) == (
        Found("drizzle", "nextjs/src/database/schema.ts", "calls pgTable"),
        Found("sqlmodel", "fastapi/models/credits.py", "declares tables"),
    )


def test_what_it_writes_can_be_audited(story: Path) -> None:
    done = run(story, "init")
    config = read_config(story / "ormistice.toml")
    audited = run(story, "audit", "--format", "json")

    assert done.returncode == 0, done.stderr
    assert [request.name for request in requests(config)] == ["drizzle", "sqlmodel"]
    assert audited.returncode == 1, audited.stderr


def test_it_leaves_a_configuration_alone(story: Path) -> None:
    (story / "ormistice.toml").write_text("# mine\n", "utf-8")
    done = run(story, "init")

    assert (done.returncode, (story / "ormistice.toml").read_text("utf-8")) == (2, "# mine\n")


def test_configurations_and_migrations_are_told_apart(tmp_path: Path) -> None:
    for path, text in {
        "web/drizzle.config.ts": "export default {}",
        "web/src/schema.ts": "pgTable('t', {})",
        "web/drizzle/meta/_journal.json": "{}",
        "db/prisma/a.prisma": "datasource db {\n}\n",
        "db/prisma/b.prisma": "model b {\n}\n",
        "db/prisma/migrations/migration_lock.toml": "",
        "api/app/models/__init__.py": "",
        "api/app/models/one.py": "class Base(DeclarativeBase): pass",
        "api/app/models/two.py": "metadata = MetaData()",
        "api/alembic.ini": "[alembic]",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")

    assert [(item.kind, item.path) for item in survey(tmp_path)] == [
        ("drizzle", "web/drizzle.config.ts"),
        ("migrations", "api/alembic.ini"),
        ("migrations", "db/prisma/migrations"),
        ("migrations", "web/drizzle"),
        ("prisma", "db/prisma"),
        ("sqlalchemy", "api/app/models"),
    ]
