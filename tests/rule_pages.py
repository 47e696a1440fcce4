"""Case pages: `tests/rules/<rule>.md`, read by a test and turned into `docs/rules/<rule>.md` by `make docs`.

A page is a list of cases. A case is a `##` heading that claims something, prose, fenced files (the word behind the
language is the file's name) and a fence `findings`: what an audit of those files says, each finding as one line. Only
findings of the page's own rule and those above info are listed.
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from ormistice.audit import Settings, audit
from ormistice.findings import Finding, Report, Rule, Severity
from ormistice.places import printed
from ormistice.rules import rules
from ormistice.sources import SourceRequest, kind_of

TESTS = Path(__file__).parent
FENCE = re.compile(r"^```(\w+)(?: ([\w.\-/]+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Case:
    claim: str
    files: tuple[tuple[str, str, str], ...]
    """Language, file name, text."""
    expected: str


def page(rule: Rule) -> Path:
    return TESTS / "rules" / f"{rule.name}.md"


def cases(text: str) -> list[Case]:
    found = []
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        fences = FENCE.findall(part)
        expected = next(body for language, _, body in fences if language == "findings")
        files = tuple(fence for fence in fences if fence[0] != "findings")
        found.append(Case(part.split("\n", 1)[0], files, expected))
    return found


def outcome(case: Case, rule: Rule, folder: Path) -> str:
    """What an audit of the case's files says; must run with `folder` as the working directory."""
    sources = []
    for _, name, text in case.files:
        (folder / name).write_text(text, encoding="utf-8")
        kind, prefix, target = kind_of(name, folder)
        alike = sum(source.kind == kind.name for source in sources)
        called = f"{kind.name}{alike + 1}" if alike else kind.name
        sources.append(kind.open(SourceRequest(called, prefix, (target,), folder)))
    databases = frozenset(source.name for source in sources if source.kind in ("sql", "database"))
    report = audit(sources, Settings(databases=databases))
    kept = [item for item in report.findings if item.rule == rule.name or item.severity is not Severity.INFO]
    return "".join(line(item, report) + "\n" for item in kept)


def line(finding: Finding, report: Report) -> str:
    site = finding.violation.sites[0]
    place = printed(site.place, report.among.schemas[site.source])
    fixed = "".join(f" [{fix.fix.source} fix verified]" for fix in finding.fixes if fix.verified)
    return f"{place}: {finding.severity.value} {finding.rule}: {finding.violation.message}{fixed}"


def documentation(rule: Rule) -> str:
    """The page of a rule: what it finds, and its first case as an example."""
    first = cases(page(rule).read_text(encoding="utf-8"))[0]
    files = "\n\n".join(f"`{name}`\n\n```{language}\n{text}```" for language, name, text in first.files)
    subjects = ", ".join(subject.__name__ for subject in rule.subjects)
    return (
        f"# {rule.name}\n\n| severity | compares |\n| --- | --- |\n| {rule.severity.value} | {subjects} |\n\n"
        f"{rule.documentation}\n\n## Example\n\n{files}\n\n```text\n{first.expected}```\n"
    )


def main() -> None:
    folder = TESTS.parent / "docs" / "rules"
    folder.mkdir(parents=True, exist_ok=True)
    for rule in rules():
        (folder / f"{rule.name}.md").write_text(documentation(rule), encoding="utf-8")
        sys.stdout.write(f"docs/rules/{rule.name}.md\n")


if __name__ == "__main__":
    main()
