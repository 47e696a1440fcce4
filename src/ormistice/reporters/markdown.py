"""Format `markdown`: the report that a person would write: summary, each table, what references what, fixes, plan."""

from collections.abc import Iterable, Iterator, Mapping

from ormistice.alignment import Aligned, align
from ormistice.findings import Finding, Report, Severity, listed
from ormistice.model import Column, Table
from ormistice.places import printed
from ormistice.reporters.parts import content
from ormistice.reporters.parts.content import Standing, grave, object_name, subject, table_name
from ormistice.reporters.parts.drawing import mermaid
from ormistice.reporters.parts.groups import Group, groups, told_at
from ormistice.reporters.parts.markdown import block, code, escaped, folded, table, tagged
from ormistice.reporters.parts.missing import needs
from ormistice.reporters.parts.todo import action_plan, mended
from ormistice.rules import rules

ENDINGS = (".md", ".markdown")

MARK = {Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.INFO: "ℹ️", None: "✅"}
STATUS = {Severity.ERROR: "**MISMATCH**", Severity.WARNING: "warning", Severity.INFO: "harmless", None: ""}
MOST_NAMED = 3
"""Objects that a line names of those that it tells of; a list below names all."""
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
    counts = _page([*parts[summary][:2], "Left out for its length: all the rest."])
    return counts if len(counts) <= most else _page(parts[summary][:2])


def _page(parts: Iterable[str]) -> str:
    return "\n\n".join(["# Schema audit", *parts]) + "\n"


def summary(report: Report) -> Iterator[str]:
    """The counts, the sources, and every finding that matters with the claim of each source."""
    yield "## Summary"
    yield f"{MARK[content.worst(report.findings)]} **{content.counts(report.findings)}**: {content.verdict(report)}."
    head = ("source", "kind", "location", "tables", "enums")
    rows: list[tuple[str, ...]] = [
        (code(source.name), escaped(source.kind), code(source.location), str(source.tables), str(source.enums))
        for source in report.sources
    ]
    yield table(head, rows)
    if told := groups(grave(report)):
        yield table(("issue", *_names(report), "status"), [_issue(group, report) for group in told])


def _same(report: Report) -> Iterator[str]:
    several = [group for group in groups(grave(report)) if group.several]
    if several:
        yield "## Objects with the same issue"
        yield from (_members(group, report) for group in several)


def _names(report: Report) -> tuple[str, ...]:
    return tuple(escaped(source.name) for source in report.sources)


def _issue(group: Group, report: Report) -> tuple[str, ...]:
    told = content.claims(group.first, report)
    shared = (
        Standing(standing.mark) if group.varies(source.name) else standing
        for source, standing in zip(report.sources, told, strict=True)
    )
    return _what_of(group), *map(_standing, shared), f"{STATUS[group.first.severity]} {escaped(group.first.rule)}"


def _what_of(group: Group) -> str:
    if not group.several:
        return code(subject(group.first))
    some = [code(name) for name in group.objects[:MOST_NAMED] if name]
    more = [f"{len(group.objects) - MOST_NAMED} more"] * (some != [] and len(group.objects) > MOST_NAMED)
    return f"{', '.join([f'**{group.count}**', *([listed([*some, *more])] if some else [])])}: {escaped(group.words)}"


def _members(group: Group, report: Report) -> str:
    """The objects of which one thing is told, each with its places, and with what is to be said of it alone."""
    varying = [source.name for source in report.sources if group.varies(source.name)]
    rows = []
    for finding, name in zip(group.findings, group.objects, strict=True):
        claims = (code(finding.violation.claims.get(source, "–")) for source in varying)
        places = ", ".join(code(place) for place in _places(finding, report))
        rows.append((code(name) if name else "", *claims, places))
    head = f"{group.count}: {tagged(group.first.rule)}"
    told = [f"Cause: {escaped(group.cause)}."] if group.cause else []
    return folded(head, "\n\n".join([*told, table(("object", *map(escaped, varying), "place"), rows)]))


def _places(finding: Finding, report: Report) -> Iterator[str]:
    return (str(printed(site.place, report.among.schemas[site.source])) for site in told_at(finding))


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
    alike = {id(item): group for group in groups(report.findings) if group.several for item in group.findings}
    for number, aligned in enumerate(every, 1):
        whole = len(every) <= MOST_TABLES or any(
            item.severity is not Severity.INFO for item in content.of_name(aligned.identity.name, report)
        )
        yield from _table(number, aligned, (report, alike), whole=whole)


