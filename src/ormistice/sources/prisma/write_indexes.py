"""Indexes that a Prisma schema gets or loses, or that become others. What it calls unique is a unique index."""

from dataclasses import dataclass

from ormistice.fixes import Edit
from ormistice.model import Facet, Index, IndexElement, Schema
from ormistice.names import truncated
from ormistice.sources.prisma.indexes import METHODS
from ormistice.sources.prisma.nodes import Argument, Attribute, Field, String
from ormistice.sources.prisma.scope import ModelScope, derived_name
from ormistice.sources.prisma.write_defaults import quoted
from ormistice.sources.prisma.write_draft import Draft
from ormistice.sources.prisma.write_lines import inserted_attribute, reworded, taken_out, words
from ormistice.sources.prisma.write_primary import listed
from ormistice.sources.prisma.write_sound import sound

_SPELLED = {method: name for name, method in METHODS.items()}


@dataclass(frozen=True, slots=True)
class _Wanted:
    """An index as an attribute has it."""

    kind: str
    fields: list[str]
    arguments: dict[str, str]

    @property
    def single(self) -> bool:
        """Whether a field's own attribute can say it."""
        return self.kind == "unique" and len(self.fields) == 1 and self.fields[0].isidentifier() and self.plain

    @property
    def plain(self) -> bool:
        """Whether it is given a name at most."""
        return self.arguments.keys() <= {"map"}

    def attribute(self, fields: str = "") -> str:
        """The attribute behind its signs."""
        given = [fields] if fields else []
        given += [f"{name}: {text}" for name, text in self.arguments.items()]
        return f"{self.kind}({', '.join(given)})" if given else self.kind


def added_index(draft: Draft, schema: Schema, index: Index) -> bool:
    """A line in the model; `@unique` behind its field where that says it all."""
    model = draft.model(index.table)
    wanted = _wanted(schema, model, index) if model is not None else None
    return model is not None and wanted is not None and _added(draft, model, wanted)


def dropped_index(draft: Draft, index: Index) -> bool:
    """Its line or its attribute taken out."""
    model = draft.model(index.table)
    found = _found(model, index) if model is not None else None
    if model is None or found is None:
        return False
    return _dropped(draft, model, *found) and sound(draft, model)


def changed_index(draft: Draft, schema: Schema, before: Index, after: Index) -> bool:
    """The arguments that differ; another attribute where the one that is there cannot say it."""
    model = draft.model(before.table)
    found = _found(model, before) if model is not None else None
    wanted = _wanted(schema, model, after) if model is not None else None
    if model is None or found is None or wanted is None or before.table != after.table:
        return False
    field, attribute = found
    if field is None:
        done = draft.take(_respelled(model, attribute, before, after, wanted))
    elif wanted.single and wanted.fields == [field.name]:
        text = words(model.block, field).replacing("unique", f"@{wanted.attribute()}")
        done = draft.take(reworded(model.block, field, text))
    else:
        done = _dropped(draft, model, field, attribute) and _added(draft, draft.again(model), wanted)
    return done and sound(draft, model)


def _found(model: ModelScope, index: Index) -> tuple[Field | None, Attribute] | None:
    block = model.block
    for attribute in block.attributes:
        if index.place == block.span(attribute.start, attribute.end):
            return None, attribute
    for field in model.scalars:
        for attribute in field.attributes:
            if index.place == block.span(attribute.start, attribute.end):
                return field, attribute
    return None


def _added(draft: Draft, model: ModelScope, wanted: _Wanted) -> bool:
    field = model.block.field(wanted.fields[0])
    if wanted.single and field is not None and not (field.attribute("id") or field.attribute("unique")):
        text = words(model.block, field).with_attribute(f"@{wanted.attribute()}")
        return draft.take(reworded(model.block, field, text))
    return draft.take([inserted_attribute(model.block, f"@@{wanted.attribute(listed(wanted.fields))}")])


def _dropped(draft: Draft, model: ModelScope, field: Field | None, attribute: Attribute) -> bool:
    if field is None:
        return draft.take([taken_out(model.block, attribute)])
    return draft.take(reworded(model.block, field, words(model.block, field).without("unique")))


