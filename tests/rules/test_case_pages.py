"""Each rule does what its case page says, and is documented by it."""

from pathlib import Path

import pytest

from ormistice.findings import Rule
from ormistice.rules import rules
from rule_pages import TESTS, Case, cases, documentation, outcome, page

CASES = [(rule, case) for rule in rules() if page(rule).exists() for case in cases(page(rule).read_text("utf-8"))]


@pytest.mark.parametrize(("rule", "case"), CASES, ids=[f"{rule.name}: {case.claim}" for rule, case in CASES])
def test_case(
    rule: Rule, case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.chdir(tmp_path)
    actual = outcome(case, rule, tmp_path)
    if request.config.getoption("--bless"):
        text = page(rule).read_text("utf-8")
        head, _, tail = text.partition(f"## {case.claim}\n")
        tail = tail.replace(f"```findings\n{case.expected}```", f"```findings\n{actual}```", 1)
        page(rule).write_text(f"{head}## {case.claim}\n{tail}", "utf-8")
        return

    assert actual == case.expected


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
def test_a_rule_is_documented_and_has_cases(rule: Rule) -> None:
    """A rule is told by its docstring and shown by its page; a page shows it found and, once at least, not found."""
    found = cases(page(rule).read_text("utf-8"))

    assert rule.summary.endswith(".")
    assert len(rule.documentation.split("\n")) > 2
    assert any(rule.name in case.expected for case in found)
    assert any(rule.name not in case.expected for case in found)
    assert not rule.name.startswith(("no-", "ban-"))


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
def test_documentation_is_fresh(rule: Rule) -> None:
    """`make docs` writes it."""
    written = TESTS.parent / "docs" / "rules" / f"{rule.name}.md"

    assert written.read_text("utf-8") == documentation(rule)


def test_every_page_is_of_a_rule() -> None:
    pages = {file.stem for file in (TESTS / "rules").glob("*.md")}

    assert pages == {rule.name for rule in rules()}
    assert pages == {file.stem for file in (TESTS.parent / "docs" / "rules").glob("*.md")}
