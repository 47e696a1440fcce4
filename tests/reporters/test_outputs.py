"""Which format goes where."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

from building import schemas
from ormistice.findings import Report
from ormistice.model import Identity, Schema
from ormistice.names import QualifiedName
from ormistice.reporters import deliveries, format_of, formats, reporter
from reporters.reports import report_of


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("report.md", "markdown"),
        ("report.html", "html"),
        ("REPORT.HTML", "html"),
        ("ormistice.sarif", "sarif"),
        ("ormistice.sarif.json", "sarif"),
        ("junit.xml", "junit"),
        ("report.json", "json"),
        ("gl-code-quality-report.json", "gitlab"),
        ("findings.txt", "text"),
        ("findings.log", None),
        ("report", None),
    ],
)
def test_a_name_tells_a_format(name: str, form: str | None) -> None:
    assert format_of(Path("out") / name) == form


@pytest.mark.parametrize(
    ("form", "outputs", "expected"),
    [
        (None, [], [("text", None)]),
        ("json", [], [("json", None)]),
        ("json", ["report.md"], [("json", "report.md")]),
        (None, ["report.md"], [("markdown", "report.md")]),
        (None, ["findings"], [("text", "findings")]),
        (None, ["a.md", "b.sarif"], [("markdown", "a.md"), ("sarif", "b.sarif")]),
        ("github", ["a.md", "b.sarif"], [("markdown", "a.md"), ("sarif", "b.sarif"), ("github", None)]),
    ],
)
def test_deliveries(form: str | None, outputs: list[str], expected: list[tuple[str, str | None]]) -> None:
    found = deliveries(form, [Path(output) for output in outputs])

    assert [(name, None if path is None else str(path)) for name, path in found] == expected


def test_formats_are_found() -> None:
    assert {"text", "markdown", "html", "json", "sarif", "junit", "github", "gitlab"} <= set(formats())


@given(schemas("a"), schemas("b"), schemas("c"))
def test_every_format_has_words_for_whatever_is_found(a: Schema, b: Schema, c: Schema) -> None:
    """Of sources without files, as of databases, too."""
    report = report_of(a, b, c)
    for form in formats():
        text = reporter(form)(report)
        assert all(finding.rule in text for finding in report.findings), form


def test_a_finding_of_what_is_no_table_is_told_everywhere(shop_report: Report) -> None:
    """Views, domains and sequences have findings as tables have."""
    first = shop_report.findings[0]
    odd = replace(first, identity=Identity("view", QualifiedName("public", "recent_orders")))
    report = replace(shop_report, findings=(odd,))

    for form in formats():
        assert "recent_orders" in reporter(form)(report) or form in ("github", "gitlab"), form
    assert reporter("markdown")(report).count("`recent_orders`") >= 2
    (finding,) = json.loads(reporter("json")(report))["findings"]
    assert [finding[key] for key in ("kind", "name", "table", "enum")] == ["view", "public.recent_orders", None, None]


@pytest.mark.parametrize("form", formats())
def test_a_format_says_the_same_twice_and_ends_its_last_line(form: str, credits_report: Report) -> None:
    first = reporter(form)(credits_report)

    assert first == reporter(form)(credits_report)
    assert first.endswith("\n")
    assert not first.endswith("\n\n")
