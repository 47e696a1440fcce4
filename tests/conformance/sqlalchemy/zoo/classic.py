"""What SQLAlchemy 1.4 could say already: Core tables and declarative classes without annotations."""

import enum
import uuid

import sqlalchemy as sa
from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Column,
    Computed,
    FetchedValue,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Sequence,
    String,
    Table,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.ext.declarative import AbstractConcreteBase
from sqlalchemy.orm import backref, declarative_base, declared_attr, relationship
from sqlalchemy.types import TypeDecorator, UserDefinedType

Base = declarative_base()


class Colour(enum.Enum):
    """Labels are names, for values are no strings."""

    RED = 1
    GREEN = 2
    ROUGE = 1  # noqa: PIE796 - an alias


class Size(str, enum.Enum):  # noqa: UP042 - as most applications have it
    SMALL = "small"
    LARGE = "very large"


class Cents(TypeDecorator):
    impl = sa.Numeric(12, 2)
    cache_ok = True


class Tagged(TypeDecorator):
    impl = sa.Enum(Size, name="size", values_callable=lambda kind: [member.value for member in kind])
    cache_ok = True


class Portable(TypeDecorator):
    impl = sa.CHAR(32)
    cache_ok = True

    def load_dialect_impl(self, dialect):
        return dialect.type_descriptor(pg.UUID() if dialect.name == "postgresql" else sa.CHAR(32))


class Box(UserDefinedType):
    cache_ok = True

    def get_col_spec(self, **_):
        return "BOX"


class Stamped:
    created_at = Column(sa.DateTime(timezone=True), server_default=func.now(), nullable=False)
    updated_at = Column(sa.DateTime, default=lambda: None, onupdate=func.now())

    @declared_attr
    def author_id(cls):  # noqa: N805 - a class, to be
        return Column(Integer, ForeignKey("authors.id", ondelete="SET NULL"), index=True)


class Named(Base):
    __abstract__ = True
    name = Column(String(80), nullable=False, unique=True)


class Author(Named):
    __tablename__ = "authors"
    id = Column(Integer, primary_key=True)
    books = relationship("Book", backref=backref("author"), cascade="all, delete-orphan", passive_deletes=True)


class Book(Stamped, Base):
    __tablename__ = "books"
    __table_args__ = (
        UniqueConstraint("title", "author_id", name="one_title_each"),
        CheckConstraint("price >= 0 AND title <> 'a%b'", name="priced"),
        CheckConstraint("length(title) > 1"),
        Index("ix_books_lower", func.lower(text("title"))),
        Index("ix_books_text", text("lower(title) DESC NULLS LAST")),
        Index("ix_books_text_ops", text("title varchar_pattern_ops")),
        {"comment": "What's written", "info": {"any": "thing"}},
    )
    id = Column("book_id", sa.BigInteger, primary_key=True)
    title = Column(String, nullable=False, comment="as it's printed")
    price = Column(Cents, server_default="0.00")
    colour = Column(sa.Enum(Colour), default=Colour.RED)
    size = Column(Tagged, server_default="very large")
    portable = Column(Portable, default=uuid.uuid4)
    tags = Column(ARRAY(String(20)), server_default="{}", nullable=False)
    sizes = Column(ARRAY(sa.Enum(Size, name="size", values_callable=lambda kind: [each.value for each in kind])))
    extra = Column(sa.JSON().with_variant(pg.JSONB(), "postgresql"), server_default=text("'{}'::jsonb"))
    seen = Column(sa.Boolean, server_default=sa.true(), nullable=False)
    total = Column(sa.Numeric, Computed("price * 2", persisted=True))
    shape = Column(Box)


Index("ix_books_partial", Book.seen, Book.price.desc(), unique=True, postgresql_where=Book.price > 10)
Index("ix_books_gin", Book.tags, postgresql_using="gin")
Index("ix_books_ops", Book.title, postgresql_ops={"title": "text_pattern_ops"}, postgresql_include=["price"])
Index("ix_books_nulls", Book.price.desc().nullslast(), Book.seen.asc().nullsfirst())
Index("ix_books_collate", Book.title.collate("C"))
Index("ix_books_coalesce", func.coalesce(Book.title, "none"), Book.price + 1)

book_tags = Table(
    "book_tags",
    Base.metadata,
    Column("book_id", ForeignKey("books.book_id", ondelete="CASCADE", onupdate="CASCADE"), primary_key=True),
    Column("tag", String(20), primary_key=True),
    Column("weight", sa.Float, server_default=text("1.5")),
    Column("rank", sa.Float(24)),
    Column("big", sa.Float(53)),
)


class Node(Base):
    """A tree: a key to its own table, and one that is added afterwards."""

    __tablename__ = "nodes"
    id = Column(Integer, Identity(always=True, start=10, increment=5, cycle=True), primary_key=True)
    up_id = Column(Integer, ForeignKey("nodes.id", name="fk_up", use_alter=True, deferrable=True, initially="DEFERRED"))
    next_id = Column(ForeignKey("nodes.id", deferrable=True, match="FULL"))
    number = Column(sa.SmallInteger, Identity(minvalue=3, maxvalue=99, cache=7))


class Pair(Base):
    __tablename__ = "pairs"
    __table_args__ = (
        PrimaryKeyConstraint("left", "right", name="pk_of_pairs"),
        UniqueConstraint("right", "left", deferrable=True),
    )
    left = Column(Integer, autoincrement=False)
    right = Column(Integer)
    note = Column(sa.UnicodeText)


