"""Paths as reports and diffs name them: one style wherever they are seen from, and names that `git apply` takes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ormistice.diffing import folder_of, unified
from ormistice.errors import AuditError
from ormistice.reporters import reporter
from ormistice.sources import SourceRequest, kind_of, shown
from reporters.reports import shop

PRISMA = """datasource db {
  provider = "postgresql"
}
model users {
  id   String  @id
  name String?
}
"""
DRIZZLE = """import { pgTable, text } from "drizzle-orm/pg-core";
export const users = pgTable("users", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
});
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two descriptions side by side that differ in one word, in a repository."""
    top = tmp_path / "the repository"
    for name, text in (("web app/schema.prisma", PRISMA), ("server/schema.ts", DRIZZLE)):
        (top / name).parent.mkdir(parents=True)
        (top / name).write_text(text)
    subprocess.run(["git", "init", "--quiet", top], check=True)
    return top


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from ormistice.cli import main; main()", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def fix(folder: Path, top: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    prisma, drizzle = (os.path.relpath(top / name, folder) for name in ("web app/schema.prisma", "server/schema.ts"))
    return run(folder, "fix", f"prisma:{prisma}", f"drizzle:{drizzle}", *arguments)


def applied(text: str, folder: Path) -> None:
    subprocess.run(["git", "apply", "-"], cwd=folder, input=text, text=True, check=True)


@pytest.mark.parametrize(
    ("seen_from", "as_given", "expected"),
    [
        (".", "server/schema.ts", "server/schema.ts"),
        ("server", "schema.ts", "schema.ts"),
        ("server", "../web app/schema.prisma", "../web app/schema.prisma"),
        ("server", "{top}/web app/schema.prisma", "../web app/schema.prisma"),
        ("server", "{top}/server/schema.ts", "schema.ts"),
        ("server", "../../elsewhere.prisma", "{top.parent}/elsewhere.prisma"),
        ("server", "{top.parent}/elsewhere.prisma", "{top.parent}/elsewhere.prisma"),
        ("server/..", "server/../web app/schema.prisma", "web app/schema.prisma"),
    ],
)
def test_paths_are_relative_within_the_repository_and_absolute_without_however_they_are_given(
    repository: Path, monkeypatch: pytest.MonkeyPatch, seen_from: str, as_given: str, expected: str
) -> None:
    monkeypatch.chdir(repository / seen_from)

    assert shown(Path(as_given.format(top=repository))) == expected.format(top=repository)


def test_without_a_repository_what_lies_elsewhere_is_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    assert shown(Path("../there/schema.prisma")) == str(tmp_path / "there/schema.prisma")
    assert shown(Path("below.prisma")) == "below.prisma"


@pytest.mark.parametrize("seen_from", [".", "server"])
def test_git_apply_takes_a_diff_of_what_lies_below(repository: Path, seen_from: str) -> None:
    folder = repository / seen_from
    found = fix(folder, repository, "--towards", "prisma")
    applied(found.stdout, folder)

    assert "notNull" not in (repository / "server/schema.ts").read_text()


@pytest.mark.parametrize("seen_from", ["server", "../elsewhere"])
def test_git_apply_takes_a_diff_of_what_lies_elsewhere_from_the_folder_that_is_named(
    repository: Path, seen_from: str
) -> None:
    folder = repository / seen_from
    folder.mkdir(exist_ok=True)
    found = fix(folder, repository, "--towards", "drizzle")

    assert "--- a/web app/schema.prisma" in found.stdout
    named = ".." if seen_from == "server" else f"'{repository}'"
    assert found.stdout.startswith(f"# to apply it: git -C {named} apply\n")
    applied(found.stdout, repository)
    assert "name String\n" in (repository / "web app/schema.prisma").read_text()


def test_what_lies_in_no_repository_is_named_from_the_folder_in_common(repository: Path, tmp_path: Path) -> None:
    (repository / ".git").rename(tmp_path / "kept")
    (tmp_path / "elsewhere").mkdir()
    found = fix(tmp_path / "elsewhere", repository, "--towards", "drizzle")

    assert "--- a/schema.prisma" in found.stdout
    assert found.stdout.startswith(f"# to apply it: git -C '{repository}/web app' apply\n")
    applied(found.stdout, repository / "web app")
    assert "name String\n" in (repository / "web app/schema.prisma").read_text()


def test_each_diff_of_a_report_is_named_so(repository: Path) -> None:
    told = run(repository / "server", "audit", "../web app/schema.prisma", "schema.ts", "--format", "json")
    (finding,) = json.loads(told.stdout)["findings"]

    assert finding["sites"][0]["file"] in {"schema.ts", "../web app/schema.prisma"}
    assert finding["fix"]["diff"].startswith("--- a/")
    assert not finding["fix"]["diff"].startswith(("--- a/..", "--- a//"))


def test_files_below_the_working_directory_are_named_from_there(tmp_path: Path) -> None:
    assert unified("server/schema.ts", "a\n", "b\n").startswith("--- a/server/schema.ts\n+++ b/server/schema.ts\n")
    assert folder_of([str(tmp_path / "a/x.ts"), str(tmp_path / "b/y.ts")]) == tmp_path
    assert folder_of(["a/x.ts"]) is None


@pytest.mark.parametrize("form", ["github", "gitlab", "junit", "sarif"])
def test_forges_find_files_from_the_top_of_the_repository(
    repository: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    report = shop()
    monkeypatch.chdir(repository)
    from_top = reporter(form)(report)
    monkeypatch.chdir(repository / "web app")
    from_below = reporter(form)(report)

    below = "web%20app/schema.prisma" if form == "sarif" else "web app/schema.prisma"
    assert below in from_below
    assert from_below.replace(below, "schema.prisma") == from_top


def test_a_folder_that_may_not_be_looked_at_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The superuser may look at every folder.
    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.chdir(tmp_path)
    kind, prefix, target = kind_of("prisma:.", tmp_path)

    with pytest.raises(AuditError, match="permission denied"):
        kind.open(SourceRequest("prisma", prefix, (target,), tmp_path)).load()
