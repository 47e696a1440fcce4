"""Changes of foreign keys as edits of Prisma schema files."""

from ormistice.fixes import Edit
from ormistice.model import ForeignKey, Reference, ReferentialAction, Stated
from ormistice.names import truncated
from ormistice.sources.prisma.moving import retargeted
from ormistice.sources.prisma.relations import ACTIONS, Relation, forward
from ormistice.sources.prisma.scope import ModelScope, Scope, listed
from ormistice.sources.prisma.write_defaults import quoted
from ormistice.sources.prisma.write_draft import Draft
from ormistice.sources.prisma.write_sound import is_unique

SPELLED = {action: name for name, action in ACTIONS.items()}
"""How Prisma spells each action."""


def changed_key(draft: Draft, before: ForeignKey, after: ForeignKey) -> bool:
    """Give a foreign key another target, other actions or another name."""
    relation = relation_of(draft.scope, before)
    if relation is None or before.table != after.table or before.columns != after.columns or _unsayable(before, after):
        return False
    name = relation.field.name
    if after.references != before.references and not _retarget(draft, relation, after.references):
        return False
    model = draft.again(relation.model)
    moved = next(
        found for found in forward(model, draft.scope) if isinstance(found, Relation) and found.field.name == name
    )
    return draft.take(_arguments(moved, before, after))


def _unsayable(before: ForeignKey, after: ForeignKey) -> bool:
    aspects = (
        (before.deferrability, after.deferrability),
        (before.match_type, after.match_type),
        (before.validated, after.validated),
        (before.enforced, after.enforced),
    )
    return any(new is not None and old != new for old, new in aspects)


def _arguments(relation: Relation, before: ForeignKey, after: ForeignKey) -> list[Edit]:
    edits: list[Edit] = []
    added: list[str] = []
    for argument, old, new in (
        ("onDelete", before.on_delete, after.on_delete),
        ("onUpdate", before.on_update, after.on_update),
        ("map", before.name, after.name),
    ):
        if old == new or new is None:
            continue
        text = argument_text(new)
        given = relation.attribute.argument(argument)
        if given is None:
            added.append(f", {argument}: {text}")
        else:
            edits.append(Edit(relation.model.block.span(given.start, given.end), text))
    if added:
        end = relation.attribute.next_argument
        edits.append(Edit(relation.model.block.span(end, end), "".join(added)))
    return edits


def argument_text(value: Stated[ReferentialAction] | Stated[str]) -> str:
    """A value as an argument of `@relation`."""
    match value.value:
        case ReferentialAction() as action:
            return SPELLED[action]
        case name:
            return quoted(truncated(name))


def relation_of(scope: Scope, key: ForeignKey) -> Relation | None:
    """The forward field that makes a foreign key."""
    for model in scope.models.values():
        if model.has_table and model.table == key.table:
            for relation in forward(model, scope):
                if isinstance(relation, Relation) and key.place == model.block.span(
                    relation.field.start, relation.field.end
                ):
                    return relation
    return None


def _retarget(draft: Draft, relation: Relation, wanted: Stated[Reference] | None) -> bool:
    """Let a relation reference other fields, and for another model move the field that answers it."""
    target = draft.model(wanted.value.table) if wanted else None
    if wanted is None or target is None:
        return False
    references = referenced_fields(relation.model, relation.fields, target, wanted.value)
    if references is None:
        return False
    written = listed(relation.attribute.argument("references"))
    edits = [
        Edit(relation.model.block.span(node.start, node.end), new)
        for (old, node), new in zip(written, references, strict=True)
        if old != new
    ]
    return draft.take(edits) if target is relation.referenced else retargeted(draft, relation, target, edits)


def referenced_fields(
    model: ModelScope, own: tuple[str, ...], target: ModelScope, wanted: Reference
) -> tuple[str, ...] | None:
    """The fields of `target` to reference, in the order of the fields `own`; None where Prisma would not take them."""
    if len(own) != len(wanted.columns):
        return None
    columns = sorted(model.columns[name] for name in own)
    pairs = dict(zip(columns, wanted.columns, strict=True))
    fields = {column: name for name, column in target.columns.items()}
    named = [fields.get(pairs[model.columns[name]]) for name in own]
    references = tuple(name for name in named if name is not None)
    if len(references) < len(named) or not is_unique(target, references):
        return None
    kinds = [_type(model, name) for name in own]
    return None if None in kinds or kinds != [_type(target, name) for name in references] else references


def _type(model: ModelScope, name: str) -> str | None:
    kind = next((field.type for field in model.scalars if field.name == name), None)
    return None if kind is None or kind.is_list or kind.unsupported is not None else kind.name
