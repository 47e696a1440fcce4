"""Tables that bear other names in another source, and sources that describe other databases altogether.

Both would otherwise drown a report in missing tables. Names meet when they are the same words in the same order,
however they are cased, joined or put in the plural: `UserProfile`, `user_profile`, `users_profiles`.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from ormistice.model import Schema
from ormistice.names import QualifiedName

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_FEWEST_TABLES = 3
_LEAST_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Pairing:
    """What two sources have to do with each other: their tables that are one under two names, or nothing at all."""

    first: str
    second: str
    names: tuple[tuple[QualifiedName, QualifiedName], ...] = ()
    unrelated: bool = False


def folded(name: str) -> tuple[str, ...]:
    """The words of a name in lower case and in the singular, as far as a rule of thumb finds it."""
    return tuple(_singular(word.lower()) for word in _WORD.findall(name)) or (name,)


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > len("ties"):
        return word[: -len("ies")] + "y"
    if word.endswith(("ses", "xes", "zes", "ches", "shes")):
        return word[: -len("es")]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def pairings(schemas: Mapping[str, Schema]) -> tuple[Pairing, ...]:
    """Each two sources of which there is something to say."""
    found = (_pairing(schemas[first], schemas[second]) for first, second in combinations(schemas, 2))
    return tuple(pairing for pairing in found if pairing.names or pairing.unrelated)


def _pairing(first: Schema, second: Schema) -> Pairing:
    ours, theirs = ({table.name for table in schema.tables} for schema in (first, second))
    names = _same_words(ours - theirs, theirs - ours)
    meeting = len(ours & theirs) + len(names)
    fewest = min(len(ours), len(theirs))
    unrelated = fewest >= _FEWEST_TABLES and meeting < _LEAST_SHARE * fewest
    return Pairing(first.source, second.source, () if unrelated else names, unrelated)


Names = tuple[tuple[QualifiedName, QualifiedName], ...]


def _same_words(ours: set[QualifiedName], theirs: set[QualifiedName]) -> Names:
    """Names of both sides that meet in one pair and in no other."""
    by_words: dict[tuple[str, tuple[str, ...]], tuple[list[QualifiedName], list[QualifiedName]]]
    by_words = defaultdict(lambda: ([], []))
    for side, names in enumerate((ours, theirs)):
        for name in names:
            by_words[name.schema, folded(name.name)][side].append(name)
    return tuple(sorted((a[0], b[0]) for a, b in by_words.values() if len(a) == len(b) == 1))
