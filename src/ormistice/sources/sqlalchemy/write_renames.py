"""Columns under other names in the database. Attributes keep theirs; strings that name a column by its name follow."""

import ast
from collections.abc import Iterator, Mapping, Sequence

from ormistice.fixes import Applicability, Edit
from ormistice.model import Column, PrimaryKey, Schema, Table
from ormistice.renaming import sharing, sql_names
from ormistice.sources.sqlalchemy.syntax import Module
from ormistice.sources.sqlalchemy.write_draft import Unwritable, draft
from ormistice.sources.sqlalchemy.write_layout import string
from ormistice.sources.sqlalchemy.write_places import (
    ColumnText,
    Style,
    TableText,
    column_node,
    column_text,
    module_at,
    table_text,
)
from ormistice.stated import Place
from ormistice.text import Span


def with_columns_renamed(schema: Schema, renames: Sequence[tuple[Column, str]]) -> tuple[list[Edit], Applicability]:
    """The edits that give columns of one table their new names, and what they promise. Raises Unwritable.

    A column that a mixin lends to other tables has its new name there as well.
    """
    owner = table_text(schema, renames[0][0].table)
    if owner is None:
        raise Unwritable
    # A Table's columns are reached by their names, a class's by its attributes.
    unsafe = owner.style is Style.CORE
    edits: list[Edit] = []
    for column, name in renames:
        place = _text(owner, column)
        found = draft(place)
        edits += found.with_name(string(name, found.quote)).edits()
        tables = sharing(schema, column)
        unsafe |= len(tables) > 1 or place.shared
        for table in tables:
            if sql_names(table, (column.name,)):
                raise Unwritable
            edits += _following(schema, table, {column.name: name})
    return edits, Applicability.UNSAFE if unsafe else Applicability.SAFE


def _text(owner: TableText, column: Column) -> ColumnText:
    found = column_text(owner, column.name)
    if found is not None:
        return found
    shared = column_node(owner.schema, column)
    if shared is None or column.place == owner.table.place:
        raise Unwritable
    return ColumnText(owner, column, *shared, shared=True)


def _following(schema: Schema, table: Table, names: Mapping[str, str]) -> Iterator[Edit]:
    """The strings of constraints and indexes, and of other tables' keys, that name the columns."""
    keys = () if table.primary_key is None else (table.primary_key,)
    for item in (*keys, *table.unique_constraints, *table.foreign_keys):
        columns = item.columns.value if isinstance(item, PrimaryKey) else item.columns
        if not names.keys().isdisjoint(columns):
            yield from _in_call(schema, item.place, names)
    for index in table.indexes:
        if not names.keys().isdisjoint(element.column or "" for element in index.elements) or index.include:
            yield from _in_call(schema, index.place, names)
    whole = {f"{table.name.name}.{own}": f"{table.name.name}.{name}" for own, name in names.items()}
    whole |= {f"{table.name.schema}.{own}": f"{table.name.schema}.{name}" for own, name in whole.items()}
    for other in schema.tables:
        for key in other.foreign_keys:
            if key.references is not None and key.references.value.table == table.name:
                yield from _strings(schema, key.references.place, whole)


def _in_call(schema: Schema, place: Place, names: Mapping[str, str]) -> Iterator[Edit]:
    """The strings of a call of its own; a column that says of itself that it is unique names nothing."""
    module = module_at(schema, place)
    if module is not None and any(module.span(call) == place for call in module.calls if _is_of_table(module, call)):
        yield from _strings(schema, place, names)


def _is_of_table(module: Module, call: ast.Call) -> bool:
    return module.function(call).endswith("Constraint") or module.function(call) == "Index"


def _strings(schema: Schema, place: Place, names: Mapping[str, str]) -> Iterator[Edit]:
    module = module_at(schema, place)
    if module is None or not isinstance(place, Span):
        return
    labels = {id(label) for call in module.calls for label in _labels(module, call)}
    for node in module.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in names:
            span = module.span(node)
            if place.start <= span.start and span.end <= place.end and id(node) not in labels:
                own = module.document.text[span.start : span.end]
                yield Edit(span, string(names[node.value], own[-1]))


def _labels(module: Module, call: ast.Call) -> Iterator[ast.expr]:
    """The arguments of a call that are no columns: its keywords, and the name of an index."""
    yield from (word.value for word in call.keywords)
    if module.function(call) == "Index":
        yield from call.args[:1]
