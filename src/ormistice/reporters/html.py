"""Format `html`: one page that needs nothing else, with filters and the reference graph to move about in."""

import hashlib
from base64 import b64encode
from collections.abc import Iterator
from importlib.resources import files

from ormistice.alignment import align
from ormistice.findings import Report
from ormistice.model import Table
from ormistice.reporters.parts import content
from ormistice.reporters.parts.articles import findings, summary
from ormistice.reporters.parts.cells import chip
from ormistice.reporters.parts.changes import fixes
from ormistice.reporters.parts.markup import Markup, joined, raw, tag
from ormistice.reporters.parts.sections import (
    action_plan,
    comparison,
    enums,
    found_rules,
    keys,
    references,
    rest,
    tables,
)

ENDINGS = (".html", ".htm")

FILTERED = {"error": "errors", "warning": "warnings", "info": "info", "none": "what agrees"}
SECTIONS = (
    ("summary", "Summary"),
    ("findings", "Findings"),
    ("comparison", "Comparison"),
    ("references", "What references what"),
    ("keys", "Foreign keys"),
    ("enums", "Enums"),
    ("tables", "Tables"),
    ("plan", "Action plan"),
    ("rules", "Rules"),
    ("rest", "Not compared"),
)


def render(report: Report) -> str:
    """The report as one HTML page."""
    style, script = (files(__package__).joinpath(name).read_text("utf-8") for name in ("page.css", "page.js"))
    # Nothing is loaded, and no style or script runs but these two, whatever a name may hold.
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )
    head = joined(
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", f"Schema audit: {content.counts(report.findings)}"),
        tag("style", raw(style)),
    )
    body = joined(*_body(report), tag("script", raw(script)))
    return f"<!DOCTYPE html>\n{tag('html', tag('head', head), tag('body', body), lang='en')}\n"


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _body(report: Report) -> Iterator[Markup]:
    parts = {name: joined(*part) for name, part in _parts(report)}
    shown = [(name, title) for name, title in SECTIONS if parts.get(name)]
    links = joined(*(tag("li", tag("a", title, href=f"#{name}")) for name, title in shown))
    yield tag("a", "To the findings", href="#findings", class_="skip")
    yield tag(
        "header", tag("h1", "Schema audit"), _verdict(report), tag("nav", tag("ul", links), aria_label="Sections")
    )
    yield tag("div", _filters(report), class_="bar", data_scripted=True, hidden=True)
    sections = (tag("section", tag("h2", title), parts[name], id=name, aria_label=title) for name, title in shown)
    yield tag("main", *sections)


def _parts(report: Report) -> Iterator[tuple[str, Iterator[Markup]]]:
    numbered = fixes(report)
    anchors = {aligned.identity.name: f"table-{n}" for n, aligned in enumerate(align(Table, report.among), 1)}
    yield "summary", summary(report)
    yield "findings", findings(report, numbered)
    yield "comparison", comparison(report)
    yield "references", references(report, anchors)
    yield "keys", keys(report)
    yield "enums", enums(report)
    yield "tables", tables(report, anchors)
    yield "plan", action_plan(report, numbered)
    yield "rules", found_rules(report)
    yield "rest", rest(report)


def _verdict(report: Report) -> Markup:
    worst = content.worst(report.findings)
    return tag(
        "p",
        chip(worst),
        tag("strong", content.counts(report.findings)),
        f": {content.verdict(report)}.",
        class_="verdict",
    )


def _filters(report: Report) -> Markup:
    def box(name: str, value: str, label: str) -> Markup:
        return tag("label", tag("input", type="checkbox", name=name, value=value, checked=True), " ", label)

    severities = (box("severity", value, label) for value, label in FILTERED.items())
    sources = (box("source", str(number), source.name) for number, source in enumerate(report.sources))
    themes = (tag("option", word, value=word) for word in ("auto", "light", "dark"))
    return tag(
        "form",
        tag("fieldset", tag("legend", "Show"), *severities),
        tag("fieldset", tag("legend", "Out of line"), *sources),
        tag("label", "Table ", tag("input", type="search", name="table", autocomplete="off")),
        tag("button", "Reset", type="reset"),
        tag("label", "Theme ", tag("select", *themes, id="theme")),
        tag("output", id="count", aria_live="polite"),
        id="filters",
        role="search",
        aria_label="Filters",
    )
