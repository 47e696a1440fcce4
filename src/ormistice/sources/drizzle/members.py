"""`value.name`, for every kind of value, and the methods of JavaScript's own."""

from collections.abc import Callable, Mapping
from typing import Any

from ormistice.sources.drizzle import presets, zod
from ormistice.sources.drizzle.names import column_arguments
from ormistice.sources.drizzle.regexes import replacing, splitting
from ormistice.sources.drizzle.values import (
    LARGEST,
    Arguments,
    Array,
    Bound,
    Builder,
    Closure,
    ColumnOf,
    Entry,
    Enum,
    Foreign,
    Namespace,
    Native,
    Nothing,
    Opaque,
    Record,
    Scalar,
    SqlText,
    Symbol,
    Table,
    Value,
    Whole,
    is_nothing,
    is_object,
    joined,
    spelled,
    text_of,
    truth,
)
from ormistice.text import Span

Method = Callable[[Any, Any, Arguments, Span], Value]


def member(  # noqa: C901, PLR0911, PLR0912 - one case for each kind of value
    e: Any, value: Value, name: str, place: Span, own: Span
) -> Value:
    """`value.name`; `place` covers both, `own` the name alone."""
    match value:
        case Opaque():
            return value
        case Record():
            entry = value.entries.get(name)
            if entry is not None:
                return entry.value
            return value.unread[0] if value.unread else _method(e, value, name, place)
        case Table():
            return _of_table(value, name, place, own)
        case Symbol(name="*", path=()):
            return presets.exported(value.package, name, place)
        case Symbol():
            return Symbol(value.package, value.name, place, (*value.path, name))
        case Whole():
            exported = e.exports(value.path).get(name)
            return exported.get() if exported is not None else Opaque(f"`{name}` is not exported there", own)
        case Enum():
            return _of_enum(value, name, own)
        case ColumnOf(steps=()) if name == "name":
            return _name_of(value, place)
        case Builder() | ColumnOf() | SqlText() | Namespace():
            return Bound(value, name, own)
        case Native(members=members) if name in members:
            return Native(f"{value.name}.{name}", members[name], own)
        case Foreign():
            function = f"{value.function}.{name}" if is_object(value) else value.function
            return zod.member_of(value, name, place) or Foreign(function, value.arguments, place)
        case Scalar() if is_nothing(value):
            return Opaque(f"`{name}` is taken of nothing", own)
        case _:
            return _method(e, value, name, place)


def _of_table(table: Table, name: str, place: Span, own: Span) -> Value:
    columns = table.columns
    if isinstance(columns, Record) and (name in columns.entries or columns.unread):
        return ColumnOf(table, name, place)
    if isinstance(columns, Opaque):
        return columns
    if name == "enableRLS":
        return Bound(table, name, own)
    if name.startswith(("$", "_")) or name == "getSQL":
        return Foreign(name, (), place)
    return Scalar(Nothing.UNDEFINED, place)


def _name_of(column: ColumnOf, place: Span) -> Value:
    """The name that a column is given, or its key: what the configuration makes of it is not there yet."""
    made = column.table.columns.get(column.key) if isinstance(column.table.columns, Record) else None
    if not isinstance(made, Builder):
        return made if isinstance(made, Opaque) else Opaque("which column this is is not known", place)
    first = column_arguments(made)[:1]
    if first and isinstance(first[0], Opaque):
        return first[0]
    given = text_of(first[0]) if first else None
    return Scalar(given or column.key, place)


def _of_enum(enum: Enum, name: str, own: Span) -> Value:
    if name == "enumValues":
        return enum.labels
    if name == "enumName":
        return enum.name
    return Opaque(f"`{name}` of an enum is not evaluated", own)


def _method(e: Any, value: Value, name: str, place: Span) -> Value:
    if name in ("length", "size") and isinstance(value, Array) and not value.unread:
        return Scalar(float(len(value.items)), place)
    if name == "length" and isinstance(value, Scalar) and isinstance(value.value, str):
        return Scalar(float(len(value.value)), place)
    if isinstance(value, Array) and name.isdigit():
        return _item(value, int(name), place)
    methods = _METHODS.get(type(value), {})
    found = methods.get(name)
    if found is not None and not (
        isinstance(value, Scalar) and not isinstance(value.value, str) and name != "toString"
    ):
        return Native(name, lambda arguments, where: found(e, value, arguments, where), place)
    if isinstance(value, Record | Closure):
        return Scalar(Nothing.UNDEFINED, place)
    return Opaque(f"`{name}` is not evaluated", place)


def _item(value: Array, index: int, place: Span) -> Value:
    if value.unread:
        return value.unread[0]
    return value.items[index] if index < len(value.items) else Scalar(Nothing.UNDEFINED, place)


