"""What a statement that failed would have added, as far as its first words tell."""

from collections.abc import Iterable
from dataclasses import replace

from ormistice.model import Column, Enum, Schema, Sequence, Table
from ormistice.names import DEFAULT_SCHEMA, QualifiedName
from ormistice.sources.postgres.reflect import EXPRESSES
from ormistice.sources.postgres.scripts import Statement

_SAYS_NOTHING = frozenset(
    {
        "function",
        "procedure",
        "aggregate",
        "view",
        "materialized",
        "trigger",
        "rule",
        "cast",
        "operator",
        "collation",
        "text",
        "language",
    }
)
_AFTER_TABLE = frozenset(
    {
        *("add", "alter", "attach", "cluster", "detach", "disable", "drop", "enable", "force", "include", "inherit"),
        *("no", "not", "nulls", "of", "owner", "rename", "replica", "reset", "set", "tablespace", "using", "validate"),
        *("where", "with"),
    }
)
_CREATES_TABLE = frozenset({"table", "unlogged", "foreign"})


def with_doubts(schema: Schema, failed: Iterable[Statement]) -> Schema:
    """`schema`, knowing that `failed` would have added to it: what they may have declared is not missing."""
    kinds: set[type] = set()
    tables: set[QualifiedName] = set()
    for statement in failed:
        match statement.words:
            case ["create", "type" | "domain" | "extension", *_]:
                kinds |= {Table, Enum}
            case ["create", word, *_] if word in _CREATES_TABLE:
                kinds.add(Table)
            case ["create", "or", "replace", *_] | ["comment" | "insert" | "update" | "delete" | "set" | "analyze", *_]:
                continue
            case ["create", word, *_] if word in _SAYS_NOTHING:
                continue
            case ["create", "sequence", *_]:
                kinds.add(Sequence)
            case ["alter", "table", *rest]:
                tables.add(_table(rest))
            case ["create", *rest] if "index" in rest and "on" in rest:
                tables.add(_table(rest[rest.index("on") + 1 :]))
            case _:
                kinds |= {Table, Enum, Column}
    unread = frozenset(EXPRESSES - {Table, Enum, Sequence})
    marked = tuple(
        replace(table, unread=unread) if table.name in tables or Column in kinds else table for table in schema.tables
    )
    return replace(schema, tables=marked, unread=schema.unread | (kinds - {Column}))


def _table(words: list[str]) -> QualifiedName:
    """The table that a statement names; its schema and its name are two words if it is qualified."""
    rest = [word for word in words[:5] if word not in ("if", "exists", "only")]
    if len(rest) > 1 and rest[1] not in _AFTER_TABLE:
        return QualifiedName(rest[0], rest[1])
    return QualifiedName(DEFAULT_SCHEMA, rest[0] if rest else "")
