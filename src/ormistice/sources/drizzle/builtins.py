"""JavaScript's global functions, as far as schemas use them."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from ormistice.sources.drizzle.jsontext import json_text
from ormistice.sources.drizzle.lexer import words
from ormistice.sources.drizzle.members import entries_of
from ormistice.sources.drizzle.values import (
    Arguments,
    Array,
    Builder,
    Entry,
    Foreign,
    Native,
    Nothing,
    Opaque,
    Record,
    Scalar,
    Symbol,
    Value,
    number_text,
    spelled,
    text_of,
    truth,
)
from ormistice.text import Span


def global_value(name: str, place: Span) -> Value | None:
    """The global `name`; None where JavaScript has no such thing."""
    if name == "undefined":
        return Scalar(Nothing.UNDEFINED, place)
    if name == "null":
        return Scalar(Nothing.NULL, place)
    if name in ("true", "false"):
        return Scalar(name == "true", place)
    if name in ("Infinity", "NaN"):
        return Scalar(float(name.lower().replace("infinity", "inf")), place)
    if name in _OBJECTS:
        functions = _OBJECTS[name]
        return Record(
            {key: Entry(Native(f"{name}.{key}", call, place), place) for key, call in functions.items()}, place
        )
    if name in _FUNCTIONS:
        return Native(name, _FUNCTIONS[name], place, _MEMBERS.get(name, {}))
    return Symbol("globals", name, place) if name in _KNOWN else None


def global_where_nothing_is_set(name: str, place: Span) -> Value | None:
    """The same in a process without any environment variable."""
    if name != "process":
        return global_value(name, place)
    # Paths are put together from it, whatever it gives.
    cwd = Native("cwd", lambda _arguments, called: Foreign("process.cwd", (), called), place)
    rest = Opaque("what else the process tells is not known", place)
    return Record({"env": Entry(Record({}, place), place), "cwd": Entry(cwd, place)}, place, (rest,))


_KNOWN = words(
    """process globalThis console Date Math JSON Promise Map Set WeakMap WeakSet Error TypeError Symbol Proxy
    Reflect RegExp URL URLSearchParams Buffer crypto fetch setTimeout setInterval clearTimeout clearInterval
    structuredClone Intl performance Uint8Array Int8Array ArrayBuffer TextEncoder TextDecoder parseInt
    parseFloat isNaN encodeURIComponent decodeURIComponent require module exports __dirname __filename
    import window document Bun Deno AbortController Headers Request Response FormData File Blob
    queueMicrotask atob btoa this new Function Float32Array Uint32Array BigInt64Array DataView"""
)


def _first(arguments: Arguments, place: Span) -> Value:
    return arguments.get(0) or Scalar(Nothing.UNDEFINED, place)


def _keys(arguments: Arguments, place: Span) -> Value:
    found = entries_of(_first(arguments, place))
    return (
        found
        if isinstance(found, Opaque)
        else Array(tuple(Scalar(key, entry.place) for key, entry in found.items()), place)
    )


def _values(arguments: Arguments, place: Span) -> Value:
    found = entries_of(_first(arguments, place))
    return found if isinstance(found, Opaque) else Array(tuple(entry.value for entry in found.values()), place)


def _entries(arguments: Arguments, place: Span) -> Value:
    found = entries_of(_first(arguments, place))
    if isinstance(found, Opaque):
        return found
    return Array(tuple(Array((Scalar(k, v.place), v.value), v.place) for k, v in found.items()), place)


def _from_entries(arguments: Arguments, place: Span) -> Value:
    pairs = _first(arguments, place)
    if not isinstance(pairs, Array):
        return pairs if isinstance(pairs, Opaque) else Opaque("these entries are not known", place)
    entries: dict[str, Entry] = {}
    unread = list(pairs.unread)
    for pair in pairs.items:
        key = spelled(pair.items[0]) if isinstance(pair, Array) and len(pair.items) > 1 else None
        if isinstance(pair, Array) and key is not None:
            entries[key] = Entry(pair.items[1], pair.place)
        else:
            unread.append(Opaque("this entry is not known", pair.place))
    return Record(entries, place, tuple(unread))


def _assign(arguments: Arguments, place: Span) -> Value:
    match arguments.values:
        case (Builder() as target, *given):
            own = (*([target.own] if target.own else []), *given)
            merged = _merged(own, arguments, place)
            return merged.unread[0] if merged.unread else replace(target, own=merged)
        case given:
            return _merged(given, arguments, place)


def _merged(given: Iterable[Value], arguments: Arguments, place: Span) -> Record:
    entries: dict[str, Entry] = {}
    unread: list[Opaque] = [arguments.unread] if arguments.unread else []
    for value in given:
        if isinstance(value, Record):
            entries.update(value.entries)
            unread += value.unread
        else:
            unread.append(value if isinstance(value, Opaque) else Opaque("this object is not known", value.place))
    return Record({} if unread else entries, place, tuple(unread))


def _itself(arguments: Arguments, place: Span) -> Value:
    return _first(arguments, place)


def _is_array(arguments: Arguments, place: Span) -> Value:
    value = _first(arguments, place)
    if isinstance(value, Opaque | Foreign | Symbol):
        return Opaque("whether this is an array is not known", place)
    return Scalar(isinstance(value, Array), place)


def _array_from(arguments: Arguments, place: Span) -> Value:
    value = _first(arguments, place)
    if isinstance(value, Array) and len(arguments.values) == 1:
        return value
    return value if isinstance(value, Opaque) else Opaque("`Array.from` is not evaluated on this", place)


def _array_of(arguments: Arguments, place: Span) -> Value:
    return Array(arguments.values, place, (arguments.unread,) if arguments.unread else ())


def _string(arguments: Arguments, place: Span) -> Value:
    written = spelled(_first(arguments, place))
    return Opaque("this is not known as text", place) if written is None else Scalar(written, place)


def _number(arguments: Arguments, place: Span) -> Value:
    value = _first(arguments, place)
    if isinstance(value, Scalar) and isinstance(value.value, float | int):
        return Scalar(float(value.value), place)
    try:
        return Scalar(float(text_of(value) or "?"), place)
    except ValueError:
        return Opaque("this is not known as a number", place)


def _tested(holds: Callable[[float], bool]) -> Callable[[Arguments, Span], Value]:
    """A test of numbers alone: what is none does not pass."""

    def test(arguments: Arguments, place: Span) -> Value:
        value = _first(arguments, place)
        if isinstance(value, Opaque | Foreign | Symbol):
            return Opaque("whether this is such a number is not known", place)
        number = value.value if isinstance(value, Scalar) else None
        return Scalar(isinstance(number, float) and math.isfinite(number) and holds(number), place)

    return test


def _stringify(arguments: Arguments, place: Span) -> Value:
    value = _first(arguments, place)
    text = json_text(value) if len(arguments.values) == 1 else None
    if text is None:
        return value if isinstance(value, Opaque) else Opaque("what this is as JSON is not known", place)
    return Scalar(text, place)


def _raw(_arguments: Arguments, place: Span) -> Value:
    return Opaque("`String.raw` is not evaluated as a function", place)


def _big(arguments: Arguments, place: Span) -> Value:
    value = _first(arguments, place)
    if isinstance(value, Scalar) and isinstance(value.value, float) and value.value == int(value.value):
        return Scalar(int(number_text(value.value)), place)
    written = text_of(value)
    if written is not None and written.lstrip("-").isdecimal():
        return Scalar(int(written), place)
    return (
        value if isinstance(value, Scalar) and type(value.value) is int else Opaque("this number is not known", place)
    )


def _boolean(arguments: Arguments, place: Span) -> Value:
    known = truth(_first(arguments, place))
    return Opaque("the condition is not known", place) if known is None else Scalar(known, place)


_OBJECTS: Mapping[str, Mapping[str, Callable[[Arguments, Span], Value]]] = {
    "Object": {
        "keys": _keys,
        "values": _values,
        "entries": _entries,
        "fromEntries": _from_entries,
        "assign": _assign,
        "freeze": _itself,
        "seal": _itself,
    },
    "Array": {"isArray": _is_array, "from": _array_from, "of": _array_of},
    "JSON": {"stringify": _stringify},
}
_FUNCTIONS: Mapping[str, Callable[[Arguments, Span], Value]] = {
    "String": _string,
    "Number": _number,
    "BigInt": _big,
    "Boolean": _boolean,
}
_LARGEST_SAFE = 2.0**53 - 1
_MEMBERS: Mapping[str, Mapping[str, Callable[[Arguments, Span], Value]]] = {
    "String": {"raw": _raw},
    "Number": {
        "isFinite": _tested(lambda _number: True),
        "isInteger": _tested(float.is_integer),
        "isSafeInteger": _tested(lambda number: number.is_integer() and abs(number) <= _LARGEST_SAFE),
    },
}
