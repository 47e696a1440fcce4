"""Expressions without their types: every token is given the terminal of `grammars/typescript.lark` that says its role.

This is where the language's look-ahead is spent: whether `(` groups or opens parameters, whether `{` is an object,
whether `<` compares. The grammar then needs one token of it.
"""

from ormistice.sources.drizzle.errors import SyntaxFailure
from ormistice.sources.drizzle.lexer import JSX, NAME, NUMBER, REGEX, STRING, TEMPLATE, TEMPLATE_HEAD, WORDS, words
from ormistice.sources.drizzle.literals import arguments, array, closed, function, object_literal, parameters, template
from ormistice.sources.drizzle.marking import RESERVED, Marking

_PREFIX = frozenset(("!", "~", "+", "-", "++", "--", "typeof", "void", "delete", "new"))
_BINARY = words("+ - * / % ** == != === !== < <= && || ?? & | ^ << in instanceof")
_ASSIGNING = words("= += -= *= /= %= **= <<= &= |= ^= &&= ||= ??=")
_LITERALS = {NUMBER: "NUMBER", STRING: "STRING", REGEX: "REGEX", TEMPLATE: "TEMPLATE", JSX: "OPAQUE"}


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
    if (kinds[i] == NAME or kinds[i] in WORDS) and kinds[i + 1] == "=>" and kinds[i] not in RESERVED:
        m.put("ARROW_ID", i)
        return _body(m, i + 2, consequent=consequent)
    if kinds[i] == "<":
        i = m.types.arguments(i)
    if i < 0 or kinds[i] != "(" or i in m.not_arrows:
        return -1
    behind = _behind_head(m, i)
    return -1 if behind < 0 else _arrow_at(m, i, behind, consequent=consequent)


def _arrow_at(m: Marking, i: int, behind: int, *, consequent: bool) -> int:
    """The arrow function whose parameters open at `i` and whose body is at `behind`, unless it turns out to be none."""
    kinds = m.tokens.kinds
    unsure = consequent and kinds[m.behind(i)] == ":"
    written = len(m.out)
    try:
        m.put("AP", i)
        parameters(m, i)
        after = _body(m, behind, consequent=consequent)
    except SyntaxFailure:
        if not unsure:
            raise
        after = i
    if unsure and kinds[after] != ":":
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


def _primary(m: Marking, i: int) -> int:  # noqa: PLR0911 - one case for each kind of operand
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
        return array(m, i)
    if kind == TEMPLATE_HEAD:
        return template(m, i, "TEMPLATE_HEAD")
    if kind == "function" or (kind == "async" and kinds[i + 1] == "function" and not m.tokens.newline_before(i + 1)):
        return function(m, i)
    if kind in ("class", "@"):
        return _class(m, i)
    if kind in WORDS and kind not in RESERVED:
        m.put("NAME", i)
        return i + 1
    raise m.failure(i)


def _group(m: Marking, i: int) -> int:
    m.put("GP", i)
    i = sequence(m, i + 1)
    return closed(m, i, ")", "RP")


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


def _suffixes(m: Marking, i: int) -> int:  # noqa: C901, PLR0912 - one case for each kind of suffix
    tokens, kinds = m.tokens, m.tokens.kinds
    while True:
        kind = kinds[i]
        if kind in (".", "?."):
            i = _member(m, i)
        elif kind == "(":
            i = arguments(m, i)
        elif kind == "[":
            m.put("LB", i)
            i = closed(m, sequence(m, i + 1), "]", "RB")
        elif kind == TEMPLATE:
            m.put("TAG", i)
            i += 1
        elif kind == TEMPLATE_HEAD:
            i = template(m, i, "TAG_HEAD")
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
    if kinds[i] == "?.":
        m.put("OPTIONAL", i)
        if following == "<":
            return m.types.after_parameters(i + 1)
        if following in ("(", "["):
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
