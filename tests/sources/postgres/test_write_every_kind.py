"""Every kind of change, there and back: PostgreSQL runs the statements as they are given, and has what was asked for."""

import os
from dataclasses import fields, is_dataclass, replace
from functools import cache
from pathlib import Path

import psycopg
import pytest

from building import HERE
from ormistice.fixes import Applicability, Change
from ormistice.model import (
    CheckConstraint,
    Column,
    Deferrability,
    Domain,
    Enum,
    ExclusionConstraint,
    ForeignKey,
    GeneratedExpression,
    IdentityGeneration,
    Index,
    IndexElement,
    MatchType,
    Policy,
    PrimaryKey,
    Reference,
    ReferentialAction,
    RowSecurity,
    Sequence,
    SerialDefault,
    SqlDefault,
    Stated,
    Table,
    UniqueConstraint,
    View,
)
from ormistice.names import QualifiedName
from ormistice.sources import SourceRequest
from ormistice.sources.postgres import SOURCES
from ormistice.sources.postgres.embedded import scratch_database
from ormistice.types import ColumnType, parse_type

DDL = r"""
CREATE EXTENSION pg_trgm; CREATE EXTENSION btree_gist;
CREATE SCHEMA other;
CREATE TYPE mood AS ENUM ('sad', 'so so', 'fine');
CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
CREATE SEQUENCE counter INCREMENT 5;
CREATE TABLE users (id serial PRIMARY KEY, tenant integer NOT NULL, email text, UNIQUE (tenant, id));
CREATE TABLE orders (
  id bigint GENERATED ALWAYS AS IDENTITY (START 7) PRIMARY KEY, user_id integer, tenant integer,
  state mood DEFAULT 'sad', states mood[] DEFAULT '{}', old text DEFAULT 'fine', note varchar(20), number integer DEFAULT 3 NOT NULL,
  serial serial, at timestamp(3), price numeric(10,2), part positive, during tstzrange, free text, feeling mood DEFAULT 'sad', factor integer, seven integer DEFAULT 7, twice integer GENERATED ALWAYS AS (factor * 2) STORED,
  CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users ON DELETE CASCADE,
  CONSTRAINT one UNIQUE (note), CONSTRAINT ck CHECK (number > 0), CONSTRAINT moody CHECK (state <> 'fine'),
  CONSTRAINT ex EXCLUDE USING gist (during WITH &&)
);
ALTER TABLE orders ADD CONSTRAINT late FOREIGN KEY (tenant, user_id) REFERENCES users (tenant, id) NOT VALID;
CREATE INDEX plain ON orders (number);
CREATE INDEX partial ON orders (price) WHERE state = 'fine';
CREATE TABLE logs (at timestamptz, text text);
CREATE TYPE unused AS ENUM ('a'); CREATE DOMAIN lonely AS numeric(5,2) DEFAULT 1.5 NOT NULL CHECK (VALUE > 0) CHECK (VALUE < 10);
CREATE TABLE alone (
  id serial PRIMARY KEY, m mood[] DEFAULT '{sad}', n numeric(5, 2) CHECK (n > 0), up integer REFERENCES alone ON DELETE SET NULL DEFERRABLE,
  twice integer GENERATED ALWAYS AS (up * 2) STORED, UNIQUE (n) INCLUDE (m)
);
CREATE INDEX ON alone (lower(n::text) DESC) WHERE n > 3;
ALTER TABLE alone ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON alone USING (n > 1);
COMMENT ON TABLE alone IS 'x'; COMMENT ON COLUMN alone.n IS 'y';
CREATE TABLE parted (id integer NOT NULL, at date NOT NULL, u integer) PARTITION BY RANGE (at);
CREATE TABLE parted_all PARTITION OF parted DEFAULT;
CREATE VIEW seen AS SELECT email FROM users;
CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS n FROM users;
INSERT INTO users (tenant, email) VALUES (1, 'a'), (2, 'b');
INSERT INTO orders (user_id, tenant, state, note, during, number, price, part) VALUES
  (1, 1, 'sad', 'x', '[2020-01-01,2020-01-02)', 7, 1, 3), (2, 2, 'so so', 'y', NULL, 8, 2, 4);
"""


@pytest.fixture(scope="module")
def url():
    with scratch_database(os.environ.get("ORMISTICE_TEST_DATABASE_URL")) as database:
        with psycopg.connect(database.url, autocommit=True) as connection:
            connection.execute(DDL.encode())
        yield database.url


@cache
def open_source(url):
    return SOURCES[0].open(SourceRequest("db", "database", (url,), Path()))


