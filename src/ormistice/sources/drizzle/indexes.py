"""Indexes, unique or not."""

from ormistice.model import Index, IndexElement, Stated
from ormistice.sources.drizzle.elements import unless_always_default, unless_default, written_elements
from ormistice.sources.drizzle.parts import Parts
from ormistice.sources.drizzle.sqltext import rendered
from ormistice.sources.drizzle.values import (
    Builder,
    ColumnOf,
    Opaque,
    SqlText,
    Step,
    Value,
    is_nothing,
    text_of,
)
from ormistice.text import Span


def lower_index(parts: Parts, builder: Builder) -> None:
    """`index(name).on(columns)` or `.using(method, columns)`, with `.where()` and `.with()`."""
    draft = _read(parts, builder)
    if isinstance(draft, Opaque):
        parts.unknown(draft, "index", Index)
        return
    given = builder.arguments[0] if builder.arguments else None
    if isinstance(given, Opaque):
        parts.unknown(given, "name of an index")
    written = text_of(given)
    name = Stated(written, given.place) if written and given is not None else None
    columns = tuple(element.column for element in draft.elements if element.column is not None)
    if name is None and not isinstance(given, Opaque) and len(columns) == len(draft.elements):
        name = Stated(parts.reading.rules.index(parts.name.name, columns), builder.place, implicit=True)
    unique = Stated(builder.kind == "uniqueIndex", builder.place)
    parts.indexes.append(
        Index(
            parts.name,
            draft.elements,
            builder.place,
            unique,
            draft.method,
            draft.predicate,
            name=name,
        )
    )


class _Draft:
    """An index while its methods are read."""

    def __init__(self, end: Span) -> None:
        self.elements: tuple[IndexElement, ...] = ()
        self.method = Stated("btree", end, implicit=True)
        self.predicate: Stated[str | None] | None = Stated(None, end, implicit=True)


def _read(parts: Parts, builder: Builder) -> _Draft | Opaque:
    draft = _Draft(Span(builder.place.file, builder.place.end, builder.place.end))
    for step in builder.steps:
        if step.name in ("on", "onOnly", "using"):
            failed = _read_columns(parts, draft, step)
            if failed is not None:
                return failed
        elif step.name == "where":
            draft.predicate = _predicate(parts, step)
        elif step.name not in ("with", "concurrently", "asc", "desc", "nullsFirst", "nullsLast"):
            return Opaque(f"`.{step.name}()` is not known", step.place)
    return draft if draft.elements else Opaque("its columns are missing", builder.place)


def _read_columns(parts: Parts, draft: _Draft, step: Step) -> Opaque | None:
    columns = step.arguments
    if step.name == "using":
        method = text_of(columns[0]) if columns else None
        if method is None:
            return Opaque("its method is not known", step.place)
        draft.method = Stated(method.lower(), columns[0].place)
        columns = columns[1:]
    found: list[IndexElement] = []
    for column in columns:
        elements = _elements(parts, column, draft.method.value)
        if isinstance(elements, Opaque):
            return elements
        found += elements
    draft.elements = tuple(found)
    return None


def _elements(parts: Parts, value: Value, method: str) -> tuple[IndexElement, ...] | Opaque:
    if isinstance(value, SqlText):
        text = rendered(value, parts.reading.names, qualified=False)
        if isinstance(text, Opaque):
            return text
        return tuple(unless_always_default(element, method) for element in written_elements(text))
    if not isinstance(value, ColumnOf):
        return value if isinstance(value, Opaque) else Opaque("this is not a column that is known", value.place)
    name = parts.reading.names.column(value.table, value.key)
    if isinstance(name, Opaque):
        return name
    ordered = _ordered(parts, name, value)
    if isinstance(ordered, Opaque):
        return ordered
    return (unless_always_default(ordered, method) if method == "ivfflat" else ordered,)


def _ordered(parts: Parts, name: str, value: ColumnOf) -> IndexElement | Opaque:
    descending, nulls, opclass = False, "last", None
    for step in value.steps:
        if step.name in ("asc", "desc"):
            descending = step.name == "desc"
        elif step.name in ("nullsFirst", "nullsLast"):
            nulls = step.name[5:].lower()
        elif step.name == "op" and step.arguments and text_of(step.arguments[0]) is not None:
            opclass = text_of(step.arguments[0])
        else:
            return Opaque(f"`.{step.name}()` is not known", step.place)
    # Before 1.0, drizzle-kit (0.31) writes an operator class in place of the order.
    lost = opclass is not None and not parts.reading.rules.modern
    column = next((column for column in parts.columns if column.name == name), None)
    type_ = column.type.value if column is not None and column.type is not None else None
    return IndexElement(name, None, descending, nulls == "first", unless_default(opclass, type_), order_lost=lost)


def _predicate(parts: Parts, step: Step) -> Stated[str | None] | None:
    value = step.arguments[0] if step.arguments else None
    if value is None or is_nothing(value):
        return Stated(None, step.place, implicit=True)
    text = rendered(value, parts.reading.names, qualified=not parts.reading.rules.modern)
    if isinstance(text, Opaque):
        parts.unknown(text, "condition of an index")
        return None
    return Stated(text, value.place)
