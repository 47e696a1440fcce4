"""The outline of a database that Supabase's editor shows "for context only": SQL in form, but not meant to be run.

Its tables stand in the order of their names, and of a column it says no more than `information_schema` does: `ARRAY`
without the type of an element, `USER-DEFINED` in place of an enum's name. What it does say is run in an order that
works; what it leaves out is not known.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from ormistice.model import (
    Column,
    Enum,
    ForeignKey,
    Index,
    Problem,
    ProblemKind,
    RowSecurity,
    Schema,
    Table,
    UniqueConstraint,
    View,
)
from ormistice.model import Sequence as ModelSequence
from ormistice.names import DEFAULT_SCHEMA, QualifiedName, quoted
from ormistice.sources.postgres.scripts import Statement, comment_lines, elements_of, split, words_in
from ormistice.text import Document, Span

_SAYS_SO = "for context only and is not meant to be run"
_MESSAGE = (
    "this outline is for context only and not meant to be run: it does not say referential actions, indexes, labels of "
    "enums, policies, lengths and the types of arrays, and these are not compared"
)
# Types that have a length or a precision elsewhere.
_SHORTENED = frozenset({"character varying", "character", "numeric", "bit", "bit varying"})
_UNREAD = frozenset({Index, UniqueConstraint, RowSecurity})


@dataclass(frozen=True, slots=True)
class Outline:
    """What there is to run of an outline, in an order that works, and columns of which it does not tell the type."""

    place: Span
    statements: tuple[Statement, ...]
    tables: frozenset[QualifiedName]
    untyped: Mapping[QualifiedName, frozenset[str]]

    def problem(self) -> Problem:
        """That it is no more than that."""
        return Problem(ProblemKind.UNSUPPORTED_CONSTRUCT, _MESSAGE, self.place)


@dataclass(slots=True)
class _Parts:
    """What comes before all tables, the tables, and what comes behind them."""

    before: list[Statement] = field(default_factory=list)
    tables: list[Statement] = field(default_factory=list)
    behind: list[Statement] = field(default_factory=list)
    untyped: dict[QualifiedName, frozenset[str]] = field(default_factory=dict)


def outline(document: Document) -> Outline | None:
    """The outline that a file is, if it says that it is one before it says anything else."""
    statements = tuple(split(document.text))
    start = statements[0].start if statements else 0
    said = next((line for line in comment_lines(document.text) if _SAYS_SO in line.text and line.start < start), None)
    if said is None:
        return None
    parts = _Parts()
    for statement in statements:
        name = _created(statement)
        if name is None:
            parts.behind.append(statement)
        else:
            _take(parts, name, statement)
    place = Span(document.path, said.start, said.end)
    return Outline(place, (*parts.before, *parts.tables, *parts.behind), frozenset(parts.untyped), parts.untyped)


def _created(statement: Statement) -> QualifiedName | None:
    words = [word for word in statement.words if word not in ("if", "not", "exists")]
    match words:
        case ["create", "table", schema, name]:
            return QualifiedName(schema, name)
        case ["create", "table", name]:
            return QualifiedName(DEFAULT_SCHEMA, name)
        case _:
            return None


def _take(parts: _Parts, name: QualifiedName, statement: Statement) -> None:
    """Put a table where it belongs: its keys behind all tables, what its defaults need before them."""
    kept: list[str] = []
    untyped: set[str] = set()
    table = f"{quoted(name.schema)}.{quoted(name.name)}"
    if name.schema != DEFAULT_SCHEMA:
        parts.before.append(_said(f"CREATE SCHEMA IF NOT EXISTS {quoted(name.schema)}", statement))
    for element in elements_of(statement.text):
        words = [word for word, _ in words_in(element)]
        if words[:1] == ["constraint"] and words[2:4] == ["foreign", "key"]:
            parts.behind.append(_said(f"ALTER TABLE {table} ADD {element}", statement))
        elif words[1:2] == ["array"] or words[1:3] == ["user", "defined"]:
            untyped.add(words[0])
            kept.append(_untyped(words))
        else:
            kept.append(element)
            parts.before += [_said(f"CREATE SEQUENCE IF NOT EXISTS {one}", statement) for one in _sequences(element)]
            parts.behind += [
                _said(f"ALTER SEQUENCE {one} OWNED BY {table}.{quoted(words[0])}", statement)
                for one in _sequences(element)
            ]
    parts.untyped[name] = frozenset(untyped)
    listed = ",\n".join(kept)
    parts.tables.append(_said(f"CREATE TABLE {table} (\n{listed}\n)", statement))


def _untyped(words: Sequence[str]) -> str:
    """A column of some type; what the outline says of its default is in terms of its type."""
    rest = [" NOT NULL"] if ("not", "null") in pairwise(words) else []
    rest += [" UNIQUE"] if "unique" in words else []
    return f"{quoted(words[0])} text{''.join(rest)}"


def _sequences(element: str) -> Iterator[str]:
    """The sequence that a column takes its numbers of, as it is written."""
    _, called, rest = element.partition("nextval('")
    if called:
        yield rest.partition("'")[0]


def _said(text: str, statement: Statement) -> Statement:
    return Statement(text, statement.start, next(split(text)).words)


def outlined(schema: Schema, outlines: Sequence[Outline]) -> Schema:
    """`schema` without what the outlines it comes of do not say."""
    if not outlines:
        return schema
    names = frozenset(name for found in outlines for name in found.tables)
    untyped = {name: columns for found in outlines for name, columns in found.untyped.items()}
    tables = tuple(_table(table, untyped[table.name]) if table.name in names else table for table in schema.tables)
    unread = schema.unread | {Enum, View, ModelSequence}
    return replace(schema, tables=tables, unread=unread)


def _table(table: Table, untyped: frozenset[str]) -> Table:
    return replace(
        table,
        columns=tuple(_column(column, untyped) for column in table.columns),
        foreign_keys=tuple(_key(key) for key in table.foreign_keys),
        row_security=None,
        comment=None,
        unread=table.unread | _UNREAD,
    )


def _column(column: Column, untyped: frozenset[str]) -> Column:
    shortened = column.type is not None and column.type.value.name in _SHORTENED
    return replace(
        column,
        type=None if column.name in untyped or shortened else column.type,
        default=None if column.name in untyped else column.default,
        generated=None,
        collation=None,
        comment=None,
    )


def _key(key: ForeignKey) -> ForeignKey:
    return replace(key, on_delete=None, on_update=None, deferrability=None)
