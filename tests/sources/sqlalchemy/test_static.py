"""Reading without running: nothing is executed, and what only running would tell is told to be unknown."""

from pathlib import Path

import pytest
from tests.sources.sqlalchemy.reading import at, opened, read, written

from ormistice.errors import AuditError
from ormistice.model import Column, Enum, ForeignKey, PrimaryKey, Schema, Sequence, UniqueConstraint
from ormistice.sources.sqlalchemy.target import declares_tables, import_root

HEAD = "import sqlalchemy as sa\nfrom sqlalchemy import *\nfrom sqlalchemy.orm import *\n\nclass Base(DeclarativeBase):\n    pass\n\n"
ID = "    id: Mapped[int] = mapped_column(primary_key=True)\n"
CONVENTION = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0N_key)s_%(referred_table_name)s_%(referred_column_0_name)s",
    "pk": "pk_%(table_name)s",
}


def static(base: Path, text: str) -> Schema:
    written(base, models=text)
    return opened(base, "models.py", static=True).load()


def test_nothing_is_run(tmp_path: Path) -> None:
    schema = static(tmp_path, HEAD + "raise SystemExit\n\nclass A(Base):\n    __tablename__ = 'a'\n" + ID)

    assert [str(table.name) for table in schema.tables] == ["public.a"]


