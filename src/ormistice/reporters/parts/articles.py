"""The summary of the page and its findings, each with claims, places and fixes."""

from collections.abc import Iterable, Iterator, Mapping

from ormistice.findings import Finding, Report, Severity
from ormistice.places import printed
from ormistice.reporters.parts import content
from ormistice.reporters.parts.cells import chip, data, data_of, names, standing
from ormistice.reporters.parts.changes import FixGroup, Hunk, NumberedFix, fix_groups
from ormistice.reporters.parts.content import Standing, grave, subject
from ormistice.reporters.parts.groups import Group, groups, told_at
from ormistice.reporters.parts.markup import Markup, joined, row, table, tag

MEMBER = "finding"
"""The class of what is counted as one finding."""
MOST_SHOWN = 12
"""Rows of one thing that are shown without being asked for."""


def summary(report: Report) -> Iterator[Markup]:
    """The sources, and every finding that matters with the claim of each."""
    rows = [
        row(tag("code", item.name), item.kind, tag("code", item.location), str(item.tables), str(item.enums))
        for item in report.sources
    ]
    yield table("Sources", ("source", "kind", "location", "tables", "enums"), rows)
    if told := groups(grave(report)):
        yield table("Issues", ("issue", *names(report), "rule"), [_issue(group, report) for group in told])


def _issue(group: Group, report: Report) -> Markup:
    claims = content.claims(group.first, report)
    shared = (
        Standing(claim.mark) if group.varies(source) else claim
        for source, claim in zip(names(report), claims, strict=True)
    )
    several = joined(tag("strong", group.count), ": ", group.words)
    what = several if group.several else tag("code", subject(group.first))
    return row(what, *map(standing, shared), group.first.rule, **data_of(group, report))


def findings(report: Report, numbered: tuple[NumberedFix, ...]) -> Iterator[Markup]:
    """What there is to tell, each thing as an article; what is harmless is folded away."""
    if not report.findings:
        yield tag("p", "No differences found.")
    of: dict[int, list[NumberedFix]] = {}
    for fix in numbered:
        for item in fix.findings:
            of.setdefault(id(item), []).append(fix)
    told = groups(report.findings)

    def articles(severity: Severity) -> tuple[Markup, ...]:
        return tuple(
            _together(group, of, report) if group.several else _alone(group.first, of.get(id(group.first), []), report)
            for group in told
            if group.first.severity is severity
        )

    for severity, title in ((Severity.ERROR, "Errors"), (Severity.WARNING, "Warnings")):
        if drawn := articles(severity):
            yield tag("div", tag("h3", title), *drawn, class_="group")
    if drawn := articles(Severity.INFO):
        count = content.severity_count(report.count(Severity.INFO), Severity.INFO)
        yield tag("details", tag("summary", f"{count}: harmless"), *drawn, class_="group")


def _together(group: Group, of: Mapping[int, list[NumberedFix]], report: Report) -> Markup:
    """One thing, and a row for each of its findings, which filters find by their tables."""
    first = group.first
    varying = [name for name in names(report) if group.varies(name)]
    rows = [
        row(
            tag("code", name) if name else "",
            *(standing(claim) for source, claim in _claims(finding, report) if source in varying),
            _lines(str(printed(site.place, report.among.schemas[site.source])) for site in told_at(finding)),
            class_=MEMBER,
            **data(finding, report),
        )
        for finding, name in zip(group.findings, group.objects, strict=True)
    ]
    fixes = {fix.number: fix for finding in group.findings for fix in of.get(id(finding), [])}
    shared = [row(name, standing(claim)) for name, claim in _claims(first, report) if name not in varying]
    members = table(f"Of which it is told: {group.count}", ("object", *varying, "place"), rows)
    return tag(
        "article",
        tag("h4", joined(chip(first.severity), group.count, ": ", first.rule)),
        tag("p", group.words),
        *_why(group.cause, first.impact),
        table("What each source says of all", ("source", "claim"), shared) if shared else None,
        members if len(rows) <= MOST_SHOWN else tag("details", tag("summary", f"The {group.count}"), members),
        *(_fixes(own, report) for own in fix_groups(fixes.values())),
        class_=f"group {first.severity.value}",
    )


def _claims(finding: Finding, report: Report) -> Iterator[tuple[str, Standing]]:
    return zip(names(report), content.claims(finding, report), strict=True)


def _why(cause: str | None, impact: str) -> Iterator[Markup]:
    if cause:
        yield tag("p", "Cause: ", cause, ".")
    if impact:
        yield tag("p", "Impact: ", impact)


def _fixes(own: FixGroup, report: Report) -> Markup:
    """Fixes of what is told at once, folded, each shown as long as its table is."""
    first = own.first
    title = f"{own.numbered.capitalize()} for {first.source} ({first.suggested.fix.applicability.value}): {own.count}"
    drawn = (
        tag(
            "div",
            tag("h5", f"Fix {fix.number}: {subject(fix.findings[0])}"),
            _change(fix),
            **data(fix.findings[0], report),
        )
        for fix in own.fixes
    )
    return tag("details", tag("summary", title), tag("p", first.promise, class_="faint"), *drawn)


def _alone(finding: Finding, own: list[NumberedFix], report: Report) -> Markup:
    violation = finding.violation
    title = joined(chip(finding.severity), tag("code", subject(finding)), " ", finding.rule)
    claims = [row(name, standing(item), _places(finding, name, report)) for name, item in _claims(finding, report)]
    caption = f"What each source says of {subject(finding)}"
    return tag(
        "article",
        tag("h4", title),
        tag("p", violation.message),
        *_why(violation.cause, finding.impact),
        table(caption, ("source", "claim", "place"), claims),
        *(_fix(fix) for fix in own),
        class_=f"{MEMBER} {finding.severity.value}",
        **data(finding, report),
    )


def _places(finding: Finding, source: str, report: Report) -> Markup:
    """Where a source says it, a line each."""
    sites = [site for site in finding.violation.sites if site.source == source]
    return _lines(str(printed(site.place, report.among.schemas[source])) for site in sites)


def _lines(places: Iterable[str]) -> Markup:
    return joined(*(tag("div", tag("code", place)) for place in places))


def _fix(fix: NumberedFix) -> Markup:
    title = f"Fix {fix.number} for {fix.source} ({fix.suggested.fix.applicability.value})"
    return joined(tag("h5", title), tag("p", fix.promise, class_="faint"), _change(fix))


def _change(fix: NumberedFix) -> Markup:
    statements = tag("pre", "\n".join(fix.statements), class_="after", tabindex="0") if fix.statements else None
    return joined(statements, *(joined(tag("p", tag("code", str(hunk))), _sides(hunk)) for hunk in fix.hunks))


def _sides(hunk: Hunk) -> Markup:
    """The lines before and after, side by side."""
    before, after = hunk.dedented()
    sides = (("Change from", "before", before), ("to", "after", after))
    drawn = (
        tag("div", tag("p", title, class_="faint"), tag("pre", lines, class_=side, tabindex="0"))
        for title, side, lines in sides
    )
    return tag("div", *drawn, class_="split")
