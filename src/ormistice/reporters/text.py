"""Format `text`: for a terminal, grouped by table, each finding led by a place to click on."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from tabulate import tabulate

from ormistice.findings import Finding, Report, Severity, SuggestedFix
from ormistice.fixes import Script
from ormistice.names import QualifiedName
from ormistice.places import printed

INDENT = "    "


def render(report: Report) -> str:
    """The report as plain text."""
    lines = []
    for title, findings in _groups(report.findings):
        grave = (line for item in findings if item.severity is not Severity.INFO for line in _finding(item, report))
        lines += [title, *grave, *_notes(findings, report), ""]
    return "\n".join([*lines, *_at_large(report), *_summary(report)]) + "\n"


def _groups(findings: Iterable[Finding]) -> Iterator[tuple[str, tuple[Finding, ...]]]:
    """Findings by table or enum, that with the gravest finding first."""
    named = [(finding, finding.identity) for finding in findings if finding.identity is not None]
    worst: dict[QualifiedName, int] = {}
    for finding, identity in named:
        worst[identity.name] = min(worst.get(identity.name, finding.severity.rank), finding.severity.rank)
    ordered = sorted(named, key=lambda pair: (worst[pair[1].name], pair[1].name, pair[0].severity.rank))
    for name, group in groupby(ordered, key=lambda pair: pair[1].name):
        yield str(name), tuple(finding for finding, _ in group)


def _finding(finding: Finding, report: Report) -> Iterator[str]:
    violation = finding.violation
    yield f"  {_head((finding,), report)}"
    rows = [
        (name, "✗" if name in violation.outliers else "", claim, _where(finding, name, report))
        for name, claim in violation.claims.items()
    ]
    yield from (INDENT + line for line in tabulate(rows, tablefmt="plain", disable_numparse=True).splitlines())
    for fix in finding.fixes:
        yield from (INDENT + line if line else "" for line in _fix(fix))


def _notes(findings: Iterable[Finding], report: Report) -> Iterator[str]:
    """Notes, a line for all those of a table that say the same."""
    alike: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        if finding.severity is Severity.INFO:
            alike.setdefault((finding.rule, finding.violation.message), []).append(finding)
    yield from (f"  {_head(tuple(group), report)}" for group in alike.values())


def _head(findings: tuple[Finding, ...], report: Report) -> str:
    """One line for findings of one rule and message, led by the place of the first."""
    first = findings[0]
    site = first.violation.sites[0]
    place = printed(site.place, report.among.schemas[site.source])
    columns = ", ".join(column for item in findings if item.identity for column in item.identity.columns)
    of = f" ({columns})" if columns else ""
    return f"{place}: {first.severity.value} {first.rule}{of}: {first.violation.message}"


def _where(finding: Finding, source: str, report: Report) -> str:
    places = (site.place for site in finding.violation.sites if site.source == source)
    return next((str(printed(place, report.among.schemas[source])) for place in places), "")


def _fix(suggested: SuggestedFix) -> Iterator[str]:
    state = "verified" if suggested.verified else "not verified"
    yield f"fix for {suggested.fix.source} ({suggested.fix.applicability.value}, {state}):"
    if isinstance(suggested.fix, Script):
        yield from suggested.fix.statements
    else:
        yield from (suggested.diff or "").splitlines()


def _at_large(report: Report) -> Iterator[str]:
    """What is of no single object: sources as a whole, then what could not be read."""
    for title, unread in (("at large", False), ("not understood", True)):
        found = [item for item in report.findings if item.identity is None and item.unread is unread]
        if found:
            yield from (title, *(f"  {_head((finding,), report)}" for finding in found), "")


def _summary(report: Report) -> Iterator[str]:
    sources = [
        (source.name, f"{source.tables} tables", f"{source.enums} enums", source.location) for source in report.sources
    ]
    yield tabulate(sources, tablefmt="plain", disable_numparse=True)
    fixable = sum(any(fix.verified for fix in finding.fixes) for finding in report.findings)
    yield from (f"not compared: {item}" for item in report.not_compared)
    if report.suppressed:
        yield f"{report.suppressed} more that you allow"
    if not report.findings:
        yield "no differences found"
    else:
        yield f"{report.counts()}; verified fixes for {fixable}"
