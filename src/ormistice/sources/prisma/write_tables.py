"""Whole models that a Prisma schema gets or loses."""

from collections import Counter
from dataclasses import replace

from ormistice.fixes import Edit
from ormistice.model import Schema, Table, as_index
from ormistice.sources.prisma.nodes import Block
from ormistice.sources.prisma.scope import ModelScope
from ormistice.sources.prisma.write_blocks import database_name, dropped_block, place_behind, place_in
from ormistice.sources.prisma.write_draft import Draft
from ormistice.sources.prisma.write_indexes import added_index, sayable
from ormistice.sources.prisma.write_lines import ending, taken_out, words
from ormistice.sources.prisma.write_names import field_name, model_name
from ormistice.sources.prisma.write_new_columns import new_field
from ormistice.sources.prisma.write_new_keys import added_key
from ormistice.sources.prisma.write_order import in_order
from ormistice.sources.prisma.write_primary import added_primary_key
from ormistice.sources.prisma.write_sound import in_join_table, relations, sound


def added_table(draft: Draft, schema: Schema, table: Table) -> bool:
    """A model behind the others, with its keys and indexes, and the fields that answer its relations."""
    if table.unread or any(model.table == table.name for model in draft.scope.models.values()):
        return False
    name = model_name(draft.scope, table.name.name)
    attributes = database_name(draft, table.name, name)
    fields = _fields(draft, table)
    place = place_behind(_home(draft)) or place_in(draft.files.documents)
    if place is None or attributes is None or not fields:
        return False
    lines = [f"model {name} {{", *(f"  {' '.join(field)}" for field in fields)]
    lines += ["", *(f"  {attribute}" for attribute in attributes)] if attributes else []
    whole = draft.add(name, place.broken.join([*lines, "}"]), table.name) and _filled(draft, schema, table)
    if not whole or not draft.take([_aligned(draft.scope.models[name].block)]):
        return False
    draft.place(name, place.span, place.before, place.behind)
    return True


def _home(draft: Draft) -> list[Block]:
    """The models of the file that holds the most."""
    blocks = [model.block for model in draft.scope.models.values() if model.has_table]
    count = Counter(block.document.path for block in blocks)
    most = max(count.values(), default=0)
    return [block for block in blocks if count[block.document.path] == most][-1:]


def _fields(draft: Draft, table: Table) -> list[list[str]] | None:
    """Name, type and attributes of each column's field."""
    key = () if table.primary_key is None else table.primary_key.columns.value
    found: list[list[str]] = []
    for column in table.columns:
        name = field_name(draft.scope, None, column.name, [field[0] for field in found])
        field = new_field(draft, column, name, key=column.name in key)
        if field is None:
            return None
        found.append(field)
    return found


def _filled(draft: Draft, schema: Schema, table: Table) -> bool:
    """Everything but the columns; what Prisma has no words for is left to the database."""
    if table.primary_key is not None and not added_primary_key(draft, table.primary_key):
        return False
    indexes = [*map(as_index, table.unique_constraints), *table.indexes]
    indexes.sort(key=lambda index: index.unique is None or not index.unique.value)
    if not all(added_index(draft, schema, index) for index in indexes if sayable(schema, index)):
        return False
    model = draft.model(table.name)
    return model is not None and _told_apart(draft, model) and all(added_key(draft, key) for key in table.foreign_keys)


def _told_apart(draft: Draft, model: ModelScope) -> bool:
    """A model whose rows nothing tells apart is none for Prisma's client, and has to say so."""
    if sound(draft, model):
        return True
    block = draft.again(model).block
    between = "" if block.attributes else ending(block)
    end = block.end - len("}")
    return draft.take([Edit(block.span(end, end), f"{between}  @@ignore{ending(block)}")])


def _aligned(block: Block) -> Edit:
    """The fields of a new model in columns."""
    rows = []
    for field in block.fields:
        given = words(block, field)
        rows.append((field.name, given.kind, " ".join(text for _, text in given.attributes)))
    name, kind = (max(len(row[number]) for row in rows) for number in (0, 1))
    lines = [f"{row[0]:{name}} {row[1]:{kind}} {row[2]}".rstrip() for row in rows]
    first, last = block.fields[0], block.fields[-1]
    return Edit(block.span(first.start, last.end), f"{ending(block)}  ".join(lines))


def reordered_table(draft: Draft, before: Table, after: Table) -> bool:
    """The columns in another order, which is all that a change of a table can ask for."""
    model = draft.model(before.name)
    if model is None or replace(after, columns=before.columns) != before:
        return False
    fields = {model.columns[field.name]: field for field in model.scalars}
    names = [column.name for column in after.columns]
    if sorted(names) != sorted(fields):
        return False
    return draft.take(in_order(model.block, fields, names, str))


def dropped_table(draft: Draft, table: Table) -> bool:
    """The whole model, and the fields of others that answer its relations."""
    model = draft.model(table.name)
    if model is None or in_join_table(draft.scope, model):
        return False
    if any(each.referenced is model and each.model is not model for each in relations(draft.scope)):
        return False
    edit = dropped_block(model.block)
    if edit is None or not draft.take([edit]):
        return False
    for other in list(draft.scope.models.values()):
        for field in other.relations if other is not model else ():
            if field.type is not None and field.type.name == model.block.name:
                block = draft.again(other).block
                found = block.field(field.name)
                if found is None or not draft.take([taken_out(block, found)]):
                    return False
    return True