def _called(e: Any, function: Value | None, place: Span, *values: Value) -> Value:
    if function is None:
        return Opaque("a function is missing", place)
    result: Value = e.call(function, Arguments(values, place), place)
    return result


def _map(e: Any, value: Array, arguments: Arguments, place: Span) -> Value:
    found = (_called(e, arguments.get(0), place, item, Scalar(float(i), place)) for i, item in enumerate(value.items))
    return Array(tuple(found), place, value.unread)


def _flat_map(e: Any, value: Array, arguments: Arguments, place: Span) -> Value:
    mapped = _map(e, value, arguments, place)
    return _flat(e, mapped, arguments, place) if isinstance(mapped, Array) else mapped


def _flat(_e: Any, value: Array, _arguments: Arguments, place: Span) -> Value:
    found: list[Value] = []
    unread = list(value.unread)
    for item in value.items:
        if isinstance(item, Array) and len(found) + len(item.items) > LARGEST:
            return Opaque("the array is too long", place)
        if isinstance(item, Array):
            found += item.items
            unread += item.unread
        elif isinstance(item, Opaque | Foreign):
            unread.append(item if isinstance(item, Opaque) else Opaque("this item is not known", item.place))
        else:
            found.append(item)
    return Array(tuple(found), place, tuple(unread))


def _filter(e: Any, value: Array, arguments: Arguments, place: Span) -> Value:
    found: list[Value] = []
    for i, item in enumerate(value.items):
        known = truth(_called(e, arguments.get(0), place, item, Scalar(float(i), place)))
        if known is None:
            return Opaque("which items are kept is not known", place)
        if known:
            found.append(item)
    return Array(tuple(found), place, value.unread)


def _reduce(e: Any, value: Array, arguments: Arguments, place: Span) -> Value:
    if value.unread:
        return value.unread[0]
    items = list(value.items)
    result = arguments.get(1)
    if result is None:
        if not items:
            return Opaque("nothing to reduce", place)
        result = items.pop(0)
    for item in items:
        result = _called(e, arguments.get(0), place, result, item)
    return result


def _find(e: Any, value: Array, arguments: Arguments, place: Span) -> Value:
    for item in value.items:
        known = truth(_called(e, arguments.get(0), place, item))
        if known is None:
            return Opaque("which item is found is not known", place)
        if known:
            return item
    return value.unread[0] if value.unread else Scalar(Nothing.UNDEFINED, place)


def _quantified(*, every: bool) -> Method:
    def test(e: Any, value: Array, arguments: Arguments, place: Span) -> Value:
        if value.unread:
            return value.unread[0]
        for item in value.items:
            known = truth(_called(e, arguments.get(0), place, item))
            if known is None:
                return Opaque("a condition is not known", place)
            if known != every:
                return Scalar(not every, place)
        return Scalar(every, place)

    return test


def _concat(_e: Any, value: Array, arguments: Arguments, place: Span) -> Value:
    found, unread = list(value.items), list(value.unread)
    for item in arguments.values:
        if isinstance(item, Array):
            found += item.items
            unread += item.unread
        elif isinstance(item, Opaque):
            unread.append(item)
        else:
            found.append(item)
    if arguments.unread:
        unread.append(arguments.unread)
    if len(found) > LARGEST:
        return Opaque("the array is too long", place)
    return Array(tuple(found), place, tuple(unread))


def _join(_e: Any, value: Array, arguments: Arguments, place: Span) -> Value:
    separator = text_of(arguments.get(0)) if arguments.values else ","
    text = None if separator is None or value.unread else joined(value.items, separator)
    return Opaque("a part of this text is not known", place) if text is None else Scalar(text, place)


def _includes(_e: Any, value: Array, arguments: Arguments, place: Span) -> Value:
    wanted = arguments.get(0)
    if not isinstance(wanted, Scalar) or value.unread or not all(isinstance(item, Scalar) for item in value.items):
        return Opaque("whether it is included is not known", place)
    return Scalar(any(item.value == wanted.value for item in value.items if isinstance(item, Scalar)), place)


def _slice(_e: Any, value: Array, arguments: Arguments, place: Span) -> Value:
    if value.unread:
        return value.unread[0]
    bounds = _bounds(arguments)
    return Opaque("what is sliced is not known", place) if bounds is None else Array(value.items[slice(*bounds)], place)


def _bounds(arguments: Arguments) -> tuple[int | None, int | None] | None:
    found: list[int | None] = [None, None]
    for i, bound in enumerate(arguments.values[:2]):
        if not isinstance(bound, Scalar) or not isinstance(bound.value, float) or bound.value != int(bound.value):
            return None
        found[i] = int(bound.value)
    return found[0], found[1]


