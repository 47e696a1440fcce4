"""What reading without running says is what running says; what it does not know it tells to be unread."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.sources.sqlalchemy.reading import opened, written

from ormistice.model import (
    CheckConstraint,
    Column,
    Enum,
    ForeignKey,
    Index,
    Schema,
    Table,
    UniqueConstraint,
)

HEAD = """
import datetime
import enum
from functools import partial
from typing import Annotated, Any, Optional, Union
from sqlalchemy import *
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.declarative import as_declarative
from sqlalchemy.orm import *

class Base(DeclarativeBase):
    pass
"""
KINDS = {
    "foreign_keys": ForeignKey,
    "unique_constraints": UniqueConstraint,
    "indexes": Index,
    "checks": CheckConstraint,
}
ASPECTS = ("type", "nullable", "default", "client_default", "identity", "generated", "collation", "comment")


def read(base: Path, text: str, *, static: bool) -> Schema:
    written(base, models=HEAD + text)
    return opened(base, "models.py", static=static).load()


def said(table: Table) -> Iterator[tuple[str, object]]:
    """All that is said of a table, each under a name of its own."""
    if table.primary_key is not None:
        yield "primary key", table.primary_key.columns.value
    for column in table.columns:
        yield from ((f"{column.name} {aspect}", getattr(column, aspect)) for aspect in ASPECTS)
    for kind in KINDS:
        counted: Counter[object] = Counter()
        for item in getattr(table, kind):
            counted[item.key()] += 1
            for aspect in item.__slots__:
                yield f"{kind} {item.key()} {counted[item.key()]} {aspect}", getattr(item, aspect)


def wrong(run: Schema, seen: Schema) -> list[object]:
    """What is claimed without running and is not so, and what is left out without a word."""
    there, here = ({table.name: table for table in schema.tables} for schema in (run, seen))
    found: list[object] = [name for name in here if name not in there]
    found += [name for name in there if name not in here and Table not in seen.unread]
    labels = {enum.name: [label.value for label in enum.labels] for enum in run.enums}
    found += [enum for enum in seen.enums if labels.get(enum.name) != [label.value for label in enum.labels]]
    if Enum not in seen.unread:
        found += [name for name in labels if name not in {enum.name for enum in seen.enums}]
    for name in here.keys() & there.keys():
        table, true = here[name], dict(said(there[name]))
        mine = {key: value for key, value in said(table) if value is not None and not key.endswith(" place")}
        found += [(name, key, value) for key, value in mine.items() if key not in true or true[key] != value]
        columns = {column.name for column in table.columns}
        hidden = {kind for kind, model in KINDS.items() if model in table.unread}
        if Column not in table.unread:
            found += [column.name for column in there[name].columns if column.name not in columns]
        kept = {key for key in true if key.partition(" ")[0] in KINDS and key.partition(" ")[0] not in hidden}
        found += [(name, key) for key in kept if key not in dict(said(table))]
    return found


KEY = "    id: Mapped[int] = mapped_column(primary_key=True)\n"
A = "class A(Base):\n    __tablename__ = 'a'\n" + KEY
MIXED = """
class M:
    e = None
    m = Column(Integer)
    @declared_attr
    def d(cls):
        return Column(Text, index=True)
class A(M, Base):
    __tablename__ = "a"
    id = Column(Integer, primary_key=True)
    e = Column(Integer)
    kind = Column(Text)
    __mapper_args__ = {"polymorphic_on": "kind"}
class N:
    n = Column(Integer)
    @declared_attr
    def o(cls):
        return Column(Text, unique=True)
class B(N, A):
    __tablename__ = None
    s: Mapped[int | None] = mapped_column(use_existing_column=True)
class C(A):
    s: Mapped[int | None] = mapped_column(use_existing_column=True)
"""
CASCADING = """
class M:
    @declared_attr.cascading
    def id(cls):
        if has_inherited_table(cls):
            return Column(ForeignKey("a.id"), primary_key=True)
        return Column(Integer, primary_key=True)
class A(M, Base):
    __tablename__ = "a"
class B(A):
    __tablename__ = "b"
    x = Column(Integer)
"""
BODIES = """
class Own(Column):
    inherit_cache = True
