"""Database names of drizzle's tables and columns, which their keys in TypeScript need not be."""

from ormistice.names import DEFAULT_SCHEMA, QualifiedName, truncated
from ormistice.sources.drizzle.naming import Rules
from ormistice.sources.drizzle.values import Builder, Opaque, Record, Table, Value, text_of


class Names:
    """Names under the rules of one version and configuration."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules

    def table(self, table: Table) -> QualifiedName | Opaque:
        """Name of a table, with its schema."""
        name = text_of(table.name)
        if name is None:
            return _unknown(table.name, "the table's name is not known")
        schema = DEFAULT_SCHEMA if table.schema is None else text_of(table.schema)
        if schema is None and table.schema is not None:
            return _unknown(table.schema, "the table's schema is not known")
        return QualifiedName(schema or DEFAULT_SCHEMA, truncated(name))

    def column(self, table: Table, key: str) -> str | Opaque:
        """Name of the column that `table` has under `key`."""
        if not isinstance(table.columns, Record):
            return _unknown(table.columns, "the columns of this table are not known")
        value = table.columns.get(key)
        if value is None:
            return Opaque(f"there is no column `{key}`", table.place)
        return self.column_of(value, key, table.casing)

    def column_of(self, value: Value, key: str, casing: str | None) -> str | Opaque:
        """Name of the column that `value` makes under `key`."""
        if not isinstance(value, Builder):
            return _unknown(value, "this column is not known")
        first = column_arguments(value)[:1]
        if first and isinstance(first[0], Opaque):
            return first[0]
        return truncated(_own_name(value) or self.rules.column(key, casing))

    def unique_part(self, table: Table, value: Builder, key: str) -> str:
        """What a column adds to a made-up name of a unique constraint: drizzle knows nothing of `casing` then."""
        return _own_name(value) or (key if table.casing is None else self.rules.column(key, table.casing))


def column_arguments(column: Builder) -> tuple[Value, ...]:
    """The arguments of a column's function, without the enum or custom type that it is of."""
    return column.arguments[1:] if column.kind in ("enum", "custom") else column.arguments


def _own_name(column: Builder) -> str | None:
    first = column_arguments(column)[:1]
    return text_of(first[0]) if first else None


def _unknown(value: Value, reason: str) -> Opaque:
    return value if isinstance(value, Opaque) else Opaque(reason, value.place)