@pytest.mark.parametrize(
    "text",
    [
        "class A(Base):\n    __tablename__ = 'a'\n"
        + ID
        + "    b: Mapped[str | None] = mapped_column(ForeignKey('a.id'))\n",
        "class A(Base):\n    __tablename__ = 'a'\n"
        + ID
        + "    b = Column(ForeignKey('a.id'))\n    c = Column(String(9), index=True)\n",
        "class M:\n    when: Mapped['int | None']\n\nclass A(M, Base):\n    __tablename__ = 'a'\n" + ID,
        "N = 5\nclass A(Base):\n    __tablename__ = f'a_{N}'\n"
        + ID
        + "    b = Column(String(N * 2), server_default='x' 'y')\n",
        "class A(Base):\n    __tablename__ = 'a'\n"
        + ID
        + "class B(A):\n    b: Mapped[int | None] = mapped_column(sa.SmallInteger)\n",
        "t = Table('t', MetaData(schema='s'), Column('a', Integer, ForeignKey('u.b', ondelete='CASCADE'), primary_key=True))\n",
        "class A(Base):\n    __tablename__ = 'a'\n    x = Column(Integer, primary_key=True)\n    y = Column(Integer, primary_key=True)\n",
        "class A(Base):\n    __tablename__ = 'a'\n"
        + ID
        + "    b = None\n    c = deferred(Column(Text))\n    _d = Column('dd', Date)\n",
        "class A(Base):\n    __tablename__ = 'a'\n" + ID + "A.b = Column(Integer)\n",
        "class M:\n    m = Column(Text)\n    @declared_attr\n    def f(cls):\n        return Column(Text)\n    n: Mapped[int]\n"
        "class A(M, Base):\n    __tablename__ = 'a'\n    x = Column(Integer)\n    y: Mapped[int]\n    z = mapped_column(Text)\n"
        + ID,
        f"NAMES = {CONVENTION}\nclass C(Base):\n    __abstract__ = True\n    metadata = MetaData(naming_convention=NAMES)\n"
        "class A(C):\n    __tablename__ = 'a'\n    __table_args__ = (UniqueConstraint('b', 'c'), CheckConstraint('b > 0', 'pos'),\n"
        "        Index(None, 'b', 'c'), ForeignKeyConstraint(['b', 'c'], ['s.a.b', 's.a.c']), {'schema': 's'})\n"
        "    b = Column(Integer, primary_key=True, index=True)\n    c = Column(ForeignKey('s.a.b'), primary_key=True, unique=True)\n",
        f"NAMES = {CONVENTION}\nclass R(DeclarativeBase):\n    registry = registry(metadata=MetaData(naming_convention=dict(NAMES), schema='t'))\n"
        "class A(R):\n    __tablename__ = 'a'\n    b = Column(Integer, primary_key=True, index=True)\n    d = Column(Integer, unique=True)\n",
        "class A(Base):\n    __tablename__ = 'a'\n    __table_args__ = (Index('i', desc('b')), Index('j', sa.desc('id'), 'b'))\n"
        + ID
        + "    b = Column('b', Integer)\n",
        f"class A(Base):\n    __tablename__ = '{'a' * 40}'\n" + ID + f"    {'b' * 40} = Column(Integer, index=True)\n",
        "class A(Base):\n    __tablename__ = 'a'\n    __table_args__ = (ForeignKeyConstraint(['b'], ['a.id'], name='n'),)\n"
        + ID
        + "    b = Column(ForeignKey('a.id'))\n",
        "import os\nclass S(DeclarativeBase):\n    metadata = MetaData(schema=os.getenv('NO_SUCH_VARIABLE'))\n"
        "class A(S):\n    __tablename__ = os.environ.get('NO_SUCH_VARIABLE', 'a')\n" + ID,
        "class Named(DeclarativeBase):\n"
        + ID
        + "    @declared_attr.directive\n    def __tablename__(cls):\n        return cls.__name__.lower()\n"
        "class A(Named):\n    b = Column(Integer)\nclass B(Named):\n    c = Column(Integer)\n",
        "class M:\n    @staticmethod\n    def hashed(unique=False):\n        '''It is compared.'''\n        return Column(String, unique=unique)\n"
        "    @classmethod\n    def named(cls, length):\n        return Column(String(length))\n"
        "class A(Base, M):\n    __tablename__ = 'a'\n    b = M.hashed()\n    c = M.hashed(unique=True)\n    d = M.named(9)\n"
        + ID,
        "class Own:\n    kept = Column(Integer)\nOwn = declarative_base(cls=Own)\nclass A(Own):\n    __tablename__ = 'a'\n"
        "    id = Column(Integer, primary_key=True)\n",
        "made = None\ndef begin():\n    global made\n    made = sa\nbegin()\n"
        "class A(Base):\n    __tablename__ = 'a'\n    b = Column(made.Integer, made.ForeignKey('a.id'))\n" + ID,
        "class T(DeclarativeBase):\n    type_annotation_map = {str: Text}\n"
        "class A(T):\n    __tablename__ = 'a'\n    b: Mapped[str] = mapped_column(String(9, 'C'), primary_key=True)\n"
        "class C(T):\n    __tablename__ = 'c'\n    b: Mapped[str] = mapped_column(ForeignKey('a.b'), primary_key=True)\n"
        "    d: Mapped[str]\n",
        "kept = None\ndef begin():\n    global kept\n    kept = 'other'\n"
        "class A(Base):\n    __tablename__ = 'a'\n    __table_args__ = {'schema': kept}\n"
        + ID
        + "    b = Column(String, sa.Enum('x', name='e'))\n",
        "def filled(kind, **more):\n    from sqlalchemy import Column\n    return Column(kind, nullable=False, **more)\n"
        "class A(Base):\n    __tablename__ = 'a'\n    b = filled(Integer, primary_key=True)\n    c = filled(Text)\n",
        "def to(name):\n    return ForeignKey(name, ondelete='CASCADE')\n"
        "class A(Base):\n    __tablename__ = 'a'\n    b = Column(Integer, to('a.id'))\n    c = Column(to('a.id'))\n"
        + ID,
        "class A(Base):\n    __tablename__ = 'a'\n    LONGEST = 9\n    b = Column(String(LONGEST))\n"
        + ID
        + "def shown(self): ...\nsetattr(A, 'shown', shown)\n",
        "from sqlalchemy.ext.mutable import MutableDict\nclass Kept(MutableDict):\n    pass\n"
        "class A(Base):\n    __tablename__ = 'a'\n    b = Column(Kept.as_mutable(JSON))\n"
        "    c = Column(String().with_variant(Text, 'postgresql'), ForeignKey('a.b'))\n" + ID,
        "from sqlalchemy.ext.mutable import MutableDict\nLABELS = ('x', 'y')\n"
        "class A(Base):\n    __tablename__ = 'a'\n    b = Column(MutableDict.as_mutable(JSON))\n"
        "    c = Column(sa.Enum(*LABELS, name='c'))\n" + ID,
    ],
)
def test_both_ways_agree(tmp_path: Path, text: str) -> None:
    imported = read(tmp_path, HEAD + text)
    said = static(tmp_path, HEAD + text)

    assert imported.tables == said.tables
    assert imported.enums == said.enums


