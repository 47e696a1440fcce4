"""The story of fixtures/credits: three keys out of line, each with a fix that holds, and nothing else of weight."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
STORY = ROOT / "fixtures" / "credits"
KEYS = {
    ("public.credit_transactions", "user_id"): "drizzle",
    ("public.api_key_credits", "user_id"): "drizzle",
    ("public.teams", "owner_id"): "sqlmodel",
}
EXPRESSIONS = {"drizzle": "users.id", "sqlmodel": '"user_credits.user_id"'}


def audit(folder: Path, form: str = "json", config: str = "ormistice.toml") -> str:
    command = [sys.executable, "-c", "from ormistice.cli import main; main()", "audit", "--config", config]
    done = subprocess.run([*command, "--format", form], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


@pytest.fixture
def story(tmp_path: Path) -> Path:
    return Path(shutil.copytree(STORY, tmp_path / "credits"))


def errors(report: dict) -> dict:
    return {(item["table"], *item["columns"]): item for item in report["findings"] if item["severity"] == "error"}


def test_the_three_keys_and_nothing_else_above_a_note(story: Path) -> None:
    report = json.loads(audit(story))

    assert {key: item["outliers"] for key, item in errors(report).items()} == {key: [who] for key, who in KEYS.items()}
    assert {item["rule"] for item in errors(report).values()} == {"foreign-key-target-mismatch"}
    assert (report["summary"]["error"], report["summary"]["warning"]) == (3, 0)


def test_each_claim_points_at_the_very_expression(story: Path) -> None:
    for item in errors(json.loads(audit(story))).values():
        assert set(item["claims"]) == {"database", "drizzle", "sqlmodel"}
        (site,) = (site for site in item["sites"] if site["label"] == "stated here")
        line = (story / site["file"]).read_text(encoding="utf-8").splitlines()[site["line"] - 1]
        assert line[site["column"] - 1 : site["end_column"] - 1] == EXPRESSIONS[site["source"]]


@pytest.mark.parametrize("key", KEYS)
def test_each_fix_makes_its_finding_vanish_and_brings_no_other(story: Path, key: tuple[str, str]) -> None:
    """The diff is applied by `patch`, as a user would."""
    before = json.loads(audit(story))
    fix = errors(before)[key]["fix"]
    subprocess.run(["patch", "-p1", "--quiet"], cwd=story, input=fix["diff"], text=True, check=True)
    after = json.loads(audit(story))
    gone = {item["fingerprint"] for item in before["findings"]} - {item["fingerprint"] for item in after["findings"]}

    assert (fix["applicability"], fix["verified"], fix["source"]) == ("safe", True, KEYS[key])
    assert gone == {errors(before)[key]["fingerprint"]}
    assert len(after["findings"]) == len(before["findings"]) - 1


def test_no_fix_adds_a_cascade_that_the_database_does_not_have(story: Path) -> None:
    fixes = [item["fix"] for item in errors(json.loads(audit(story))).values() if item["fix"]["source"] == "drizzle"]
    added = [line for fix in fixes for line in fix["diff"].splitlines() if line.startswith("+ ")]

    assert len(fixes) == 2
    assert len(added) == 2
    assert not any("cascade" in line for line in added)


def test_text_against_varchar_is_a_note(story: Path) -> None:
    findings = [item for item in json.loads(audit(story))["findings"] if item["rule"] == "column-type-mismatch"]

    assert findings
    assert {item["severity"] for item in findings} == {"info"}


def test_all_fixes_together_leave_only_notes(story: Path) -> None:
    for item in errors(json.loads(audit(story))).values():
        subprocess.run(["patch", "-p1", "--quiet"], cwd=story, input=item["fix"]["diff"], text=True, check=True)

    assert "❌" not in audit(story, "markdown")
    assert json.loads(audit(story))["summary"]["error"] == 0


@pytest.mark.parametrize(
    ("form", "name"), [("text", "findings.txt"), ("markdown", "report.md"), ("json", "report.json")]
)
def test_the_reports_are_as_expected(form: str, name: str, request: pytest.FixtureRequest) -> None:
    """Read once by a person; `make bless` writes them again."""
    expected = STORY / "expected" / name
    actual = audit(STORY, form)
    if request.config.getoption("--bless"):
        expected.write_text(actual, encoding="utf-8")

    assert expected.read_text(encoding="utf-8") == actual
