"""What is told once: findings that differ in their objects alone, and nothing of them is lost."""

import re
from collections.abc import Callable
from dataclasses import replace

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options

from building import HERE, column, compare, foreign_key, name, schema, table
from ormistice.bot.body import MOST_NAMED, Telling, commented, marker
from ormistice.bot.comparing import Comparison
from ormistice.findings import Finding, Report, Severity, Violation
from ormistice.model import CheckConstraint, Identity, ReferentialAction, Stated
from ormistice.reporters import reporter
from ormistice.reporters.parts.changes import fix_groups, fixes
from ormistice.reporters.parts.content import subject
from ormistice.reporters.parts.groups import LEAST, Group, groups
from reporters.browser import Page
from reporters.reports import hostile, large, repeated, report_of, shop

NAMES = ("carts", "orders", "column", "no")
LIMIT = 65_536


def found(message: str, text: str, severity: Severity = Severity.ERROR, **more: object) -> Finding:
    """A finding of a column, made by hand."""
    violation = Violation(message, "a", ("b",), {"a": "x", "b": "y"}, (), **more)  # type: ignore[arg-type]
    return Finding("some-rule", severity, Identity("column", name(text), ("id",)), violation, text)


def told(findings: list[Finding]) -> list[tuple[int, str]]:
    return [(len(group.findings), group.words) for group in groups(findings)]


@pytest.mark.parametrize("make", [hostile, shop, large, repeated])
def test_each_finding_is_told_once_and_none_is_lost(make: Callable[[], Report]) -> None:
    report = make()
    members = [item for group in groups(report.findings) for item in group.findings]

    assert sorted(map(id, members)) == sorted(map(id, report.findings))


def test_a_group_stands_where_its_first_finding_does() -> None:
    report = repeated()
    firsts = [report.findings.index(group.first) for group in groups(report.findings)]

    assert firsts == sorted(firsts)
    assert all(
        [report.findings.index(item) for item in group.findings]
        == sorted(report.findings.index(item) for item in group.findings)
        for group in groups(report.findings)
    )


def test_two_are_told_one_by_one_and_three_at_once() -> None:
    three = [found("b has y, but a has x", text) for text in NAMES[:LEAST]]

    assert told(three[:2]) == [(1, "b has y, but a has x")] * 2
    assert told(three) == [(3, "b has y, but a has x")]


@pytest.mark.parametrize(
    "other",
    [
        found("b has z, but a has x", "odd"),
        found("b has y, but a has x", "odd", Severity.WARNING),
        found("b has y, but a has x", "odd", cause="b leaves it unsaid"),
        replace(found("b has y, but a has x", "odd"), rule="another-rule"),
        replace(found("b has y, but a has x", "odd"), identity=Identity("index", name("odd"), ("id",))),
        replace(
            found("b has y, but a has x", "odd"),
            violation=replace(found("b has y, but a has x", "odd").violation, outliers=("c",)),
        ),
        replace(
            found("b has y, but a has x", "odd"),
            violation=replace(found("b has y, but a has x", "odd").violation, claims={"a": "x", "b": "y", "c": "z"}),
        ),
    ],
    ids=["message", "severity", "cause", "rule", "kind", "outliers", "claims"],
)
def test_what_differs_in_anything_but_its_object_is_another_thing(other: Finding) -> None:
    alike = [found("b has y, but a has x", text) for text in NAMES]

    assert [len(group.findings) for group in groups([*alike, other])] == [len(NAMES), 1]


def only(findings: list[Finding], rule: str) -> Group:
    (group,) = groups(item for item in findings if item.rule == rule)
    return group


def test_tables_that_are_missing() -> None:
    """Whatever they are called, and however many columns they have."""
    findings = compare(schema("a", *map(table, ("users", *NAMES))), schema("b", table("users")))
    group = only(findings, "unmanaged-table")

    assert (group.count, group.words) == ("4 tables", "missing in b, declared in a")
    assert (sorted(group.objects), set(group.own)) == (sorted(NAMES), {"1 column"})


