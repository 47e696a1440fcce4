"""Files as text, places in them, and where quotes stand: offsets inside, lines and columns only when printed."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place as people count it: the first line is 1, the first character of a line is column 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open range of character offsets in a file; an empty one is a place to insert at.

    `file` is the path as the user gave it (relative to the working directory where it lies below it).
    """

    file: str
    start: int
    end: int


@lru_cache(maxsize=256)
def _line_starts(text: str) -> tuple[int, ...]:
    starts = [0]
    at = text.find("\n")
    while at >= 0:
        starts.append(at + 1)
        at = text.find("\n", at + 1)
    return tuple(starts)


@dataclass(frozen=True, slots=True)
class Document:
    """The text of one file, as it was when it was read."""

    path: str
    text: str

    def position(self, offset: int) -> Position:
        """Line and column of a character offset; columns count characters, not bytes."""
        starts = _line_starts(self.text)
        line = bisect_right(starts, offset)
        return Position(line, offset - starts[line - 1] + 1)

    def offset(self, line: int, column: int) -> int:
        """Character offset of a line and column, clipped to the text."""
        starts = _line_starts(self.text)
        if line > len(starts):
            return len(self.text)
        return min(starts[line - 1] + column - 1, len(self.text))

    def line(self, number: int) -> str:
        """Text of line `number` (1-based) without its line break."""
        starts = _line_starts(self.text)
        end = starts[number] - 1 if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r")

    def snippet(self, span: Span) -> str:
        """The whole lines that `span` touches."""
        first = self.position(span.start).line
        last = self.position(max(span.start, span.end - 1)).line
        return "\n".join(self.line(number) for number in range(first, last + 1))


def outside_quotes(sql: str) -> Iterator[tuple[int, int, str]]:
    """Every character of SQL that stands outside quotes, with its offset and the depth of brackets.

    An opening bracket counts for itself, a closing one no more.
    """
    depth, quote = 0, ""
    for at, character in enumerate(sql):
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        else:
            depth += (character in "([") - (character in ")]")
            yield at, depth, character
