"""Markdown holds whatever users call their tables, in GitHub's own renderer and in another."""

import html
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from building import EXPRESSES, HERE, column, foreign_key, name, schema
from building import table as made
from ormistice.alignment import align
from ormistice.findings import Finding, Report, Severity, Violation
from ormistice.model import ForeignKey, Index, Schema, Stated, Table, UniqueConstraint, as_index
from ormistice.names import Scope
from ormistice.places import printed
from ormistice.reporters.markdown import fitting
from ormistice.reporters.markdown import render as render_report
from ormistice.reporters.parts.content import keys, object_name
from ormistice.reporters.parts.drawing import mermaid
from ormistice.reporters.parts.markdown import block, code, escaped, table
from ormistice.text import Span
from reporters.reports import large, large_schema, repeated, report_of, shop, various

ORDERS = made("orders", column("orders", "user_id", "integer"), keys=(foreign_key("orders", "user_id", "users"),))
NASTY = st.text(alphabet="ab|`*_[]()<>&#@~$!\\-+ .:/w\n\"'=1", min_size=1)
COMMONMARK = MarkdownIt("commonmark").enable("table").enable("strikethrough")
# With raw HTML let through, so that a tag that gets by is seen.
EXTENSIONS = ["table", "autolink", "strikethrough", "tasklist"]
OPTIONS = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES


def github(text: str) -> str:
    return cmarkgfm.markdown_to_html_with_extensions(text, OPTIONS, EXTENSIONS)


RENDERERS: list[Callable[[str], str]] = [github, COMMONMARK.render]


