"""Offsets, the lines and columns that people count, and what stands in quotes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ormistice.text import Document, Position, Span, outside_quotes


def test_lines_and_columns_count_from_one_in_characters() -> None:
    document = Document("f", "é = 1\r\nb\n")

    assert [document.position(offset) for offset in (0, 4, 7, 9)] == [
        Position(1, 1),
        Position(1, 5),
        Position(2, 1),
        Position(3, 1),
    ]


@given(st.text(alphabet="ab\n\r\u2028\té"), st.integers(0, 50))
def test_position_and_offset_are_inverse(text: str, at: int) -> None:
    document = Document("f", text)
    offset = min(at, len(text))
    position = document.position(offset)

    assert document.offset(position.line, position.column) == offset


@given(st.text(alphabet="ab\n"), st.integers(0, 30), st.integers(0, 30))
def test_a_snippet_is_made_of_whole_lines(text: str, a: int, b: int) -> None:
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    snippet = Document("f", text).snippet(Span("f", start, end))

    assert all(line in text.split("\n") for line in snippet.split("\n"))
    assert text[start:end].strip("\n") in snippet


@pytest.mark.parametrize(
    ("sql", "outside", "outermost"),
    [
        ("a ('(' || b[1])", "a ( || b[1])", "a )"),
        ("""'it''s ' x "o""( " y""", " x  y", " x  y"),
        ("'never ended (", "", ""),
    ],
)
def test_what_stands_in_quotes_is_passed_over(sql: str, outside: str, outermost: str) -> None:
    found = list(outside_quotes(sql))

    assert "".join(character for _, _, character in found) == outside
    assert "".join(character for _, depth, character in found if depth == 0) == outermost
    assert all(sql[at] == character for at, _, character in found)
