"""Values of a snapshot, each of the kind that is expected; what is not is told in words, with what it is of."""

from collections.abc import Callable, Mapping
from enum import Enum as Enumeration
from typing import Any, TypeVar

from ormistice.findings import listed

Json = Mapping[str, Any]
T = TypeVar("T")
E = TypeVar("E", bound=Enumeration)


def value(item: Json, key: str) -> Any:
    """What stands there, whatever it is."""
    if key not in item:
        raise ValueError(f"it has no `{key}`")
    return item[key]


def _of(item: Json, key: str, kind: type[T], words: str) -> T:
    found = value(item, key)
    if not isinstance(found, kind):
        raise ValueError(f"`{key}` is to be {words}")  # noqa: TRY004 - it is the user's file that is wrong
    return found


def text(item: Json, key: str) -> str:
    """A text."""
    return _of(item, key, str, "a text")


def flag(item: Json, key: str) -> bool:
    """True or false."""
    return _of(item, key, bool, "true or false")


def part(item: Json, key: str) -> Json:
    """An object inside of an object."""
    return _of(item, key, dict, "an object")


def texts(item: Json, key: str) -> tuple[str, ...]:
    """A list of texts."""
    found = _of(item, key, list, "a list")
    if not all(isinstance(each, str) for each in found):
        raise ValueError(f"`{key}` is to be a list of texts")
    return tuple(found)


def maybe(read: Callable[[Json, str], T]) -> Callable[[Json, str], T | None]:
    """The same, where there may be nothing."""
    return lambda item, key: None if value(item, key) is None else read(item, key)


def member(words: type[E]) -> Callable[[Json, str], E]:
    """One of the words of an enumeration."""
    known = {word.value: word for word in words}

    def read(item: Json, key: str) -> E:
        found = text(item, key)
        if found not in known:
            raise ValueError(f"`{key}` is `{found}`, which is none of {', '.join(map(str, known))}")
        return known[found]

    return read


def named(item: Json, key: str, known: Mapping[str, T]) -> frozenset[T]:
    """What is known by the names of a list."""
    names = texts(item, key)
    strange = [f"`{name}`" for name in names if name not in known]
    if strange:
        raise ValueError(f"`{key}` names {listed(strange)}, which this version does not know")
    return frozenset(known[name] for name in names)


def every(item: Json, key: str, what: str, read: Callable[[Json], T]) -> tuple[T, ...]:
    """The objects of a list; `what` each of them is, for telling which one cannot be read."""
    return tuple(
        _one(f"{what} {_name(each) or number}", each, read)
        for number, each in enumerate(_of(item, key, list, "a list"), 1)
    )


def _one(which: str, item: object, read: Callable[[Json], T]) -> T:
    if not isinstance(item, dict):
        raise ValueError(f"{which}: it is to be an object")  # noqa: TRY004 - it is the user's file that is wrong
    try:
        return read(item)
    except ValueError as error:
        raise ValueError(f"{which}: {error}") from error


def _name(item: object) -> str:
    """What an object is called, if it is."""
    if not isinstance(item, dict):
        return ""
    parts = (item.get("schema"), item.get("name"))
    return ".".join(name for name in parts if isinstance(name, str) and name)
