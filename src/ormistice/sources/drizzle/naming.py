"""Names that drizzle makes up, and what else differs between its versions."""

import re
from dataclasses import dataclass

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
        return "_".join((table, *columns, target, *referenced, "fkey" if self.modern else "fk"))

    def unique(self, table: str, columns: tuple[str, ...]) -> str:
        """Name of a unique constraint."""
        return "_".join((table, *columns, "unique"))

    def index(self, table: str, columns: tuple[str, ...]) -> str:
        """Name of an index."""
        return "_".join((table, *columns, "index"))


def cased(key: str, casing: str | None) -> str:
    """`key` in `snake_case` or `camelCase`, or as it is."""
    if casing == "snake_case":
        return "_".join(word.lower() for word in _WORD.findall(key.replace("'", "").replace("\u2019", "")))
    if casing == "camelCase":
        words = _WORD.findall(key.replace("'", "").replace("\u2019", ""))
        return "".join(word.lower() if i == 0 else word[:1].upper() + word[1:] for i, word in enumerate(words))
    return key
