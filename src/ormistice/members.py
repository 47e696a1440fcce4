"""What belongs to a table: which objects of several sources are one, and which source could declare it and does not."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from operator import attrgetter, itemgetter
from typing import Any, TypeVar

from ormistice.aligned import Aligned, Sources
from ormistice.model import (
    BUILT_IN_METHODS,
    CheckConstraint,
    Column,
    ExclusionConstraint,
    Facet,
    ForeignKey,
    Identity,
    Index,
    PrimaryKey,
    Relation,
    Stated,
    Table,
    UniqueConstraint,
)
from ormistice.names import truncated

K = TypeVar("K")
T = TypeVar("T")

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


def align_members(kind: type[T], table: Aligned[Table]) -> Iterable[Aligned[T]]:
    """Every object of a kind that any source declares in a table, sorted by identity."""
    grouped: dict[tuple[tuple[str, ...], str], tuple[Identity, dict[str, list[Any]]]] = {}
    for source, declared in table.declared.items():
        for item in MEMBERS[kind](declared):
            key = item.key()
            apart = key.columns, key.detail
            if apart not in grouped:
                grouped[apart] = key, {}
            grouped[apart][1].setdefault(source, []).append(item)
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
