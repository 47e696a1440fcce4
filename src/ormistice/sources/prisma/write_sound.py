"""What Prisma demands of models besides its grammar, where an edit may have broken it."""

from collections.abc import Iterator

from ormistice.fixes import Edit
from ormistice.sources.prisma.nodes import Field
from ormistice.sources.prisma.relations import Relation, back_field, forward, relation_name
from ormistice.sources.prisma.scope import ModelScope, Scope, field_names
from ormistice.sources.prisma.write_draft import Draft


def sound(draft: Draft, model: ModelScope) -> bool:
    """Whether Prisma takes a model that lost something unique; answers to one row become answers to many for that."""
    model = draft.again(model)
    if not can_be_told(model):
        return False
    for relation in relations(draft.scope):
        if relation.referenced is model and not is_unique(model, relation.references):
            return False
    return _answered(draft, model)


def can_be_told(model: ModelScope) -> bool:
    """Whether Prisma has what it tells the model's rows apart by: something unique, and no part of it optional."""
    return model.block.attribute("ignore") is not None or any(map(_required, _unique_lists(model)))


def relations(scope: Scope) -> list[Relation]:
    """Every relation of a schema that could be read."""
    return [found for model in scope.models.values() for found in forward(model, scope) if isinstance(found, Relation)]


def relations_with(scope: Scope, model: ModelScope) -> Iterator[Relation]:
    """Every relation of a model that could be read, and every one that references it."""
    for other in scope.models.values():
        kinds = (field.type for field in other.relations)
        if other is model or any(kind is not None and kind.name == model.block.name for kind in kinds):
            found = (each for each in forward(other, scope) if isinstance(each, Relation))
            yield from (each for each in found if each.model is model or each.referenced is model)


def relations_over(scope: Scope, model: ModelScope, name: str) -> list[Relation]:
    """The relations of a model that reference by its field `name`."""
    return [found for found in forward(model, scope) if isinstance(found, Relation) and name in found.fields]


def unique_fields(model: ModelScope) -> Iterator[tuple[str, ...]]:
    """The lists of fields by which a row of a model can be told, as Prisma sees it."""
    for fields in _unique_lists(model):
        yield tuple(field.name for field in fields)


def is_unique(model: ModelScope, names: tuple[str, ...]) -> bool:
    """Whether some fields together are unique, so that a relation over them is to one."""
    return any(set(fields) == set(names) for fields in unique_fields(model))


def in_join_table(scope: Scope, model: ModelScope) -> bool:
    """Whether a model is one side of an implicit relation, which hangs on its primary key."""
    for field in model.relations:
        other = scope.models.get(field.type.name) if field.type is not None and field.type.is_list else None
        for candidate in other.relations if other is not None else ():
            kind = candidate.type
            alike = kind is not None and kind.is_list and kind.name == model.block.name
            if alike and candidate is not field and relation_name(candidate) == relation_name(field):
                return True
    return False


def _unique_lists(model: ModelScope) -> Iterator[tuple[Field, ...]]:
    by_name = {field.name: field for field in model.scalars}
    for field in model.scalars:
        if field.attribute("id") or field.attribute("unique"):
            yield (field,)
    for attribute in model.block.attributes:
        names = field_names(attribute) if attribute.name in {"id", "unique"} else []
        if names and attribute.argument("where") is None and all(name in by_name for name in names):
            yield tuple(by_name[name] for name in names)


def _required(fields: tuple[Field, ...]) -> bool:
    return all(
        field.type is not None and not field.type.optional and not field.type.is_list and field.type.unsupported is None
        for field in fields
    )


def _answered(draft: Draft, model: ModelScope) -> bool:
    """Let every back field of one row, whose relation is no longer over unique fields, be of many."""
    for relation in forward(model, draft.scope):
        if not isinstance(relation, Relation) or is_unique(model, relation.fields):
            continue
        back = back_field(relation)
        kind = back.type if back is not None else None
        if kind is not None and not kind.is_list:
            block = draft.again(relation.referenced).block
            draft.unsafe = True
            if not draft.take([Edit(block.span(kind.name_end, kind.end), "[]")]):
                return False
            return _answered(draft, draft.again(model))
    return True
