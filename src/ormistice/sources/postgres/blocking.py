"""The rows that stand in the way of a change: a query that counts them, and its answer from a database in use."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import psycopg

from ormistice.fixes import Change
from ormistice.model import (
    CheckConstraint,
    Column,
    Enum,
    ForeignKey,
    Index,
    IndexElement,
    MatchType,
    PrimaryKey,
    Schema,
    Stated,
    UniqueConstraint,
    as_index,
)
from ormistice.names import QualifiedName, quoted, quoted_name
from ormistice.sources.postgres.catalogs import Connection, Limits, transaction
from ormistice.sources.postgres.statements import literal
from ormistice.sources.postgres.widening import widens
from ormistice.sources.postgres.write_columns import needs_a_value

MOST = 1000
"""How many rows are counted; where there are more, that there are is all that is told."""


@dataclass(frozen=True, slots=True)
class Blocking:
    """What `query` answers: so many rows, or why it answered nothing."""

    query: str
    count: int | None
    failure: str | None = None

    def __str__(self) -> str:
        """In words."""
        if self.count is None:
            return f"not counted: {self.failure}"
        if self.count > MOST:
            return f"more than {MOST} rows stand in the way"
        return f"{self.count} row{' stands' if self.count == 1 else 's stand'} in the way"


def blocking_rows(schema: Schema, change: Change) -> str | None:
    """The query that counts the rows in the way of a change, up to one more than `MOST`; None where none can be."""
    parts = [part for part in _selections(schema, change.before, change.after) if part]
    if not parts:
        return None
    rows = " UNION ALL ".join(f"({part} LIMIT {MOST + 1})" for part in parts)
    return f"SELECT count(*) FROM (SELECT FROM ({rows}) AS every LIMIT {MOST + 1}) AS blocking"  # noqa: S608 - quoted


def counted(connection: Connection, query: str, limits: Limits | None = None) -> Blocking:
    """The query's answer, in a read-only transaction of its own; `connection` autocommits."""
    try:
        with transaction(connection, limits):
            row = connection.execute(query.encode()).fetchone()
    except psycopg.errors.QueryCanceled:
        return Blocking(query, None, "it takes too long")
    except psycopg.Error as error:
        return Blocking(query, None, error.diag.message_primary or str(error).partition("\n")[0])
    return Blocking(query, None if row is None else int(row[0]))


def _selections(schema: Schema, before: object, after: object) -> Iterable[str]:
    match before, after:
        case None, Column() if needs_a_value(after):
            yield _rows(after.table, "true")
        case Column(), Column():
            yield from _of_column(before, after)
        case None, ForeignKey():
            yield _unreferenced(after)
        case ForeignKey(), ForeignKey() if _binds_more(before, after):
            yield _unreferenced(after)
        case ((None | CheckConstraint()), CheckConstraint()) if _checks_more(before, after):
            yield _rows(after.table, f"NOT ({after.expression.value})")
        case ((None | UniqueConstraint()), UniqueConstraint()):
            yield from _repeated(None if before is None else as_index(before), as_index(after))
        case ((None | Index()), Index(unique=Stated(value=True))):
            yield from _repeated(before, after)
        case ((None | PrimaryKey()), PrimaryKey()):
            yield from _of_primary_key(before, after)
        case Enum(), Enum():
            yield from _of_labels(schema, before, after)
        case _:
            return


def _rows(table: QualifiedName, condition: str) -> str:
    return f"SELECT FROM {quoted_name(table)} WHERE {condition}"


def _of_column(before: Column, after: Column) -> Iterable[str]:
    name = quoted(before.name)
    was_nullable = before.nullable is None or before.nullable.value
    if was_nullable and after.nullable is not None and not after.nullable.value:
        yield _rows(before.table, f"{name} IS NULL")
    if before.type is None or after.type is None or after.type.value.array:
        return
    kind = after.type.value
    texts = ("character varying", "character", "text")
    lengthened = kind.name in texts and before.type.value.name in texts
    if lengthened and kind.modifiers and not widens(before.type.value, kind):
        yield _rows(before.table, f"length({name}) > {int(kind.modifiers[0])}")


def _binds_more(before: ForeignKey, after: ForeignKey) -> bool:
    loose = any(aspect is not None and not aspect.value for aspect in (before.validated, before.enforced))
    return loose or before.references != after.references or before.match_type != after.match_type


def _checks_more(before: CheckConstraint | None, after: CheckConstraint) -> bool:
    loose = before is None or (before.validated is not None and not before.validated.value)
    return loose or before is None or before.expression != after.expression


def _unreferenced(key: ForeignKey) -> str:
    """Rows that reference what is not there; with MATCH FULL those too that say half of it."""
    if key.references is None:
        return ""
    ours = [f"r.{quoted(name)}" for name in key.columns]
    pairs = zip(ours, key.references.value.columns, strict=True)
    matched = " AND ".join(f"t.{quoted(theirs)} = {mine}" for mine, theirs in pairs)
    whole = " AND ".join(f"{name} IS NOT NULL" for name in ours)
    target = quoted_name(key.references.value.table)
    condition = f"{whole} AND NOT EXISTS (SELECT FROM {target} AS t WHERE {matched})"
    if key.match_type is not None and key.match_type.value is MatchType.FULL:
        half = " OR ".join(f"{name} IS NOT NULL" for name in ours)
        condition = f"({condition}) OR (({half}) AND NOT ({whole}))"
    return f"SELECT FROM {quoted_name(key.table)} AS r WHERE {condition}"


def _repeated(before: Index | None, index: Index) -> Iterable[str]:
    """Every row but one of those that have the same, unless they were held apart so before."""
    if before is not None and replace(before, name=index.name, include=index.include, place=index.place) == index:
        return
    keys = [
        quoted(element.column) if element.column is not None else f"({element.expression})"
        for element in index.elements
    ]
    nulls_repeat = index.nulls_not_distinct is not None and index.nulls_not_distinct.value
    conditions = [] if nulls_repeat else [f"{key} IS NOT NULL" for key in keys]
    if index.predicate is not None and index.predicate.value is not None:
        conditions.append(f"({index.predicate.value})")
    numbered = f"SELECT row_number() OVER (PARTITION BY {', '.join(keys)}) AS number"
    inside = f"{numbered} FROM {quoted_name(index.table)} WHERE {' AND '.join(conditions) or 'true'}"
    yield f"SELECT FROM ({inside}) AS same WHERE number > 1"


def _of_primary_key(before: PrimaryKey | None, after: PrimaryKey) -> Iterable[str]:
    if before is not None and before.columns == after.columns:
        return
    missing = " OR ".join(f"{quoted(column)} IS NULL" for column in after.columns.value)
    yield _rows(after.table, missing)
    yield from _repeated(None, Index(after.table, tuple(map(IndexElement, after.columns.value)), after.place))


def _of_labels(schema: Schema, before: Enum, after: Enum) -> Iterable[str]:
    kept = {label.value for label in after.labels}
    gone = ", ".join(literal(label.value) for label in before.labels if label.value not in kept)
    for table in schema.tables if gone else ():
        for column in table.columns:
            if column.type is not None and column.type.value.user_defined == before.name:
                text = f"{quoted(column.name)}::text"
                array = column.type.value.array
                yield _rows(table.name, f"{text}[] && ARRAY[{gone}]" if array else f"{text} IN ({gone})")
