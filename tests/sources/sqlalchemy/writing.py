"""One schema in every style of SQLAlchemy, any change of it, and what it means to be as it was asked for."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from tests.sources.sqlalchemy.reading import opened, written

from ormistice.fixes import Change, Fix, Patch, edited
from ormistice.model import (
    CatalogRow,
    CheckConstraint,
    Column,
    Deferrability,
    Enum,
    ExclusionConstraint,
    ForeignKey,
    GeneratedExpression,
    IdentityGeneration,
    Index,
    IndexElement,
    MatchType,
    PrimaryKey,
    Reference,
    ReferentialAction,
    Schema,
    SerialDefault,
    SqlDefault,
    Stated,
    Table,
    UniqueConstraint,
    as_index,
)
from ormistice.names import QualifiedName
from ormistice.sources import Source
from ormistice.types import parse_type

Ask = Callable[[Schema], Change]
"""A change of a schema, once it was read."""
HERE = CatalogRow("test", "here")
USERS, ORDERS = QualifiedName("public", "users"), QualifiedName("public", "orders")

SQLMODEL = '''"""Users and what they order."""

import enum
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy import Column, Text
from sqlmodel import Field, SQLModel


class Mood(enum.Enum):
    happy = "HAPPY"
    sad = "SAD"  # é


class User(SQLModel, table=True):
    __tablename__ = "users"

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(unique=True, max_length=200)
    name: str | None = None
    bio: str | None = Field(default=None, sa_type=Text)
    age: int = 0
    mood: Mood = Mood.happy
    created_at: datetime = Field(sa_column=Column(sa.DateTime, nullable=False, server_default=sa.func.now()))


class Order(SQLModel, table=True):
    __tablename__ = "orders"
    __table_args__ = (sa.Index("by_total", "total"), sa.CheckConstraint("total >= 0", name="total_check"))

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    total: Decimal = Field(max_digits=12, decimal_places=2)
    code: str = Field(sa_column_kwargs={"server_default": "x"})
'''
MAPPED = """from __future__ import annotations

import enum
from datetime import datetime
from typing import Optional