def test_columns_that_are_missing_are_one_thing_whatever_their_types() -> None:
    kinds = ("text", "bigint", "uuid")
    more = [column("users", f"c{number}", kind) for number, kind in enumerate(kinds)]
    findings = compare(
        schema("a", table("users", column("users", "id", "integer"), *more)),
        schema("b", table("users", column("users", "id", "integer"))),
    )
    group = only(findings, "missing-column")

    assert (group.count, group.words) == ("3 columns", "missing in b, declared in a")
    assert group.own == kinds
    assert group.claims == {"b": "missing"}


def test_keys_are_one_thing_whatever_they_reference() -> None:
    def keyed(source: str, action: ReferentialAction) -> list[table]:
        keys = [foreign_key(text, "id", NAMES[number - 1], on_update=action) for number, text in enumerate(NAMES)]
        return schema(source, *(table(key.table.name, keys=(key,)) for key in keys))

    findings = compare(keyed("a", ReferentialAction.CASCADE), keyed("b", ReferentialAction.NO_ACTION))
    group = only(findings, "on-update-mismatch")

    assert (group.count, group.words) == ("4 foreign keys", "b has ON UPDATE NO ACTION, but a has ON UPDATE CASCADE")
    assert (group.varies("a"), group.varies("b"), group.claims) == (True, True, {})


@pytest.mark.parametrize(
    ("first", "words"), [("a", "b has no default, which a has"), ("b", "b has no default, which a has")]
)
def test_what_one_side_does_not_have(first: str, words: str) -> None:
    """In either direction, with what the other side has told of each."""
    values = ("'x'", "0", "now()")
    claims = [{"a": f"DEFAULT {value}", "b": "no default"} for value in values]
    second = "b" if first == "a" else "a"
    findings = []
    for claim in claims:
        ours, theirs = claim[second], claim[first]
        item = found(f"{second} has {ours}, but {first} has {theirs}", "t")
        findings.append(
            replace(item, violation=replace(item.violation, authority=first, outliers=(second,), claims=claim))
        )
    (group,) = groups(findings)

    assert (group.words, group.own) == (words, tuple(f"DEFAULT {value}" for value in values))


def test_what_users_write_is_not_taken_for_words_of_ours() -> None:
    findings = [
        found(f"b has the comment `x{number}`, but a has the comment `y, but a has no z`", text)
        for number, text in enumerate(NAMES)
    ]

    assert [len(group.findings) for group in groups(findings)] == [1] * len(NAMES)


def test_own_names_are_left_out_and_others_are_not() -> None:
    own = [found(f"b follows public.{text}.id of public.{text} to public.others", text) for text in NAMES]
    longer = [found(f"b follows public.{text}s", text) for text in NAMES]

    assert told(own) == [(4, "b follows … of … to public.others")]
    assert told(longer) == [(1, f"b follows public.{text}s") for text in NAMES]


def test_places_without_an_object_name_what_they_quote() -> None:
    findings = [replace(found(f"column `{text}`: unknown", text), identity=None) for text in NAMES]
    same = [replace(found("column `x`: unknown", text), identity=None) for text in NAMES]

    (group,) = groups(findings)
    assert (group.count, group.words, group.objects) == ("4 places", "column `…`: unknown", NAMES)
    (group,) = groups(same)
    assert (group.words, group.objects) == ("column `x`: unknown", ("",) * 4)


def test_harmless_things_of_one_rule_are_told_together_each_in_its_words() -> None:
    findings = [
        replace(found(f"b has the name `{text}_b`", text, Severity.INFO), rule="constraint-name-mismatch")
        for text in NAMES
    ]
    (group,) = groups(findings)

    assert group.words == "the same constraint or index has another name in another source"
    assert group.own == tuple(item.violation.message for item in findings)


def test_checks_are_told_by_what_they_demand() -> None:
    def checked(text: str) -> table:
        check = CheckConstraint(name(text), Stated("id > 0", HERE), HERE, name=Stated("positive", HERE))
        return replace(table(text), checks=(check,))

    findings = compare(schema("a", *map(checked, NAMES)), schema("b", *map(table, NAMES)))
    group = only(findings, "missing-check")

    assert (group.count, set(group.own)) == ("4 CHECK constraints", {"CHECK (id > 0)"})


def test_fixes_of_one_thing_are_numbered_in_a_row() -> None:
    (own,) = fix_groups(fixes(repeated()))

    assert (own.numbered, own.count) == ("fixes 1 to 12", "12 columns")
    assert [subject(fix.findings[0]) for fix in own.fixes] == [f"table_{number:03}.owner" for number in range(12)]


