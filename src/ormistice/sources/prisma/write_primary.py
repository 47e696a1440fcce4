"""Primary keys as edits of Prisma schema files."""

from dataclasses import replace

from ormistice.fixes import Edit
from ormistice.model import PrimaryKey, Stated
from ormistice.names import QualifiedName, truncated
from ormistice.sources.prisma.nodes import Attribute, String
from ormistice.sources.prisma.scope import ModelScope, derived_name
from ormistice.sources.prisma.write_columns import reshaped
from ormistice.sources.prisma.write_defaults import quoted
from ormistice.sources.prisma.write_draft import Draft
from ormistice.sources.prisma.write_lines import inserted_attribute, reworded, taken_out, words
from ormistice.sources.prisma.write_sound import in_join_table, sound


def changed_primary_key(draft: Draft, before: PrimaryKey, after: PrimaryKey) -> bool:
    """Let a primary key be of other columns, or bear another name."""
    model = draft.model(before.table)
    attribute = _attribute(model) if model is not None else None
    fields = _fields(model, after) if model is not None else None
    if model is None or attribute is None or fields is None or before.table != after.table:
        return False
    if before.columns == after.columns:
        return draft.take(_named(model, attribute, after))
    if in_join_table(draft.scope, model):
        return False
    given = attribute.argument("fields", first=True)
    if len(fields) > 1 and given is not None and model.block.attribute("id") is attribute:
        edits = [Edit(model.block.span(given.start, given.end), listed(fields))]
        done = draft.take(edits) and draft.take(_named(draft.again(model), _found(draft, model), after) or [])
    else:
        done = _without(draft, model) and _with(draft, draft.again(model), fields, after)
    return done and _required(draft, model, fields) and sound(draft, model)


def added_primary_key(draft: Draft, key: PrimaryKey) -> bool:
    """`@id` behind a field, or `@@id` in a line of its own."""
    model = draft.model(key.table)
    fields = _fields(model, key) if model is not None else None
    if model is None or fields is None or _attribute(model) is not None or in_join_table(draft.scope, model):
        return False
    return _required(draft, model, fields) and _with(draft, draft.again(model), fields, key)


def dropped_primary_key(draft: Draft, key: PrimaryKey) -> bool:
    """Take it away, where other fields tell rows apart."""
    model = draft.model(key.table)
    if model is None or in_join_table(draft.scope, model):
        return False
    return _without(draft, model) and sound(draft, model)


def key_arguments(table: QualifiedName, name: Stated[str] | None) -> list[str]:
    """The arguments behind the fields: the name, where it is not Prisma's own."""
    if name is None or truncated(name.value) == derived_name(table.name, (), "_pkey"):
        return []
    return [f"map: {quoted(truncated(name.value))}"]


def listed(fields: list[str]) -> str:
    """Fields as attributes list them."""
    return f"[{', '.join(fields)}]"


def _attribute(model: ModelScope) -> Attribute | None:
    single = (attribute for field in model.scalars if (attribute := field.attribute("id")) is not None)
    return next(single, model.block.attribute("id"))


def _found(draft: Draft, model: ModelScope) -> Attribute:
    attribute = _attribute(draft.again(model))
    assert attribute is not None  # noqa: S101 - it was there before its fields were changed
    return attribute


def _fields(model: ModelScope, key: PrimaryKey) -> list[str] | None:
    """The fields of a key; None where one is not there, or cannot be of a key."""
    names = {column: name for name, column in model.columns.items()}
    fields = [model.block.field(names[column]) for column in key.columns.value if column in names]
    fit = [
        field.name
        for field in fields
        if field is not None and field.type is not None and not field.type.is_list and field.type.unsupported is None
    ]
    return fit if fit and len(fit) == len(key.columns.value) else None


def _named(model: ModelScope, attribute: Attribute, key: PrimaryKey) -> list[Edit] | None:
    if key.name is None:
        return None
    given, text = attribute.argument("map"), quoted(truncated(key.name.value))
    if given is not None:
        edit = Edit(model.block.span(given.start, given.end), text)
        return [] if isinstance(given, String) and given.text == key.name.value else [edit]
    if not key_arguments(key.table, key.name):
        return []
    at = attribute.next_argument
    argument = f"map: {text}"
    if attribute.arguments:
        argument = f", {argument}"
    elif attribute.close is None:
        argument = f"({argument})"
    return [Edit(model.block.span(at, at), argument)]


def _without(draft: Draft, model: ModelScope) -> bool:
    block = model.block
    for field in model.scalars:
        if field.attribute("id") is not None:
            return draft.take(reworded(block, field, words(block, field).without("id")))
    attribute = block.attribute("id")
    return attribute is not None and draft.take([taken_out(block, attribute)])


def _with(draft: Draft, model: ModelScope, fields: list[str], key: PrimaryKey) -> bool:
    block, arguments = model.block, key_arguments(key.table, key.name)
    if len(fields) > 1:
        line = f"@@id({', '.join([listed(fields), *arguments])})"
        return draft.take([inserted_attribute(block, line, first=True)])
    field = block.field(fields[0])
    if field is None:
        return False
    given = f"({', '.join(arguments)})" if arguments else ""
    return draft.take(reworded(block, field, words(block, field).with_attribute(f"@id{given}")))


def _required(draft: Draft, model: ModelScope, fields: list[str]) -> bool:
    """Fields of a key are never NULL."""
    for name in fields:
        now = draft.again(model)
        field = now.block.field(name)
        if field is not None and field.type is not None and field.type.optional:
            wanted = words(now.block, field)
            if not reshaped(draft, now, field, replace(wanted, kind=wanted.kind.rstrip("? \t"))):
                return False
    return True
