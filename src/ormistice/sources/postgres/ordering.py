"""Statements of several fixes in an order in which each finds what it needs, tables that reference each other too."""

from collections.abc import Iterable, Iterator
from enum import IntEnum
from itertools import pairwise, takewhile

from ormistice.fixes import Fix, Script
from ormistice.sources.postgres.scripts import split
from ormistice.sources.postgres.statements import bare


class Phase(IntEnum):
    """When a statement runs among others; the first ones first."""

    KEYS_GO = 0
    TYPES = 1
    TABLES = 2
    COLUMN_TYPES = 3
    COLUMNS = 4
    THE_REST = 5
    KEYS = 6
    NAMES = 7
    COLUMNS_GO = 8
    TABLES_GO = 9
    TYPES_GO = 10


_TYPES = frozenset({"type", "domain", "sequence"})
_NEEDED = _TYPES | {"schema"}
Words = tuple[str, ...]


def in_order(source: str, fixes: Iterable[Fix]) -> tuple[str, ...]:
    """All statements of the fixes that are for `source`; those of one phase stay as they are.

    A type that several fixes would create is created once.
    """
    ranked = [pair for fix in fixes if isinstance(fix, Script) and fix.source == source for pair in _ranked(fix)]
    types = dict.fromkeys(pair for pair in ranked if pair[0] is Phase.TYPES)
    others = [pair for pair in ranked if pair[0] is not Phase.TYPES]
    return tuple(statement for _, statement in sorted([*types, *others], key=lambda pair: pair[0]))


def _ranked(script: Script) -> Iterator[tuple[Phase, str]]:
    """A whole script has one phase, but that keys of tables which come or go stand apart from their tables.

    So do types that columns which come need.
    """
    worded = [(statement, _words(statement)) for statement in script.statements]
    brought = list(
        takewhile(lambda pair: pair[1][:1] == ("create",) and pair[1][1:2] and pair[1][1] in _NEEDED, worded)
    )
    rest = worded[len(brought) :]
    if brought and rest and any(_says(words, "add", "column") for _, words in rest):
        yield from ((Phase.TYPES, statement) for statement, _ in brought)
        worded = rest
    phase = _phase([words for _, words in worded])
    for statement, words in worded:
        if phase is Phase.TABLES and words[:1] == ("create",) and words[1:2] and words[1] in _NEEDED:
            yield Phase.TYPES, statement
        elif phase is Phase.TABLES and _says(words, "foreign", "key"):
            yield Phase.KEYS, statement
        elif phase is Phase.TABLES_GO and _says(words, "drop", "constraint"):
            yield Phase.KEYS_GO, statement
        else:
            yield phase, statement


def _words(statement: str) -> Words:
    return next((found.words for found in split(bare(statement))), ())


def _says(words: Words, first: str, second: str) -> bool:
    return (first, second) in pairwise(words)


def _phase(script: list[Words]) -> Phase:
    first = script[0] if script else ()
    if any(words[:2] == ("create", "table") for words in script):
        return Phase.TABLES
    if any(words[:2] == ("drop", "table") for words in script):
        return Phase.TABLES_GO
    if first[:1] == ("drop",) and first[1:2] and first[1] in _TYPES:
        return Phase.TYPES_GO
    if first[:1] in (("create",), ("alter",)) and first[1:2] and first[1] in _TYPES:
        return Phase.TYPES if len(script) == 1 else Phase.COLUMN_TYPES
    return _phase_of_alteration(script)


def _phase_of_alteration(script: list[Words]) -> Phase:
    if all(_says(words, "drop", "constraint") and "add" not in words for words in script):
        return Phase.KEYS_GO
    if any(_says(words, "foreign", "key") for words in script):
        return Phase.KEYS
    if any(_says(words, "drop", "column") and "add" not in words for words in script):
        return Phase.COLUMNS_GO
    if any(_says(words, "alter", "column") and "type" in words for words in script):
        return Phase.COLUMN_TYPES
    if any(_says(words, "alter", "column") or _says(words, "add", "column") for words in script):
        return Phase.COLUMNS
    return Phase.NAMES if all("rename" in words for words in script) else Phase.THE_REST
