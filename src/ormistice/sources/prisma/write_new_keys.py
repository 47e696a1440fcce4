"""Foreign keys that a Prisma schema gets or loses: a relation's two fields."""

import json
from collections.abc import Iterable

from ormistice.model import ForeignKey, ReferentialAction
from ormistice.names import truncated
from ormistice.sources.prisma.moving import initial_lower, new_name, relations_between
from ormistice.sources.prisma.nodes import Field
from ormistice.sources.prisma.relations import Relation, back_field, relation_name
from ormistice.sources.prisma.scope import ModelScope, derived_name
from ormistice.sources.prisma.write_draft import Draft
from ormistice.sources.prisma.write_keys import argument_text, referenced_fields, relation_of
from ormistice.sources.prisma.write_lines import field_line, inserted_field, last_field, taken_out
from ormistice.sources.prisma.write_names import free, joined, plural
from ormistice.sources.prisma.write_sound import is_unique, unique_fields

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
    fields, references = _ordered(key, model, target, tuple(zip(fields, references, strict=True)))
    optional = [field.type is not None and field.type.optional for field in model.scalars if field.name in fields]
    own = _own_name(model, target, fields)
    name = _name(draft, model, target, own)
    arguments = [
        *([json.dumps(name)] if name else []),
        f"fields: [{', '.join(fields)}]",
        f"references: [{', '.join(references)}]",
        *_options(key, model, fields, all_optional=all(optional)),
    ]
    kind = f"{target.block.name}{'?' if any(optional) else ''}"
    return _inserted(draft, model, own, kind, f"@relation({', '.join(arguments)})") and _answer(
        draft, draft.again(model), draft.again(target), fields, name
    )


def _ordered(
    key: ForeignKey, model: ModelScope, target: ModelScope, pairs: tuple[tuple[str, str], ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Fields and what they reference in the order of what is unique there, or the one that the key's name tells.

    A key does not remember in which order it was declared, but the migrations of Prisma make it again in another.
    """
    back = {there: here for here, there in pairs}
    unique = [names for names in unique_fields(target) if set(names) == set(back)]
    orders = [tuple(back[there] for there in names) for names in unique]
    orders.append(tuple(field.name for field in model.scalars if field.name in back.values()))
    orders.append(tuple(back.values()))
    name = key.name and truncated(key.name.value)
    told = (order for order in orders if name == _derived(key, model, order))
    order = next(told, orders[0])
    there = dict(pairs)
    return order, tuple(there[each] for each in order)


def _derived(key: ForeignKey, model: ModelScope, fields: Iterable[str]) -> str:
    """The name that Prisma gives a key over some fields."""
    return derived_name(key.table.name, [model.columns[name] for name in fields], "_fkey")


def _sayable(key: ForeignKey) -> bool:
    aspects = (key.deferrability, key.match_type)
    return all(aspect is None or aspect.value.value in {"NOT DEFERRABLE", "MATCH SIMPLE"} for aspect in aspects)


def _answer(draft: Draft, model: ModelScope, target: ModelScope, fields: tuple[str, ...], name: str | None) -> bool:
    """The back field of a relation whose forward field is there; `name` is the relation's, if it has one."""
    to_one = is_unique(model, fields)
    answer = initial_lower(model.block.name if to_one else plural(model.block.name))
    taken = {field.name for field in target.block.fields}
    back = answer if model is not target and answer not in taken else _by(target, answer, _stem(fields) or fields[0])
    attributes = [f"@relation({json.dumps(name)})"] if name else []
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


def _own_name(model: ModelScope, target: ModelScope, fields: tuple[str, ...]) -> str:
    """`user` for the one field `userId`; else the name of the model referenced, and by which field if need be."""
    taken = {field.name for field in model.block.fields}
    wished = _stem(fields) or initial_lower(target.block.name)
    return _by(model, initial_lower(target.block.name), fields[0]) if wished in taken else wished


def _stem(fields: tuple[str, ...]) -> str | None:
    """`user` for the one field `userId`."""
    for suffix in _SUFFIXES if len(fields) == 1 else ():
        if fields[0].endswith(suffix) and len(fields[0]) > len(suffix):
            return fields[0].removesuffix(suffix)
    return None


def _by(model: ModelScope, what: str, field: str) -> str:
    """`ordersByReviewer`, or `orders_by_reviewer` where fields are named so."""
    names = [each.name for each in model.block.fields]
    snake = sum("_" in name for name in names) > sum(name != name.lower() for name in names)
    return free(joined((what, "by", field), camel=not snake), names)


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
    if key.name is not None and truncated(key.name.value) != _derived(key, model, fields):
        given.append(f"map: {argument_text(key.name)}")
    return given
