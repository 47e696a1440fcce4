"""Changes of columns as edits of Prisma schema files."""

from dataclasses import replace

from ormistice.fixes import Edit
from ormistice.model import Column, ReferentialAction, SerialDefault
from ormistice.sources.prisma.nodes import Call, Field
from ormistice.sources.prisma.relations import Relation
from ormistice.sources.prisma.scope import ModelScope, field_names
from ormistice.sources.prisma.write_defaults import default_argument
from ormistice.sources.prisma.write_draft import Draft
from ormistice.sources.prisma.write_following import types_followed
from ormistice.sources.prisma.write_keys import SPELLED
from ormistice.sources.prisma.write_lines import Words, reworded, words
from ormistice.sources.prisma.write_sound import can_be_told, relations, relations_over
from ormistice.sources.prisma.write_types import Spelled, rekinded, spelled


def changed_column(draft: Draft, before: Column, after: Column) -> bool:
    """Give a column another type, other nullability or another default."""
    model = draft.model(before.table)
    field = field_of(model, before.name) if model is not None else None
    if model is None or field is None or field.type is None:
        return False
    if replace(after, type=before.type, nullable=before.nullable, default=before.default) != before:
        return False
    kind = None
    if after.type != before.type:
        kind = spelled(after.type.value, draft.scope) if after.type is not None else None
        if kind is None or not _takes(draft, model, field, kind):
            return False
    optional = _optional(model, field, before, after, kind)
    if optional is None:
        return False
    wanted = words(model.block, field)
    if kind is not None:
        wanted = rekinded(wanted, kind, draft.files.datasource)
    name = field.type.name_end - field.type.start
    given = wanted.kind if kind is not None else wanted.kind[:name] + "[]" * field.type.is_list
    wanted = replace(wanted, kind=given + "?" * optional)
    defaulted = _defaulted(draft, field, wanted, before, after, kind)
    if defaulted is None:
        return False
    draft.unsafe |= before.client_default is not None and before.default != after.default
    told = can_be_told(model)
    return (
        reshaped(draft, model, field, defaulted)
        and (kind is None or types_followed(draft, draft.again(model), field.name))
        and (not told or can_be_told(draft.again(model)))
    )


def field_of(model: ModelScope, column: str) -> Field | None:
    """The field that makes a column."""
    return next((field for field in model.scalars if model.columns[field.name] == column), None)


def key_fields(model: ModelScope) -> set[str]:
    """The fields of the primary key, which are never NULL."""
    single = {field.name for field in model.scalars if field.attribute("id")}
    return single | set(field_names(model.block.attribute("id")))


def reshaped(draft: Draft, model: ModelScope, field: Field, wanted: Words) -> bool:
    """Give a field other words, and the relations over it the marks and actions that they then need."""
    before = {relation.field.name: _sets_null(relation) for relation in relations_over(draft.scope, model, field.name)}
    edits = reworded(model.block, field, wanted)
    if not draft.take(edits):
        return False
    if field.type is None or field.type.optional == wanted.kind.endswith("?"):
        return True
    for name, set_null in before.items():
        relation = next(
            each for each in relations_over(draft.scope, draft.again(model), field.name) if each.field.name == name
        )
        # Where Prisma itself acts, it refuses to set to NULL what must not be NULL.
        stays = draft.scope.enforces_relations or not set_null
        if not draft.take(_following(relation, set_null=set_null if stays else _sets_null(relation))):
            return False
    return True


def _following(relation: Relation, *, set_null: bool) -> list[Edit]:
    """What a relation needs: it is optional if a field is, and its default action, which goes by that, stays."""
    block, kind = relation.model.block, relation.field.type
    optional = any(each.type is not None and each.type.optional for each in _fields(relation))
    wanted = words(block, relation.field)
    if kind is not None and kind.optional != optional:
        wanted = replace(wanted, kind=wanted.kind.removesuffix("?") + "?" * optional)
    if relation.attribute.argument("onDelete") is None and _sets_null(relation) != set_null:
        action = SPELLED[ReferentialAction.SET_NULL if set_null else ReferentialAction.RESTRICT]
        start, end = relation.attribute.start, relation.attribute.next_argument
        text = block.document.text
        given = f"{text[start:end]}, onDelete: {action}{text[end : relation.attribute.end]}"
        wanted = wanted.replacing("relation", given)
    return reworded(block, relation.field, wanted)


def _fields(relation: Relation) -> list[Field]:
    return [each for each in relation.model.scalars if each.name in relation.fields]


def _sets_null(relation: Relation) -> bool:
    """Whether Prisma sets to NULL where no action is given."""
    return all(each.type is not None and each.type.optional for each in _fields(relation))


def _takes(draft: Draft, model: ModelScope, field: Field, kind: Spelled) -> bool:
    """Whether Prisma takes a field of another type where it stands."""
    if field.attribute("updatedAt") and (kind.name != "DateTime" or kind.is_list):
        return False
    if not kind.unsupported and not kind.is_list:
        return True
    referenced = any(each.referenced is model and field.name in each.references for each in relations(draft.scope))
    related = referenced or bool(relations_over(draft.scope, model, field.name))
    return not related and field.name not in key_fields(model)


def _optional(model: ModelScope, field: Field, before: Column, after: Column, kind: Spelled | None) -> bool | None:
    """Whether the field is to have a `?`; None where that cannot be told, or be said."""
    assert field.type is not None  # noqa: S101 - it makes a column
    if kind.is_list if kind is not None else field.type.is_list:
        return False if before.nullable == after.nullable else None
    if before.nullable is None or after.nullable is None:
        return None
    if before.nullable == after.nullable and before.default == after.default:
        return field.type.optional
    fills_itself = after.default is not None and isinstance(after.default.value, SerialDefault)
    if after.nullable.value and (fills_itself or field.name in key_fields(model)):
        return None
    return after.nullable.value


def _defaulted(
    draft: Draft, field: Field, wanted: Words, before: Column, after: Column, kind: Spelled | None
) -> Words | None:
    """The words with the default that is asked for, said as the field's type has it."""
    given = field.attribute("default")
    value = given.argument("value", first=True) if given else None
    changed = before.default != after.default
    if not changed and (kind is None or given is None or after.default is None):
        return wanted
    if after.default is None or after.type is None:
        return None
    if after.default.value is None and not changed:
        # A function of the client's, and all of those make strings.
        return wanted if kind is not None and kind.name == "String" and not kind.is_list else None
    if after.default.value is None:
        return wanted.without("default")
    if not changed and isinstance(value, Call) and value.name == "dbgenerated":
        return wanted
    kind = kind or spelled(after.type.value, draft.scope)
    argument = None if kind is None else default_argument(after.default.value, after.type.value, kind, draft.scope)
    return None if argument is None else wanted.replacing("default", f"@default({argument})")
