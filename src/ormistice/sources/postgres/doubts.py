"""What a statement that failed would have added, as far as its first words tell."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from ormistice.model import Column, Enum, RowSecurity, Schema, Table, View
from ormistice.model import Sequence as ModelSequence
from ormistice.names import DEFAULT_SCHEMA, QualifiedName
from ormistice.sources.postgres.reflect import EXPRESSES
from ormistice.sources.postgres.scripts import Statement, words_in

_SAYS_NOTHING = frozenset(
    {
        "function",
        "procedure",
        "aggregate",
        "trigger",
        "rule",
        "cast",
        "operator",
        "collation",
        "text",
        "language",
        # What belongs to it is never told, and what needs it fails itself.
        "extension",
    }
)
_AFTER_TABLE = frozenset(
    {
        *("add", "alter", "as", "attach", "cluster", "detach", "disable", "drop", "enable", "for", "force", "include"),
        *("inherit", "no", "not", "nulls", "of", "owner", "rename", "replica", "reset", "set", "tablespace", "to"),
        *("using", "validate", "where", "with"),
    }
)
_OF_IDENTITY = frozenset({"generated", "identity", "restart"})
_CREATES_TABLE = frozenset({"table", "unlogged", "foreign"})
_MEMBERS = frozenset(EXPRESSES - {Table, Enum, ModelSequence})
"""Whatever a table may have."""


def with_doubts(schema: Schema, failed: Iterable[Statement]) -> Schema:
    """`schema`, knowing that `failed` would have added to it: what they may have declared is not missing."""
    kinds: set[type] = set()
    unread: dict[QualifiedName, frozenset[type]] = defaultdict(frozenset)
    altered: dict[QualifiedName, set[tuple[str, str]]] = defaultdict(set)
    for statement in failed:
        found = _of_one_table(statement.words)
        if found is None:
            kinds |= _kinds(statement.words)
        else:
            unread[found[0]] |= found[1]
            altered[found[0]] |= set(_altered(statement))
    if Column in kinds:
        unread |= {table.name: _MEMBERS for table in schema.tables}
    marked = tuple(
        _doubted(table, unread[table.name], altered[table.name]) if table.name in unread else table
        for table in schema.tables
    )
    return replace(schema, tables=marked, unread=schema.unread | (kinds - {Column}))


def _doubted(table: Table, unread: frozenset[type], altered: Collection[tuple[str, str]]) -> Table:
    known = table.row_security if RowSecurity not in unread else None
    columns = tuple(_as_if_unsaid(column, altered) for column in table.columns)
    return replace(table, columns=columns, unread=unread, row_security=known)


def _as_if_unsaid(column: Column, altered: Collection[tuple[str, str]]) -> Column:
    """A column without the aspects that a statement would have changed."""
    aspects = {aspect for name, aspect in altered if name == column.name}
    return replace(
        column,
        type=None if "type" in aspects else column.type,
        nullable=None if "not" in aspects else column.nullable,
        default=None if "default" in aspects else column.default,
        identity=None if aspects & _OF_IDENTITY else column.identity,
    )


def _altered(statement: Statement) -> Iterator[tuple[str, str]]:
    """Columns that ALTER TABLE alters, each with the word for what it alters of it."""
    words = [word for word, inside in words_in(statement.text) if not inside]
    if words[:2] != ["alter", "table"]:
        return
    for at, word in enumerate(words[2:], 2):
        rest = [word for word in words[at + 1 : at + 6] if word not in ("column", "set", "drop", "data", "add")]
        if word == "alter" and len(rest) > 1:
            yield rest[0], rest[1]


def _of_one_table(words: Sequence[str]) -> tuple[QualifiedName, frozenset[type]] | None:
    """The table that a statement is about, and what it may have added there."""
    match words:
        case ["create" | "alter" | "drop", "policy", _, *rest] if "on" in rest:
            return _table(rest[rest.index("on") + 1 :]), frozenset((RowSecurity,))
        case ["alter", "table", *rest]:
            return _table(rest), _MEMBERS
        case ["create", *rest] if "index" in rest and "on" in rest:
            return _table(rest[rest.index("on") + 1 :]), _MEMBERS
        case _:
            return None


def _kinds(words: Sequence[str]) -> set[type]:
    """What another statement may have added to the schema; with Column, anything to any of its tables."""
    match words:
        case ["create", "type" | "domain", *_]:
            return {Table, Enum}
        case ["create", word, *_] if word in _CREATES_TABLE:
            return {Table}
        case ["create", *rest] if "view" in rest[:4]:
            return {View}
        case ["create", "or", "replace", *_] | ["comment" | "insert" | "update" | "delete" | "set" | "analyze", *_]:
            return set()
        case ["create", word, *_] if word in _SAYS_NOTHING:
            return set()
        case ["create", "sequence", *_]:
            return {ModelSequence}
        case _:
            return {Table, Enum, Column}


def _table(words: list[str]) -> QualifiedName:
    """The table that a statement names; its schema and its name are two words if it is qualified."""
    rest = [word for word in words[:5] if word not in ("if", "exists", "only")]
    if len(rest) > 1 and rest[1] not in _AFTER_TABLE:
        return QualifiedName(rest[0], rest[1])
    return QualifiedName(DEFAULT_SCHEMA, rest[0] if rest else "")