def comment(report: Report) -> str:
    return commented(Comparison(report, report.findings, base="0" * 40), Telling(marker(None)), LIMIT)


RENDERED: dict[str, Callable[[Report], str]] = {
    "text": reporter("text"),
    "markdown": reporter("markdown"),
    "html": reporter("html"),
    "comment": comment,
}


@pytest.mark.parametrize("form", RENDERED)
def test_every_object_and_place_is_there(form: str) -> None:
    page = RENDERED[form](repeated())

    for number in range(12):
        assert f"table_{number:03}.owner" in page
        assert f"schema.prisma:{number + 1}:1" in page
    assert all(f"lost_{number}" in page for number in range(4))


@pytest.mark.parametrize(("form", "most"), [("text", 2), ("markdown", 4), ("html", 3), ("comment", 5)])
def test_what_is_one_thing_is_said_once(form: str, most: int) -> None:
    """In the summary, where the findings are, with the fixes and in the plan; the comment holds the report."""
    words = "prisma has bigint, but database has text"

    assert 1 <= RENDERED[form](repeated()).count(words) <= most
    assert RENDERED[form](repeated(30)).count(words) == RENDERED[form](repeated()).count(words)


@pytest.mark.parametrize("form", ["markdown", "html"])
def test_the_fix_of_each_is_there(form: str) -> None:
    page = RENDERED[form](repeated())

    assert all(f"text_{number} }}" in page for number in range(12))


def test_the_text_has_a_line_for_each_that_is_found_by_table_severity_and_rule() -> None:
    lines = RENDERED["text"](repeated()).splitlines()

    for number in range(12):
        (line,) = (line for line in lines if f"table_{number:03}" in line)
        assert re.match(
            rf"  schema\.prisma:{number + 1}:1: +error column-type-mismatch: table_{number:03}\.owner$", line
        )


def test_the_text_shows_one_fix_and_where_the_others_are() -> None:
    page = RENDERED["text"](repeated())

    assert "fix for prisma (safe, verified), 1 of 12 (all: ormistice fix):" in page
    assert [
        number for number in range(12) if f"+text {number}" in page.splitlines() or f"  +text {number}" in page
    ] == [0]


def test_the_text_is_short() -> None:
    assert len(RENDERED["text"](large()).splitlines()) < 300 + 20


def test_harmless_columns_of_one_table_share_a_line() -> None:
    kinds = ("text", "character varying")
    made = [
        schema(
            source,
            *(table(text, column(text, "id", "integer"), *(column(text, c, kind) for c in "xyz")) for text in NAMES),
        )
        for source, kind in zip("ab", kinds, strict=True)
    ]
    lines = RENDERED["text"](report_of(*made)).splitlines()

    assert "12 columns: b has character varying, but a has text" in lines
    assert sum(re.search(r" \([xyz], [xyz], [xyz]\)$", line) is not None for line in lines) == len(NAMES)


def test_two_lists_of_one_rule_are_told_apart_before_they_are_opened() -> None:
    made = [
        schema(
            source,
            *(
                table(text, column(text, "id", nullable=first), column(text, "no", nullable=not first))
                for text in NAMES
            ),
        )
        for source, first in (("a", True), ("b", False))
    ]
    heads = re.findall(r"<summary>(\d+ columns: .*?)</summary>", RENDERED["markdown"](report_of(*made)))

    assert len(set(heads)) == len(heads) == 2


def test_the_cause_of_what_is_harmless_is_told() -> None:
    """Why a source has no such key, say, where the table that it references is not the source's."""
    for count in (1, len(NAMES)):
        findings = tuple(found("b has y", text, Severity.INFO, cause="b has no carts") for text in NAMES[:count])
        site = shop().findings[0].violation.sites[0]
        told_of = tuple(replace(it, violation=replace(it.violation, sites=(site,))) for it in findings)
        report = replace(shop(), findings=told_of)

        assert sum("cause: b has no carts" in line for line in RENDERED["text"](report).splitlines()) == 1


