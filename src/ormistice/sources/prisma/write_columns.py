"""Changes of columns as edits of Prisma schema files."""

from dataclasses import replace

from ormistice.fixes import Edit
from ormistice.model import Column, ReferentialAction
from ormistice.sources.prisma.nodes import Block, Call, Field, FieldType
from ormistice.sources.prisma.relations import Relation, forward
from ormistice.sources.prisma.scope import ModelScope, Scope, field_names
from ormistice.sources.prisma.write_keys import SPELLED


def changed_column(scope: Scope, before: Column, after: Column) -> list[Edit] | None:
    """Edits that let a column take NULL, or no longer."""
    if after.nullable is None or replace(after, nullable=before.nullable) != before:
        return None
    found = _found(scope, before)
    if found is None:
        return None
    model, field = found
    kind = field.type
    if kind is None or kind.is_list or before.nullable is None or before.nullable == after.nullable:
        return None
    if after.nullable.value and (field.name in _key_fields(model) or _fills_itself(field)):
        return None
    return [
        _marked(model.block, kind, optional=after.nullable.value),
        *_following(scope, model, field, optional=after.nullable.value),
    ]


def _found(scope: Scope, column: Column) -> tuple[ModelScope, Field] | None:
    for model in scope.models.values():
        if model.table != column.table or not model.has_table:
            continue
        for field in model.scalars:
            if model.columns[field.name] == column.name:
                return model, field
    return None


def _key_fields(model: ModelScope) -> set[str]:
    """The fields of the primary key, which are never NULL."""
    single = {field.name for field in model.scalars if field.attribute("id")}
    return single | set(field_names(model.block.attribute("id")))


def _fills_itself(field: Field) -> bool:
    """Whether the column is serial, which is never NULL."""
    default = field.attribute("default")
    value = default.argument("value", first=True) if default else None
    return isinstance(value, Call) and value.name == "autoincrement"


def _marked(block: Block, kind: FieldType, *, optional: bool) -> Edit:
    """Put the `?` behind a type, or take it away."""
    return Edit(block.span(kind.name_end, kind.end), "?" if optional else "")


def _following(scope: Scope, model: ModelScope, field: Field, *, optional: bool) -> list[Edit]:
    """What relations over the field need: they are optional if a field is, and their default action goes by that."""
    edits: list[Edit] = []
    for relation in forward(model, scope):
        if not isinstance(relation, Relation) or field.name not in relation.fields or relation.field.type is None:
            continue
        others = [each for each in model.scalars if each.name in relation.fields and each.name != field.name]
        others_optional = [each.type is not None and each.type.optional for each in others]
        wanted = optional or any(others_optional)
        if relation.field.type.optional != wanted:
            edits.append(_marked(model.block, relation.field.type, optional=wanted))
        if relation.attribute.argument("onDelete") is None and all(others_optional):
            # The default is about to change, and the key is not to.
            action = SPELLED[ReferentialAction.RESTRICT if optional else ReferentialAction.SET_NULL]
            end = relation.attribute.next_argument
            edits.append(Edit(model.block.span(end, end), f", onDelete: {action}"))
    return edits
