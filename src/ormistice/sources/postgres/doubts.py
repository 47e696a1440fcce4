"""What a statement that failed would have added, as far as its words tell."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from ormistice.model import Column, Domain, Enum, RowSecurity, Schema, Table, View
from ormistice.model import Sequence as ModelSequence
from ormistice.names import DEFAULT_SCHEMA, QualifiedName
from ormistice.sources.postgres.executing import Failure
from ormistice.sources.postgres.reflect import EXPRESSES
from ormistice.sources.postgres.removing import Removals
from ormistice.sources.postgres.scripts import Statement, words_in
from ormistice.text import Span

_SAYS_NOTHING = frozenset(
    {
        *("function", "procedure", "aggregate", "trigger", "rule", "cast", "operator", "collation", "text", "language"),
        *("role", "user", "group", "temp", "temporary", "or"),
        # What belongs to it is never told, and what needs it fails itself.
        "extension",
    }
)
_OF_ROWS = frozenset(
    {"comment", "insert", "update", "delete", "set", "analyze", "truncate", "copy", "vacuum", "lock", "refresh"}
)
_AFTER_TABLE = frozenset(
    {
        *("add", "alter", "as", "attach", "cluster", "detach", "disable", "drop", "enable", "for", "force", "include"),
        *("inherit", "no", "not", "nulls", "of", "owner", "partition", "rename", "replica", "reset", "set"),
        *("tablespace", "to", "using", "validate", "where", "with", "without", "inherits", "on"),
    }
)
_OF_IDENTITY = frozenset({"generated", "identity", "restart"})
_CREATES_TABLE = frozenset({"table", "unlogged", "foreign"})
_NO_TABLE = "42P01"
_UNDEFINED = frozenset({_NO_TABLE, "42704", "42883", "3F000"})
_ALTERS = frozenset({"create", "alter", "drop"})
_OF_ROLES = frozenset({"role", "user", "group"})
_RUNS_MORE = frozenset({"execute", "perform", "call"})
_MEMBERS = frozenset(EXPRESSES - {Table, Enum, ModelSequence})
"""Whatever a table may have."""
_ANYTHING = frozenset({Table, Enum, Column})


def with_doubts(schema: Schema, failed: Iterable[Failure], removals: Removals, *, more: bool = False) -> Schema:
    """`schema`, knowing that `failed` would have added to it: what they may have declared is not missing.

    A table that was to be created is there, and of what is in it nothing is known, unless it is taken away again.
    With `more`, nobody knows what else would have been done.
    """
    kinds = set(_ANYTHING) if more else set[type]()
    unread: dict[QualifiedName, frozenset[type]] = defaultdict(frozenset)
    altered: dict[QualifiedName, set[tuple[str, str]]] = defaultdict(set)
    created: dict[QualifiedName, Failure] = {}
    for failure in failed:
        statement = failure.statement
        found, table = _of_one_table(statement.words), created_table(statement.words)
        lost = more or table is None or removals.behind(failure.place, table.name) or not _is_placed(statement, schema)
        if table is not None and not lost:
            created.setdefault(table, failure)
        elif found is None:
            kinds |= _kinds(failure)
        else:
            unread[found[0]] |= found[1]
            altered[found[0]] |= set(_altered(statement))
    if Column in kinds:
        unread |= {table.name: _MEMBERS for table in schema.tables}
    marked = tuple(
        _doubted(table, unread[table.name], altered[table.name]) if table.name in unread else table
        for table in schema.tables
    )
    there = {table.name for table in marked}
    stubs = (Table(name, _whole(failure), unread=_MEMBERS) for name, failure in created.items() if name not in there)
    tables = tuple(sorted((*marked, *stubs), key=lambda table: table.name)) if created else marked
    return replace(schema, tables=tables, unread=schema.unread | (kinds - {Column}))


def _whole(failure: Failure) -> Span:
    """The place of all of a statement that failed at some point in it; what stands in a Python file is whole."""
    place, statement = failure.place, failure.statement
    return Span(place.file, statement.start, place.end) if place.end == statement.end else place


def _is_placed(statement: Statement, schema: Schema) -> bool:
    """Whether it is known which schema a table is created in: one that is named, or else where others lie."""
    named = [word for word in statement.words[2:6] if word not in ("if", "not", "exists", "table")]
    qualified = len(named) > 1 and named[1] not in _AFTER_TABLE
    return qualified or not schema.tables or any(table.name.schema == DEFAULT_SCHEMA for table in schema.tables)


def created_table(words: Sequence[str]) -> QualifiedName | None:
    """The table that a statement creates; None if it creates none, or one that is gone with the session."""
    match words:
        case ["create", "table", *rest] | ["create", "unlogged" | "foreign", "table", *rest]:
            return (
                None
                if "partition" in rest[:6]
                else _table([word for word in rest if word not in ("if", "not", "exists")])
            )
        case _:
            return None


def missed_table(failure: Failure) -> QualifiedName | None:
    """The table that a statement failed for want of, if it is that."""
    if failure.state != _NO_TABLE or not failure.message.startswith('relation "'):
        return None
    schema, _, name = failure.message.split('"')[1].rpartition(".")
    return QualifiedName(schema or DEFAULT_SCHEMA, name)


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


def altered_table(words: Sequence[str]) -> QualifiedName | None:
    """The table that ALTER TABLE is about."""
    return _table(list(words[2:])) if words[:2] == ("alter", "table") else None


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


def _kinds(failure: Failure) -> frozenset[type]:
    """What another statement may have added to the schema; with Column, anything to any of its tables."""
    words = failure.statement.words
    match words[0] if words else "":
        case "create":
            return _of_creation(words[1:])
        case "drop" if failure.state in _UNDEFINED:
            return frozenset()
        case "select" if "(" not in failure.statement.text and "into" not in words:
            return frozenset()
        case "do" if _is_about_rows_and_roles(failure.statement):
            return frozenset()
        case word if word in _OF_ROWS:
            return frozenset()
        case _:
            return _ANYTHING


def _of_creation(words: Sequence[str]) -> frozenset[type]:
    match words:
        case ["type" | "domain", *_]:
            return frozenset((Enum, Domain))
        case [word, *rest] if word in _CREATES_TABLE:
            return frozenset(() if "partition" in rest[:6] else (Table,))
        case [*_] if "view" in words[:4]:
            return frozenset((View,))
        case ["sequence", *_]:
            return frozenset((ModelSequence,))
        case [word, *_] if word in _SAYS_NOTHING:
            return frozenset()
        case _:
            return _ANYTHING


def _is_about_rows_and_roles(statement: Statement) -> bool:
    """Whether a block creates and alters roles at the most, and runs nothing of which nobody knows what it does."""
    words = [word for word, _ in words_in(statement.text)]
    altered = {following for word, following in pairwise(words) if word in _ALTERS}
    return altered <= _OF_ROLES and not _RUNS_MORE & set(words)


def _table(words: list[str]) -> QualifiedName:
    """The table that a statement names; its schema and its name are two words if it is qualified."""
    rest = [word for word in words[:5] if word not in ("if", "exists", "only")]
    if len(rest) > 1 and rest[1] not in _AFTER_TABLE:
        return QualifiedName(rest[0], rest[1])
    return QualifiedName(DEFAULT_SCHEMA, rest[0] if rest else "")
