"""Types that follow another: Prisma wants the fields on both sides of a relation to be of one type."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.sources.prisma.nodes import Call, Field
from ormistice.sources.prisma.scope import ModelScope, Scope
from ormistice.sources.prisma.write_draft import Draft
from ormistice.sources.prisma.write_lines import reworded, words
from ormistice.sources.prisma.write_sound import relations_with

_OF_DEFAULT = {"autoincrement": {"Int", "BigInt"}, "now": {"DateTime"}}


def types_followed(draft: Draft, model: ModelScope, name: str) -> bool:
    """Give every field that relations tie to this one its type, and those that they tie to them."""
    waiting = [(model.block.name, name)]
    while waiting:
        block_name, field_name = waiting.pop()
        model = draft.scope.models[block_name]
        field = model.block.field(field_name)
        for other, tied in _tied(draft.scope, model, field_name):
            if field is None or tied.type is None or field.type is None or tied.type.name == field.type.name:
                continue
            if not _like(draft, draft.again(other), tied, model, field):
                return False
            waiting.append((other.block.name, tied.name))
            model = draft.again(model)
            field = model.block.field(field_name)
    return True


def _tied(scope: Scope, model: ModelScope, name: str) -> Iterator[tuple[ModelScope, Field]]:
    """The fields that a field references or is referenced by, with their models."""
    for relation in relations_with(scope, model):
        for own, referenced in zip(relation.fields, relation.references, strict=True):
            ends = ((relation.model, own), (relation.referenced, referenced))
            for (one, ours), (other, theirs) in (ends, ends[::-1]):
                found = other.block.field(theirs)
                if one is model and ours == name and found is not None:
                    yield other, found


def _like(draft: Draft, other: ModelScope, tied: Field, model: ModelScope, field: Field) -> bool:
    """Give a field the type of another one; False where its default does not fit."""
    assert field.type is not None  # noqa: S101 - the caller looked
    given = tied.attribute("default")
    value = given.argument("value", first=True) if given else None
    if given is not None and not (
        isinstance(value, Call)
        and (value.name == "dbgenerated" or field.type.name in _OF_DEFAULT.get(value.name, {"String"}))
    ):
        return False
    current = other.block.field(tied.name)
    if current is None or current.type is None:
        return False
    wanted = replace(words(other.block, current), kind=field.type.name + "?" * current.type.optional).without(".")
    native = next((text for _, text in words(model.block, field).attributes if "." in text.partition("(")[0]), None)
    if native is not None:
        wanted = wanted.with_attribute(native)
    return draft.take(reworded(other.block, current, wanted))
