"""Scalar fields to columns: types, nullability and defaults."""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from ormistice.model import Column, ColumnDefault, SerialDefault, SqlDefault, Stated
from ormistice.names import DEFAULT_SCHEMA, QualifiedName, quoted
from ormistice.sources.prisma.nodes import (
    Array,
    Attribute,
    Block,
    Call,
    Expression,
    Field,
    FieldType,
    Number,
    String,
    Word,
)
from ormistice.sources.prisma.raw_types import raw_type
from ormistice.sources.prisma.scope import EnumScope, ModelScope, Scope
from ormistice.types import ColumnType, parse_type

SCALARS = {
    "String": "TEXT",
    "Boolean": "BOOLEAN",
    "Int": "INTEGER",
    "BigInt": "BIGINT",
    "Float": "DOUBLE PRECISION",
    "Decimal": "DECIMAL(65,30)",
    "DateTime": "TIMESTAMP(3)",
    "Json": "JSONB",
    "Bytes": "BYTEA",
}
"""What each scalar type is in PostgreSQL where no `@db` says otherwise."""

NATIVE = {
    "Text": "TEXT",
    "Char": "CHAR",
    "VarChar": "VARCHAR",
    "Bit": "BIT",
    "VarBit": "VARBIT",
    "Uuid": "UUID",
    "Xml": "XML",
    "Inet": "INET",
    "Citext": "CITEXT",
    "Boolean": "BOOLEAN",
    "SmallInt": "SMALLINT",
    "Integer": "INTEGER",
    "Oid": "OID",
    "BigInt": "BIGINT",
    "Real": "REAL",
    "DoublePrecision": "DOUBLE PRECISION",
    "Decimal": "DECIMAL",
    "Money": "MONEY",
    "Timestamp": "TIMESTAMP",
    "Timestamptz": "TIMESTAMPTZ",
    "Date": "DATE",
    "Time": "TIME",
    "Timetz": "TIMETZ",
    "Json": "JSON",
    "JsonB": "JSONB",
    "ByteA": "BYTEA",
}
"""What each `@db` attribute is."""
_QUOTED = frozenset({"String", "Json"})
_NUMERIC = frozenset({"Float", "Decimal"})
_CLIENT = frozenset({"cuid", "uuid", "ulid", "nanoid", "auto"})
_SERIAL = frozenset({"smallint", "integer", "bigint"})
_TIME = re.compile(
    r"(?P<date>\d{4,6}-\d\d-\d\d)[Tt ](?P<time>\d\d:\d\d:\d\d)(?:\.(?P<fraction>\d+))?(?P<zone>[Zz]|[+-]\d\d:\d\d)"
)
_KNOWN = frozenset({"id", "unique", "map", "relation", "ignore"})


@dataclass(frozen=True, slots=True)
class _Type:
    """A column's type, also as Prisma spells it behind `::`."""

    type: ColumnType
    sql: str


def column(model: ModelScope, field: Field, table: QualifiedName, scope: Scope) -> Column | None:
    """The column of a scalar field; None, with a problem, where its type is nothing we know."""
    block, kind = model.block, field.type
    assert kind is not None  # noqa: S101 - only typed fields are scalars
    native, default, updated = _attributes(field, block, scope)
    enum = scope.enums.get(kind.name)
    if enum is None and kind.name not in SCALARS and kind.unsupported is None:
        scope.unsupported(
            f"`{kind.name}` is no scalar type and no model, enum or view of this schema",
            block.span(kind.start, kind.name_end),
        )
        return None
    type_ = _type(kind, native, enum, block, scope)
    given, client = _default(default, field, type_, enum, block, scope)
    if updated is not None:
        client = Stated("@updatedAt", block.span(updated.start, updated.end))
    serial = given is not None and isinstance(given.value, SerialDefault)
    return Column(
        table=table,
        name=model.columns[field.name],
        place=block.span(field.start, field.end),
        type=_stated_type(type_, kind, native, block),
        # Migrations make an optional serial column, and so one that is NOT NULL, and then want it NULL.
        nullable=None if kind.is_list or (kind.optional and serial) else _nullable(kind, block),
        default=given,
        client_default=client,
    )


def _attributes(
    field: Field, block: Block, scope: Scope
) -> tuple[Attribute | None, Attribute | None, Attribute | None]:
    """The native type, `@default` and `@updatedAt`; what no attribute of a column is, is reported."""
    native = default = updated = None
    for attribute in field.attributes:
        name = attribute.name
        if name == "default":
            default = default or attribute
        elif name == "updatedAt":
            updated = updated or attribute
        elif "." in name:
            native = native or attribute
        elif name not in _KNOWN:
            scope.unsupported(f"unknown attribute `@{name}`", block.span(attribute.start, attribute.end))
    return native, default, updated


def _stated_type(
    type_: _Type | None, kind: FieldType, native: Attribute | None, block: Block
) -> Stated[ColumnType] | None:
    if type_ is None:
        return None
    return Stated(type_.type, block.span(native.start, native.end) if native else block.span(kind.start, kind.name_end))


def _nullable(kind: FieldType, block: Block) -> Stated[bool]:
    if kind.optional:
        return Stated(value=True, place=block.span(kind.end - 1, kind.end))
    return Stated(value=False, place=block.span(kind.end, kind.end), implicit=True)