def test_wildcards_bring_what_a_module_imports_itself(tmp_path: Path) -> None:
    base = "from sqlalchemy import Column, Integer\nfrom sqlalchemy.orm import DeclarativeBase\n"
    written(tmp_path, common=base + "class Base(DeclarativeBase):\n    pass\n")

    schema = static(
        tmp_path,
        "from common import *\nclass A(Base):\n    __tablename__ = 'a'\n    id = Column(Integer, primary_key=True)\n",
    )
    (column,) = schema.tables[0].columns
    assert column.type is not None
    assert schema.problems == ()


@pytest.mark.parametrize(
    ("column", "aspect"),
    [
        ("mapped_column(made())", "type"),
        ("mapped_column(Integer, server_default=made())", "default"),
        ("mapped_column(Integer, nullable=made())", "nullable"),
        ("mapped_column(Computed('1'))", "generated"),
    ],
)
def test_what_cannot_be_known_is_told(tmp_path: Path, column: str, aspect: str) -> None:
    schema = static(
        tmp_path, HEAD + f"def made(): ...\n\nclass A(Base):\n    __tablename__ = 'a'\n{ID}    b = {column}\n"
    )

    (table,) = schema.tables
    assert getattr(table.columns[1], aspect) is None
    assert ["not understood" in problem.message for problem in schema.problems] == [True]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("    b: Mapped[int] = mapped_column(ForeignKey(made()))\n", ForeignKey),
        ("    __table_args__ = (*made(),)\n", UniqueConstraint),
        ("    b = Column(Integer, made.key('a.id'))\n", ForeignKey),
        ("    b = Column(made.key('a.id'))\n", ForeignKey),
        ("if made():\n    A.more = Column(Integer)\n", Column),
    ],
)
def test_keys_that_cannot_be_known_are_unread(tmp_path: Path, text: str, kind: type) -> None:
    schema = static(tmp_path, HEAD + f"def made(): ...\n\nclass A(Base):\n    __tablename__ = 'a'\n{ID}{text}")

    (table,) = schema.tables
    assert kind in table.unread
    assert schema.problems


def test_columns_that_are_spread_are_unread(tmp_path: Path) -> None:
    schema = static(tmp_path, HEAD + "t = Table('t', MetaData(), Column('a', Integer), *more())\n")

    assert Column in schema.tables[0].unread


def test_a_table_without_a_known_name_is_missed_aloud(tmp_path: Path) -> None:
    schema = static(
        tmp_path,
        HEAD + f"class A(Base):\n    __tablename__ = made()\n{ID}\nclass B(Base):\n    __tablename__ = 'b'\n{ID}",
    )

    assert [str(table.name) for table in schema.tables] == ["public.b"]
    assert schema.unread
    (problem,) = schema.problems
    assert at(schema, problem.place) == ""


def test_a_module_that_cannot_be_parsed_costs_itself(tmp_path: Path) -> None:
    model = HEAD + f"class A(Base):\n    __tablename__ = 'a'\n{ID}"
    written(tmp_path, **{"app/a": model, "app/b": "class B(:\n", "app/__init__": "from . import a, b\n"})
    schema = opened(tmp_path, "app", static=True).load()

    assert [str(table.name) for table in schema.tables] == ["public.a"]
    assert [problem.message for problem in schema.problems] == ["cannot be parsed: invalid syntax"]
    assert schema.unread


def test_no_such_module(tmp_path: Path) -> None:
    with pytest.raises(AuditError, match="no such module"):
        opened(tmp_path, "not.there", static=True).load()


