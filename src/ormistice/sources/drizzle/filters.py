"""What a drizzle.config leaves to others: `tablesFilter`, `schemaFilter` and `extensionsFilters`."""

from collections.abc import Sequence
from dataclasses import dataclass
from glob import escape

from ormistice.names import DEFAULT_SCHEMA, QualifiedName, Scope, matches
from ormistice.sources.drizzle.values import Array, Opaque, Record, Value, is_nothing, text_of

_OF_POSTGIS = ("!geography_columns", "!geometry_columns", "!spatial_ref_sys")
# What the matcher of drizzle-kit takes for more than a star, a question mark, a set or an alternative.
_UNREAD = ("(", "\\")


@dataclass(frozen=True, slots=True)
class Filters:
    """Patterns as the configuration has them, None where it says nothing; `unread` is what is not understood of it."""

    schemas: tuple[str, ...] | None = None
    tables: tuple[str, ...] | None = None
    unread: tuple[Opaque, ...] = ()

    def scope(self, declared: Sequence[QualifiedName], *, modern: bool) -> Scope:
        """The tables that drizzle-kit looks at; `declared` are those of the schema.

        Up to 0.x it looks at `public` alone unless it is told more. Patterns of tables pick among those of a database:
        what is declared is generated whether they match or not, and is left to others only where it is kept out.
        """
        if self.unread:
            return Scope()
        schemas = self.schemas
        if schemas is None and not modern:
            schemas = tuple(sorted({DEFAULT_SCHEMA, *(name.schema for name in declared)}))
        wanted = _wanted(schemas) or ("*",)
        tables = _wanted(self.tables) or ("*",)
        include = () if (wanted, tables) == (("*",), ("*",)) else tuple(f"{s}.{t}" for s in wanted for t in tables)
        if include and tables != ("*",):
            own = [name for name in declared if any(matches(f"{schema}.*", name) for schema in wanted)]
            others = (name for name in own if not any(matches(pattern, name) for pattern in include))
            include += tuple(f"{escape(name.schema)}.{escape(name.name)}" for name in others)
        exclude = (*(f"{s}.*" for s in _unwanted(schemas)), *(f"*.{t}" for t in _unwanted(self.tables)))
        return Scope(include, exclude)


def filters_of(config: Record) -> Filters:
    """The filters of a configuration."""
    unread: list[Opaque] = []
    schemas = _patterns(config.get("schemaFilter"), unread)
    tables = _patterns(config.get("tablesFilter"), unread)
    extensions = _patterns(config.get("extensionsFilters"), unread)
    if extensions is not None and "postgis" in extensions:
        tables = (*(tables or ()), *_OF_POSTGIS)
    return Filters(schemas, tables, tuple(unread))


def _patterns(value: Value | None, unread: list[Opaque]) -> tuple[str, ...] | None:
    if value is None or is_nothing(value):
        return None
    items = value.items if isinstance(value, Array) and not value.unread else (value,)
    found: list[str] = []
    for item in items:
        text = text_of(item)
        if text is None:
            unread.append(item if isinstance(item, Opaque) else Opaque("this pattern is not known", item.place))
        elif any(mark in text for mark in _UNREAD):
            unread.append(Opaque(f"the pattern `{text}` is not understood", item.place))
        else:
            found += braced(text)
    return tuple(found) or None


def _wanted(patterns: tuple[str, ...] | None) -> tuple[str, ...]:
    """What is let through; whatever is not kept out, where anything is."""
    if patterns is None or any(pattern.startswith("!") for pattern in patterns):
        return ()
    return patterns


def _unwanted(patterns: tuple[str, ...] | None) -> tuple[str, ...]:
    return tuple(pattern[1:] for pattern in patterns or () if pattern.startswith("!"))


def braced(pattern: str) -> list[str]:
    """`a{b,c}d` as `abd` and `acd`, which Python's own globs do not know."""
    opening = pattern.find("{")
    closing = pattern.find("}", opening)
    if opening < 0 or closing < 0:
        return [pattern]
    head, tail = pattern[:opening], pattern[closing + 1 :]
    return [found for part in pattern[opening + 1 : closing].split(",") for found in braced(head + part + tail)]
