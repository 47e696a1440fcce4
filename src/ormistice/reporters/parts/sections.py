"""The tables and pictures of the page: who declares what, references, keys, enums, plan."""

from collections.abc import Iterator, Mapping

from ormistice.alignment import Aligned, align
from ormistice.findings import Finding, Report, Severity, listed
from ormistice.model import Column, Table
from ormistice.names import QualifiedName
from ormistice.reporters.parts import content
from ormistice.reporters.parts.cells import chip, codes, names, standing
from ormistice.reporters.parts.changes import (
    FixGroup,
    NumberedFix,
    Step,
    fix_groups,
    last_steps,
    plan,
    risk,
    risk_after,
)
from ormistice.reporters.parts.content import Mark, Standing, grave, object_name, subject, table_name
from ormistice.reporters.parts.groups import Group, groups
from ormistice.reporters.parts.markup import Markup, joined, row, table, tag
from ormistice.reporters.parts.picture import legend, picture
from ormistice.rules import rules


def comparison(report: Report) -> Iterator[Markup]:
    """Every table and enum, and their objects that differ, by source."""
    numbers = range(len(report.sources))
    rows = []
    for item in content.matrix(report):
        differing = " ".join(str(n) for n in numbers if item.standings[n].mark is Mark.DIFFERS)
        data = {"data_severity": "none" if item.severity is None else item.severity.value, "data_sources": differing}
        marks = (standing(Standing(own.mark)) for own in item.standings)
        cells = (tag("code", object_name(item.identity)), item.identity.kind, *marks, chip(item.severity))
        rows.append(row(*cells, data_table=str(item.identity.name), **data))
    yield table("Every object and source", ("object", "kind", *names(report), "status"), rows)


def references(report: Report, anchors: dict[QualifiedName, str]) -> Iterator[Markup]:
    """The reference graph, as a picture and as text."""
    if not any(table.foreign_keys for schema in report.among.schemas.values() for table in schema.tables):
        return
    sources = (tag("option", source.name, value=number) for number, source in enumerate(report.sources))
    yield tag(
        "div",
        tag("label", "As seen by ", tag("select", tag("option", "all sources", value=""), *sources, id="seen")),
        tag("button", "+", type="button", id="closer", aria_label="Closer"),
        tag("button", "-", type="button", id="farther", aria_label="Farther"),
        tag("button", "All", type="button", id="all"),
        tag("span", "Drag to move; arrow keys, + and - work too.", class_="faint"),
        class_="tools",
        data_scripted=True,
        hidden=True,
    )
    yield tag("div", picture(report, anchors), class_="frame")
    yield legend()
    wrong = content.wrong_keys(report)
    for source in report.sources:
        lines = "\n".join(content.tree(source.name, report.among.schemas[source.name].tables, wrong))
        if lines:
            yield tag("details", tag("summary", f"As text, as {source.name} sees it"), tag("pre", lines, tabindex="0"))


def keys(report: Report) -> Iterator[Markup]:
    """Every foreign key, by source."""
    rows = [
        row(
            tag("code", table_name(item.key.table)),
            tag("code", ", ".join(item.key.columns)),
            tag("code", content.target(item.key)),
            content.action(item.key.on_delete),
            content.action(item.key.on_update),
            *map(standing, item.standings),
            data_table=str(item.key.table),
        )
        for item in content.keys(report)
    ]
    if rows:
        yield table("Foreign keys", ("table", "column", "references", "ON DELETE", "ON UPDATE", *names(report)), rows)


def enums(report: Report) -> Iterator[Markup]:
    """Every enum with its labels, by source."""
    rows = [
        row(
            tag("code", table_name(item.name)),
            codes(item.labels),
            *map(standing, item.standings),
            data_table=str(item.name),
        )
        for item in content.enums(report)
    ]
    if rows:
        yield table("Enums", ("enum", "labels", *names(report)), rows)


def tables(report: Report, anchors: dict[QualifiedName, str]) -> Iterator[Markup]:
    """Every table, folded: its columns as the authority has it, and each source's standing."""
    alike = {id(item): group for group in groups(report.findings) if group.several for item in group.findings}
    for aligned in align(Table, report.among):
        name = aligned.identity.name
        findings = content.of_name(name, report)
        expected, declared = next(iter(aligned.declared.items()))
        columns = [_column(column, declared) for column in declared.columns]
        sources = (_source(source.name, aligned, findings, (report, alike)) for source in report.sources)
        title = joined(chip(content.worst(findings)), tag("code", table_name(name)))
        yield tag(
            "details",
            tag("summary", title),
            tag("ul", *sources, class_="plain"),
            tag("p", f"As {expected} has it:"),
            table(f"Columns of {table_name(name)}", ("column", "type", "null", "key"), columns),
            id=anchors[name],
            data_table=str(name),
        )


