"""Relationships: what SQLAlchemy follows from rows to those they reference, and what it does to them on a delete."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ormistice.model import Reference, ReferentialAction, Relation, Stated, paired
from ormistice.names import DEFAULT_SCHEMA, QualifiedName
from ormistice.sources.sqlalchemy import syntax
from ormistice.sources.sqlalchemy.places import Answer, Places, Written, WrittenCall
from ormistice.text import Span

_CALLS = ("relationship", "relation", "dynamic_loader", "backref")
Key = tuple[QualifiedName, tuple[str, ...], Reference]


@dataclass(frozen=True, slots=True)
class _Side:
    """One relationship as it is written, the argument alone where it is the `backref` of another."""

    relation: Answer
    span: Span
    call: WrittenCall | None

    def stated(self, *names: str) -> Span | None:
        """The first of some arguments that it has."""
        found = (self.call.keyword(name) for name in names) if self.call else ()
        return next((span for span in found if span is not None), None)

    @property
    def unsaid(self) -> Span:
        """Where another argument would be written."""
        return self.call.after() if self.call else Span(self.span.file, self.span.end, self.span.end)


def lower_relations(relations: Sequence[Answer], places: Places) -> dict[QualifiedName, tuple[Relation, ...]]:
    """The relations of each table; the two sides of a relationship, and all that follow the same columns, are one."""
    sides: dict[Key, list[_Side]] = {}
    for each in relations:
        if (key := _key(each)) is not None:
            sides.setdefault(key, []).append(_side(each, places))
    found: dict[QualifiedName, list[Relation]] = {}
    for key, group in sides.items():
        found.setdefault(key[0], []).append(_relation(key, sorted(group, key=_written)))
    return {
        table: tuple(sorted(group, key=lambda each: (each.columns, str(each.references))))
        for table, group in found.items()
    }


def _written(side: _Side) -> tuple[str, int]:
    return side.span.file, side.span.start


def _key(relation: Answer) -> Key | None:
    """Referencing table, its columns and what they reference; None where that is more than one table."""
    referenced, referencing = zip(*relation["pairs"], strict=True)
    tables = {tuple(schema_and_name) for *schema_and_name, _ in referenced}, {tuple(each) for *each, _ in referencing}
    if any(len(each) != 1 for each in tables):
        return None
    target, table = (QualifiedName(schema or DEFAULT_SCHEMA, name) for ((schema, name),) in tables)
    columns, targets = paired(tuple(each[-1] for each in referencing), tuple(each[-1] for each in referenced))
    return table, columns, Reference(target, targets)


def _relation(key: Key, sides: Sequence[_Side]) -> Relation:
    table, columns, reference = key
    deleting = [side for side in sides if side.relation["direction"] != "MANYTOONE"]
    first = next((side for side in sides if side not in deleting), sides[0])
    acting = next(iter(sorted(deleting, key=_weight)), None)
    many = next((side for side in deleting if side.relation["direction"] == "ONETOMANY"), None)
    return Relation(
        table=table,
        columns=columns,
        references=reference,
        place=first.span,
        single=None if many is None else _single(many),
        on_delete=None if acting is None else _on_delete(acting),
        passive=acting is not None and bool(acting.relation["passive"]),
    )


def _weight(side: _Side) -> int:
    """Which of several relationships on the same columns decides: one that deletes, then one that acts at all."""
    return list(_ORDER).index(_action(side.relation))


_ORDER = (ReferentialAction.CASCADE, ReferentialAction.SET_NULL, ReferentialAction.NO_ACTION)


def _action(relation: Answer) -> ReferentialAction:
    """What SQLAlchemy does to the referencing rows; those of a table that only joins two others it deletes."""
    if relation["viewonly"] or (relation["passive"] == "all" and relation["direction"] == "ONETOMANY"):
        return ReferentialAction.NO_ACTION
    deletes = relation["delete"] or relation["direction"] == "MANYTOMANY"
    return ReferentialAction.CASCADE if deletes else ReferentialAction.SET_NULL


def _on_delete(side: _Side) -> Stated[ReferentialAction]:
    found = _action(side.relation)
    said = side.stated("viewonly", "passive_deletes") if found is ReferentialAction.NO_ACTION else None
    said = said or side.stated("cascade", "cascade_delete")
    return Stated(found, said or side.unsaid, implicit=said is None)


def _single(side: _Side) -> Stated[bool]:
    said = side.stated("uselist")
    return Stated(bool(side.relation["single"]), said or side.span, implicit=said is None)


def _side(relation: Answer, places: Places) -> _Side:
    """A relationship in the text: a statement of its class, or the `backref` of one of another class."""
    own = next(_statements(relation, places), None)
    if own is not None:
        call = next(own.calls(*_CALLS), None) or next(own.calls("Relationship"), None)
        return _Side(relation, own.span, call)
    for reverse in relation["reverse"]:
        for other in _statements(reverse, places):
            for call in other.calls("relationship", "Relationship"):
                value = syntax.keyword(call.call, "backref")
                if value is not None:
                    made = WrittenCall(call.module, value) if isinstance(value, ast.Call) else None
                    return _Side(relation, call.at(value), made)
    return _Side(relation, places.fallback, None)


def _statements(relation: Answer, places: Places) -> Iterator[Written]:
    """The statements that bind a relationship's attribute, in its class first, then in what that is made of."""
    for base in relation["lineage"]:
        found = places.definition(base)
        if found is not None and isinstance(found.node, ast.ClassDef):
            statement = syntax.attribute(found.node, relation["attribute"])
            if statement is not None:
                yield Written(found.module, statement)