def _reverse(_e: Any, value: Array, _arguments: Arguments, place: Span) -> Value:
    return Array(value.items[::-1], place, value.unread)


def _at(_e: Any, value: Array, arguments: Arguments, place: Span) -> Value:
    bounds = _bounds(arguments)
    if bounds is None or bounds[0] is None or value.unread:
        return Opaque("which item this is is not known", place)
    index = bounds[0]
    return value.items[index] if -len(value.items) <= index < len(value.items) else Scalar(Nothing.UNDEFINED, place)


def _text_method(compute: Callable[..., object]) -> Method:
    def method(_e: Any, value: Scalar, arguments: Arguments, place: Span) -> Value:
        given = [item.value if isinstance(item, Scalar) else None for item in arguments.values]
        if arguments.unread or any(item is None for item in given):
            return Opaque("an argument of this is not known", place)
        try:
            result = compute(value.value, *(int(x) if isinstance(x, float) else x for x in given))
        except (TypeError, ValueError, AttributeError):
            return Opaque("this is not evaluated with these arguments", place)
        match result:
            case str() if len(result) > LARGEST:
                return Opaque("the text is too long", place)
            case str() | bool() | float():
                return Scalar(result, place)
            case int():
                return Scalar(float(result), place)
            case list():
                return Array(tuple(Scalar(part, place) for part in result), place)
            case _:
                return Opaque("this is not evaluated with these arguments", place)

    return method


def _split(text: str, separator: str) -> list[str]:
    return text.split(separator) if separator else list(text)


def _substring(text: str, start: int, end: int | None = None) -> str:
    first, behind = max(start, 0), len(text) if end is None else max(end, 0)
    return text[min(first, behind) : max(first, behind)]


def _pad(text: str, length: int, filler: str = " ") -> str:
    missing = min(max(length - len(text), 0), 10_000)
    return (filler * missing)[:missing]


_STRINGS: Mapping[str, Method] = {
    "toLowerCase": _text_method(lambda text: text.lower()),
    "toUpperCase": _text_method(lambda text: text.upper()),
    "trim": _text_method(lambda text: text.strip()),
    "toString": lambda _e, value, _a, place: Scalar(spelled(value) or "", place),
    "includes": _text_method(lambda text, part: part in text),
    "startsWith": _text_method(lambda text, part: text.startswith(part)),
    "endsWith": _text_method(lambda text, part: text.endswith(part)),
    "replace": replacing(_text_method(lambda text, old, new: text.replace(old, new, 1))),
    "replaceAll": replacing(_text_method(lambda text, old, new: text.replace(old, new))),
    "slice": _text_method(lambda text, start=None, end=None: text[start:end]),
    "substring": _text_method(_substring),
    "charAt": _text_method(lambda text, at=0: text[at : at + 1] if at >= 0 else ""),
    "concat": _text_method(lambda text, *more: text + "".join(more)),
    "split": splitting(_text_method(_split)),
    "padStart": _text_method(lambda text, *given: _pad(text, *given) + text),
    "padEnd": _text_method(lambda text, *given: text + _pad(text, *given)),
    "indexOf": _text_method(lambda text, part: text.find(part)),
}
_ARRAYS: Mapping[str, Method] = {
    "map": _map,
    "filter": _filter,
    "flatMap": _flat_map,
    "flat": _flat,
    "concat": _concat,
    "join": _join,
    "includes": _includes,
    "has": _includes,
    "slice": _slice,
    "reduce": _reduce,
    "find": _find,
    "some": _quantified(every=False),
    "every": _quantified(every=True),
    "reverse": _reverse,
    "toReversed": _reverse,
    "at": _at,
    "values": lambda _e, value, _a, _p: value,
}
_METHODS: Mapping[type, Mapping[str, Method]] = {Scalar: _STRINGS, Array: _ARRAYS}


def set_of(arguments: Arguments) -> Array | None:
    """What `new Set(items)` walks, as an array, where each item is a plain value."""
    match arguments:
        case Arguments(values=(Array(items=items, unread=()) as given,), unread=None):
            distinct: dict[tuple[type, object], Value] = {}
            for item in items:
                if not isinstance(item, Scalar):
                    return None
                distinct.setdefault((type(item.value), item.value), item)
            return Array(tuple(distinct.values()), given.place)
        case _:
            return None


def entries_of(value: Value) -> Mapping[str, Entry] | Opaque:
    """The own entries of an object or array, for `Object.keys` and its like."""
    match value:
        case Record(unread=()):
            return value.entries
        case Array(unread=()):
            return {str(i): Entry(item, item.place) for i, item in enumerate(value.items)}
        case Record() | Array():
            return value.unread[0]
        case Opaque():
            return value
        case _:
            return Opaque("the keys of this are not known", value.place)
