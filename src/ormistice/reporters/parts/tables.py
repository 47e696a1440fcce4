"""The Markdown report's section of tables: each with its columns, and with what every source has of it."""

import html
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ormistice.alignment import Aligned, align
from ormistice.findings import Finding, Report, Severity, listed
from ormistice.model import Column, Table
from ormistice.reporters.parts import content
from ormistice.reporters.parts.content import subject, table_name
from ormistice.reporters.parts.groups import Group, groups
from ormistice.reporters.parts.markdown import code, escaped, folded, table, tagged
from ormistice.reporters.parts.marks import MARK, standing

MOST_TABLES = 60
"""Of more tables than these, only those where something breaks or surprises are shown column by column."""
MOST_SECTIONS = 8
"""Of more tables than these, a click opens each."""


@dataclass(frozen=True, slots=True)
class _Telling:
    """What is told of a table: `folded`, where there are many to scroll past; `alike` are the groups of findings."""

    report: Report
    alike: Mapping[int, Group]
    folded: bool
    whole: bool


def tables(report: Report) -> Iterator[str]:
    """Each table, one below the other; where there are many, a line for each, which a click opens."""
    yield "## Tables"
    every = align(Table, report.among)
    alike = {id(item): group for group in groups(report.findings) if group.several for item in group.findings}
    agreeing: list[str] = []
    for number, aligned in enumerate(every, 1):
        findings = content.of_name(aligned.identity.name, report)
        whole = len(every) <= MOST_TABLES or any(item.severity is not Severity.INFO for item in findings)
        telling = _Telling(report, alike, len(every) > MOST_SECTIONS, whole)
        drawn = _table(number, aligned, findings, telling)
        if telling.folded and not findings:
            agreeing += drawn
        else:
            yield from drawn
    if agreeing:
        head = f"{content.counted(len(agreeing), 'table')}: the same in all sources"
        yield folded(head, "\n\n".join(agreeing)) if len(agreeing) > 1 else agreeing[0]


def _table(number: int, aligned: Aligned[Table], findings: tuple[Finding, ...], telling: _Telling) -> Iterator[str]:
    name, mark = table_name(aligned.identity.name), MARK[content.worst(findings)]
    found = [item.severity for item in findings]
    counts = [content.severity_count(found.count(severity), severity) for severity in Severity if severity in found]
    told = listed(counts) if findings else "the same in all sources"
    if telling.folded:
        body = _body(aligned, findings, telling, "")
        yield folded(f"{number}. {tagged(name)} {mark} {html.escape(told)}", "\n\n".join(body))
    else:
        yield f"### {number}. {code(name)} {mark}"
        yield from _body(aligned, findings, telling, f"**Status**: {told}. ")


def _body(aligned: Aligned[Table], findings: tuple[Finding, ...], telling: _Telling, status: str) -> Iterator[str]:
    if telling.whole:
        expected, declared = next(iter(aligned.declared.items()))
        rows = [_column(column, declared) for column in declared.columns]
        yield f"{status}As {escaped(expected)} has it:"
        yield table(("column", "type", "null", "key"), rows)
    elif status:
        yield status.rstrip()
    yield "\n".join(_source(source.name, aligned, findings, telling) for source in telling.report.sources)


def _column(column: Column, declared: Table) -> tuple[str, ...]:
    kind = "not understood" if column.type is None else code(str(column.type.value))
    null = "" if column.nullable is None else "NULL" if column.nullable.value else "NOT NULL"
    keys = [code(str(key)) for key in declared.foreign_keys if column.name in key.columns]
    primary = declared.primary_key is not None and column.name in declared.primary_key.columns.value
    return code(column.name), kind, null, ", ".join(["primary key"] * primary + keys)


def _source(source: str, aligned: Aligned[Table], findings: tuple[Finding, ...], telling: _Telling) -> str:
    """One source's line under a table: where it declares it, and what of it is out of line."""
    declared = aligned.declared.get(source)
    if declared is None:
        return f"- **{escaped(source)}**: {standing(content.absence(source, aligned, telling.report))}"
    lines = content.lines(declared.place, source, telling.report)
    place = f" ({code(lines)})" if lines else ""
    own = [finding for finding in findings if source in finding.violation.outliers]
    if not own:
        return f"- **{escaped(source)}**{place}: ✓ matches"
    heavy = [item for item in own if item.severity is not Severity.INFO]
    rest = len(own) - len(heavy)
    more = f" {rest} harmless {'difference' if rest == 1 else 'differences'}" if rest else ""
    told = "".join(f"\n  - {line}" for line in _lines(heavy, telling.alike))
    return f"- **{escaped(source)}**{place}:{more}{told}"


def _lines(findings: Iterable[Finding], alike: Mapping[int, Group]) -> Iterator[str]:
    """A line for each; one for those which are one thing and are told as such in the summary."""
    lines: dict[int, list[Finding]] = {}
    for finding in findings:
        group = alike.get(id(finding))
        lines.setdefault(id(finding if group is None or finding.rows else group), []).append(finding)
    for own in lines.values():
        named = ", ".join(code(subject(item)) for item in own)
        yield f"{MARK[own[0].severity]} {named}: {_what(own[0], len(own), alike.get(id(own[0])))}"


def _what(finding: Finding, count: int, group: Group | None) -> str:
    """What is wrong; where that is told of several objects at once, a word of it."""
    others = 0 if group is None else len(group.findings) - count
    like = f", like {others} {'other' if others == 1 else 'others'}" if others else ""
    short = "" if group is None else f"{finding.rule}{like}"
    cause = f" ({escaped(finding.violation.cause)})" if finding.violation.cause else ""
    rows = "".join(f"; {escaped(rows.source)}: {escaped(rows.answer)}" for rows in finding.rows)
    return f"{short or escaped(finding.violation.message) + cause}{rows}"
