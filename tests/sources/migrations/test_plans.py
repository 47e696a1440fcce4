"""The story of fixtures/plans: tables lost by a generated migration, and two migrations that run before their time."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

STORY = Path(__file__).parents[3] / "fixtures" / "plans"
BY_HAND, GENERATED = "20250318160000_usage_by_hand", "20250325110000_team_slug"
NEEDED = "20250310090000_plans"
REPORTS = ("findings.txt", "report.md", "report.json")


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what one audit says in three formats."""
    folder = tmp_path_factory.mktemp("reports")
    outputs = [word for name in REPORTS for word in ("--output", str(folder / name))]
    command = [sys.executable, "-c", "from ormistice.cli import main; main()", "audit", "--config", "ormistice.toml"]
    done = subprocess.run([*command, *outputs], cwd=STORY, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    return folder


@pytest.fixture(scope="module")
def findings(reports: Path) -> list[dict]:
    return json.loads((reports / "report.json").read_text(encoding="utf-8"))["findings"]


def line_at(site: dict) -> str:
    return (STORY / site["file"]).read_text(encoding="utf-8").splitlines()[site["line"] - 1]


def test_what_the_generated_migration_drops_is_told_with_who_made_it_and_who_needs_it(findings: list[dict]) -> None:
    lost = [item for item in findings if item["rule"] == "migration-drops-data"]

    assert [item["severity"] for item in lost] == ["error", "error"]
    for item, table, model in zip(lost, ("usage_events", "usage_totals"), ("UsageEvent", "UsageTotal"), strict=True):
        dropping, creating, using = item["sites"]
        assert f"`public.{table}`" in item["message"]
        assert BY_HAND in item["message"]
        assert GENERATED in dropping["file"]
        assert line_at(dropping) == f'DROP TABLE "{table}";'
        assert BY_HAND in creating["file"]
        assert line_at(creating) == f"CREATE TABLE {table} ("
        assert line_at(using) == f"class {model}(Base):"


def test_both_that_sort_before_what_they_need_are_told_with_it(findings: list[dict]) -> None:
    failing = {item["sites"][0]["file"].split("/")[-2]: item["message"] for item in findings if "fails" in item["rule"]}

    assert sorted(failing) == ["20250304103000_plan_prices", "20250306141500_plan_seats"]
    assert all(f"`plans` is created by the later migration `{NEEDED}`" in message for message in failing.values())


def test_nothing_but_the_story_is_told(findings: list[dict]) -> None:
    """The tables that are lost are missing, and what failing migrations would have made is not called missing."""
    told = {(item["rule"], item["table"]) for item in findings if item["rule"] != "migration-fails"}

    assert told == {
        ("migration-drops-data", None),
        ("missing-table", "public.usage_events"),
        ("missing-table", "public.usage_totals"),
    }


def test_the_missing_tables_can_be_made_again(findings: list[dict]) -> None:
    fixes = [item["fix"] for item in findings if item["rule"] == "missing-table"]

    assert [(fix["source"], fix["applicability"], fix["verified"]) for fix in fixes] == [("history", "safe", True)] * 2


@pytest.mark.parametrize("name", REPORTS)
def test_the_reports_are_as_expected(reports: Path, name: str, request: pytest.FixtureRequest) -> None:
    """Read once by a person; `make bless` writes them again."""
    expected = STORY / "expected" / name
    actual = (reports / name).read_text(encoding="utf-8")
    if request.config.getoption("--bless"):
        expected.write_text(actual, encoding="utf-8")

    assert expected.read_text(encoding="utf-8") == actual
