"""Views: their names, and the columns and queries of those that can be read."""

from collections.abc import Iterator

from ormistice.model import Stated, View
from ormistice.names import DEFAULT_SCHEMA, QualifiedName, truncated
from ormistice.sources.drizzle.parts import Reading
from ormistice.sources.drizzle.sqltext import rendered
from ormistice.sources.drizzle.values import (
    Arguments,
    Array,
    Builder,
    Closure,
    ColumnOf,
    Native,
    Opaque,
    Record,
    SqlText,
    Step,
    Table,
    Value,
    text_of,
)

VIEWS = frozenset(("pgView", "pgMaterializedView"))
_JOINS = frozenset(("leftJoin", "rightJoin", "innerJoin", "fullJoin", "crossJoin"))
_SELECTS = frozenset(("select", "selectDistinct", "selectDistinctOn"))
_UNREAD_STEPS = frozenset(("leftJoinLateral", "innerJoinLateral", "crossJoinLateral"))


def is_view(builder: Builder) -> bool:
    """Whether a builder of a view is finished: before that it is none."""
    return builder.kind in VIEWS and any(step.name in ("as", "existing") for step in builder.steps)


def lower_view(reading: Reading, made: Builder) -> View | None:
    """The view as the model has it; None where its name is not known, which is then a problem."""
    given = made.arguments[0] if made.arguments else None
    name = text_of(given)
    schemas = [step.arguments[0] for step in made.steps if step.name == "schema"]
    schema = text_of(schemas[0]) if schemas else DEFAULT_SCHEMA
    if name is None or schema is None:
        unknown = next((item for item in (given, *schemas) if isinstance(item, Opaque)), None)
        reading.unknown(unknown or Opaque("its name is not known", made.place), "view")
        reading.unread.add(View)
        return None
    queries = [step.arguments[0] for step in made.steps if step.name == "as" and step.arguments]
    query = _query(reading, queries[0]) if queries else None
    columns = _columns(reading, made, query)
    if isinstance(columns, Opaque):
        reading.unknown(columns, f"columns of view `{name}`")
    stated = None if isinstance(columns, Opaque) else Stated(columns, made.place)
    definition = None if query is None or columns is query else _definition(reading, name, query)
    return View(
        QualifiedName(schema, truncated(name)),
        made.place,
        stated,
        made.kind == "pgMaterializedView",
        definition,
        created=not any(step.name == "existing" for step in made.steps),
    )


def _definition(reading: Reading, name: str, query: Value) -> Stated[str] | None:
    """The query where it is written as SQL; what drizzle would make of its own builder's is not known."""
    if isinstance(query, Builder):
        return None
    text = rendered(query, reading.names)
    if isinstance(text, Opaque):
        reading.unknown(text, f"query of view `{name}`")
        return None
    return Stated(text, query.place)


def _query(reading: Reading, value: Value) -> Value:
    if isinstance(value, Closure | Native):
        builder = Builder("QueryBuilder", (), value.place)
        return reading.evaluator.call(value, Arguments((builder,), value.place), value.place)
    return value


def _columns(reading: Reading, made: Builder, query: Value | None) -> tuple[str, ...] | Opaque:
    listed = made.arguments[1] if len(made.arguments) > 1 else None
    casings = [text_of(step.arguments[0]) for step in made.steps if step.name == "casing"]
    if listed is None:
        return Opaque("its query is missing", made.place) if query is None else _selected(reading, query)
    if not isinstance(listed, Record) or listed.unread:
        return listed if isinstance(listed, Opaque) else Opaque("they are not known", listed.place)
    names = [
        reading.names.column_of(entry.value, key, casings[0] if casings else None)
        for key, entry in listed.entries.items()
    ]
    return _all_known(names)


def _all_known(names: list[str | Opaque]) -> tuple[str, ...] | Opaque:
    unknown = next((name for name in names if isinstance(name, Opaque)), None)
    return unknown or tuple(name for name in names if isinstance(name, str))


def _selected(reading: Reading, query: Value) -> tuple[str, ...] | Opaque:
    """Names of the columns that a query of drizzle's own selects, as PostgreSQL has them."""
    if not isinstance(query, Builder) or query.kind != "QueryBuilder":
        return query if isinstance(query, Opaque) else Opaque("its query is not known", query.place)
    select = next((step for step in query.steps if step.name in _SELECTS), None)
    if select is None or any(step.name in _UNREAD_STEPS for step in query.steps):
        return Opaque("its query is not known", query.place)
    arguments = select.arguments[1:] if select.name == "selectDistinctOn" else select.arguments
    if arguments:
        return _all_known(list(_fields(reading, arguments[0])))
    sources = [step for step in query.steps if step.name == "from" or step.name in _JOINS]
    names = [name for step in sources for name in _all_of(reading, step)]
    return _all_known(names) if names else Opaque("its query is not known", query.place)


def _all_of(reading: Reading, step: Step) -> Iterator[str | Opaque]:
    table = step.arguments[0] if step.arguments else None
    if isinstance(table, Table):
        yield from _fields(reading, table)
    else:
        yield table if isinstance(table, Opaque) else Opaque("what it selects from is not known", step.place)


def _fields(reading: Reading, value: Value) -> Iterator[str | Opaque]:
    match value:
        case Record(entries=entries, unread=unread):
            yield from unread
            for entry in entries.values():
                yield from _fields(reading, entry.value)
        case Table(columns=Record() as columns):
            yield from columns.unread
            yield from (reading.names.column(value, key) for key in columns.entries)
        case ColumnOf(steps=()):
            yield reading.names.column(value.table, value.key)
        case SqlText(alias=alias) if text_of(alias) is not None:
            yield text_of(alias) or ""
        case Opaque():
            yield value
        case Array():
            yield Opaque("this is no column", value.place)
        case _:
            yield Opaque("what PostgreSQL calls this is not known", value.place)