def test_import_roots(tmp_path: Path) -> None:
    written(tmp_path, **{"app/db/base": "", "app/db/users": "from app.db.base import Base\n"})
    written(tmp_path, **{"lib/__init__": "", "lib/inner/__init__": "", "lib/inner/m": ""})
    written(tmp_path, **{"sqlalchemy/models/m": "import sqlalchemy\nfrom sqlalchemy.orm import x\n"})
    written(tmp_path, **{"plain/m": "import os\n", "climbing/sub/m": "from ..other import x\n"})
    written(
        tmp_path, **{"back/__init__": "", "back/db": "", "back/models/__init__": "", "back/models/m": "import db\n"}
    )

    assert import_root(tmp_path / "app/db/users.py", tmp_path) == tmp_path
    assert import_root(tmp_path / "lib/inner/m.py", tmp_path) == tmp_path
    assert import_root(tmp_path / "sqlalchemy/models/m.py", tmp_path) == tmp_path / "sqlalchemy/models"
    assert import_root(tmp_path / "plain/m.py", tmp_path) == tmp_path / "plain"
    assert import_root(tmp_path / "climbing/sub/m.py", tmp_path) == tmp_path
    assert import_root(tmp_path / "back/models/m.py", tmp_path) == tmp_path
    assert import_root(tmp_path / "back/models/m.py", tmp_path / "back") == tmp_path / "back"


def test_import_root_is_where_the_packages_around_a_module_import_from(tmp_path: Path) -> None:
    files = ("__init__", "config", "src/__init__", "src/app/__init__", "src/app/models/__init__", "src/app/words")
    written(tmp_path, **dict.fromkeys(files, ""), **{"src/app/models/m": "from app.words import x\n"})
    written(tmp_path, **{"back/__init__": "", "back/config": "", "back/app/__init__": "import config\n"})
    written(tmp_path, **{"back/app/models/__init__": "from . import m\n", "back/app/models/m": ""})

    assert import_root(tmp_path / "src/app/models/__init__.py", tmp_path / "src") == tmp_path / "src"
    assert import_root(tmp_path / "back/app/models/__init__.py", tmp_path / "back") == tmp_path / "back"


def test_a_package_is_named_as_its_modules_name_it(tmp_path: Path) -> None:
    inner = {"__init__": "from .base import Base\nfrom .users import m\n", "base": HEAD, "users/__init__": ""}
    written(tmp_path, **{f"app/db/models/{name}": text for name, text in inner.items()})
    table = "class A(Base):\n    __tablename__ = 'a'\n" + ID
    written(tmp_path, **{"app/db/models/users/m": "from app.db.models.base import *\n" + table})

    assert [table.name.name for table in opened(tmp_path, "app/db/models").load().tables] == ["a"]


def test_modules_that_declare_tables_are_told_by_their_text(tmp_path: Path) -> None:
    written(
        tmp_path,
        a="x = Table('t', m)\n",
        b="class A(Base):\n    __tablename__ = 'a'\n",
        c="class A(SQLModel, table=True):\n    pass\n",
        d="x = 1\n",
    )

    assert [declares_tables(tmp_path / f"{name}.py") for name in "abcd"] == [True, True, True, False]


def test_fields_that_a_model_declares_anew_move(tmp_path: Path) -> None:
    text = (
        "from sqlmodel import *\n\nclass Base(SQLModel):\n    id: int | None = Field(default=None, primary_key=True)\n"
        "    user: str\n    version: str\n    last: str\n\nclass A(Base, table=True):\n    c: int\n"
        "    d: int = Field(sa_column=Column(Integer))\n    version: str = ''\n    e: int\n    user: str = 'x'\n"
    )
    imported, said = read(tmp_path, text), static(tmp_path, text)

    assert [column.name for column in said.tables[0].columns] == [column.name for column in imported.tables[0].columns]
    assert said.tables == imported.tables


