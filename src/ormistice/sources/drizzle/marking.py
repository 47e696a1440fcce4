"""Marked tokens while they are written, and what every part of the marking asks of them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from ormistice.sources.drizzle.errors import SyntaxFailure
from ormistice.sources.drizzle.lexer import END, Tokens, words
from ormistice.sources.drizzle.typeskip import TypeSkipper

RESERVED = words(
    """break case catch class const continue debugger default do else enum export extends finally for function if
    in instanceof return switch throw try var while with"""
)
"""Words that name nothing."""

CHANGING = words("++ -- delete")
"""Operators that change their operand."""
CHANGING_METHODS = words(
    "push pop shift unshift splice sort reverse fill copyWithin set add delete clear assign defineProperty"
)
"""Methods that change their object, or what is given to them."""

Marked = tuple[str, int, int, str]
"""A terminal, the offsets of its text, and the text."""


@dataclass(slots=True)
class Marking:
    """Marked tokens of one file, as far as they are written; the functions mark its larger parts."""

    tokens: Tokens
    types: TypeSkipper
    block: Callable[["Marking", int], int]
    expression: Callable[["Marking", int], int]
    sequence: Callable[["Marking", int], int]
    out: list[Marked] = field(default_factory=list)
    not_arrows: set[int] = field(default_factory=set)

    def put(self, terminal: str, i: int) -> None:
        """Write the token at `i` as `terminal`."""
        tokens = self.tokens
        start, end = tokens.starts[i], tokens.ends[i]
        self.out.append((terminal, start, end, tokens.text[start:end]))

    def put_range(self, terminal: str, first: int, behind: int) -> None:
        """Write all tokens from `first` up to `behind` as one."""
        start, end = self.tokens.starts[first], self.tokens.ends[behind - 1]
        self.out.append((terminal, start, end, self.tokens.text[start:end]))

    def put_empty(self, terminal: str, at: int) -> None:
        """Write a terminal that has no text, at an offset."""
        self.out.append((terminal, at, at, ""))

    def behind(self, i: int) -> int:
        """Index behind the bracket that closes the one at `i`."""
        if not self.tokens.partners[i]:
            raise self.failure(i)
        return self.tokens.partners[i] + 1

    def failure(self, i: int, message: str | None = None) -> SyntaxFailure:
        """What to raise where the token at `i` does not fit."""
        start, end = self.tokens.starts[i], self.tokens.ends[i]
        found = "the end of the file" if self.tokens.kinds[i] == END else f"`{self.tokens.text[start:end]}`"
        return SyntaxFailure(message or f"unexpected {found}", start, end)
