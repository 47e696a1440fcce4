"""Expressions without their types: every token is given the terminal of `grammars/typescript.lark` that says its role.

This is where the language's look-ahead is spent: whether `(` groups or opens parameters, whether `{` is an object,
whether `<` compares. The grammar then needs one token of it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from ormistice.sources.drizzle.errors import SyntaxFailure
from ormistice.sources.drizzle.lexer import (
    END,
    NAME,
    NUMBER,
    REGEX,
    STRING,
    TEMPLATE,
    TEMPLATE_HEAD,
    TEMPLATE_TAIL,
    WORDS,
    Tokens,
)
from ormistice.sources.drizzle.typeskip import TypeSkipper

Marked = tuple[str, int, int]
"""A terminal and the offsets of its text."""

_PREFIX = frozenset(("!", "~", "+", "-", "++", "--", "typeof", "void", "delete", "new"))
_BINARY = frozenset(
    """+ - * / % ** == != === !== < <= && || ?? & | ^ << in instanceof""".split(),
)
_ASSIGNING = frozenset("= += -= *= /= %= **= <<= &= |= ^= &&= ||= ??=".split())
_LITERALS = {NUMBER: "NUMBER", STRING: "STRING", REGEX: "REGEX", TEMPLATE: "TEMPLATE"}
_RESERVED = frozenset(
    """break case catch class const continue debugger default do else enum export extends finally for function if in
    instanceof return switch throw try var while with""".split()
)
_LIST_ENDS = frozenset((",", ")", "]", "}"))


@dataclass(slots=True)
class Marking:
    """Marked tokens of one file, as far as they are written; `block` marks a function's body, and is of `statements`."""

    tokens: Tokens
    types: TypeSkipper
    block: Callable[["Marking", int], int]
    out: list[Marked] = field(default_factory=list)
    not_arrows: set[int] = field(default_factory=set)

    def put(self, terminal: str, i: int) -> None:
        """Write the token at `i` as `terminal`."""
        self.out.append((terminal, self.tokens.starts[i], self.tokens.ends[i]))

    def put_range(self, terminal: str, first: int, behind: int) -> None:
        """Write all tokens from `first` up to `behind` as one."""
        self.out.append((terminal, self.tokens.starts[first], self.tokens.ends[behind - 1]))

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


def sequence(m: Marking, i: int) -> int:
    """Expressions with commas between; gives the index behind, as every function here does."""
    i = assigned(m, i)
    while m.tokens.kinds[i] == ",":
        m.put("COMMA", i)
        i = assigned(m, i + 1)
    return i


def assigned(m: Marking, i: int, *, consequent: bool = False) -> int:
    """One expression without commas; `consequent`: it stands between `?` and `:`."""
    kinds = m.tokens.kinds
    while True:
        arrow = _arrow(m, i, consequent=consequent)
        if arrow >= 0:
            return arrow
        i = _operand(m, i)
        kind = kinds[i]
        if kind in _BINARY:
            m.put("BINOP", i)
            i += 1
        elif kind == ">":
            i = _greater(m, i)
            if m.out[-1][0] == "ASSIGN":
                return assigned(m, i, consequent=consequent)
        elif kind == "?":
            m.put("QUESTION", i)
            i = assigned(m, i + 1, consequent=True)
            if kinds[i] != ":":
                raise m.failure(i)
            m.put("COLON", i)
            return assigned(m, i + 1, consequent=consequent)
        elif kind in _ASSIGNING:
            m.put("ASSIGN", i)
            return assigned(m, i + 1, consequent=consequent)
        else:
            return i


def _greater(m: Marking, i: int) -> int:
    # `>` is always one character, for types' sake; here `>>=` and its like are put together again.
    tokens = m.tokens
    first = i
    while tokens.kinds[i + 1] == ">" and tokens.starts[i + 1] == tokens.ends[i]:
        i += 1
    assigns = False
    if tokens.kinds[i + 1] in ("=", "==", "===") and tokens.starts[i + 1] == tokens.ends[i]:
        i += 1
        assigns = i - first > 1
    m.put_range("ASSIGN" if assigns else "BINOP", first, i + 1)
    return i + 1


