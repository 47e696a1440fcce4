"""Changes of foreign keys as edits of Prisma schema files."""

import json
from collections.abc import Iterator

from ormistice.fixes import Edit
from ormistice.model import ForeignKey, Reference, ReferentialAction, Stated
from ormistice.names import QualifiedName
from ormistice.sources.prisma.moving import moved_back_field
from ormistice.sources.prisma.relations import ACTIONS, Relation, forward
from ormistice.sources.prisma.scope import ModelScope, Scope, field_names, listed

SPELLED = {action: name for name, action in ACTIONS.items()}
"""How Prisma spells each action."""


def changed_key(scope: Scope, before: ForeignKey, after: ForeignKey) -> list[Edit] | None:
    """Edits that give a foreign key another target, other actions or another name."""
    if before.table != after.table or before.columns != after.columns:
        return None
    relation = relation_of(scope, before)
    if relation is None:
        return None
    edits: list[Edit] = []
    if after.references != before.references:
        moved = _retarget(scope, relation, after.references)
        if moved is None:
            return None
        edits.extend(moved)
    added: list[str] = []
    for argument, old, new in (
        ("onDelete", before.on_delete, after.on_delete),
        ("onUpdate", before.on_update, after.on_update),
        ("map", before.name, after.name),
    ):
        if old == new or new is None:
            continue
        text = argument_text(new)
        given = relation.attribute.argument(argument)
        if given is None:
            added.append(f", {argument}: {text}")
        else:
            edits.append(Edit(relation.model.block.span(given.start, given.end), text))
    if added:
        end = relation.attribute.next_argument
        edits.append(Edit(relation.model.block.span(end, end), "".join(added)))
    return edits


def argument_text(value: Stated[ReferentialAction] | Stated[str]) -> str:
    """A value as an argument of `@relation`."""
    match value.value:
        case ReferentialAction() as action:
            return SPELLED[action]
        case name:
            return json.dumps(name, ensure_ascii=False)


def model_of(scope: Scope, table: QualifiedName) -> ModelScope | None:
    """The model that makes a table."""
    return next((model for model in scope.models.values() if model.has_table and model.table == table), None)


def relation_of(scope: Scope, key: ForeignKey) -> Relation | None:
    """The forward field that makes a foreign key."""
    model = model_of(scope, key.table)
    for relation in forward(model, scope) if model else ():
        place = (
            relation.model.block.span(relation.field.start, relation.field.end)
            if isinstance(relation, Relation)
            else None
        )
        if isinstance(relation, Relation) and place == key.place:
            return relation
    return None


def _retarget(scope: Scope, relation: Relation, wanted: Stated[Reference] | None) -> list[Edit] | None:
    """Edits that make a relation reference other fields, and for another model move the field that answers it."""
    target = model_of(scope, wanted.value.table) if wanted else None
    if wanted is None or target is None:
        return None
    references = referenced_fields(relation.model, relation.fields, target, wanted.value)
    if references is None:
        return None
    block, kind = relation.model.block, relation.field.type
    written = listed(relation.attribute.argument("references"))
    edits = [
        Edit(block.span(node.start, node.end), new)
        for (old, node), new in zip(written, references, strict=True)
        if old != new
    ]
    if target is relation.referenced or kind is None:
        return edits
    moved = moved_back_field(relation, target)
    if moved is None:
        return None
    return [*edits, *moved, Edit(block.span(kind.start, kind.name_end), target.block.name)]


def referenced_fields(
    model: ModelScope, own: tuple[str, ...], target: ModelScope, wanted: Reference
) -> tuple[str, ...] | None:
    """The fields of `target` to reference, in the order of the fields `own`; None where Prisma would not take them."""
    if len(own) != len(wanted.columns):
        return None
    columns = sorted(model.columns[name] for name in own)
    pairs = dict(zip(columns, wanted.columns, strict=True))
    fields = {column: name for name, column in target.columns.items()}
    named = [fields.get(pairs[model.columns[name]]) for name in own]
    references = tuple(name for name in named if name is not None)
    if len(references) < len(named) or not any(set(references) == set(key) for key in unique_fields(target)):
        return None
    if [_type(model, name) for name in own] != [_type(target, name) for name in references]:
        return None
    return references


def unique_fields(model: ModelScope) -> Iterator[tuple[str, ...]]:
    """The lists of fields by which a row of a model can be told, as Prisma sees it."""
    for field in model.scalars:
        if field.attribute("id") or field.attribute("unique"):
            yield (field.name,)
    for attribute in model.block.attributes:
        if attribute.name in {"id", "unique"}:
            yield tuple(field_names(attribute))


def _type(model: ModelScope, name: str) -> str | None:
    kind = next((field.type for field in model.scalars if field.name == name), None)
    return kind.name if kind is not None else None
