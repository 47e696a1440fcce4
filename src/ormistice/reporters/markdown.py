"""Format `markdown`: the report that a person would write: summary, each table, what references what, fixes, plan."""

from collections.abc import Iterable, Iterator

from ormistice.alignment import Aligned, align
from ormistice.findings import Finding, Report, Severity, listed
from ormistice.model import Column, Table
from ormistice.places import printed
from ormistice.reporters.parts import content
from ormistice.reporters.parts.changes import NumberedFix, Step, fixes, last_steps, plan, risk, risk_after
from ormistice.reporters.parts.content import Standing, grave, object_name, subject, table_name
from ormistice.reporters.parts.drawing import mermaid
from ormistice.reporters.parts.markdown import block, code, escaped, table
from ormistice.reporters.parts.missing import needs
from ormistice.rules import rules

ENDINGS = (".md", ".markdown")

MARK = {Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.INFO: "ℹ️", None: "✅"}
STATUS = {Severity.ERROR: "**MISMATCH**", Severity.WARNING: "warning", Severity.INFO: "harmless", None: ""}
MOST_TABLES = 60
"""Of more tables than these, only those where something breaks or surprises are shown column by column."""


def render(report: Report) -> str:
    """The report as GitHub-flavoured Markdown."""
    return _page(part for section in SECTIONS for part in section(report))


def fitting(report: Report, most: int) -> str:
    """The report in `most` characters: whole, or without some sections, which it names; at the least, the counts."""
    parts = {section: tuple(section(report)) for section in SECTIONS}
    left_out: list[str] = []
    for section in (None, *BULK):
        if section is not None and parts[section]:
            left_out.append(parts.pop(section)[0].removeprefix("## "))
        told = (f"Left out for its length: {listed(left_out)}.",) if left_out else ()
        page = _page([*(part for section in parts for part in parts[section]), *told])
        if len(page) <= most:
            return page
    return _page(parts[summary][:2])


def _page(parts: Iterable[str]) -> str:
    return "\n\n".join(["# Schema audit", *parts]) + "\n"


def summary(report: Report) -> Iterator[str]:
    """The counts, the sources, and every finding that matters with the claim of each source."""
    yield "## Summary"
    yield f"{MARK[content.worst(report.findings)]} **{report.counts()}**: {content.verdict(report)}."
    head = ("source", "kind", "location", "tables", "enums")
    rows: list[tuple[str, ...]] = [
        (code(source.name), escaped(source.kind), code(source.location), str(source.tables), str(source.enums))
        for source in report.sources
    ]
    yield table(head, rows)
    if findings := grave(report):
        yield table(("issue", *_names(report), "status"), [_issue(finding, report) for finding in findings])


def _names(report: Report) -> tuple[str, ...]:
    return tuple(escaped(source.name) for source in report.sources)


def _issue(finding: Finding, report: Report) -> tuple[str, ...]:
    claims = (_standing(standing) for standing in content.claims(finding, report))
    return code(subject(finding)), *claims, f"{STATUS[finding.severity]} {escaped(finding.rule)}"


def _standing(standing: Standing) -> str:
    words = code(standing.words) if standing.quoted and standing.words else escaped(standing.words)
    return f"{standing.mark.value} {words}".strip()


def _matrix(report: Report) -> Iterator[str]:
    yield "## Comparison"
    yield "✓ agrees, ✗ differs or is missing, – has no part in it."
    rows = [
        (
            row.identity.kind,
            code(object_name(row.identity)),
            *(standing.mark.value for standing in row.standings),
            STATUS[row.severity],
        )
        for row in content.matrix(report)
    ]
    yield table(("kind", "object", *_names(report), "status"), rows)


def _tables(report: Report) -> Iterator[str]:
    yield "## Tables"
    every = align(Table, report.among)
    for number, aligned in enumerate(every, 1):
        whole = len(every) <= MOST_TABLES or any(
            item.severity is not Severity.INFO for item in content.of_name(aligned.identity.name, report)
        )
        yield from _table(number, aligned, report, whole=whole)


