"""Tables that bear other names in another source, and sources that describe other databases altogether.

Both would otherwise drown a report in missing tables. Names meet when they are the same words in the same order,
however they are cased, joined or put in the plural (`UserProfile`, `user_profile`, `users_profiles`), and the tables
share half of their columns.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from ormistice.model import Column, Schema, Table
from ormistice.names import QualifiedName

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_FEWEST_TABLES = 3
_LEAST_SHARE = 0.2


Covers = Callable[[str, QualifiedName], bool]
"""Whether a table is the business of a source."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """What two sources have to do with each other: their tables that are one under two names, or nothing at all."""

    first: str
    second: str
    names: tuple[tuple[QualifiedName, QualifiedName], ...] = ()
    unrelated: bool = False


@lru_cache(maxsize=4096)
def folded(name: str) -> tuple[str, ...]:
    """The words of a name in lower case and in the singular, as far as a rule of thumb finds it."""
    return tuple(_singular(word.lower()) for word in _WORD.findall(name)) or (name,)


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > len("ties"):
        return word[: -len("ies")] + "y"
    if word.endswith(("ses", "xes", "zes", "ches", "shes")):
        return word[: -len("es")]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us")) else word


def pairings(schemas: Mapping[str, Schema], covers: Covers = lambda _source, _table: True) -> tuple[Pairing, ...]:
    """Each two sources of which there is something to say, of the tables that are the business of both."""
    found = (_pairing(schemas[first], schemas[second], covers) for first, second in combinations(schemas, 2))
    return tuple(pairing for pairing in found if pairing.names or pairing.unrelated)


def _pairing(first: Schema, second: Schema, covers: Covers) -> Pairing:
    ours, theirs = (
        {table.name: table for table in schema.tables if covers(other.source, table.name)}
        for schema, other in ((first, second), (second, first))
    )
    same = [name for name in ours if name in theirs and _alike(ours[name], theirs[name])]
    apart = _same_words(ours.keys() - theirs.keys(), theirs.keys() - ours.keys())
    names = tuple(pair for pair in apart if _alike(ours[pair[0]], theirs[pair[1]]))
    fewest = min(len(ours), len(theirs))
    unrelated = fewest >= _FEWEST_TABLES and len(same) + len(names) < _LEAST_SHARE * fewest
    return Pairing(first.source, second.source, () if unrelated else names, unrelated)


def _alike(one: Table, other: Table) -> bool:
    """Whether the other has half of the columns of the smaller one, by their words; an unread table may have them."""
    columns, others = ({folded(column.name) for column in table.columns} for table in (one, other))
    unread = Column in one.unread or Column in other.unread
    return unread or 2 * len(columns & others) >= min(len(columns), len(others))


Names = tuple[tuple[QualifiedName, QualifiedName], ...]


def _same_words(ours: AbstractSet[QualifiedName], theirs: AbstractSet[QualifiedName]) -> Names:
    """Names of both sides that meet in one pair and in no other."""
    by_words: dict[tuple[str, tuple[str, ...]], tuple[list[QualifiedName], list[QualifiedName]]]
    by_words = defaultdict(lambda: ([], []))
    for side, names in enumerate((ours, theirs)):
        for name in names:
            by_words[name.schema, folded(name.name)][side].append(name)
    return tuple(sorted((a[0], b[0]) for a, b in by_words.values() if len(a) == len(b) == 1))
