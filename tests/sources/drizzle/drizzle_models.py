"""Hypothesis strategies for whole tables in Drizzle's words, for changes of them, and what is to be read afterwards."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from building import HERE, name
from ormistice.aspects import GeneratedExpression, IdentityGeneration, ReferentialAction, SerialDefault, SqlDefault
from ormistice.model import (
    CheckConstraint,
    Column,
    Enum,
    ForeignKey,
    Index,
    IndexElement,
    PrimaryKey,
    Reference,
    Schema,
    Stated,
    Table,
    UniqueConstraint,
    paired,
)
from ormistice.settling import cheap
from ormistice.types import ColumnType, parse_type

COLUMN_NAMES = ("a", "b_c", "userId", "d e", "delete", "text", "x1", "It's")
MOOD = Enum(name("mood"), tuple(Stated(label, HERE) for label in ("sad", "it's", 'a "b"', "C")), HERE)
DEFAULTS = {
    "integer": ("3", "-3", "1 + 1", "'5'::integer"),
    "bigint": ("12345678901", "9223372036854775807"),
    "smallint": ("0",),
    "real": ("1.5",),
    "numeric(12,2)": ("1.50", "'1.50'"),
    "text": ("'it''s `${x}` \\n'", "''", "'x'::text", "lower('A')", "'\u2028'"),
    "character varying(20)": ("'ab'", "'x'::character varying"),
    "boolean": ("true", "false"),
    "timestamp(3) without time zone": ("now()", "CURRENT_TIMESTAMP", "'2020-01-01 00:00:00'"),
    "timestamp with time zone": ("now()",),
    "date": ("now()", "'2020-01-01'"),
    "time without time zone": ("now()",),
    "interval day to second(3)": (),
    "uuid": ("gen_random_uuid()", "'00000000-0000-0000-0000-000000000000'"),
    "jsonb": ("'{}'", "'{}'::jsonb", "'{\"a\": [1]}'::jsonb"),
    "json": ("'[]'",),
    "text[]": ("'{}'", "'{}'::text[]", "ARRAY['a']"),
    "tsvector": (),
    "bytea": (),
    "bit varying(8)": (),
    "point": (),
    "vector(3)": (),
    "public.mood": ("'sad'", "'it''s'"),
}
EXPRESSIONS = ('"a" > 0', "length(`x`) > 1", "a ~ '\\d+ ${b}'", "('x' || \"a\") <> 'it''s'")


def stated(value: Any) -> Any:
    return Stated(value, HERE)


def typed(spelling: str) -> ColumnType:
    schema, dot, own = spelling.partition(".")
    return parse_type(own, schema) if dot else parse_type(spelling)


@st.composite
def columns(draw: st.DrawFn, table: str, column: str) -> Column:
    kind = draw(st.sampled_from(sorted(DEFAULTS)))
    made = Column(
        name(table),
        column,
        HERE,
        stated(typed(kind)),
        stated(draw(st.booleans())),
        stated(None),
        identity=stated(None),
        generated=stated(None),
    )
    special = draw(st.sampled_from(("plain", "plain", "default", "default", "identity", "generated", "serial")))
    whole = kind in ("integer", "bigint", "smallint")
    if special == "default" and DEFAULTS[kind]:
        return replace(made, default=stated(SqlDefault(draw(st.sampled_from(DEFAULTS[kind])))))
    if special == "serial" and whole:
        return replace(made, default=stated(SerialDefault()), nullable=stated(value=False))
    if special == "identity" and whole:
        options = draw(
            st.sampled_from(((), ("START WITH 10",), ("INCREMENT BY 2", "CACHE 5", "CYCLE"), ("INCREMENT BY -1",)))
        )
        return replace(
            made, identity=stated(IdentityGeneration(draw(st.booleans()), options)), nullable=stated(value=False)
        )
    if special == "generated":
        return replace(made, generated=stated(GeneratedExpression(draw(st.sampled_from(EXPRESSIONS)))))
    return made


def names_of(draw: st.DrawFn, *made: str) -> Stated[str]:
    return stated(draw(st.sampled_from(("a_name", "it's", *made))))


@st.composite
def indexes(draw: st.DrawFn, table: str, named: list[str], number: int) -> Index:
    elements = []
    for column in draw(st.lists(st.sampled_from(named), unique=True, min_size=1, max_size=2)):
        descending, first = draw(st.booleans()), draw(st.booleans())
        opclass = draw(st.sampled_from((None, None, "some_ops")))
        elements.append(IndexElement(column, None, descending, first, opclass))
    if draw(st.booleans()):
        elements.append(
            IndexElement(None, draw(st.sampled_from(("(lower('A, b'))", "((1) + (2))"))), draw(st.booleans()))
        )
    method = draw(st.sampled_from(("btree", "btree", "gin", "hash")))
    if method != "btree":
        elements = [replace(one, descending=False, nulls_first=False) for one in elements]
    elements = [one if one.column else replace(one, nulls_first=one.descending) for one in elements]
    return Index(
        name(table),
        tuple(elements),
        HERE,
        stated(draw(st.booleans())),
        stated(method),
        stated(draw(st.sampled_from((None, *EXPRESSIONS)))),
        name=stated(f"{table}_{draw(st.sampled_from(('i', 'idx')))}_{number}"),
    )


@st.composite
def uniques(draw: st.DrawFn, table: str, named: list[str]) -> UniqueConstraint:
    chosen = tuple(draw(st.lists(st.sampled_from(named), unique=True, min_size=1, max_size=2)))
    given = draw(st.sampled_from((None, f"{table}_{'_'.join(chosen)}_key")))
    return UniqueConstraint(
        name(table),
        chosen,
        HERE,
        nulls_not_distinct=stated(draw(st.booleans())),
        name=stated(given) if given else None,
    )


@st.composite
def foreign_keys(draw: st.DrawFn, table: str, named: list[str], targets: list[str]) -> ForeignKey:
    own = draw(st.lists(st.sampled_from(named), unique=True, min_size=1, max_size=2))
    ours, theirs = paired(tuple(own), tuple(("id", "id2")[: len(own)]))
    actions = [stated(draw(st.sampled_from(ReferentialAction))) for _ in range(2)]
    target = stated(Reference(name(draw(st.sampled_from(targets))), theirs))
    given = draw(st.sampled_from((None, f"{table}_fk")))
    return ForeignKey(name(table), ours, HERE, target, *actions, name=stated(given) if given else None)


@st.composite
def checks(draw: st.DrawFn, table: str, number: int) -> CheckConstraint:
    expression = stated(draw(st.sampled_from(EXPRESSIONS)))
    return CheckConstraint(name(table), expression, HERE, name=stated(f"{table}_check_{number}"))


def _identifier(table: str, column: str) -> Column:
    whole, nothing = stated(typed("integer")), stated(None)
    return Column(name(table), column, HERE, whole, stated(value=False), nothing, identity=nothing, generated=nothing)


@st.composite
def primary_keys(draw: st.DrawFn, table: str) -> PrimaryKey:
    own = draw(st.sampled_from((("id",), ("id", "id2"), ("id2", "id"))))
    given = draw(st.sampled_from((None, f"{table}_pk")))
    return PrimaryKey(name(table), stated(own), HERE, stated(given) if given else None)


@st.composite
def tables(draw: st.DrawFn, table: str, targets: list[str]) -> Table:
    """A table with some of everything; `id` and `id2` are always there, to be referenced."""
    named = draw(st.lists(st.sampled_from(COLUMN_NAMES), unique=True, min_size=1, max_size=4))
    made = [_identifier(table, "id"), _identifier(table, "id2"), *(draw(columns(table, column)) for column in named)]
    keys = draw(st.lists(foreign_keys(table, named, [*targets, table]), max_size=2, unique_by=lambda key: key.columns))
    return Table(
        name(table),
        HERE,
        tuple(made),
        draw(st.none() | primary_keys(table)),
        tuple({key.name.value if key.name else key.columns: key for key in keys}.values()),
        tuple(draw(st.lists(uniques(table, named), max_size=2, unique_by=lambda one: frozenset(one.columns)))),
        tuple(draw(indexes(table, named, number)) for number in range(draw(st.integers(0, 2)))),
        tuple(draw(checks(table, number)) for number in range(draw(st.integers(0, 2)))),
    )


STYLES = {
    "plain": ("", "\n"),
    "prettier": ('import { text } from "drizzle-orm/pg-core";\n\nexport const unused = {\n  a: text(),\n};\n', "\n"),
    "terse": ("import { text } from 'drizzle-orm/pg-core'\n\nexport const unused = {\n\ta: text()\n}\n", "\n"),
    "windows": (
        "import {text} from 'drizzle-orm/pg-core';\r\n\r\nexport const unused = {\r\n    a: text(),\r\n};\r\n",
        "\r\n",
    ),
    "namespace": ('import * as pg from "drizzle-orm/pg-core";\n\nexport const unused = {\n  a: pg.text(),\n};\n', "\n"),
    "taken": (
        'import { sql as raw } from "drizzle-orm";\n\nexport const text = 1;\nexport const sql = 2;\nexport const index = 3;\n',
        "\n",
    ),
}


# What is read, in a form that compares only what was asked for.


@dataclass(frozen=True)
class Seen:
    """A table without places, expressions in one spelling."""

    columns: tuple[Any, ...]
    members: frozenset[Any]


def seen(table: Table, *, nameless: Iterable[Any] = ()) -> Seen:
    """`nameless` are the identities of what bears a name that drizzle may make up."""
    unnamed = set(nameless)
    own = [table.primary_key] if table.primary_key else []
    members = [*own, *table.foreign_keys, *table.unique_constraints, *table.indexes, *table.checks]
    return Seen(tuple(map(_column, table.columns)), frozenset(_member(one, unnamed) for one in members))


def _column(column: Column) -> tuple[Any, ...]:
    default = column.default.value if column.default else None
    kind = column.type.value if column.type else None
    if isinstance(default, SqlDefault):
        default = SqlDefault(cheap(default.expression, kind))
    values = (column.nullable, column.identity, column.generated)
    return (column.name, kind, default, *(one.value if one else None for one in values))


def _member(one: Any, nameless: set[Any]) -> tuple[Any, ...]:
    given = one.name.value if one.name is not None and one.key() not in nameless else None
    match one:
        case PrimaryKey():
            return ("primary", one.columns.value, given)
        case ForeignKey():
            return ("foreign", one.columns, one.references.value, one.on_delete.value, one.on_update.value, given)
        case UniqueConstraint():
            return ("unique", one.columns, one.nulls_not_distinct.value, given)
        case Index():
            return ("index", one.elements, one.unique.value, one.method.value, one.predicate.value, given)
        case _:
            return ("check", one.expression.value, given)


def put(schema: Schema, before: Any, after: Any) -> Schema:
    """The schema with one object changed, added (None before) or dropped."""
    kinds = {
        ForeignKey: "foreign_keys",
        UniqueConstraint: "unique_constraints",
        Index: "indexes",
        CheckConstraint: "checks",
        Column: "columns",
    }
    changed = before or after
    made = [_put(one, before, after, kinds) if one.name == changed.table else one for one in schema.tables]
    return replace(schema, tables=tuple(made))


def _put(table: Table, before: Any, after: Any, kinds: dict[type, str]) -> Table:
    if isinstance(before or after, PrimaryKey):
        return replace(table, primary_key=after)
    field = kinds[type(before or after)]
    kept = [after if one is before else one for one in getattr(table, field)]
    kept += [after] if before is None else []
    return replace(table, **{field: tuple(one for one in kept if one is not None)})