class PairUser(Base):
    __tablename__ = "pair_users"
    __table_args__ = (
        ForeignKeyConstraint(
            ["r", "ll"], ["pairs.right", "pairs.left"], name="fk_pair", ondelete="cascade", onupdate="SET DEFAULT"
        ),
    )
    id = Column(sa.SmallInteger, primary_key=True)
    ll = Column(Integer, server_default=text("1"))
    r = Column(Integer, server_default=text("-1"))


class Employee(Base):
    __tablename__ = "employees"
    id = Column(Integer, primary_key=True)
    kind = Column(String(20))
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "employee"}  # noqa: RUF012 - as SQLAlchemy wants it


class Manager(Employee):
    """Single table: its column belongs to the table of employees."""

    level = Column(Integer)
    __mapper_args__ = {"polymorphic_identity": "manager"}  # noqa: RUF012 - as SQLAlchemy wants it


class Engineer(Employee):
    """Joined table."""

    __tablename__ = "engineers"
    id = Column(ForeignKey("employees.id", ondelete="CASCADE"), primary_key=True)
    language = Column(String(10), index=True, unique=True)
    __mapper_args__ = {"polymorphic_identity": "engineer"}  # noqa: RUF012 - as SQLAlchemy wants it


class Shape(AbstractConcreteBase, Base):
    pass


class Circle(Shape):
    __tablename__ = "circles"
    id = Column(Integer, primary_key=True)
    radius = Column(sa.REAL)
    __mapper_args__ = {"polymorphic_identity": "circle", "concrete": True}  # noqa: RUF012 - as SQLAlchemy wants it


class Everything(Base):
    """A column of each type."""

    __tablename__ = "Everything of All"
    id = Column(pg.UUID(as_uuid=True), primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()"))
    a = Column("select", sa.Text, quote=True)
    b = Column("With Space", sa.Unicode(5), key="key_of_b")
    c = Column(sa.Date, server_default=func.current_date())
    d = Column(sa.Time)
    e = Column(sa.Time(timezone=True))
    f = Column(sa.Interval, server_default=text("'1 day'::interval"))
    g = Column(sa.LargeBinary)
    h = Column(sa.PickleType)
    i = Column(pg.INET)
    j = Column(pg.CIDR)
    k = Column(pg.MACADDR)
    ll = Column(pg.TSVECTOR)
    m = Column(pg.INT4RANGE)
    n = Column(pg.TIMESTAMP(precision=3))
    o = Column(pg.TIMESTAMP(timezone=True, precision=6))
    p = Column(pg.BIT(4))
    q = Column(pg.BIT(varying=True, length=9))
    r = Column(pg.MONEY)
    s = Column(pg.OID)
    t = Column(sa.CHAR)
    u = Column(sa.String(3, collation="C"))
    v = Column(sa.Numeric(10))
    w = Column(sa.DECIMAL(10, 4), server_default="12.5000")
    x = Column(pg.ARRAY(Integer, dimensions=2))
    y = Column(sa.Enum("a", "b'c", name="Literal Enum"), server_default="b'c")
    z = Column(sa.Enum(Colour, native_enum=False, create_constraint=True, name="colour_check"))
    aa = Column(sa.Enum(Colour, native_enum=False, length=12))
    bb = Column(sa.Boolean(create_constraint=True, name="bool_check"))
    cc = Column(Integer, server_default=FetchedValue())
    dd = Column(Integer, Sequence("counter", start=5), server_default=Sequence("counter", start=5).next_value())
    ee = Column(Integer, server_default=text("(1 + 2)"))
    ff = Column(sa.DateTime, server_default=text("(now() AT TIME ZONE 'utc')"))
    gg = Column(String, server_default="it's 100%")
    hh = Column(pg.JSONB(none_as_null=True), server_default='{"a": [1, 2]}')
    ii = Column(pg.INTERVAL(fields="DAY TO SECOND", precision=3))
    jj = Column(pg.HSTORE)
    kk = Column(sa.Integer, unique=True, index=True)


class Room(Base):
    __tablename__ = "rooms"
    __table_args__ = (
        pg.ExcludeConstraint(("number", "="), ("during", "&&"), name="no_overlap", using="gist"),
        UniqueConstraint("id"),
        UniqueConstraint("number", "floor"),
        UniqueConstraint("number", "floor", name="named_twice"),
    )
    id = Column(Integer, primary_key=True)
    number = Column(pg.INT4RANGE)
    floor = Column(Integer)
    during = Column(pg.TSRANGE)


conventional = MetaData(
    schema="Other Schema",
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    },
)
NamedBase = declarative_base(metadata=conventional)


class Account(NamedBase):
    __tablename__ = "accounts"
    id = Column(Integer, primary_key=True)
    email = Column(String(320), unique=True)
    state = Column(sa.Enum("on", "off", name="state", metadata=conventional))
    other = Column(sa.Enum("x", "y", name="inherited", inherit_schema=True))
    author_id = Column(ForeignKey(Author.id), index=True)
    __table_args__ = (CheckConstraint("email <> ''", name="filled"),)


class AccountWithAVeryLongNameThatGoesOnAndOnUntilNothingFits(NamedBase):
    __tablename__ = "account_with_a_very_long_name_that_goes_on_and_on_until"
    id = Column(Integer, primary_key=True)
    column_with_a_long_name_as_well = Column(ForeignKey("accounts.id"), index=True, unique=True)
    another_column_with_a_long_name = Column(ForeignKey("Other Schema.accounts.email"), unique=True)


free = Sequence("free_numbers", metadata=Base.metadata, start=100, increment=10)
BEFORE = ["CREATE EXTENSION hstore"]
METADATA = [Base.metadata, conventional]
