"""The constraints and indexes of a table: which call, or which column, in the text makes each."""

import ast
from collections.abc import Iterator, Sequence

from ormistice.sources.sqlalchemy import syntax
from ormistice.sources.sqlalchemy.places import Answer, Places, Written, WrittenCall, names_in


def attributes(table: Answer, columns: Sequence[str]) -> set[tuple[str, ...]]:
    """The ways in which columns may be named: by their own names, and by the attributes of each mapped class."""
    ways = {tuple(columns)}
    for mapped in table["classes"]:
        ways.add(tuple(mapped["attributes"].get(column, column) for column in columns))
    return ways


def constraint(places: Places, table: Answer, item: Answer, *kinds: str) -> WrittenCall | None:
    """The call of one of `kinds` that makes a constraint or index: the one of its name, else the one of its columns."""
    columns = item.get("columns") or [element.get("column") for element in item.get("elements", []) if element]
    ways = attributes(table, [column for column in columns if column])
    own = [call for scope in places.arguments(table) for call in scope.calls(*kinds)]
    name = item["name"]
    if name is not None:
        named = next((call for call in own if call.stated_name == name), None)
        named = named or next(places.apart(table, name, *kinds), None)
        if named is not None:
            return named
    return next((call for call in own if set(columns_of(call)) & ways), None)


def columns_of(call: WrittenCall) -> Iterator[tuple[str, ...]]:
    """The columns that a call names, with and without its first argument, which is an index's name."""
    arguments = call.call.args
    if call.name == "ForeignKeyConstraint":
        yield names_in(arguments[:1] or [value for value in [syntax.keyword(call.call, "columns")] if value])
    else:
        yield names_in(arguments[1:] if call.name == "Index" else arguments)


def reference(places: Places, table: Answer, key: Answer) -> tuple[Written | None, WrittenCall | None, ast.expr | None]:
    """A foreign key in the text: what declares it, the call that states it, the expression that names its target."""
    call = constraint(places, table, key, "ForeignKeyConstraint")
    if call is not None:
        targets = [*call.call.args[1:2], *(value for value in [syntax.keyword(call.call, "refcolumns")] if value)]
        return Written(call.module, call.call), call, next(iter(targets), None)
    if len(key["columns"]) != 1:
        return None, None, None
    column = places.column(table, key["columns"][0])
    if column is None:
        return None, None, None
    stated = list(column_references(column))
    exact = [
        (call, value) for call, value in stated if isinstance(value, ast.Constant) and value.value == key["spelled"][0]
    ]
    for found, value in exact or stated:
        return column, found, value
    literal = next((each for each in syntax.strings(column.node) if each.value == key["spelled"][0]), None)
    return column, None, literal


def column_references(column: Written) -> Iterator[tuple[WrittenCall, ast.expr]]:
    """The foreign keys that a column's declaration states, each with the expression that names the target."""
    for call in column.calls("ForeignKey", "Field"):
        value = syntax.keyword(call.call, "foreign_key" if call.name == "Field" else "column")
        if call.name == "ForeignKey" and call.call.args:
            value = call.call.args[0]
        if value is not None:
            yield call, value
