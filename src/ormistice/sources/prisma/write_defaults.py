"""Defaults as `@default` has them: the inverse of how they are read."""

import base64
import json
import re
from collections.abc import Iterator
from decimal import Decimal

from ormistice.model import ColumnDefault, SerialDefault
from ormistice.settling import cheap
from ormistice.sources.prisma.scope import Scope
from ormistice.sources.prisma.write_types import Spelled
from ormistice.types import ColumnType

_SERIAL = frozenset({"smallint", "integer", "bigint"})
_INTEGER = re.compile(r"-?\d{1,18}")
_DECIMAL = re.compile(r"-?\d+(?:\.\d+)?")
_STRING = re.compile(r"'((?:[^']|'')*)'", re.DOTALL)
_CAST = re.compile(r"('(?:[^']|'')*')(?:::[\w .\"()\[\],]+)?", re.DOTALL)
_BYTES = re.compile(r"\\x((?:[0-9a-f]{2})*)", re.IGNORECASE)
_LIST = re.compile(r"ARRAY\[(.*)\](?:::[\w .\"()\[\],]+)?", re.IGNORECASE | re.DOTALL)
_TOKEN = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|[(\[]|[)\]]|,|[^'\"()\[\],]+", re.DOTALL)
_EMPTY_LIST = "'{}'"


def default_argument(default: ColumnDefault, type_: ColumnType, kind: Spelled, scope: Scope) -> str | None:
    """What stands in the parentheses of `@default`; None where Prisma cannot say it for such a field."""
    if isinstance(default, SerialDefault):
        return "autoincrement()" if type_.name in _SERIAL and not kind.is_list else None
    text = default.expression
    enum = scope.enums.get(kind.name)
    written = _list(text, type_, kind, scope) if kind.is_list else _literal(_plain(text, type_), kind.name, scope)
    if written is not None and not kind.unsupported:
        return written
    if enum is not None and not kind.is_list and _STRING.fullmatch(_plain(text, type_)):
        # A label that the enum does not have is no default of it.
        return None
    return f"dbgenerated({quoted(text)})" if text.strip() else None


def quoted(text: str) -> str:
    """A text as Prisma has it in quotes."""
    return json.dumps(text, ensure_ascii=False)


def _plain(text: str, type_: ColumnType) -> str:
    """A literal without its cast, numbers without quotes, and one word for the current time."""
    found = _CAST.fullmatch(text.strip())
    spelled = cheap(text, type_)
    return found[1] if found and spelled.startswith("'") else spelled


def _list(text: str, type_: ColumnType, kind: Spelled, scope: Scope) -> str | None:
    if cheap(text, type_) == _EMPTY_LIST:
        return "[]"
    found = _LIST.fullmatch(text.strip())
    if found is None:
        return None
    element = ColumnType(type_.name, type_.modifiers, schema=type_.schema)
    items = [_literal(_plain(item, element), kind.name, scope) for item in _items(found[1])]
    known = [item for item in items if item is not None and item != "now()"]
    return f"[{', '.join(known)}]" if len(known) == len(items) else None


def _items(text: str) -> Iterator[str]:
    """What commas part, but for those in quotes and brackets."""
    item, depth = "", 0
    for found in _TOKEN.finditer(text):
        piece = found[0]
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(piece, 0)
        if piece == "," and depth == 0:
            yield item
            item = ""
        else:
            item += piece
    if item.strip():
        yield item


def _literal(text: str, kind: str, scope: Scope) -> str | None:
    """A literal, `cheap` already, as Prisma has it for a type."""
    string = _STRING.fullmatch(text)
    value = string[1].replace("''", "'") if string else None
    enum = scope.enums.get(kind)
    if enum is not None:
        return next((name for name, label in enum.labels.items() if label == value), None)
    match kind:
        case "Int" | "BigInt":
            return text if _INTEGER.fullmatch(text) and str(int(text)) == text else None
        case "Float" | "Decimal":
            return text if _DECIMAL.fullmatch(text) and _printed(text) == text else None
        case "Boolean":
            return text if text in {"true", "false"} else None
        case "DateTime":
            return "now()" if text == "now()" else None
        case _:
            return None if value is None else _text(value, kind)


def _printed(number: str) -> str:
    """A number as Prisma prints it."""
    value = Decimal(number)
    return format(value.copy_abs() if value.is_zero() else value, "f")


def _text(value: str, kind: str) -> str | None:
    match kind:
        case "String":
            return quoted(value)
        case "Json":
            return quoted(value) if _is_json(value) else None
        case "Bytes":
            found = _BYTES.fullmatch(value)
            return quoted(base64.b64encode(bytes.fromhex(found[1])).decode()) if found else None
        case _:
            return None


def _is_json(text: str) -> bool:
    def refused(constant: str) -> object:
        raise ValueError(constant)

    try:
        json.loads(text, parse_constant=refused)
    except (ValueError, RecursionError):
        return False
    return True
