"""Enum types: how columns spell them, and changes of their labels and names."""

import ast
import keyword
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeGuard

from ormistice.fixes import Applicability, Edit, Patch, edited
from ormistice.model import Enum, Schema
from ormistice.names import DEFAULT_SCHEMA, QualifiedName
from ormistice.sources.sqlalchemy import arguments, syntax
from ormistice.sources.sqlalchemy.syntax import Module
from ormistice.sources.sqlalchemy.write_annotations import core
from ormistice.sources.sqlalchemy.write_draft import Draft, Unwritable, draft
from ormistice.sources.sqlalchemy.write_labels import changed_display, changed_members, members, otherwise
from ormistice.sources.sqlalchemy.write_layout import (
    line_before,
    line_start,
    mark,
    module_of,
    newline,
    replaced,
    string,
)
from ormistice.sources.sqlalchemy.write_names import CORE, POSTGRESQL, Names, bound, rebound
from ormistice.sources.sqlalchemy.write_places import ColumnText, TableText, column_node, main_module, table_text
from ormistice.sources.sqlalchemy.write_reach import within_reach
from ormistice.stated import Place
from ormistice.text import Span
from ormistice.types import ColumnType

_CALLED = ("Enum", "ENUM")
_CHOICE = "values_callable"
_VALUES = "lambda members: [member.value for member in members]"


@dataclass(frozen=True)
class SpelledEnum:
    """An enum type in a module: an expression, None where an annotation is enough, and the class of its values."""

    expression: str | None
    python: str | None


def spelled_enum(schema: Schema, names: Names, kind: ColumnType, quote: str, *, annotated: bool) -> SpelledEnum | None:
    """An enum as a column of the module is to state it; None where nothing in reach does.

    `annotated`: the column has an annotation, which may give its type.
    """
    name = kind.user_defined
    found = None if name is None else _spelled(schema, names, name, quote, annotated=annotated and not kind.array)
    if found is None or not kind.array:
        return found
    return SpelledEnum(f"{names.name(POSTGRESQL, 'ARRAY')}({found.expression})", found.python)


def _spelled(schema: Schema, names: Names, name: QualifiedName, quote: str, *, annotated: bool) -> SpelledEnum | None:
    enum = next((each for each in schema.enums if each.name == name), None)
    if enum is None:
        return _unused(schema, names, name)
    located = python_class(schema, enum)
    local = None if located is None else within_reach(schema, names, located[0], located[1].name)
    for use in uses(schema, name):
        stated = use.type()
        if use.place.module is names.module and isinstance(stated, (ast.Call, ast.Name)) and not _is_array(use):
            return SpelledEnum(use.module.text(stated), local)
    if located is None or local is None:
        return None
    by_name = [label.value for label in enum.labels] == [each for each, _ in members(*located)]
    plain = name.schema == DEFAULT_SCHEMA and located[1].name.lower() == name.name and by_name
    if plain and annotated:
        return SpelledEnum(None, local)
    words = [local, f"name={string(name.name, quote)}"]
    if not by_name:
        words.append(f"{_CHOICE}={_VALUES}")
    if name.schema != DEFAULT_SCHEMA:
        words.append(f"schema={string(name.schema, quote)}")
    return SpelledEnum(f"{names.name(CORE, 'Enum')}({', '.join(words)})", local)


def _unused(schema: Schema, names: Names, name: QualifiedName) -> SpelledEnum | None:
    """A type that a variable holds and no column is of."""
    for module in _modules(schema):
        for variable, value in module.assigned.items():
            called = isinstance(value, ast.Call) and module.function(value) in _CALLED
            stated = syntax.keyword(value, "name") if isinstance(value, ast.Call) and called else None
            within = syntax.keyword(value, "schema") if isinstance(value, ast.Call) else None
            same = isinstance(stated, ast.Constant) and stated.value == name.name
            if same and (within.value if isinstance(within, ast.Constant) else DEFAULT_SCHEMA) == name.schema:
                local = within_reach(schema, names, module, variable)
                return None if local is None else SpelledEnum(local, None)
    return None


