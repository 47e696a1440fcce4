"""What other packages take from an object of columns, or leave of it."""

from ormistice.sources.drizzle.values import Arguments, Array, Opaque, Record, Symbol, Value, spelled
from ormistice.text import Span

_KEYS_LAST = frozenset(
    ("es-toolkit", "just-omit", "just-pick", "lodash", "lodash-es", "lodash.omit", "lodash.pick", "radash", "remeda")
)
# What marks a table for an interface that is made of it, and gives it back.
_GIVE_BACK = frozenset((("@gqloom/drizzle", "drizzleSilk"),))
_KEYS_FIRST = frozenset(("rambda", "ramda"))


def called(function: Symbol, arguments: Arguments, place: Span) -> Value | None:
    """What a call of `function` gives; None where that is not known here."""
    family = function.package.split("/")[0]
    names = [name for name in (function.name, *function.path) if name not in ("*", "default")]
    wanted = names[-1] if names else function.package.replace(".", "/").replace("-", "/").rsplit("/", 1)[-1]
    given = arguments.values
    if (function.package, wanted) in _GIVE_BACK and given:
        return given[0]
    if wanted not in ("omit", "pick") or len(given) < 2 or arguments.unread is not None:  # noqa: PLR2004 - both of them
        return None
    if family in _KEYS_LAST:
        return _narrowed(given[0], given[1:], place, kept=wanted == "pick")
    if family in _KEYS_FIRST and len(given) == 2:  # noqa: PLR2004 - with one it is a function
        return _narrowed(given[1], given[:1], place, kept=wanted == "pick")
    return None


def _narrowed(whole: Value, listed: tuple[Value, ...], place: Span, *, kept: bool) -> Value:
    if isinstance(whole, Opaque):
        return whole
    keys: set[str] = set()
    for value in listed:
        items = value.items if isinstance(value, Array) and not value.unread else (value,)
        texts = [spelled(item) for item in items]
        if None in texts:
            return value if isinstance(value, Opaque) else Opaque("these keys are not known", value.place)
        keys.update(text for text in texts if text is not None)
    if not isinstance(whole, Record):
        return Opaque("this object is not known", whole.place)
    entries = {key: entry for key, entry in whole.entries.items() if (key in keys) == kept}
    return Record(entries, place, whole.unread)