@pytest.mark.parametrize(
    "names",
    ["{**others}", "{'ix': lambda *_: 'x'}", "{'ix': '%(mine)s'}", "make()", "[('ix', 1)]"],
)
def test_names_by_a_convention_that_is_not_told_are_not_guessed(tmp_path: Path, names: str) -> None:
    text = f"class C(Base):\n    __abstract__ = True\n    metadata = MetaData(naming_convention={names})\n"
    text += "class A(C):\n    __tablename__ = 'a'\n" + ID + "    b = Column(Integer, index=True, unique=True)\n"
    (index,) = static(tmp_path, HEAD + text).tables[0].indexes

    assert index.name is None


def test_a_copy_of_a_library_in_the_project_is_still_that_library(tmp_path: Path) -> None:
    written(
        tmp_path, **{"sqlmodel/__init__": "from .main import SQLModel, Field", "sqlmodel/main": "class SQLModel: ..."}
    )
    text = "from sqlmodel import SQLModel, Field\n\nclass A(SQLModel, table=True):\n    id: int = Field(primary_key=True)\n"

    assert [table.name.name for table in static(tmp_path, text).tables] == ["a"]


HELPERS = """
    import sqlalchemy as sa
    from sqlalchemy.orm import mapped_column

    LENGTH = 7

    def labelled(kinds, *, length=LENGTH, nullable=False, server_default=None):
        \"\"\"An enum as text.\"\"\"
        kind = sa.Enum
        return mapped_column(
            sa.Enum(kinds, native_enum=False, length=length, values_callable=lambda all: [one.value for one in all]),
            nullable=nullable,
            server_default=server_default,
        )

    def sized(length=LENGTH, **more):
        return mapped_column(sa.String(length), **more)

    def longer(**more):
        return sized(length=40, **more)
"""


def test_a_column_that_a_function_makes_is_read_with_what_the_function_is_given(tmp_path: Path) -> None:
    written(tmp_path, columns=HELPERS)
    text = "from columns import *\nNAME = 'named'\n" + HEAD + "class A(Base):\n    __tablename__ = 'a'\n" + ID
    text += (
        "    a = sized()\n    b: Mapped[str] = sized(3, nullable=False, unique=True)\n    c = longer(comment=NAME)\n"
    )
    run, seen = read(tmp_path, text), static(tmp_path, text)

    assert run.problems == seen.problems == ()
    assert run.tables == seen.tables


def test_of_a_column_that_a_function_makes_in_several_steps_nothing_is_claimed(tmp_path: Path) -> None:
    written(tmp_path, columns=HELPERS)
    text = "import enum\nfrom columns import *\n" + HEAD + "class K(enum.Enum):\n    x = 'y'\n"
    schema = static(tmp_path, text + "class A(Base):\n    __tablename__ = 'a'\n" + ID + "    kind = labelled(K)\n")

    kind = schema.tables[0].columns[1]
    assert (kind.name, kind.type, kind.nullable, kind.default, kind.identity) == ("kind", None, None, None, None)
    assert {UniqueConstraint, ForeignKey} <= schema.tables[0].unread
    assert len(schema.problems) == 1


def test_arguments_that_are_spread_take_back_what_is_only_not_said(tmp_path: Path) -> None:
    text = HEAD + "MORE = {'nullable': False, 'unique': True}\nclass A(Base):\n    __tablename__ = 'a'\n" + ID
    schema = static(tmp_path, text + "    b = Column(Text, **MORE)\n")

    b = schema.tables[0].columns[1]
    assert b.type is not None
    assert (b.type.value.name, b.nullable, b.default) == ("text", None, None)
    assert UniqueConstraint in schema.tables[0].unread


def test_a_name_under_type_checking_is_not_what_runs(tmp_path: Path) -> None:
    head = "from typing import TYPE_CHECKING\nfrom sqlalchemy import *\nfrom sqlalchemy.orm import *\n"
    choice = "if TYPE_CHECKING:\n    Base = object\nelse:\n    Base = declarative_base()\n"
    text = head + choice + "class A(Base):\n    __tablename__ = 'a'\n" + ID

    assert static(tmp_path, text).tables == read(tmp_path, text).tables


