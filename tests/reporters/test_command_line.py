"""What the options of the command line write, and where."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import junitparser
import pytest

USERS = """model users {
  id Int @id
}
"""
MORE = """
model more {
  id Int @id
}
"""

Run = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture
def ormistice(tmp_path: Path) -> Run:
    """Run it in a folder with two schemas that differ by a table, which is an error."""
    (tmp_path / "one.prisma").write_text(USERS, encoding="utf-8")
    (tmp_path / "two.prisma").write_text(USERS + MORE, encoding="utf-8")
    sources = ("one=one.prisma", "two=two.prisma")

    def run(command: str, *options: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
        line = [sys.executable, "-c", "from ormistice.cli import main; main()", command, *sources, *options]
        return subprocess.run(
            line, cwd=tmp_path, capture_output=True, check=False, timeout=120, env=environment or None
        )

    return run


def test_several_outputs_each_in_its_own_format(ormistice: Run, tmp_path: Path) -> None:
    names = (
        "report.md",
        "report.html",
        "report.sarif",
        "junit.xml",
        "report.json",
        "gl-code-quality-report.json",
        "a.txt",
    )
    done = ormistice("audit", *(word for name in names for word in ("--output", name)))
    texts = {name: (tmp_path / name).read_text("utf-8") for name in names}

    assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"")
    assert texts["report.md"].startswith("# Schema audit\n")
    assert texts["report.html"].startswith("<!DOCTYPE html>")
    assert json.loads(texts["report.sarif"])["version"] == "2.1.0"
    assert junitparser.JUnitXml.fromstring(texts["junit.xml"].encode()).failures == 1
    assert json.loads(texts["report.json"])["format_version"] == 1
    assert json.loads(texts["gl-code-quality-report.json"])[0]["severity"] == "critical"
    assert "1 error" in texts["a.txt"].splitlines()[-1]


@pytest.mark.parametrize("fail_on", ["error", "never"])
def test_junit_fails_as_the_run_does(fail_on: str, ormistice: Run, tmp_path: Path) -> None:
    done = ormistice("audit", "--output", "junit.xml", "--fail-on", fail_on)
    read = junitparser.JUnitXml.fromstring((tmp_path / "junit.xml").read_bytes())

    assert done.returncode == read.failures == (fail_on == "error")


def test_with_several_outputs_a_format_is_for_stdout(ormistice: Run, tmp_path: Path) -> None:
    done = ormistice("audit", "--format", "github", "--output", "a.md", "--output", "b.json")

    assert done.stdout.startswith(b"::error file=two.prisma,")
    assert (tmp_path / "a.md").exists()
    assert (tmp_path / "b.json").exists()


def test_report_is_an_audit_in_markdown(ormistice: Run, tmp_path: Path) -> None:
    told = ormistice("report")
    written = ormistice("report", "--output", "whole.md", "--output", "page.html", "--fail-on", "never")

    assert told.stdout == (tmp_path / "whole.md").read_bytes()
    assert told.stdout.startswith(b"# Schema audit")
    assert (told.returncode, written.returncode) == (1, 0)
    assert (tmp_path / "page.html").read_text("utf-8").startswith("<!DOCTYPE html>")


def test_a_format_that_is_none(ormistice: Run) -> None:
    done = ormistice("audit", "--format", "sarfi")

    assert done.returncode == 2
    assert b"sarif?" in done.stderr


def test_a_file_that_cannot_be_written(ormistice: Run) -> None:
    done = ormistice("audit", "--output", "a.md", "--output", "nowhere/b.md")

    assert done.returncode == 2
    assert done.stderr.splitlines() == [b"ormistice: nowhere/b.md: no such file or directory"]


def test_a_stdout_that_knows_few_letters(ormistice: Run) -> None:
    """What it cannot write becomes an escape, and no traceback."""
    done = ormistice("audit", "--format", "text", PYTHONIOENCODING="ascii", PATH="/usr/bin:/bin")

    assert (done.returncode, done.stderr) == (1, b"")
    assert b"\\u2717" in done.stdout
