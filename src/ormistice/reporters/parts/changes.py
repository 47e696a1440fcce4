"""Fixes before and after, and in which order to act: what the long reports tell of what to do."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from textwrap import dedent

from ormistice.findings import Finding, Report, Severity, SuggestedFix, listed
from ormistice.fixes import Patch, Script, edited
from ormistice.reporters.parts.content import grave
from ormistice.reporters.parts.groups import Group, groups
from ormistice.text import Document

LANGUAGE = {
    "ts": "typescript",
    "mts": "typescript",
    "cts": "typescript",
    "tsx": "typescript",
    "js": "javascript",
    "mjs": "javascript",
    "py": "python",
    "prisma": "prisma",
    "sql": "sql",
}


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines of one file, before and after; `last` is the last line before."""

    path: str
    first: int
    last: int
    before: str
    after: str

    @property
    def language(self) -> str:
        """What the file is written in, as fenced blocks name it."""
        return LANGUAGE.get(self.path.rpartition(".")[2], "")

    def dedented(self) -> tuple[str, str]:
        """Before and after without the blanks that all their lines begin with."""
        lines = dedent(f"{self.before}\n{self.after}").split("\n")
        count = self.before.count("\n") + 1
        return "\n".join(lines[:count]), "\n".join(lines[count:])

    def __str__(self) -> str:
        """`schema.ts:3-20`."""
        return f"{self.path}:{self.first}" if self.first == self.last else f"{self.path}:{self.first}-{self.last}"


@dataclass(frozen=True, slots=True)
class NumberedFix:
    """A fix with the number that the report gives it, every finding that it mends, and what the first is told with."""

    number: int
    suggested: SuggestedFix
    findings: tuple[Finding, ...]
    hunks: tuple[Hunk, ...]
    group: Group

    @property
    def source(self) -> str:
        """The source that it is for."""
        return self.suggested.fix.source

    @property
    def statements(self) -> tuple[str, ...]:
        """The statements for a database; none where it is of files."""
        return self.suggested.fix.statements if isinstance(self.suggested.fix, Script) else ()

    @property
    def matters(self) -> bool:
        """Whether it mends something that breaks or surprises."""
        return self.findings[0].severity is not Severity.INFO

    @property
    def promise(self) -> str:
        """What was done to know that it is right."""
        if not self.suggested.verified:
            return "Not verified: look at it before you use it."
        return "Verified: applied to a copy and audited again, the finding is gone and no other came."


@dataclass(frozen=True, slots=True)
class Step:
    """What to do in one source: fixes to apply, or findings (source None) that no fix mends."""

    source: str | None
    fixes: tuple[NumberedFix, ...] = ()
    findings: tuple[Finding, ...] = ()


PRIORITIES = (
    (Severity.ERROR, "Now: what breaks or loses data"),
    (Severity.WARNING, "Next: what surprises"),
    (Severity.INFO, "When convenient"),
)


@dataclass(frozen=True, slots=True)
class FixGroup:
    """Fixes of one sort that mend one thing in one source; `fixes` are one at least."""

    fixes: tuple[NumberedFix, ...]

    @property
    def first(self) -> NumberedFix:
        """The fix of the gravest finding."""
        return self.fixes[0]

    @property
    def several(self) -> bool:
        """Whether it is more than one."""
        return len(self.fixes) > 1

    @property
    def count(self) -> str:
        """What is mended: `12 foreign keys`, or `11 of 12 foreign keys` where one has no such fix."""
        whole = self.first.group.count
        return whole if len(self.fixes) == len(self.first.group.findings) else f"{len(self.fixes)} of {whole}"

    @property
    def numbered(self) -> str:
        """`fix 3`, `fixes 3 to 14`."""
        numbers = [fix.number for fix in self.fixes]
        if not self.several:
            return f"fix {numbers[0]}"
        whole = numbers[-1] - numbers[0] == len(numbers) - 1
        return f"fixes {numbers[0]} to {numbers[-1]}" if whole else f"fixes {listed(map(str, numbers))}"


