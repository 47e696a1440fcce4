"""Relation fields to foreign keys, and pairs of lists to join tables."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ormistice.model import (
    Column,
    ForeignKey,
    Index,
    IndexElement,
    PrimaryKey,
    Reference,
    ReferentialAction,
    Stated,
    Table,
    UniqueConstraint,
    paired,
)
from ormistice.model import Relation as FollowedRelation
from ormistice.names import QualifiedName, truncated
from ormistice.sources.prisma.columns import column
from ormistice.sources.prisma.nodes import Attribute, Block, Field, String, Word
from ormistice.sources.prisma.scope import ModelScope, Scope, derived_name, listed
from ormistice.text import Span

ACTIONS = {
    "Cascade": ReferentialAction.CASCADE,
    "Restrict": ReferentialAction.RESTRICT,
    "NoAction": ReferentialAction.NO_ACTION,
    "SetNull": ReferentialAction.SET_NULL,
    "SetDefault": ReferentialAction.SET_DEFAULT,
}
"""Prisma's spelling of the referential actions."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A forward field: the fields that reference and those referenced, as names of fields, in the order written."""

    model: ModelScope
    field: Field
    attribute: Attribute
    referenced: ModelScope
    fields: tuple[str, ...]
    references: tuple[str, ...]


def relation_name(field: Field) -> str | None:
    """The name that `@relation` gives to tell relations between the same models apart."""
    attribute = field.attribute("relation")
    match attribute.argument("name", first=True) if attribute else None:
        case String(text):
            return text
        case _:
            return None


def forward(model: ModelScope, scope: Scope) -> Iterator[Relation | Field]:
    """Every forward field of a model; as it stands where it is not understood, which is then reported."""
    for field in model.relations:
        attribute = field.attribute("relation")
        if attribute is None or attribute.argument("fields") is None or field.type is None:
            continue
        referenced = scope.models.get(field.type.name)
        if referenced is None:
            continue
        yield _relation(model, field, attribute, referenced, scope) or field


def _relation(
    model: ModelScope, field: Field, attribute: Attribute, referenced: ModelScope, scope: Scope
) -> Relation | None:
    sides: list[tuple[str, ...]] = []
    for argument, side in (("fields", model), ("references", referenced)):
        names = listed(attribute.argument(argument))
        for name, node in names:
            if name not in side.columns:
                place = model.block.span(node.start, node.end)
                scope.unsupported(f"`{name}` is no scalar field of `{side.block.name}`", place)
                return None
        sides.append(tuple(name for name, _ in names))
    if not sides[0] or len(sides[0]) != len(sides[1]):
        place = model.block.span(attribute.start, attribute.end)
        scope.unsupported("`fields` and `references` must list the same number of fields", place)
        return None
    return Relation(model, field, attribute, referenced, sides[0], sides[1])


def foreign_key(relation: Relation, table: QualifiedName, scope: Scope) -> ForeignKey:
    """The foreign key that a forward field makes."""
    model, field, attribute, block = relation.model, relation.field, relation.attribute, relation.model.block
    columns = tuple(model.columns[name] for name in relation.fields)
    referenced = tuple(relation.referenced.columns[name] for name in relation.references)
    sorted_columns, sorted_referenced = paired(columns, referenced)
    target = relation.referenced.table
    kind = field.type
    assert kind is not None  # noqa: S101 - a relation field has a type
    optional = all(_optional(model.block, name) for name in relation.fields)
    name = attribute.argument("map")
    given = Stated(name.text, block.span(name.start, name.end)) if isinstance(name, String) and name.text else None
    derived = derived_name(table.name, columns, "_fkey")
    return ForeignKey(
        table=table,
        columns=sorted_columns,
        place=block.span(field.start, field.end),
        references=Stated(Reference(target, sorted_referenced), block.span(kind.start, kind.name_end))
        if target
        else None,
        on_delete=_action(
            attribute, "onDelete", ReferentialAction.SET_NULL if optional else ReferentialAction.RESTRICT, block, scope
        ),
        on_update=_action(attribute, "onUpdate", ReferentialAction.CASCADE, block, scope),
        name=given or Stated(derived, block.span(attribute.next_argument, attribute.next_argument), implicit=True),
    )


def _optional(block: Block, name: str) -> bool:
    field = block.field(name)
    return field is not None and field.type is not None and field.type.optional


def _action(
    attribute: Attribute, name: str, default: ReferentialAction, block: Block, scope: Scope
) -> Stated[ReferentialAction] | None:
    value = attribute.argument(name)
    if value is None:
        return Stated(default, block.span(attribute.next_argument, attribute.next_argument), implicit=True)
    place = block.span(value.start, value.end)
    if isinstance(value, Word) and value.text in ACTIONS:
        return Stated(ACTIONS[value.text], place)
    scope.unsupported(f"unknown referential action for `{name}`", place)
    return None