def _table(number: int, aligned: Aligned[Table], report: Report, *, whole: bool) -> Iterator[str]:
    name = aligned.identity.name
    findings = content.of_name(name, report)
    yield f"### {number}. {code(table_name(name))} {MARK[content.worst(findings)]}"
    counts = [f"{sum(item.severity is severity for item in findings)} {severity.value}" for severity in Severity]
    told = listed(count for count in counts if not count.startswith("0 ")) if findings else "the same in all sources"
    expected, declared = next(iter(aligned.declared.items()))
    if whole:
        yield f"**Status**: {told}. As {escaped(expected)} has it:"
        rows = [_column(column, declared) for column in declared.columns]
        yield table(("column", "type", "null", "key"), rows)
    else:
        yield f"**Status**: {told}."
    yield "\n".join(_source(source.name, aligned, findings, report) for source in report.sources)


def _column(column: Column, declared: Table) -> tuple[str, ...]:
    kind = "not understood" if column.type is None else code(str(column.type.value))
    null = "" if column.nullable is None else "NULL" if column.nullable.value else "NOT NULL"
    keys = [code(str(key)) for key in declared.foreign_keys if column.name in key.columns]
    primary = declared.primary_key is not None and column.name in declared.primary_key.columns.value
    return code(column.name), kind, null, ", ".join(["primary key"] * primary + keys)


def _source(source: str, aligned: Aligned[Table], findings: tuple[Finding, ...], report: Report) -> str:
    """One source's line under a table: where it declares it, and what of it is out of line."""
    declared = aligned.declared.get(source)
    if declared is None:
        return f"- **{escaped(source)}**: {_standing(content.absence(source, aligned, report))}"
    lines = content.lines(declared.place, source, report)
    place = f" ({code(lines)})" if lines else ""
    own = [finding for finding in findings if source in finding.violation.outliers]
    if not own:
        return f"- **{escaped(source)}**{place}: ✓ matches"
    heavy = [item for item in own if item.severity is not Severity.INFO]
    told = [
        f"\n  - {MARK[item.severity]} {code(subject(item))}: {escaped(item.violation.message)}"
        + (f" ({escaped(item.violation.cause)})" if item.violation.cause else "")
        + "".join(f"; {escaped(rows.source)}: {escaped(rows.answer)}" for rows in item.rows)
        for item in heavy
    ]
    notes = len(own) - len(heavy)
    more = f" {notes} harmless {'difference' if notes == 1 else 'differences'}" if notes else ""
    return f"- **{escaped(source)}**{place}:{more}{''.join(told)}"


def _references(report: Report) -> Iterator[str]:
    wrong = content.wrong_keys(report)
    yield "## What references what"
    for source in report.sources:
        tables = report.among.schemas[source.name].tables
        if not any(declared.foreign_keys for declared in tables):
            continue
        yield f"### As {escaped(source.name)} sees it"
        drawn = mermaid(tables, frozenset(identity for name, identity in wrong if name == source.name))
        yield "Too much to draw." if drawn is None else block(drawn, "mermaid")
        yield block("\n".join(content.tree(source.name, tables, wrong)), "text")


def _keys(report: Report) -> Iterator[str]:
    rows = [
        (
            code(table_name(row.key.table)),
            code(content.target(row.key)),
            code(", ".join(row.key.columns)),
            content.action(row.key.on_delete),
            content.action(row.key.on_update),
            *map(_standing, row.standings),
        )
        for row in content.keys(report)
    ]
    if rows:
        yield "## Foreign keys"
        yield table(("table", "references", "column", "ON DELETE", "ON UPDATE", *_names(report)), rows)


def _enums(report: Report) -> Iterator[str]:
    rows = [
        (code(table_name(row.name)), ", ".join(map(code, row.labels)), *map(_standing, row.standings))
        for row in content.enums(report)
    ]
    if rows:
        yield "## Enums"
        yield table(("enum", "labels", *_names(report)), rows)


