"""Which objects of several sources are one object, who declares it, who should and does not, and whose word counts.

Presence is a union: an object exists if any source in scope declares it. A value has an authority: the first source in
`Sources.order_for(table)` that states the aspect at all. There is no vote.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import lru_cache
from itertools import pairwise
from typing import Any, Generic, TypeVar

from ormistice.model import (
    CheckConstraint,
    Column,
    Declared,
    Enum,
    ExclusionConstraint,
    ForeignKey,
    Identity,
    Index,
    PrimaryKey,
    Schema,
    Stated,
    Table,
    UniqueConstraint,
)
from ormistice.names import QualifiedName
from ormistice.types import ColumnType

V = TypeVar("V")


T = TypeVar("T", bound=Declared)
MEMBERS: Mapping[type, Callable[[Table], tuple[Any, ...]]] = {
    Column: lambda table: table.columns,
    PrimaryKey: lambda table: () if table.primary_key is None else (table.primary_key,),
    ForeignKey: lambda table: table.foreign_keys,
    UniqueConstraint: lambda table: table.unique_constraints,
    Index: lambda table: table.indexes,
    CheckConstraint: lambda table: table.checks,
    ExclusionConstraint: lambda table: table.exclusions,
}


def matches(pattern: str, table: QualifiedName) -> bool:
    """Whether a glob names a table: `users`, `auth_*`, `billing.*`; a glob without a dot is of any schema."""
    name = f"{table.schema}.{table.name}" if "." in pattern else table.name
    return fnmatchcase(name, pattern)


@dataclass(frozen=True, slots=True)
class Scope:
    """The tables that are one source's business: all of `include` (empty: every table) but those of `exclude`."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def covers(self, table: QualifiedName) -> bool:
        """Whether the table is within."""
        if any(matches(pattern, table) for pattern in self.exclude):
            return False
        return not self.include or any(matches(pattern, table) for pattern in self.include)


@dataclass(frozen=True, slots=True, eq=False)
class Sources:
    """What is compared: each source's schema by name, in the order in which the user named them.

    `databases` are the sources that are databases. `authorities` are (table glob, source) in order of precedence; a
    table that none names has the databases as its authority, then the other sources as named.
    """

    schemas: Mapping[str, Schema]
    databases: frozenset[str] = frozenset()
    scopes: Mapping[str, Scope] = field(default_factory=dict)
    authorities: tuple[tuple[str, str], ...] = ()

    def covers(self, source: str, table: QualifiedName) -> bool:
        """Whether the table is the business of `source`."""
        scope = self.scopes.get(source)
        return scope is None or scope.covers(table)

    def precedence(self, name: QualifiedName) -> tuple[str, ...]:
        """Every source, the authority over what bears this name first."""
        named = [source for pattern, source in self.authorities if matches(pattern, name)]
        databases = [source for source in self.schemas if source in self.databases]
        return tuple(dict.fromkeys([*named, *databases, *self.schemas]))

    def order_for(self, table: QualifiedName) -> tuple[str, ...]:
        """The sources that the table is the business of, the authority first."""
        return tuple(source for source in self.precedence(table) if self.covers(source, table))

    def scoped(self) -> "Sources":
        """The same without the tables that are not their sources' business."""
        schemas = {
            name: replace(schema, tables=tuple(table for table in schema.tables if self.covers(name, table.name)))
            for name, schema in self.schemas.items()
        }
        return replace(self, schemas=schemas)


@dataclass(frozen=True, slots=True)
class Disagreement(Generic[V]):
    """One aspect that some sources state otherwise than the authority."""

    authority: str
    expected: Stated[V]
    actual: Mapping[str, Stated[V]]


@dataclass(frozen=True, slots=True)
class Aligned(Generic[T]):
    """One object as the sources have it; `declared` has the authority first.

    `missing` are the sources that could declare it, have business with it, and do not. `authority` is the source whose
    word counts for the object's table, whether it declares the object or not.
    """

    identity: Identity
    declared: Mapping[str, T]
    missing: tuple[str, ...]
    authority: str
    among: Sources

    def disagreement(
        self, aspect: Callable[[T], Stated[V] | None], differs: Callable[[V, V], object] = lambda a, b: a != b
    ) -> Disagreement[V] | None:
        """Who differs in an aspect from the first source that states it; a source whose aspect is None abstains."""
        stated = {name: value for name, item in self.declared.items() if (value := aspect(item)) is not None}
        if not stated:
            return None
        authority, expected = next(iter(stated.items()))
        actual = {name: value for name, value in stated.items() if differs(value.value, expected.value)}
        return Disagreement(authority, expected, actual) if actual else None

    def only(self, sources: Iterable[str]) -> "Aligned[T]":
        """The same object as only these sources have it."""
        kept = set(sources)
        return replace(self, declared={name: item for name, item in self.declared.items() if name in kept})


def align(kind: type[T], among: Sources) -> tuple[Aligned[T], ...]:
    """Every object of a kind that any source in `among` declares, sorted by identity; `among` must be scoped."""
    if kind is Table:
        return _align_tables(among)
    if kind in MEMBERS:
        return tuple(aligned for table in _align_tables(among) for aligned in _align_members(kind, table))
    return _align_types(kind, among)


