"""Values as `JSON.stringify` writes them."""

import json
import math

from ormistice.sources.drizzle.values import Array, Nothing, Record, Scalar, Value

Json = str | float | int | bool | None | list["Json"] | dict[str, "Json"]


def json_text(value: Value) -> str | None:
    """The text of `value`; None where JSON has no words for it, or where it is not known."""
    plain = _plain_json(value)
    return None if isinstance(plain, _NotJson) else json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


_MOST_JSON = 10_000


class _NotJson:
    """What stands for a value that JSON has no words for, or that is not known."""


def _plain_json(value: Value, left: list[int] | None = None) -> Json | _NotJson:
    """`left` counts how many values may still be taken, for one value may be in many others."""
    left = [_MOST_JSON] if left is None else left
    left[0] -= 1
    if left[0] < 0:
        return _NotJson()
    match value:
        case Scalar(value=Nothing.NULL):
            return None
        case Scalar(value=bool() | str() as known):
            return known
        case Scalar(value=float() as number) if not math.isfinite(number):
            return None
        case Scalar(value=float() as number):
            return int(number) if number == int(number) else number
        case Array(unread=()):
            items = {str(i): item for i, item in enumerate(value.items)}
            listed = _plain_members(items, left)
            return listed if isinstance(listed, _NotJson) else list(listed.values())
        case Record(unread=()):
            members = {key: entry.value for key, entry in value.entries.items() if not _undefined(entry.value)}
            return _plain_members(members, left)
        case _:
            return _NotJson()


def _plain_members(members: dict[str, Value], left: list[int]) -> dict[str, Json] | _NotJson:
    found: dict[str, Json] = {}
    for key, member in members.items():
        plain = _plain_json(member, left)
        if isinstance(plain, _NotJson):
            return plain
        found[key] = plain
    return found


def _undefined(value: Value) -> bool:
    return isinstance(value, Scalar) and value.value is Nothing.UNDEFINED
