"""drizzle-orm as a vocabulary: what its functions make of their arguments, without making anything of it yet."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from ormistice.sources.drizzle import packages, presets, zod
from ormistice.sources.drizzle.lexer import words
from ormistice.sources.drizzle.values import (
    Arguments,
    Array,
    Bound,
    Builder,
    Closure,
    ColumnOf,
    Entry,
    Enum,
    Foreign,
    Namespace,
    Native,
    Opaque,
    Record,
    Scalar,
    SqlText,
    Step,
    Symbol,
    Table,
    Value,
    is_nothing,
    known_or_opaque,
    text_of,
)
from ormistice.text import Span

if TYPE_CHECKING:
    from ormistice.sources.drizzle.evaluate import Evaluator

COLUMNS = words(
    """bigint bigserial boolean bytea char cidr date decimal doublePrecision geometry inet integer interval json
    jsonb line macaddr macaddr8 numeric point real serial smallint smallserial text time timestamp uuid
    varchar bit halfvec sparsevec vector"""
)
CONSTRAINTS = words("index uniqueIndex unique primaryKey foreignKey check pgPolicy")
OBJECTS = words("pgSequence pgRole pgView pgMaterializedView")
RELATIONS = words("relations defineRelations defineRelationsPart")
_CASINGS = {"snakeCase": "snake_case", "camelCase": "camelCase"}
_COMPARISONS = {
    "eq": " = ", "ne": " <> ", "gt": " > ", "gte": " >= ", "lt": " < ", "lte": " <= ",
    "like": " like ", "ilike": " ilike ", "notLike": " not like ", "notIlike": " not ilike ",
}  # fmt: skip
_AGGREGATES = {
    "count": "count(", "countDistinct": "count(distinct ", "sum": "sum(", "sumDistinct": "sum(distinct ",
    "avg": "avg(", "avgDistinct": "avg(distinct ", "min": "min(", "max": "max(",
}  # fmt: skip
_SUFFIXES = {"isNull": " is null", "isNotNull": " is not null", "asc": " asc", "desc": " desc"}


def construct(e: "Evaluator", function: Value, arguments: Arguments, place: Span) -> Value:
    """What calling `function`, which is drizzle's or another package's, gives."""
    match function:
        case Symbol(package=package) if package.startswith("drizzle-orm"):
            return _of_drizzle(e, function, _known(arguments), place)
        case Symbol():
            known = packages.called(function, arguments, place)
            if known is not None:
                return known
            name = zod.function_name(function) or ".".join((function.name, *function.path))
            return Foreign(name, arguments.values, place)
        case Enum():
            return Builder("enum", (function, *_known(arguments).values), place)
        case Bound(owner=owner, name=name):
            arguments = _known(arguments)
            return _method(e, owner, Step(name, arguments.values, _step_place(function, arguments)), arguments, place)
        case _:
            return Opaque("what is called here is not a function", place)


def _known(arguments: Arguments) -> Arguments:
    if not any(isinstance(value, Foreign | Symbol) for value in arguments.values):
        return arguments
    return replace(arguments, values=tuple(known_or_opaque(value) for value in arguments.values))


def _step_place(bound: Bound, arguments: Arguments) -> Span:
    if arguments.place.end <= bound.place.end:
        return bound.place
    return Span(bound.place.file, bound.place.start, arguments.place.end)


def _method(e: "Evaluator", owner: Value, step: Step, arguments: Arguments, place: Span) -> Value:
    match owner:
        case Builder():
            if arguments.unread:
                step = replace(step, arguments=(*step.arguments, arguments.unread))
            return owner.then(step, place)
        case ColumnOf():
            return replace(owner, steps=(*owner.steps, step), place=place)
        case SqlText():
            alias = step.arguments[0] if step.name == "as" and step.arguments else owner.alias
            return replace(owner, place=place, alias=alias)
        case Table():
            return replace(owner, row_security=step.place, place=place)
        case Namespace():
            return _of_namespace(e, owner, step.name, arguments, place)
        case _:
            return Opaque(f"`{step.name}` is not evaluated", place)


def _of_namespace(e: "Evaluator", owner: Namespace, name: str, arguments: Arguments, place: Span) -> Value:
    if name == "table":
        return _table(e, arguments, place, schema=owner.name, casing=owner.casing)
    if name == "enum":
        return _enum(arguments, place, owner.name)
    if name in ("sequence", "view", "materializedView"):
        kind = {"sequence": "pgSequence", "view": "pgView", "materializedView": "pgMaterializedView"}[name]
        steps = (Step("schema", (owner.name,), owner.place), *_casing_step(owner.casing, place))
        return Builder(kind, arguments.values, place, steps)
    return Opaque(f"`{name}` of a schema is not evaluated", place)


def _of_drizzle(e: "Evaluator", symbol: Symbol, arguments: Arguments, place: Span) -> Value:
    dialect = symbol.package.removeprefix("drizzle-orm").strip("/")
    if dialect in ("mysql-core", "sqlite-core", "singlestore-core", "gel-core", "cockroach-core", "mssql-core"):
        return Foreign(f"{dialect} {symbol.name}", arguments.values, place)
    name = symbol.name
    if name in ("pgTable", *_CASINGS):
        return _table_function(e, symbol, arguments, place)
    if name == "sql":
        return _sql(symbol.path, arguments, place)
    if symbol.path:
        return Foreign(".".join((name, *symbol.path)), arguments.values, place)
    if name in COLUMNS | CONSTRAINTS | OBJECTS | RELATIONS:
        values = arguments.values if arguments.unread is None else (*arguments.values, arguments.unread)
        return Builder(name, values, place)
    made = _MAKERS.get(name)
    if made is not None:
        return made(e, arguments, place)
    return _operator(name, arguments, place)


def _table_function(e: "Evaluator", symbol: Symbol, arguments: Arguments, place: Span) -> Value:
    casing = _CASINGS.get(symbol.name)
    secured = place if "withRLS" in symbol.path else None
    if casing is None or symbol.path[:1] == ("table",):
        made = _table(e, arguments, place, casing=casing)
        return replace(made, row_security=secured) if isinstance(made, Table) else made
    if symbol.path[:1] == ("schema",):
        return Namespace(_given(arguments, 0, place), place, casing)
    kind = {"view": "pgView"}.get(symbol.path[0] if symbol.path else "", "pgMaterializedView")
    return Builder(kind, arguments.values, place, _casing_step(casing, place))


def _casing_step(casing: str | None, place: Span) -> tuple[Step, ...]:
    return () if casing is None else (Step("casing", (Scalar(casing, place),), place),)


def _given(arguments: Arguments, index: int, place: Span) -> Value:
    return arguments.get(index) or Opaque("an argument is missing", place)


def _table(
    e: "Evaluator", arguments: Arguments, place: Span, *, schema: Value | None = None, casing: str | None = None
) -> Value:
    columns = _given(arguments, 1, place)
    if isinstance(columns, Closure | Native):
        builders = Symbol("drizzle-orm/pg-core", "*", columns.place)
        columns = e.call(columns, Arguments((builders,), columns.place), columns.place)
    if not isinstance(columns, Record | Opaque):
        columns = Opaque("the columns of this table are not known", columns.place)
    extras = arguments.get(2)
    declaration = e.statements[-1] if e.statements else place
    return Table(
        _given(arguments, 0, place), columns, None if is_nothing(extras) else extras, place, declaration, schema, casing
    )


def _table_creator(e: "Evaluator", arguments: Arguments, place: Span) -> Value:
    naming = _given(arguments, 0, place)

    def create(given: Arguments, where: Span) -> Value:
        name = e.call(naming, Arguments(given.values[:1], given.place, given.unread), given.place)
        written = text_of(name)
        first = given.get(0)
        # The name is stated where its own part of it stands.
        stated = Scalar(written, first.place) if written is not None and first is not None else name
        return _table(e, Arguments((stated, *given.values[1:]), given.place, given.unread), where)

    return Native("a table creator", create, place)


def _enum(arguments: Arguments, place: Span, schema: Value | None = None) -> Value:
    return Enum(_given(arguments, 0, place), _given(arguments, 1, place), place, schema)


def _schema(_e: "Evaluator", arguments: Arguments, place: Span) -> Value:
    return Namespace(_given(arguments, 0, place), place)


def _custom_type(_e: "Evaluator", arguments: Arguments, place: Span) -> Value:
    parameters = _given(arguments, 0, place)

    def column(given: Arguments, where: Span) -> Value:
        return Builder("custom", (parameters, *_known(given).values), where)

    return Native("a custom type", column, place)


def _columns_of(_e: "Evaluator", arguments: Arguments, place: Span) -> Value:
    table = _given(arguments, 0, place)
    if not isinstance(table, Table) or not isinstance(table.columns, Record):
        return table if isinstance(table, Opaque) else Opaque("the columns of this are not known", place)
    entries = {
        key: Entry(ColumnOf(table, key, entry.place), entry.place) for key, entry in table.columns.entries.items()
    }
    return Record(entries, place, table.columns.unread)


def _table_name(_e: "Evaluator", arguments: Arguments, place: Span) -> Value:
    table = _given(arguments, 0, place)
    if not isinstance(table, Table):
        return table if isinstance(table, Opaque) else Opaque("which table this is is not known", place)
    return table.name


_MAKERS: Mapping[str, Callable[["Evaluator", Arguments, Span], Value]] = {
    "pgTableCreator": _table_creator,
    "pgEnum": lambda _e, arguments, place: _enum(arguments, place),
    "pgSchema": _schema,
    "customType": _custom_type,
    "getTableColumns": _columns_of,
    "getColumns": _columns_of,
    "getTableName": _table_name,
    "authUid": lambda _e, arguments, place: presets.user_is(arguments, place),
    "crudPolicy": lambda _e, arguments, place: presets.crud_policies(arguments, place),
}


def _sql(path: tuple[str, ...], arguments: Arguments, place: Span) -> Value:
    first = arguments.get(0)
    match path:
        case ("raw",) if text_of(first) is not None:
            return SqlText((text_of(first) or "",), place)
        case ("identifier",) if text_of(first) is not None:
            return SqlText(('"' + (text_of(first) or "").replace('"', '""') + '"',), place)
        case ("empty",):
            return SqlText((), place)
        case ("join",) if isinstance(first, Array) and not first.unread:
            return _joined(first.items, arguments.get(1), place)
        case _:
            return first if isinstance(first, Opaque) else Opaque("this SQL is not evaluated", place)


def _joined(items: tuple[Value, ...], separator: Value | None, place: Span) -> SqlText:
    parts: list[str | Value] = []
    for item in items:
        if parts and separator is not None:
            parts.append(separator)
        parts.append(item)
    return SqlText(tuple(parts), place)


def _operator(name: str, arguments: Arguments, place: Span) -> Value:
    """The functions that write a condition: `eq`, `and`, `isNull` and the rest."""
    values = arguments.values
    if arguments.unread:
        return arguments.unread
    if name in _COMPARISONS and len(values) > 1:
        return SqlText((values[0], _COMPARISONS[name], values[1]), place)
    if name in _AGGREGATES:
        return SqlText((_AGGREGATES[name], values[0] if values else "*", ")"), place)
    if name in _SUFFIXES and values:
        return SqlText((values[0], _SUFFIXES[name]), place)
    if name in ("and", "or"):
        return _all_of(tuple(value for value in values if not is_nothing(value)), f" {name} ", place)
    if name == "not" and values:
        return SqlText(("not ", values[0]), place)
    return _membership(name, values, place) or Foreign(name, values, place)


def _membership(name: str, values: tuple[Value, ...], place: Span) -> SqlText | None:
    """`inArray`, `between` and their opposites."""
    if name in ("inArray", "notInArray") and len(values) > 1 and isinstance(values[1], Array):
        listed = _joined(values[1].items, Scalar(", ", place), place)
        parts = tuple(", " if i % 2 else part for i, part in enumerate(listed.parts))
        return SqlText((values[0], " in (" if name == "inArray" else " not in (", *parts, ")"), place)
    if name in ("between", "notBetween") and len(values) > 2:  # noqa: PLR2004 - a value and its two bounds
        word = " between " if name == "between" else " not between "
        return SqlText((values[0], word, values[1], " and ", values[2]), place)
    return None


def _all_of(values: tuple[Value, ...], word: str, place: Span) -> Value:
    if len(values) == 1:
        return values[0]
    parts: list[str | Value] = ["("]
    for i, value in enumerate(values):
        parts += (*((word,) if i else ()), value)
    return SqlText((*parts, ")"), place)
