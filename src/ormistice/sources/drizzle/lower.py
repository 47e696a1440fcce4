"""Drizzle's tables and enums to the model: one `Reading` for all, one module for what a table is made of."""

from collections.abc import Iterable

from ormistice.model import Enum as ModelEnum
from ormistice.model import Sequence, Stated
from ormistice.model import Table as ModelTable
from ormistice.names import DEFAULT_SCHEMA, QualifiedName, truncated
from ormistice.sources.drizzle.columns import lower_columns
from ormistice.sources.drizzle.extras import lower_extras
from ormistice.sources.drizzle.parts import Parts, Reading
from ormistice.sources.drizzle.policies import linked_table, lower_policy
from ormistice.sources.drizzle.sequences import sequence_options
from ormistice.sources.drizzle.values import (
    Array,
    Builder,
    Enum,
    Opaque,
    Record,
    Scalar,
    Table,
    Value,
    text_of,
)


def lower_table(reading: Reading, table: Table, policies: Iterable[Builder] = ()) -> ModelTable | None:
    """The table as the model has it, with those of `policies` that are linked to it.

    None where not even its name is known, which is then a problem.
    """
    name = reading.names.table(table)
    if isinstance(name, Opaque):
        reading.unknown(name, "table")
        reading.unread.add(ModelTable)
        return None
    parts = Parts(reading, table, name)
    lower_columns(parts)
    lower_extras(parts)
    for policy in policies:
        linked = linked_table(policy)
        if linked is not None and reading.names.table(linked) == name:
            lower_policy(parts, policy)
    return parts.finished()


def lower_enum(reading: Reading, enum: Enum) -> ModelEnum | None:
    """The enum as the model has it; None where its name or labels are not known, which is then a problem."""
    name = text_of(enum.name)
    schema = DEFAULT_SCHEMA if enum.schema is None else text_of(enum.schema)
    labels = _labels(enum.labels)
    if name is None or schema is None or isinstance(labels, Opaque):
        reason = labels if isinstance(labels, Opaque) else enum.name if isinstance(enum.name, Opaque) else None
        reading.unknown(reason or Opaque("its name is not known", enum.place), f"enum `{name}`" if name else "enum")
        reading.unread.add(ModelEnum)
        return None
    return ModelEnum(QualifiedName(schema, truncated(name)), labels, enum.place)


def unexported_enums(reading: Reading, tables: Iterable[Table], exported: Iterable[ModelEnum]) -> list[ModelEnum]:
    """Enums that columns of `tables` are of, and that are not among the `exported` ones.

    drizzle-kit creates the columns and not the type. To the application it is there, as it mostly is in the database.
    """
    found: dict[QualifiedName, ModelEnum] = {}
    known = {enum.name for enum in exported}
    for enum in _enums_of(tables):
        made = lower_enum(reading, enum)
        if made is not None and made.name not in known and made.name not in found:
            found[made.name] = made
            reading.unknown(
                Opaque("the schema does not export it, and drizzle-kit does not create it", enum.place),
                f"enum `{made.name.name}`",
            )
    return list(found.values())


def _enums_of(tables: Iterable[Table]) -> Iterable[Enum]:
    """Each enum that a column is of, once."""
    found: dict[int, Enum] = {}
    for table in tables:
        for entry in table.columns.entries.values() if isinstance(table.columns, Record) else ():
            column = entry.value
            if isinstance(column, Builder) and column.kind == "enum" and isinstance(column.arguments[0], Enum):
                found[id(column.arguments[0])] = column.arguments[0]
    return found.values()


def lower_sequence(reading: Reading, made: Builder) -> Sequence | None:
    """A sequence that belongs to no column."""
    name = text_of(made.arguments[0]) if made.arguments else None
    schemas = [step.arguments[0] for step in made.steps if step.name == "schema"]
    schema = text_of(schemas[0]) if schemas else DEFAULT_SCHEMA
    options = sequence_options("bigint", made.arguments[1] if len(made.arguments) > 1 else None)
    if name is None or schema is None or isinstance(options, Opaque):
        reading.unknown(
            options if isinstance(options, Opaque) else Opaque("its name is not known", made.place), "sequence"
        )
        reading.unread.add(Sequence)
        return None
    return Sequence(QualifiedName(schema, truncated(name)), options, made.place)


def _labels(value: Value) -> tuple[Stated[str], ...] | Opaque:
    match value:
        case Opaque():
            return value
        case Array(unread=()):
            items: Iterable[Value] = value.items
        case Record(unread=()):
            items = [entry.value for entry in value.entries.values()]
        case Array() | Record():
            return value.unread[0]
        case _:
            return Opaque("its labels are not known", value.place)
    found: list[Stated[str]] = []
    for item in items:
        if not isinstance(item, Scalar) or not isinstance(item.value, str):
            return item if isinstance(item, Opaque) else Opaque("a label is not known", item.place)
        found.append(Stated(item.value, item.place))
    return tuple(found)
