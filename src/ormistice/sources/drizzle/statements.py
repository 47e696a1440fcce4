"""Statements without their types."""

from ormistice.sources.drizzle.changing import changed_between
from ormistice.sources.drizzle.errors import SyntaxFailure
from ormistice.sources.drizzle.expressions import class_rest, decorator, sequence
from ormistice.sources.drizzle.lexer import END, NAME, STRING, WORDS
from ormistice.sources.drizzle.literals import binding, function_rest, object_literal
from ormistice.sources.drizzle.marking import Marking

_LOOPS = frozenset(("for", "while", "with"))


def semicolon(m: Marking, i: int) -> int:
    """The end of a statement, written whether it stands there or not."""
    tokens = m.tokens
    if tokens.kinds[i] == ";":
        m.put("SEMI", i)
        return i + 1
    if tokens.kinds[i] in ("}", END) or tokens.newline_before(i):
        m.put_empty("SEMI", tokens.ends[i - 1])
        return i
    raise m.failure(i)


def block(m: Marking, i: int) -> int:
    """Statements in braces."""
    m.put("BB", i)
    i += 1
    while m.tokens.kinds[i] != "}":
        i = statement(m, i)
    m.put("CB", i)
    return i + 1


def statement(m: Marking, i: int) -> int:  # noqa: C901, PLR0911 - one case for each kind of statement
    """One statement; gives the index behind, as every function here does."""
    kinds = m.tokens.kinds
    kind, following = kinds[i], kinds[i + 1]
    if kind == "{":
        return block(m, i)
    if kind == ";":
        return i + 1
    if kind in ("const", "let", "var"):
        return _enum(m, i + 1) if following == "enum" else _declaration(m, i)
    if kind in ("using", "await") and _is_using(m, i):
        return _declaration(m, i + (kind == "await"))
    if kind in ("function", "async") and (kind == "function" or _same_line(m, i, "function")):
        return _function(m, i)
    if kind in ("class", "@"):
        return _class(m, i)
    if kind in ("return", "throw"):
        return _result(m, i)
    if kind == "if":
        return _if(m, i)
    if kind in _LOOPS or kind in ("do", "switch", "try"):
        return _structured(m, i)
    if kind in ("break", "continue", "debugger"):
        labelled = following == NAME and not m.tokens.newline_before(i + 1)
        m.put("JUMP", i + labelled)
        return semicolon(m, i + 1 + labelled)
    behind = _types_only(m, i)
    if behind >= 0:
        return behind
    if following == ":" and (kind == NAME or kind in WORDS):
        return statement(m, i + 2)
    return semicolon(m, sequence(m, i))


def _same_line(m: Marking, i: int, *kinds: str) -> bool:
    return m.tokens.kinds[i + 1] in kinds and not m.tokens.newline_before(i + 1)


def _is_using(m: Marking, i: int) -> bool:
    if m.tokens.kinds[i] == "await":
        return m.tokens.kinds[i + 1] == "using" and _is_using(m, i + 1)
    return _same_line(m, i, NAME) and m.tokens.kinds[i + 2] in ("=", ":")


def _declaration(m: Marking, i: int) -> int:
    m.put("DECLARE", i)
    i = binding(m, i + 1)
    while m.tokens.kinds[i] == ",":
        i = binding(m, i + 1)
    return semicolon(m, i)


def _named(m: Marking, terminal: str, i: int) -> None:
    if m.tokens.kinds[i] != NAME and m.tokens.kinds[i] not in WORDS:
        raise m.failure(i)
    m.put(terminal, i)


def _function(m: Marking, i: int) -> int:
    kinds, written = m.tokens.kinds, len(m.out)
    i += 2 if kinds[i] == "async" else 1
    i += kinds[i] == "*"
    _named(m, "FUNCTION", i)
    behind = function_rest(m, i + 1)
    if behind >= 0:
        return behind
    del m.out[written:]
    return _after_overload(m, i + 1)


