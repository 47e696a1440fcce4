"""Prisma text to lines of lexemes, and lines to blocks.

One regular expression finds the next lexeme, whatever it is; what belongs together is the grammar's business. What a
line begins with tells whether a block opens, closes or goes on, for braces mean nothing elsewhere.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

Lexeme = tuple[str, str, int, int]
"""Terminal of the grammar, text, start and end; a plain tuple, for there are very many of them."""

Line = list[Lexeme]

MAX_DEPTH = 64
KEYWORDS = frozenset({"model", "view", "type", "enum", "datasource", "generator"})
_OPENING = frozenset({"LPAR", "LSQB", "LBRACE"})
_CLOSING = frozenset({"RPAR", "RSQB", "RBRACE"})

_BLANK = r"[ \t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]"
_PATH = r"[A-Za-z0-9][A-Za-z0-9_-]*+(?:\.(?:[A-Za-z0-9][A-Za-z0-9_-]*+)?)*+"
_LEXEME = re.compile(
    rf"{_BLANK}*+(?:"
    rf"(?P<_NEWLINE>[\r\n](?:{_BLANK}|[\r\n]|//[^\r\n]*+)*+)"
    r"|(?P<NUMBER>-?[0-9]++(?:\.[0-9]++)?(?![A-Za-z0-9_.-]))"
    rf"|(?P<NAME>{_PATH})"
    rf"|(?P<FIELD_ATTRIBUTE>@{_BLANK}*+{_PATH})"
    rf"|(?P<BLOCK_ATTRIBUTE>@@{_BLANK}*+{_PATH})"
    r'|(?P<STRING>"(?:[^"\\\x00-\x1f]|\\[^\r\n])*+")'
    r"|(?P<LIST>\[\])"
    r"|(?P<LPAR>\()|(?P<RPAR>\))|(?P<LSQB>\[)|(?P<RSQB>\])|(?P<LBRACE>\{)|(?P<RBRACE>\})"
    r"|(?P<_COMMA>,)|(?P<COLON>:)|(?P<_EQUAL>=)|(?P<QUESTION>\?)|(?P<BANG>!)"
    r"|(?P<COMMENT>//[^\r\n]*+)"
    r"|(?P<OPEN_COMMENT>/\*)"
    r"|(?P<UNKNOWN>[^\r\n]))"
)


@dataclass(frozen=True, slots=True)
class BlockLines:
    """A block: `keyword name {`, its lines, each with its `_NEWLINE`, and `}`, which is None where it was not found."""

    header: Line
    lines: list[Line]
    close: Lexeme | None


@dataclass(frozen=True, slots=True)
class StrayLines:
    """What stands outside of every block: a line, or all lines up to a `}` if the first ends with `{`."""

    lines: list[Line]


def lines(text: str) -> Iterator[Line]:
    """Every line that says something; its last lexeme is its `_NEWLINE`, which the end of the file is too."""
    line: Line = []
    at = 0
    comments = True
    while at < len(text):
        for match in _LEXEME.finditer(text, at):
            kind = match.lastgroup or ""
            start, at = match.span(kind)
            if kind == "COMMENT":
                continue
            if kind == "OPEN_COMMENT" and comments and [lexeme[0] for lexeme in line] in ([], ["RBRACE"]):
                # A block comment stands between lines and blocks only. That one never ends is found out but once.
                close = text.find("*/", at)
                if close >= 0:
                    at = close + 2
                    break
                comments = False
            if kind != "_NEWLINE":
                line.append((kind, text[start:at], start, at))
            elif line:
                line.append((kind, "", start, at))
                yield line
                line = []
        else:
            break
    if line:
        line.append(("_NEWLINE", "", len(text), len(text)))
        yield line


def blocks(text: str) -> Iterator[BlockLines | StrayLines]:
    """Every block of a file, and what stands between."""
    reader = _BlockReader(lines(text))
    while (first := reader.take()) is not None:
        if is_header(first):
            # Prisma takes whatever stands behind the `{` for a comment.
            yield BlockLines([*first[:2], ("_OPEN", *first[2][1:])], *reader.body())
        elif first[-2][0] == "LBRACE":
            yield StrayLines([first, *reader.body()[0]])
        else:
            yield StrayLines([first])


def is_header(line: Line) -> bool:
    """Whether a block opens here."""
    if line[0][1] not in KEYWORDS:
        return False
    return [kind for kind, *_ in line[1:3]] in (["NAME", "LBRACE"], ["NUMBER", "LBRACE"])


def too_deep(line: Line) -> bool:
    """Whether brackets are nested deeper than anything that means something."""
    depth = 0
    for kind, *_ in line:
        if kind in _OPENING:
            depth += 1
            if depth > MAX_DEPTH:
                return True
        elif kind in _CLOSING:
            depth -= 1
    return False


class _BlockReader:
    """Lines, of which one can be given back."""

    def __init__(self, source: Iterator[Line]) -> None:
        self._source = source
        self._back: Line | None = None

    def take(self) -> Line | None:
        """The next line, None at the end."""
        line, self._back = self._back, None
        return line if line is not None else next(self._source, None)

    def body(self) -> tuple[list[Line], Lexeme | None]:
        """The lines up to the one that begins with `}`, and that brace; a new block's first line ends it too."""
        found: list[Line] = []
        while (line := self.take()) is not None:
            if line[0][0] == "RBRACE":
                rest = line[1:]
                self._back = rest if rest[0][0] != "_NEWLINE" else None
                return found, ("CLOSE", *line[0][1:])
            if is_header(line):
                self._back = line
                break
            found.append(line)
        return found, None
