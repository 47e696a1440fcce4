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
MAX_LEXEMES = 10_000
"""In a line; what is longer is not meant."""

KEYWORDS = frozenset({"model", "view", "type", "enum", "datasource", "generator"})
PRISMA_8 = frozenset({"namespace", "types"})
_NAMES = frozenset({"NAME", "FIELD_ATTRIBUTE", "BLOCK_ATTRIBUTE"})
_OPENING = frozenset({"LPAR", "LSQB", "LBRACE"})
_CLOSING = frozenset({"RPAR", "RSQB", "RBRACE"})

_BLANK = r"[ \t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]"
_PATH = r"[^\W_][\w-]*+(?:\.(?:[^\W_][\w-]*+)?)*+"
_LEXEME = re.compile(
    rf"{_BLANK}*+(?:"
    rf"(?P<_NEWLINE>[\r\n](?:{_BLANK}|[\r\n]|//[^\r\n]*+)*+)"
    r"|(?P<NUMBER>-?[0-9]++(?:\.[0-9]++)?(?![\w.-]))"
    rf"|(?P<NAME>{_PATH})"
    rf"|(?P<FIELD_ATTRIBUTE>@{_BLANK}*+{_PATH})"
    rf"|(?P<BLOCK_ATTRIBUTE>@@{_BLANK}*+{_PATH})"
    r'|(?P<STRING>"(?:[^"\\\x00-\x1f]|\\[^\r\n])*+")'
    r"|(?P<LIST>\[\])"
    r"|(?P<LPAR>\()|(?P<RPAR>\))|(?P<LSQB>\[)|(?P<RSQB>\])|(?P<LBRACE>\{)|(?P<RBRACE>\})"
    r"|(?P<_COMMA>,)|(?P<COLON>:)|(?P<_EQUAL>=)|(?P<QUESTION>\?)|(?P<BANG>!)"
    r"|(?P<COMMENT>//[^\r\n]*+)"
    r"|(?P<OPEN_COMMENT>/\*)"
    r"|(?P<UNKNOWN>[\x00-\x08\x0b\x0c\x0e-\x1f#$%&'*+;<>\\^`|~\x7f\ufffd]++|[^\r\n])"
    r"|(?P<END>\Z))"
)
_LINE_BREAK = re.compile(r"[\r\n]")
_BLANKS = re.compile(rf"{_BLANK}*+(?:[\r\n]|\Z)")


@dataclass(frozen=True, slots=True)
class BlockLines:
    """A block: `keyword name {`, its lines, each with its `_NEWLINE`, and `}`, which is None where it was not found."""

    header: Line
    lines: list[Line]
    close: Lexeme | None


@dataclass(frozen=True, slots=True)
class StrayLines:
    """A line that stands outside of every block; with all lines up to a `}` if it ends with `{`."""

    first: Line
    has_body: bool = False


def lines(text: str) -> Iterator[Line]:
    """Every line that says something; its last lexeme is its `_NEWLINE`, which the end of the file is too."""
    line: Line = []
    at = close = 0
    plain = text.isascii()
    while at < len(text):
        for match in _LEXEME.finditer(text, at):
            kind = match.lastgroup or ""
            start, at = match.span(kind)
            if kind in {"COMMENT", "END"}:
                continue
            if kind == "OPEN_COMMENT":
                # Found once and kept, or a text of nothing but `/*` takes for ever.
                close = close if close > at else _comment_end(text, at)
                if _can_comment(line, text, close):
                    at = close
                    break
            if kind != "_NEWLINE":
                word = text[start:at]
                line.append((kind if plain or kind not in _NAMES or _is_name(word) else "UNKNOWN", word, start, at))
                if len(line) > MAX_LEXEMES:
                    end = _LINE_BREAK.search(text, at)
                    at = end.start() if end else len(text)
                    line.append(("UNKNOWN", "", start, at))
                    break
            elif line:
                line.append((kind, "", start, at))
                yield line
                line = []
        else:
            break
    if line:
        line.append(("_NEWLINE", "", len(text), len(text)))
        yield line


def _comment_end(text: str, at: int) -> int:
    """Behind the next `*/`; behind the text where there is none."""
    close = text.find("*/", at)
    return close + 2 if close >= 0 else len(text) + 1


def _can_comment(line: Line, text: str, close: int) -> bool:
    """Whether a block comment up to `close` may stand behind `line`: before a first word, or at the end."""
    if close > len(text):
        return False
    if [kind for kind, *_ in line] in ([], ["RBRACE"]):
        return True
    return line[-1][0] != "LBRACE" and _BLANKS.match(text, close) is not None


def _is_name(word: str) -> bool:
    """Whether all is letters, of whatever script, and ASCII digits, which is less than `str.isalnum` takes."""
    return all(character.isalpha() or character.isascii() or character.isspace() for character in word)


def blocks(text: str) -> Iterator[BlockLines | StrayLines]:
    """Every block of a file, and what stands between."""
    reader = _BlockReader(lines(text))
    while (first := reader.take()) is not None:
        opening = header(first)
        if opening is not None:
            yield BlockLines(opening, *reader.body())
        elif first[-2][0] == "LBRACE":
            yield StrayLines(first, has_body=reader.skip_body())
        else:
            yield StrayLines(first)


def header(line: Line) -> Line | None:
    """Keyword, name and `{` of the block that opens here, if one does: what stands behind the `{` is a comment."""
    if line[1][0] == "LBRACE":
        return _joined_header(line)
    if len(line) > 2 and line[2][0] == "LBRACE" and line[0][1] in KEYWORDS and line[1][0] in {"NAME", "NUMBER"}:  # noqa: PLR2004 - those three
        return line[:3]
    return None


def _joined_header(line: Line) -> Line | None:
    """No blank is needed between keyword and name."""
    _, word, start, end = line[0]
    keyword = next((keyword for keyword in KEYWORDS if word.startswith(keyword)), None)
    if keyword is None or word in {*KEYWORDS, *PRISMA_8} or not word[len(keyword)].isalnum():
        return None
    cut = start + len(keyword)
    return [("NAME", keyword, start, cut), ("NAME", word[len(keyword) :], cut, end), line[1]]


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

    def skip_body(self) -> bool:
        """Go behind the line that closes what is no block; False where it does not."""
        while (line := self.take()) is not None:
            if line[0][0] == "RBRACE":
                self._back = line[1:] if line[1][0] != "_NEWLINE" else None
                return True
            if header(line) is not None:
                self._back = line
                break
        return False

    def body(self) -> tuple[list[Line], Lexeme | None]:
        """The lines up to the one that begins with `}`, and that brace; a new block's first line ends it too."""
        found: list[Line] = []
        while (line := self.take()) is not None:
            if line[0][0] == "RBRACE":
                rest = line[1:]
                self._back = rest if rest[0][0] != "_NEWLINE" else None
                return found, line[0]
            if header(line) is not None:
                self._back = line
                break
            found.append(line)
        return found, None
