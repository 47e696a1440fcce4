"""Enum types: their labels, and the Python members or string literals that state them."""

import ast

from ormistice.model import Enum, Stated
from ormistice.names import DEFAULT_SCHEMA, QualifiedName
from ormistice.sources.sqlalchemy import syntax
from ormistice.sources.sqlalchemy.places import Answer, Places, Written
from ormistice.text import Span


def lower_enum(enum: Answer, tables: list[Answer], places: Places) -> Enum:
    """One enum type, at its Python class if it has one, else at the column that first uses it."""
    user = next(table for table in tables if [table["schema"], table["name"]] == enum["table"])
    column = places.column(user, enum["column"])
    definition = places.definition(enum["class"])
    declared = definition or column or places.table(user)
    place = declared.span if declared else places.line(user["file"], user["line"])
    spans = member_places(enum, definition) if definition else literal_places(enum, column)
    labels = tuple(Stated(label, spans.get(label, place)) for label in enum["labels"])
    return Enum(QualifiedName(enum["schema"] or DEFAULT_SCHEMA, enum["name"]), labels, place)


def member_places(enum: Answer, definition: Written) -> dict[str, Span]:
    """Labels to the statements of the members that they are made of."""
    members, labels = enum["class"]["members"], enum["labels"]
    if len(members) != len(labels) or not isinstance(definition.node, ast.ClassDef):
        return {}
    pairs = zip(labels, labels if set(labels) == set(members) else members, strict=True)
    found = ((label, syntax.attribute(definition.node, member)) for label, member in pairs)
    return {label: definition.module.span(statement) for label, statement in found if statement is not None}


def literal_places(enum: Answer, column: Written | None) -> dict[str, Span]:
    """Labels to the string literals of the column that uses the type."""
    if column is None:
        return {}
    literals = {each.value: column.module.span(each) for each in syntax.strings(column.node)}
    return {label: literals[label] for label in enum["labels"] if label in literals}