def join_tables(scope: Scope) -> Iterator[Table]:
    """The join table of every implicit relation."""
    done: set[tuple[str, str]] = set()
    for model in scope.models.values():
        for field in model.relations:
            other = _other_list(model, field, scope)
            if other is None:
                continue
            # Ordered by model, then by field: only the first is column A.
            ends = sorted([(model.block.name, field.name), (other[0].block.name, other[1].name)])
            name = relation_name(field) or f"{ends[0][0]}To{ends[1][0]}"
            if (name, ends[0][0]) in done or not model.has_table or not other[0].has_table:
                continue
            done.add((name, ends[0][0]))
            sides = [(model, field), other]
            sides.sort(key=lambda side: (side[0].block.name, side[1].name))
            yield from _join_table(name, sides, scope)


def back_field(relation: Relation) -> Field | None:
    """The field of the referenced model that answers a forward field."""
    own, name = relation.model.block.name, relation_name(relation.field)
    answers = relation.referenced.ends.get((own, name), ())
    return next((field for field in answers if field is not relation.field), None)


def followed(relation: Relation, key: ForeignKey, scope: Scope) -> FollowedRelation | None:
    """A relation as Prisma's client follows it, `key` being the foreign key that it makes where the database has them.

    Only where it has none does the client look after the referencing rows itself, and then as the key would.
    """
    if key.references is None:
        return None
    back, referenced = back_field(relation), relation.referenced
    kind = None if back is None else back.type
    return FollowedRelation(
        table=key.table,
        columns=key.columns,
        references=key.references.value,
        place=key.place,
        single=None if kind is None else Stated(not kind.is_list, referenced.block.span(kind.start, kind.end)),
        on_delete=None if scope.enforces_relations else key.on_delete,
    )


def _other_list(model: ModelScope, field: Field, scope: Scope) -> tuple[ModelScope, Field] | None:
    if field.type is None or not field.type.is_list:
        return None
    other = scope.models.get(field.type.name)
    if other is None:
        return None
    for candidate in other.ends.get((model.block.name, relation_name(field)), ()):
        if candidate is not field and candidate.type is not None and candidate.type.is_list:
            return other, candidate
    return None


def _join_table(name: str, sides: list[tuple[ModelScope, Field]], scope: Scope) -> Iterator[Table]:
    home = sides[0][0]
    places = [model.block.span(field.start, field.end) for model, field in sides]
    identifiers = [model.identifier() for model, _ in sides]
    schema = home.table.schema if home.table else None
    if schema is None or None in identifiers:
        scope.unsupported(
            f"the join table of `{name}` cannot be told: both models need a primary key of one field", places[0]
        )
        return
    table = QualifiedName(schema, truncated(f"_{name}"))
    columns: list[Column] = []
    keys: list[ForeignKey] = []
    for letter, (model, _), place in zip("AB", sides, places, strict=True):
        identifier = model.identifier()
        original = column(model, identifier, table, _with_own_problems(scope)) if identifier else None
        columns.append(
            Column(
                table,
                letter,
                place,
                type=original.type and Stated(original.type.value, place, implicit=True) if original else None,
                nullable=Stated(value=False, place=place, implicit=True),
                default=Stated(None, place, implicit=True),
            )
        )
        if identifier is not None:
            keys.append(_join_key(table, letter, model, model.columns[identifier.name], place))
    yield _keyed(Table(table, places[0], tuple(columns), foreign_keys=tuple(keys) * scope.enforces_relations), scope)


def _with_own_problems(scope: Scope) -> Scope:
    """The same names with an empty list of problems: what is lowered twice is reported once."""
    return replace(scope, problems=[])


def _join_key(table: QualifiedName, letter: str, model: ModelScope, referenced: str, place: Span) -> ForeignKey:
    cascade = Stated(ReferentialAction.CASCADE, place, implicit=True)
    target = Stated(Reference(model.table, (referenced,)), place, implicit=True) if model.table else None
    name = Stated(derived_name(table.name, (), f"_{letter}_fkey"), place, implicit=True)
    return ForeignKey(table, (letter,), place, references=target, on_delete=cascade, on_update=cascade, name=name)


def _keyed(table: Table, scope: Scope) -> Table:
    """A join table with its key and its index on B.

    Up to version 5, Prisma made a unique index of both columns in place of the key, and made a key of it later, at the
    project's next migration: which of them there is cannot be told from the schema.
    """
    place = table.place
    assert isinstance(place, Span)  # noqa: S101 - it was made from a field

    on_b = Index(
        table=table.name,
        elements=(IndexElement("B"),),
        place=place,
        unique=Stated(value=False, place=place, implicit=True),
        method=Stated("btree", place, implicit=True),
        predicate=Stated(None, place, implicit=True),
        name=Stated(derived_name(table.name.name, (), "_B_index"), place, implicit=True),
    )
    if not scope.join_table_key:
        return replace(table, indexes=(on_b,), unread=frozenset({PrimaryKey, UniqueConstraint, Index}))
    name = Stated(derived_name(table.name.name, (), "_AB_pkey"), place, implicit=True)
    key = PrimaryKey(table.name, Stated(("A", "B"), place, implicit=True), place, name)
    return replace(table, primary_key=key, indexes=(on_b,))