def _after_overload(m: Marking, i: int) -> int:
    written = len(m.out)
    kinds = m.tokens.kinds
    if kinds[i] == "<":
        i = m.types.after_parameters(i)
    i = m.behind(i)
    if kinds[i] == ":":
        i = m.types.after_type(i + 1)
    i = semicolon(m, i)
    del m.out[written:]
    return i


def _class(m: Marking, i: int) -> int:
    kinds, first = m.tokens.kinds, i
    while kinds[i] == "@":
        i = decorator(m, i)
    if kinds[i] == "export":
        i += 1 + (kinds[i + 1] == "default")
    i += kinds[i] == "abstract"
    if kinds[i] != "class":
        raise m.failure(i)
    _named(m, "OPAQUE_DECLARATION", i + 1)
    return max(class_rest(m, i), first + 1)


def _enum(m: Marking, i: int) -> int:
    _named(m, "ENUM", i + 1)
    return object_literal(m, i + 2)


def _result(m: Marking, i: int) -> int:
    kinds = m.tokens.kinds
    m.put(kinds[i].upper(), i)
    i += 1
    if kinds[i] not in (";", "}", END) and not m.tokens.newline_before(i):
        i = sequence(m, i)
    return semicolon(m, i)


def _if(m: Marking, i: int) -> int:
    kinds, head = m.tokens.kinds, len(m.out)
    m.put("IF", i)
    if kinds[i + 1] != "(":
        raise m.failure(i + 1)
    i = sequence(m, i + 2)
    if kinds[i] != ")":
        raise m.failure(i)
    m.put("THEN", i)
    i = _branch(m, i + 1)
    if kinds[i] == "else":
        m.out[head] = ("IF_ELSE", *m.out[head][1:])
        m.put("ELSE", i)
        i = _branch(m, i + 1)
    return i


def _branch(m: Marking, i: int) -> int:
    written = len(m.out)
    behind = statement(m, i)
    if len(m.out) == written:
        m.put("EMPTY", i)
    return behind


_STRUCTURED = {"for": "FOR_OF", "switch": "SWITCH", "try": "TRY"}


def _structured(m: Marking, i: int) -> int:
    """A loop over items, a `switch`, a `try`; what is of another form is stepped over."""
    terminal, written = _STRUCTURED.get(m.tokens.kinds[i]), len(m.out)
    if terminal is None:
        return _opaque(m, i)
    m.put(terminal, i)
    behind = _for_of(m, i) if terminal == "FOR_OF" else _bracketed(m, i)
    if behind < 0:
        del m.out[written:]
        return _opaque(m, i)
    changed = " ".join(changed_between(m.tokens, i, behind))
    m.out[written] = (terminal, m.tokens.starts[i], m.tokens.ends[behind - 1], changed)
    return behind


def _for_of(m: Marking, i: int) -> int:
    body = _head_of_loop(m, i)
    return body if body < 0 else _branch(m, body)


def _head_of_loop(m: Marking, i: int) -> int:
    kinds = m.tokens.kinds
    if kinds[i + 1] != "(" or kinds[i + 2] not in ("const", "let", "var"):
        return -1
    try:
        i = binding(m, i + 3)
        if m.tokens.word(i) != "of":
            return -1
        m.put("OF", i)
        i = sequence(m, i + 1)
    except SyntaxFailure:
        return -1
    m.put("THEN", i)
    return i + 1 if kinds[i] == ")" else -1


def _bracketed(m: Marking, i: int) -> int:
    try:
        return _switch(m, i) if m.tokens.kinds[i] == "switch" else _try(m, i)
    except SyntaxFailure:
        return -1


def _switch(m: Marking, i: int) -> int:
    kinds = m.tokens.kinds
    if kinds[i + 1] != "(":
        raise m.failure(i + 1)
    i = sequence(m, i + 2)
    if kinds[i] != ")" or kinds[i + 1] != "{":
        raise m.failure(i)
    m.put("THEN", i)
    i += 2
    while kinds[i] != "}":
        i = _clause(m, i)
    m.put("CB", i)
    return i + 1


