"""The page in a real browser: it is whole by itself, its filters filter, and no name in it does anything."""

from pathlib import Path

import pytest

from building import column, schema, table
from ormistice.findings import Report
from ormistice.reporters.html import render
from reporters.browser import Page
from reporters.reports import NASTY, large, report_of

ODD_TYPES = {"a": "text", "b": "bigint", "c": "bigint"}
SHOWN = "[...document.querySelectorAll('.finding')].filter((item) => !item.hidden)"


@pytest.fixture(scope="session")
def credits_page(credits_report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(render(credits_report), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def hostile_page(hostile_report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "hostile.html"
    path.write_text(render(hostile_report), encoding="utf-8")
    return path


def test_the_page_asks_for_nothing_and_complains_of_nothing(browser: Page, credits_page: Path) -> None:
    browser.open(credits_page)

    assert browser.requests() == [credits_page.as_uri()]
    assert browser.happened("Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled") == []


def test_no_name_does_anything(browser: Page, hostile_page: Path) -> None:
    """Nothing that looks like a script runs, no dialog opens, nothing is loaded; every name is shown as it is."""
    browser.open(hostile_page)
    browser.ask(
        "document.querySelectorAll('*').forEach((item) => ['mouseover', 'click', 'focus', 'error', 'load']"
        ".forEach((name) => item.tagName === 'A' || item.dispatchEvent(new Event(name))))"
    )
    browser.ask("new Promise((done) => setTimeout(done, 200))")

    assert browser.happened("Page.javascriptDialogOpening", "Runtime.exceptionThrown", "Log.entryAdded") == []
    assert browser.requests() == [hostile_page.as_uri()]
    assert browser.ask("document.scripts.length") == 1
    assert browser.ask("document.querySelectorAll('img, iframe, object, embed, b').length") == 0
    told = browser.ask("document.getElementById('enums').textContent")
    assert [text for text in NASTY[:5] if text not in told] == []


def test_what_a_name_holds_stays_in_its_element(browser: Page, hostile_page: Path) -> None:
    """Every table has one section and one row of the comparison, whatever its name closes or opens."""
    browser.open(hostile_page)

    assert browser.ask("document.querySelectorAll('#tables > details').length") == len(NASTY)
    assert browser.ask("document.querySelectorAll('main > section').length") == browser.ask(
        "document.querySelectorAll('section').length"
    )
    assert browser.ask("document.querySelectorAll('.node').length") >= len(NASTY)


def test_only_our_own_script_may_run(browser: Page, credits_page: Path) -> None:
    browser.open(credits_page)
    browser.ask(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = 1'}))"
    )

    assert browser.ask("window.ran === undefined")


@pytest.mark.parametrize(
    ("name", "value", "hidden"),
    [("severity", "info", "notes"), ("severity", "error", "errors"), ("source", "1", "those of drizzle")],
)
def test_filters_of_severity_and_source(
    browser: Page, credits_page: Path, credits_report: Report, name: str, value: str, hidden: str
) -> None:
    names = [source.name for source in credits_report.sources]

    def kept(finding) -> bool:
        if name == "severity":
            return finding.severity.value != value
        return any(outlier != names[int(value)] for outlier in finding.violation.outliers)

    browser.open(credits_page)
    browser.ask(f"document.querySelector('input[name={name}][value=\"{value}\"]').click()")

    expected = sum(map(kept, credits_report.findings))
    assert browser.ask(f"{SHOWN}.length") == expected, hidden
    assert browser.ask("document.getElementById('count').textContent").startswith(f"{expected} of ")


def test_a_finding_is_shown_while_one_of_its_sources_is(browser: Page, tmp_path: Path) -> None:
    schemas = [schema(name, table("users", column("users", "x", kind))) for name, kind in ODD_TYPES.items()]
    (tmp_path / "three.html").write_text(render(report_of(*schemas)), encoding="utf-8")
    browser.open(tmp_path / "three.html")
    seen = []
    for source in ("1", "2"):
        browser.ask(f"document.querySelector('input[name=source][value=\"{source}\"]').click()")
        seen.append(browser.ask(f"{SHOWN}.length"))

    assert seen == [1, 0]


def test_the_filter_of_tables_filters_every_section(browser: Page, credits_page: Path) -> None:
    browser.open(credits_page)
    browser.ask("document.querySelector('input[name=table]').focus()")
    for letter in "Teams":
        browser.press(letter)

    tables = browser.ask(f"[...new Set({SHOWN}.map((item) => item.dataset.table))]")
    sections = browser.ask("[...document.querySelectorAll('#tables > details')].filter((item) => !item.hidden).length")
    assert (tables, sections) == (["public.teams"], 1)
    browser.ask("document.querySelector('button[type=reset]').click(), new Promise((done) => setTimeout(done, 50))")
    assert browser.ask(f"{SHOWN}.length") == browser.ask("document.querySelectorAll('.finding').length")


def test_the_graph_shows_what_one_source_sees(browser: Page, credits_page: Path) -> None:
    browser.open(credits_page)
    seen = {}
    for number, source in enumerate(("database", "drizzle", "sqlmodel")):
        browser.ask(f"seen.value = '{number}', seen.dispatchEvent(new Event('change'))")
        seen[source] = browser.ask(
            "[...document.querySelectorAll('.edge')].filter((item) => getComputedStyle(item).display !== 'none')"
            ".map((item) => item.classList.contains('wrong'))"
        )

    assert {source: (len(edges), sum(edges)) for source, edges in seen.items()} == {
        "database": (7, 0), "drizzle": (7, 2), "sqlmodel": (7, 1),
    }  # fmt: skip


def test_the_graph_lights_what_a_table_touches_and_moves_by_keys(browser: Page, credits_page: Path) -> None:
    browser.open(credits_page)
    browser.ask("document.getElementById('references').scrollIntoView()")
    box = browser.ask(
        "(({x, y, width, height}) => ({x: x + width / 2, y: y + height / 2}))"
        "([...document.querySelectorAll('.node')].find((node) => node.textContent.startsWith('teams')).getBoundingClientRect())"
    )
    browser.move_to(box["x"], box["y"])
    lit = browser.ask("[...document.querySelectorAll('.node.lit title')].map((item) => item.textContent)")
    browser.ask("graph.focus({preventScroll: true})")
    before = browser.ask("graph.getAttribute('viewBox')")
    browser.press("+")
    closer = browser.ask("graph.getAttribute('viewBox')")
    browser.press("0")

    assert set(lit) == {"api_key_credits", "credit_transactions", "teams", "user_credits", "users"}
    assert float(closer.split()[2]) < float(before.split()[2])
    assert browser.ask("graph.getAttribute('viewBox')") == before


def test_no_two_tables_stand_on_each_other(browser: Page, tmp_path: Path) -> None:
    (tmp_path / "large.html").write_text(render(large(60)), encoding="utf-8")
    browser.open(tmp_path / "large.html")
    boxes = browser.ask(
        "[...document.querySelectorAll('.node rect')].map((item) => ['x', 'y', 'width', 'height']"
        ".map((name) => Number(item.getAttribute(name))))"
    )

    assert len(boxes) == 60
    apart = [
        x + w <= x2 or x2 + w2 <= x or y + h <= y2 or y2 + h2 <= y
        for n, (x, y, w, h) in enumerate(boxes)
        for x2, y2, w2, h2 in boxes[:n]
    ]
    assert all(apart)
    assert browser.ask(
        "[...document.querySelectorAll('.node')].every((item) => item.querySelector('text').getBBox().width"
        " < item.querySelector('rect').getBBox().width)"
    )


def test_dark_and_light(browser: Page, credits_page: Path) -> None:
    """As the system has it, until the reader says otherwise."""
    colour = "getComputedStyle(document.body).backgroundColor"
    seen = {}
    for scheme in ("light", "dark"):
        browser.prefer(scheme)
        browser.open(credits_page)
        seen[scheme] = browser.ask(colour)
    browser.ask("theme.value = 'light', theme.dispatchEvent(new Event('change'))")

    assert len(set(seen.values())) == 2
    assert browser.ask(colour) == seen["light"]


def test_a_narrow_page_does_not_scroll_sideways(browser: Page, credits_page: Path, hostile_page: Path) -> None:
    browser.size(400, 800)
    for path in (credits_page, hostile_page):
        browser.open(path)

        assert browser.ask("document.documentElement.scrollWidth") <= 400, path


def test_without_script_everything_is_there(credits_report: Report) -> None:
    """Only what a script serves is hidden in the page as it is written."""
    page = render(credits_report)

    assert page.count("hidden>") == page.count("data-scripted hidden>") == 2


def test_the_same_report_makes_the_same_page(credits_report: Report) -> None:
    assert render(credits_report) == render(credits_report)
