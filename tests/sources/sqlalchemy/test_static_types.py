"""Types as their literal arguments make them: what the text says of them is what SQLAlchemy makes of them."""

from pathlib import Path

import pytest
from tests.sources.sqlalchemy.reading import opened, read, written

from ormistice.model import Column, Index, Schema

HEAD = """
import enum
import sqlalchemy as sa
from sqlalchemy import *
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import *
"""
TABLE = "t = Table('t', MetaData(), Column('id', sa.Integer, primary_key=True),\n    {})\n"
SPATIAL = "from geoalchemy2 import Geography, Geometry, Raster\n"
TIMES = (
    "TIMESTAMP(True, 3)",
    "TIMESTAMP(timezone=True, precision=3)",
    "TIMESTAMP(False, 0)",
    "TIME(False, 3)",
    "TIME(True, precision=6)",
    "sa.DateTime(True)",
    "sa.Time()",
    "INTERVAL",
    "INTERVAL()",
    "INTERVAL(3)",
    "INTERVAL(0)",
    "INTERVAL(2, 'day to second')",
    "INTERVAL(fields='year to month')",
    "INTERVAL(precision=3)",
    "postgresql.INTERVAL(fields='YEAR')",
    "sa.Interval(second_precision=3)",
    "sa.Interval(True, 4)",
    "sa.Interval(False)",
    "sa.Interval(native=False, second_precision=3)",
    "sa.ARRAY(INTERVAL(3))",
)
BITS = (
    "BIT",
    "BIT()",
    "BIT(9)",
    "BIT(9, True)",
    "BIT(9, False)",
    "BIT(None, True)",
    "BIT(varying=True)",
    "BIT(length=3)",
)
RANGES = (
    "INT4MULTIRANGE",
    "INT8MULTIRANGE()",
    "NUMMULTIRANGE",
    "DATEMULTIRANGE",
    "TSMULTIRANGE",
    "TSTZMULTIRANGE",
    "ARRAY(INT4MULTIRANGE)",
    "REGCONFIG",
)
DOMAINS = (
    "DOMAIN('Name', sa.String(50))",
    "DOMAIN(name='code', data_type=sa.Text, schema='s')",
    "DOMAIN('mark', sa.Integer, constraint_name='positive', not_null=True, check='VALUE > 0', create_type=False,"
    " schema=None, metadata=MetaData())",
    "postgresql.DOMAIN('label', sa.Text, default=text(\"'x'\"), collation='C')",
    "sa.ARRAY(DOMAIN('mark', sa.Integer), dimensions=1)",
)


def static(base: Path, text: str) -> Schema:
    written(base, models=text)
    return opened(base, "models.py", static=True).load()


@pytest.mark.parametrize("kinds", [TIMES, BITS, RANGES, DOMAINS])
def test_types_are_what_their_literal_arguments_make_them(tmp_path: Path, kinds: tuple[str, ...]) -> None:
    text = HEAD + TABLE.format(",\n    ".join(f"Column('c{number}', {kind})" for number, kind in enumerate(kinds)))

    run, said = read(tmp_path, text), static(tmp_path, text)

    assert run.tables == said.tables
    assert [problem.message for problem in said.problems] == []


@pytest.mark.parametrize(
    "kind",
    [
        "INTERVAL('day to second', 3)",
        "DOMAIN(name_of(), sa.Text)",
        "DOMAIN('d', sa.Text, metadata=MetaData(schema='s'))",
        "DOMAIN('d', sa.Text, **more)",
    ],
)
def test_types_that_only_running_tells_are_not_guessed(tmp_path: Path, kind: str) -> None:
    (table,) = static(tmp_path, HEAD + TABLE.format(f"Column('c', {kind})")).tables

    assert Column in table.unread or [column.type for column in table.columns if column.name == "c"] == [None]


def test_members_of_enums_are_those_that_python_takes_for_members(tmp_path: Path) -> None:
    text = HEAD + (
        "class Span(str, enum.Enum):\n    _1H = '1h'\n    _X = '*x'\n    _ = 'none'\n    _two__ = '2'\n    DAY = 'day'\n"
        "    ___odd__ = 'odd'\n    WEEK: str = 'week'\n    plain: str\n    _ignore_ = ['kept']\n    __hidden = 'hidden'\n    __made__ = 'made'\n"
        + TABLE.format(
            "Column('a', sa.Enum(Span, name='by_name')),\n    Column('b', sa.Enum(Span, name='by_value',"
            " values_callable=lambda kind: [member.value for member in kind]))"
        )
    )

    run, said = read(tmp_path, text), static(tmp_path, text)

    assert run.enums == said.enums
    assert run.tables == said.tables
    assert [problem.message for problem in said.problems] == []


