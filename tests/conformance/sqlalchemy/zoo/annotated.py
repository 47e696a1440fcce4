"""What came with SQLAlchemy 2.0: annotated declarative classes."""

import datetime as dt
import decimal
import enum
import uuid
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, func
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, declared_attr, mapped_column, relationship

key = Annotated[int, mapped_column(primary_key=True)]
owner = Annotated[int, mapped_column(ForeignKey("owners.id", ondelete="CASCADE"), index=True)]
moment = Annotated[dt.datetime, mapped_column(sa.DateTime(timezone=True), server_default=func.now())]
short = Annotated[str, 30]


class Mood(enum.Enum):
    GOOD = "good"
    BAD = "bad"


class Base(DeclarativeBase):
    type_annotation_map = {  # noqa: RUF012 - as SQLAlchemy wants it
        short: String(30),
        dict[str, Any]: pg.JSONB,
        list[str]: pg.ARRAY(sa.Text),
        decimal.Decimal: sa.Numeric(20, 4),
    }


class Stamped:
    created_at: Mapped[moment]

    @declared_attr.directive
    def __tablename__(cls) -> str:  # noqa: N805 - a class, to be
        return cls.__name__.lower() + "s"

    @declared_attr
    def editor_id(cls) -> Mapped[int | None]:  # noqa: N805 - a class, to be
        return mapped_column(ForeignKey("owners.id", onupdate="CASCADE", name=f"fk_{cls.__name__}_editor"))


class Owner(Base):
    __tablename__ = "owners"
    id: Mapped[key]
    name: Mapped[short]
    things: Mapped[list["Thing"]] = relationship(
        back_populates="owner", cascade="all, delete", foreign_keys="Thing.owner_id"
    )


class Thing(Stamped, Base):
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    owner_id: Mapped[owner]
    maybe: Mapped[short | None]
    forced: Mapped[str | None] = mapped_column(nullable=False)
    loose: Mapped[str] = mapped_column(nullable=True)
    mood: Mapped[Mood]
    moods: Mapped[list[Mood] | None] = mapped_column(pg.ARRAY(sa.Enum(Mood)))
    literal: Mapped[Literal["a", "bcd"]]
    data: Mapped[dict[str, Any]]
    words: Mapped[list[str]] = mapped_column(server_default=sa.text("ARRAY[]::text[]"))
    price: Mapped[decimal.Decimal]
    ratio: Mapped[float]
    big: Mapped[int] = mapped_column(sa.BigInteger)
    raw: Mapped[bytes]
    day: Mapped[dt.date]
    clock: Mapped[dt.time]
    span: Mapped[dt.timedelta]
    flag: Mapped[bool] = mapped_column(server_default=sa.false())
    renamed: Mapped[int] = mapped_column("other name", server_default="7")
    double: Mapped[float] = mapped_column(sa.Double)
    native: Mapped[uuid.UUID] = mapped_column(sa.Uuid(native_uuid=False))
    owner: Mapped[Owner] = relationship(back_populates="things", foreign_keys="Thing.owner_id")

    __table_args__ = (
        UniqueConstraint("maybe", "mood", name="once", postgresql_nulls_not_distinct=True),
        Index("ix_things_nulls", "big", unique=True, postgresql_nulls_not_distinct=True),
    )


class Counted(MappedAsDataclass, Base):
    __tablename__ = "counted"
    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    total: Mapped[int] = mapped_column(default=0)
    computed: Mapped[int] = mapped_column(sa.Computed("total + 1", persisted=True), init=False)


class Conditional(Base):
    __tablename__ = "conditional"
    id: Mapped[int] = mapped_column(primary_key=True)
    a: Mapped[int]
    __table_args__ = (
        sa.CheckConstraint("a > 0", name="everywhere").ddl_if(dialect="postgresql"),
        sa.CheckConstraint("a > 1", name="nowhere").ddl_if(dialect="mysql"),
        Index("ix_nowhere", "a").ddl_if(dialect="sqlite"),
    )


class Imperative(Base):
    __table__ = sa.Table(
        "imperative",
        Base.metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("thing", ForeignKey(Thing.id)),
    )


class Domained(Base):
    __tablename__ = "domained"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(pg.DOMAIN("code", sa.String(4), check=sa.text("VALUE <> ''")))
    kind: Mapped[str] = mapped_column(pg.ENUM("k", "l", name="kinds", schema="apart"))


SCHEMAS = ["apart"]
METADATA = [Base.metadata]
