"""Which objects of several sources are one object, who declares it, who should and does not, and whose word counts.

Presence is a union: an object exists if any source in scope declares it. A value has an authority: the first source in
`Sources.order_for(table)` that states the aspect at all. There is no vote.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from itertools import combinations, pairwise
from operator import attrgetter, itemgetter
from typing import Any, Generic, TypeVar

from ormistice.model import (
    BUILT_IN_METHODS,
    CheckConstraint,
    Column,
    Domain,
    Enum,
    ExclusionConstraint,
    Facet,
    ForeignKey,
    Identity,
    Index,
    IndexElement,
    PrimaryKey,
    Relation,
    Schema,
    Sequence,
    Stated,
    Table,
    UniqueConstraint,
    View,
    as_index,
)
from ormistice.names import DEFAULT_SCHEMA, ColumnName, Names, QualifiedName, Scope, matches, truncated
from ormistice.pairing import Pairing, column_spellings, pairings
from ormistice.renaming import renamed, reversed_names
from ormistice.types import ColumnType

K = TypeVar("K")
T = TypeVar("T")
V = TypeVar("V")

_SCHEMA_OBJECTS: Mapping[type, Callable[[Schema], tuple[Any, ...]]] = {
    Enum: lambda schema: schema.enums,
    Sequence: lambda schema: schema.sequences,
    View: lambda schema: schema.views,
    Domain: lambda schema: schema.domains,
}
MEMBERS: Mapping[type, Callable[[Table], tuple[Any, ...]]] = {
    Column: lambda table: table.columns,
    PrimaryKey: lambda table: () if table.primary_key is None else (table.primary_key,),
    ForeignKey: lambda table: table.foreign_keys,
    UniqueConstraint: lambda table: table.unique_constraints,
    Index: lambda table: table.index_like(),
    CheckConstraint: lambda table: table.checks,
    ExclusionConstraint: lambda table: table.exclusions,
    Relation: lambda table: table.relations,
}
# Kinds of which two objects of other keys may be one.
_JOINED = (Index, CheckConstraint)
# By kind, all that its objects say of themselves, but for what makes two of them one and for what no rule holds one
# source's word against another's in.
_ASPECTS: Mapping[type, Callable[[Any], tuple[Any, ...]]] = {
    kind: attrgetter(*(each.name for each in fields(kind) if each.name not in ("table", "place", *apart)))
    for kind, apart in {
        Column: ("name", "client_default"),
        PrimaryKey: (),
        ForeignKey: (),
        UniqueConstraint: (),
        Index: (),
        CheckConstraint: (),
        ExclusionConstraint: (),
    }.items()
}


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
        schemas = {
            name: replace(schema, tables=tuple(table for table in schema.tables if self.covers(name, table.name)))
            for name, schema in self.schemas.items()
        }
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


def align(kind: type[T], among: Sources, within: frozenset[QualifiedName] | None = None) -> tuple[Aligned[T], ...]:
    """Every object of a kind that any source in `among` declares, sorted by identity; `among` must be scoped.

    Of tables and what is in them, those of the names `within` alone; None: of all.
    """
    wanted: Any = kind
    return _align(wanted, among, within if kind is Table or kind in MEMBERS else None)


# Several rules ask for the same kind; two comparisons are alive at a time, the one reported and the one that verifies.
@lru_cache(maxsize=32)
def _align(kind: Any, among: Sources, within: frozenset[QualifiedName] | None) -> tuple[Aligned[Any], ...]:
    if kind is Schema:
        whole: dict[str, Any] = dict(among.schemas)
        return (Aligned(Identity("schema", QualifiedName("", "")), whole, (), "", among),)
    if kind is not Table and kind not in MEMBERS:
        return _align_types(kind, among)
    tables = tuple(table for table in _align_tables(among) if within is None or table.identity.name in within)
    return tables if kind is Table else tuple(aligned for table in tables for aligned in _align_members(kind, table))


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
        lacking = (source for source in order if source not in declared[name])
        absent = [source for source in lacking if not _elsewhere(source, name, declared[name], among)]
        missing = tuple(source for source in absent if sure and _lacks(name, among.schemas[source]))
        ordered = {source: declared[name][source] for source in order if source in declared[name]}
        aligned.append(Aligned(Identity("table", name), ordered, missing, order[0], among))
    return tuple(aligned)


@lru_cache(maxsize=8)
def paired_sources(among: Sources) -> tuple[Pairing, ...]:
    """What each two of the sources have to do with each other."""
    return pairings(among.schemas, among.covers)


def _lacks(table: QualifiedName, schema: Schema) -> bool:
    """Whether the source knows of no such table, nor of a view that takes its place."""
    return _says(Table, schema) and all(view.name != table for view in schema.views)


def _elsewhere(source: str, table: QualifiedName, declared: Iterable[str], among: Sources) -> bool:
    """Whether a table that `source` does not declare is there under another name, or is of another database."""
    declaring = set(declared)
    for pairing in paired_sources(among):
        if source not in (pairing.first, pairing.second):
            continue
        other = pairing.second if source == pairing.first else pairing.first
        side = 1 if source == pairing.first else 0
        if other in declaring and any(names[side] == table for names in pairing.names):
            return True
        if pairing.unrelated:
            declaring.discard(other)
    return not declaring


def _says(kind: type, schema: Schema) -> bool:
    """Whether what the source does not declare of a kind is known not to be there."""
    unsure = kind is Table and any(Table in table.unread for table in schema.tables)
    return kind in schema.expresses and kind not in schema.unread and not unsure


def _align_members(kind: type[T], table: Aligned[Table]) -> Iterable[Aligned[T]]:
    grouped: dict[tuple[tuple[str, ...], str], tuple[Identity, dict[str, list[Any]]]] = {}
    for source, declared in table.declared.items():
        for item in MEMBERS[kind](declared):
            key = item.key()
            grouped.setdefault(_apart(key), (key, {}))[1].setdefault(source, []).append(item)
    slots = (slot for _, group in sorted(grouped.items(), key=itemgetter(0)) for slot in _slots(*group))
    found = {_apart(identity): (identity, slot) for identity, slot in slots}
    if kind in _JOINED:
        found = _joined(found)
    for _, (identity, slot) in sorted(found.items(), key=itemgetter(0)):
        item = next(iter(slot.values()))
        absent = [source for source in table.declared if source not in slot]
        missing = tuple(name for name in absent if _could_declare(item, table.declared[name], name, table.among))
        in_order = {source: slot[source] for source in table.declared if source in slot}
        agreed = not missing and kind in _ASPECTS and _agree(map(_ASPECTS[kind], in_order.values()))
        yield Aligned(identity, in_order, missing, table.authority, table.among, agreed)


def _apart(identity: Identity) -> tuple[tuple[str, ...], str]:
    """What tells objects of one kind in one table apart."""
    return identity.columns, identity.detail


def _agree(told: Iterable[tuple[Any, ...]]) -> bool:
    """Whether none of several objects states an aspect otherwise than another that states it."""
    for aspect in zip(*told, strict=True):
        said = None
        for value in aspect:
            if said is None:
                said = value
            elif value is not None and value != said:
                return False
    return True


def _slots(key: Identity, items: Mapping[str, list[T]]) -> Iterable[tuple[Identity, dict[str, T]]]:
    """Objects of one key, put together. Where a source has several, those most alike meet; what is left, in order."""
    if all(len(own) == 1 for own in items.values()):
        yield key, {source: own[0] for source, own in items.items()}
        return
    slots: list[dict[str, T]] = []
    for source, own in items.items():
        waiting = list(own)
        pairs = [
            (-_likeness(item, next(iter(slot.values()))), number, slot)
            for number, item in enumerate(own)
            for slot in slots
        ]
        for _, number, slot in sorted(pairs, key=lambda pair: pair[:2]):
            if source not in slot and any(item is own[number] for item in waiting):
                slot[source] = own[number]
                waiting = [item for item in waiting if item is not own[number]]
        slots += [{source: item} for item in waiting]
    for slot in slots:
        first: Any = next(iter(slot.values()))
        yield (key if len(slots) == 1 else replace(key, detail=f"{key.detail} {_telling(first)}".strip())), slot


def _likeness(one: Any, other: Any) -> int:
    """How much of what two objects of one key say is the same."""
    match one:
        case ForeignKey():
            return sum((one.references == other.references, _same_name(one, other)))
        case Index():
            return sum((one.unique == other.unique, one.predicate == other.predicate, _same_name(one, other)))
        case _:
            return int(one == other)


def _same_name(one: Any, other: Any) -> bool:
    return bool(one.name and other.name and truncated(one.name.value) == truncated(other.name.value))


def _telling(item: Any) -> str:
    """What tells an object from others of its key in the same source."""
    match item:
        case ForeignKey(references=Stated(value=reference)):
            return str(reference)
        case Index():
            stated = (item.unique, item.predicate, item.method, item.name)
            return " ".join(str(aspect.value) for aspect in stated if aspect is not None)
        case _:
            name = getattr(item, "name", None)
            return name.value if isinstance(name, Stated) else ""


def _joined(found: Mapping[K, tuple[Identity, dict[str, T]]]) -> dict[K, tuple[Identity, dict[str, T]]]:
    """Indexes and checks of other keys that are one all the same: no source has both, and name or meaning agrees."""
    joined: dict[K, tuple[Identity, dict[str, T]]] = {}
    for key, (identity, slot) in found.items():
        item = next(iter(slot.values()))
        kin = next((own for _, own in joined.values() if _akin(item, own.values()) and not own.keys() & slot), None)
        if kin is None:
            joined[key] = identity, dict(slot)
        else:
            kin.update(slot)
    return joined


def _akin(item: Any, others: Iterable[Any]) -> bool:
    match item:
        case Index():
            return any(_same_name(item, other) or _one_uniqueness(item, other) for other in others)
        case CheckConstraint():
            return any(item.expression == other.expression for other in others)
        case _:
            return False


def _one_uniqueness(one: Index, other: Index) -> bool:
    """Whether both hold the same columns unique, in whichever order."""
    columns = [sorted(element.column or "" for element in index.elements) for index in (one, other)]
    plain = all(element.column is not None for index in (one, other) for element in index.elements)
    unique = all(index.unique is not None and index.unique.value for index in (one, other))
    return plain and unique and columns[0] == columns[1]


def _could_declare(item: object, table: Table, source: str, among: Sources) -> bool:
    """Whether a source that does not declare an object has the words, the business and the columns for it."""
    schema = among.schemas[source]
    if type(item) not in schema.expresses or type(item) in table.unread or facets(item) & schema.inexpressible:
        return False
    if isinstance(item, ForeignKey) and item.references and not among.covers(source, item.references.value.table):
        return False
    if isinstance(item, Index) and _is_primary_key(item, table):
        return False
    return all(table.column(column) is not None for column in _columns(item))


def facets(item: object) -> frozenset[Facet]:
    """What a language must have words for to declare an object."""
    if not isinstance(item, Index):
        return frozenset()
    needed = {
        Facet.INDEX_EXPRESSION: any(element.expression is not None for element in item.elements),
        Facet.INDEX_PREDICATE: item.predicate is not None and item.predicate.value is not None,
        Facet.INDEX_INCLUDE: item.include is not None and item.include.value != (),
        Facet.INDEX_METHOD: item.method is not None and item.method.value not in BUILT_IN_METHODS,
        Facet.NULLS_NOT_DISTINCT: item.nulls_not_distinct is not None and item.nulls_not_distinct.value,
    }
    return frozenset(facet for facet, need in needed.items() if need)


def _is_primary_key(item: Index, table: Table) -> bool:
    """Whether the table's primary key already does all that the index does."""
    if table.primary_key is None:
        return False
    own = table.primary_key.columns.value
    if item.unique is not None and item.unique.value:
        return {element.column for element in item.elements} == set(own)
    return item.elements == tuple(IndexElement(column) for column in own)


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
        for item in _SCHEMA_OBJECTS[kind](schema):
            declared[synonyms.get(item.name, item.name)].setdefault(source, item)
    aligned = []
    for name in sorted(declared):
        order = among.precedence(name)
        missing = tuple(item for item in order if item not in declared[name] and _says(kind, among.schemas[item]))
        ordered = {item: declared[name][item] for item in order if item in declared[name]}
        aligned.append(Aligned(Identity(kind.__name__.lower(), name), ordered, missing, order[0], among))
    return tuple(aligned)


