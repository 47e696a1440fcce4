"""PostgreSQL types as SQLAlchemy spells them, and the Python types that go with them."""

from ormistice.sources.sqlalchemy.write_layout import string
from ormistice.sources.sqlalchemy.write_names import CORE, POSTGRESQL, Names, bound, same
from ormistice.types import ColumnType

_PLAIN = {
    "smallint": "SmallInteger",
    "integer": "Integer",
    "bigint": "BigInteger",
    "text": "Text",
    "character varying": "String",
    "character": "CHAR",
    "boolean": "Boolean",
    "real": "REAL",
    "double precision": "Float",
    "numeric": "Numeric",
    "date": "Date",
    "interval": "Interval",
    "json": "JSON",
    "bytea": "LargeBinary",
}
_DIALECT = {
    name.lower(): name
    for name in (
        "JSONB", "INET", "CIDR", "MACADDR", "MACADDR8", "MONEY", "OID", "REGCLASS", "TSVECTOR", "TSQUERY", "HSTORE",
        "CITEXT", "JSONPATH", "INT4RANGE", "INT8RANGE", "NUMRANGE", "DATERANGE", "TSRANGE", "TSTZRANGE",
    )
}  # fmt: skip
INTEGERS = frozenset({"smallint", "integer", "bigint"})
_SIZED = frozenset({"character varying", "character", "numeric"})
_TIMES = {
    "timestamp without time zone": ("DateTime", "TIMESTAMP", False),
    "timestamp with time zone": ("DateTime", "TIMESTAMP", True),
    "time without time zone": ("Time", "TIME", False),
    "time with time zone": ("Time", "TIME", True),
}
_COLLATED = frozenset({"text", "character varying", "character"})
_PYTHON = {
    "smallint": ("builtins", "int"),
    "integer": ("builtins", "int"),
    "bigint": ("builtins", "int"),
    "oid": ("builtins", "int"),
    "text": ("builtins", "str"),
    "character varying": ("builtins", "str"),
    "character": ("builtins", "str"),
    "citext": ("builtins", "str"),
    "inet": ("builtins", "str"),
    "cidr": ("builtins", "str"),
    "macaddr": ("builtins", "str"),
    "macaddr8": ("builtins", "str"),
    "tsvector": ("builtins", "str"),
    "boolean": ("builtins", "bool"),
    "real": ("builtins", "float"),
    "double precision": ("builtins", "float"),
    "bytea": ("builtins", "bytes"),
    "json": ("builtins", "dict"),
    "jsonb": ("builtins", "dict"),
    "numeric": ("decimal", "Decimal"),
    "date": ("datetime", "date"),
    "interval": ("datetime", "timedelta"),
    "uuid": ("uuid", "UUID"),
    "timestamp without time zone": ("datetime", "datetime"),
    "timestamp with time zone": ("datetime", "datetime"),
    "time without time zone": ("datetime", "time"),
    "time with time zone": ("datetime", "time"),
}
# What an annotation alone means to SQLAlchemy, as long as no map of the application's own says otherwise, and to
# SQLModel in all of its releases.
_ANNOTATED = {
    "int": "integer",
    "str": "character varying",
    "bool": "boolean",
    "float": "double precision",
    "bytes": "bytea",
    "Decimal": "numeric",
    "date": "date",
    "time": "time without time zone",
    "timedelta": "interval",
    "UUID": "uuid",
}
_WORDS = frozenset(
    (*_PLAIN.values(), *_DIALECT.values(), *(word for words in _TIMES.values() for word in words[:2]), "Uuid", "BIT",
     "Unicode", "UnicodeText", "Double", "AutoString")
)  # fmt: skip
_SQL_WORDS = frozenset({
    "smallint", "integer", "bigint", "text", "varchar", "nvarchar", "char", "nchar", "boolean", "real", "float",
    "double", "double_precision", "numeric", "decimal", "date", "interval", "json", "bytea", "uuid", "bit",
})  # fmt: skip


def expression(names: Names, kind: ColumnType, *, collation: str | None = None, quote: str = '"') -> str | None:
    """A built-in type as an expression; None where SQLAlchemy has no word for it."""
    if kind.schema is not None or (collation is not None and kind.name not in _COLLATED):
        return None
    item = _item(names, kind, None if collation is None else f"collation={string(collation, quote)}")
    if item is None or not kind.array:
        return item
    return f"{names.name(POSTGRESQL, 'ARRAY')}({item})"


def _item(names: Names, kind: ColumnType, collated: str | None) -> str | None:
    name, modifiers = kind.name, list(kind.modifiers)
    if name in _TIMES:
        return _time(names, kind)
    if name in _PLAIN:
        if modifiers and name not in _SIZED:
            return _interval(names, modifiers) if name == "interval" else None
        word = names.name(CORE, _PLAIN[name])
        arguments = [] if name == "character" and modifiers == ["1"] else modifiers
        return called(word, [*arguments, *([collated] if collated else [])])
    if name == "uuid":
        return _uuid(names)
    if name in ("bit", "bit varying"):
        implied = name == "bit" and modifiers == ["1"]
        words = [*([] if implied else modifiers), *(["varying=True"] if name == "bit varying" else [])]
        return called(names.name(POSTGRESQL, "BIT"), words)
    if name in _DIALECT and not modifiers:
        return names.name(POSTGRESQL, _DIALECT[name])
    return None


def called(word: str, arguments: list[str]) -> str:
    """A type with its arguments, without parentheses where it has none."""
    return f"{word}({', '.join(arguments)})" if arguments else word


def _time(names: Names, kind: ColumnType) -> str:
    general, exact, zoned = _TIMES[kind.name]
    zone = ["timezone=True"] if zoned else []
    if not kind.modifiers:
        return called(names.name(CORE, general), zone)
    return called(names.name(POSTGRESQL, exact), [*zone, f"precision={kind.modifiers[0]}"])


def _interval(names: Names, modifiers: list[str]) -> str | None:
    if len(modifiers) == 1 and modifiers[0].isdigit():
        return f"{names.name(POSTGRESQL, 'INTERVAL')}(precision={modifiers[0]})"
    return None


def _uuid(names: Names) -> str:
    """The dialect's type, since releases before 2.0 have no other, unless the module knows the general one."""
    if any(same(path, CORE, "Uuid") for path in bound(names.module).values()):
        return names.name(CORE, "Uuid")
    return f"{names.name(POSTGRESQL, 'UUID')}(as_uuid=True)"


def python(names: Names, kind: ColumnType) -> str | None:
    """The Python type of values; None where any will do."""
    if kind.schema is not None or kind.name not in _PYTHON:
        return None
    origin, name = _PYTHON[kind.name]
    own = name if origin == "builtins" else names.name(origin, name)
    return f"list[{own}]" if kind.array else own


def is_plain_word(word: str) -> bool:
    """Whether a type of that name is SQLAlchemy's or SQLModel's own, and gives values as the database has them."""
    return word in _WORDS or word.lower() in _SQL_WORDS


def family(kind: ColumnType) -> tuple[object, ...]:
    """What values are to the application; types of one family may be changed without its noticing."""
    aware = kind.name.endswith("with time zone")
    return (_PYTHON.get(kind.name, (kind.schema, kind.name)), kind.array, aware)


def annotated(annotation: str) -> ColumnType | None:
    """The type that an annotation gives by itself, where all releases agree."""
    name = _ANNOTATED.get(annotation.rpartition(".")[2])
    return None if name is None else ColumnType(name)