def _type(
    kind: FieldType, native: Attribute | None, enum: EnumScope | None, block: Block, scope: Scope
) -> _Type | None:
    suffix = "[]" * kind.is_list
    if kind.unsupported is not None:
        # Prisma pulls an array of what it does not support by PostgreSQL's own name of the array, and says so twice.
        element = kind.unsupported.removeprefix("_") if suffix else kind.unsupported
        return _Type(raw_type(element + suffix), kind.unsupported + suffix)
    if enum is not None:
        if enum.type_name is None:
            return None
        name = enum.type_name
        spelled = quoted(name.name) if name.schema == DEFAULT_SCHEMA else f"{quoted(name.schema)}.{quoted(name.name)}"
        return _Type(ColumnType(name.name, array=kind.is_list, schema=name.schema), spelled + suffix)
    if native is None:
        spelled = SCALARS[kind.name]
        return _typed(spelled + suffix)
    spelled_native = _native(native)
    if spelled_native is None:
        scope.unsupported(f"unknown native type `@{native.name}`", block.span(native.start, native.end))
        return None
    return _typed(spelled_native + suffix)


@lru_cache(maxsize=256)
def _typed(spelled: str) -> _Type:
    return _Type(parse_type(spelled), spelled)


def _native(native: Attribute) -> str | None:
    base = NATIVE.get(native.name.partition(".")[2])
    if base is None or not all(isinstance(argument.value, Number) for argument in native.arguments):
        return None
    given = ",".join(argument.value.text for argument in native.arguments if isinstance(argument.value, Number))
    return f"{base}({given})" if given else base


def _default(
    attribute: Attribute | None, field: Field, type_: _Type | None, enum: EnumScope | None, block: Block, scope: Scope
) -> tuple[Stated[ColumnDefault | None] | None, Stated[str] | None]:
    """The database's default and the client's."""
    if attribute is None:
        return _no_default(field, block), None
    value = attribute.argument("value", first=True)
    if value is None:
        return None, None
    place = block.span(value.start, value.end)
    if isinstance(value, Call):
        if value.name in _CLIENT:
            return _no_default(field, block), Stated(block.document.text[value.start : value.end], place)
        return _called(value, type_, block, scope), None
    kind = field.type.name if field.type else ""
    sql = _list(value, kind, type_, enum) if isinstance(value, Array) else _literal(value, kind, enum)
    if sql is None:
        scope.unsupported(f"this cannot be the default of a {kind}", place)
        return None, None
    return Stated(SqlDefault(sql), place), None


def _no_default(field: Field, block: Block) -> Stated[ColumnDefault | None]:
    return Stated(None, block.span(field.end, field.end), implicit=True)


def _called(value: Call, type_: _Type | None, block: Block, scope: Scope) -> Stated[ColumnDefault | None] | None:
    place = block.span(value.start, value.end)
    match value.name, [argument.value for argument in value.arguments]:
        case "now", []:
            return Stated(SqlDefault("CURRENT_TIMESTAMP"), place)
        case "autoincrement", []:
            # Only integers become serial; Prisma makes a plain column of anything else.
            serial = type_ is not None and type_.type.name in _SERIAL
            return Stated(SerialDefault() if serial else None, place)
        case "dbgenerated", [String(text)] if text:
            return Stated(SqlDefault(text), place)
        case "dbgenerated", _:
            return None  # the database has a default of its own, which Prisma does not know either
        case _:
            scope.unsupported(f"unknown function `{value.name}` as default", place)
            return None


def _list(value: Array, kind: str, type_: _Type | None, enum: EnumScope | None) -> str | None:
    items = [_literal(item, kind, enum) for item in value.items]
    if type_ is None or None in items:
        return None
    return f"ARRAY[{', '.join(item for item in items if item is not None)}]::{type_.sql}"


def _literal(value: Expression, kind: str, enum: EnumScope | None) -> str | None:
    """A literal as Prisma writes it behind DEFAULT."""
    match value:
        case Word(text) if enum is not None:
            return string(enum.labels[text]) if text in enum.labels else None
        case Word("true" | "false" as text) if kind == "Boolean":
            return text
        case Number(text) if kind in {"Int", "BigInt"}:
            return str(int(text)) if "." not in text else None
        case Number(text) | String(text) if kind in _NUMERIC:
            return _number(text)
        case String(text):
            return _text(text, kind)
        case _:
            return None


def _text(text: str, kind: str) -> str | None:
    match kind:
        case "String" | "Json":
            return string(text)
        case "DateTime":
            return _time(text)
        case "Bytes":
            try:
                return string("\\x" + base64.b64decode(text, validate=True).hex())
            except (binascii.Error, ValueError):
                return None
        case _:
            return None


def string(text: str) -> str:
    """A text as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def _number(text: str) -> str | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return format(number.copy_abs() if number.is_zero() else number, "f")


def _time(text: str) -> str | None:
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    try:
        datetime.fromisoformat(f"{found['date']}T{found['time']}+00:00")
    except ValueError:
        return None
    fraction = (found["fraction"] or "")[:9].ljust(9, "0")
    while fraction.endswith("000"):
        fraction = fraction[:-3]
    zone = "+00:00" if found["zone"] in "Zz" else found["zone"]
    return f"'{found['date']} {found['time']}{'.' * bool(fraction)}{fraction} {zone}'"