@lru_cache(maxsize=8)
def enum_synonyms(among: Sources) -> Mapping[QualifiedName, QualifiedName]:
    """Enums of other names that type the same column, each to the name that stands for it: the authority's.

    Two names are one enum only if neither source knows the other's name, and only one pair claims them.
    """
    named = {source: {enum.name for enum in schema.enums} for source, schema in among.schemas.items()}
    if not any(ours - theirs and theirs - ours for ours, theirs in combinations(named.values(), 2)):
        return {}
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


def own_type(kind: ColumnType, schema: Schema, among: Sources) -> ColumnType:
    """A type as `column_type` gives it, an enum by the name that it has in `schema`."""
    named = kind.user_defined
    synonyms = enum_synonyms(among)
    own = next((enum.name for enum in schema.enums if synonyms.get(enum.name, enum.name) == named), None)
    return kind if own is None else replace(kind, schema=own.schema, name=own.name)


def as_declared(index: Index, schema: Schema) -> Index | UniqueConstraint:
    """The index itself, or the unique constraint of `schema` that it was aligned for."""
    table = schema.table(index.table)
    constraints = () if table is None else table.unique_constraints
    return next((item for item in constraints if as_index(item) == index and item.place == index.place), index)


def as_constraint(index: Index) -> UniqueConstraint | Index:
    """The unique constraint that would make this index; the index itself where no constraint makes such a one."""
    columns = tuple(element.column for element in index.elements if element.column is not None)
    plain = index.elements == tuple(IndexElement(column) for column in columns)
    whole = index.predicate is None or index.predicate.value is None
    unique = index.unique is not None and index.unique.value
    if not (plain and whole and unique and (index.method is None or index.method.value == "btree")):
        return index
    return UniqueConstraint(
        index.table,
        columns,
        index.place,
        nulls_not_distinct=index.nulls_not_distinct,
        include=index.include,
        name=index.name,
    )