def everything_in(value, found=None):
    """All that a schema declares, at any depth."""
    found = [] if found is None else found
    if isinstance(value, tuple) and not isinstance(value, QualifiedName):
        for item in value:
            everything_in(item, found)
    elif is_dataclass(value):
        found.append(value)
        for field in fields(value):
            if field.name != "documents":
                everything_in(getattr(value, field.name), found)
    return found


def called(schema, kind, name):
    """The one thing of a kind that bears a name; "table.name" where tables share it."""
    table, _, own = name.rpartition(".")
    for item in everything_in(schema):
        if isinstance(item, kind) and (not table or item.table.name == table):
            label = item.name.value if isinstance(item.name, Stated) else getattr(item.name, "name", item.name)
            if label == own:
                return item
    raise LookupError(name)


def changed(value, **aspects):
    def said(name, new):
        old = getattr(value, name)
        return Stated(new, value.place) if old is None or isinstance(old, Stated) else new

    return replace(value, **{name: said(name, new) for name, new in aspects.items()})


def swapped(value, before, after):
    """A schema with one thing in the place of another."""
    if value is before:
        return after
    if isinstance(value, tuple) and not isinstance(value, QualifiedName):
        kept = [swapped(item, before, after) for item in value]
        return tuple(item for item in kept if item is not None)
    if is_dataclass(value) and any(getattr(value, field.name) is not None for field in fields(value)):
        inside = {
            field.name: getattr(value, field.name)
            for field in fields(value)
            if field.init and field.name != "documents"
        }
        return replace(value, **{name: swapped(item, before, after) for name, item in inside.items()})
    return value


def normal(schema):
    """Without an order that means nothing, and without what a renamed thing is called by those that name it."""
    tables = [
        replace(
            table,
            **{
                kind: tuple(sorted(getattr(table, kind), key=str))
                for kind in ("columns", "foreign_keys", "unique_constraints", "indexes", "checks", "exclusions")
            },
        )
        for table in schema.tables
    ]
    lists = {kind: tuple(sorted(getattr(schema, kind), key=str)) for kind in ("enums", "sequences", "views", "domains")}
    return replace(schema, tables=tuple(sorted(tables, key=lambda table: table.name)), **lists)


@pytest.fixture(scope="module")
def original(url):
    """What is there before each test, and behind it again."""
    return open_source(url).load()


def run(url, schema, before, after):
    """The change of `schema` made for real, each statement sent on its own and outside of a transaction."""
    script = open_source(url).write(schema, Change("db", before, after))
    assert script is not None
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in script.statements:
            connection.execute(statement.encode())
    return open_source(url).load()


def key(**aspects):
    return ForeignKey, "fk", aspects


def index(**aspects):
    return Index, "plain", aspects


def column(which, /, **aspects):
    return Column, f"orders.{which}", aspects


