"""Relations as both their sides declare them, made one: which table references which, and how many rows do."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ormistice.model import Reference, Relation, Stated, Table, paired
from ormistice.names import QualifiedName
from ormistice.text import Span


@dataclass(frozen=True, slots=True)
class Junction:
    """The table between two others, with its columns that stand for those of each."""

    table: QualifiedName
    near: tuple[str, ...]
    far: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Followed:
    """What rows of `owner` lead to: one row or many of `target`.

    `near` are columns of `owner`, `far` those of `target` that equal them; both are empty where the other side tells.
    """

    owner: QualifiedName
    target: QualifiedName
    many: bool
    place: Span
    alias: str | None = None
    near: tuple[str, ...] = ()
    far: tuple[str, ...] = ()
    junction: Junction | None = None


@dataclass(slots=True)
class _Draft:
    """A relation while what the two sides say of it is gathered; `own`: it is declared with the referencing table."""

    place: Span
    own: bool = False
    counts: list[Stated[bool]] = field(default_factory=list)


_Key = tuple[QualifiedName, tuple[str, ...], Reference]


def resolved(
    followed: Sequence[Followed], tables: Mapping[QualifiedName, Table]
) -> Mapping[QualifiedName, tuple[Relation, ...]]:
    """Relations by their referencing table, each once, in the order in which they are declared."""
    drafts: dict[_Key, _Draft] = {}
    sides = _other_sides(followed)
    for one in followed:
        if not one.near or not one.far:
            continue
        if one.junction is not None:
            _add(drafts, one.junction.table, one.junction.near, Reference(one.owner, one.near), one)
            _add(drafts, one.junction.table, one.junction.far, Reference(one.target, one.far), one)
        elif one.many or not _references(one, tables):
            draft = _add(drafts, one.target, one.far, Reference(one.owner, one.near), one)
            draft.counts.append(Stated(not one.many, one.place))
        else:
            draft = _add(drafts, one.owner, one.near, Reference(one.target, one.far), one)
            draft.counts += [Stated(not other.many, other.place) for other in sides.get(one.place, ())]
            draft.place, draft.own = (draft.place, True) if draft.own else (one.place, True)
    found: dict[QualifiedName, tuple[Relation, ...]] = {}
    for (table, columns, reference), draft in drafts.items():
        relation = Relation(table, columns, reference, draft.place, _single(draft.counts))
        found[table] = (*found.get(table, ()), relation)
    return found


def _add(
    drafts: dict[_Key, _Draft], table: QualifiedName, columns: tuple[str, ...], reference: Reference, one: Followed
) -> _Draft:
    own, referenced = paired(columns, reference.columns)
    return drafts.setdefault((table, own, Reference(reference.table, referenced)), _Draft(one.place))


def _single(counts: Iterable[Stated[bool]]) -> Stated[bool] | None:
    """One row only where no side says many; None where only the referencing side speaks."""
    said = list(counts)
    return next((count for count in said if not count.value), said[0] if said else None)


def _other_sides(followed: Sequence[Followed]) -> Mapping[Span, Sequence[Followed]]:
    """For each relation with columns, those without that drizzle takes for its other side."""
    by_owner: dict[QualifiedName, list[Followed]] = {}
    for one in followed:
        by_owner.setdefault(one.owner, []).append(one)
    sides: dict[Span, list[Followed]] = {}
    for bare in followed:
        if bare.near:
            continue
        others = [
            one
            for one in by_owner.get(bare.target, ())
            if one is not bare and (one.alias == bare.alias if bare.alias else one.target == bare.owner)
        ]
        if len(others) == 1:
            sides.setdefault(others[0].place, []).append(bare)
    return sides


def _references(one: Followed, tables: Mapping[QualifiedName, Table]) -> bool:
    """Whether the owner of a relation to one row holds the key: its `fields` may be of either side."""
    owner, target = tables.get(one.owner), tables.get(one.target)
    if owner is None or target is None or _has_key(owner, one.near, Reference(one.target, one.far)):
        return True
    if _has_key(target, one.far, Reference(one.owner, one.near)):
        return False
    return _rank(owner, one.near) <= _rank(target, one.far)


def _has_key(table: Table, columns: tuple[str, ...], reference: Reference) -> bool:
    own, referenced = paired(columns, reference.columns)
    wanted = Reference(reference.table, referenced)
    return any(
        key.columns == own and key.references is not None and key.references.value == wanted
        for key in table.foreign_keys
    )


def _rank(table: Table, columns: tuple[str, ...]) -> int:
    """How much columns look like what is referenced: a primary key more than what is unique."""
    wanted = set(columns)
    if table.primary_key is not None and set(table.primary_key.columns.value) == wanted:
        return 2
    unique = (index for index in table.index_like() if index.unique is not None and index.unique.value)
    return int(any({element.column for element in index.elements} == wanted for index in unique))