def _table(
    number: int, aligned: Aligned[Table], among: tuple[Report, Mapping[int, Group]], *, whole: bool
) -> Iterator[str]:
    report = among[0]
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
    yield "\n".join(_source(source.name, aligned, findings, among) for source in report.sources)


def _column(column: Column, declared: Table) -> tuple[str, ...]:
    kind = "not understood" if column.type is None else code(str(column.type.value))
    null = "" if column.nullable is None else "NULL" if column.nullable.value else "NOT NULL"
    keys = [code(str(key)) for key in declared.foreign_keys if column.name in key.columns]
    primary = declared.primary_key is not None and column.name in declared.primary_key.columns.value
    return code(column.name), kind, null, ", ".join(["primary key"] * primary + keys)


def _source(
    source: str, aligned: Aligned[Table], findings: tuple[Finding, ...], among: tuple[Report, Mapping[int, Group]]
) -> str:
    """One source's line under a table: where it declares it, and what of it is out of line."""
    report, alike = among
    declared = aligned.declared.get(source)
    if declared is None:
        return f"- **{escaped(source)}**: {_standing(content.absence(source, aligned, report))}"
    lines = content.lines(declared.place, source, report)
    place = f" ({code(lines)})" if lines else ""
    own = [finding for finding in findings if source in finding.violation.outliers]
    if not own:
        return f"- **{escaped(source)}**{place}: ✓ matches"
    heavy = [item for item in own if item.severity is not Severity.INFO]
    told = [f"\n  - {MARK[item.severity]} {code(subject(item))}: {_what(item, alike.get(id(item)))}" for item in heavy]
    rest = len(own) - len(heavy)
    more = f" {rest} harmless {'difference' if rest == 1 else 'differences'}" if rest else ""
    return f"- **{escaped(source)}**{place}:{more}{''.join(told)}"


def _what(finding: Finding, group: Group | None) -> str:
    """What is wrong; where that is told of several objects at once, a word of it."""
    others = "" if group is None else f"{finding.rule}, like {len(group.findings) - 1} others"
    cause = f" ({escaped(finding.violation.cause)})" if finding.violation.cause else ""
    rows = "".join(f"; {escaped(rows.source)}: {escaped(rows.answer)}" for rows in finding.rows)
    return f"{others or escaped(finding.violation.message) + cause}{rows}"


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


def _harmless(report: Report) -> Iterator[str]:
    harmless = [item for item in report.findings if item.severity is Severity.INFO and item.identity is not None]
    if not harmless:
        return
    yield "## Harmless, and why"
    for rule in rules():
        own = [item for item in harmless if item.rule == rule.name]
        if own:
            yield f"**{escaped(rule.name)}** ({len(own)}): {rule.advice()}"
            yield "\n".join(f"- {line}" for group in groups(own) for line in _spelt(group))


def _spelt(group: Group) -> Iterator[str]:
    """What is told of all as one line; where something is to be said of each, a line for each."""
    if any(group.own):
        pairs = zip(group.findings, group.own, strict=True)
        yield from (f"{code(subject(item))}: {escaped(own or group.words)}" for item, own in pairs)
    else:
        yield f"{', '.join(code(subject(item)) for item in group.findings)}: {escaped(group.words)}"


def _unread(report: Report) -> Iterator[str]:
    unread = [item for item in report.findings if item.unread]
    lines = [_not_read(group, report) for group in groups(unread)]
    lines += [f"- {escaped(item)}" for item in report.not_compared]
    lines += [
        f"- {escaped(source)} has no words for {listed(kinds)}" for source, kinds in content.inexpressible(report)
    ]
    if report.suppressed:
        lines.append(f"- {report.suppressed} more that you allow")
    if lines:
        yield "## Not compared"
        yield "\n".join(lines)


def _not_read(group: Group, report: Report) -> str:
    if not group.several:
        return f"- {code(content.site(group.first, report))}: {escaped(group.words)}"
    pairs = zip(group.findings, group.own, strict=True)
    named = ((f"{code(own)} at " if own else "", code(content.site(item, report))) for item, own in pairs)
    places = ", ".join(f"{name}{place}" for name, place in named)
    return f"- {group.count}, {escaped(group.words)}: {places}"


SECTIONS = (
    summary,
    _same,
    _matrix,
    _tables,
    _references,
    _keys,
    _enums,
    _missing,
    mended,
    action_plan,
    _harmless,
    _unread,
)
# What is left out where there is little room, in this order.
BULK = (_tables, _harmless, _references, _keys, _matrix, _enums, _missing, mended, _same, _unread, action_plan)