@pytest.mark.parametrize(
    "text",
    [
        "from elsewhere import UserTable\n" + HEAD + "class A(UserTable, Base):\n    __tablename__ = 'a'\n" + ID,
        HEAD + "from elsewhere import Parts\nclass A(Parts):\n    __tablename__ = 'a'\n" + ID,
        HEAD + "def base():\n    return Base\nclass A(base()):\n    __tablename__ = 'a'\n" + ID,
    ],
)
def test_a_base_that_is_not_read_may_bring_anything(tmp_path: Path, text: str) -> None:
    schema = static(tmp_path, text)

    assert [column.name for column in schema.tables[0].columns] == ["id"]
    assert {Column, PrimaryKey, ForeignKey, UniqueConstraint} <= schema.tables[0].unread
    assert schema.tables[0].primary_key is None
    assert len(schema.problems) == 1


def test_a_table_of_flask_sqlalchemy_may_leave_out_its_metadata(tmp_path: Path) -> None:
    text = "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n"
    text += "t = db.Table('t', db.Column('a', db.Integer, primary_key=True), db.Column('b', db.Integer))\n"
    text += "u = db.Table('u', db.metadata, db.Column('a', db.Integer, primary_key=True))\n"

    assert [[column.name for column in table.columns] for table in static(tmp_path, text).tables] == [["a", "b"], ["a"]]


def test_what_a_column_checks_is_the_tables_as_much_as_its_own(tmp_path: Path) -> None:
    text = HEAD + "class A(Base):\n    __tablename__ = 'a'\n" + ID
    text += "    b = Column(Integer, CheckConstraint('b > 0'))\n    c = Column(Integer, CheckConstraint('c > 0', name='pos'))\n"
    run, seen = read(tmp_path, text), static(tmp_path, text)

    assert [check.expression.value for check in run.tables[0].checks] == ["b > 0", "c > 0"]
    assert run.tables == seen.tables


def test_a_field_that_is_none_by_default_takes_none_as_its_release_of_pydantic_has_it(tmp_path: Path) -> None:
    text = "from sqlmodel import *\nclass A(SQLModel, table=True):\n    id: int = Field(primary_key=True)\n"
    text += "    a: str = Field(default=None)\n    b: str = None\n    c: str\n"

    assert static(tmp_path, text).tables == read(tmp_path, text).tables

    bare = tmp_path / "venv" / "bin" / "python"
    bare.parent.mkdir(parents=True)
    bare.touch()
    schema = opened(tmp_path, "models.py", static=True, python=str(bare)).load()
    assert [column.nullable and column.nullable.value for column in schema.tables[0].columns] == [
        False,
        None,
        None,
        False,
    ]


def test_members_of_enums_stand_for_their_values_and_names(tmp_path: Path) -> None:
    text = (
        "import enum\n"
        + HEAD
        + "class S(str, enum.Enum):\n    A = 'aa'\n    B = 'bb'\nclass A(Base):\n    __tablename__ = 'a'\n"
        + ID
    )
    text += (
        "    a = mapped_column(Text, server_default=S.A.value)\n    b = mapped_column(Text, server_default=S.A.name)\n"
    )
    for number, given in enumerate(("[e.name for e in x]", "[str(e.value) for e in x]", "list(e.value for e in x)")):
        text += f"    e{number} = mapped_column(Enum(S, name='e{number}', values_callable=lambda x: {given}))\n"
    run, seen = read(tmp_path, text), static(tmp_path, text)

    assert run.tables == seen.tables
    assert run.enums == seen.enums
    assert seen.problems == ()


def test_a_type_that_is_not_understood_may_be_an_enum_that_is_not_seen(tmp_path: Path) -> None:
    text = HEAD + "class A(Base):\n    __tablename__ = 'a'\n" + ID + "    b = Column(Enum(*labels(), name='e'))\n"

    assert {Enum, Sequence} <= static(tmp_path, text).unread


def test_a_mapper_of_ones_own_may_add_columns(tmp_path: Path) -> None:
    text = HEAD + "class M:\n    @declared_attr\n    def __mapper_cls__(cls):\n        return Mapper\n"
    schema = static(tmp_path, text + "class A(M, Base):\n    __tablename__ = 'a'\n" + ID)

    assert Column in schema.tables[0].unread


