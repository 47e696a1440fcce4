"""Columns that a Prisma schema gets or loses."""

from ormistice.model import Column, SerialDefault
from ormistice.sources.prisma.nodes import Attribute, Field
from ormistice.sources.prisma.scope import ModelScope, field_names
from ormistice.sources.prisma.write_columns import field_of, key_fields
from ormistice.sources.prisma.write_defaults import default_argument, quoted
from ormistice.sources.prisma.write_draft import Draft
from ormistice.sources.prisma.write_lines import field_line, inserted_field, taken_out
from ormistice.sources.prisma.write_names import field_name
from ormistice.sources.prisma.write_new_keys import dropped_relation
from ormistice.sources.prisma.write_sound import relations, relations_over, sound
from ormistice.sources.prisma.write_types import Spelled, spelled
from ormistice.types import ColumnType


def added_column(draft: Draft, column: Column) -> bool:
    """A line behind the last column."""
    model = draft.model(column.table)
    if model is None:
        return False
    names = [field.name for field in model.block.fields]
    found = new_field(draft, column, field_name(draft.scope, model, column.name, names))
    if found is None:
        return False
    beside = max(model.scalars, key=lambda field: field.end, default=None)
    name, kind, *attributes = found
    return draft.take([inserted_field(model.block, beside, field_line(model.block, beside, name, kind, attributes))])


def new_field(draft: Draft, column: Column, name: str, *, key: bool = False) -> list[str] | None:
    """Name, type and attributes of a new field; None where Prisma has no words for it. `key`: of the primary key."""
    kind = spelled(column.type.value, draft.scope) if column.type is not None else None
    if column.type is None or kind is None or (column.nullable is None and not kind.is_list):
        return None
    optional = column.nullable is not None and column.nullable.value and not kind.is_list and not key
    default = _default(draft, column, column.type.value, kind)
    if default is None:
        return None
    mapped = f"@map({quoted(column.name)})" if name != column.name else ""
    native = f"@{draft.files.datasource}.{kind.native}" if kind.native else ""
    mark = "[]" if kind.is_list else "?" if optional and default != "@default(autoincrement())" else ""
    return [word for word in (name, kind.name + mark, default, mapped, native) if word]


def _default(draft: Draft, column: Column, type_: ColumnType, kind: Spelled) -> str | None:
    """The attribute of the default, empty where there is none; None where Prisma cannot say it."""
    if column.generated is not None and column.generated.value is not None:
        # The database fills it, by what Prisma has no words for.
        return "@default(dbgenerated())"
    default = column.default.value if column.default is not None else None
    if column.identity is not None and column.identity.value is not None:
        default = SerialDefault()
    elif column.default is None:
        return None
    if default is None:
        return ""
    argument = default_argument(default, type_, kind, draft.scope)
    return None if argument is None else f"@default({argument})"


def dropped_column(draft: Draft, column: Column) -> bool:
    """Take a column away with what PostgreSQL drops with it: its foreign keys and indexes."""
    model = draft.model(column.table)
    field = field_of(model, column.name) if model is not None else None
    if model is None or field is None or field.name in key_fields(model):
        return False
    for relation in relations_over(draft.scope, model, field.name):
        # Each is found anew, since the one before it was taken away.
        now = next(
            each
            for each in relations_over(draft.scope, draft.again(model), field.name)
            if each.field.name == relation.field.name
        )
        if not dropped_relation(draft, now):
            return False
    if any(
        each.referenced.block.name == model.block.name and field.name in each.references
        for each in relations(draft.scope)
    ):
        return False
    return _without_indexes(draft, model, field) and _without_field(draft, model, field) and sound(draft, model)


def _without_indexes(draft: Draft, model: ModelScope, field: Field) -> bool:
    while (found := _index_over(draft.again(model), field.name)) is not None:
        if not draft.take([taken_out(draft.again(model).block, found)]):
            return False
    return True


def _index_over(model: ModelScope, name: str) -> Attribute | None:
    for attribute in model.block.attributes:
        if attribute.name in {"unique", "index", "fulltext"} and name in field_names(attribute):
            return attribute
    return None


def _without_field(draft: Draft, model: ModelScope, field: Field) -> bool:
    block = draft.again(model).block
    found = block.field(field.name)
    return found is not None and draft.take([taken_out(block, found)])
