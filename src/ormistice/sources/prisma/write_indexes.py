"""Indexes that a Prisma schema gets or loses."""

import json

from ormistice.fixes import Edit
from ormistice.model import Facet, Index, IndexElement, Schema
from ormistice.sources.prisma.indexes import METHODS
from ormistice.sources.prisma.moving import line_indent, whole_lines
from ormistice.sources.prisma.nodes import Attribute, Block, Field
from ormistice.sources.prisma.relations import Relation, back_field, forward
from ormistice.sources.prisma.scope import ModelScope, Scope, derived_name
from ormistice.sources.prisma.write_keys import model_of, unique_fields

_SPELLED = {method: name for name, method in METHODS.items()}


def added_index(schema: Schema, scope: Scope, index: Index) -> list[Edit] | None:
    """A line in the model; `@unique` behind its field where that says it all."""
    model = model_of(scope, index.table)
    if model is None or index.unique is None or not _sayable(schema, index):
        return None
    names = {column: name for name, column in model.columns.items()}
    elements = [_element(element, names) for element in index.elements]
    arguments = _arguments(index)
    if None in elements or arguments is None:
        return None
    block, listed = model.block, ", ".join(element for element in elements if element is not None)
    if index.unique.value and listed in model.columns and "type" not in "".join(arguments):
        field = next(field for field in model.scalars if field.name == listed)
        given = f"({', '.join(arguments)})" if arguments else ""
        return [Edit(block.span(field.end, field.end), f" @unique{given}")]
    kind = "unique" if index.unique.value else "index"
    return [_line(block, f"@@{kind}({', '.join([f'[{listed}]', *arguments])})")]


def dropped_index(scope: Scope, index: Index) -> list[Edit] | None:
    """Its line or its attribute taken out; None where a relation or the model itself could not be without."""
    model = model_of(scope, index.table)
    if model is None or (index.unique is not None and index.unique.value and _needed(scope, model, index)):
        return None
    block = model.block
    for attribute in block.attributes:
        if index.place == block.span(attribute.start, attribute.end):
            return [Edit(block.span(*whole_lines(block, attribute)), "")]
    for field in model.scalars:
        for attribute in field.attributes:
            if index.place == block.span(attribute.start, attribute.end):
                return [Edit(block.span(_end_before(field, attribute), attribute.end), "")]
    return None


def _sayable(schema: Schema, index: Index) -> bool:
    plain = all(
        element.collation is None and element.nulls_first == element.descending and element.column is not None
        for element in index.elements
    )
    partial = index.predicate is not None and index.predicate.value is not None
    more = any(aspect is not None and aspect.value for aspect in (index.include, index.nulls_not_distinct))
    return plain and not more and not (partial and Facet.INDEX_PREDICATE in schema.inexpressible)


def _element(element: IndexElement, names: dict[str, str]) -> str | None:
    name = names.get(element.column or "")
    if name is None:
        return None
    given = [f"ops: raw({json.dumps(element.opclass)})"] if element.opclass else []
    given += ["sort: Desc"] if element.descending else []
    return f"{name}({', '.join(given)})" if given else name


def _arguments(index: Index) -> list[str] | None:
    given: list[str] = []
    columns = [element.column or "" for element in index.elements]
    unique = index.unique is not None and index.unique.value
    derived = derived_name(index.table.name, columns, "_key" if unique else "_idx")
    if index.name is not None and index.name.value != derived:
        given.append(f"map: {json.dumps(index.name.value, ensure_ascii=False)}")
    if index.method is not None and index.method.value != "btree":
        if index.method.value not in _SPELLED:
            return None
        given.append(f"type: {_SPELLED[index.method.value]}")
    if index.predicate is not None and index.predicate.value is not None:
        given.append(f"where: raw({json.dumps(index.predicate.value, ensure_ascii=False)})")
    return given


def _line(block: Block, line: str) -> Edit:
    """Behind the last of its like, or behind the last field with an empty line between."""
    members: list[Attribute | Field] = [each for each in block.attributes if each.name in {"id", "unique", "index"}]
    last = max(members or [*block.fields], key=lambda member: member.end)
    at = whole_lines(block, last)[1]
    text = block.document.text
    ending = "\r\n" if text[:at].endswith("\r\n") else text[at - 1]
    between = "" if isinstance(last, Attribute) else ending
    return Edit(block.span(at, at), f"{between}{line_indent(block, last)}{line}{ending}")


def _end_before(field: Field, attribute: Attribute) -> int:
    """Where ends what stands before an attribute."""
    before = [other.end for other in field.attributes if other.end <= attribute.start]
    return max([field.name_end, *([field.type.end] if field.type else []), *before])


def _to_one(back: Field | None) -> bool:
    return back is not None and back.type is not None and not back.type.is_list


def _needed(scope: Scope, model: ModelScope, index: Index) -> bool:
    names = {column: name for name, column in model.columns.items()}
    fields = {names.get(element.column or "") for element in index.elements}
    same = [key for key in unique_fields(model) if set(key) == fields]
    if len(same) > 1:
        return False
    if len(list(unique_fields(model))) == 1:
        return True
    relations = [found for other in scope.models.values() for found in forward(other, scope)]
    for relation in relations:
        if not isinstance(relation, Relation):
            continue
        if relation.referenced is model and set(relation.references) == fields:
            return True
        if relation.model is model and set(relation.fields) == fields and _to_one(back_field(relation)):
            return True
    return False