class Page(HTMLParser):
    """Tags in order, and the text between them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list) -> None:  # noqa: ARG002 - the base's signature
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def seen(text: str) -> str:
    """Text as a reader sees it: white space is one blank, characters without width are not there."""
    return re.sub(r"\s+", " ", text.replace("\u200b", "")).strip()


@pytest.mark.parametrize("render", RENDERERS)
@given(text=NASTY | st.text(alphabet="a_*~ `", min_size=1))
@example(text="__proto__")
def test_escaped_text_is_text(render: Callable[[str], str], text: str) -> None:
    """It stands in a line, as everywhere in the reports, and adds no mark to it."""
    page = Page(render(f"see {escaped(text)} there"))

    assert page.tags == ["p"]
    assert seen(page.text) == seen(f"see {text} there")


@pytest.mark.parametrize("render", RENDERERS)
@given(text=NASTY.filter(str.strip))
def test_code_is_one_code_span_in_a_table_cell(render: Callable[[str], str], text: str) -> None:
    page = Page(render(table(("a", "b"), [(code(text), escaped(text))])))

    assert page.tags == ["table", "thead", "tr", "th", "th", "tbody", "tr", "td", "code", "td"]


@pytest.mark.parametrize("render", RENDERERS)
@given(text=NASTY.filter(str.strip))
def test_code_is_what_it_was(render: Callable[[str], str], text: str) -> None:
    page = Page(render(f"see {code(text)} there"))

    assert page.tags == ["p", "code"]
    assert seen(page.text) == seen(f"see {text} there")


@pytest.mark.parametrize("render", RENDERERS)
@given(text=st.text(alphabet="ab`~\n ", min_size=1))
def test_a_block_is_one_block(render: Callable[[str], str], text: str) -> None:
    assert re.findall(r"<(\w+)", render(block(text, "sql"))) == ["pre", "code"]


@pytest.mark.parametrize(
    "text",
    [
        "@all",
        "see @octocat",
        "#1",
        "GH-1",
        "https://example.com/x",
        "www.example.com",
        "ann@example.com",
        "mailto:a@b.c",
    ],
)
def test_nobody_is_called_and_nothing_is_linked(text: str) -> None:
    page = html.unescape(github(f"see {escaped(text)} there"))

    assert not re.search(r"@\w|#\d|GH-\d|<a", page)


def test_the_worst_name_harms_nothing() -> None:
    name = "a|b`<img src=x> @all"
    page = github(f"{table(('table', 'message'), [(code(name), escaped(name))])}\n\n## {code(name)}\n")

    assert "<img" not in page
    assert Page(page).tags.count("td") == 2
    assert Page(page).text.count("a|b`<img src=x>") == 3


def test_the_report_is_as_expected(shop_report: Report, request: pytest.FixtureRequest) -> None:
    """Read once by a person; `make bless` writes it again."""
    expected = Path(__file__).parent / "expected" / "shop.md"
    actual = render_report(shop_report)
    if request.config.getoption("--bless"):
        expected.write_text(actual, encoding="utf-8")

    assert expected.read_text(encoding="utf-8") == actual


ALLOWED = {
    "h1",
    "h2",
    "h3",
    "p",
    "strong",
    "code",
    "pre",
    "ul",
    "ol",
    "li",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    # What is folded away.
    "details",
    "summary",
}


@pytest.mark.parametrize("name", ["shop_report", "credits_report", "hostile_report"])
def test_a_whole_report_has_no_mark_but_our_own(name: str, request: pytest.FixtureRequest) -> None:
    report: Report = request.getfixturevalue(name)
    page = github(render_report(report))
    parsed = Page(page)

    assert set(parsed.tags) <= ALLOWED
    assert not re.search(r"@\w", re.sub(r"<(code|pre)[^>]*>.*?</\1>", "", page, flags=re.DOTALL))
    tables = [table.name for table in report.among.schemas[report.sources[0].name].tables]
    assert parsed.tags.count("h3") + parsed.tags.count("details") >= len(tables)
    for drawn in re.findall(r"<table>.*?</table>", page, re.DOTALL):
        rows = re.findall(r"<tr>(.*?)</tr>", drawn, re.DOTALL)
        assert len({len(re.findall(r"<t[hd]", row)) for row in rows}) == 1


def test_every_section_is_there(shop_report: Report) -> None:
    page = github(render_report(shop_report))

    assert re.findall(r"<h2>(.*?)</h2>", page) == [
        "Summary", "Comparison", "Tables", "What references what", "Foreign keys", "Enums", "Fixes", "Action plan",
        "Not compared",
    ]  # fmt: skip


def test_what_fits_into_a_comment_keeps_what_matters(credits_report: Report) -> None:
    whole = render_report(credits_report)
    for most in (len(whole), len(whole) - 1, len(whole) // 2, 3_000, 1_500, 200):
        text = fitting(credits_report, most)
        assert len(text) <= most
        assert "**3 errors, 0 warnings, 31 info**" in text
        assert ("Left out for its length: " in text) is (most < len(whole))
    assert fitting(credits_report, len(whole)) == whole
    assert "## Fixes" in fitting(credits_report, len(whole) // 2)
    assert "teams.owner_id" in fitting(credits_report, 1_500)


def opened(text: str) -> list[str]:
    """What a reader sees of a report who has clicked on nothing, but for what is drawn, line by line."""
    folds = re.compile(r"<details>\s*<summary>((?:(?!</summary>).)*)</summary>((?!<details>).)*?</details>", re.DOTALL)
    while (inner := folds.sub(r"\1", text)) != text:
        text = inner
    return [line for line in re.sub(r"```mermaid.*?```", "", text, flags=re.DOTALL).splitlines() if line]


@pytest.mark.parametrize("make", [large, repeated, lambda: repeated(300), lambda: various(300)])
def test_a_long_report_is_read_from_its_totals_on_and_opened_where_one_asks(make: Callable[[], Report]) -> None:
    report = make()
    whole = render_report(report)
    shown = opened(whole)
    page = github(whole)

    assert len(shown) < 80 + len(align(Table, report.among))
    for rule, count in Counter(item.rule for item in report.findings if item.severity is not Severity.INFO).items():
        assert any(re.match(rf"\| (❌ error|⚠️ warning) \| {rule} \| {count} \|", line) for line in shown[:20])
    for finding in report.findings:
        assert object_name(finding.identity) in whole
    assert whole.count("<details>") == whole.count("</details>") == page.count("</details>")
    # A table that is folded is still one.
    assert "| --- |" not in page


def test_tables_that_agree_are_one_line_of_a_long_report() -> None:
    shown = opened(render_report(report_of(large_schema("a", 100), large_schema("b", 100))))

    assert "100 tables: the same in all sources" in shown
    assert not [line for line in shown if "table_050" in line]


def test_of_nothing_there_is_a_report() -> None:
    empty = render_report(report_of(Schema("a", (), (), EXPRESSES), Schema("b", (), (), EXPRESSES)))

    assert "**0 errors, 0 warnings, 0 info**" in empty


def test_a_graph_that_all_sources_see_alike_is_drawn_once() -> None:
    alike = render_report(report_of(large_schema("a", 20), large_schema("b", 20)))
    apart = render_report(large(20))

    assert (alike.count("flowchart"), apart.count("flowchart")) == (1, 2)
    assert "### As a and b see it" in alike


def test_control_characters_are_shown(hostile_report: Report) -> None:
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", render_report(hostile_report))


def test_a_graph_that_is_too_large_shows_what_is_wrong() -> None:
    """GitHub draws 500 lines at most."""
    schema = large_schema("a", 600)
    wrong = {key.key() for table in schema.tables[:3] for key in table.foreign_keys}
    drawn = mermaid(schema.tables, frozenset(wrong))

    assert drawn is not None
    assert 0 < drawn.count("-->") + drawn.count(".->") <= 500
    assert drawn.count("✗") == len(wrong)
    assert mermaid(schema.tables, frozenset()) is None


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (Schema("b", (), (), EXPRESSES), "it has no such table"),
        (Schema("b", (made("orders"),), (), EXPRESSES), "it has no such column"),
        (Schema("b", (), (), EXPRESSES - {ForeignKey}), "its language has no words for it"),
        (Schema("b", (), (), EXPRESSES, unread=frozenset({ForeignKey})), "it has no such table"),
        (
            Schema("b", (replace(ORDERS, foreign_keys=(), unread=frozenset({ForeignKey})),), (), EXPRESSES),
            "not known, for it was not read in full",
        ),
        (Schema("b", (), (), EXPRESSES, scope=Scope(include=("users",))), "not its business"),
    ],
)
def test_why_a_source_is_not_asked_for_a_key(said: Schema, words: str) -> None:
    report = report_of(Schema("a", (ORDERS, made("users")), (), EXPRESSES), said)
    (row,) = (row for row in keys(report) if row.key.table.name == "orders")

    assert [standing.words for standing in row.standings] == ["", words]


@pytest.mark.parametrize("count", [1, 4])
def test_what_is_of_no_object_is_told_with_its_place_in_the_summary_and_in_the_plan(count: int) -> None:
    """A migration that fails, say: of it there is no table to look it up under."""
    report = shop()
    site = next(item.violation.sites[0] for item in report.findings if isinstance(item.violation.sites[0].place, Span))
    violation = Violation("it fails: no such table", "prisma", ("prisma",), {"prisma": "it fails"}, (site,))
    findings = [
        Finding("it-fails", Severity.ERROR, None, replace(violation, message=f"it fails: no table `t{number}`"), "")
        for number in range(count)
    ]
    page = render_report(replace(report, findings=tuple(findings)))
    place = str(printed(site.place, report.among.schemas[site.source]))
    plan = page.partition("## Action plan")[2]

    assert plan.count(place) == count
    assert "no table" in page.partition("## Comparison")[0]
    assert count > 1 or place in page.partition("## Comparison")[0]


def test_whoever_has_words_for_a_unique_index_has_them_for_what_is_unique() -> None:
    unique = UniqueConstraint(name("orders"), ("user_id",), HERE, name=Stated("orders_user_id_key", HERE))
    orders = replace(ORDERS, foreign_keys=(), unique_constraints=(unique,))
    plain = replace(ORDERS, foreign_keys=(), indexes=(as_index(unique),))
    unlike = Schema("b", (plain,), (), EXPRESSES - {UniqueConstraint})
    mute = Schema("b", (replace(plain, indexes=()),), (), EXPRESSES - {UniqueConstraint, Index})

    assert "no words" not in render_report(report_of(schema("a", orders), unlike))
    assert "no words for unique constraints" in render_report(report_of(schema("a", orders), mute))
