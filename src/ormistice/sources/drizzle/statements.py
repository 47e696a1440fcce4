"""Statements without their types, each marked on its own, so that a bad one costs no more than itself."""

from dataclasses import dataclass

from ormistice.sources.drizzle.errors import SyntaxFailure
from ormistice.sources.drizzle.expressions import (
    Marked,
    Marking,
    binding,
    class_rest,
    decorator,
    function_rest,
    object_literal,
    sequence,
)
from ormistice.sources.drizzle.lexer import END, NAME, STRING, WORDS, Tokens
from ormistice.sources.drizzle.typeskip import TypeSkipper

_LOOPS = frozenset(("for", "while", "with"))
_RESYNC = frozenset("export import const let var function async type interface class enum declare abstract".split())


@dataclass(frozen=True, slots=True)
class Item:
    """The marked tokens of one statement of a module, and where it stands."""

    tokens: tuple[Marked, ...]
    start: int
    end: int


def items(tokens: Tokens) -> list[Item | SyntaxFailure]:
    """Every statement of a module that is more than types, in order; a failure for each that could not be marked."""
    m = Marking(tokens, TypeSkipper(tokens), _block)
    found: list[Item | SyntaxFailure] = list(tokens.broken)
    i = 0
    while tokens.kinds[i] != END:
        first = i
        try:
            i = _item(m, i)
            if m.out:
                found.append(Item(tuple(m.out), tokens.starts[first], max(tokens.ends[i - 1], tokens.starts[first])))
        except SyntaxFailure as failure:
            i = _resume(tokens, first)
            found.append(SyntaxFailure(failure.message, failure.start, failure.end, _range(tokens, first, i)))
        except RecursionError:
            i = _resume(tokens, first)
            found.append(SyntaxFailure("nested too deeply", *_range(tokens, first, i)))
        m.out = []
    return found


def _range(tokens: Tokens, first: int, behind: int) -> tuple[int, int]:
    return tokens.starts[first], tokens.ends[max(behind - 1, first)]


def _resume(tokens: Tokens, first: int) -> int:
    """Index of the next statement outside brackets that begins a line with a word that can only begin one."""
    kinds, i = tokens.kinds, first
    while kinds[i] != END:
        i = max(tokens.partners[i], i) + 1
        if kinds[i] in _RESYNC and tokens.newline_before(i):
            return i
    return i


def _item(m: Marking, i: int) -> int:
    kinds = m.tokens.kinds
    if kinds[i] == "import" and kinds[i + 1] not in ("(", "."):
        return _import(m, i)
    if kinds[i] == "export":
        return _export(m, i)
    return _statement(m, i)


def _semicolon(m: Marking, i: int) -> int:
    tokens = m.tokens
    if tokens.kinds[i] == ";":
        m.put("SEMI", i)
        return i + 1
    if tokens.kinds[i] in ("}", END) or tokens.newline_before(i):
        m.out.append(("SEMI", tokens.ends[i - 1], tokens.ends[i - 1]))
        return i
    raise m.failure(i)


def _import(m: Marking, i: int) -> int:
    kinds, first = m.tokens.kinds, i
    i += 1
    types_only = kinds[i] == "type" and not (kinds[i + 1] in ("from", ",") and kinds[i + 2] in (STRING, "{", "*"))
    i += types_only
    if kinds[i + 1] == "=":
        return _import_equals(m, i, types_only=types_only)
    m.put("IMPORT", first)
    if kinds[i] != STRING:
        i = _import_clause(m, i)
    i = _module(m, i)
    if types_only:
        m.out.clear()
    return i


def _import_equals(m: Marking, i: int, *, types_only: bool) -> int:
    """`import x = require("y")`, or an alias of a namespace's member."""
    m.put("DECLARE", i)
    i = _semicolon(m, sequence(m, i))
    if types_only:
        m.out.clear()
    return i


def _import_clause(m: Marking, i: int) -> int:
    kinds = m.tokens.kinds
    if kinds[i] not in ("{", "*"):
        m.out.append(("WORD", m.tokens.starts[i], m.tokens.starts[i]))
        m.put("WORD", i)
        i += 1
        if kinds[i] == ",":
            i += 1
    if kinds[i] == "*":
        m.put("WORD", i)
        m.put("WORD", i + 2)
        i += 3
    elif kinds[i] == "{":
        i = _specifiers(m, i)
    if kinds[i] != "from":
        raise m.failure(i)
    return i + 1


def _specifiers(m: Marking, i: int) -> int:
    """`{ a, b as c, type D }`: two words for each, what is named and what it is called here."""
    kinds = m.tokens.kinds
    i += 1
    while kinds[i] != "}":
        typed = kinds[i] == "type" and _type_specifier(kinds, i)
        i += typed
        written = len(m.out)
        for at in (i, i + 2 if kinds[i + 1] == "as" else i):
            if kinds[at] not in (NAME, STRING) and kinds[at] not in WORDS:
                raise m.failure(at)
            m.put("WORD", at)
        i += 3 if kinds[i + 1] == "as" else 1
        if typed:
            del m.out[written:]
        if kinds[i] == ",":
            i += 1
        elif kinds[i] != "}":
            raise m.failure(i)
    return i + 1


