"""SARIF by its own schema, the page by axe's rules of accessibility, graphs as Mermaid draws them."""

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft4Validator

from ormistice.findings import Report
from ormistice.names import QualifiedName
from ormistice.reporters import reporter
from ormistice.reporters.parts.content import table_name
from ormistice.reporters.parts.visible import visible
from reporters.browser import Page
from reporters.reports import large

pytestmark = pytest.mark.conformance

REPORTS = ["shop_report", "credits_report", "hostile_report"]


@pytest.mark.parametrize("name", REPORTS)
def test_sarif_by_the_official_schema(name: str, packages: Path, request: pytest.FixtureRequest) -> None:
    schema = json.loads((packages / "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json").read_text("utf-8"))
    log = json.loads(reporter("sarif")(request.getfixturevalue(name)))

    assert [error.message for error in Draft4Validator(schema).iter_errors(log)] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", REPORTS)
def test_the_page_is_accessible(
    name: str, scheme: str, browser: Page, packages: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """With everything folded out, and everything shown."""
    (tmp_path / "report.html").write_text(reporter("html")(request.getfixturevalue(name)), encoding="utf-8")
    browser.prefer(scheme)
    browser.open(tmp_path / "report.html")
    browser.ask("document.querySelectorAll('details').forEach((item) => { item.open = true; })")
    browser.ask((packages / "axe-core/axe.min.js").read_text("utf-8") + "; 1")
    found = browser.ask(
        "axe.run().then(({violations}) => violations.map(({id, nodes}) => [id, nodes.slice(0, 3).map((node) => node.html)]))"
    )

    assert found == []


@pytest.fixture
def mermaid(browser: Page, packages: Path, tmp_path: Path) -> Page:
    """A page that draws as GitHub's does."""
    script = (packages / "mermaid/dist/mermaid.min.js").as_uri()
    (tmp_path / "mermaid.html").write_text(
        f"<!DOCTYPE html><meta charset='utf-8'><script src='{script}'></script>", encoding="utf-8"
    )
    browser.open(tmp_path / "mermaid.html")
    browser.ask("mermaid.initialize({startOnLoad: false, securityLevel: 'strict'})")
    return browser


def drawn(page: Page, text: str) -> list[str]:
    """The labels of the tables in what Mermaid draws."""
    page.ask(f"mermaid.render('graph', {json.dumps(text)}).then(({{svg}}) => {{ document.body.innerHTML = svg; }})")
    return page.ask("[...document.querySelectorAll('.node')].map((node) => node.textContent)")


@pytest.mark.parametrize("name", REPORTS)
def test_mermaid_draws_every_graph_with_every_name(name: str, mermaid: Page, request: pytest.FixtureRequest) -> None:
    report: Report = request.getfixturevalue(name)
    graphs = re.findall(r"```mermaid\n(.*?)```", reporter("markdown")(report), re.DOTALL)
    ends: list[set[QualifiedName]] = []
    for schema in report.among.schemas.values():
        keys = [key for table in schema.tables for key in table.foreign_keys if key.references is not None]
        ends += [{end for key in keys for end in (key.table, key.references.value.table)}] if keys else []

    assert len(graphs) == len(ends) > 0
    for graph, names in zip(graphs, ends, strict=True):
        seen = [re.sub(r"\s+", " ", label).strip() for label in drawn(mermaid, graph)]
        assert sorted(seen) == sorted(re.sub(r"\s+", " ", visible(table_name(end))).strip() for end in names)
        assert mermaid.ask("document.querySelectorAll('svg script, svg img, svg a').length") == 0
    assert mermaid.happened("Page.javascriptDialogOpening") == []


def test_mermaid_draws_the_largest_graph_that_is_written(mermaid: Page) -> None:
    graphs = re.findall(r"```mermaid\n(.*?)```", reporter("markdown")(large(450)), re.DOTALL)

    assert len(graphs) == 2
    assert len(drawn(mermaid, graphs[0])) == 450
