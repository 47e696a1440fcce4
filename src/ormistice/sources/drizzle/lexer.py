"""TypeScript as tokens: one regular expression for all that is regular, a stack for brackets and template literals.

Tokens are kept in parallel sequences, not as objects, since most of them are types and are thrown away by `erase`.
"""

import re
from array import array
from bisect import bisect_left
from dataclasses import dataclass

from ormistice.sources.drizzle.errors import SyntaxFailure
from ormistice.sources.drizzle.jsx import GAP, Elements

NAME, NUMBER, STRING, REGEX, JSX = "name", "number", "string", "regex", "jsx"
TEMPLATE, TEMPLATE_HEAD, TEMPLATE_MIDDLE, TEMPLATE_TAIL = (
    "template",
    "template head",
    "template middle",
    "template tail",
)
END = "end"


def words(listed: str) -> frozenset[str]:
    """The words of `listed`, which is nothing but words and spaces."""
    return frozenset(listed.split())


WORDS = words(
    """abstract as async await break case catch class const continue debugger declare default delete do else enum
    export extends false finally for from function get if implements import in infer instanceof interface is
    keyof let module namespace global new null of readonly return satisfies set static switch this throw
    true try type typeof undefined unique asserts using var void while with yield"""
)
_BEFORE_REGEX = words("return typeof instanceof in of new delete void throw case do else await yield extends default")
_BRACKETS = {")": "(", "]": "[", "}": "{"}
_CLOSING = frozenset((*_BRACKETS, TEMPLATE_MIDDLE, TEMPLATE_TAIL))
_OPERAND_ENDS = frozenset((NAME, NUMBER, STRING, REGEX, JSX, TEMPLATE, TEMPLATE_TAIL, ")", "]", "++", "--"))

