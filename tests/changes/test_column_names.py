"""A random schema, said in several languages, and its columns spelled otherwise in one: the others are led there."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from changes.spoken import LANGUAGES, Spoken, schemas
from changes.test_changes import opened
from changes.test_meeting import QUICK, Led, led, said_in
from ormistice.audit import Settings, audit
from ormistice.fixing import Limits, apply

SPELLINGS = {"a": ("is_a", "isA"), "total": ("total_2", "total2"), "note": ("the_note", "TheNote")}


def spelled(what: Spoken, number: int) -> Spoken:
    """With columns of several words, in one spelling or the other."""
    tables = {
        table: tuple(replace(column, name=SPELLINGS.get(column.name, (column.name,) * 2)[number]) for column in columns)
        for table, columns in what.tables.items()
    }
    return replace(what, tables=tables)


EXPECTED = """model users {
  id Int @id
  is_active Boolean
  created_at DateTime?
  orders orders[]
}
model orders {
  user_id Int
  line_no Int
  created_at DateTime?
  user users @relation(fields: [user_id], references: [id], map: "o_user")
  @@id([user_id, line_no])
  @@index([user_id, created_at], map: "o_created")
}
"""
WRITTEN = {
    "schema.ts": (
        """import { boolean, foreignKey, index, integer, pgTable, primaryKey, timestamp } from "drizzle-orm/pg-core";

const times = { createdAt: timestamp({ precision: 3 }) };

export const users = pgTable("users", { id: integer().primaryKey(), isActive: boolean('isActive').notNull(), ...times });

export const orders = pgTable("orders", { userId: integer(), lineNo: integer(), ...times }, (t) => [
  primaryKey({ columns: [t.userId, t.lineNo], name: "orders_pkey" }),
  index("o_created").on(t.userId, t.createdAt),
  foreignKey({ columns: [t.userId], foreignColumns: [users.id], name: "o_user" }).onUpdate("cascade").onDelete("restrict"),
]);
""",
        {
            "timestamp({": 'timestamp("created_at", {',
            "'isActive'": "'is_active'",
            "userId: integer()": 'userId: integer("user_id")',
            "lineNo: integer()": 'lineNo: integer("line_no")',
        },
    ),
    "models.py": (
        """from datetime import datetime
from typing import Optional

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Stamped:
    createdAt: Mapped[Optional[datetime]] = mapped_column(TIMESTAMP(precision=3))


class User(Stamped, Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    isActive: Mapped[bool]


class Order(Stamped, Base):
    __tablename__ = "orders"
    __table_args__ = (Index("o_created", "userId", "createdAt"),)
    userId: Mapped[int] = mapped_column(
        ForeignKey("users.id", name="o_user", onupdate="CASCADE", ondelete="RESTRICT"), primary_key=True
    )
    lineNo: Mapped[int] = mapped_column("lineNo", primary_key=True)
""",
        {
            "column(TIMESTAMP": 'column("created_at", TIMESTAMP',
            "isActive: Mapped[bool]": 'isActive: Mapped[bool] = mapped_column("is_active")',
            '"userId", "createdAt"': '"user_id", "created_at"',
            "        ForeignKey(": '        "user_id", ForeignKey(',
            'column("lineNo"': 'column("line_no"',
        },
    ),
    "sqlmodels.py": (
        """from datetime import datetime
from typing import Optional

from sqlalchemy import Column, ForeignKey, Index
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlmodel import Field, SQLModel


class User(SQLModel, table=True):
    __tablename__ = "users"
    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    isActive: bool
    createdAt: Optional[datetime] = Field(default=None, sa_column=Column(TIMESTAMP(precision=3)))


class Order(SQLModel, table=True):
    __tablename__ = "orders"
    __table_args__ = (Index("o_created", "userId", "createdAt"),)
    userId: int = Field(
        sa_column=Column(ForeignKey("users.id", name="o_user", onupdate="CASCADE", ondelete="RESTRICT"), primary_key=True)
    )
    lineNo: int = Field(primary_key=True)
    createdAt: Optional[datetime] = Field(default=None, sa_type=TIMESTAMP(precision=3))
""",
        {},
    ),
}


@pytest.mark.parametrize("file", WRITTEN)
def test_each_way_of_writing_follows(file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Columns of mixins and spreads too; strings that name columns go along, attributes and keys stay."""
    monkeypatch.chdir(tmp_path)
    before, changes = WRITTEN[file]
    (tmp_path / "schema.prisma").write_text(EXPECTED, "utf-8")
    (tmp_path / file).write_text(before, "utf-8")
    sources = (opened("schema.prisma", "expected", tmp_path), opened(file, "written", tmp_path))
    settings = Settings(towards="expected")
    told = [item for item in audit(sources, settings).findings if item.violation.severity is None]
    apply(sources, settings, Limits(unsafe=True), lambda _: None)
    after = before
    for old, new in changes.items():
        after = after.replace(old, new)

    assert {item.rule for item in told} == {"column-name-mismatch"}
    assert audit(sources, settings).findings == ()
    assert not changes or (tmp_path / file).read_text("utf-8") == after


@QUICK
@given(schemas())
def test_prisma_and_drizzle_follow_each_other(what: Spoken) -> None:
    snake, camel = spelled(what, 0), spelled(what, 1)

    assert led(camel, snake, "drizzle", ("prisma",)) == Led([], [], said_in("drizzle", snake))
    assert led(camel, snake, "prisma", ("drizzle",)) == Led([], [], said_in("prisma", snake))


@pytest.mark.conformance
@pytest.mark.parametrize("towards", LANGUAGES)
@pytest.mark.parametrize("number", [0, 1])
@settings(QUICK, max_examples=8)
@given(what=schemas())
def test_all_follow(towards: str, number: int, what: Spoken) -> None:
    others = tuple(name for name in LANGUAGES if name != towards)

    after = spelled(what, number)
    assert led(spelled(what, 1 - number), after, towards, others) == Led([], [], said_in(towards, after))