def _is_array(use: Draft) -> bool:
    return use.column.type is not None and use.column.type.value.array


def python_class(schema: Schema, enum: Enum) -> tuple[Module, ast.ClassDef] | None:
    """The Python class that an enum type is made of."""
    document = schema.document(enum.place.file) if isinstance(enum.place, Span) else None
    module = None if document is None else module_of(document)
    for definition in module.classes.values() if module is not None else ():
        if module is not None and module.span(definition) == enum.place and not _is_model(schema, module, definition):
            return module, definition
    return None


def _is_model(schema: Schema, module: Module, definition: ast.ClassDef) -> bool:
    return any(module.span(definition) == table.place for table in schema.tables)


def uses(schema: Schema, name: QualifiedName) -> Iterator[Draft]:
    """The declarations of the columns that are of an enum, each once."""
    seen: set[object] = set()
    for table in schema.tables:
        for column in table.columns:
            if column.type is None or column.type.value.user_defined != name or column.place in seen:
                continue
            seen.add(column.place)
            owner = table_text(schema, table.name)
            found = column_node(schema, column)
            if found is None:
                raise Unwritable
            module, node = found
            anchor = owner or TableText(schema, table, module, node if isinstance(node, ast.Call) else _nowhere())
            yield draft(ColumnText(anchor, column, module, node, shared=True))


def _nowhere() -> ast.Call:
    return ast.Call(ast.Name(""), [], [])


# Changes


def changed_enum(schema: Schema, before: Enum, after: Enum) -> tuple[list[Edit], Applicability]:
    """Other labels, another order, another name. Raises Unwritable."""
    old = [label.value for label in before.labels]
    new = [label.value for label in after.labels]
    if before.name != after.name:
        if old != new or before.name.schema != after.name.schema:
            raise Unwritable
        return [
            edit for use in uses(schema, before.name) for edit in _renamed(use, schema, before, after)
        ], Applicability.SAFE
    located = python_class(schema, before)
    if located is not None:
        if any(other.place == before.place for other in schema.enums if other is not before and other != before):
            raise Unwritable
        others = otherwise(*located, old, new)
        chosen = [] if others is None else _chosen_otherwise(schema, before, old, located)
        old = others or old
        edits = [*chosen, *(changed_members(*located, old, new) if old != new else ())]
    else:
        edits = list(dict.fromkeys(edit for use in uses(schema, before.name) for edit in _relabelled(use, old, new)))
    return edits, Applicability.UNSAFE if set(old) - set(new) else Applicability.SAFE


def _chosen_otherwise(schema: Schema, enum: Enum, old: list[str], located: tuple[Module, ast.ClassDef]) -> list[Edit]:
    """Values of members as labels in place of names, or names in place of values, wherever the type is stated."""
    value = old == [name for name, _ in members(*located)]
    return list(dict.fromkeys(edit for use in uses(schema, enum.name) for edit in _choosing(use, enum, value=value)))


def _choosing(use: Draft, enum: Enum, *, value: bool) -> list[Edit]:
    if use.type() is None and use.annotation is not None:
        plain = core(use.annotation)
        if plain is None or not value:
            raise Unwritable
        python = use.module.text(plain)
        words = [python, *([] if python.lower() == enum.name.name else [f"name={string(enum.name.name, use.quote)}"])]
        return use.with_type(f"{use.names.name(CORE, 'Enum')}({', '.join(words)}, {_CHOICE}={_VALUES})").edits()
    module, call = _enum_call(use)
    stated = next((each for each in arguments.of(module, call) if each.name == _CHOICE), None)
    if stated is None and not value:
        raise Unwritable
    gone, new = [] if stated is None else [stated], [f"{_CHOICE}={_VALUES}"] if value else []
    edits = tuple(arguments.rewritten(module, call, gone, new))
    text, span = edited(module.document.path, module.document.text, [Patch("", edits)]), module.span(call)
    edit = replaced(module, call, text[span.start : span.end + len(text) - len(module.document.text)])
    return [] if edit is None else [edit]


