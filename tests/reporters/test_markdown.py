"""Markdown holds whatever users call their tables."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ormistice.reporters._markdown import block, code, escaped, table

NASTY = st.text(alphabet="ab|`*_[]()<>&#@~$!\\-+ .\n\"'=1", min_size=1)
PARSER = MarkdownIt("commonmark").enable("table").enable("strikethrough")


def tags(html: str) -> list[str]:
    return re.findall(r"<(\w+)", html)


@given(NASTY)
def test_escaped_text_is_text(text: str) -> None:
    """It stands in a line, as everywhere in the reports, and adds no mark to it."""
    html = PARSER.render(f"see {escaped(text)} there")

    assert tags(html) == ["p"]
    assert "href" not in html


@given(NASTY.filter(str.strip))
def test_code_is_one_code_span_in_a_table_cell(text: str) -> None:
    html = PARSER.render(table(("a", "b"), [(code(text), "x")]))

    assert tags(html) == ["table", "thead", "tr", "th", "th", "tbody", "tr", "td", "code", "td"]


@given(st.text(alphabet="ab`~\n ", min_size=1))
def test_a_block_is_one_block(text: str) -> None:
    assert tags(PARSER.render(block(text, "sql"))) == ["pre", "code"]


@pytest.mark.parametrize("text", ["@all", "see @octocat"])
def test_nobody_is_called(text: str) -> None:
    assert not re.search(r"@\w", escaped(text))
