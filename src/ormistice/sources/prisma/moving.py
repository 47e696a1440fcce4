"""Moving the back field of a relation from one model to another, for Prisma wants every relation answered."""

import json

from ormistice.fixes import Edit
from ormistice.sources.prisma.nodes import Attribute, Block, Field
from ormistice.sources.prisma.relations import Relation, back_field, relation_name
from ormistice.sources.prisma.scope import ModelScope, Scope
from ormistice.sources.prisma.write_draft import Draft
from ormistice.sources.prisma.write_lines import field_line, inserted_field, last_field, whole_lines
from ormistice.sources.prisma.write_names import free
from ormistice.sources.prisma.write_sound import is_unique


def retargeted(draft: Draft, relation: Relation, target: ModelScope, others: list[Edit]) -> bool:
    """Let a relation reference `target`: its answer is taken out of the model referenced so far and put in there.

    `others` are the edits that the relation needs besides.
    """
    own, old, kind = relation.model, relation.referenced, relation.field.type
    if kind is None:
        return False
    back = back_field(relation)
    name = _needed_name(draft.scope, relation, back, target)
    answer = _answer(relation, back, target, name)
    edits = [*others, Edit(own.block.span(kind.start, kind.name_end), target.block.name)]
    if name is not None:
        edits.append(named(relation.attribute, own.block, name))
    if not draft.take(edits):
        return False
    if back is not None:
        if own is old:
            back = next(field for field in draft.again(old).block.fields if field.name == back.name)
        block = draft.again(old).block
        if not draft.take([Edit(block.span(*whole_lines(block, back)), "")]):
            return False
    block = draft.again(target).block
    return draft.take([_inserted(block, answer)])


def _inserted(block: Block, answer: str) -> Edit:
    """Whole lines behind the last field as they are, or a field with the blanks that its neighbours have."""
    if not answer.endswith(("\n", "\r")):
        name, kind, *attributes = answer.split(None, 2)
        return inserted_field(block, last_field(block), field_line(block, last_field(block), name, kind, attributes))
    edit = inserted_field(block, last_field(block), "")
    return Edit(edit.span, answer)


def relations_between(scope: Scope, one: ModelScope, other: ModelScope) -> list[Field]:
    """The relation fields of two models, or of one with itself, that have the other for a type."""
    names = {one.block.name: other.block.name, other.block.name: one.block.name}
    models = [scope.models[name] for name in names]
    return [
        field
        for model in models
        for field in model.relations
        if field.type and field.type.name == names[model.block.name]
    ]


def new_name(scope: Scope, model: ModelScope, target: ModelScope, field: str) -> str:
    """A name for the relation of a field, which no other relation between the two models has."""
    taken = [name for each in relations_between(scope, model, target) if (name := relation_name(each)) is not None]
    return free(f"{model.block.name}_{field}", taken)


def _needed_name(scope: Scope, relation: Relation, back: Field | None, target: ModelScope) -> str | None:
    """A name for the relation, where it needs another one for Prisma to tell it from others between the two models."""
    own, known = relation.model, relation_name(relation.field)
    others = [
        field for field in relations_between(scope, own, target) if field is not relation.field and field is not back
    ]
    if known in {relation_name(field) for field in others} or (known is None and target is own):
        return new_name(scope, own, target, relation.field.name)
    return None


def named(attribute: Attribute, block: Block, name: str) -> Edit:
    """The edit that gives a relation a name, or another one."""
    given = attribute.argument("name", first=True)
    if given is not None:
        return Edit(block.span(given.start, given.end), json.dumps(name))
    start = attribute.arguments[0].start
    return Edit(block.span(start, start), f"{json.dumps(name)}, ")


def _answer(relation: Relation, back: Field | None, target: ModelScope, name: str | None) -> str:
    """The lines of the new back field, those of the old one where there is one."""
    own = relation.model.block
    if back is None:
        kind = f"{own.name}{'?' if is_unique(relation.model, relation.fields) else '[]'}"
        known = name or relation_name(relation.field)
        attribute = f" @relation({json.dumps(known)})" if known else ""
        return f"{free_name(target, own, initial_lower(own.name))} {kind}{attribute}"
    block = relation.referenced.block
    text = block.document.text
    start, end = whole_lines(block, back)
    before, rest = text[start : back.start], text[back.name_end : end]
    new = back.name if target is relation.referenced else free_name(target, own, back.name)
    if name is not None:
        attribute_given = back.attribute("relation")
        edit = None if attribute_given is None else named(attribute_given, block, name)
        if edit is None:
            inserted = back.end - back.name_end
            rest = f"{rest[:inserted]} @relation({json.dumps(name)}){rest[inserted:]}"
        else:
            first, last = edit.span.start - back.name_end, edit.span.end - back.name_end
            rest = rest[:first] + edit.text + rest[last:]
    return f"{before}{new}{rest}"


def free_name(target: ModelScope, own: Block, wished: str) -> str:
    """A name for a field of `target` that answers the model `own`: as wished, where that is free."""
    taken = {field.name for field in target.block.fields}
    simple = initial_lower(own.name)
    candidates = (wished, f"{simple}_{wished}", *(f"{wished}{number}" for number in range(2, len(taken) + 4)))
    return next(candidate for candidate in candidates if candidate not in taken)


def initial_lower(name: str) -> str:
    """A model's name as a field is called by it."""
    return name[0].lower() + name[1:]
