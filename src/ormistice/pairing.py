"""Tables and columns that bear other names in another source, and sources that describe other databases altogether.

All of them would otherwise drown a report in what is missing. Names of tables meet when they are the same words in the
same order, however they are cased, joined or put in the plural (`UserProfile`, `user_profile`, `users_profiles`), and
the tables share half of their columns; in another schema only where none in the same one does. Names of columns meet
when they are the same letters and digits, however they are cased and joined (`isActive`, `is_active`, `isactive`), and
no source has two such columns.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, islice
from math import ceil

from ormistice.model import Column, Schema, Table
from ormistice.names import ColumnName, Name, QualifiedName
from ormistice.types import TypeDifference, difference

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_JOINT = re.compile(r"(?<!\d)[ _.-]+|[ _.-]+(?!\d)")
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
    every = {table.name for schema in schemas.values() for table in schema.tables}
    beyond = {source: {name for name in every if not covers(source, name)} for source in schemas}
    found = (_pairing(schemas[first], schemas[second], beyond) for first, second in combinations(schemas, 2))
    return tuple(pairing for pairing in found if pairing.names or pairing.unrelated)


def _pairing(first: Schema, second: Schema, beyond: Mapping[str, AbstractSet[QualifiedName]]) -> Pairing:
    """What two of the sources have to do with each other; `beyond` are the tables that are no business of a source."""
    ours, theirs = (
        {table.name: table for table in schema.tables if table.name not in beyond[other.source]}
        for schema, other in ((first, second), (second, first))
    )
    apart = _same_words(ours.keys() - theirs.keys(), theirs.keys() - ours.keys())
    names = tuple(pair for pair in apart if _alike(ours[pair[0]], theirs[pair[1]]))
    fewest = min(len(ours), len(theirs))
    least = ceil(_LEAST_SHARE * fewest) - len(names)
    same = (name for name in ours if name in theirs and _alike(ours[name], theirs[name]))
    # Most sources have most tables in common, so that no more than the least is counted.
    unrelated = fewest >= _FEWEST_TABLES and sum(1 for _ in islice(same, max(least, 0))) < least
    return Pairing(first.source, second.source, () if unrelated else names, unrelated)


def _alike(one: Table, other: Table) -> bool:
    """Whether the other has half of the columns of the smaller one, by their words; an unread table may have them."""
    named, also = ([column.name for column in table.columns] for table in (one, other))
    if named == also:
        return True
    columns, others = (set(map(folded, names)) for names in (named, also))
    unread = Column in one.unread or Column in other.unread
    return unread or 2 * len(columns & others) >= min(len(columns), len(others))


def _same_words(
    ours: AbstractSet[QualifiedName], theirs: AbstractSet[QualifiedName]
) -> tuple[tuple[QualifiedName, QualifiedName], ...]:
    """Names of both sides that meet in one pair and in no other, in the same schema first."""
    within = _in_one_pair(ours, theirs, lambda name: (name.schema, folded(name.name)))
    left = ours - {name for name, _ in within}, theirs - {name for _, name in within}
    return tuple(sorted((*within, *_in_one_pair(*left, lambda name: ("", folded(name.name))))))


def _in_one_pair(
    ours: AbstractSet[QualifiedName],
    theirs: AbstractSet[QualifiedName],
    key: Callable[[QualifiedName], tuple[str, tuple[str, ...]]],
) -> list[tuple[QualifiedName, QualifiedName]]:
    by_key: dict[tuple[str, tuple[str, ...]], tuple[list[QualifiedName], list[QualifiedName]]]
    by_key = defaultdict(lambda: ([], []))
    for side, names in enumerate((ours, theirs)):
        for name in names:
            by_key[key(name)][side].append(name)
    return [(a[0], b[0]) for a, b in by_key.values() if len(a) == len(b) == 1]


@lru_cache(maxsize=8192)
def letters(column: str) -> str:
    """What all spellings of a column's name share: its letters and digits, and what keeps two numbers apart.

    Underscores before the name are no joints between words (`_status`), so that they stay.
    """
    name = column.lstrip("_")
    return column[: len(column) - len(name)] + _JOINT.sub("", name).lower()


def column_spellings(
    schemas: Mapping[str, Schema], order_for: Callable[[QualifiedName], Iterable[str]]
) -> dict[str, dict[Name, Name]]:
    """By source, its columns that another source spells otherwise, to the spelling of the first in order."""
    tables: dict[QualifiedName, dict[str, Table]] = defaultdict(dict)
    for source, schema in schemas.items():
        for table in schema.tables:
            tables[table.name].setdefault(source, table)
    found: dict[str, dict[Name, Name]] = defaultdict(dict)
    for name, declared in tables.items():
        first, *others = ([column.name for column in table.columns] for table in declared.values())
        if all(names == first for names in others):
            continue
        named = [set(names) for names in (first, *others)]
        # Where one has the columns of all, each name that another lacks is a column that it lacks.
        if max(map(len, named)) < len(set.union(*named)):
            in_order = {source: declared[source] for source in order_for(name) if source in declared}
            for source, own, common in _spelled_otherwise(in_order):
                found[source][ColumnName(name, own)] = ColumnName(name, common)
    return dict(found)


def _spelled_otherwise(tables: Mapping[str, Table]) -> Iterator[tuple[str, str, str]]:
    """Source, own name and the first source's name of the columns of one table that bear several.

    Two names are one column only if no source has both.
    """
    spellings: dict[str, dict[str, list[Column]]] = defaultdict(lambda: defaultdict(list))
    for source, table in tables.items():
        for column in table.columns:
            spellings[letters(column.name)][source].append(column)
    several = (each for each in spellings.values() if len({item.name for own in each.values() for item in own}) > 1)
    for by_source in several:
        columns = {source: own[0] for source, own in by_source.items() if len(own) == 1}
        first = next(iter(by_source.values()))[0]
        partly = any(Column in tables[source].unread for source in columns)
        if len(columns) == len(by_source) and all(_are_one(first, each, partly=partly) for each in columns.values()):
            others = ((source, column.name) for source, column in columns.items() if column.name != first.name)
            yield from ((source, own, first.name) for source, own in others)


def _are_one(one: Column, other: Column, *, partly: bool) -> bool:
    """Whether names of the same letters mean one column: by their words, else by their types (`userid`, `user_id`).

    By both where a source was read `partly`, since it may have the other one as well.
    """
    words, others = ([word.lower() for word in _WORD.findall(column.name)] for column in (one, other))
    types = [column.type.value for column in (one, other) if column.type is not None]
    alike = len(types) < len((one, other)) or difference(*types) is not TypeDifference.TYPE
    return (words == others and alike) if partly else (words == others or alike)