def _arrow(m: Marking, i: int, *, consequent: bool) -> int:
    """Behind the arrow function at `i`, or -1 if none starts there."""
    tokens, kinds = m.tokens, m.tokens.kinds
    if kinds[i] == "async" and not tokens.newline_before(i + 1) and kinds[i + 1] in (NAME, "(", "<"):
        found = _arrow(m, i + 1, consequent=consequent)
        if found >= 0:
            return found
    if (kinds[i] == NAME or kinds[i] in WORDS) and kinds[i + 1] == "=>" and kinds[i] not in _RESERVED:
        m.put("ARROW_ID", i)
        return _body(m, i + 2, consequent=consequent)
    if kinds[i] == "<":
        i = m.types.arguments(i) if kinds[i] == "<" else i
        if i < 0:
            return -1
    if kinds[i] != "(" or i in m.not_arrows:
        return -1
    behind = _behind_head(m, i)
    if behind < 0:
        return -1
    typed = kinds[tokens.partners[i] + 1] == ":"
    written = len(m.out)
    try:
        m.put("AP", i)
        _parameters(m, i)
        after = _body(m, behind, consequent=consequent)
    except SyntaxFailure:
        if not (typed and consequent):
            raise
        after = i
    if typed and consequent and kinds[after] != ":":
        # `a ? (b) : c => d` is no arrow function with a return type, for then nothing would be left for the colon.
        del m.out[written:]
        m.not_arrows.add(i)
        return -1
    return after


def _behind_head(m: Marking, i: int) -> int:
    """Behind the `=>` of parameters that open at `i`, or -1."""
    kinds = m.tokens.kinds
    behind = m.behind(i)
    if kinds[behind] == ":":
        behind = m.types.maybe_type(behind + 1)
        if behind < 0:
            return -1
    return behind + 1 if kinds[behind] == "=>" else -1


def _body(m: Marking, i: int, *, consequent: bool = False) -> int:
    return m.block(m, i) if m.tokens.kinds[i] == "{" else assigned(m, i, consequent=consequent)


def _parameters(m: Marking, i: int) -> int:
    """The parameters whose parenthesis is at `i`, which is written already."""
    kinds = m.tokens.kinds
    i += 1
    while kinds[i] != ")":
        if kinds[i] == "this" and kinds[i + 1] == ":":
            i = m.types.after_type(i + 2)
        else:
            if kinds[i] == "...":
                m.put("SPREAD", i)
                i += 1
            i = binding(m, i)
        if kinds[i] == ",":
            i += 1
        elif kinds[i] != ")":
            raise m.failure(i)
    m.put("RP", i)
    return i + 1


def binding(m: Marking, i: int) -> int:
    """A name or pattern that is bound, its type, and its default."""
    kinds = m.tokens.kinds
    i = _target(m, i)
    if kinds[i] in ("?", "!"):
        i += 1
    if kinds[i] == ":":
        i = m.types.after_type(i + 1)
    if kinds[i] == "=":
        m.put("ASSIGN", i)
        i = assigned(m, i + 1)
    return i


def _target(m: Marking, i: int) -> int:
    kind = m.tokens.kinds[i]
    if kind == "[":
        return _array(m, i)
    if kind == "{":
        return object_literal(m, i)
    if kind == NAME or (kind in WORDS and kind not in _RESERVED):
        m.put("NAME", i)
        return i + 1
    raise m.failure(i)


def _operand(m: Marking, i: int) -> int:
    i = _prefixes(m, i)
    return _suffixes(m, _primary(m, i))


def _prefixes(m: Marking, i: int) -> int:
    kinds = m.tokens.kinds
    while True:
        kind = kinds[i]
        if kind in _PREFIX and not (kind == "new" and kinds[i + 1] == "."):
            m.put("UNOP", i)
            i += 1
        elif kind in ("await", "yield") and _starts_operand(m, i + 1):
            m.put("UNOP", i)
            i += 2 if kinds[i + 1] == "*" else 1
        elif kind == "<":
            i = m.types.after_parameters(i)
        else:
            return i


def _starts_operand(m: Marking, i: int) -> bool:
    kind = m.tokens.kinds[i]
    if kind in ("[", "(", "{", "!", "~", "*", *_LITERALS, TEMPLATE_HEAD, NAME):
        return not m.tokens.newline_before(i)
    return kind in WORDS and kind not in ("in", "instanceof", "of", "as", "satisfies")


