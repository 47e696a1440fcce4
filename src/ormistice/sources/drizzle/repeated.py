"""What a schema declares more than once under one name: drizzle-kit takes the last it comes to."""

from collections.abc import Iterable, Mapping
from typing import Protocol, TypeVar

from ormistice.names import QualifiedName
from ormistice.sources.drizzle.modules import Loaded
from ormistice.sources.drizzle.parts import Reading
from ormistice.sources.drizzle.values import Opaque, Value
from ormistice.text import Span


class _Named(Protocol):
    @property
    def name(self) -> QualifiedName: ...


Lowered = TypeVar("Lowered", bound=_Named)


def order_of_exports(modules: Iterable[Loaded]) -> dict[int, int]:
    """How many exports drizzle-kit comes to in front of each value, by the value's id.

    It sees a module as esbuild compiles it: what the module names itself by the alphabet, and then what it passes on.
    """
    found: dict[int, int] = {}
    for module in modules:
        for name in _names(module, set()):
            found.setdefault(id(module.exports[name].get()), len(found))
    return found


def _names(module: Loaded, seen: set[int]) -> dict[str, None]:
    if id(module) in seen:
        return {}
    seen.add(id(module))
    passed_on = [name for other in module.passed_on for name in _names(other, seen) if name in module.exports]
    theirs = {name for other in module.passed_on for name in other.exports if name != "default"}
    own = sorted(name for name in module.exports if name not in theirs)
    return dict.fromkeys((*own, *passed_on, *module.exports))


def last_ones(
    reading: Reading, what: str, lowered: Iterable[tuple[Value, Lowered | None]], order: Mapping[int, int]
) -> tuple[Lowered, ...]:
    """Of those of one name, the one that counts; of another that says something else a problem is told."""
    pairs = [(value, item) for value, item in lowered if item is not None]
    last: dict[QualifiedName, tuple[Value, Lowered]] = {}
    for value, item in sorted(pairs, key=lambda pair: order.get(id(pair[0]), 0)):
        last[item.name] = (value, item)
    for value, item in pairs:
        other, counting = last[item.name]
        if item != counting:
            reading.unknown(Opaque(_reason(reading, other), value.place), f"{what} `{item.name.name}`")
    return tuple(item for value, item in pairs if last[item.name][0] is value)


def _reason(reading: Reading, other: Value) -> str:
    place: Span = other.place
    if reading.rules.modern:
        return f"it is declared once more in {place.file}, and drizzle-kit refuses that"
    return f"it is declared once more in {place.file}, and drizzle-kit takes that one"
