"""The PostgreSQL type that each of drizzle's column functions makes."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from ormistice.names import DEFAULT_SCHEMA, truncated
from ormistice.sources.drizzle.clauses import Definition, definition
from ormistice.sources.drizzle.customs import in_quotes
from ormistice.sources.drizzle.names import column_arguments
from ormistice.sources.drizzle.values import (
    Arguments,
    Builder,
    Closure,
    Enum,
    Native,
    Opaque,
    Record,
    Scalar,
    Value,
    is_nothing,
    spelled,
    text_of,
    truth,
)
from ormistice.text import Span
from ormistice.types import ColumnType, parse_type

if TYPE_CHECKING:
    from ormistice.sources.drizzle.evaluate import Evaluator

SERIALS = frozenset(("serial", "smallserial", "bigserial"))


class _Unknown(Exception):  # noqa: N818 - a way out of a computation, caught below
    def __init__(self, opaque: Opaque) -> None:
        super().__init__(opaque.reason)
        self.opaque = opaque


class Config:
    """The object that a column's function is given; asking for what is not known in it ends the asking."""

    def __init__(self, value: Value | None) -> None:
        self.value = value

    def get(self, key: str) -> Value | None:
        """The value of `key`; None where it is left out."""
        match self.value:
            case None:
                return None
            case Record():
                found = self.value.get(key)
            case Scalar() if is_nothing(self.value):
                return None
            case Opaque():
                raise _Unknown(self.value)
            case _:
                raise _Unknown(Opaque("these options are not known", self.value.place))
        if isinstance(found, Opaque):
            raise _Unknown(found)
        return None if is_nothing(found) else found

    def text(self, key: str) -> str | None:
        """The value of `key` as text."""
        found = self.get(key)
        if found is None:
            return None
        written = spelled(found)
        if written is None:
            raise _Unknown(Opaque(f"the value of `{key}` is not known", found.place))
        return written

    def flag(self, key: str) -> bool:
        """Whether `key` is true."""
        found = self.get(key)
        known = found is not None and truth(found)
        if known is None:
            raise _Unknown(Opaque(f"the value of `{key}` is not known", found.place if found else _NOWHERE))
        return known


_NOWHERE = Span("", 0, 0)


def config_of(column: Builder) -> Value | None:
    """The options of a column's function: its second argument, or the first where no name is given."""
    given = column_arguments(column)
    if given and text_of(given[0]) is None and not isinstance(given[0], Opaque):
        return given[0]
    return given[1] if len(given) > 1 else None


def _sized(name: str, key: str = "length") -> Callable[[Config], str]:
    def sized(config: Config) -> str:
        size = config.text(key)
        return name if size is None else f"{name}({size})"

    return sized


def _numeric(config: Config) -> str:
    precision, scale = config.text("precision"), config.text("scale")
    if precision is None:
        return "numeric"
    return f"numeric({precision})" if scale is None else f"numeric({precision}, {scale})"


def _moment(name: str) -> Callable[[Config], str]:
    def moment(config: Config) -> str:
        precision = config.text("precision")
        size = "" if precision is None else f"({precision})"
        return f"{name}{size}{' with time zone' if config.flag('withTimezone') else ''}"

    return moment


def _interval(config: Config) -> str:
    fields, precision = config.text("fields"), config.text("precision")
    return f"interval{f' {fields}' if fields else ''}{f'({precision})' if precision and precision != '0' else ''}"


def _geometry(config: Config) -> str:
    srid = config.text("srid")
    return "geometry(Point)" if srid is None else f"geometry(Point,{srid})"


_TYPES: Mapping[str, str | Callable[[Config], str]] = {
    "bigint": "bigint",
    "bigserial": "bigint",
    "bit": _sized("bit", "dimensions"),
    "boolean": "boolean",
    "bytea": "bytea",
    "char": _sized("char"),
    "cidr": "cidr",
    "date": "date",
    "decimal": _numeric,
    "doublePrecision": "double precision",
    "geometry": _geometry,
    "halfvec": _sized("halfvec", "dimensions"),
    "inet": "inet",
    "integer": "integer",
    "interval": _interval,
    "json": "json",
    "jsonb": "jsonb",
    "line": "line",
    "macaddr": "macaddr",
    "macaddr8": "macaddr8",
    "numeric": _numeric,
    "point": "point",
    "real": "real",
    "serial": "integer",
    "smallint": "smallint",
    "smallserial": "smallint",
    "sparsevec": _sized("sparsevec", "dimensions"),
    "text": "text",
    "time": _moment("time"),
    "timestamp": _moment("timestamp"),
    "uuid": "uuid",
    "varchar": _sized("varchar"),
    "vector": _sized("vector", "dimensions"),
}


def column_type(e: "Evaluator", column: Builder, *, array: bool, modern: bool) -> ColumnType | Opaque:
    """The type that `column` is declared with."""
    try:
        found = _column_type(e, column, modern=modern)
    except _Unknown as unknown:
        return unknown.opaque
    return ColumnType(found.name, found.modifiers, found.array or array, found.schema)


def _column_type(e: "Evaluator", column: Builder, *, modern: bool) -> ColumnType:
    if column.kind == "enum":
        return _enum_type(column)
    if column.kind == "custom":
        text = definition(_custom_type(e, column)).type
        return _parsed(text if modern else in_quotes(text))
    spelling = _TYPES[column.kind]
    return _parsed(spelling if isinstance(spelling, str) else spelling(Config(config_of(column))))


def custom_definition(e: "Evaluator", column: Builder) -> Definition | None:
    """What a custom type says of its columns; None for a column of another type, or where that is not known."""
    text = custom_text(e, column)
    return None if text is None else definition(text)


def custom_text(e: "Evaluator", column: Builder) -> str | None:
    """The text that a custom type gives for its columns, whole."""
    if column.kind != "custom":
        return None
    try:
        return _custom_type(e, column)
    except _Unknown:
        return None


@lru_cache(maxsize=1024)
def _parsed(spelling: str) -> ColumnType:
    return parse_type(spelling)


def _enum_type(column: Builder) -> ColumnType:
    enum = column.arguments[0]
    name = text_of(enum.name) if isinstance(enum, Enum) else None
    schema = DEFAULT_SCHEMA
    if isinstance(enum, Enum) and enum.schema is not None:
        known = text_of(enum.schema)
        if known is None:
            raise _Unknown(Opaque("the schema of this enum is not known", column.place))
        schema = known
    if name is None:
        raise _Unknown(Opaque("the name of this enum is not known", column.place))
    return ColumnType(truncated(name), schema=schema)


def _custom_type(e: "Evaluator", column: Builder) -> str:
    parameters = column.arguments[0]
    function = Config(parameters).get("dataType")
    if not isinstance(function, Closure | Native):
        raise _Unknown(Opaque("the type of this custom column is not known", column.place))
    config = config_of(column)
    given = (config,) if config is not None else ()
    made = e.call(function, Arguments(given, column.place), column.place)
    name = text_of(made)
    if name is None:
        raise _Unknown(
            made if isinstance(made, Opaque) else Opaque("the type of this custom column is not known", column.place)
        )
    return name