def _column(column: Column, declared: Table) -> Markup:
    kind = "not understood" if column.type is None else tag("code", str(column.type.value))
    null = "" if column.nullable is None else "NULL" if column.nullable.value else "NOT NULL"
    keys = [tag("code", str(key)) for key in declared.foreign_keys if column.name in key.columns]
    primary = declared.primary_key is not None and column.name in declared.primary_key.columns.value
    return row(tag("code", column.name), kind, null, joined(*["primary key "] * primary, *keys))


def _source(
    source: str, aligned: Aligned[Table], findings: tuple[Finding, ...], among: tuple[Report, Mapping[int, Group]]
) -> Markup:
    """One source's line under a table: where it declares it, and what of it is out of line."""
    report, alike = among
    declared = aligned.declared.get(source)
    if declared is None:
        return tag("li", tag("strong", source), " ", standing(content.absence(source, aligned, report)))
    own = [item for item in findings if source in item.violation.outliers]
    heavy = [item for item in own if item.severity is not Severity.INFO]
    mark = standing(Standing(Mark.DIFFERS if heavy else Mark.AGREES))
    lines = content.lines(declared.place, source, report)
    told = [tag("li", tag("code", subject(item)), f": {_what(item, alike.get(id(item)))}") for item in heavy]
    rest = f" {len(own) - len(heavy)} harmless" if len(own) > len(heavy) else ""
    more = tag("ul", *told, class_="plain") if told else None
    return tag("li", tag("strong", source), " ", mark, tag("code", lines) if lines else None, rest, more)


def _what(finding: Finding, group: Group | None) -> str:
    """What is wrong; where that is told of several objects at once, a word of it."""
    return finding.violation.message if group is None else f"{finding.rule}, like {len(group.findings) - 1} others"


def action_plan(report: Report, numbered: tuple[NumberedFix, ...]) -> Iterator[Markup]:
    """What to do, the gravest first."""
    steps = list(plan(report, numbered))
    if not steps:
        return
    for title, own in steps:
        yield tag("h3", title)
        yield tag("ul", *(tag("li", _step(step)) for step in own), class_="plain")
    yield tag("h3", "Then")
    yield tag("ul", *(tag("li", step) for step in last_steps(report, numbered)), class_="plain")
    now, after = risk(grave(report)), risk_after(report)
    yield tag("p", "Risk now: ", tag("strong", now), ". After the verified fixes: ", tag("strong", after), ".")


def _step(step: Step) -> Markup:
    if step.source is None:
        lines = (tag("li", _decision(group)) for group in groups(step.findings))
        return joined("Decide by hand on:", tag("ul", *lines, class_="plain"))
    if not step.fixes[0].matters:
        return joined(f"{len(step.fixes)} of ", tag("strong", step.source), ", shown with what is harmless above.")
    lines = (tag("li", _applied(own)) for own in fix_groups(step.fixes))
    return joined("Apply to ", tag("strong", step.source), ":", tag("ul", *lines, class_="plain"))


def _decision(group: Group) -> Markup:
    cause = f" ({group.cause})" if group.cause else ""
    names = [name for name in group.objects if name]
    alone = joined(group.count) if group.several else tag("code", group.first.rule)
    return joined(codes(names) if names else alone, f": {group.words}{cause}")


def _applied(own: FixGroup) -> Markup:
    if own.several:
        return joined(f"{own.numbered}, {own.count}: {own.first.group.words}")
    fix = own.first
    where = joined(" at ", codes(str(hunk) for hunk in fix.hunks)) if fix.hunks else None
    return joined(f"fix {fix.number}, ", tag("code", subject(fix.findings[0])), where)


def found_rules(report: Report) -> Iterator[Markup]:
    """What the rules that found something are about."""
    used = {finding.rule for finding in report.findings}
    for rule in rules():
        if rule.name in used:
            yield tag("details", tag("summary", tag("code", rule.name), " ", rule.summary), tag("p", rule.advice()))


def rest(report: Report) -> Iterator[Markup]:
    """What was not compared, and why."""
    lines = [_not_read(group, report) for group in groups(item for item in report.findings if item.unread)]
    lines += [tag("li", item) for item in report.not_compared]
    lines += [tag("li", f"{name} has no words for {listed(kinds)}") for name, kinds in content.inexpressible(report)]
    if report.suppressed:
        lines.append(tag("li", f"{report.suppressed} more that you allow"))
    if lines:
        yield tag("ul", *lines, class_="plain")


def _not_read(group: Group, report: Report) -> Markup:
    places = [content.site(item, report) for item in group.findings]
    if not group.several:
        return tag("li", tag("code", places[0]), f": {group.words}")
    named = (
        tag("li", tag("code", place), f" {own}" if own else None) for place, own in zip(places, group.own, strict=True)
    )
    return tag("li", f"{group.count}: {group.words}", tag("ul", *named, class_="plain"))
