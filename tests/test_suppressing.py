"""What a user allows is not told; what no longer needs it is."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from ormistice.findings import Finding, Severity, Site, Violation
from ormistice.model import Schema
from ormistice.suppressing import allowed
from ormistice.text import Document, Span

DATASOURCE = 'datasource db {\n  provider = "postgresql"\n}\n\n'
SQL = "CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL, age bigint);\n"
Run = Callable[..., dict]


@pytest.fixture
def audit(tmp_path: Path) -> Run:
    """Audit a model `users` with these lines against a database; the JSON report with its exit code."""

    def run(lines: str, *options: str, config: str = "") -> dict:
        (tmp_path / "schema.prisma").write_text(f"{DATASOURCE}model users {{\n{lines}}}\n", encoding="utf-8")
        (tmp_path / "database.sql").write_text(SQL, encoding="utf-8")
        sources = '[[sources]]\nlocation = "sql:database.sql"\n[[sources]]\nlocation = "prisma:schema.prisma"\n'
        (tmp_path / "ormistice.toml").write_text(config + sources, encoding="utf-8")
        command = [
            sys.executable,
            "-c",
            "from ormistice.cli import main; main()",
            "audit",
            "--format",
            "json",
            *options,
        ]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode in (0, 1), done.stderr
        told = {"exit": done.returncode, "stderr": done.stderr}
        return told | (json.loads(done.stdout) if done.stdout else {})

    return run


def rules(report: dict) -> list[str]:
    return sorted(item["rule"] for item in report["findings"])


NULLABLE = "  id Int @id\n  name String?{0}\n  age BigInt?\n"


def test_without_a_comment_it_is_told(audit: Run) -> None:
    report = audit(NULLABLE.format(""))

    assert (rules(report), report["exit"], report["summary"]["suppressed"]) == (["nullability-mismatch"], 1, 0)


@pytest.mark.parametrize(
    "lines",
    [
        NULLABLE.format(" // ormistice: allow nullability-mismatch filled by a trigger"),
        NULLABLE.format(" // ormistice: allow on-delete-mismatch, nullability-mismatch"),
        NULLABLE.replace("  name", "  // ormistice: allow nullability-mismatch\n  name").format(""),
        NULLABLE.format(" // ormistice: allow nullability-mismatch until 2999-12-31 filled by a trigger"),
        NULLABLE.format(" // ormistice:allow nullability-mismatch until we have written to all"),
    ],
)
def test_a_comment_on_the_line_or_above_it_allows(audit: Run, lines: str) -> None:
    report = audit(lines)

    assert (rules(report), report["exit"], report["summary"]["suppressed"]) == ([], 0, 1)


@pytest.mark.parametrize("comment", ["allow on-delete-mismatch", "allow nullability-mismatch until 2001-01-01"])
def test_a_comment_that_allows_nothing_is_told(audit: Run, comment: str) -> None:
    report = audit(NULLABLE.format(f" // ormistice: {comment}"))

    assert rules(report) == ["nullability-mismatch", "unused-allowance"]
    assert {item["sites"][0]["line"] for item in report["findings"]} == {7}


@pytest.mark.parametrize(
    ("comment", "words"),
    [
        ("allow on-delete-mismatch", "on-delete-mismatch allows nothing: no such finding is here"),
        (
            "allow nulability-mismatch",
            "nulability-mismatch allows nothing: no rule is named nulability-mismatch; nullability-mismatch?",
        ),
        (
            "allow nullability_mismatch",
            "nullability_mismatch allows nothing: no rule is named nullability_mismatch; nullability-mismatch?",
        ),
        ("allow", "names no rule"),
        ("allow nullability-mismatch until 2001-01-01", "nullability-mismatch expired on 2001-01-01"),
        (
            "allow nullability-mismatch until 2999-13-01",
            "nullability-mismatch allows nothing: 2999-13-01 is no date, such as 2030-12-31",
        ),
        (
            "allow nullability-mismatch until 2999/12/31",
            "nullability-mismatch allows nothing: 2999/12/31 is no date, such as 2030-12-31",
        ),
    ],
)
def test_it_is_told_why_a_comment_allows_nothing(comment: str, words: str) -> None:
    documents = (Document("schema.prisma", f"model users {{\n  name String? // ormistice: {comment}\n}}\n"),)
    schemas = {"prisma": Schema("prisma", (), (), frozenset(), documents=documents)}
    (unused,), count = allowed((), schemas, date(2026, 1, 1))

    assert (unused.rule, count) == ("unused-allowance", 0)
    assert unused.violation.message == f"the comment that allows {words}"


TEXT = """model users {
  id Int @id // ormistice: allow nullability-mismatch until 2026-06-30
  name String?
  // ormistice: allow nullability-mismatch
  age Int?
}
"""


@pytest.mark.parametrize(
    ("file", "line", "day", "count"),
    [
        ("schema.prisma", 2, date(2026, 6, 30), 1),
        ("schema.prisma", 2, date(2026, 7, 1), 0),
        ("schema.prisma", 3, date(2026, 6, 30), 0),
        ("schema.prisma", 4, date(2026, 7, 1), 1),
        ("schema.prisma", 5, date(2026, 7, 1), 1),
        ("schema.prisma", 6, date(2026, 7, 1), 0),
        ("other.prisma", 5, date(2026, 7, 1), 0),
    ],
)
def test_a_comment_allows_what_points_at_its_line_and_alone_at_the_next(
    file: str, line: int, day: date, count: int
) -> None:
    documents = (Document("schema.prisma", TEXT), Document("other.prisma", TEXT.replace("ormistice", "nothing")))
    schemas = {"prisma": Schema("prisma", (), (), frozenset(), documents=documents)}
    at = documents[0].offset(line, 1)
    sites = (Site("prisma", Span(file, at, at + 1), "here"),)
    violation = Violation("", "prisma", ("prisma",), {}, sites)
    finding = Finding("nullability-mismatch", Severity.ERROR, None, violation, "mark")

    assert allowed((finding,), schemas, day)[1] == count


def test_a_severity_can_be_set_by_rule(audit: Run) -> None:
    lines = NULLABLE.format("")
    noted = audit(lines, config='[severity]\nnullability-mismatch = "info"\n')
    silent = audit(lines, config='[severity]\nnullability-mismatch = "off"\n')

    assert (noted["exit"], noted["findings"][0]["severity"]) == (0, "info")
    assert (silent["exit"], silent["findings"]) == (0, [])


def test_a_baseline_hides_what_it_knows_and_only_shrinks(audit: Run, tmp_path: Path) -> None:
    both = "  id Int @id\n  name String?\n  age Int?\n"
    options = ("--baseline", "known.json")
    begun = audit(both, *options, "--update-baseline")
    first = json.loads((tmp_path / "known.json").read_text("utf-8"))
    hidden = audit(both, *options)
    one_mended = "  id Int @id\n  name String\n  age Int?\n"
    less = audit(one_mended, *options, "--update-baseline")
    second = json.loads((tmp_path / "known.json").read_text("utf-8"))
    back = audit(both, *options)
    nothing_new = audit(both, *options, "--update-baseline")

    assert [entry["rule"] for entry in first["findings"]] == ["column-type-mismatch", "nullability-mismatch"]
    assert (hidden["exit"], hidden["findings"], hidden["summary"]["suppressed"]) == (0, [], 2)
    assert [entry["rule"] for entry in second["findings"]] == ["column-type-mismatch"]
    assert rules(back) == ["nullability-mismatch"]
    assert begun["stderr"] == "2 findings in the baseline\n"
    assert less["stderr"] == "1 finding in the baseline, 1 gone\n"
    assert nothing_new["stderr"].splitlines() == [
        "1 finding in the baseline, 0 gone",
        "1 more found and left out, for a baseline only shrinks: delete it to begin anew",
    ]


def test_a_fingerprint_holds_no_line(audit: Run) -> None:
    before = audit(NULLABLE.format(""))["findings"][0]["fingerprint"]
    after = audit("  // one\n  // two\n" + NULLABLE.format(""))["findings"][0]["fingerprint"]

    assert before == after
