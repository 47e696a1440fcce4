"""Options of sequences, given to an identity column or to `pgSequence`."""

from ormistice.model import Stated
from ormistice.sources.drizzle.values import Opaque, Record, Value, is_nothing, spelled, truth
from ormistice.types import ColumnType

_LARGEST = {"smallint": 32767, "integer": 2147483647, "bigint": 9223372036854775807}
# What JavaScript makes of the largest bigint, which `drizzle-kit pull` writes out: it rounds.
_ROUNDED = "9223372036854775808"
# What drizzle-kit writes for a descending identity of any type.
_LEAST_OF_IDENTITY = -32768


def identity_options(type_: Stated[ColumnType] | None, value: Value | None) -> tuple[str, ...] | Opaque:
    """Options of an identity that differ from PostgreSQL's defaults, in catalog order."""
    return sequence_options(type_.value.name if type_ else "bigint", value, _LEAST_OF_IDENTITY)


def sequence_options(type_name: str, value: Value | None, least: int | None = None) -> tuple[str, ...] | Opaque:
    """Options of a sequence over `type_name` that differ from PostgreSQL's defaults, in catalog order.

    `least` is what drizzle-kit gives a descending one for its minimum.
    """
    if value is None or is_nothing(value):
        return ()
    if not isinstance(value, Record):
        return value if isinstance(value, Opaque) else Opaque("these options are not known", value.place)
    found: dict[str, str] = {}
    for key in ("startWith", "increment", "minValue", "maxValue", "cache"):
        given = value.get(key)
        if given is None or is_nothing(given):
            continue
        written = spelled(given)
        if written is None:
            return given if isinstance(given, Opaque) else Opaque(f"the value of `{key}` is not known", given.place)
        found[key] = written
    cycle = value.get("cycle")
    if isinstance(cycle, Opaque):
        return cycle
    largest = _LARGEST.get(type_name, _LARGEST["bigint"])
    if found.get("increment", "1").startswith("-") and least is not None:
        found.setdefault("minValue", str(least))
    return _differing(found, largest, cycles=cycle is not None and bool(truth(cycle)))


def _differing(found: dict[str, str], largest: int, *, cycles: bool) -> tuple[str, ...]:
    increment = found.get("increment", "1")
    descending = increment.startswith("-")
    least = found.get("minValue", str(-largest - 1) if descending else "1")
    most = found.get("maxValue", "-1" if descending else str(largest))
    most = str(largest) if most == _ROUNDED else most
    start = found.get("startWith", most if descending else least)
    defaults = {
        "START WITH": (start, most if descending else least),
        "INCREMENT BY": (increment, "1"),
        "MAXVALUE": (most, "-1" if descending else str(largest)),
        "MINVALUE": (least, str(-largest - 1) if descending else "1"),
        "CACHE": (found.get("cache", "1"), "1"),
    }
    options = [f"{word} {given}" for word, (given, default) in defaults.items() if given != default]
    return (*options, *(("CYCLE",) if cycles else ()))
