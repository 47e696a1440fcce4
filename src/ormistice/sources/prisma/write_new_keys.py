"""Foreign keys that a Prisma schema gets or loses: a relation's two fields."""

import json

from ormistice.fixes import Edit
from ormistice.model import ForeignKey, ReferentialAction
from ormistice.sources.prisma.moving import free_name, initial_lower, insertion, is_unique, whole_lines
from ormistice.sources.prisma.relations import back_field, relation_name
from ormistice.sources.prisma.scope import ModelScope, Scope, derived_name
from ormistice.sources.prisma.write_keys import argument_text, model_of, referenced_fields, relation_of

_SUFFIXES = ("Id", "_id", "ID")


def added_key(scope: Scope, key: ForeignKey) -> list[Edit] | None:
    """Edits that make a relation of columns that are there."""
    model = model_of(scope, key.table)
    target = model_of(scope, key.references.value.table) if key.references else None
    if model is None or target is None or key.references is None or not scope.enforces_relations:
        return None
    names = {column: name for name, column in model.columns.items()}
    fields = tuple(names[column] for column in key.columns if column in names)
    references = referenced_fields(model, fields, target, key.references.value)
    if references is None:
        return None
    optional = [field.type is not None and field.type.optional for field in model.scalars if field.name in fields]
    wished = _wished(fields, target)
    own = free_name(model, target.block, wished)
    name = _name(model, target, own)
    arguments = [
        *([json.dumps(name)] if name else []),
        f"fields: [{', '.join(fields)}]",
        f"references: [{', '.join(references)}]",
        *_options(key, model, fields, all_optional=all(optional)),
    ]
    forward = f"{own} {target.block.name}{'?' if any(optional) else ''} @relation({', '.join(arguments)})"
    kind = f"{model.block.name}{'?' if is_unique(model, fields) else '[]'}"
    named = f" @relation({json.dumps(name)})" if name else ""
    answer = initial_lower(model.block.name) + ("" if is_unique(model, fields) else "s")
    back = free_name(target, model.block, f"{own}_{answer}" if model is target else answer)
    edits = [insertion(model.block, forward), insertion(target.block, f"{back} {kind}{named}")]
    return _both(*edits) if model is target else edits


def dropped_key(scope: Scope, key: ForeignKey) -> list[Edit] | None:
    """Edits that take both fields of a relation away and leave its columns."""
    relation = relation_of(scope, key)
    if relation is None:
        return None
    back = back_field(relation)
    edits = [Edit(relation.model.block.span(*whole_lines(relation.model.block, relation.field)), "")]
    if back is not None:
        edits.append(Edit(relation.referenced.block.span(*whole_lines(relation.referenced.block, back)), ""))
    return edits


def _both(first: Edit, second: Edit) -> list[Edit]:
    """Two insertions at one place as one."""
    return [Edit(first.span, first.text + second.text)]


def _wished(fields: tuple[str, ...], target: ModelScope) -> str:
    """`user` for the one field `userId`; else the name of the model."""
    if len(fields) == 1:
        for suffix in _SUFFIXES:
            if fields[0].endswith(suffix) and len(fields[0]) > len(suffix):
                return fields[0].removesuffix(suffix)
    return initial_lower(target.block.name)


def _name(model: ModelScope, target: ModelScope, own: str) -> str | None:
    """A relation's name, where Prisma could not tell it from others between the two models."""
    between = [field for field in model.relations if field.type and field.type.name == target.block.name]
    between += [field for field in target.relations if field.type and field.type.name == model.block.name]
    if model is target or any(relation_name(field) is None for field in between):
        return f"{model.block.name}_{own}"
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
    if key.name is not None and not key.name.implicit and key.name.value != derived:
        given.append(f"map: {argument_text(key.name)}")
    return given
