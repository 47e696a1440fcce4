"""Format `text`: for a terminal, grouped by table, each finding led by a place to click on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from tabulate import tabulate

from ormistice.findings import Finding, Report, Severity, Site, SuggestedFix
from ormistice.fixes import Applicability, Script
from ormistice.names import QualifiedName
from ormistice.places import printed
from ormistice.reporters.parts.content import alike, counted
from ormistice.reporters.parts.missing import needs
from ormistice.reporters.parts.setting import Setting
from ormistice.reporters.parts.terminal import Style, Terminal, shown_width
from ormistice.reporters.parts.visible import visible

ENDINGS = (".txt",)
INDENT = "    "
LEAST_CLAIM = 24
"""Characters that a claim is given at least, however narrow the terminal is."""

STYLES = {Severity.ERROR: (Style.RED, Style.BOLD), Severity.WARNING: (Style.YELLOW,), Severity.INFO: (Style.DIM,)}
DIFF_STYLES = {"+++": Style.BOLD, "---": Style.BOLD, "@@": Style.CYAN, "+": Style.GREEN, "-": Style.RED}


def render(report: Report) -> str:
    """The report as plain text."""
    return render_in(Setting(), report)


def render_in(setting: Setting, report: Report) -> str:
    """The report as the terminal can show it."""
    return "\n".join(_Drawing(setting.terminal, report).lines()) + "\n"


@dataclass(frozen=True, slots=True)
class _Drawing:
    """What every line depends on."""

    terminal: Terminal
    report: Report

    def lines(self) -> Iterator[str]:
        for title, findings in _groups(self.report.findings):
            yield self.terminal.styled(visible(title), Style.BOLD)
            for item in findings:
                if item.severity is not Severity.INFO:
                    yield from self.finding(item)
            notes = (item for item in findings if item.severity is Severity.INFO)
            yield from (f"  {self.head(group)}" for group in alike(notes))
            yield ""
        yield from self.at_large()
        yield from self.missing()
        yield from self.summary()

    def finding(self, finding: Finding) -> Iterator[str]:
        yield f"  {self.head((finding,))}"
        rows = [self.claim(finding, name, claim) for name, claim in finding.violation.claims.items()]
        others = sum(max(shown_width(row[number]) for row in rows) for number in (0, 1, 3)) if rows else 0
        room = None if self.terminal.width is None else max(self.terminal.width - others - len(INDENT) - 6, LEAST_CLAIM)
        table = tabulate(rows, tablefmt="plain", disable_numparse=True, maxcolwidths=[None, None, room, None])
        yield from (INDENT + line for line in table.splitlines())
        if finding.violation.cause is not None:
            yield f"{INDENT}cause: {visible(finding.violation.cause)}"
        if finding.impact:
            yield f"{INDENT}impact: {visible(finding.impact)}"
        for asked in finding.rows:
            yield f"{INDENT}{visible(asked.source)}: {visible(asked.answer)}"
            yield from (f"{INDENT}  {visible(line)}" for line in asked.query.splitlines())
        for fix in finding.fixes:
            yield from (INDENT + line if line else "" for line in self.fix(fix))

    def head(self, findings: tuple[Finding, ...]) -> str:
        """One line for findings of one rule and message, led by the place of the first."""
        first = findings[0]
        columns = ", ".join(column for item in findings if item.identity for column in item.identity.columns)
        of = f" ({visible(columns)})" if columns else ""
        severity = self.terminal.styled(first.severity.value, *STYLES[first.severity])
        rule = self.terminal.styled(first.rule, Style.BOLD)
        return f"{self.place(first.violation.sites[0])}: {severity} {rule}{of}: {visible(first.violation.message)}"

    def place(self, site: Site) -> str:
        place = printed(site.place, self.report.among.schemas[site.source])
        text = visible(str(place))
        if place.file is None or place.start is None:
            return text
        return self.terminal.linked(text, place.file, place.start.line, place.start.column)

    def claim(self, finding: Finding, name: str, claim: str) -> tuple[str, str, str, str]:
        mark = self.terminal.styled("✗", Style.RED) if name in finding.violation.outliers else ""
        where = next((self.place(site) for site in finding.violation.sites if site.source == name), "")
        return visible(name), mark, visible(claim), where

    def fix(self, suggested: SuggestedFix) -> Iterator[str]:
        state = "verified" if suggested.verified else "not verified"
        yield f"fix for {visible(suggested.fix.source)} ({suggested.fix.applicability.value}, {state}):"
        if isinstance(suggested.fix, Script):
            for statement in suggested.fix.statements:
                yield from (self.terminal.styled(visible(line), Style.GREEN) for line in statement.splitlines())
        else:
            yield from map(self.changed, (suggested.diff or "").split("\n")[:-1])

    def changed(self, line: str) -> str:
        """A line of a diff."""
        style = next((style for start, style in DIFF_STYLES.items() if line.startswith(start)), None)
        shown = visible(line.rstrip("\r"))
        return shown if style is None else self.terminal.styled(shown, style)

    def at_large(self) -> Iterator[str]:
        """What is of no single object: sources as a whole, then what could not be read."""
        for title, unread in (("at large", False), ("not understood", True)):
            found = [item for item in self.report.findings if item.identity is None and item.unread is unread]
            if found:
                heads = (f"  {self.head((finding,))}" for finding in found)
                yield from (self.terminal.styled(title, Style.BOLD), *heads, "")

    def missing(self) -> Iterator[str]:
        """The missing tables in an order to create them in, with what each needs and what needs it."""
        if not self.report.missing:
            return
        yield self.terminal.styled("missing tables, in an order to create them in", Style.BOLD)
        for number, table in enumerate(self.report.missing, 1):
            place = self.place(Site(table.source, table.place, ""))
            yield f"  {number}. {visible(str(table.table))}  {place}"
            yield from (f"{INDENT}{visible(line)}" for line in needs(table, self.report))
        yield ""

    def summary(self) -> Iterator[str]:
        report = self.report
        sources = [
            (visible(item.name), counted(item.tables, "table"), counted(item.enums, "enum"), visible(item.location))
            for item in report.sources
        ]
        yield tabulate(sources, tablefmt="plain", disable_numparse=True)
        yield from (f"not compared: {visible(item)}" for item in report.not_compared)
        if report.suppressed:
            yield f"{report.suppressed} more that you allow"
        if not report.findings:
            yield self.terminal.styled("no differences found", Style.GREEN)
        else:
            fixable = sum(any(fix.verified for fix in finding.fixes) for finding in report.findings)
            worst = min((item.severity for item in report.findings), key=lambda severity: severity.rank)
            counts = self.terminal.styled(report.counts(), *STYLES[worst])
            yield f"{counts}; verified fixes for {fixable}{_next(report)}"


def _groups(findings: Iterable[Finding]) -> Iterator[tuple[str, tuple[Finding, ...]]]:
    """Findings by table or enum, that with the gravest finding first."""
    named = [(finding, finding.identity) for finding in findings if finding.identity is not None]
    worst: dict[QualifiedName, int] = {}
    for finding, identity in named:
        worst[identity.name] = min(worst.get(identity.name, finding.severity.rank), finding.severity.rank)
    ordered = sorted(named, key=lambda pair: (worst[pair[1].name], pair[1].name, pair[0].severity.rank))
    for name, group in groupby(ordered, key=lambda pair: pair[1].name):
        yield str(name), tuple(finding for finding, _ in group)


def _next(report: Report) -> str:
    """What to do next, as the end of the last line."""
    levels = {fix.fix.applicability for item in report.findings for fix in item.fixes if fix.verified}
    if Applicability.SAFE in levels:
        return "; next: ormistice fix, then ormistice fix --apply"
    if Applicability.UNSAFE in levels:
        return "; next: ormistice fix --unsafe"
    grave = next((item.rule for item in report.findings if item.severity is not Severity.INFO), None)
    return f"; next: ormistice explain {grave}" if grave else ""
