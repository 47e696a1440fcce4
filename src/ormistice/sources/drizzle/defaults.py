"""What stands behind DEFAULT in drizzle's own DDL."""

from datetime import UTC, datetime

from ormistice.model import Stated
from ormistice.sources.drizzle.columntypes import custom_text
from ormistice.sources.drizzle.customs import raw_default
from ormistice.sources.drizzle.jsontext import json_text
from ormistice.sources.drizzle.parts import Reading
from ormistice.sources.drizzle.sqltext import rendered
from ormistice.sources.drizzle.values import (
    NEW_DATE,
    Array,
    Builder,
    Foreign,
    Opaque,
    Scalar,
    SqlText,
    Value,
    is_nothing,
    number_text,
    text_of,
)
from ormistice.types import ColumnType


def default_text(
    reading: Reading, column: Builder, value: Value | None, type_: Stated[ColumnType] | None
) -> str | Opaque:
    """The text of `value` as the default of `column`."""
    match value:
        case None:
            return Opaque("its value is missing", column.place)
        case Opaque():
            return value
        case SqlText():
            return rendered(value, reading.names)
        case _ if type_ is not None:
            raw = _raw(reading, column, value, type_.value) if reading.rules.modern else None
            written = raw or _literal(value, type_.value, modern=reading.rules.modern)
            return written if written is not None else Opaque("this default is not known", value.place)
        case _:
            return Opaque("the column's type is not known", value.place)


def _raw(reading: Reading, column: Builder, value: Value, type_: ColumnType) -> str | None:
    """The text of a string that 1.0 takes for SQL, as that of a custom type may be."""
    text, type_text = text_of(value), custom_text(reading.evaluator, column)
    raw = raw_default(type_text, text) if text is not None and type_text is not None else None
    return f"{raw}::{type_}" if raw and text and type_.array else raw


_TEXTS = frozenset(("text", "character", "character varying"))


def _literal(value: Value, type_: ColumnType, *, modern: bool) -> str | None:
    if type_.name in ("json", "jsonb") and not type_.array and not (text_of(value) is not None and not modern):
        return _json(value, type_.name, modern=modern)
    text = text_of(value)
    if text is not None:
        # 1.0 doubles what need not be doubled, and the database then has it twice.
        return _quoted(text.replace("\\", "\\\\") if modern and type_.name in _TEXTS else text)
    if isinstance(value, Array) and type_.array:
        listed = _array(value, modern=modern)
        return None if listed is None else _quoted(listed)
    if isinstance(value, Foreign):
        moment = _moment(value, type_)
        return None if moment is None else _quoted(moment)
    if isinstance(value, Scalar) and not is_nothing(value):
        return _plain(value)
    return None


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _plain(value: Scalar) -> str:
    if isinstance(value.value, bool):
        return "true" if value.value else "false"
    return number_text(value.value) if isinstance(value.value, float) else str(value.value)


def _json(value: Value, type_name: str, *, modern: bool) -> str | None:
    text = json_text(value)
    if text is None:
        return None
    return _quoted(text) if modern else f"{_quoted(text)}::{type_name}"


def _array(value: Array, *, modern: bool) -> str | None:
    if value.unread:
        return None
    parts: list[str] = []
    for item in value.items:
        if isinstance(item, Array):
            inner = _array(item, modern=modern)
        elif isinstance(item, Scalar) and not isinstance(item.value, str) and not is_nothing(item):
            inner = _plain(item)
        else:
            text = text_of(item)
            inner = _json_element(item) if text is None else _array_text(text, modern=modern)
        if inner is None:
            return None
        parts.append(inner)
    return "{" + ",".join(parts) + "}"


def _array_text(text: str, *, modern: bool) -> str:
    return '"' + (text.replace("\\", "\\\\").replace('"', '\\"') if modern else text) + '"'


def _json_element(item: Value) -> str | None:
    text = json_text(item)
    return None if text is None else '"' + text.replace('"', '\\"') + '"'


def _moment(value: Foreign, type_: ColumnType) -> str | None:
    if value.function != NEW_DATE or len(value.arguments) != 1 or not isinstance(value.arguments[0], Scalar):
        return None
    moment = _instant(value.arguments[0].value)
    if moment is None:
        return None
    text = f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
    if type_.name == "date":
        return text[:10]
    return text[:-1].replace("T", " ") if type_.name == "timestamp without time zone" else text


def _instant(value: object) -> datetime | None:
    try:
        if isinstance(value, float):
            return datetime.fromtimestamp(value / 1000, UTC)
        if isinstance(value, str) and (len(value) == len("2000-01-01") or value.endswith("Z") or "+" in value[10:]):
            found = datetime.fromisoformat(value)
            return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None
