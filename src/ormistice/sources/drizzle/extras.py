"""The third argument of a table: keys, constraints, indexes and policies."""

from dataclasses import replace

from ormistice.model import CheckConstraint, PrimaryKey, Stated, UniqueConstraint
from ormistice.sources.drizzle.indexes import lower_index
from ormistice.sources.drizzle.keys import own_columns, table_key
from ormistice.sources.drizzle.parts import EXTRAS, Parts
from ormistice.sources.drizzle.policies import lower_policy
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
    Scalar,
    SqlText,
    Value,
    is_nothing,
    text_of,
)


def lower_extras(parts: Parts) -> None:
    """Everything that the table's third argument declares."""
    extras = parts.table.extras
    if extras is None:
        return
    if isinstance(extras, Closure | Native):
        extras = parts.reading.evaluator.call(extras, Arguments((parts.table,), extras.place), extras.place)
    match extras:
        case Array(items=items, unread=unread):
            values: tuple[Value, ...] = items
        case Record(entries=entries, unread=unread):
            values = tuple(entry.value for entry in entries.values())
        case _ if is_nothing(extras):
            return
        case _:
            unknown = extras if isinstance(extras, Opaque) else Opaque("these are not known", extras.place)
            parts.unknown(unknown, "constraints and indexes", *EXTRAS)
            return
    for missed in unread:
        parts.unknown(missed, "constraints and indexes", *EXTRAS)
    own = len(parts.unique_constraints)
    for value in _flat(values):
        _lower(parts, value)
    if parts.reading.rules.modern:
        parts.unique_constraints[:] = _one_for_each_column(parts.unique_constraints, own)


def _one_for_each_column(constraints: list[UniqueConstraint], own: int) -> list[UniqueConstraint]:
    """What is created of a table's constraints, the first `own` being its columns': the table's come before those."""
    listed = dict.fromkeys(constraint.columns for constraint in constraints[own:])
    kept = [constraint for constraint in constraints[:own] if constraint.columns not in listed]
    for constraint in constraints[own:]:
        if len(constraint.columns) > 1 or all(constraint.columns != other.columns for other in kept):
            kept.append(constraint)
    return kept


def _flat(values: tuple[Value, ...]) -> list[Value]:
    # Drizzle opens one level of arrays in the list, and steps over what is no builder.
    found: list[Value] = []
    for value in values:
        if isinstance(value, Array) and not value.unread:
            found += value.items
        else:
            found.append(value)
    return found


def _lower(parts: Parts, value: Value) -> None:
    if is_nothing(value):
        return
    if isinstance(value, SqlText | Scalar | ColumnOf | Record):
        parts.unknown(Opaque("drizzle takes no notice of this", value.place), "constraint or index")
        return
    if not isinstance(value, Builder):
        unknown = value if isinstance(value, Opaque) else Opaque("this is not known", value.place)
        parts.unknown(unknown, "constraint or index", *EXTRAS)
        return
    match value.kind:
        case "foreignKey":
            table_key(parts, value)
        case "primaryKey":
            _primary_key(parts, value)
        case "unique":
            _unique(parts, value)
        case "index" | "uniqueIndex":
            lower_index(parts, value)
        case "check":
            _check(parts, value)
        case "pgPolicy":
            lower_policy(parts, value)
        case _:
            parts.unknown(Opaque(f"`{value.kind}` is not expected here", value.place), "constraint or index", *EXTRAS)


def _primary_key(parts: Parts, builder: Builder) -> None:
    first = builder.arguments[0] if builder.arguments else None
    config = first if isinstance(first, Record) else None
    name = config.get("name") if config else None
    listed = config.get("columns") if config else Array(builder.arguments, builder.place)
    columns = own_columns(parts, listed, builder.place)
    if isinstance(columns, Opaque):
        parts.unknown(columns, "primary key", PrimaryKey)
        return
    if isinstance(name, Opaque):
        parts.unknown(name, "name of the primary key")
    written = text_of(name)
    unnamed = parts.reading.rules.primary_key(parts.name.name, columns)
    stated = Stated(written, name.place) if written is not None and name is not None else None
    if stated is None and unnamed is not None and is_nothing(name):
        stated = Stated(unnamed, builder.place, implicit=True)
    place = listed.place if listed is not None else builder.place
    parts.primary_key = PrimaryKey(parts.name, Stated(columns, place), builder.place, stated)
    # No column of a primary key takes NULL, whatever is said of the column itself.
    parts.columns[:] = [
        replace(column, nullable=Stated(False, place, implicit=True)) if column.name in columns else column  # noqa: FBT003 - the model's own form
        for column in parts.columns
    ]


def _unique(parts: Parts, builder: Builder) -> None:
    given = builder.arguments[0] if builder.arguments else None
    columns: tuple[str, ...] | Opaque = Opaque("its columns are missing", builder.place)
    raw: tuple[str, ...] = ()
    same: Stated[bool] = Stated(False, builder.place, implicit=True)  # noqa: FBT003 - the model's own form
    for step in builder.steps:
        if step.name == "on":
            columns = own_columns(parts, Array(step.arguments, step.place), step.place)
            raw = _raw_names(parts, step.arguments)
        elif step.name == "nullsNotDistinct":
            same = Stated(True, step.place)  # noqa: FBT003 - the model's own form
        else:
            columns = Opaque(f"`.{step.name}()` is not known", step.place)
    if not columns:
        # drizzle-kit 1.0 makes none of it, and before it a statement that fails.
        columns = Opaque("it is given no columns", builder.place)
    if isinstance(columns, Opaque):
        parts.unknown(columns, "unique constraint", UniqueConstraint)
        return
    if isinstance(given, Opaque):
        parts.unknown(given, "name of a unique constraint")
    written = text_of(given)
    name = Stated(written, given.place) if written and given is not None else None
    if name is None and (given is None or is_nothing(given) or written == ""):
        unnamed = parts.reading.rules.unique(parts.name.name, raw)
        name = Stated(unnamed, builder.place, implicit=True) if unnamed is not None else None
    parts.unique_constraints.append(
        UniqueConstraint(parts.name, columns, builder.place, nulls_not_distinct=same, name=name)
    )


def _raw_names(parts: Parts, columns: tuple[Value, ...]) -> tuple[str, ...]:
    found: list[str] = []
    for column in columns:
        if isinstance(column, ColumnOf) and isinstance(column.table.columns, Record):
            value = column.table.columns.get(column.key)
            if isinstance(value, Builder):
                found.append(parts.reading.names.unique_part(column.table, value, column.key))
    return tuple(found)


def _check(parts: Parts, builder: Builder) -> None:
    name = builder.arguments[0] if builder.arguments else None
    value: Value = (
        builder.arguments[1] if len(builder.arguments) > 1 else Opaque("its condition is missing", builder.place)
    )
    text = rendered(value, parts.reading.names, qualified=not parts.reading.rules.modern)
    if isinstance(text, Opaque):
        parts.unknown(text, f"check `{text_of(name)}`" if text_of(name) else "check", CheckConstraint)
        return
    written = text_of(name)
    if written is None and name is not None:
        parts.unknown(
            name if isinstance(name, Opaque) else Opaque("it is not known", name.place),
            "name of a check",
            CheckConstraint,
        )
        return
    stated = Stated(written, name.place) if written is not None and name is not None else None
    parts.checks.append(CheckConstraint(parts.name, Stated(text, value.place), builder.place, name=stated))
