"""SQL text cut into statements as psql cuts it: strings, comments, function bodies, meta commands and COPY data."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

# Where a statement may not be cut, and where it may. Anything else is passed over.
_TOKEN = re.compile(
    r"""
      (?P<comment>--[^\n]*)
    | (?P<block>/\*)
    | (?P<escaped>\b[eE]'(?:[^'\\]|\\.|'')*')
    | (?P<string>'(?:[^']|'')*')
    | (?P<identifier>"(?:[^"]|"")*")
    | (?P<dollar>(?<![\w$])\$(?:[^\W\d]\w*)?\$)
    | (?P<meta>\\[^\n]*)
    | (?P<word>[^\W\d][\w$]*)
    | (?P<end>;)
    | (?P<open>\()
    | (?P<close>\))
    | (?P<unended>['"])
    """,
    re.VERBOSE | re.DOTALL,
)
_BLOCK_EDGE = re.compile(r"/\*|\*/")
_COPY_END = re.compile(r"^\\\.[ \t\r]*$", re.MULTILINE)
_BYTE_ORDER_MARK = "\ufeff"
# drizzle-kit cuts its migrations there, and there alone: a statement in front of it may go without its semicolon.
_BREAKPOINT = "--> statement-breakpoint"
_LEADING_WORDS = 12


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement without its semicolon; `start` is its offset.

    `words` are its first key words and names, those in parentheses left out; all but quoted names are in lower case.
    """

    text: str
    start: int
    words: tuple[str, ...]

    @property
    def end(self) -> int:
        """Offset behind it."""
        return self.start + len(self.text)


@dataclass(slots=True)
class _Pending:
    """The statement that is being read."""

    start: int | None = None
    words: list[str] = field(default_factory=list)
    parentheses: int = 0
    bodies: int = 0


def split(text: str) -> Iterator[Statement]:
    """The statements of `text`; what never ends (a string, a comment) reaches to the end of the text."""
    pending = _Pending()
    at = len(_BYTE_ORDER_MARK) if text.startswith(_BYTE_ORDER_MARK) else 0
    while (token := _TOKEN.search(text, at)) is not None:
        pending.start = _first_visible(text, at, token.start()) if pending.start is None else pending.start
        at = _behind(text, token)
        kind = token.lastgroup
        cut = kind == "comment" and token.group().startswith(_BREAKPOINT)
        if (kind in ("comment", "block") and not cut) or (kind == "meta" and pending.start is None):
            continue
        if not cut and (kind != "end" or pending.parentheses or pending.bodies):
            pending.start = token.start() if pending.start is None else pending.start
            _count(pending, kind, token.group())
            continue
        if pending.start is not None:
            statement = _finished(text, pending, token.start())
            if _reads_data(statement):
                at = _behind_data(text, at)
            else:
                yield statement
        pending = _Pending()
    rest = _first_visible(text, at, len(text)) if pending.start is None else pending.start
    if rest is not None:
        pending.start = rest
        yield _finished(text, pending, len(text))


def words_in(text: str) -> Iterator[tuple[str, bool]]:
    """Every word and quoted name outside comments and strings, and whether it stands in parentheses.

    As in a statement's `words`, but of all the text, routines' bodies included.
    """
    at = depth = 0
    while (token := _TOKEN.search(text, at)) is not None:
        # What a dollar quote holds is most often SQL, and is read as such.
        at = token.end() if token.lastgroup == "dollar" else _behind(text, token)
        match token.lastgroup:
            case "open":
                depth += 1
            case "close":
                depth = max(0, depth - 1)
            case "word":
                yield token.group().lower(), depth > 0
            case "identifier":
                yield token.group()[1:-1].replace('""', '"'), depth > 0
            case _:
                pass


def elements_of(text: str) -> Iterator[str]:
    """What stands between the commas of the first parentheses in `text`."""
    at = depth = start = 0
    while (token := _TOKEN.search(text, at)) is not None:
        for comma in (at + place for place, mark in enumerate(text[at : token.start()]) if mark == "," and depth == 1):
            yield text[start:comma].strip()
            start = comma + 1
        at = _behind(text, token)
        match token.lastgroup:
            case "open":
                depth += 1
                start = at if depth == 1 else start
            case "close" if depth == 1:
                yield text[start : token.start()].strip()
                return
            case "close":
                depth -= 1
            case _:
                pass


@dataclass(frozen=True, slots=True)
class CommentLine:
    """A line of a comment without its marks; `start` is where its text starts, adjoining lines are of one `block`."""

    text: str
    start: int
    block: int

    @property
    def end(self) -> int:
        """Offset behind it."""
        return self.start + len(self.text)


def comment_lines(text: str) -> Iterator[CommentLine]:
    """Every line of every comment that stands alone on its lines."""
    at, block, expected = 0, 0, -1
    while (token := _TOKEN.search(text, at)) is not None:
        at = _behind(text, token)
        if (
            token.lastgroup not in ("comment", "block")
            or text[text.rfind("\n", 0, token.start()) + 1 : token.start()].strip()
        ):
            continue
        if text[token.start() : at].count("\n") or text[expected : token.start()].strip(" \t"):
            block += 1
        inside = at - 2 if token.lastgroup == "block" else at
        start = token.start() + 2
        for line in text[start:inside].splitlines(keepends=True):
            yield CommentLine(line.rstrip(), start, block)
            start += len(line)
        expected = at + 1


def _first_visible(text: str, start: int, end: int) -> int | None:
    between = text[start:end]
    stripped = between.lstrip()
    return end - len(stripped) if stripped else None


def _behind(text: str, token: "re.Match[str]") -> int:
    match token.lastgroup:
        case "block":
            return _behind_block(text, token.start())
        case "dollar":
            end = text.find(token.group(), token.end())
            return len(text) if end < 0 else end + len(token.group())
        case "unended":
            return len(text)
        case _:
            return token.end()


def _behind_block(text: str, at: int) -> int:
    depth = 0
    for edge in _BLOCK_EDGE.finditer(text, at):
        depth += 1 if edge.group() == "/*" else -1
        if not depth:
            return edge.end()
    return len(text)


def _behind_data(text: str, at: int) -> int:
    end = _COPY_END.search(text, at)
    return len(text) if end is None else end.end()


def _count(pending: _Pending, kind: str | None, token: str) -> None:
    match kind:
        case "open":
            pending.parentheses += 1
        case "close":
            pending.parentheses = max(0, pending.parentheses - 1)
        case "word":
            word = token.lower()
            _note(pending, word)
            if _makes_routine(pending.words):
                pending.bodies = _nested(pending.bodies, word)
        case "identifier":
            _note(pending, token[1:-1].replace('""', '"'))
        case _:
            return


def _note(pending: _Pending, word: str) -> None:
    if not pending.parentheses and len(pending.words) < _LEADING_WORDS:
        pending.words.append(word)


def _nested(bodies: int, word: str) -> int:
    """How deep in BEGIN ATOMIC ... END a routine's body is; CASE ends with END too."""
    if word == "begin" or (word == "case" and bodies):
        return bodies + 1
    return max(0, bodies - 1) if word == "end" else bodies


def _makes_routine(words: list[str]) -> bool:
    match words:
        case ["create", "or", "replace", "function" | "procedure", *_] | ["create", "function" | "procedure", *_]:
            return True
        case _:
            return False


def _finished(text: str, pending: _Pending, end: int) -> Statement:
    start = pending.start or 0
    return Statement(text[start:end].rstrip(), start, tuple(pending.words))


def _reads_data(statement: Statement) -> bool:
    return statement.words[:1] == ("copy",) and "stdin" in statement.words