CHANGES = {
    "key: on delete": key(on_delete=ReferentialAction.SET_NULL),
    "key: on update": key(on_update=ReferentialAction.CASCADE),
    "key: not valid": key(validated=False),
    "key: deferrable": key(deferrability=Deferrability.INITIALLY_DEFERRED),
    "key: match": key(match_type=MatchType.FULL),
    "key: name": key(name='an "other" name'),
    "key: enforced": key(enforced=False),
    "key: all of it": key(
        name="new",
        on_delete=ReferentialAction.SET_DEFAULT,
        validated=False,
        deferrability=Deferrability.INITIALLY_IMMEDIATE,
    ),
    "key: valid": (ForeignKey, "late", {"validated": True}),
    "key: valid and deferrable": (
        ForeignKey, "late", {"validated": True, "deferrability": Deferrability.INITIALLY_IMMEDIATE, "name": "l"},
    ),
    "check: expression": (CheckConstraint, "ck", {"expression": "(number > 1)"}),
    "check: not valid": (CheckConstraint, "ck", {"validated": False}),
    "check: name": (CheckConstraint, "ck", {"name": "other"}),
    "unique: include": (UniqueConstraint, "one", {"include": ("number",)}),
    "unique: deferrable": (UniqueConstraint, "one", {"deferrability": Deferrability.INITIALLY_DEFERRED}),
    "unique: nulls": (UniqueConstraint, "one", {"nulls_not_distinct": True}),
    "unique: name": (UniqueConstraint, "one", {"name": "other"}),
    "primary key: columns": (PrimaryKey, "orders_pkey", {"columns": ("id", "number")}),
    "primary key: name": (PrimaryKey, "orders_pkey", {"name": "pk"}),
    "exclusion: definition": (
        ExclusionConstraint, "ex", {"definition": "EXCLUDE USING gist (number WITH =, during WITH &&)"},
    ),
    "exclusion: name": (ExclusionConstraint, "ex", {"name": "other"}),
    "index: unique": index(unique=True),
    "index: method": index(method="hash"),
    "index: predicate": index(predicate="(number > 5)"),
    "index: include": index(include=("price", "note")),
    "index: name": index(name="other"),
    "index: all of it": index(name="other", unique=True, nulls_not_distinct=True, predicate="(price IS NULL)"),
    "column: larger integer": column("number", type=ColumnType("bigint")),
    "column: longer text": column("note", type=ColumnType("character varying", ("30",))),
    "column: text": column("note", type=ColumnType("text")),
    "column: text of what has a default": column("seven", type=ColumnType("text"), default=SqlDefault("'7'::text")),
    "column: array": column("free", type=ColumnType("text", (), array=True)),
    "column: time zone": column("at", type=parse_type("timestamptz(3)")),
    "column: precision": column("at", type=parse_type("timestamp")),
    "column: scale": column("price", type=parse_type("numeric(12,3)")),
    "column: enum to text": column("feeling", type=ColumnType("text"), default=SqlDefault("'sad'::text")),
    "column: text to enum": column("old", type=ColumnType("mood", (), schema="public"), default=SqlDefault("'fine'::public.mood")),
    "column: domain to its type": column("part", type=ColumnType("integer")),
    "column: collation": column("note", collation="C"),
    "column: default": column("number", default=SqlDefault("4")),
    "column: default gone": column("number", default=None),
    "column: default there": column("note", default=SqlDefault("'it''s'::character varying")),
    "column: serial gone": column("serial", default=None),
    "column: serial to identity": column("serial", default=None, identity=IdentityGeneration(always=False)),
    "column: identity to serial": column("id", default=SerialDefault(), identity=None),
    "column: identity by default": column("id", identity=IdentityGeneration(always=False, options=("INCREMENT BY 3", "CYCLE"))),
    "column: identity gone": column("id", identity=None),
    "column: null": column("number", nullable=True),
    "column: comment": column("number", comment="it's \\ here"),
    "column: generated otherwise": column("twice", generated=GeneratedExpression("(factor * 3)")),
    "column: generated no more": column("twice", generated=None),
    "column: generated now": column("price", generated=GeneratedExpression("((number)::numeric * 1.5)")),
    "column: name": column("free", name='The "name"'),
    "column: all of it": column(
        "note", type=ColumnType("text"), collation="POSIX", default=SqlDefault("'x'::text"), nullable=False, comment="c",
    ),
    "sequence: options": (Sequence, "counter", {"options": ("START WITH 3", "CACHE 2", "CYCLE")}),
    "sequence: name": (Sequence, "counter", {"name": QualifiedName("other", "count")}),
    "domain: default": (Domain, "positive", {"default": "7"}),
    "domain: null": (Domain, "lonely", {"nullable": True}),
    "domain: checks": (Domain, "positive", {"checks": ("(VALUE > 1)", "(VALUE < 9)")}),
    "view: name": (View, "seen", {"name": QualifiedName("other", "saw")}),
    "view: definition": (View, "seen", {"definition": "SELECT 1 AS email,\n    2 AS id", "columns": ("email", "id")}),
    "materialised view: name": (View, "counted", {"name": QualifiedName("public", "counts")}),
    "materialised view: definition": (View, "counted", {"definition": "SELECT 1 AS n"}),
    "table: comment": (Table, "orders", {"comment": "x"}),
    "table: row security": (
        Table, "orders", {"row_security": RowSecurity(enabled=True, forced=True, policies=(Policy("own", "AS PERMISSIVE FOR SELECT TO public USING ((number > 0))", HERE),))},
    ),
    "table: name": (Table, "logs", {"name": QualifiedName("other", "log")}),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_there_and_back(url, original, name):
    kind, which, aspects = CHANGES[name]
    if "nulls" in name or aspects.get("nulls_not_distinct"):
        skip_before(url, 150000)
    before = called(original, kind, which)
    after = renamed(changed(before, **aspects))
    there = run(url, original, before, after)
    found = there.table(after.name) if kind is Table else next(item for item in everything_in(there) if item == after)

    assert normal(there) == normal(swapped(original, before, after))

    back = run(url, there, found, renamed(before))

    assert normal(back) == normal(original)


def renamed(item):
    """With what a table holds naming it as it is called now."""
    if not isinstance(item, Table):
        return item
    kinds = ("columns", "foreign_keys", "unique_constraints", "indexes", "checks", "exclusions")
    return replace(item, **{kind: tuple(replace(x, table=item.name) for x in getattr(item, kind)) for kind in kinds})


def skip_before(url, version):
    with psycopg.connect(url) as connection:
        if connection.info.server_version < version:
            pytest.skip(f"PostgreSQL has it since version {version // 10000}")


ELEMENTS = {
    "another column": (IndexElement("tenant"),),
    "two": (IndexElement("price"), IndexElement("number")),
    "descending": (IndexElement("number", descending=True, nulls_first=True),),
    "nulls": (IndexElement("number", nulls_first=True),),
    "opclass": (IndexElement("note", opclass="varchar_pattern_ops"),),
    "collation": (IndexElement("note", collation="C"),),
    "expression": (IndexElement(None, "lower((note)::text)"), IndexElement("id")),
}


@pytest.mark.parametrize("name", ELEMENTS)
def test_an_index_is_added_and_gone(url, original, name):
    plain = called(original, Index, "plain")
    wanted = replace(plain, elements=ELEMENTS[name], name=None)
    there = run(url, original, None, wanted)
    (found,) = (item for item in everything_in(there) if isinstance(item, Index) and item.elements == wanted.elements)

    assert replace(found, name=None) == wanted
    assert normal(run(url, there, found, None)) == normal(original)


PARTS = [
    (ForeignKey, "fk"),
    (ForeignKey, "late"),
    (CheckConstraint, "ck"),
    (UniqueConstraint, "one"),
    (PrimaryKey, "orders_pkey"),
    (ExclusionConstraint, "ex"),
    (Index, "partial"),
    (Column, "orders.serial"),
    (Column, "orders.twice"),
    (Column, "orders.old"),
    (Column, "orders.at"),
    (Enum, "unused"),
    (Sequence, "counter"),
    (Domain, "lonely"),
    (View, "seen"),
    (View, "counted"),
    (Table, "logs"),
    (Table, "alone"),
]


@pytest.mark.parametrize(("kind", "which"), PARTS)
def test_what_is_gone_comes_back(url, original, kind, which):
    before = called(original, kind, which)
    without = run(url, original, before, None)

    assert normal(without) == normal(swapped(original, before, None))

    if kind is Column:
        back = run(url, without, None, before)
    else:
        back = run(url, without, None, replace(before, name=None) if kind in (UniqueConstraint, PrimaryKey) else before)
    named = {"one": "orders_note_key"}
    if which in named:
        back = run(url, back, called(back, kind, named[which]), before)

    assert normal(back) == normal(original)


@pytest.mark.parametrize(
    "labels",
    [
        ("sad", "so so", "fine", "best"),
        ("worst", "sad", "so so", "better", "fine"),
        ("fine", "so so", "sad"),
    ],
)
def test_labels_come_and_go_and_move(url, original, labels):
    before = called(original, Enum, "mood")
    after = replace(before, labels=tuple(Stated(label, HERE) for label in labels))
    there = run(url, original, before, after)

    assert normal(there) == normal(swapped(original, before, after))
    assert normal(run(url, there, after, before)) == normal(original)


def in_one_transaction(url, statements):
    with psycopg.connect(url) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def test_a_label_that_rows_have_is_not_lost(url, original):
    before = called(original, Enum, "mood")
    after = replace(before, labels=tuple(label for label in before.labels if label.value != "so so"))
    script = open_source(url).write(original, Change("db", before, after))

    assert script.applicability is Applicability.UNSAFE
    with pytest.raises(psycopg.errors.InvalidTextRepresentation, match='invalid input value for enum mood: "so so"'):
        in_one_transaction(url, script.statements)
    assert normal(open_source(url).load()) == normal(original)


def test_a_renamed_enum_is_no_new_one(url, original):
    before = called(original, Enum, "unused")
    after = replace(before, name=QualifiedName("other", "used"))

    there = run(url, original, before, after)

    assert normal(there) == normal(swapped(original, before, after))
    assert normal(run(url, there, after, before)) == normal(original)


def test_a_partitioned_table_is_spared_what_it_cannot_have(url, original):
    parted = QualifiedName("public", "parted")
    users = QualifiedName("public", "users")
    key = ForeignKey(parted, ("u",), HERE, Stated(Reference(users, ("id",)), HERE))
    index = Index(parted, (IndexElement("u"),), HERE, Stated(value=False, place=HERE))
    primary = PrimaryKey(parted, Stated(("id", "at"), HERE), HERE)
    for added in (key, index, primary):
        there = run(url, original, None, added)
        (made,) = (
            item
            for item in everything_in(there.table(parted))
            if type(item) is type(added) and (not isinstance(item, ForeignKey) or item.columns == ("u",))
        )
        assert normal(run(url, there, made, None)) == normal(original)