needed = partial(Column, nullable=False)
class A(Base):
    __tablename__ = "a"
    id = Column(Integer, primary_key=True)
    if id is None:
        b = Column(Integer)
    else:
        c = Column(Integer)
class B(Base):
    __tablename__ = "b"
    id = Column(Integer, primary_key=True)
    for _name in ("x", "y"):
        locals()[_name] = Column(Integer)
class C(Base):
    __tablename__ = "c"
    id = Column(Integer, primary_key=True)
    x = Own(Integer)
class D(Base):
    __tablename__ = "d"
    id = Column(Integer, primary_key=True)
    y = needed(Integer)
class E(Base):
    __tablename__ = "e"
    id, x = Column("id", Integer, primary_key=True), Column("x", Integer)
class F(Base):
    __tablename__ = "f"
    id = Column(Integer, primary_key=True)
    p: Mapped[complex] = composite(lambda a, b: complex(a, b), mapped_column("p1", Float), mapped_column("p2", Float))
class G(Base):
    __tablename__ = "g"
    id: "Mapped[int]" = mapped_column(primary_key=True)
    g: "Mapped[int | None]"
"""
AFTERWARDS = """
class A(Base):
    __tablename__ = "a"
    id = Column(Integer, primary_key=True)
setattr(A, "late", Column(Integer))
t = Table("t", Base.metadata, Column("a", Integer, primary_key=True))
t.append_column(Column("b", Integer))
class B(Base):
    __tablename__ = "b"
    id = Column(Integer, primary_key=True)
B.__table__.append_constraint(UniqueConstraint("id", name="later"))
t.to_metadata(MetaData(), schema="other")
u = Table("u", Base.metadata, Column("a", Integer, primary_key=True))
Table("u", Base.metadata, Column("more", Integer), extend_existing=True)
def loaded(engine):
    return Table("loaded", Base.metadata, autoload_with=engine)
def never():
    class Never(Base):
        __tablename__ = "never"
        id = Column(Integer, primary_key=True)
if id is None:
    class Neither(Base):
        __tablename__ = "neither"
        id = Column(Integer, primary_key=True)
if __name__ == "__main__":
    Table("main", Base.metadata, Column("a", Integer))
"""
BASES = """
class Shared:
    id = Column(Integer, primary_key=True)
Old = declarative_base(cls=Shared)
class A(Old):
    __tablename__ = "a"
    x = Column(Integer)
@as_declarative()
class Root:
    id = Column(Integer, primary_key=True)
    @declared_attr
    def __tablename__(cls):
        return cls.__name__.lower()
class B(Root):
    x = Column(Integer)
class Made(metaclass=DeclarativeMeta):
    __abstract__ = True
    registry = registry()
    metadata = registry.metadata
class C(Made):
    __tablename__ = "c"
    id = Column(Integer, primary_key=True)
class Named:
    def __init_subclass__(cls, **more):
        cls.__tablename__ = cls.__name__.lower()
        super().__init_subclass__(**more)
    id = Column(Integer, primary_key=True)
class D(Named, Base):
    x = Column(Integer)
reg = registry()
@mapped_as_dataclass(reg)
class E:
    __tablename__ = "e"
    id: Mapped[int] = mapped_column(init=False, primary_key=True)
"""
MEANINGS = """
from datetime import datetime as moment
class Kind(enum.Enum):
    a = "x"
    bb = "y"
MORE = {int: BigInteger}
MEANT = {str: Text, datetime.datetime: TIMESTAMP(timezone=True), dict[str, Any]: JSONB, Optional[float]: REAL, **MORE}
stamp = Annotated[datetime.datetime, mapped_column(server_default=func.now())]
class N(DeclarativeBase):
    type_annotation_map = MEANT
class A(N):
    __tablename__ = "a"
    id: Mapped[int] = mapped_column(primary_key=True)
    b: Mapped[Optional[moment]]
    c: Mapped[None | str]
    d: Mapped["dict[str, Any] | None"]
    e: Mapped[Union[float, None]]
    f: Mapped[float]
    g: Mapped[stamp]
    h: Mapped[stamp | None]
class P(DeclarativeBase):
    registry = registry(type_annotation_map={enum.Enum: Enum(enum.Enum, native_enum=False), str: String(7)})
