"""Enumerations of zod, which labels and defaults are taken from."""

from ormistice.sources.drizzle.values import Array, Entry, Foreign, Record, Symbol, Value, text_of
from ormistice.text import Span

_FUNCTION = "z.enum"
_MAKERS = frozenset(("enum", "nativeEnum"))
_ITSELF = frozenset(("describe", "meta", "brand", "register"))


def function_name(symbol: Symbol) -> str | None:
    """The name of zod's enumeration if `symbol` is it, however zod was imported."""
    if symbol.package != "zod" and not symbol.package.startswith("zod/"):
        return None
    path = (symbol.name, *symbol.path)
    return _FUNCTION if path[-1] in _MAKERS and len(path) <= 2 else None  # noqa: PLR2004 - `z` and the function


def member_of(value: Foreign, name: str, place: Span) -> Value | None:
    """`value.name` where `value` is an enumeration of zod; None where it is none."""
    if value.function != _FUNCTION or not value.arguments:
        return None
    labels = _labels(value.arguments[0], place)
    if labels is not None and name == "options":
        return Array(tuple(entry.value for entry in labels.entries.values()), place)
    if labels is not None and name in ("enum", "Enum", "Values"):
        return labels
    # What takes labels away or adds some is another enumeration, and not known.
    return Foreign(_FUNCTION if name in _ITSELF else f"{_FUNCTION}().{name}", value.arguments, place)


def _labels(given: Value, place: Span) -> Record | None:
    """What each label is called by."""
    match given:
        case Record(unread=()):
            return given
        case Array(items=items, unread=()):
            texts = [text_of(item) for item in items]
            named = zip(texts, items, strict=True)
            entries = {text: Entry(item, item.place) for text, item in named if text is not None}
            return None if None in texts else Record(entries, place)
        case _:
            return None