def test_types_are_in_the_schema_of_their_metadata_where_sqlalchemy_puts_them_there(tmp_path: Path) -> None:
    text = HEAD + (
        "from sqlalchemy.orm import *\nclass Base(DeclarativeBase):\n    metadata = MetaData(schema='s')\n"
        "class Mood(enum.Enum):\n    SAD = 1\nclass Kind(enum.Enum):\n    ODD = 1\nclass Size(enum.Enum):\n    BIG = 1\n"
        "class A(Base):\n    __tablename__ = 'a'\n    id: Mapped[int] = mapped_column(primary_key=True)\n"
        "    mood: Mapped[Mood]\n    kind: Mapped[Kind] = mapped_column(sa.Enum(Kind, schema=None))\n"
        "    size = Column(sa.Enum(Size))\n    plain = Column(sa.Enum('x', 'y', name='letter'))\n"
        "    other = Column(sa.Enum('x', name='other', schema='o'))\n    mark = Column(DOMAIN('mark', sa.Integer))\n"
        "    own = Column(DOMAIN('own', sa.Integer, metadata=MetaData()))\n"
        "from sqlmodel import Field, SQLModel\nclass Root(SQLModel):\n    metadata = MetaData(schema='m')\n"
        "class Hue(enum.Enum):\n    RED = 1\n"
        "class M(Root, table=True):\n    id: int = Field(primary_key=True)\n    hue: Hue\n"
        "t = Table('t', MetaData(schema='r'), Column('c', sa.Enum('x', name='e')), schema='q')\n"
    )

    run, said = read(tmp_path, text), static(tmp_path, text)

    assert run.tables == said.tables
    assert run.enums == said.enums


@pytest.mark.parametrize(
    ("kind", "type_", "index"),
    [
        ("Geometry", "geometry", "idx_t_at"),
        ("Geometry('POINT', 4326)", "geometry(Point,4326)", "idx_t_at"),
        ("Geometry('POINT', 4326, 2, False)", "geometry(Point,4326)", None),
        ("Geography('POLYGON', srid=4326, spatial_index=False)", "geography(Polygon,4326)", None),
        ("Raster(spatial_index=True)", "raster", "idx_t_at"),
    ],
)
def test_geoalchemy_makes_an_index_of_its_own(tmp_path: Path, kind: str, type_: str, index: str | None) -> None:
    """As its documentation has it: `spatial_index` is true by default."""
    [table] = static(tmp_path, SPATIAL + HEAD + TABLE.format(f"Column('at', {kind})")).tables
    column = table.column("at")

    assert column is not None
    assert str(column.type and column.type.value) == type_
    assert [each.name and each.name.value for each in table.indexes] == [name for name in [index] if name]
    assert all(each.method and each.method.value == "gist" for each in table.indexes)


def test_an_index_of_a_type_that_is_not_understood_is_not_missed(tmp_path: Path) -> None:
    own = "class Own(Geometry):\n    def __init__(self):\n        super().__init__('POINT', 4326)\n"

    [table] = static(tmp_path, SPATIAL + HEAD + own + TABLE.format("Column('at', Own())")).tables

    assert table.unread == frozenset({Index})


def test_fields_of_sqlmodel_that_are_stated_twice(tmp_path: Path) -> None:
    text = """
from decimal import Decimal
from typing import Annotated, Optional
from sqlmodel import Field, SQLModel, Text

Name = Annotated[str, Field(min_length=2, max_length=50)]
Money = Annotated[Decimal, Field(max_digits=10, decimal_places=2)]

class Account(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    a: Name = Field(unique=True)
    b: Name
    c: Name | None = Field(default=None)
    d: Annotated[str, Field(max_length=7)] = Field(index=True)
    e: Annotated[str, Field(max_length=7)] = Field(max_length=9)
    f: Annotated[str, Field(max_length=7, index=True)]
    g: Annotated[str | None, Field(max_length=7)] = None
    h: Money = Field(default=0)
    i: Money = Field(default=0, max_digits=12)
    k: Annotated[Name, Field(index=True)] = Field(unique=True)
    l: Optional[Name] = None
    m: Annotated[str, Field(max_length=7)] = Field(sa_type=Text)
    n: Annotated[str, Field(foreign_key="account.a")] = Field(nullable=True)
    o: Annotated[str, Field(unique=True)] = Field(max_length=3)
"""

    run, said = read(tmp_path, text), static(tmp_path, text)

    assert [str(column.type and column.type.value) for column in said.tables[0].columns[1:5]] == [
        "character varying(50)",
        "character varying(50)",
        "character varying",
        "character varying(7)",
    ]
    assert said.tables == run.tables


def test_types_that_functions_of_the_project_make(tmp_path: Path) -> None:
    text = f"""{HEAD}
class Kind(enum.Enum):
    A = 'a'
    B = 'b'

def kind(cls: type, name: str, **more):
    '''By value.'''
    return sa.Enum(cls, name=name, values_callable=lambda e: [m.value for m in e], **more)

def money(digits=2):
    return Numeric(12, digits)

def cents():
    return money(digits=0)

KIND = kind(Kind, "kind")
t = Table('t', MetaData(), Column('id', sa.Integer, primary_key=True),
    Column('a', KIND), Column('b', money()), Column('c', cents()), Column('d', kind(Kind, "other")))
"""
    run, seen = read(tmp_path, text), opened(tmp_path, "models.py", static=True).load()

    assert (run.tables, run.enums) == (seen.tables, seen.enums)
    assert not seen.problems


def test_of_a_type_that_a_function_does_more_for_nothing_is_claimed(tmp_path: Path) -> None:
    endless = "def endless():\n    return endless()\n"
    written(tmp_path, models=HEAD + endless + TABLE.format("Column('a', endless()), Column('b', sa.Text)"))

    schema = opened(tmp_path, "models.py", static=True).load()

    assert [column.type is None for column in schema.tables[0].columns] == [False, True, False]
