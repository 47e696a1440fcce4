"""Templates of SQL as the text that drizzle would send, columns in quotes and values written out."""

from dataclasses import dataclass

from ormistice.names import QualifiedName, quoted
from ormistice.sources.drizzle.names import Names
from ormistice.sources.drizzle.values import (
    Array,
    ColumnOf,
    Enum,
    Nothing,
    Opaque,
    Scalar,
    SqlText,
    Table,
    Value,
    spelled,
    text_of,
)

_MOST_PARTS = 20_000


def rendered(value: Value, names: Names, *, qualified: bool = True) -> str | Opaque:
    """The text of `value`; `qualified`: columns stand with their table, as everywhere but in an index."""
    return _Rendering(names, qualified).value(value)


@dataclass(slots=True)
class _Rendering:
    """What a rendering goes by, and how many parts it may still take: a part may be in many others."""

    names: Names
    qualified: bool
    left: int = _MOST_PARTS

    def value(self, value: Value) -> str | Opaque:
        match value:
            case SqlText(parts=parts):
                return self.parts(parts, value)
            case Array(unread=()):
                return self.parts(tuple(_listed(value)), value)
            case _:
                return _single(value, self.names, qualified=self.qualified)

    def parts(self, parts: "tuple[str | Value, ...]", whole: Value) -> str | Opaque:
        pieces: list[str] = []
        for part in parts:
            self.left -= 1
            piece = part if isinstance(part, str) else self.value(part)
            if isinstance(piece, Opaque):
                return piece
            if self.left < 0:
                return Opaque("the SQL is too long", whole.place)
            pieces.append(piece)
        return "".join(pieces)


def _single(value: Value, names: Names, *, qualified: bool) -> str | Opaque:
    match value:
        case ColumnOf():
            return _column(value, names, qualified=qualified)
        case Table():
            name = names.table(value)
            return name if isinstance(name, Opaque) else f"{_schema_of(value, name)}{quoted(name.name)}"
        case Enum():
            return quoted(text_of(value.name) or "")
        case Scalar():
            return _literal(value)
        case Opaque():
            return value
        case _:
            return Opaque("this part of the SQL is not known", value.place)


def _listed(value: Array) -> list["str | Value"]:
    parts: list[str | Value] = ["("]
    for i, item in enumerate(value.items):
        parts += (*((", ",) if i else ()), item)
    return [*parts, ")"]


def _column(value: ColumnOf, names: Names, *, qualified: bool) -> str | Opaque:
    column, table = names.column(value.table, value.key), names.table(value.table)
    if isinstance(column, Opaque):
        return column
    if isinstance(table, Opaque):
        return table
    if not qualified:
        return quoted(column)
    return f"{_schema_of(value.table, table)}{quoted(table.name)}.{quoted(column)}"


def _schema_of(table: Table, name: QualifiedName) -> str:
    return "" if table.schema is None else f"{quoted(name.schema)}."


def _literal(value: Scalar) -> str | Opaque:
    match value.value:
        case str() as text:
            return "'" + text.replace("'", "''") + "'"
        case Nothing.NULL:
            return "null"
        case Nothing.UNDEFINED:
            return ""
        case _:
            return spelled(value) or ""