def _primary(m: Marking, i: int) -> int:  # noqa: C901, PLR0911 - one case for each kind of operand
    kinds = m.tokens.kinds
    kind = kinds[i]
    if kind == NAME:
        m.put("NAME", i)
        return i + 1
    if kind in _LITERALS:
        m.put(_LITERALS[kind], i)
        return i + 1
    if kind == "(":
        return _group(m, i)
    if kind == "{":
        return object_literal(m, i)
    if kind == "[":
        return _array(m, i)
    if kind == TEMPLATE_HEAD:
        return _template(m, i, "TEMPLATE_HEAD")
    if kind == "function" or (kind == "async" and kinds[i + 1] == "function" and not m.tokens.newline_before(i + 1)):
        return _function(m, i)
    if kind in ("class", "@"):
        return _class(m, i)
    if kind in WORDS and kind not in _RESERVED:
        m.put("NAME", i)
        return i + 1
    raise m.failure(i)


def _group(m: Marking, i: int) -> int:
    m.put("GP", i)
    i = sequence(m, i + 1)
    return _closed(m, i, ")", "RP")


def _closed(m: Marking, i: int, bracket: str, terminal: str) -> int:
    if m.tokens.kinds[i] != bracket:
        raise m.failure(i)
    m.put(terminal, i)
    return i + 1


def _array(m: Marking, i: int) -> int:
    kinds = m.tokens.kinds
    m.put("AB", i)
    i += 1
    while kinds[i] != "]":
        if kinds[i] == ",":
            m.put("HOLE", i)
            i += 1
            continue
        i = _element(m, i)
        if kinds[i] == ",":
            i += 1
        elif kinds[i] != "]":
            raise m.failure(i)
    m.put("RB", i)
    return i + 1


def _element(m: Marking, i: int) -> int:
    if m.tokens.kinds[i] == "...":
        m.put("SPREAD", i)
        i += 1
    return assigned(m, i)


def _arguments(m: Marking, i: int) -> int:
    kinds = m.tokens.kinds
    m.put("LP", i)
    i += 1
    while kinds[i] != ")":
        i = _element(m, i)
        if kinds[i] == ",":
            i += 1
        elif kinds[i] != ")":
            raise m.failure(i)
    m.put("RP", i)
    return i + 1


def object_literal(m: Marking, i: int) -> int:
    """An object, a pattern, or the body of an enum: all three are lists of entries."""
    kinds = m.tokens.kinds
    m.put("OB", i)
    i += 1
    while kinds[i] != "}":
        i = _entry(m, i)
        if kinds[i] == ",":
            i += 1
        elif kinds[i] != "}":
            raise m.failure(i)
    m.put("CB", i)
    return i + 1


def _entry(m: Marking, i: int) -> int:
    kinds = m.tokens.kinds
    if kinds[i] == "...":
        return _element(m, i)
    accessor = False
    while kinds[i] in ("get", "set", "async", "*") and kinds[i + 1] not in (",", ":", "(", "}", "=", "<"):
        accessor = accessor or kinds[i] in ("get", "set")
        i += 1
    if kinds[i] == "[":
        m.put("KB", i)
        i = _closed(m, sequence(m, i + 1), "]", "RB")
    elif kinds[i] in (NAME, STRING, NUMBER) or kinds[i] in WORDS:
        if kinds[i + 1] not in (":", "(", "<"):
            return _shorthand(m, i)
        m.put("KEY", i)
        i += 1
    else:
        raise m.failure(i)
    if kinds[i] == ":":
        return assigned(m, i + 1)
    return _method(m, i, accessor=accessor)


def _shorthand(m: Marking, i: int) -> int:
    m.put("SHORT", i)
    if m.tokens.kinds[i + 1] != "=":
        return i + 1
    m.put("ASSIGN", i + 1)
    return assigned(m, i + 2)


def _method(m: Marking, i: int, *, accessor: bool) -> int:
    first, written = i, len(m.out)
    m.out.append(("FUNCX", m.tokens.starts[i], m.tokens.starts[i]))
    i = function_rest(m, i)
    if i < 0:
        raise m.failure(first)
    if accessor:
        del m.out[written:]
        m.put_range("OPAQUE", first, i)
    return i


