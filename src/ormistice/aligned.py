"""What is compared, and one object of it as the sources have it.

Presence is a union: an object exists if any source in scope declares it. A value has an authority: the first source in
`Sources.order_for(table)` that states the aspect at all. There is no vote.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from ormistice.model import Identity, Schema, Stated, View
from ormistice.names import DEFAULT_SCHEMA, ColumnName, Names, QualifiedName, Scope, matches
from ormistice.pairing import column_spellings
from ormistice.renaming import renamed, reversed_names

T = TypeVar("T")
V = TypeVar("V")


@dataclass(frozen=True, slots=True, eq=False)
class Sources:
    """What is compared: each source's schema by name, in the order in which the user named them.

    `databases` are the sources that are databases. `authorities` are (table glob, source) in order of precedence; a
    table that none names has the databases as its authority, then the other sources as named. `towards` is the source
    that all others are to be made to agree with: what it could declare and does not is theirs to drop. `own_names` are,
    by source, the names that tables and columns bear in it where they are compared under another.
    """

    schemas: Mapping[str, Schema]
    databases: frozenset[str] = frozenset()
    scopes: Mapping[str, Scope] = field(default_factory=dict)
    authorities: tuple[tuple[str, str], ...] = ()
    towards: str | None = None
    own_names: Mapping[str, Names] = field(default_factory=dict)

    def covers(self, source: str, table: QualifiedName) -> bool:
        """Whether the table is the business of `source`, by the user's word and by its own."""
        scope = self.scopes.get(source)
        return (scope is None or scope.covers(table)) and self.schemas[source].scope.covers(table)

    def concerns(self, source: str, kind: type, name: QualifiedName) -> bool:
        """Whether what bears this name is the business of `source`: a view as a table is, others by their schema."""
        if kind is View:
            return self.covers(source, name)
        scopes = (self.scopes.get(source), self.schemas[source].scope)
        return all(scope is None or scope.covers_schema(name.schema) for scope in scopes)

    def reaches(self, source: str, schema: str) -> bool:
        """Whether `source` declares anything in a schema of the database; its tool lets all others be."""
        own = self.schemas[source]
        named = {table.name.schema for table in own.tables} | {enum.name.schema for enum in own.enums}
        return schema == DEFAULT_SCHEMA or schema in named

    def precedence(self, name: QualifiedName) -> tuple[str, ...]:
        """Every source, the authority over what bears this name first."""
        named = [source for pattern, source in self.authorities if matches(pattern, name)]
        databases = [source for source in self.schemas if source in self.databases]
        return tuple(dict.fromkeys([*named, *databases, *self.schemas]))

    def order_for(self, table: QualifiedName) -> tuple[str, ...]:
        """The sources that the table is the business of, the authority first."""
        return tuple(source for source in self.precedence(table) if self.covers(source, table))

    def scoped(self) -> "Sources":
        """The same without the tables that are not their sources' business, and each column under one name."""
        schemas = {}
        for name, schema in self.schemas.items():
            tables = tuple(table for table in schema.tables if self.covers(name, table.name))
            schemas[name] = schema if len(tables) == len(schema.tables) else replace(schema, tables=tables)
        return _under_one_name(replace(self, schemas=schemas))

    def own_column(self, source: str, table: QualifiedName, column: str) -> str:
        """What `source` calls a column itself."""
        own = self.own_names.get(source, {}).get(ColumnName(table, column))
        return own.name if isinstance(own, ColumnName) else column


def _under_one_name(among: Sources) -> Sources:
    """The sources with every column under the name that it has in the first source, in order of authority, to have it.

    What is compared is then the column, whatever its name; that its names differ is for one rule to tell.
    """
    spellings = column_spellings(among.schemas, among.order_for)
    schemas = {name: renamed(schema, spellings.get(name, {})) for name, schema in among.schemas.items()}
    own = {name: {**among.own_names.get(name, {}), **reversed_names(names)} for name, names in spellings.items()}
    return replace(among, schemas=schemas, own_names={**among.own_names, **own})


@dataclass(frozen=True, slots=True)
class Disagreement(Generic[V]):
    """One aspect that some sources state otherwise than the authority, and some, `agreeing`, as it does."""

    authority: str
    expected: Stated[V]
    actual: Mapping[str, Stated[V]]
    agreeing: Mapping[str, Stated[V]]


@dataclass(frozen=True, slots=True)
class Aligned(Generic[T]):
    """One object as the sources have it; `declared` has the authority first.

    `missing` are the sources that could declare it, have business with it, and do not. `authority` is the source whose
    word counts for the object's table, whether it declares the object or not. `agreed`: no source misses it, and no two
    state an aspect of it otherwise; that most objects are is why an audit is soon done.
    """

    identity: Identity
    declared: Mapping[str, T]
    missing: tuple[str, ...]
    authority: str
    among: Sources
    agreed: bool = False

    def disagreement(
        self, aspect: Callable[[T], Stated[V] | None], differs: Callable[[V, V], object] = lambda a, b: a != b
    ) -> Disagreement[V] | None:
        """Who differs in an aspect from the first source that states it; a source whose aspect is None abstains."""
        # Asked of every object by every rule, and mostly answered with no: nothing is built before it must be.
        authority, expected = "", None
        actual: dict[str, Stated[V]] = {}
        agreeing: dict[str, Stated[V]] = {}
        for name, item in self.declared.items():
            value = aspect(item)
            if value is None:
                continue
            if expected is None:
                authority, expected = name, value
            elif differs(value.value, expected.value):
                actual[name] = value
            else:
                agreeing[name] = value
        return None if expected is None or not actual else Disagreement(authority, expected, actual, agreeing)

    def only(self, sources: Iterable[str]) -> "Aligned[T]":
        """The same object as only these sources have it."""
        kept = set(sources)
        return replace(self, declared={name: item for name, item in self.declared.items() if name in kept})