def _type_specifier(kinds: list[str], i: int) -> bool:
    # `type` is a key word here unless it is itself what is imported: `{ type }`, `{ type as x }`.
    if kinds[i + 1] in (",", "}"):
        return False
    return kinds[i + 1] != "as" or kinds[i + 2] in (",", "}") or kinds[i + 2] == "as"


def _module(m: Marking, i: int) -> int:
    kinds = m.tokens.kinds
    if kinds[i] != STRING:
        raise m.failure(i)
    m.put("MODULE", i)
    i += 1
    if kinds[i] in (NAME, "with") and kinds[i + 1] == "{" and not m.tokens.newline_before(i):
        i = m.behind(i + 1)
    return _semicolon(m, i)


def _export(m: Marking, i: int) -> int:
    kinds = m.tokens.kinds
    following = kinds[i + 1]
    if following == "type" and kinds[i + 2] in ("{", "*"):
        i = _export_names(m, i, i + 2)
        m.out.clear()
        return i
    if following in ("{", "*"):
        return _export_names(m, i, i + 1)
    if following == "default" or following == "=":
        return _export_default(m, i)
    if following == "as":
        return _semicolon_after_types(m, i + 4)
    written = len(m.out)
    m.put("EXPORT", i)
    i = _statement(m, i + 1)
    if len(m.out) == written + 1:
        m.out.clear()
    return i


def _semicolon_after_types(m: Marking, i: int) -> int:
    i = _semicolon(m, i)
    m.out.clear()
    return i


def _export_names(m: Marking, first: int, i: int) -> int:
    kinds = m.tokens.kinds
    m.put("EXPORT_NAMES", first)
    if kinds[i] == "{":
        i = _specifiers(m, i)
    else:
        m.put("WORD", i)
        m.put("WORD", i + 2 if kinds[i + 1] == "as" else i)
        i += 3 if kinds[i + 1] == "as" else 1
    if kinds[i] != "from":
        return _semicolon(m, i)
    return _module(m, i + 1)


def _export_default(m: Marking, i: int) -> int:
    kinds = m.tokens.kinds
    following = kinds[i + 2]
    if following in ("interface", "abstract") and kinds[i + 3] in (NAME, "class"):
        i = _statement(m, i + 2)
        m.out.clear()
        return i
    m.put("EXPORT_DEFAULT", i)
    i = sequence(m, i + 2)
    if kinds[i - 1] == "}" and following in ("function", "class", "async", "@"):
        m.out.append(("SEMI", m.tokens.ends[i - 1], m.tokens.ends[i - 1]))
        return i
    return _semicolon(m, i)


def _block(m: Marking, i: int) -> int:
    m.put("BB", i)
    i += 1
    while m.tokens.kinds[i] != "}":
        i = _statement(m, i)
    m.put("CB", i)
    return i + 1


def _statement(m: Marking, i: int) -> int:  # noqa: C901, PLR0911, PLR0912 - one case for each kind of statement
    kinds = m.tokens.kinds
    kind, following = kinds[i], kinds[i + 1]
    if kind == "{":
        return _block(m, i)
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
        return _opaque(m, i)
    if kind in ("break", "continue", "debugger"):
        m.put("JUMP", i)
        return _semicolon(m, i + 1 + (following == NAME and not m.tokens.newline_before(i + 1)))
    behind = _types_only(m, i)
    if behind >= 0:
        return behind
    if following == ":" and (kind == NAME or kind in WORDS):
        return _statement(m, i + 2)
    return _semicolon(m, sequence(m, i))


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
    return _semicolon(m, i)


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
    i = _semicolon(m, i)
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
    return _semicolon(m, i)


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
    behind = _statement(m, i)
    if len(m.out) == written:
        m.put("EMPTY", i)
    return behind


def _opaque(m: Marking, i: int) -> int:
    """A loop, `switch` or `try`: only where it ends is of interest, for no value is read out of one."""
    first, written = i, len(m.out)
    i = _behind_opaque(m, i)
    del m.out[written:]
    m.put_range("OPAQUE_STATEMENT", first, i)
    return i


def _behind_opaque(m: Marking, i: int) -> int:
    kinds = m.tokens.kinds
    if kinds[i] == "do":
        i = _statement(m, i + 1)
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
    return m.behind(body) if kinds[i] == "switch" else _statement(m, body)


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
    i = _semicolon(m, i)
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
    if m.tokens.kinds[i] in ("function", "async"):
        i = _after_overload(m, i + 2)
    else:
        i = _statement(m, i)
    del m.out[written:]
    return i
