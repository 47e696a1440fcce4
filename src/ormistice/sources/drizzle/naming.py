"""Names that drizzle makes up, and what else differs between its versions."""

import re
from dataclasses import dataclass

from ormistice.names import NAME_BYTES

# A name is no program text: these are the words that drizzle takes it apart into.
_WORD = re.compile(r"[\da-z]+|[A-Z]+(?![a-z])|[A-Z][\da-z]+")


@dataclass(frozen=True, slots=True)
class Rules:
    """How a version of drizzle reads a schema; `casing` is that of the configuration, for columns without a name."""

    modern: bool = False
    casing: str | None = None

    def column(self, key: str, casing: str | None) -> str:
        """Name of a column that has none of its own; `casing` is that of the function that made its table."""
        return cased(key, casing or self.casing)

    def primary_key(self, table: str, columns: tuple[str, ...]) -> str | None:
        """Name of a composite primary key; None: it is left to PostgreSQL."""
        return None if self.modern else "_".join((table, *columns, "pk"))

    def foreign_key(self, table: str, columns: tuple[str, ...], target: str, referenced: tuple[str, ...]) -> str:
        """Name of a foreign key."""
        if not self.modern:
            return "_".join((table, *columns, target, *referenced, "fk"))
        full = "_".join((table, *columns, target, *referenced, "fkey"))
        if len(full) <= NAME_BYTES:
            return full
        return f"{table}_{_digest(full)}_fkey" if len(table) < _LONG_TABLE else f"{_digest(full)}_fkey"

    def unique(self, table: str, columns: tuple[str, ...]) -> str | None:
        """Name of a unique constraint; None: it is left to PostgreSQL."""
        return None if self.modern and len(columns) == 1 else "_".join((table, *columns, "unique"))

    def index(self, table: str, columns: tuple[str, ...]) -> str:
        """Name of an index."""
        return "_".join((table, *columns, "index"))


_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIGEST_LENGTH = 12
_LONG_TABLE = 45


def _digest(name: str) -> str:
    """What stands for the rest of a name that is too long: a polynomial of its characters in base 62."""
    total, power = 0, 1
    limit = len(_DIGITS) ** _DIGEST_LENGTH
    for character in name:
        total = (total + ord(character) * power) % limit
        power = power * 53 % limit
    digits = []
    for _ in range(_DIGEST_LENGTH):
        total, digit = divmod(total, len(_DIGITS))
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits))


def cased(key: str, casing: str | None) -> str:
    """`key` in `snake_case` or `camelCase`, or as it is."""
    if casing == "snake_case":
        return "_".join(word.lower() for word in _WORD.findall(key.replace("'", "").replace("\u2019", "")))
    if casing == "camelCase":
        words = _WORD.findall(key.replace("'", "").replace("\u2019", ""))
        return "".join(word.lower() if i == 0 else word[:1].upper() + word[1:] for i, word in enumerate(words))
    return key
