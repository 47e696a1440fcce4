"""The statements of a module, each marked on its own, so that a bad one costs no more than itself."""

from collections.abc import Iterator
from dataclasses import dataclass

from ormistice.sources.drizzle.errors import SyntaxFailure
from ormistice.sources.drizzle.expressions import assigned, sequence
from ormistice.sources.drizzle.lexer import END, NAME, STRING, WORDS, Tokens, words
from ormistice.sources.drizzle.marking import Marked, Marking
from ormistice.sources.drizzle.statements import block, semicolon, statement
from ormistice.sources.drizzle.typeskip import TypeSkipper

_RESYNC = words("export import const let var function async type interface class enum declare abstract")


@dataclass(frozen=True, slots=True)
class Item:
    """The marked tokens of one statement of a module, and where it stands."""

    tokens: tuple[Marked, ...]
    start: int
    end: int


def items(tokens: Tokens) -> Iterator[Item | SyntaxFailure]:
    """Every statement of a module that is more than types, in order; a failure for each that could not be marked."""
    m = Marking(tokens, TypeSkipper(tokens), block, assigned, sequence)
    yield from tokens.broken
    i = 0
    while tokens.kinds[i] != END:
        first = i
        try:
            i = _item(m, i)
            if m.out:
                yield Item(tuple(m.out), tokens.starts[first], max(tokens.ends[i - 1], tokens.starts[first]))
        except SyntaxFailure as failure:
            i = _resume(tokens, first)
            yield SyntaxFailure(failure.message, failure.start, failure.end, _range(tokens, first, i))
        except RecursionError:
            i = _resume(tokens, first)
            yield SyntaxFailure("nested too deeply", *_range(tokens, first, i))
        m.out = []


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
    i = semicolon(m, sequence(m, i))
    if types_only:
        m.out.clear()
    return i


def _import_clause(m: Marking, i: int) -> int:
    kinds = m.tokens.kinds
    if kinds[i] not in ("{", "*"):
        m.put_empty("WORD", m.tokens.starts[i])
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
    return semicolon(m, i)


def _export(m: Marking, i: int) -> int:
    kinds = m.tokens.kinds
    following = kinds[i + 1]
    if following == "type" and kinds[i + 2] in ("{", "*"):
        i = _export_names(m, i, i + 2)
        m.out.clear()
        return i
    if following in ("{", "*"):
        return _export_names(m, i, i + 1)
    if following in ("default", "="):
        return _export_default(m, i)
    if following == "as":
        return _semicolon_after_types(m, i + 4)
    written = len(m.out)
    m.put("EXPORT", i)
    i = statement(m, i + 1)
    if len(m.out) == written + 1:
        m.out.clear()
    return i


def _semicolon_after_types(m: Marking, i: int) -> int:
    i = semicolon(m, i)
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
        return semicolon(m, i)
    return _module(m, i + 1)


def _export_default(m: Marking, i: int) -> int:
    kinds = m.tokens.kinds
    following = kinds[i + 2]
    if following in ("interface", "abstract") and kinds[i + 3] in (NAME, "class"):
        i = statement(m, i + 2)
        m.out.clear()
        return i
    m.put("EXPORT_DEFAULT", i)
    i = sequence(m, i + 2)
    if kinds[i - 1] == "}" and following in ("function", "class", "async", "@"):
        m.put_empty("SEMI", m.tokens.ends[i - 1])
        return i
    return semicolon(m, i)


def _item(m: Marking, i: int) -> int:
    kinds = m.tokens.kinds
    if kinds[i] == "import" and kinds[i + 1] not in ("(", "."):
        return _import(m, i)
    if kinds[i] == "export":
        return _export(m, i)
    return statement(m, i)