def _function(m: Marking, i: int) -> int:
    kinds = m.tokens.kinds
    first = i
    i += 2 if kinds[i] == "async" else 1
    if kinds[i] == "*":
        i += 1
    if kinds[i] not in ("(", "<"):
        i += 1
    m.put("FUNCX", first)
    i = function_rest(m, i)
    if i < 0:
        raise m.failure(first)
    return i


def function_rest(m: Marking, i: int) -> int:
    """Type parameters, parameters, return type and body; -1 where there is no body, as in an overload."""
    kinds = m.tokens.kinds
    if kinds[i] == "<":
        i = m.types.after_parameters(i)
    if kinds[i] != "(":
        raise m.failure(i)
    m.put("FP", i)
    i = _parameters(m, i)
    if kinds[i] == ":":
        i = m.types.after_type(i + 1)
    return m.block(m, i) if kinds[i] == "{" else -1


def _class(m: Marking, i: int) -> int:
    first = i
    while m.tokens.kinds[i] == "@":
        i = decorator(m, i)
    i = class_rest(m, i)
    m.put_range("OPAQUE", first, i)
    return i


def decorator(m: Marking, i: int) -> int:
    """A decorator, which says nothing about a schema."""
    kinds, written = m.tokens.kinds, len(m.out)
    i = _suffixes(m, _primary(m, i + 1))
    del m.out[written:]
    return i + 1 if kinds[i] == ";" else i


def class_rest(m: Marking, i: int) -> int:
    """A class from its key word on; only where it ends is of interest."""
    kinds, written = m.tokens.kinds, len(m.out)
    i += 1
    if kinds[i] not in ("{", "<", "extends", "implements"):
        i += 1
    if kinds[i] == "<":
        i = m.types.after_parameters(i)
    if kinds[i] == "extends":
        i = _suffixes(m, _primary(m, i + 1))
        if kinds[i] == "<":
            i = m.types.after_parameters(i)
    if kinds[i] == "implements":
        i = m.types.after_type(i + 1)
        while kinds[i] == ",":
            i = m.types.after_type(i + 1)
    del m.out[written:]
    if kinds[i] != "{":
        raise m.failure(i)
    return m.behind(i)


def _template(m: Marking, i: int, head: str) -> int:
    kinds = m.tokens.kinds
    m.put(head, i)
    while True:
        i = sequence(m, i + 1)
        if kinds[i] == TEMPLATE_TAIL:
            m.put("TEMPLATE_TAIL", i)
            return i + 1
        if not kinds[i].startswith("template m"):
            raise m.failure(i)
        m.put("TEMPLATE_MIDDLE", i)


def _suffixes(m: Marking, i: int) -> int:  # noqa: C901 - one case for each kind of suffix
    tokens, kinds = m.tokens, m.tokens.kinds
    while True:
        kind = kinds[i]
        if kind in (".", "?."):
            i = _member(m, i)
        elif kind == "(":
            i = _arguments(m, i)
        elif kind == "[":
            m.put("LB", i)
            i = _closed(m, sequence(m, i + 1), "]", "RB")
        elif kind == TEMPLATE:
            m.put("TAG", i)
            i += 1
        elif kind == TEMPLATE_HEAD:
            i = _template(m, i, "TAG_HEAD")
        elif kind == "<":
            behind = m.types.arguments(i)
            if behind < 0:
                return i
            i = behind
        elif tokens.newline_before(i):
            return i
        elif kind == "!":
            i += 1
        elif kind in ("as", "satisfies"):
            return _assertions(m, i)
        elif kind in ("++", "--"):
            m.put("POSTOP", i)
            return i + 1
        else:
            return i


def _member(m: Marking, i: int) -> int:
    kinds = m.tokens.kinds
    following = kinds[i + 1]
    if kinds[i] == "?." and following == "<":
        return m.types.after_parameters(i + 1)
    if kinds[i] == "?." and following in ("(", "["):
        return i + 1
    if following != NAME and following not in WORDS:
        raise m.failure(i + 1)
    m.put("MEMBER", i + 1)
    return i + 2


def _assertions(m: Marking, i: int) -> int:
    kinds = m.tokens.kinds
    while kinds[i] in ("as", "satisfies") and not m.tokens.newline_before(i):
        i = i + 2 if kinds[i + 1] == "const" else m.types.after_type(i + 1)
    return i
