"""Text: places to click on, and colours, links and width only where the terminal has them."""

import io
import re
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ormistice.findings import Report, SuggestedFix
from ormistice.fixes import Applicability, Edit, Fix, Patch, Script
from ormistice.reporters import reporter
from ormistice.reporters.parts.setting import Setting
from ormistice.reporters.parts.terminal import PLAIN, Terminal, shown_width, terminal_of
from ormistice.reporters.parts.visible import visible
from ormistice.reporters.text import render, render_in
from ormistice.text import Span
from reporters.reports import large

CLICKABLE = re.compile(r"^  (\S+):(\d+):(\d+): (error|warning|info) ([a-z-]+)(?: \(.*?\))?: .+$")
COLOURED = Terminal(colour=True)
PATCH = Patch("prisma", (Edit(Span("schema.prisma", 0, 0), "x"),))
SCRIPT = Script("database", ("CREATE TABLE sessions (id integer);",))


class Stream(io.StringIO):
    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


def shown(environment: Mapping[str, str], *, terminal: bool) -> Terminal:
    return terminal_of(Stream(terminal=terminal), environment, "/here")


def on(terminal: Terminal, report: Report) -> str:
    return render_in(Setting(terminal), report)


def test_each_finding_is_one_line_that_starts_with_its_place(credits_report: Report) -> None:
    lines = render(credits_report).splitlines()
    heads = [found for line in lines if (found := CLICKABLE.match(line))]

    assert sum(head[4] == "error" for head in heads) == 3
    assert {head[5] for head in heads} == {item.rule for item in credits_report.findings}
    for head in heads:
        document = next(
            document
            for schema in credits_report.among.schemas.values()
            for document in schema.documents
            if document.path == head[1]
        )
        assert int(head[3]) <= len(document.line(int(head[2]))) + 1


@pytest.mark.parametrize(
    ("safe", "unsafe", "expected"),
    [
        ((PATCH, SCRIPT), (), "ormistice fix, then ormistice fix --apply"),
        ((SCRIPT,), (PATCH,), "ormistice fix prints the statements, with --as it makes a migration of them"),
        ((), (PATCH, SCRIPT), "ormistice fix --unsafe, then ormistice fix --unsafe --apply"),
        (
            (),
            (SCRIPT,),
            "ormistice fix --unsafe prints the statements, with --as it makes a migration of them",
        ),
    ],
)
def test_what_is_to_be_done_next_is_possible(
    safe: tuple[Fix, ...], unsafe: tuple[Fix, ...], expected: str, shop_report: Report
) -> None:
    """A database is never written to, and so there is nothing to apply where nothing but a database is to be mended."""
    fixes = (*safe, *(replace(fix, applicability=Applicability.UNSAFE) for fix in unsafe))
    first, *rest = (replace(finding, fixes=()) for finding in shop_report.findings)
    offered = tuple(SuggestedFix(fix, verified=True, diff=None) for fix in fixes)
    report = replace(shop_report, findings=(replace(first, fixes=offered), *rest))

    assert render(report).splitlines()[-1].endswith(f"; next: {expected}")


def test_the_last_line_counts_and_says_what_to_do_next(credits_report: Report, hostile_report: Report) -> None:
    assert render(credits_report).splitlines()[-1].startswith("3 errors, 0 warnings, ")
    assert render(credits_report).splitlines()[-1].endswith("; next: ormistice fix, then ormistice fix --apply")
    assert render(large(3)).splitlines()[-1].endswith("; next: ormistice explain on-delete-mismatch")
    assert "verified fixes for 1; next: ormistice fix" in render(hostile_report).splitlines()[-1]


@pytest.mark.parametrize(
    ("environment", "terminal", "colour"),
    [
        ({}, False, False),
        ({}, True, True),
        ({"TERM": "dumb"}, True, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "0"}, False, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
    ],
)
def test_colours(environment: dict[str, str], *, terminal: bool, colour: bool, credits_report: Report) -> None:
    seen = shown(environment, terminal=terminal)

    assert seen.colour is colour
    assert ("\x1b[" in on(seen, credits_report)) is colour


@pytest.mark.parametrize(
    ("environment", "link"),
    [
        ({}, None),
        ({"TERM_PROGRAM": "vscode"}, "vscode://file/here/a%20b.ts:3:7"),
        ({"TERM": "xterm-kitty"}, "file://HOST/here/a%20b.ts#3"),
        ({"VTE_VERSION": "7600"}, "file://HOST/here/a%20b.ts"),
        ({"VTE_VERSION": "4000"}, None),
        ({"TERM_PROGRAM": "vscode", "TERM": "dumb"}, None),
    ],
)
def test_links(environment: dict[str, str], link: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "HOST")
    drawn = shown(environment, terminal=True).linked("a b.ts:3:7", "a b.ts", 3, 7)

    assert drawn == ("a b.ts:3:7" if link is None else f"\x1b]8;;{link}\x1b\\a b.ts:3:7\x1b]8;;\x1b\\")
    assert shown(environment, terminal=False).link is None


def test_a_terminal_shows_the_same_words(credits_report: Report) -> None:
    """Colours and links aside, nothing but the table's line breaks differs."""
    decorated = Terminal(colour=True, link="vscode://file{path}:{line}:{column}", base="/here")
    drawn = re.sub(r"\x1b\]8;;[^\x1b]*\x1b\\|\x1b\[[\d;]*m", "", on(decorated, credits_report))

    assert drawn == render(credits_report)


def test_the_diff_is_coloured(credits_report: Report) -> None:
    drawn = on(COLOURED, credits_report)

    assert '\x1b[31m-    .references(() => users.id, { onDelete: "cascade" }),\x1b[0m' in drawn
    assert '\x1b[32m+    .references(() => userCredits.userId, { onDelete: "no action" }),\x1b[0m' in drawn


def test_claims_wrap_where_the_terminal_ends(credits_report: Report) -> None:
    lines = on(Terminal(width=90), credits_report).splitlines()
    claims = [line for line in lines if re.match(r"    (database|drizzle|sqlmodel)\s", line)]

    assert len(claims) == 9
    assert max(map(shown_width, claims)) <= 90
    assert sum(line.strip() == "DELETE CASCADE" for line in lines) >= 3


@pytest.mark.parametrize("terminal", [PLAIN, COLOURED])
def test_names_cannot_speak_to_the_terminal(hostile_report: Report, terminal: Terminal) -> None:
    drawn = re.sub(r"\x1b\[[\d;]*m", "", on(terminal, hostile_report)) if terminal.colour else render(hostile_report)

    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", drawn)


@given(st.text())
def test_visible_text_is_one_line_that_can_be_written(text: str) -> None:
    shown = visible(text)

    assert len(shown.splitlines()) <= 1
    shown.encode()
    assert visible(shown) == shown


@given(st.text(alphabet=st.characters(codec="ascii", categories=["L", "N", "P", "S", "Zs"])))
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert visible(text) == text


def test_only_text_is_drawn_for_a_terminal(credits_report: Report) -> None:
    assert "\x1b" not in reporter("markdown", Setting(COLOURED))(credits_report)
    assert "\x1b" in reporter("text", Setting(COLOURED))(credits_report)


def test_where_some_are_allowed_there_are_no_others(shop_report: Report) -> None:
    for suppressed, words in ((0, "no differences found"), (2, "no other differences found")):
        assert render(replace(shop_report, findings=(), suppressed=suppressed)).splitlines()[-1] == words