def test_constraints_name_columns_by_their_keys(tmp_path: Path) -> None:
    text = (
        HEAD
        + "class A(Base):\n    __tablename__ = 'a'\n    __table_args__ = (Index('i', 'k'), UniqueConstraint('k', 'id'))\n"
    )
    text += ID + "    k = Column('b', Integer, key='k')\n"

    assert static(tmp_path, text).tables == read(tmp_path, text).tables


@pytest.mark.parametrize(
    "text",
    [
        "from sqlmodel import *\nclass A(SQLModel, table=True):\n    id: int = Field(primary_key=True)\n    b: str\n    c: int\n    b: str\n",
        HEAD
        + "class A(Base):\n    __tablename__ = 'a'\n    b: Mapped[str]\n"
        + ID
        + "    b: Mapped[int] = mapped_column(unique=True)\n",
    ],
)
def test_what_is_declared_twice_is_one_column(tmp_path: Path, text: str) -> None:
    assert static(tmp_path, text).tables == read(tmp_path, text).tables


@pytest.mark.parametrize(
    "text",
    [
        "from sqlmodel import *\nclass P(SQLModel, table=True):\n    id: int = Field(primary_key=True)\n    all: list['C'] = Relationship(back_populates='p')\n"
        "class B(SQLModel):\n    a: int\n    b: int\n    c: int\n    d: int\n"
        "class C(B, table=True):\n    id: int = Field(primary_key=True)\n    p: P = Relationship(back_populates='all')\n    b: int = Field(sa_column=Column(Integer))\n"
        "    p_id: int = Field(foreign_key='p.id')\n    d: int = Field(unique=True)\n",
        HEAD
        + "class M:\n    m: Mapped[int] = mapped_column(sort_order=-5)\n    n: Mapped[int] = mapped_column(sort_order=5)\n"
        + "class A(M, Base):\n    __tablename__ = 'a'\n    b: Mapped[int]\n"
        + ID,
    ],
)
def test_columns_stand_where_importing_puts_them(tmp_path: Path, text: str) -> None:
    run, seen = read(tmp_path, text), static(tmp_path, text)

    assert [[column.name for column in table.columns] for table in run.tables] == [
        [column.name for column in table.columns] for table in seen.tables
    ]


def test_a_class_of_flask_sqlalchemy_without_a_key_is_of_its_bases_table(tmp_path: Path) -> None:
    text = "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n"
    text += "class A(db.Model):\n    __tablename__ = 'a'\n    id = db.Column(db.Integer, primary_key=True)\n"
    text += "class B(A):\n    __tablename__ = 'b'\n    b = db.Column(db.Text)\n"
    text += "class D(A):\n    d = db.Column(db.Text)\nclass C(A):\n    __tablename__ = 'c'\n    id = db.Column(db.ForeignKey('a.id'), primary_key=True)\n"
    schema = static(tmp_path, text)

    assert [str(table.name) for table in schema.tables] == ["public.a", "public.c"]
    assert [column.name for column in schema.tables[0].columns] == ["id", "b", "d"]


@pytest.mark.parametrize(("release", "stored"), [("2.0.40", True), ("1.4.54", True), ("2.1.0", None)])
def test_a_computed_column_is_stored_as_its_release_of_sqlalchemy_has_it(
    tmp_path: Path,
    release: str,
    stored: bool | None,  # noqa: FBT001 - the case itself
) -> None:
    bare = tmp_path / "venv" / "bin" / "python"
    (tmp_path / "venv" / "lib" / "python3.12" / "site-packages" / f"sqlalchemy-{release}.dist-info").mkdir(parents=True)
    bare.parent.mkdir()
    bare.touch()
    text = f"{HEAD}class A(Base):\n    __tablename__ = 'a'\n{ID}    b = mapped_column(Integer, Computed('id + 1'))\n"
    written(tmp_path, models=text)

    schema = opened(tmp_path, "models.py", static=True, python=str(bare)).load()

    generated = schema.tables[0].columns[1].generated
    assert (generated and generated.value and generated.value.stored) == stored
