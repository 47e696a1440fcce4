"""Which objects of several sources are one object, who declares it, and who should and does not."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import combinations, pairwise
from typing import Any, TypeVar

from ormistice.aligned import Aligned, Disagreement, Sources
from ormistice.members import MEMBERS, align_members
from ormistice.model import (
    Column,
    Domain,
    Enum,
    Identity,
    Index,
    IndexElement,
    Schema,
    Sequence,
    Stated,
    Table,
    UniqueConstraint,
    View,
    as_index,
)
from ormistice.names import QualifiedName
from ormistice.pairing import Pairing, pairings
from ormistice.types import ColumnType

__all__ = [
    "Aligned",
    "Disagreement",
    "Sources",
    "align",
    "as_constraint",
    "as_declared",
    "column_type",
    "enum_synonyms",
    "own_type",
    "paired_sources",
]

T = TypeVar("T")
_SCHEMA_OBJECTS: Mapping[type, Callable[[Schema], tuple[Any, ...]]] = {
    Enum: lambda schema: schema.enums,
    Sequence: lambda schema: schema.sequences,
    View: lambda schema: schema.views,
    Domain: lambda schema: schema.domains,
}


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
    tables = _align_tables(among, within)
    return tables if kind is Table else tuple(aligned for table in tables for aligned in align_members(kind, table))


@lru_cache(maxsize=8)
def _align_tables(among: Sources, within: frozenset[QualifiedName] | None = None) -> tuple[Aligned[Any], ...]:
    declared: dict[QualifiedName, dict[str, Table]] = defaultdict(dict)
    for source, schema in among.schemas.items():
        for table in schema.tables if within is None else filter(None, map(schema.table, within)):
            declared[table.name].setdefault(source, table)
    aligned = []
    uncompared = _uncompared(among)
    for name in sorted(declared):
        order = among.order_for(name)
        sure = name not in uncompared and any(Table not in table.unread for table in declared[name].values())
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


def _uncompared(among: Sources) -> frozenset[QualifiedName]:
    """What some source has beside what it is compared by; whoever does not declare it misses nothing."""
    return frozenset[QualifiedName]().union(*(schema.uncompared for schema in among.schemas.values()))


def _says(kind: type, schema: Schema) -> bool:
    """Whether what the source does not declare of a kind is known not to be there."""
    unsure = kind is Table and any(Table in table.unread for table in schema.tables)
    return kind in schema.expresses and kind not in schema.unread and not unsure


def _align_types(kind: type[T], among: Sources) -> tuple[Aligned[T], ...]:
    synonyms = enum_synonyms(among) if kind is Enum else {}
    uncompared = _uncompared(among)
    declared: dict[QualifiedName, dict[str, Any]] = defaultdict(dict)
    for source, schema in among.schemas.items():
        for item in _SCHEMA_OBJECTS[kind](schema):
            if not among.concerns(source, kind, item.name):
                continue
            declared[synonyms.get(item.name, item.name)].setdefault(source, item)
    aligned = []
    for name in sorted(declared):
        order = tuple(source for source in among.precedence(name) if among.concerns(source, kind, name))
        absent = (item for item in order if item not in declared[name] and name not in uncompared)
        missing = tuple(item for item in absent if _says(kind, among.schemas[item]))
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
        for column in align_members(Column, table):
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