def _respelled(model: ModelScope, attribute: Attribute, before: Index, after: Index, wanted: _Wanted) -> list[Edit]:
    """Edits of a line: its kind, its fields, its arguments, each where it differs."""
    block = model.block
    edits: list[Edit] = []
    if before.unique != after.unique:
        end = block.document.text.index(attribute.name, attribute.start) + len(attribute.name)
        edits.append(Edit(block.span(end - len(attribute.name), end), wanted.kind))
    fields = attribute.argument("fields", first=True)
    if before.elements != after.elements and fields is not None:
        edits.append(Edit(block.span(fields.start, fields.end), listed(wanted.fields)))
    added = ""
    arguments = dict(wanted.arguments)
    clients = next((each for each in attribute.arguments if each.name == "name"), None)
    if clients is not None and before.unique != after.unique:
        # It names an index in the database, but what is unique in the client alone.
        own = _argument(attribute, "map")
        named = f"map: {arguments.pop('map')}" if "map" in arguments and own in {None, clients} else ""
        edit = Edit(block.span(clients.start, clients.end), named)
        edits.append(edit if named else _changed_argument(model, attribute, clients, None))
    for name in ("map", "type", "where"):
        given = next((each for each in attribute.arguments if each.name == name), None)
        given = given or (_argument(attribute, name) if before.unique == after.unique else None)
        text = arguments.get(name)
        if given is not None and _differs(name, before, after):
            edits.append(_changed_argument(model, attribute, given, text))
        elif given is None and text is not None:
            added += f", {name}: {text}"
    end = attribute.next_argument
    # What goes at the end may have to stand behind a last argument that is changed.
    last = next((edit for edit in edits if edit.span.end == end), None)
    if added and last is not None:
        edits[edits.index(last)] = Edit(last.span, last.text + added)
    elif added:
        edits.append(Edit(block.span(end, end), added))
    return edits


def _argument(attribute: Attribute, name: str) -> Argument | None:
    """The argument as it stands; before `map:`, the name of an index was its `name:`."""
    found = next((each for each in attribute.arguments if each.name == name), None)
    if found is None and name == "map" and attribute.name == "index":
        return next(
            (each for each in attribute.arguments if each.name == "name" and isinstance(each.value, String)), None
        )
    return found


def _differs(name: str, before: Index, after: Index) -> bool:
    match name:
        case "map":
            return before.name != after.name
        case "type":
            return before.method != after.method
        case _:
            return before.predicate != after.predicate


def _changed_argument(model: ModelScope, attribute: Attribute, given: Argument, text: str | None) -> Edit:
    block = model.block
    if text is not None and given.value is not None:
        return Edit(block.span(given.value.start, given.value.end), text)
    at = attribute.arguments.index(given)
    if at > 0:
        return Edit(block.span(attribute.arguments[at - 1].end, given.end), "")
    following = attribute.arguments[at + 1].start if len(attribute.arguments) > 1 else given.end
    return Edit(block.span(given.start, following), "")


def _wanted(schema: Schema, model: ModelScope, index: Index) -> _Wanted | None:
    if not sayable(schema, index):
        return None
    names = {column: name for name, column in model.columns.items()}
    fields = [_element(element, names) for element in index.elements]
    known = [field for field in fields if field is not None]
    if not known or len(known) < len(fields):
        return None
    unique = index.unique is not None and index.unique.value
    return _Wanted("unique" if unique else "index", known, _arguments(index))


def sayable(schema: Schema, index: Index) -> bool:
    """Whether Prisma has words for all of it."""
    unique = index.unique is not None and index.unique.value
    plain = all(
        element.collation is None
        and element.nulls_first == element.descending
        and element.column is not None
        and not (unique and element.opclass)
        for element in index.elements
    )
    partial = index.predicate is not None and index.predicate.value is not None
    more = any(aspect is not None and aspect.value for aspect in (index.include, index.nulls_not_distinct))
    known = index.method is None or (index.method.value in _SPELLED and (not unique or index.method.value == "btree"))
    return (
        index.unique is not None
        and plain
        and known
        and not more
        and not (partial and Facet.INDEX_PREDICATE in schema.inexpressible)
    )


def _element(element: IndexElement, names: dict[str, str]) -> str | None:
    name = names.get(element.column or "")
    if name is None:
        return None
    given = [f"ops: raw({quoted(element.opclass)})"] if element.opclass else []
    given += ["sort: Desc"] if element.descending else []
    return f"{name}({', '.join(given)})" if given else name


def _arguments(index: Index) -> dict[str, str]:
    given: dict[str, str] = {}
    columns = [element.column or "" for element in index.elements]
    unique = index.unique is not None and index.unique.value
    derived = derived_name(index.table.name, columns, "_key" if unique else "_idx")
    if index.name is not None and truncated(index.name.value) != derived:
        given["map"] = quoted(truncated(index.name.value))
    if index.method is not None and index.method.value != "btree":
        given["type"] = _SPELLED[index.method.value]
    if index.predicate is not None and index.predicate.value is not None:
        given["where"] = f"raw({quoted(index.predicate.value)})"
    return given
