"""SQLModel."""

import datetime as dt
import decimal
import enum
import uuid

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, Relationship, SQLModel


class Role(str, enum.Enum):  # noqa: UP042 - as most applications have it
    ADMIN = "admin"
    USER = "user"


class Stamped(SQLModel):
    created_at: dt.datetime = Field(
        default_factory=dt.datetime.now, sa_column_kwargs={"server_default": sa.func.now(), "comment": "when"}
    )


class Link(SQLModel, table=True):
    hero_id: int | None = Field(default=None, foreign_key="hero.id", primary_key=True, ondelete="CASCADE")
    team_id: uuid.UUID | None = Field(default=None, foreign_key="team.id", primary_key=True)


class HeroBase(SQLModel):
    name: str = Field(index=True, max_length=50)
    secret: str = Field(unique=True)
    both: str = Field(unique=True, index=True)
    age: int | None = None


class Hero(HeroBase, Stamped, table=True):
    id: int | None = Field(default=None, primary_key=True)
    role: Role = Field(default=Role.USER, sa_column_kwargs={"server_default": "USER"})
    data: dict = Field(default_factory=dict, sa_column=sa.Column(JSONB))
    names: list[str] = Field(sa_column=sa.Column(sa.ARRAY(sa.String), nullable=False))
    boss_id: int | None = Field(default=None, foreign_key="hero.id", ondelete="SET NULL", nullable=True)
    other_id: int | None = Field(
        default=None, sa_column=sa.Column(sa.Integer, sa.ForeignKey("hero.id", onupdate="RESTRICT"))
    )
    more_id: uuid.UUID | None = Field(default=None, sa_column_args=[sa.ForeignKey("team.id", ondelete="RESTRICT")])
    teams: list["Team"] = Relationship(back_populates="heroes", link_model=Link)


class Team(SQLModel, table=True):
    __table_args__ = (sa.UniqueConstraint("name", "day", name="once_a_day"), {"comment": "of heroes"})
    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    name: str
    big: int = Field(sa_type=sa.BigInteger)
    price: decimal.Decimal = Field(max_digits=8, decimal_places=3)
    ratio: float = 1.0
    day: dt.date
    clock: dt.time
    span: dt.timedelta
    raw: bytes
    flag: bool = True
    naive: dt.datetime | None = Field(sa_type=sa.DateTime)
    heroes: list[Hero] = Relationship(back_populates="teams", link_model=Link)


METADATA = [SQLModel.metadata]