def _relabelled(use: Draft, old: list[str], new: list[str]) -> Iterator[Edit]:
    """Other labels in the call, or in the list that it takes them from."""
    module, call = _enum_call(use)
    labels: ast.Call | ast.List | ast.Tuple = call
    if len(call.args) == 1 and isinstance(call.args[0], ast.Starred):
        value = call.args[0].value
        listed = module.assigned.get(value.id) if isinstance(value, ast.Name) else None
        if not isinstance(listed, (ast.List, ast.Tuple)):
            raise Unwritable
        labels = listed
    text = changed_display(module.text(labels), old, new, mark(module.document))
    edit = replaced(module, labels, text)
    if edit is not None:
        yield edit


def _enum_call(use: Draft) -> tuple[Module, ast.Call]:
    """The call that makes an enum type, in the declaration of a column or where its name was assigned."""
    module = use.place.module
    for call in module.calls_in(use.place.node):
        if module.function(call) in _CALLED:
            return module, call
    stated = use.type()
    inside = [each.id for each in ast.walk(stated) if isinstance(each, ast.Name)] if stated is not None else []
    for name in inside:
        for other in (module, *_modules(use.place.owner.schema)):
            original = module.imported[name][2] if name in module.imported and other is not module else name
            value = other.assigned.get(original)
            if isinstance(value, ast.Call) and other.function(value) in _CALLED:
                return other, value
    raise Unwritable


def _modules(schema: Schema) -> Iterator[Module]:
    return map(module_of, schema.documents)


def _renamed(use: Draft, schema: Schema, before: Enum, after: Enum) -> list[Edit]:
    quote = use.quote
    located = python_class(schema, before)
    if use.type() is None and located is not None and use.annotation is not None:
        plain = core(use.annotation)
        if plain is None:
            raise Unwritable
        word = use.names.name(CORE, "Enum")
        text = f"{word}({use.module.text(plain)}, name={string(after.name.name, quote)})"
        return use.with_type(text).edits()
    module, call = _enum_call(use)
    stated = syntax.keyword(call, "name")
    if stated is not None:
        edit = replaced(module, stated, string(after.name.name, mark(module.document)))
    else:
        end = module.span(call).end - 1
        edit = Edit(Span(module.document.path, end, end), f", name={string(after.name.name, mark(module.document))}")
    return [edit] if edit else []


def variable_name(name: QualifiedName) -> str:
    """What a new enum type is called in Python."""
    text = "".join(character if character.isalnum() else "_" for character in name.name)
    text = text if text.isidentifier() else f"enum_{text}"
    return f"{text}_" if keyword.iskeyword(text) else text


def added_enum(schema: Schema, enum: Enum) -> tuple[list[Edit], Applicability]:
    """A type that columns can be of, before the first table of the module that has most. Raises Unwritable."""
    module = main_module(schema)
    if module is None or any(each.name == enum.name for each in schema.enums):
        raise Unwritable
    starts = [table.place.start for table in schema.tables if _lies_in(table.place, module)]
    statements = [node for node in module.tree.body if starts and module.span(node).end > min(starts)]
    variable = variable_name(enum.name)
    if not statements or variable in rebound(module) or variable in bound(module):
        raise Unwritable
    names, quote, line = Names(module), mark(module.document), newline(module.document)
    words = [*(string(label.value, quote) for label in enum.labels), f"name={string(enum.name.name, quote)}"]
    if enum.name.schema != DEFAULT_SCHEMA:
        words.append(f"schema={string(enum.name.schema, quote)}")
    text = f"{variable} = {names.name(CORE, 'Enum')}({', '.join(words)})"
    at = line_start(module.document.text, module.span(statements[0]).start)
    while at and module.document.text[line_before(module.document, at) : at].startswith("#"):
        at = line_before(module.document, at)
    gap = line * 3 if isinstance(statements[0], ast.ClassDef) else line * 2
    return [Edit(Span(module.document.path, at, at), text + gap), *names.edits()], Applicability.SAFE


def _lies_in(place: Place, module: Module) -> TypeGuard[Span]:
    return isinstance(place, Span) and place.file == module.document.path