from sqlalchemy import CheckConstraint, Enum, ForeignKey, Index, Numeric, String, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Mood(enum.Enum):
    HAPPY = "happy"
    SAD = "sad"


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[Optional[str]]
    bio: Mapped[Optional[str]] = mapped_column()
    age: Mapped[int] = mapped_column(
        server_default="0",  # years
    )
    mood: Mapped[Mood] = mapped_column(Enum(Mood, name="user_mood"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Order(Base):
    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint("total >= 0", name="total_check"),
        Index("by_total", "total"),
        {"comment": "Orders"},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    total = mapped_column(Numeric(12, 2), nullable=False)
    code: Mapped[Optional[str]] = mapped_column(String(20))
    user: Mapped[User] = relationship(foreign_keys="Order.user_id")
"""
FLASK = """from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()


class User(db.Model):
    __tablename__ = 'users'
    id = db.Column(db.Integer, primary_key=True)
    email = db.Column(db.String(200), unique=True, nullable=False)
    name = db.Column(db.String)
    bio = db.Column(db.Text)
    age = db.Column(db.Integer, nullable=False, server_default='0')
    mood = db.Column(db.Enum('happy', 'sad', name='user_mood'))
    created_at = db.Column(db.DateTime, nullable=False, server_default=db.func.now())

    def greeting(self):
        return 'hello'


class Order(db.Model):
    __tablename__ = 'orders'
    __table_args__ = {'comment': 'Orders'}
    id = db.Column(db.Integer, primary_key=True)
    user_id = db.Column(db.Integer, db.ForeignKey('users.id', ondelete='CASCADE'), index=True, nullable=False)
    total = db.Column(db.Numeric(12, 2), nullable=False)
    code = db.Column(db.String(20))
"""
CORE = """import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
md=sa.MetaData()
users=sa.Table("users",md,sa.Column("id",sa.Integer,primary_key=True),sa.Column("email",sa.String(200),nullable=False),sa.Column("name",sa.String),sa.Column("bio",sa.Text),sa.Column("age",sa.Integer,nullable=False,server_default="0"),sa.Column("mood",sa.Enum("happy","sad",name="user_mood")),sa.Column("created_at",TIMESTAMP(precision=3),nullable=False,server_default=sa.func.now()),sa.UniqueConstraint("email",name="users_email_key"))
orders=sa.Table("orders",md,
    sa.Column("id",sa.Integer,primary_key=True),
    sa.Column("user_id",sa.Integer,nullable=False),
    sa.Column("total",sa.Numeric(12,2),nullable=False),
    sa.Column("code",sa.String(20)),
    sa.ForeignKeyConstraint(["user_id"],["users.id"],name="orders_user_fk",ondelete="CASCADE"),
    sa.Index("by_total","total"),
    sa.CheckConstraint("total >= 0",name="total_check"),
)
"""
CLASSIC = """from sqlalchemy import *
from sqlalchemy.orm import declarative_base

Base = declarative_base()

class User(Base):
	__tablename__ = 'users'

	id = Column(Integer, primary_key=True)
	email = Column(String(200), unique=True, nullable=False)
	name = Column(String)
	bio = Column(Text)
	age = Column(Integer, nullable=False, server_default=text("0"))
	created_at = Column(DateTime, nullable=False, server_default=func.now())

class Order(Base):
	__tablename__ = 'orders'

	id = Column(Integer, primary_key=True)
	user_id = Column(ForeignKey('users.id', ondelete='CASCADE'), index=True, nullable=False)
	total = Column(Numeric(12, 2), nullable=False)
	code = Column(String(20))
	text = Column(Text)
"""
STYLES = {
    "sqlmodel": SQLMODEL,
    "mapped": MAPPED,
    "flask": FLASK,
    "core": CORE,
    "classic": CLASSIC,
    "windows": CLASSIC.replace("\n", "\r\n"),
}


def said(value: Any) -> Stated[Any]:
    return Stated(value, HERE)


def source_of(base: Path, text: str, *, static: bool = True) -> Source:
    """The text as the only module of a project."""
    (base / "models.py").write_bytes(text.encode())
    return opened(base, "models.py", static=static)


# What is asked for


def asked(schema: Schema, change: Change) -> Schema:
    """The schema with the change made."""
    before, after = change.before, change.after
    item: Any = before if before is not None else after
    if isinstance(item, Enum):
        return replace(schema, enums=_exchanged(schema.enums, before, after))
    if isinstance(item, Table):
        return replace(schema, tables=_exchanged(schema.tables, before, after))
    kinds = {
        Column: "columns",
        ForeignKey: "foreign_keys",
        UniqueConstraint: "unique_constraints",
        Index: "indexes",
        CheckConstraint: "checks",
        ExclusionConstraint: "exclusions",
    }
    tables = []
    for table in schema.tables:
        new = table
        if table.name == item.table and isinstance(item, PrimaryKey):
            new = replace(table, primary_key=after)
        elif table.name == item.table:
            kind = kinds[type(item)]
            new = replace(table, **{kind: _exchanged(getattr(table, kind), before, after)})
        tables.append(new)
    return replace(schema, tables=tuple(tables))


def _exchanged(items: tuple[Any, ...], before: Any, after: Any) -> tuple[Any, ...]:
    if before is None:
        return (*items, after)
    return tuple(after if item == before else item for item in items if item != before or after is not None)


def meaning(schema: Schema) -> list[object]:
    """A schema as PostgreSQL would have it: names that the server gives anyway, and unused enums, say nothing."""
    used = {column.type.value.user_defined for table in schema.tables for column in table.columns if column.type}
    enums = [(enum.name, [label.value for label in enum.labels]) for enum in schema.enums if enum.name in used]
    return [sorted(enums), *(_table(table) for table in sorted(schema.tables, key=lambda table: table.name))]


def _table(table: Table) -> tuple[object, ...]:
    name = table.name.name
    uniques = [_unnamed(as_index(item), f"{name}_{'_'.join(item.columns)}_key") for item in table.unique_constraints]
    keys = [_unnamed(_whole(key), f"{name}_{'_'.join(key.columns)}_fkey") for key in table.foreign_keys]
    return (
        table.name,
        [replace(column, client_default=None) for column in table.columns],
        _unnamed(table.primary_key, f"{name}_pkey"),
        sorted(keys, key=repr),
        sorted([*uniques, *table.indexes], key=lambda index: (index.key().order(), str(index.name))),
        sorted(table.checks, key=lambda check: check.expression.value),
        table.exclusions,
        table.comment,
    )


def _unnamed(item: Any, served: str) -> Any:
    return (
        replace(item, name=None) if item is not None and item.name is not None and item.name.value == served else item
    )


def _whole(key: ForeignKey) -> ForeignKey:
    """A key as PostgreSQL has it where the source has no words for an aspect."""
    return replace(
        key,
        on_update=key.on_update or said(ReferentialAction.NO_ACTION),
        deferrability=key.deferrability or said(Deferrability.NOT_DEFERRABLE),
        match_type=key.match_type or said(MatchType.SIMPLE),
    )


def another_of(table: QualifiedName, name: str, **values: Any) -> Ask:
    """A column with other values."""

    def ask(schema: Schema) -> Change:
        owner = schema.table(table)
        before = owner.column(name) if owner else None
        assert before is not None
        return Change("models", before, replace(before, **{key: said(value) for key, value in values.items()}))

    return ask


def column_of(table: QualifiedName, name: str, kind: str, *, nullable: bool = True, **values: Any) -> Column:
    aspects = {"default": None, "identity": None, "generated": None, "collation": None, "comment": None} | values
    stated = {key: said(value) for key, value in aspects.items()}
    return Column(table, name, HERE, said(parse_type(kind)), said(nullable), **stated)


def added(item: Any) -> Ask:
    """Something new."""
    return lambda _: Change("models", None, item)


def after(schema: Schema, patch: Fix) -> str:
    """The only file of a schema with a patch made."""
    (document,) = schema.documents
    assert isinstance(patch, Patch)
    return edited(document.path, document.text, (patch,))


def rewritten(base: Path, text: str, ask: Any, *, static: bool = True) -> str | None:
    """A text after the change that `ask` makes of its schema, read back; None where it cannot be written."""
    written(base, models="")
    source = source_of(base, text, static=static)
    schema = source.load()
    change = ask(schema)
    patch = source.write(schema, change)
    if patch is None:
        return None
    assert meaning(source.load((patch,))) == meaning(asked(schema, change)), after(schema, patch)
    return after(schema, patch)


# Changes

TYPES = (
    "text", "varchar(50)", "varchar", "smallint", "bigint", "integer", "timestamptz(3)", "timestamptz", "timestamp",
    "timestamp(3)", "date", "time", "timetz", "interval", "jsonb", "json", "uuid", "numeric(10,2)", "numeric",
    "double precision", "real", "boolean", "bytea", "text[]", "integer[]", "inet", "bit(3)", "bit varying(4)", "char(3)",
    "tsvector", "int4range", "citext",
)  # fmt: skip
DEFAULTS = ("'x'", "0", "now()", "CURRENT_TIMESTAMP", "'{\"a\":1}'::jsonb", "gen_random_uuid()", "'it''s'", "'12:30'")
NAMES = ("extra", "class", "metadata", "text", "userId", "my col", "date", "json", "_private", "größe")
ACTIONS = tuple(ReferentialAction)


def columns(schema: Schema) -> list[Column]:
    return [column for table in schema.tables for column in table.columns]


def key_columns(schema: Schema) -> set[tuple[QualifiedName, str]]:
    return {(t.name, name) for t in schema.tables if t.primary_key for name in t.primary_key.columns.value}


def referenced_columns(schema: Schema) -> set[tuple[QualifiedName, str]]:
    references = [key.references.value for table in schema.tables for key in table.foreign_keys if key.references]
    return {(each.table, name) for each in references for name in each.columns}


@st.composite
def column_changes(draw: st.DrawFn, schema: Schema) -> Change:
    """Another value of one aspect of a column."""
    before = draw(st.sampled_from(columns(schema)))
    in_key = (before.table, before.name) in key_columns(schema)
    aspects: dict[str, st.SearchStrategy[Any]] = {
        "type": st.sampled_from(TYPES).map(parse_type),
        "nullable": st.just(not (before.nullable and before.nullable.value)),
        "default": st.sampled_from([None, *map(SqlDefault, DEFAULTS)]),
        "comment": st.sampled_from([None, "it's", 'a "word"', "ü\n\\"]),
        "collation": st.sampled_from([None, "C", "de-x-icu"]),
        "identity": st.sampled_from(
            [IdentityGeneration(always=True), IdentityGeneration(always=False, options=("START WITH 5", "CYCLE"))]
        ),
        "generated": st.sampled_from(["email || ':x'", "lower(email)"]).map(GeneratedExpression),
    }
    if (before.table, before.name) in referenced_columns(schema):
        del aspects["type"]  # a column that references it and says no type of its own would change too
    aspect = draw(st.sampled_from(sorted(aspects)))
    changed = replace(before, **{aspect: said(draw(aspects[aspect]))})
    if aspect in ("identity", "generated"):
        changed = replace(changed, default=said(None), nullable=said(aspect == "generated" and not in_key))
    return Change("models", before, changed)


@st.composite
def new_columns(draw: st.DrawFn) -> Change:
    table, name = draw(st.sampled_from([USERS, ORDERS])), draw(st.sampled_from(NAMES))
    return Change("models", None, draw(some_column(table, name)))


@st.composite
def some_column(draw: st.DrawFn, table: QualifiedName, name: str, *, nullable: bool | None = None) -> Column:
    """A column of a built-in type, nothing else known of it than that PostgreSQL could create it."""
    kind = parse_type(draw(st.sampled_from(TYPES)))
    fits = {"text": "'x'", "integer": "0", "timestamp with time zone": "now()", "jsonb": "'{}'::jsonb"}
    default = draw(st.sampled_from([None, fits.get(kind.name)])) if not kind.array else None
    takes_null = draw(st.booleans()) if nullable is None else nullable
    collation = (
        draw(st.sampled_from([None, "C"])) if kind.name in ("text", "character varying") and not kind.array else None
    )
    return Column(
        table,
        name,
        HERE,
        said(kind),
        said(takes_null),
        said(SqlDefault(default) if default else None),
        None,
        said(None),
        said(None),
        said(collation),
        said(draw(st.sampled_from([None, "What it is for"]))),
    )


@st.composite
def indexes(draw: st.DrawFn, table: QualifiedName, names: list[str]) -> Index:
    element = st.sampled_from(names).flatmap(
        lambda name: st.sampled_from(
            [
                IndexElement(name),
                IndexElement(name, descending=True, nulls_first=True),
                IndexElement(name, nulls_first=True),
                IndexElement(name, collation="C"),
                IndexElement(None, f"lower({name})"),
            ]
        )
    )
    elements = draw(st.lists(element, min_size=1, max_size=2, unique=True))
    column = elements[0].column or names[0]
    return Index(
        table,
        tuple(elements),
        HERE,
        said(draw(st.booleans())),
        said("btree"),
        said(draw(st.sampled_from([None, "id > 5"]))),
        said(draw(st.sampled_from([(), ("id",)]))),
        said(value=False),
        said(draw(st.sampled_from(["by_this", f"ix_{table.name}_{column}"]))),
    )


@st.composite
def uniques(draw: st.DrawFn, table: QualifiedName, names: list[str]) -> UniqueConstraint:
    own = tuple(draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True)))
    return UniqueConstraint(
        table,
        own,
        HERE,
        said(draw(st.booleans())),
        said(draw(st.sampled_from(Deferrability))),
        said(()),
        draw(st.sampled_from([None, said("one_of_each"), said(f"{table.name}_{'_'.join(own)}_key")])),
    )


@st.composite
def foreign_keys(draw: st.DrawFn, table: QualifiedName, names: list[str]) -> ForeignKey:
    own = tuple(sorted(draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True))))
    target = draw(st.sampled_from([(USERS, ("email", "name")), (QualifiedName("auth", "people"), ("id", "at"))]))
    return ForeignKey(
        table,
        own,
        HERE,
        said(Reference(target[0], target[1][: len(own)])),
        said(draw(st.sampled_from(ACTIONS))),
        said(draw(st.sampled_from(ACTIONS))),
        said(draw(st.sampled_from(Deferrability))),
        said(draw(st.sampled_from(MatchType))),
        said(value=True),
    )


@st.composite
def additions(draw: st.DrawFn) -> Change:
    """A constraint or an index that is not there."""
    table, names = draw(st.sampled_from([(USERS, ["name", "bio"]), (ORDERS, ["code", "total"])]))
    texts = [name for name in names if name != "total"]
    check = CheckConstraint(table, said(draw(st.sampled_from(["id > 5", "id <> 3", f"{texts[0]} <> ' :x'"]))), HERE)
    named = replace(check, validated=said(value=True), name=said("another_check"))
    kinds = [indexes(table, texts), uniques(table, names), foreign_keys(table, texts), st.just(named)]
    return Change("models", None, draw(st.one_of(*kinds)))


def _dropped(schema: Schema) -> Iterator[Any]:
    for table in schema.tables:
        yield from (*table.foreign_keys, *table.unique_constraints, *table.indexes, *table.checks)


@st.composite
def removals(draw: st.DrawFn, schema: Schema) -> Change:
    return Change("models", draw(st.sampled_from(list(_dropped(schema)))), None)


@st.composite
def other_changes(draw: st.DrawFn, schema: Schema) -> Change:
    """Another value of one aspect of a key, a constraint, an index, or of a table itself."""
    before = draw(st.sampled_from([*_dropped(schema), *schema.tables]))
    values: dict[str, st.SearchStrategy[Any]] = {}
    match before:
        case Table():
            values = {"comment": st.sampled_from(["New", "it's"])}
        case ForeignKey():
            values = {"on_delete": st.sampled_from(ACTIONS), "references": st.just(Reference(USERS, ("email",)))}
            values |= {"on_update": st.sampled_from(ACTIONS)} if before.on_update else {}
            values |= {"deferrability": st.sampled_from(Deferrability)} if before.deferrability else {}
        case UniqueConstraint():
            values = {"nulls_not_distinct": st.just(value=True), "name": st.just("renamed")}
        case Index():
            values = {
                "unique": st.just(value=True),
                "predicate": st.just("id > 7"),
                "method": st.just("hash"),
                "name": st.just("renamed"),
                "include": st.just(("id",)),
                "elements": st.sampled_from([(IndexElement("id"),), (*before.elements, IndexElement("id"))]),
            }
        case CheckConstraint():
            values = {"expression": st.just("total >= 100"), "name": st.just("renamed")}
    aspect = draw(st.sampled_from(sorted(values)))
    value = draw(values[aspect])
    return Change("models", before, replace(before, **{aspect: value if aspect == "elements" else said(value)}))


@st.composite
def label_changes(draw: st.DrawFn, schema: Schema) -> Change:
    before = draw(st.sampled_from(schema.enums))
    old = [label.value for label in before.labels]
    new = draw(st.lists(st.sampled_from([*old, "new", "Other", "third"]), min_size=1, max_size=5, unique=True))
    return Change("models", before, replace(before, labels=tuple(map(said, new))))


@st.composite
def new_tables(draw: st.DrawFn) -> Change:
    """A table with a key of one or two columns, some columns, and what may stand beside them."""
    name = QualifiedName(
        draw(st.sampled_from(["public", "audit"])), draw(st.sampled_from(["order_items", "Log", "zz"]))
    )
    others = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=5))
    serial = replace(
        draw(some_column(name, "id", nullable=False)), type=said(parse_type("integer")), collation=said(None)
    )
    serial = replace(serial, default=said(draw(st.sampled_from([None, SerialDefault()]))))
    second = [draw(some_column(name, "second", nullable=False))] if draw(st.booleans()) else []
    if second and isinstance(serial.default.value if serial.default else None, SerialDefault):
        second = []
    own = [serial, *second, *(draw(some_column(name, each)) for each in others)]
    texts = [column.name for column in own if column.type == said(parse_type("text"))]
    key = tuple(column.name for column in (serial, *second))
    return Change(
        "models",
        None,
        Table(
            name,
            HERE,
            tuple(own),
            PrimaryKey(name, said(key), HERE, draw(st.sampled_from([None, said("the_key")]))),
            tuple([draw(foreign_keys(name, texts))] if texts and draw(st.booleans()) else []),
            tuple([draw(uniques(name, texts))] if texts and draw(st.booleans()) else []),
            tuple([draw(indexes(name, texts))] if texts and draw(st.booleans()) else []),
            (CheckConstraint(name, said("id > 0"), HERE, said(value=True), said("positive")),)
            if draw(st.booleans())
            else (),
            (),
            None,
            comment=said(draw(st.sampled_from([None, "A table"]))),
        ),
    )


def any_change(schema: Schema) -> st.SearchStrategy[Change]:
    """Any change that some rule may ask for."""
    kinds = [column_changes(schema), new_columns(), additions(), removals(schema), other_changes(schema), new_tables()]
    return st.one_of(*kinds, *([label_changes(schema)] if schema.enums else []))