class B(P):
    __tablename__ = "b"
    id: Mapped[int] = mapped_column(primary_key=True)
    k: Mapped[Kind]
    s: Mapped[str | None]
Q = declarative_base(type_annotation_map={str: Text})
class C(Q):
    __tablename__ = "c"
    id: Mapped[int] = mapped_column(primary_key=True)
    s: Mapped[str]
R = registry(type_annotation_map={str: Text}).generate_base()
class D(R):
    __tablename__ = "d"
    id: Mapped[int] = mapped_column(primary_key=True)
    s: Mapped[str]
def meanings():
    return {str: Text}
class S(DeclarativeBase):
    type_annotation_map = meanings()
class E(S):
    __tablename__ = "e"
    id: Mapped[int] = mapped_column(primary_key=True)
    s: Mapped[str]
"""
TYPES = """
Large = BigInteger()
Large = Large.with_variant(Integer, "sqlite")
Large = Large.with_variant(SmallInteger(), "postgresql")
class Plain(TypeDecorator):
    impl = String
class Fixed(TypeDecorator):
    impl = String(50)
class Doubled(TypeDecorator):
    impl = String
    def __init__(self, length=5):
        super().__init__(length * 2)
class Alias(enum.Enum):
    a = 1
    b = 2
    c = a
class A(Base):
    __tablename__ = "a"
    id = Column(Plain(9), primary_key=True)
    b = Column(Plain)
    c = Column(Plain(length=4))
    d = Column(Fixed)
    e = Column(Doubled)
    f = Column(Doubled(7))
    g = Column(Large)
    h = Column(Enum(Alias))
    i: Mapped[int] = Column(Integer)
def made():
    return Integer()
class B(Base):
    __tablename__ = "b"
    id = Column(made(), primary_key=True)
class C(Base):
    __tablename__ = "c"
    id = Column(Numeric(10, 0), primary_key=True)
class D(Base):
    __tablename__ = "d"
    id = Column(ForeignKey("e.k"), primary_key=True, autoincrement="ignore_fk")
class E(Base):
    __tablename__ = "e"
    id = Column("id", SmallInteger, key="k", primary_key=True)
"""
ARGUMENTS = """
MORE = {"schema": "s"}
ARGS = (UniqueConstraint("x"), {"comment": "c", **MORE})
class A(Base):
    __tablename__ = "a"
    __table_args__ = ARGS
    id = Column(Integer, primary_key=True)
    x = Column(Integer)
class B(Base):
    __tablename__ = "b"
    __table_args__ = dict(schema="t")
    id = Column(Integer, primary_key=True)
    x = Column("y", Integer)
    beside = UniqueConstraint(id, x)
    Index("named", x, id)
    apart = UniqueConstraint("id", "y", name="of_no_table")
class C(Base):
    __tablename__ = "c"
    __table_args__ = (CheckConstraint("id > 0", name="never", _create_rule=lambda compiler: False), {**MORE})
    id = Column(Integer, primary_key=True)
