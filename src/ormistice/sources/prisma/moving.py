"""Moving the back field of a relation from one model to another, for Prisma wants every relation answered."""

import json

from ormistice.fixes import Edit
from ormistice.sources.prisma.nodes import Attribute, Block, Field
from ormistice.sources.prisma.relations import Relation, back_field, relation_name
from ormistice.sources.prisma.scope import ModelScope, field_names


def moved_back_field(relation: Relation, target: ModelScope) -> list[Edit] | None:
    """Edits that take the answer out of the model referenced so far and put one into `target`."""
    back = back_field(relation)
    name = _needed_name(relation, back, target)
    edits: list[Edit] = []
    if name is not None:
        edits.append(_named(relation.attribute, relation.model.block, name))
    if back is not None:
        edits.append(Edit(relation.referenced.block.span(*whole_lines(relation.referenced.block, back)), ""))
    edits.append(insertion(target.block, _answer(relation, back, target, name)))
    return None if _clash(edits) else edits


def _clash(edits: list[Edit]) -> bool:
    """Whether what is taken out holds the place where the answer goes."""
    return any(
        edit.span.file == other.span.file and edit.span.start < other.span.start < edit.span.end
        for edit in edits
        for other in edits
    )


def _needed_name(relation: Relation, back: Field | None, target: ModelScope) -> str | None:
    """A name for the relation, where it has none and Prisma could not tell it from others between the two models."""
    if relation_name(relation.field) is not None:
        return None
    own = relation.model
    if target is own:
        return f"{own.block.name}_{relation.field.name}"
    between = [field for field in own.relations if field.type and field.type.name == target.block.name]
    between += [field for field in target.relations if field.type and field.type.name == own.block.name]
    unnamed = [field for field in between if field is not relation.field and field is not back]
    if any(relation_name(field) is None for field in unnamed):
        return f"{own.block.name}_{relation.field.name}"
    return None


def _named(attribute: Attribute, block: Block, name: str) -> Edit:
    start = attribute.arguments[0].start
    return Edit(block.span(start, start), f"{json.dumps(name)}, ")


def _answer(relation: Relation, back: Field | None, target: ModelScope, name: str | None) -> str:
    """The lines of the new back field, those of the old one where there is one."""
    own = relation.model.block
    if back is None:
        kind = f"{own.name}{'?' if is_unique(relation.model, relation.fields) else '[]'}"
        known = relation_name(relation.field) or name
        attribute = f" @relation({json.dumps(known)})" if known else ""
        return f"{free_name(target, own, initial_lower(own.name))} {kind}{attribute}"
    text = relation.referenced.block.document.text
    start, end = whole_lines(relation.referenced.block, back)
    before, rest = text[start : back.start], text[back.name_end : end]
    if name is not None:
        inserted = back.end - back.name_end
        rest = f"{rest[:inserted]} @relation({json.dumps(name)}){rest[inserted:]}"
    return f"{before}{free_name(target, own, back.name)}{rest}"


def free_name(target: ModelScope, own: Block, wished: str) -> str:
    """A name for a field of `target` that answers the model `own`: as wished, where that is free."""
    taken = {field.name for field in target.block.fields}
    simple = initial_lower(own.name)
    candidates = (wished, f"{simple}_{wished}", *(f"{wished}{number}" for number in range(2, len(taken) + 4)))
    return next(candidate for candidate in candidates if candidate not in taken)


def initial_lower(name: str) -> str:
    """A model's name as a field is called by it."""
    return name[0].lower() + name[1:]


def is_unique(model: ModelScope, names: tuple[str, ...]) -> bool:
    """Whether some fields together are unique, so that a relation over them is to one."""
    single = [{field.name} for field in model.scalars if field.attribute("id") or field.attribute("unique")]
    listed = [set(field_names(attribute)) for attribute in model.block.attributes if attribute.name in {"id", "unique"}]
    return set(names) in [*single, *listed]


def whole_lines(block: Block, member: Field | Attribute) -> tuple[int, int]:
    """Start and end of a member's line, with the documentation comments right above and the line break."""
    text = block.document.text
    start = _line_start(text, member.start)
    while start > 0:
        above = _line_start(text, start - len(_line_break(text, start)))
        if not text[above:start].lstrip().startswith("///"):
            break
        start = above
    return start, _line_end(text, member.end)


def line_indent(block: Block, member: Field | Attribute) -> str:
    """What stands before a member on its line."""
    text = block.document.text
    return text[_line_start(text, member.start) : member.start]


def _line_start(text: str, at: int) -> int:
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1


def _line_end(text: str, at: int) -> int:
    """Behind the line break that comes next."""
    while at < len(text) and text[at] not in "\r\n":
        at += 1
    return min(at + (2 if text.startswith("\r\n", at) else 1), len(text))


def _line_break(text: str, end: int) -> str:
    """The line break that ends at `end`."""
    return "\r\n" if text.endswith("\r\n", 0, end) else text[end - 1 : end]


def insertion(block: Block, answer: str) -> Edit:
    """Lines behind the block's last field, indented like it; whole lines are taken as they are."""
    text = block.document.text
    last = max(block.fields, key=lambda field: field.end, default=None)
    at = _line_end(text, block.name_start if last is None else last.end)
    if not answer.endswith(("\n", "\r")):
        indent = "  " if last is None else line_indent(block, last)
        answer = f"{indent}{answer}{_line_break(text, at)}"
    return Edit(block.span(at, at), answer)
