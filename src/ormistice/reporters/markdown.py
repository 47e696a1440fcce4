"""Format `markdown`: the report that a person would write: summary, each table, what references what, fixes, plan."""

from collections.abc import Iterable, Iterator

from ormistice.findings import Finding, Report, Severity, listed
from ormistice.places import printed
from ormistice.reporters.parts import content
from ormistice.reporters.parts.content import Standing, grave, object_name, subject, table_name
from ormistice.reporters.parts.drawing import mermaid
from ormistice.reporters.parts.groups import Group, groups, told_at
from ormistice.reporters.parts.markdown import block, code, escaped, folded, table, tagged
from ormistice.reporters.parts.marks import MARK, MOST_OPEN, STATUS, long_table, names, short_or_folded, standing
from ormistice.reporters.parts.missing import needs
from ormistice.reporters.parts.tables import tables
from ormistice.reporters.parts.todo import action_plan, mended
from ormistice.rules import rules

ENDINGS = (".md", ".markdown")

MOST_NAMED = 3
"""Objects that a line names of those that it tells of; a list below names all."""
MOST_ISSUES = 40
"""Of more issues than these, the totals stand there, and a click opens the issues."""


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
    differing = grave(report)
    if len(differing) > MOST_OPEN:
        yield table(("severity", "rule", "findings", "tables", "out of line"), list(_totals(differing)))
    if told := groups(differing):
        issues = [_issue(group, report) for group in told]
        yield long_table(f"The {len(issues)} issues", ("issue", *names(report), "status"), issues, MOST_ISSUES)


def _totals(findings: Iterable[Finding]) -> Iterator[tuple[str, ...]]:
    """How often each rule is broken, the gravest first, and by whom."""
    rules: dict[tuple[Severity, str], list[Finding]] = {}
    for finding in findings:
        rules.setdefault((finding.severity, finding.rule), []).append(finding)
    for (severity, rule), own in sorted(rules.items(), key=lambda item: (item[0][0].rank, -len(item[1]), item[0][1])):
        tables = {item.identity.name for item in own if item.identity is not None}
        sources = dict.fromkeys(name for item in own for name in item.violation.outliers)
        what = ", ".join(map(escaped, sources))
        yield f"{MARK[severity]} {severity.value}", escaped(rule), str(len(own)), str(len(tables) or "–"), what


def _same(report: Report) -> Iterator[str]:
    several = [group for group in groups(grave(report)) if group.several]
    if several:
        yield "## Objects with the same issue"
        yield from (_members(group, report) for group in several)


def _issue(group: Group, report: Report) -> tuple[str, ...]:
    told = content.claims(group.first, report)
    shared = (
        Standing(claim.mark) if group.varies(source.name) else claim
        for source, claim in zip(report.sources, told, strict=True)
    )
    return (
        _what_of(group, report),
        *map(standing, shared),
        f"{STATUS[group.first.severity]} {escaped(group.first.rule)}",
    )


def _what_of(group: Group, report: Report) -> str:
    if not group.several and group.first.identity is None:
        return f"{code(content.site(group.first, report))}: {escaped(group.words)}"
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
    head = f"{group.count}: {tagged(group.first.rule)}, {tagged(group.words)}"
    told = [f"Cause: {escaped(group.cause)}."] if group.cause else []
    return folded(head, "\n\n".join([*told, table(("object", *map(escaped, varying), "place"), rows)]))


def _places(finding: Finding, report: Report) -> Iterator[str]:
    return (str(printed(site.place, report.among.schemas[site.source])) for site in told_at(finding))


def _matrix(report: Report) -> Iterator[str]:
    yield "## Comparison"
    yield "✓ agrees, ✗ differs or is missing, – has no part in it."
    together = {item.identity for group in groups(grave(report)) if group.several for item in group.findings}
    every = list(content.matrix(report))
    # What is one thing of many objects stands above, and the marks of their tables tell of it here.
    rows = [
        (
            row.identity.kind,
            code(object_name(row.identity)),
            *(item.mark.value for item in row.standings),
            STATUS[row.severity],
        )
        for row in every
        if row.identity not in together or row.identity.kind in {"table", "enum"}
    ]
    counts = {kind: sum(row.identity.kind == kind for row in every) for kind in ("table", "enum")}
    named = [content.counted(count, kind) for kind, count in counts.items() if count]
    head = f"{listed(named or ['nothing'])}, {sum(row.severity is None for row in every)} of them without an issue"
    yield long_table(head, ("kind", "object", *names(report), "status"), rows)


def _references(report: Report) -> Iterator[str]:
    wrong = content.wrong_keys(report)
    seen: dict[tuple[str | None, str], list[str]] = {}
    for source in report.sources:
        tables = report.among.schemas[source.name].tables
        if any(declared.foreign_keys for declared in tables):
            drawn = mermaid(tables, frozenset(identity for name, identity in wrong if name == source.name))
            lines = "\n".join(content.tree(source.name, tables, wrong))
            seen.setdefault((drawn, lines), []).append(source.name)
    yield "## What references what"
    for (drawn, lines), sources in seen.items():
        yield f"### As {listed(map(escaped, sources))} {'sees' if len(sources) == 1 else 'see'} it"
        yield "Too much to draw." if drawn is None else block(drawn, "mermaid")
        yield short_or_folded("The same in words", block(lines, "text"), lines.count("\n"))


def _keys(report: Report) -> Iterator[str]:
    rows = [
        (
            code(table_name(row.key.table)),
            code(content.target(row.key)),
            code(", ".join(row.key.columns)),
            content.action(row.key.on_delete),
            content.action(row.key.on_update),
            *map(standing, row.standings),
        )
        for row in content.keys(report)
    ]
    if rows:
        yield "## Foreign keys"
        head = f"The {content.counted(len(rows), 'foreign key')}"
        yield long_table(head, ("table", "references", "column", "ON DELETE", "ON UPDATE", *names(report)), rows)


def _enums(report: Report) -> Iterator[str]:
    rows = [
        (code(table_name(row.name)), ", ".join(map(code, row.labels)), *map(standing, row.standings))
        for row in content.enums(report)
    ]
    if rows:
        yield "## Enums"
        yield long_table(f"The {content.counted(len(rows), 'enum')}", ("enum", "labels", *names(report)), rows)


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
            lines = [f"- {line}" for group in groups(own) for line in _spelt(group)]
            yield short_or_folded(f"The {len(lines)} objects", "\n".join(lines), len(lines))


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
    tables,
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
BULK = (tables, _harmless, _references, _keys, _matrix, _enums, _missing, mended, _same, _unread, action_plan)
