"""Enums as edits of Prisma schema files: their labels, their names, and whole ones."""

from collections.abc import Iterator, Sequence

from ormistice.fixes import Edit
from ormistice.model import Enum
from ormistice.names import QualifiedName
from ormistice.sources.prisma.nodes import Array, Block, Field, Word
from ormistice.sources.prisma.scope import EnumScope, ModelScope
from ormistice.sources.prisma.write_blocks import database_name, dropped_block, place_behind, place_in
from ormistice.sources.prisma.write_defaults import quoted
from ormistice.sources.prisma.write_draft import Draft
from ormistice.sources.prisma.write_lines import ending, field_line, inserted_attribute, line_indent
from ormistice.sources.prisma.write_names import enum_name, value_name
from ormistice.sources.prisma.write_order import in_order


def added_enum(draft: Draft, enum: Enum) -> bool:
    """A block behind the last enum, or the last model where there is none."""
    name = enum_name(draft.scope, enum.name.name)
    attributes = database_name(draft, enum.name, name)
    blocks = [each.block for each in draft.scope.enums.values()]
    blocks = blocks or [each.block for each in draft.scope.models.values()]
    place = place_behind(blocks) or place_in(draft.files.documents)
    if attributes is None or place is None or not enum.labels:
        return False
    lines = [f"enum {name} {{"]
    taken: list[str] = []
    for label in enum.labels:
        taken.append(value_name(next(iter(draft.scope.enums.values()), None), label.value, taken))
        lines.append(f"  {_value(None, None, taken[-1], label.value)}")
    lines += ["", *(f"  {attribute}" for attribute in attributes)] if attributes else []
    return draft.take([Edit(place.span, f"{place.before}{place.broken.join([*lines, '}'])}{place.behind}")])


def dropped_enum(draft: Draft, enum: Enum) -> bool:
    """The whole block, where no field is of it."""
    found = _found(draft, enum.name)
    if found is None or any(True for _ in _fields(draft, found)):
        return False
    edit = dropped_block(found.block)
    return edit is not None and draft.take([edit])


def changed_enum(draft: Draft, before: Enum, after: Enum) -> bool:
    """Other labels, another order, another name."""
    enum = _found(draft, before.name)
    if enum is None or not enum.whole or enum.block.broken or not after.labels:
        return False
    old, new = ([label.value for label in each.labels] for each in (before, after))
    if before.name != after.name:
        return old == new and _renamed(draft, enum, after.name)
    values = list(enum.block.fields)
    renamed = _replaced(values, old, new)
    dropped = [value for value in values if enum.labels[value.name] not in new and value.name not in renamed]
    if any(_defaults(draft, enum, value.name) for value in dropped):
        return False
    draft.unsafe |= bool(renamed or dropped)
    return draft.take(_relabelled(draft, enum, renamed)) and draft.take(_ordered(enum, renamed, new))


def _replaced(values: Sequence[Field], old: list[str], new: list[str]) -> dict[str, str]:
    """The new label of each value that alone is another, where all others stay where they are."""
    pairs = list(zip(old, new, strict=False))
    if len(old) != len(new) or any(was != label and (was in new or label in old) for was, label in pairs):
        return {}
    return {value.name: label for value, (was, label) in zip(values, pairs, strict=True) if was != label}


def _found(draft: Draft, name: QualifiedName) -> EnumScope | None:
    return next((enum for enum in draft.scope.enums.values() if enum.type_name == name), None)


def _renamed(draft: Draft, enum: EnumScope, name: QualifiedName) -> bool:
    """Another name, or another schema among those that the datasource lists."""
    block, own = enum.block, enum.type_name
    if own is None:
        return False
    edits = [] if name.name == own.name else [_worded(block, "map", "name", name.name)]
    if name.schema != own.schema:
        if name.schema not in draft.files.schemas:
            return False
        edits.append(_worded(block, "schema", "map", name.schema))
    return draft.take(edits)


def _worded(block: Block, attribute: str, argument: str, text: str) -> Edit:
    """A block attribute with another text; inserted where there is none."""
    found = block.attribute(attribute)
    given = found.argument(argument, first=True) if found else None
    if given is not None:
        return Edit(block.span(given.start, given.end), quoted(text))
    return inserted_attribute(block, f"@@{attribute}({quoted(text)})")


def _relabelled(draft: Draft, enum: EnumScope, renamed: dict[str, str]) -> Iterator[Edit]:
    """Values whose label becomes another one where they stand, and the defaults that name them."""
    block = enum.block
    taken = {value.name for value in block.fields if value.name not in renamed}
    for value in block.fields:
        if value.name in renamed:
            name = value_name(enum, renamed[value.name], taken)
            taken.add(name)
            yield Edit(block.span(value.start, value.end), _value(block, value, name, renamed[value.name]))
            for model, word in _defaults(draft, enum, value.name):
                yield Edit(model.block.span(word.start, word.end), name)


def _value(block: Block | None, beside: Field | None, name: str, label: str) -> str:
    attributes = [f"@map({quoted(label)})"] if name != label else []
    return " ".join([name, *attributes]) if block is None else field_line(block, beside, name, "", attributes)


def _ordered(enum: EnumScope, renamed: dict[str, str], wanted: Sequence[str]) -> Iterator[Edit]:
    block = enum.block
    values = {renamed.get(value.name, enum.labels[value.name]): value for value in block.fields}
    taken = {value.name for label, value in values.items() if label in wanted}

    def line(label: str) -> str:
        name = value_name(enum, label, taken)
        taken.add(name)
        beside = next(iter(block.fields), None)
        indent = line_indent(block, beside) if beside is not None else "  "
        return f"{indent}{_value(block, beside, name, label)}{ending(block)}"

    return in_order(block, values, wanted, line)


def _fields(draft: Draft, enum: EnumScope) -> Iterator[tuple[ModelScope, Field]]:
    for model in draft.scope.models.values():
        for field in model.scalars:
            if field.type is not None and field.type.name == enum.block.name:
                yield model, field


def _defaults(draft: Draft, enum: EnumScope, name: str) -> list[tuple[ModelScope, Word]]:
    """Where defaults name a value of an enum."""
    found: list[tuple[ModelScope, Word]] = []
    for model, field in _fields(draft, enum):
        given = field.attribute("default")
        value = given.argument("value", first=True) if given else None
        items = value.items if isinstance(value, Array) else (value,)
        found += [(model, item) for item in items if isinstance(item, Word) and item.text == name]
    return found
