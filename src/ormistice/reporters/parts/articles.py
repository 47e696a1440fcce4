"""The summary of the page and its findings, each with claims, places and fixes."""

from collections.abc import Iterator

from ormistice.findings import Finding, Report, Severity
from ormistice.places import printed
from ormistice.reporters.parts import content
from ormistice.reporters.parts.cells import chip, data, names, standing
from ormistice.reporters.parts.changes import Hunk, NumberedFix
from ormistice.reporters.parts.content import grave, subject
from ormistice.reporters.parts.markup import Markup, joined, row, table, tag


def summary(report: Report) -> Iterator[Markup]:
    """The sources, and every finding that matters with the claim of each."""
    rows = [
        row(tag("code", item.name), item.kind, tag("code", item.location), str(item.tables), str(item.enums))
        for item in report.sources
    ]
    yield table("Sources", ("source", "kind", "location", "tables", "enums"), rows)
    if heavy := grave(report):
        issues = [
            row(
                tag("code", subject(item)),
                *map(standing, content.claims(item, report)),
                item.rule,
                **data(item, report),
            )
            for item in heavy
        ]
        yield table("Issues", ("issue", *names(report), "rule"), issues)


def findings(report: Report, numbered: tuple[NumberedFix, ...]) -> Iterator[Markup]:
    """Every finding as an article, the notes folded away."""
    if not report.findings:
        yield tag("p", "No differences found.")
    of: dict[int, list[NumberedFix]] = {}
    for fix in numbered:
        for item in fix.findings:
            of.setdefault(id(item), []).append(fix)
    for severity, title in ((Severity.ERROR, "Errors"), (Severity.WARNING, "Warnings")):
        own = [item for item in report.findings if item.severity is severity]
        if own:
            articles = (_finding(item, of.get(id(item), []), report) for item in own)
            yield tag("div", tag("h3", title), *articles, class_="group")
    if notes := [item for item in report.findings if item.severity is Severity.INFO]:
        articles = (_finding(item, of.get(id(item), []), report) for item in notes)
        yield tag("details", tag("summary", f"{len(notes)} notes: harmless"), *articles, class_="group")


def _finding(finding: Finding, own: list[NumberedFix], report: Report) -> Markup:
    violation = finding.violation
    title = joined(chip(finding.severity), tag("code", subject(finding)), " ", finding.rule)
    told = zip(names(report), content.claims(finding, report), strict=True)
    claims = [row(name, standing(item), _places(finding, name, report)) for name, item in told]
    caption = f"What each source says of {subject(finding)}"
    return tag(
        "article",
        tag("h4", title),
        tag("p", violation.message),
        *([tag("p", "Cause: ", violation.cause, ".")] if violation.cause else []),
        *([tag("p", "Impact: ", finding.impact)] if finding.impact else []),
        table(caption, ("source", "claim", "place"), claims),
        *(_fix(fix) for fix in own),
        class_=f"finding {finding.severity.value}",
        **data(finding, report),
    )


def _places(finding: Finding, source: str, report: Report) -> Markup:
    """Where a source says it, a line each."""
    sites = [site for site in finding.violation.sites if site.source == source]
    shown = (printed(site.place, report.among.schemas[source]) for site in sites)
    return joined(*(tag("div", tag("code", str(place))) for place in shown))


def _fix(fix: NumberedFix) -> Markup:
    title = f"Fix {fix.number} for {fix.source} ({fix.suggested.fix.applicability.value})"
    statements = tag("pre", "\n".join(fix.statements), class_="after", tabindex="0") if fix.statements else None
    hunks = (joined(tag("p", tag("code", str(hunk))), _sides(hunk)) for hunk in fix.hunks)
    return joined(tag("h5", title), tag("p", fix.promise, class_="faint"), statements, *hunks)


def _sides(hunk: Hunk) -> Markup:
    """The lines before and after, side by side."""
    before, after = hunk.dedented()
    sides = (("Change from", "before", before), ("to", "after", after))
    drawn = (
        tag("div", tag("p", title, class_="faint"), tag("pre", lines, class_=side, tabindex="0"))
        for title, side, lines in sides
    )
    return tag("div", *drawn, class_="split")
