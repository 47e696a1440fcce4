"""Types as Prisma fields have them: the inverse of how they are read."""

import json
from dataclasses import dataclass, replace

from ormistice.sources.prisma.columns import NATIVE, SCALARS
from ormistice.sources.prisma.raw_types import raw_type
from ormistice.sources.prisma.scope import Scope
from ormistice.sources.prisma.write_lines import Words
from ormistice.types import ColumnType, parse_type

_NATIVE_OF = {
    "String": "Text Char VarChar Bit VarBit Uuid Xml Inet Citext",
    "Boolean": "Boolean",
    "Int": "SmallInt Integer Oid",
    "BigInt": "BigInt",
    "Float": "Real DoublePrecision",
    "Decimal": "Decimal Money",
    "DateTime": "Timestamp Timestamptz Date Time Timetz",
    "Json": "Json JsonB",
    "Bytes": "ByteA",
}
_PLAIN = {parse_type(sql): name for name, sql in SCALARS.items()}
_BY_NAME = {
    parse_type(NATIVE[native]).name: (scalar, native)
    for scalar, natives in _NATIVE_OF.items()
    for native in natives.split()
}
_WITH_PRECISION = frozenset({"Timestamp", "Timestamptz", "Time", "Timetz"})
_MAX_PRECISION = 1000


@dataclass(frozen=True, slots=True)
class Spelled:
    """A type in Prisma: the field's type without `?` and `[]`, and its native type without `@db.`, if it has one."""

    name: str
    native: str
    is_list: bool

    @property
    def unsupported(self) -> bool:
        """Whether Prisma's client has nothing to do with it."""
        return self.name.startswith("Unsupported(")


def spelled(kind: ColumnType, scope: Scope) -> Spelled | None:
    """A type as a field has it; None where it names an enum that is not there, or what only PostgreSQL knows."""
    element = ColumnType(kind.name, kind.modifiers, schema=kind.schema)
    if kind.schema is not None:
        enum = next((enum for enum in scope.enums.values() if enum.type_name == kind.user_defined), None)
        return None if enum is None or kind.modifiers else Spelled(enum.block.name, "", kind.array)
    if element in _PLAIN:
        return Spelled(_PLAIN[element], "", kind.array)
    found = _BY_NAME.get(kind.name)
    if found is not None:
        scalar, native = found
        arguments = _arguments(native, kind.modifiers)
        if arguments is not None:
            return Spelled(scalar, native + arguments, kind.array)
    text = str(element)
    if raw_type(text) != element:
        return None
    return Spelled(f"Unsupported({json.dumps(text, ensure_ascii=False)})", "", kind.array)


def _arguments(native: str, modifiers: tuple[str, ...]) -> str | None:
    """The modifiers in parentheses; None where Prisma would not take them."""
    if not all(modifier.isdecimal() for modifier in modifiers):
        return None
    if native == "Decimal" and modifiers:
        precision, scale = (int(modifier) for modifier in modifiers)
        if not scale <= precision <= _MAX_PRECISION:
            return None
    given = modifiers or (("6",) if native in _WITH_PRECISION else ())
    return f"({', '.join(given)})" if given else ""


def rekinded(wanted: Words, kind: Spelled, datasource: str) -> Words:
    """The words of a field with another type, without a mark for NULL; native types have the datasource's name."""
    other = replace(wanted, kind=kind.name + "[]" * kind.is_list)
    if not kind.native:
        return other.without(".")
    return other.replacing(".", f"@{datasource}.{kind.native}")