def _fixes(report: Report) -> Iterator[str]:
    numbered = [fix for fix in fixes(report) if fix.matters]
    if numbered:
        yield "## Fixes"
    for fix in numbered:
        first, *others = fix.findings
        yield f"### Fix {fix.number}: {code(subject(first))} in {escaped(fix.source)}"
        also = f" It mends {listed(code(subject(item)) for item in others)} as well." if others else ""
        yield f"{escaped(first.violation.message)}. {fix.promise}{also}"
        yield from _change(fix)


def _change(fix: NumberedFix) -> Iterator[str]:
    if fix.statements:
        yield block("\n".join(fix.statements), "sql")
    for hunk in fix.hunks:
        yield f"**File**: {code(str(hunk))}"
        yield f"Change from:\n\n{block(hunk.before, hunk.language)}"
        yield f"to:\n\n{block(hunk.after, hunk.language)}"


def _missing(report: Report) -> Iterator[str]:
    if not report.missing:
        return
    yield "## Missing tables, in an order to create them in"
    lines = []
    for number, item in enumerate(report.missing, 1):
        place = printed(item.place, report.among.schemas[item.source])
        lines.append(f"{number}. {code(str(item.table))}, {escaped(item.source)}: {code(str(place))}")
        lines += [f"    - {escaped(line)}" for line in needs(item, report)]
    yield "\n".join(lines)


def _plan(report: Report) -> Iterator[str]:
    numbered = fixes(report)
    steps = list(plan(report, numbered))
    if not steps:
        return
    yield "## Action plan"
    number = 0
    for title, own in steps:
        yield f"**{title}**"
        yield "\n".join(f"{number + place}. {_step(step)}" for place, step in enumerate(own, 1))
        number += len(own)
    yield "**Then**"
    yield "\n".join(f"{number + place}. {step}" for place, step in enumerate(last_steps(report, numbered), 1))
    yield f"Risk now: **{risk(grave(report))}**. After the verified fixes: **{risk_after(report)}**."


def _step(step: Step) -> str:
    if step.source is None:
        return "Decide by hand on:" + "".join(
            f"\n    - {code(subject(item))}: {escaped(item.violation.message)}" for item in step.findings
        )
    count = len(step.fixes)
    told = f"Apply the {'fix' if count == 1 else f'{count} fixes'} of **{escaped(step.source)}**:"
    if not step.fixes[0].matters:
        return f"{told} `ormistice fix` prints {'it' if count == 1 else 'them'}."
    return told + "".join(f"\n    - {_applied(fix)}" for fix in step.fixes)


def _applied(fix: NumberedFix) -> str:
    where = f" at {listed(code(str(hunk)) for hunk in fix.hunks)}" if fix.hunks else ""
    return f"fix {fix.number}, {code(subject(fix.findings[0]))}{where}"


def _harmless(report: Report) -> Iterator[str]:
    notes = [item for item in report.findings if item.severity is Severity.INFO and item.identity is not None]
    if not notes:
        return
    yield "## Harmless, and why"
    for rule in rules():
        own = [item for item in notes if item.rule == rule.name]
        if own:
            yield f"**{escaped(rule.name)}** ({len(own)}): {rule.advice()}"
            yield "\n".join(
                f"- {', '.join(code(subject(item)) for item in group)}: {escaped(group[0].violation.message)}"
                for group in content.alike(own)
            )


def _unread(report: Report) -> Iterator[str]:
    unread = [item for item in report.findings if item.unread]
    lines = [f"- {code(content.site(item, report))}: {escaped(item.violation.message)}" for item in unread]
    lines += [f"- {escaped(item)}" for item in report.not_compared]
    lines += [
        f"- {escaped(source)} has no words for {listed(kinds)}" for source, kinds in content.inexpressible(report)
    ]
    if report.suppressed:
        lines.append(f"- {report.suppressed} more that you allow")
    if lines:
        yield "## Not compared"
        yield "\n".join(lines)


SECTIONS = (summary, _matrix, _tables, _references, _keys, _enums, _missing, _fixes, _plan, _harmless, _unread)
# What is left out where there is little room, in this order.
BULK = (_tables, _harmless, _references, _keys, _matrix, _enums, _missing, _fixes, _unread, _plan)