@lru_cache(maxsize=8)
def _align_tables(among: Sources) -> tuple[Aligned[Any], ...]:
    declared: dict[QualifiedName, dict[str, Table]] = defaultdict(dict)
    for source, schema in among.schemas.items():
        for table in schema.tables:
            declared[table.name].setdefault(source, table)
    aligned = []
    for name in sorted(declared):
        order = among.order_for(name)
        sure = any(Table not in table.unread for table in declared[name].values())
        absent = [source for source in order if source not in declared[name]]
        missing = tuple(source for source in absent if sure and _says(Table, among.schemas[source]))
        ordered = {source: declared[name][source] for source in order if source in declared[name]}
        aligned.append(Aligned(Identity("table", name), ordered, missing, order[0], among))
    return tuple(aligned)


def _says(kind: type, schema: Schema) -> bool:
    """Whether what the source does not declare of a kind is known not to be there."""
    unsure = kind is Table and any(Table in table.unread for table in schema.tables)
    return kind in schema.expresses and kind not in schema.unread and not unsure


def _align_members(kind: type[T], table: Aligned[Table]) -> Iterable[Aligned[T]]:
    members = {source: MEMBERS[kind](declared) for source, declared in table.declared.items()}
    doubled = {
        key for items in members.values() for key, count in Counter(item.key() for item in items).items() if count > 1
    }
    found: dict[Identity, dict[str, T]] = defaultdict(dict)
    for source, items in members.items():
        for item in items:
            found[_identity(item, doubled)].setdefault(source, item)
    for identity in sorted(found):
        item = next(iter(found[identity].values()))
        absent = (source for source in table.declared if source not in found[identity])
        missing = tuple(
            source for source in absent if _could_declare(item, table.declared[source], source, table.among)
        )
        yield Aligned(identity, found[identity], missing, table.authority, table.among)


def _identity(item: Any, doubled: AbstractSet[Identity]) -> Identity:
    """Its key; where one source has several objects of one key, also what tells those apart."""
    key: Identity = item.key()
    if key not in doubled:
        return key
    match item:
        case ForeignKey(references=Stated(value=reference)):
            return replace(key, detail=str(reference))
        case Index():
            stated = (item.predicate, item.method, item.unique)
            return replace(key, detail=" ".join(str(aspect.value) for aspect in stated if aspect is not None))
        case _:
            return replace(key, detail=item.name.value if item.name else "")


def _could_declare(item: object, table: Table, source: str, among: Sources) -> bool:
    """Whether the source has the words, the business and the columns for an object that it does not declare."""
    if type(item) not in among.schemas[source].expresses or type(item) in table.unread:
        return False
    if isinstance(item, ForeignKey) and item.references and not among.covers(source, item.references.value.table):
        return False
    return all(table.column(column) is not None for column in _columns(item))


def _columns(item: object) -> tuple[str, ...]:
    """The columns that an object needs in its table to exist."""
    match item:
        case ForeignKey(columns=columns) | UniqueConstraint(columns=columns):
            return columns
        case PrimaryKey(columns=Stated(value=columns)):
            return columns
        case Index(elements=elements):
            return tuple(element.column for element in elements if element.column is not None)
        case _:
            return ()


def _align_types(kind: type[T], among: Sources) -> tuple[Aligned[T], ...]:
    synonyms = enum_synonyms(among) if kind is Enum else {}
    declared: dict[QualifiedName, dict[str, Any]] = defaultdict(dict)
    for source, schema in among.schemas.items():
        for item in schema.enums if kind is Enum else schema.sequences:
            declared[synonyms.get(item.name, item.name)].setdefault(source, item)
    word = "enum" if kind is Enum else "sequence"
    aligned = []
    for name in sorted(declared):
        order = among.precedence(name)
        missing = tuple(item for item in order if item not in declared[name] and _says(kind, among.schemas[item]))
        ordered = {item: declared[name][item] for item in order if item in declared[name]}
        aligned.append(Aligned(Identity(word, name), ordered, missing, order[0], among))
    return tuple(aligned)


@lru_cache(maxsize=8)
def enum_synonyms(among: Sources) -> Mapping[QualifiedName, QualifiedName]:
    """Enums of other names that type the same column, each to the name that stands for it: the authority's.

    Two names are one enum only if neither source knows the other's name, and only one pair claims them.
    """
    named = {source: {enum.name for enum in schema.enums} for source, schema in among.schemas.items()}
    synonyms: dict[QualifiedName, QualifiedName] = {}
    for table in _align_tables(among):
        for column in _align_members(Column, table):
            typed = {source: item.type.value.user_defined for source, item in column.declared.items() if item.type}
            enums = {source: name for source, name in typed.items() if name is not None and name in named[source]}
            for (first, ours), (second, theirs) in pairwise(enums.items()):
                if ours != theirs and ours not in named[second] and theirs not in named[first]:
                    synonyms.setdefault(theirs, synonyms.get(ours, ours))
    return synonyms


def column_type(column: Column, among: Sources) -> Stated[ColumnType] | None:
    """A column's type, an enum by the name that stands for it in all sources."""
    if column.type is None:
        return None
    name = column.type.value.user_defined
    common = None if name is None else enum_synonyms(among).get(name)
    if common is None:
        return column.type
    return replace(column.type, value=replace(column.type.value, schema=common.schema, name=common.name))
