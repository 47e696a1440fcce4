"""What a loop, `switch` or `try` may change, seen on its tokens alone: no value is read out of one."""

from collections.abc import Iterator

from ormistice.sources.drizzle.lexer import NAME, WORDS, Tokens, words
from ormistice.sources.drizzle.marking import CHANGING, CHANGING_METHODS

_ASSIGNING = words("= += -= *= /= %= **= <<= &= |= ^= &&= ||= ??= ++ --")
_DECLARING = words("const let var using")
_HEADS = words("if for while switch catch with function")
_NO_OPERANDS = words("return of in await case")
_READING_OBJECTS = words("Object Array Number String JSON Math console Reflect")
_READING_METHODS = words(
    """includes indexOf lastIndexOf has get keys values entries join slice concat filter map flatMap find findIndex
    some every forEach reduce startsWith endsWith test match replace replaceAll split trim toLowerCase toUpperCase
    toString"""
)
_READING = words("String Number Boolean BigInt Set Map Error TypeError RangeError parseInt parseFloat isNaN")


def changed_between(tokens: Tokens, first: int, behind: int) -> tuple[str, ...]:
    """Names that may be changed from `first` up to `behind`: all of them where another name for one may be."""
    inside = range(first, behind)
    openings = {tokens.partners[at]: at for at in inside if tokens.partners[at]}
    changed = {name for at in inside for name in _changed_at(tokens, at, first, openings)}
    declaring = [at for at in inside if tokens.kinds[at] in _DECLARING]
    walking = [(name, at - 1) for at in declaring if _in_head(tokens, at) for name in _declared(tokens, at + 1)]
    declared = {name for at in declaring if not _in_head(tokens, at) for name in _declared(tokens, at + 1)}
    while more := {walked for name, at in walking if name in changed for walked in _walked(tokens, at)} - changed:
        changed |= more
    aliased = changed & declared or (changed and any(tokens.kinds[at] in ("=>", "function") for at in inside))
    if aliased or any(_assigning_loop(tokens, at) for at in inside):
        return tuple(sorted(set(_names(tokens, inside))))
    return tuple(sorted(changed.union(*(_rebound_at(tokens, at) for at in inside))))


def _in_head(tokens: Tokens, at: int) -> bool:
    """Whether the word at `at` declares what a loop gives each item to."""
    return tokens.kinds[at - 1] == "(" and tokens.kinds[at - 2] in ("for", "await")


def _walked(tokens: Tokens, opening: int) -> Iterator[str]:
    """Names in the head of a loop: what changes an item may change what they stand for."""
    return _names(tokens, range(opening, tokens.partners[opening]))


def _rebound_at(tokens: Tokens, at: int) -> Iterator[str]:
    """The name that the token at `at` gives another value, which changes nothing that it stood for before."""
    if tokens.kinds[at] in _ASSIGNING and _is_bare(tokens, at - 1):
        yield tokens.word(at - 1)


def _is_bare(tokens: Tokens, at: int) -> bool:
    return tokens.kinds[at] == NAME and tokens.kinds[at - 1] not in (".", "?.") and not _is_declared(tokens, at)


def _is_declared(tokens: Tokens, at: int) -> bool:
    return tokens.kinds[at - 1] in _DECLARING


def _changed_at(tokens: Tokens, at: int, first: int, openings: dict[int, int]) -> Iterator[str]:
    """Names whose value the token at `at` changes in place, if it is one that does."""
    kind = tokens.kinds[at]
    if kind in _ASSIGNING and not _is_bare(tokens, at - 1):
        yield from _operand_before(tokens, at, first, openings)
    if kind in CHANGING:
        yield from _names(tokens, _operand_behind(tokens, at + 1))
    callee = _callee(tokens, at) if kind == "(" and at > first else None
    if callee is not None and callee[0] in CHANGING_METHODS:
        yield from _operand_before(tokens, at, first, openings)
    if callee is not None and not _only_reads(*callee):
        yield from _names(tokens, range(at + 1, tokens.partners[at]))


def _names(tokens: Tokens, indexes: range) -> Iterator[str]:
    for at in indexes:
        if tokens.kinds[at] == NAME and tokens.kinds[at - 1] not in (".", "?."):
            yield tokens.word(at)


def _is_word(kind: str) -> bool:
    return kind == NAME or kind in WORDS


def _operand_before(tokens: Tokens, behind: int, first: int, openings: dict[int, int]) -> Iterator[str]:
    """Names of what ends before `behind`, that of `a` in `a.b[c]`; none where it is declared here."""
    kinds, at = tokens.kinds, behind - 1
    while at >= first:
        kind, before = kinds[at], kinds[at - 1]
        if kind in ("!", "?."):
            at -= 1
        elif kind in (")", "]", "}"):
            opening = openings.get(at, first)
            if kind == "}" or not _ends_operand(kinds[opening - 1]):
                yield from _names(tokens, range(opening, opening if _is_declared(tokens, opening) else at))
                return
            at = opening - 1
        elif _is_word(kind) and before in (".", "?."):
            at -= 2
        else:
            yield from _names(tokens, range(at, at if _is_declared(tokens, at) else at + 1))
            return


def _ends_operand(kind: str) -> bool:
    return kind in (NAME, ")", "]", "!", "?.") or (
        kind in WORDS and kind not in _NO_OPERANDS and kind not in _DECLARING
    )


def _operand_behind(tokens: Tokens, at: int) -> range:
    behind = at
    while behind < len(tokens.kinds) and tokens.kinds[behind] not in (";", ",", "}", ")", "="):
        behind = max(tokens.partners[behind], behind) + 1
    return range(at, behind)


def _callee(tokens: Tokens, at: int) -> tuple[str, str] | None:
    """What is called by the parenthesis at `at`, by its last name and the one before; None where nothing is."""
    kinds = tokens.kinds
    if kinds[at - 1] == ">":
        return "", ""
    if kinds[at - 1] in _HEADS or not _ends_operand(kinds[at - 1]):
        return None
    last = at - 2 if kinds[at - 1] in ("?.", "!") else at - 1
    if not _is_word(kinds[last]) or kinds[last - 1] not in (".", "?."):
        return tokens.word(last), ""
    return tokens.word(last), tokens.word(last - 2)


def _only_reads(name: str, owner: str) -> bool:
    """Whether a call leaves what it is given as it is; what is put into another object is left so too."""
    if owner in _READING_OBJECTS:
        return name not in CHANGING_METHODS
    return name in (_READING_METHODS | CHANGING_METHODS if owner else _READING)


def _declared(tokens: Tokens, at: int) -> Iterator[str]:
    """Names of the pattern at `at`, what it gives them by default included."""
    if tokens.partners[at]:
        yield from _names(tokens, range(at, tokens.partners[at]))
    elif _is_word(tokens.kinds[at]):
        yield tokens.word(at)


def _assigning_loop(tokens: Tokens, at: int) -> bool:
    """Whether a loop over what it walks gives each item to a name that it does not declare."""
    kinds = tokens.kinds
    if kinds[at] != "for":
        return False
    opening = at + 2 if kinds[at + 1] == "await" else at + 1
    return kinds[opening + 1] not in _DECLARING and any(
        tokens.word(each) in ("of", "in") for each in range(opening + 1, tokens.partners[opening])
    )
