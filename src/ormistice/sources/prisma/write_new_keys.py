"""Foreign keys that a Prisma schema gets or loses: a relation's two fields."""

import json

from ormistice.model import ForeignKey, ReferentialAction
from ormistice.names import truncated
from ormistice.sources.prisma.moving import free_name, initial_lower, new_name, relations_between
from ormistice.sources.prisma.nodes import Field
from ormistice.sources.prisma.relations import Relation, back_field, relation_name
from ormistice.sources.prisma.scope import ModelScope, derived_name
from ormistice.sources.prisma.write_draft import Draft
from ormistice.sources.prisma.write_keys import argument_text, referenced_fields, relation_of
from ormistice.sources.prisma.write_lines import field_line, inserted_field, last_field, taken_out
from ormistice.sources.prisma.write_sound import is_unique

_SUFFIXES = ("Id", "_id", "ID")


def added_key(draft: Draft, key: ForeignKey) -> bool:
    """Make a relation of columns that are there."""
    model = draft.model(key.table)
    target = draft.model(key.references.value.table) if key.references else None
    if model is None or target is None or key.references is None or not draft.scope.enforces_relations:
        return False
    fields = _fields(model, key)
    references = None if fields is None else referenced_fields(model, fields, target, key.references.value)
    if fields is None or references is None or not _sayable(key):
        return False
    optional = [field.type is not None and field.type.optional for field in model.scalars if field.name in fields]
    own = free_name(model, target.block, _wished(fields, target))
    name = _name(draft, model, target, own)
    arguments = [
        *([json.dumps(name)] if name else []),
        f"fields: [{', '.join(fields)}]",
        f"references: [{', '.join(references)}]",
        *_options(key, model, fields, all_optional=all(optional)),
    ]
    kind = f"{target.block.name}{'?' if any(optional) else ''}"
    return _inserted(draft, model, own, kind, f"@relation({', '.join(arguments)})") and _answer(
        draft, draft.again(model), draft.again(target), fields, (own, name)
    )


def _sayable(key: ForeignKey) -> bool:
    aspects = (key.deferrability, key.match_type)
    return all(aspect is None or aspect.value.value in {"NOT DEFERRABLE", "MATCH SIMPLE"} for aspect in aspects)


def _answer(
    draft: Draft, model: ModelScope, target: ModelScope, fields: tuple[str, ...], own: tuple[str, str | None]
) -> bool:
    """The back field of a relation whose forward field, `own` with the relation's name, is there."""
    to_one = is_unique(model, fields)
    answer = initial_lower(model.block.name) + ("" if to_one else "s")
    back = free_name(target, model.block, f"{own[0]}_{answer}" if model is target else answer)
    attributes = [f"@relation({json.dumps(own[1])})"] if own[1] else []
    attributes += ["@ignore"] if model.block.attribute("ignore") and not target.block.attribute("ignore") else []
    return _inserted(draft, target, back, f"{model.block.name}{'?' if to_one else '[]'}", *attributes)


def _inserted(draft: Draft, model: ModelScope, name: str, kind: str, *attributes: str) -> bool:
    beside = last_field(model.block)
    line = field_line(model.block, beside, name, kind, attributes)
    return draft.take([inserted_field(model.block, beside, line)])


def dropped_key(draft: Draft, key: ForeignKey) -> bool:
    """Take both fields of a relation away and leave its columns."""
    relation = relation_of(draft.scope, key)
    return relation is not None and dropped_relation(draft, relation)


def dropped_relation(draft: Draft, relation: Relation) -> bool:
    """Take both fields of a relation away."""
    back = back_field(relation)
    return _dropped(draft, relation.model, relation.field) and (
        back is None or _dropped(draft, relation.referenced, back)
    )


def _dropped(draft: Draft, model: ModelScope, field: Field) -> bool:
    block = draft.again(model).block
    found = block.field(field.name)
    return found is not None and draft.take([taken_out(block, found)])


def _fields(model: ModelScope, key: ForeignKey) -> tuple[str, ...] | None:
    """The fields of a key's columns."""
    names = {column: name for name, column in model.columns.items()}
    if not all(column in names for column in key.columns):
        return None
    return tuple(names[column] for column in key.columns)


def _wished(fields: tuple[str, ...], target: ModelScope) -> str:
    """`user` for the one field `userId`; else the name of the model."""
    if len(fields) == 1:
        for suffix in _SUFFIXES:
            if fields[0].endswith(suffix) and len(fields[0]) > len(suffix):
                return fields[0].removesuffix(suffix)
    return initial_lower(target.block.name)


def _name(draft: Draft, model: ModelScope, target: ModelScope, own: str) -> str | None:
    """A relation's name, where Prisma could not tell it from others between the two models."""
    between = relations_between(draft.scope, model, target)
    if model is target or any(relation_name(field) is None for field in between):
        return new_name(draft.scope, model, target, own)
    return None


def _options(key: ForeignKey, model: ModelScope, fields: tuple[str, ...], *, all_optional: bool) -> list[str]:
    """The arguments that are not Prisma's defaults."""
    given: list[str] = []
    default = ReferentialAction.SET_NULL if all_optional else ReferentialAction.RESTRICT
    if key.on_delete is not None and key.on_delete.value is not default:
        given.append(f"onDelete: {argument_text(key.on_delete)}")
    if key.on_update is not None and key.on_update.value is not ReferentialAction.CASCADE:
        given.append(f"onUpdate: {argument_text(key.on_update)}")
    derived = derived_name(key.table.name, [model.columns[name] for name in fields], "_fkey")
    if key.name is not None and truncated(key.name.value) != derived:
        given.append(f"map: {argument_text(key.name)}")
    return given