_TOKEN = re.compile(
    GAP
    + r"""(?:
    (?P<name>(?:[^\W\d]|\$)[\w$]*+)
    |(?P<open>[(\[{])
    |(?P<close>[)\]}])
    |(?P<string>"(?:[^"\\\n\r]|\\(?:\r\n|[\s\S]))*+"|'(?:[^'\\\n\r]|\\(?:\r\n|[\s\S]))*+')
    |(?P<number>0[xX][\da-fA-F_]+n?|0[oO][0-7_]+n?|0[bB][01_]+n?|(?:\d[\d_]*)(?:n|(?:\.[\d_]*)?(?:[eE][+-]?\d[\d_]*)?)
        |\.\d[\d_]*(?:[eE][+-]?\d[\d_]*)?)
    |(?P<angle><(?![<=]))
    |(?P<operator>\.\.\.|=>|===?|!==?|\?\?=|\?\?|\?\.(?!\d)
        |&&=|\|\|=|&&|\|\||\*\*=|\*\*|\+\+|--|<<=|<<|<=|[-+*%&|^]=|[-+*%&|^~!>=?:,;.@])
    |(?P<private>\#(?:[^\W\d]|\$)[\w$]*+)
    |(?P<backtick>`)
    |(?P<slash>/)
    |(?P<hashbang>\#![^\n]*)
    |(?P<end>\Z)
    )""",
    re.VERBOSE,
)
_GROUPS = _TOKEN.groupindex
_NAME, _OPEN, _CLOSE, _STRING, _NUMBER, _OPERATOR = (
    _GROUPS[name] for name in ("name", "open", "close", "string", "number", "operator")
)
_PRIVATE, _BACKTICK, _SLASH, _ANGLE, _HASHBANG, _END = (
    _GROUPS[name] for name in ("private", "backtick", "slash", "angle", "hashbang", "end")
)
_TEMPLATE_PIECE = re.compile(r"(?:[^`\\$]++|\\[\s\S]|\$(?!\{))*+(`|\$\{)")
_REGEX = re.compile(r"/(?:[^/\\\[\n\r]|\\[^\n\r]|\[(?:[^\]\\\n\r]|\\[^\n\r])*\])+/[A-Za-z]*")
_LOOK_AHEAD = 4
_DEEPEST = 40
_STATEMENT_LINE = re.compile(
    r"^(?:export|import|const|let|var|function|async|type|interface|class|enum|declare)\b", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one text; the last one is always `END`.

    `kinds` holds the text of operators, brackets and key words, and a word in lower case for the rest. `partners` holds
    the index of the bracket that closes the one at an index, else 0. `broken` are spans whose brackets or quotes do
    not close; their tokens are left out.
    """

    text: str
    kinds: list[str]
    starts: "array[int]"
    ends: "array[int]"
    partners: "array[int]"
    broken: tuple[SyntaxFailure, ...] = ()

    def word(self, index: int) -> str:
        """Text of the token at `index`."""
        return self.text[self.starts[index] : self.ends[index]]

    def newline_before(self, index: int) -> bool:
        """Whether a line break stands before the token at `index`."""
        before = self.ends[index - 1] if index else 0
        return self.text.find("\n", before, self.starts[index]) >= 0


class _Lexer:
    """The state of one run; `failures` stays empty unless `recover` is set, for else the first failure is raised.

    `elements` is None where the language has no JSX. An `inner` run reads one expression in braces, and no more.
    """

    def __init__(self, text: str, *, recover: bool, elements: Elements | None, inner: bool = False) -> None:
        self.text = text
        self.recover = recover
        self.elements = elements
        self.inner = inner
        self.kinds: list[str] = []
        self.starts = array("i")
        self.ends = array("i")
        self.partners = array("i")
        self.stack: list[int] = []
        self.failures: list[SyntaxFailure] = []
        self.statement = 0

    def add(self, kind: str, start: int, end: int) -> None:
        self.kinds.append(kind)
        self.starts.append(start)
        self.ends.append(end)
        self.partners.append(0)

    def run(self) -> None:
        at = 0
        while True:
            try:
                self.scan(at)
            except SyntaxFailure as failure:
                at = self.abandon(failure)
                continue
            if not self.stack:
                return
            opened = self.starts[self.stack[0]]
            at = self.abandon(SyntaxFailure(f"`{self.text[opened]}` is never closed", opened, opened + 1))

    def abandon(self, failure: SyntaxFailure) -> int:
        """Drop the statement that `failure` is in; the offset of the next line that starts one."""
        if not self.recover:
            raise failure
        first = self.stack[0] if self.stack else max(len(self.kinds) - 1, 0)
        anchor = self.starts[first] if self.kinds else 0
        began = self.begin_of_statement(first, anchor)
        following = _STATEMENT_LINE.search(self.text, anchor + 1 if self.stack else max(anchor + 1, failure.start))
        self.statement = following.start() if following else len(self.text)
        self.drop_from(began)
        self.stack.clear()
        self.failures.append(SyntaxFailure(failure.message, failure.start, failure.end, (began, self.statement)))
        return self.statement

    def drop_from(self, offset: int) -> None:
        """Drop the tokens from `offset` on; a bracket before it that one of them closes is closed no more."""
        unclosed = 0
        while self.kinds and self.starts[-1] >= offset:
            unclosed += (self.kinds[-1] in _CLOSING) - (self.partners[-1] > 0)
            for column in (self.kinds, self.starts, self.ends, self.partners):
                column.pop()
        i = len(self.kinds)
        while unclosed > 0 and i > 0:
            i -= 1
            if self.partners[i] >= len(self.kinds):
                self.partners[i] = 0
                unclosed -= 1

    def begin_of_statement(self, token: int, anchor: int) -> int:
        """Where the statement begins that the token at `anchor` is in, brackets before which all close."""
        lines = _STATEMENT_LINE.finditer(self.text, self.statement, anchor + 1)
        began = max((line.start() for line in lines), default=self.statement)
        i = bisect_left(self.starts, began)
        while i < token:
            if self.kinds[i] == ";":
                began = self.starts[i + 1]
            i = max(self.partners[i], i) + 1
        return began

    def scan(self, at: int) -> None:
        text, match = self.text, _TOKEN.match
        kinds, starts, ends, partners = self.kinds, self.starts, self.ends, self.partners
        while at >= 0:
            found = match(text, at)
            if found is None:
                raise self.unknown(at)
            group = found.lastindex or 0
            start, at = found.span(group)
            if group == _NAME:
                word = found[_NAME]
                kinds.append(self.name_or_word(word, start, at) if word in WORDS else NAME)
            elif group == _OPERATOR:
                kinds.append(found[_OPERATOR])
            elif group == _OPEN:
                self.stack.append(len(kinds))
                kinds.append(found[_OPEN])
            elif group == _STRING:
                kinds.append(STRING)
            elif group == _NUMBER:
                kinds.append(NUMBER)
            else:
                at = self.special(group, start, at)
                continue
            starts.append(start)
            ends.append(at)
            partners.append(0)

    def name_or_word(self, word: str, start: int, end: int) -> str:
        if self.kinds and self.kinds[-1] in (".", "?."):
            return NAME
        if self.recover and self.stack and word in ("export", "import") and self.at_line_start(start):
            raise SyntaxFailure("brackets before this line do not close", start, end)
        return word

    def at_line_start(self, start: int) -> bool:
        # `import(` and `import.meta` may stand anywhere.
        return (start == 0 or self.text[start - 1] in "\r\n") and not self.text.startswith(
            ("import(", "import."), start
        )

    def special(self, group: int, start: int, end: int) -> int:
        """Tokens whose meaning depends on those before; the offset behind, or -1 behind the last."""
        text = self.text
        if group == _CLOSE:
            return self.close(text[start], start, end)
        if group == _ANGLE:
            return self.angle(start, end)
        if group == _PRIVATE:
            self.add(NAME, start, end)
        elif group == _BACKTICK:
            return self.template(start, end, TEMPLATE, TEMPLATE_HEAD)
        elif group == _SLASH:
            return self.slash(start)
        elif group == _HASHBANG and start != 0:
            raise SyntaxFailure("unexpected `#`", start, start + 1)
        elif group == _END:
            self.add(END, start, start)
            return -1
        return end

    def close(self, bracket: str, start: int, end: int) -> int:
        if not self.stack:
            raise SyntaxFailure(f"`{bracket}` closes nothing", start, end)
        opened = self.stack.pop()
        kind = self.kinds[opened]
        if bracket == "}" and kind in (TEMPLATE_HEAD, TEMPLATE_MIDDLE):
            self.partners[opened] = len(self.kinds)
            return self.template(start, end, TEMPLATE_TAIL, TEMPLATE_MIDDLE)
        if _BRACKETS[bracket] != kind:
            self.stack.append(opened)
            raise SyntaxFailure(f"`{bracket}` where `{kind}` is open", start, end)
        self.partners[opened] = len(self.kinds)
        self.add(bracket, start, end)
        return -1 if self.inner and not self.stack else end

    def angle(self, start: int, end: int) -> int:
        if self.elements is not None and start not in self.elements.none and not self.ends_operand():
            behind = self.elements.behind(start)
            if behind >= 0:
                self.add(JSX, start, behind)
                return behind
        self.add("<", start, end)
        return end

    def template(self, start: int, at: int, whole: str, opening: str) -> int:
        piece = _TEMPLATE_PIECE.match(self.text, at)
        if piece is None:
            raise SyntaxFailure("template literal is never closed", start, start + 1)
        if piece[1] == "`":
            self.add(whole, start, piece.end())
        else:
            self.stack.append(len(self.kinds))
            self.add(opening, start, piece.end())
        return piece.end()

    def slash(self, start: int) -> int:
        literal = None if self.ends_operand() else _REGEX.match(self.text, start)
        if literal is not None:
            self.add(REGEX, start, literal.end())
            return literal.end()
        end = start + (2 if self.text[start + 1 : start + 2] == "=" else 1)
        if self.text[start + 1 : start + 2] == "*":
            raise SyntaxFailure("comment is never closed", start, start + 2)
        self.add(self.text[start:end], start, end)
        return end

    def ends_operand(self) -> bool:
        """Whether the last token ends an operand, so that a slash divides."""
        if not self.kinds:
            return False
        last = self.kinds[-1]
        if last == "!" and len(self.kinds) > 1:
            last = self.kinds[-2]
        return last in _OPERAND_ENDS or (last in WORDS and last not in _BEFORE_REGEX)

    def unknown(self, at: int) -> SyntaxFailure:
        gap = re.compile(GAP).match(self.text, at)
        start = gap.end() if gap else at
        quote = self.text[start]
        return SyntaxFailure("string is never closed" if quote in "\"'" else f"unexpected `{quote}`", start, start + 1)


def _elements(text: str) -> Elements:
    depth = 0

    def behind_braces(start: int) -> int:
        nonlocal depth
        if depth == _DEEPEST:
            raise SyntaxFailure("nested too deeply", start, start + 1)
        depth += 1
        try:
            lexer = _Lexer(text, recover=False, elements=found, inner=True)
            lexer.scan(start)
        finally:
            depth -= 1
        if lexer.stack:
            raise SyntaxFailure("`{` is never closed", start, start + 1)
        return lexer.ends[-1]

    found = Elements(text, behind_braces)
    return found


def tokenize(text: str, *, jsx: bool = False) -> Tokens:
    """The tokens of `text`; where brackets or quotes do not close, what lies between two statements is given up.

    `jsx`: what begins with `<` where an operand would is an element, one token of its own.
    """
    elements = _elements(text) if jsx else None
    lexer = _Lexer(text, recover=False, elements=elements)
    try:
        lexer.run()
    except SyntaxFailure:
        lexer = _Lexer(text, recover=True, elements=elements)
        lexer.run()
    for _ in range(_LOOK_AHEAD):
        lexer.add(END, len(text), len(text))
    return Tokens(text, lexer.kinds, lexer.starts, lexer.ends, lexer.partners, tuple(lexer.failures))