def _clause(m: Marking, i: int) -> int:
    kinds = m.tokens.kinds
    if kinds[i] not in ("case", "default"):
        raise m.failure(i)
    m.put(kinds[i].upper(), i)
    i = sequence(m, i + 1) if kinds[i] == "case" else i + 1
    if kinds[i] != ":":
        raise m.failure(i)
    m.put("THEN", i)
    i += 1
    while kinds[i] not in ("case", "default", "}"):
        i = statement(m, i)
    return i


def _try(m: Marking, i: int) -> int:
    kinds = m.tokens.kinds
    if kinds[i + 1] != "{":
        raise m.failure(i + 1)
    i = block(m, i + 1)
    if kinds[i] != "catch":
        return -1
    i = m.behind(i + 1)
    i = m.behind(i) if kinds[i - 1] == ")" else i
    return -1 if kinds[i] == "finally" else i


def _opaque(m: Marking, i: int) -> int:
    """A loop, `switch` or `try`: no value is read out of one, but it may change what it names."""
    first, written = i, len(m.out)
    i = _behind_opaque(m, i)
    del m.out[written:]
    changed = " ".join(changed_between(m.tokens, first, i))
    m.out.append(("OPAQUE_STATEMENT", m.tokens.starts[first], m.tokens.ends[i - 1], changed))
    return i


def _behind_opaque(m: Marking, i: int) -> int:
    kinds = m.tokens.kinds
    if kinds[i] == "do":
        i = statement(m, i + 1)
        if kinds[i] != "while":
            raise m.failure(i)
        i = m.behind(i + 1)
        return i + 1 if kinds[i] == ";" else i
    if kinds[i] == "try":
        i = m.behind(i + 1)
        while kinds[i] in ("catch", "finally"):
            i += 1
            i = m.behind(i) if kinds[i] == "(" else i
            i = m.behind(i)
        return i
    opening = i + 2 if kinds[i + 1] == "await" else i + 1
    if kinds[opening] != "(":
        raise m.failure(opening)
    body = m.behind(opening)
    return m.behind(body) if kinds[i] == "switch" else statement(m, body)


def _types_only(m: Marking, i: int) -> int:
    """Behind a declaration that is nothing at run time, or -1 where none starts."""
    kinds = m.tokens.kinds
    kind = kinds[i]
    if kind == "type" and _same_line(m, i, NAME, *WORDS) and kinds[i + 2] in ("=", "<"):
        return _type_alias(m, i + 2)
    if kind == "interface" and _same_line(m, i, NAME, *WORDS):
        return _interface(m, i + 2)
    if kind == "enum" and _same_line(m, i, NAME):
        return _enum(m, i)
    if kind == "abstract" and _same_line(m, i, "class"):
        return _class(m, i)
    if kind in ("namespace", "module", "global") and _same_line(m, i, NAME, STRING, "{"):
        return _namespace(m, i)
    if kind == "declare" and _same_line(m, i, NAME, *WORDS):
        return _declare(m, i)
    return -1


def _type_alias(m: Marking, i: int) -> int:
    if m.tokens.kinds[i] == "<":
        i = m.types.after_parameters(i)
    i = m.types.after_type(i + 1)
    written = len(m.out)
    i = semicolon(m, i)
    del m.out[written:]
    return i


def _interface(m: Marking, i: int) -> int:
    kinds = m.tokens.kinds
    if kinds[i] == "<":
        i = m.types.after_parameters(i)
    if kinds[i] == "extends":
        i = m.types.after_type(i + 1)
        while kinds[i] == ",":
            i = m.types.after_type(i + 1)
    if kinds[i] != "{":
        raise m.failure(i)
    return m.behind(i)


def _namespace(m: Marking, i: int) -> int:
    kinds = m.tokens.kinds
    if kinds[i + 1] == NAME:
        m.put("OPAQUE_DECLARATION", i + 1)
    while kinds[i] not in ("{", ";", END):
        i += 1
    return m.behind(i) if kinds[i] == "{" else i


def _declare(m: Marking, i: int) -> int:
    written = len(m.out)
    i += 1
    i = _after_overload(m, i + 2) if m.tokens.kinds[i] in ("function", "async") else statement(m, i)
    del m.out[written:]
    return i
