"""A forge, and a git repository with a pull request that breaks one key and mends another."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.forge import Forge
from bot.forge import forge as opened_forge
from ormistice.cli import app
from ormistice.errors import AuditError

TOKEN = "ghp_verysecrettoken"  # noqa: S105 - made up

PRISMA = """datasource db {
  provider = "postgresql"
}

model users {
  id     Int      @id
  orders orders[]
  carts  carts[]
}

model orders {
  id      Int   @id
  user_id Int
  user    users @relation(fields: [user_id], references: [id], onDelete: ORDERS)
}

model carts {
  id      Int   @id
  user_id Int
  user    users @relation(fields: [user_id], references: [id], onDelete: CARTS)
}
"""
DRIZZLE = """import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer().primaryKey() });

export const orders = pgTable("orders", {
  id: integer().primaryKey(),
  userId: integer("user_id").notNull().references(() => users.id, { onDelete: "cascade" }),
});

export const carts = pgTable("carts", {
  id: integer().primaryKey(),
  userId: integer("user_id").notNull().references(() => users.id, { onDelete: "cascade" }),
});
"""
CONFIG = """authority = "drizzle"

[severity]
constraint-name-mismatch = "off"
on-update-mismatch = "off"

[[sources]]
location = "prisma:db/schema.prisma"

[[sources]]
name = "drizzle"
location = "drizzle:db/schema.ts"
"""

Comment = Callable[..., Result]


@pytest.fixture
def forge() -> Iterator[Forge]:
    with opened_forge() as kept:
        yield kept


def git(folder: Path, *arguments: str) -> str:
    command = [
        "git",
        "-c",
        "user.name=t",
        "-c",
        "user.email=t@example.org",
        "-c",
        "init.defaultBranch=main",
        *arguments,
    ]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def prisma(orders: str, carts: str) -> str:
    return PRISMA.replace("ORDERS", orders).replace("CARTS", carts)


def commit(folder: Path, message: str, **files: str | None) -> str:
    """Files by their name in db/, without the ending."""
    endings = {"schema_prisma": "db/schema.prisma", "schema_ts": "db/schema.ts", "config": "ormistice.toml"}
    for name, text in files.items():
        path = folder / endings[name]
        path.parent.mkdir(exist_ok=True)
        path.unlink() if text is None else path.write_text(text, encoding="utf-8")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """On main, the key of carts is wrong; on the branch, that of orders instead."""
    folder = tmp_path / "project"
    folder.mkdir()
    git(folder, "init", "--quiet")
    commit(folder, "main", schema_prisma=prisma("Cascade", "Restrict"), schema_ts=DRIZZLE, config=CONFIG)
    git(folder, "switch", "--quiet", "--create", "change")
    commit(folder, "change", schema_prisma=prisma("Restrict", "Cascade"))
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def environment(forge: Forge, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """What GitHub Actions sets; gives the file of the job's summary."""
    for name in ("GITHUB_EVENT_PATH", "GITHUB_BASE_REF", "GITLAB_CI", "CI_API_V4_URL"):
        monkeypatch.delenv(name, raising=False)
    summary = tmp_path / "summary.md"
    given = {"GITHUB_REPOSITORY": "o/r", "GITHUB_TOKEN": TOKEN, "GITHUB_API_URL": forge.address, "GITHUB_RUN_ID": "123"}
    for name, value in {
        **given,
        "GITHUB_STEP_SUMMARY": str(summary),
        "GITHUB_SERVER_URL": "https://github.test",
    }.items():
        monkeypatch.setenv(name, value)
    return summary


@pytest.fixture
def stranger(environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The event of a pull request from a fork."""
    event = {
        "number": 7,
        "pull_request": {
            "number": 7,
            "head": {"repo": {"full_name": "x/r", "fork": True}},
            "base": {"repo": {"full_name": "o/r"}},
        },
    }
    path = environment.with_name("event.json")
    path.write_text(json.dumps(event), encoding="utf-8")
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(path))


@pytest.fixture
def comment(environment: Path) -> Comment:
    """Run the command; every output must be free of the token."""

    def run(*arguments: str, base: str | None = "main") -> Result:
        environment.unlink(missing_ok=True)
        given = [] if base is None else ["--base", base]
        result = CliRunner().invoke(app, ["comment", "--pr", "7", *given, *arguments])
        assert TOKEN not in result.output
        assert result.exception is None or isinstance(result.exception, (SystemExit, AuditError)), result.exc_info
        return result

    return run
