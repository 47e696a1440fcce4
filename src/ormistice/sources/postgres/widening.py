"""What a change of a column's type does: to its values, to the files that the table lies in, and how it is said."""

from ormistice.types import ColumnType

_TIMES = frozenset(
    {"time without time zone", "time with time zone", "timestamp without time zone", "timestamp with time zone"}
)
_ZONES = {"timestamp with time zone", "timestamp without time zone"}
_VARYING = frozenset({"character varying", "bit varying"})
_LARGEST_PRECISION = 6


def widens(old: ColumnType, new: ColumnType) -> bool:
    """Whether `new` holds every value of `old` as it is, and an application reads the same from it."""
    if old.array != new.array:
        return False
    texts = old.name in ("character varying", "text") and new.name in ("character varying", "text")
    if texts or (old.name == new.name and old.name in _VARYING):
        return _least(new) >= _least(old)
    if old.name == new.name and old.name in _TIMES:
        return _precision(new) >= _precision(old)
    return old.name == new.name == "numeric" and _wider_numeric(old, new)


def keeps_files(old: ColumnType, new: ColumnType) -> bool:
    """Whether PostgreSQL changes the type without rewriting the table."""
    rounded = old.name == "numeric" and new.modifiers and _scale(old) != _scale(new)
    return widens(old, new) and not old.array and not rounded


def conversion(column: str, old: ColumnType, new: ColumnType, text: str) -> str:
    """The expression behind USING; `text` is the new type as it stands in SQL."""
    if {old.name, new.name} == _ZONES and not old.array and not new.array:
        return f"{column} AT TIME ZONE 'UTC'"
    if new.array and not old.array:
        return f"CASE WHEN {column} IS NOT NULL THEN ARRAY[{column}]::{text} END"
    if (old.schema is not None or new.schema is not None) and old.name != new.name:
        # Between two types of the user's own there is no cast but by way of text.
        return f"{column}::text{'[]' * new.array}::{text}"
    return f"{column}::{text}"


def _least(kind: ColumnType) -> float:
    return float(kind.modifiers[0]) if kind.modifiers and kind.modifiers[0].isdigit() else float("inf")


def _precision(kind: ColumnType) -> int:
    return int(kind.modifiers[0]) if kind.modifiers and kind.modifiers[0].isdigit() else _LARGEST_PRECISION


def _wider_numeric(old: ColumnType, new: ColumnType) -> bool:
    if not new.modifiers:
        return True
    if not old.modifiers:
        return False
    return _scale(new) >= _scale(old) and int(new.modifiers[0]) - _scale(new) >= int(old.modifiers[0]) - _scale(old)


def _scale(kind: ColumnType) -> int:
    return int(kind.modifiers[1]) if len(kind.modifiers) > 1 else 0