"""


@pytest.mark.parametrize(
    "text", [MIXED, CASCADING, BODIES, AFTERWARDS, BASES, MEANINGS, TYPES, ARGUMENTS], ids=lambda text: text.split()[1]
)
def test_nothing_is_claimed_that_running_does_not_say(tmp_path: Path, text: str) -> None:
    assert wrong(read(tmp_path, text, static=False), read(tmp_path, text, static=True)) == []


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        (A + "class B(Base):\n    __tablename__ = 'b'\n    __versioned__ = {}\n" + KEY, True),
        (A + "class V:\n    __versioned__ = {}\nclass B(V, Base):\n    __tablename__ = 'b'\n" + KEY, True),
        ("from elsewhere import UserTable\n" + A + "class B(UserTable, Base):\n    b: Mapped[int]\n", True),
        (A + "class B(Base):\n    __abstract__ = True\n", False),
        ("class M:\n    pass\n" + A + "class B(M, A):\n    pass\n", False),
    ],
)
def test_tables_that_only_running_makes_are_missed_aloud(tmp_path: Path, text: str, *, unread: bool) -> None:
    schema = read(tmp_path, text, static=True)

    assert (Table in schema.unread) == unread
    assert len(schema.problems) == unread


def test_each_place_that_makes_versions_is_told_once(tmp_path: Path) -> None:
    text = "class V:\n    __versioned__ = {}\n"
    text += "".join(f"class {name}(V, Base):\n    __tablename__ = '{name}'\n{KEY}" for name in "ABC")

    assert len(read(tmp_path, text, static=True).problems) == 1


def test_a_base_that_is_not_read_is_told_with_each_class_of_a_table(tmp_path: Path) -> None:
    text = "from elsewhere import Mixin, Other\n" + A + "    b: Mapped[int]\n"
    text += "class B(Mixin, A):\n    pass\nclass C(Other, A):\n    __tablename__ = 'c'\n    id = Column(ForeignKey('a.id'), primary_key=True)\n"
    schema = read(tmp_path, text, static=True)

    assert [Column in table.unread for table in schema.tables] == [True, True]
    assert sorted(problem.message.partition(": ")[0] for problem in schema.problems) == ["class `B`", "class `C`"]


def test_a_base_that_is_not_read_may_say_what_annotations_stand_for(tmp_path: Path) -> None:
    text = "from elsewhere import Foreign\nclass A(Foreign):\n    __tablename__ = 'a'\n" + KEY
    schema = read(tmp_path, text + "    b: Mapped[str]\n    c: Mapped[str] = mapped_column(String(5))\n", static=True)

    assert [column.type is not None for column in schema.tables[0].columns] == [False, False, True]


def test_an_object_of_a_class_of_ones_own_is_a_flask_sqlalchemy_object_too(tmp_path: Path) -> None:
    text = "from flask_sqlalchemy import SQLAlchemy\nclass Own(SQLAlchemy):\n    Text = None\ndb = Own()\n"
    text += "class A(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    b = db.Column(db.Text)\n"
    schema = read(tmp_path, text, static=True)

    (table,) = schema.tables
    assert [column.type and column.type.value.name for column in table.columns] == ["integer", None]


def test_a_flask_sqlalchemy_model_has_the_columns_of_the_class_that_it_is_made_of(tmp_path: Path) -> None:
    text = (
        "from flask_sqlalchemy import SQLAlchemy\nclass Own(DeclarativeBase):\n    type_annotation_map = {str: Text}\n"
    )
    text += (
        "db = SQLAlchemy(model_class=Own)\nclass A(db.Model):\n    id: Mapped[int] = mapped_column(primary_key=True)\n"
    )
    schema = read(tmp_path, text + "    b: Mapped[str]\n", static=True)

    (table,) = schema.tables
    assert [column.type and column.type.value.name for column in table.columns] == ["integer", "text"]


def test_joins_of_relationships_name_tables_and_compare_with_values(tmp_path: Path) -> None:
    text = A + "    bs = relationship('B', secondary='ab', primaryjoin='a.c.id == ab.c.a_id',\n"
    text += "        secondaryjoin=\"and_(b.c.id == ab.c.b_id, ab.c.kind == 'x')\", backref='as_')\n"
    text += "class B(Base):\n    __tablename__ = 'b'\n" + KEY
    text += "ab = Table('ab', Base.metadata, Column('a_id', ForeignKey('a.id'), primary_key=True),\n"
    text += "    Column('b_id', ForeignKey('b.id'), primary_key=True), Column('kind', Text))\n"
    run, seen = read(tmp_path, text, static=False), read(tmp_path, text, static=True)

    assert seen.problems == ()
    assert [table.relations for table in run.tables] == [table.relations for table in seen.tables]


def test_options_that_a_class_takes_from_another_are_found(tmp_path: Path) -> None:
    text = """
class Kept(Base):
    __abstract__ = True
    __table_args__ = {"schema": "kept"}
class Part(Kept):
    __abstract__ = True
class A(Part):
    __tablename__ = "a"
    id: Mapped[int] = mapped_column(primary_key=True)
    @declared_attr.directive
    def __table_args__(cls):
        return (UniqueConstraint("id", name="one"), Part.__table_args__)
"""
    run, seen = (read(tmp_path, text, static=static) for static in (False, True))

    assert [str(table.name) for table in seen.tables] == ["kept.a"]
    assert dict(said(seen.tables[0])) == dict(said(run.tables[0]))
    assert seen.problems == ()