def fixes(report: Report) -> tuple[NumberedFix, ...]:
    """Every fix, that of the gravest finding first; one that mends several findings is told once."""
    mended: dict[object, list[Finding]] = {}
    for finding in report.findings:
        for fix in finding.fixes:
            mended.setdefault(fix, []).append(finding)
    suggested: dict[object, tuple[SuggestedFix, Group]] = {}
    for group in groups(report.findings):
        own = [fix for finding in group.findings for fix in finding.fixes]
        for fix in sorted(own, key=_sort) if group.several else own:
            suggested.setdefault(fix, (fix, group))
    return tuple(
        NumberedFix(number, fix, tuple(mended[fix]), tuple(_hunks(fix, report)), group)
        for number, (fix, group) in enumerate(suggested.values(), 1)
    )


def _sort(suggested: SuggestedFix) -> tuple[str, str, bool]:
    return (suggested.fix.source, suggested.fix.applicability.value, suggested.verified)


def fix_groups(numbered: Iterable[NumberedFix]) -> Iterator[FixGroup]:
    """Fixes in their order, those of one sort that mend what is told at once together."""
    sorts: dict[object, list[NumberedFix]] = {}
    for fix in numbered:
        sorts.setdefault((id(fix.group), _sort(fix.suggested)) if fix.group.several else fix.number, []).append(fix)
    yield from (FixGroup(tuple(own)) for own in sorts.values())


def _hunks(suggested: SuggestedFix, report: Report) -> Iterator[Hunk]:
    match suggested.fix:
        case Script():
            return
        case Patch(source=source, edits=edits) as patch:
            for path in sorted({edit.span.file for edit in edits}):
                document = report.among.schemas[source].document(path)
                if document is not None:
                    yield from _regions(document, patch)


def _regions(document: Document, patch: Patch) -> Iterator[Hunk]:
    """The lines that a patch touches, a hunk for each run of them."""
    runs: list[list[int]] = []
    spans = [edit.span for edit in patch.edits if edit.span.file == document.path]
    touched = sorted(
        (document.position(span.start).line, document.position(max(span.start, span.end - 1)).line) for span in spans
    )
    for first, last in touched:
        if runs and first <= runs[-1][1] + 1:
            runs[-1][1] = max(runs[-1][1], last)
        else:
            runs.append([first, last])
    before = document.text.split("\n")
    for first, last in runs:
        start, end = document.offset(first, 1), document.offset(last, len(before[last - 1]) + 1)
        # Positions behind the run do not move what comes before them, and those before it are left out.
        own = Patch(patch.source, tuple(e for e in patch.edits if e.span in spans and start <= e.span.start <= end))
        text = edited(document.path, document.text, (own,))
        after = text[start : end + len(text) - len(document.text)]
        yield Hunk(document.path, first, last, document.text[start:end], after)


def plan(report: Report, numbered: tuple[NumberedFix, ...]) -> Iterator[tuple[str, tuple[Step, ...]]]:
    """(priority, steps), the gravest first: a source's fixes, then what is to be decided by hand."""
    for severity, title in PRIORITIES:
        own = tuple(fix for fix in numbered if fix.findings[0].severity is severity)
        steps = [
            Step(source.name, mine)
            for source in report.sources
            if (mine := tuple(fix for fix in own if fix.source == source.name))
        ]
        by_hand = tuple(item for item in grave(report) if item.severity is severity and not item.fixes)
        if by_hand:
            steps.append(Step(None, findings=by_hand))
        if steps:
            yield title, tuple(steps)


def last_steps(report: Report, numbered: tuple[NumberedFix, ...]) -> Iterator[str]:
    """What to do at the end, in words."""
    databases = report.among.databases
    scripts = [fix for fix in numbered if fix.statements]
    if scripts:
        yield "Make the statements a migration, and run it on a copy of the data first."
    elif databases and not any(set(item.violation.outliers) & databases for item in grave(report)):
        yield "No migration is needed: the database already is as expected."
    yield "Run the audit again."


def risk(findings: tuple[Finding, ...]) -> str:
    """What the gravest finding means, in one word."""
    found = {finding.severity for finding in findings}
    return "high" if Severity.ERROR in found else "medium" if Severity.WARNING in found else "low"


def risk_after(report: Report) -> str:
    """The risk that is left when every verified fix is applied."""
    return risk(tuple(item for item in grave(report) if not any(fix.verified for fix in item.fixes)))