def test_of_what_is_harmless_no_default_is_told_twice() -> None:
    cause = "b leaves it unsaid, which means the name `y`"
    finding = found("b has the name `y`, but a has the name `x`", "carts", Severity.INFO, cause=cause)
    site = shop().findings[0].violation.sites[0]
    finding = replace(finding, violation=replace(finding.violation, sites=(site,)))

    assert "cause:" not in RENDERED["text"](replace(shop(), findings=(finding,)))


def test_the_cause_of_what_is_of_no_object_is_told() -> None:
    finding = replace(found("2 tables bear other names", "x", cause="they lie in another schema"), identity=None)
    report = shop()
    site = report.findings[0].violation.sites[0]
    finding = replace(finding, violation=replace(finding.violation, sites=(site,), outliers=("prisma",)))
    report = replace(report, findings=(finding,))

    assert "    cause: they lie in another schema" in RENDERED["text"](report).splitlines()
    assert "they lie in another schema" in RENDERED["markdown"](report)
    assert "they lie in another schema" in RENDERED["html"](report)


@pytest.mark.parametrize("form", RENDERED)
def test_severities_bear_one_name(form: str, credits_report: Report) -> None:
    page = re.sub(r"<script>.*?</script>|<style>.*?</style>", "", RENDERED[form](credits_report), flags=re.DOTALL)

    assert "31 info" in page
    assert not re.search(r"\b\d+ notes?\b|>notes?<|\bnotes? above", page)


def test_a_comment_names_as_many_as_there_is_room_for_and_counts_the_others() -> None:
    first = comment(large()).split("</details>")[0]

    assert first.count("table_") == MOST_NAMED
    assert f"- and {300 - MOST_NAMED} more\n" in first


def test_a_comment_opens_which_objects_there_are_where_they_are_many() -> None:
    page = cmarkgfm.github_flavored_markdown_to_html(comment(repeated()), Options.CMARK_OPT_UNSAFE)
    (many,) = re.findall(r"<summary>Which 12</summary>\s*<ul>(.*?)</ul>\s*</details>", page, re.DOTALL)

    assert many.count("<li>") == 12
    assert many.count("schema.prisma:") == 12
    assert "lost_0" in page.partition("<details>")[2].partition("</details>")[2].partition("<details>")[0]


def test_fixes_in_a_comment_are_one_fold_and_cut_where_the_room_ends() -> None:
    whole = comment(repeated())
    report = repeated(60)
    compared = Comparison(report, report.findings, base="0" * 40)
    cut = commented(compared, Telling(marker(None), "https://run"), 6_000)

    assert "<summary>Fixes of 12 columns in <code>prisma</code>, verified</summary>" in whole
    shown = re.search(r"Fixes of 60 columns in <code>prisma</code>, verified, (\d+) of 60</summary>", cut)
    assert shown is not None
    assert cut.count("+text ") == int(shown[1])
    assert "has all of it" in cut


def test_folded_lists_are_whole_tables() -> None:
    page = cmarkgfm.github_flavored_markdown_to_html(RENDERED["markdown"](repeated()), Options.CMARK_OPT_UNSAFE)
    (drawn,) = re.findall(
        r"<summary>12 columns: <code>column-type-mismatch</code>, <code>prisma has bigint, but database has text</code>"
        r"</summary>\s*(<table>.*?</table>)",
        page,
        re.DOTALL,
    )

    assert drawn.count("<tr>") == 13
    assert "schema.prisma:3:1" in drawn


def test_filters_find_the_rows_of_a_group_and_their_fixes(browser: Page, tmp_path) -> None:
    (tmp_path / "report.html").write_text(RENDERED["html"](repeated()), encoding="utf-8")
    browser.open(tmp_path / "report.html")
    shown = "[...document.querySelectorAll('{}')].filter((item) => !item.hidden).map((item) => item.dataset.table)"
    every = browser.ask(shown.format(".finding"))
    browser.ask(
        "filters.elements.table.value = 'table_007',"
        "filters.dispatchEvent(new Event('input')), document.querySelectorAll('details').forEach((item) => { item.open = true; })"
    )

    assert len(every) == 16
    assert browser.ask(shown.format(".finding")) == ["public.table_007"]
    assert browser.ask(shown.format("article.group [data-table]:not(tr)")) == ["public.table_007"]
    assert browser.ask("[...document.querySelectorAll('article')].filter((item) => !item.hidden).length") == 1
    assert browser.ask("document.getElementById('count').textContent").startswith("1 of 16 ")
