"""What edits leave alone: layouts, comments, line breaks, prefixes; and what is shared, and so not written."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.sources.sqlalchemy.reading import opened, written
from tests.sources.sqlalchemy.writing import (
    HERE,
    USERS,
    Ask,
    added,
    after,
    another_of,
    column_of,
    rewritten,
    said,
    source_of,
)

from ormistice.fixes import Applicability, Change, Occupied, Patch, edited
from ormistice.model import CheckConstraint, Column, Enum, Index, IndexElement, Schema, SqlDefault, UniqueConstraint
from ormistice.names import QualifiedName
from ormistice.types import parse_type

HEAD = "from sqlalchemy import *\nfrom sqlalchemy.orm import *\nclass Base(DeclarativeBase):\n    pass\n"
USER = HEAD + "class User(Base):\n    __tablename__ = 'users'\n    id = Column(Integer, primary_key=True)\n"


another = partial(another_of, USERS)


def labelled(*labels: str) -> Ask:
    return lambda schema: Change("models", schema.enums[0], replace(schema.enums[0], labels=tuple(map(said, labels))))


def ordered(*names: str) -> Ask:
    def ask(schema: Schema) -> Change:
        table = schema.table(USERS)
        assert table is not None
        columns = {column.name: column for column in table.columns}
        return Change("models", table, replace(table, columns=tuple(columns[name] for name in names)))

    return ask


def dropped(name: str) -> Ask:
    return lambda schema: Change("models", schema.table(QualifiedName("public", name)), None)


def index(column: str, table: QualifiedName = USERS) -> Index:
    values = {"unique": False, "method": "btree", "predicate": None, "include": (), "nulls_not_distinct": False}
    return Index(
        table, (IndexElement(column),), HERE, name=said("by"), **{key: said(value) for key, value in values.items()}
    )


def check(expression: str = "id > 0", name: str | None = "positive") -> CheckConstraint:
    return CheckConstraint(USERS, said(expression), HERE, said(value=True), said(name) if name else None)


def column(name: str, kind: str, *, nullable: bool = True, default: str | None = None) -> Column:
    return column_of(USERS, name, kind, nullable=nullable, default=SqlDefault(default) if default else None)


@pytest.mark.parametrize(
    ("before", "ask", "after"),
    [
        pytest.param(
            "    name = Column(\n        String,  # kind\n        nullable=False,  # never\n    )\n",
            another("name", nullable=True),
            "    name = Column(\n        String,  # kind\n        nullable=True,  # never\n    )\n",
            id="a value alone",
        ),
        pytest.param(
            "    name = Column(\n        String,  # kind\n        nullable=False  # never\n    )\n",
            another("name", default=SqlDefault("'x'")),
            "    name = Column(\n        String,  # kind\n        nullable=False,  # never\n        server_default='x'\n    )\n",
            id="a line behind a comment",
        ),
        pytest.param(
            "    name = Column(String,\n                  nullable=False)\n",
            another("name", comment="c"),
            "    name = Column(String,\n                  nullable=False, comment='c')\n",
            id="an open layout",
        ),
        pytest.param(
            "    name = deferred(Column(Text))\n",
            another("name", nullable=False),
            "    name = deferred(Column(Text, nullable=False))\n",
            id="deferred",
        ),
        pytest.param(
            "    a = 1; name = Column(Text)\n",
            another("name", nullable=False),
            "    a = 1; name = Column(Text, nullable=False)\n",
            id="two statements on a line",
        ),
        pytest.param(
            "    name: Mapped[str] = mapped_column(Text)\n",
            another("name", nullable=True),
            "    name: Mapped[str | None] = mapped_column(Text)\n",
            id="an annotation",
        ),
        pytest.param(
            "    name: Mapped['str'] = mapped_column(Text)\n",
            another("name", nullable=True),
            "    name: Mapped['str'] = mapped_column(Text, nullable=True)\n",
            id="an annotation in quotation marks",
        ),
        pytest.param(
            "    name: Mapped[int]\n",
            another("name", type=parse_type("varchar")),
            "    name: Mapped[str]\n",
            id="a type by annotation alone",
        ),
        pytest.param(
            "    a = Column(Text)  # A\n",
            added(column("b", "integer")),
            "    a = Column(Text)  # A\n    b = Column(Integer)\n",
            id="a column behind a comment",
        ),
        pytest.param(
            "    text = Column(Text)\n",
            another("text", default=SqlDefault("1")),
            "    text = Column(Text, server_default=sa_text('1'))\n",
            id="a name that the class hides",
        ),
        pytest.param(
            "    # first\n    a = Column(Text)  # A\n    b = Column(\n        Text,\n    )\n    def f(self): ...\n    c = Column(Text)\n",
            ordered("id", "c", "a", "b"),
            "    c = Column(Text)\n    # first\n    a = Column(Text)  # A\n    def f(self): ...\n    b = Column(\n        Text,\n    )\n",
            id="another order",
        ),
    ],
)
def test_only_what_is_asked_for_changes(tmp_path: Path, before: str, ask: Ask, after: str) -> None:
    text = rewritten(tmp_path, USER + before, ask)

    assert text is not None
    assert text.removeprefix("from sqlalchemy import text as sa_text\n") == USER + after


@pytest.mark.parametrize(
    ("args", "item", "after"),
    [
        ('{"comment": "Hm"}', index("id"), '(Index("by", "id"), {"comment": "Hm"})'),
        ("(CheckConstraint('id > 1'),)", index("id"), "(CheckConstraint('id > 1'), Index('by', 'id'))"),
        (
            "(\n        CheckConstraint('id > 1'),  # why\n        # more\n    )",
            index("id"),
            "(\n        CheckConstraint('id > 1'),  # why\n        Index('by', 'id'),\n        # more\n    )",
        ),
        (
            "(CheckConstraint('id > 1'), {'comment': 'Hm'})",
            check(),
            "(CheckConstraint('id > 1'), CheckConstraint('id > 0', name='positive'), {'comment': 'Hm'})",
        ),
    ],
)
def test_table_arguments_keep_their_form(tmp_path: Path, args: str, item: Any, after: str) -> None:
    text = (
        HEAD
        + "class User(Base):\n    __tablename__ = 'users'\n    __table_args__ = {}\n    id = Column(Integer, primary_key=True)\n"
    )
    text = text + "# " + "-" * 115 + "\n"  # lines of this file may be long

    assert rewritten(tmp_path, text.replace("{}", args), added(item)) == text.replace("{}", after)


def test_table_arguments_are_made_where_there_are_none(tmp_path: Path) -> None:
    made = "    __table_args__ = (Index('by', 'id'),)\n"
    documented = USER.replace("'users'\n", "'users'  # é\n")
    assert rewritten(tmp_path, documented, added(index("id"))) == documented.replace("# é\n", "# é\n" + made)

    bare = 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nclass Users(db.Model):\n    """Doc."""\n    id = db.Column(db.Integer, primary_key=True)\n'
    made = '\n    __table_args__ = (db.CheckConstraint("id > 0", name="positive"),)\n'
    assert rewritten(tmp_path, bare, added(check())) == bare.replace('Doc."""\n', 'Doc."""\n' + made)


def test_options_that_a_base_gives_are_repeated(tmp_path: Path) -> None:
    text = (
        HEAD
        + "class Mixin:\n    __table_args__ = {'schema': 'app'}\nclass User(Mixin, Base):\n    __tablename__ = 'users'\n    id = Column(Integer, primary_key=True)\n"
    )
    made = "    __table_args__ = (Index('by', 'id'), {'schema': 'app'})\n"

    written = rewritten(tmp_path, text, added(index("id", QualifiedName("app", "users"))))

    assert written == text.replace("'users'\n", "'users'\n" + made)


@pytest.mark.parametrize("line", ["\n", "\r\n"])
def test_line_breaks_stay(tmp_path: Path, line: str) -> None:
    text = USER.replace("\n", line).removesuffix(line)

    assert rewritten(tmp_path, text, added(column("b", "text"))) == f"{text}{line}    b = Column(Text)"


CONVENTION = """from sqlalchemy import *
from sqlalchemy.orm import *
class Base(DeclarativeBase):
    metadata = MetaData(naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    })
class User(Base):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True)
    name = Column(String)
"""


def test_a_name_that_a_convention_derives_is_not_written(tmp_path: Path) -> None:
    unique = UniqueConstraint(USERS, ("name",), HERE, said(value=False), None, said(()), said("uq_users_name"))
    source = rewritten_text(tmp_path, added(unique))
    assert source == CONVENTION.replace("Column(String)", "Column(String, unique=True)")

    source = rewritten_text(tmp_path, added(replace(unique, name=said("its_own"))))
    assert 'UniqueConstraint("name", name="its_own")' in source
    source = rewritten_text(tmp_path, added(check(name="ck_users_positive")))
    assert 'CheckConstraint("id > 0", name="positive")' in source
    source = rewritten_text(tmp_path, added(check(name="its_own")))
    assert 'CheckConstraint("id > 0", name=conv("its_own"))' in source
    assert "from sqlalchemy.schema import conv\n" in source


def test_a_convention_is_found_in_a_module_that_declares_nothing_else(tmp_path: Path) -> None:
    written(
        tmp_path,
        meta='from sqlalchemy import MetaData\nmetadata = MetaData(naming_convention={"ck": "ck_%(table_name)s_%(constraint_name)s"})\n',
        bases="from sqlalchemy.orm import declarative_base\nfrom meta import metadata\nBase = declarative_base(metadata=metadata)\n",
        models=USER.replace("class Base(DeclarativeBase):\n    pass\n", "from bases import Base\n"),
    )
    source = opened(tmp_path, "models.py")
    schema = source.load()

    patch = source.write(schema, added(check(name="ck_users_positive"))(schema))

    assert isinstance(patch, Patch)
    assert [edit.text for edit in patch.edits if "CheckConstraint" in edit.text and "positive" in edit.text]
    assert "ck_users_positive" not in "".join(edit.text for edit in patch.edits)
    (stated,) = source.load((patch,)).tables[0].checks
    assert stated.name is not None
    assert stated.name.value == "ck_users_positive"


def rewritten_text(base: Path, ask: Ask) -> str:
    source = source_of(base, CONVENTION)
    schema = source.load()
    patch = source.write(schema, ask(schema))
    assert patch is not None
    return after(schema, patch)


ENUM = (
    "import enum\n"
    + HEAD
    + "class Kind(enum.Enum):\n{}class User(Base):\n    __tablename__ = 'users'\n    id = Column(Integer, primary_key=True)\n    kind = Column(Enum(Kind{}))\n"
)


@pytest.mark.parametrize(
    ("before", "by_value", "labels", "after"),
    [
        ("    A = 'a'\n    B = 'b'  # é\n", False, "A C B", "    A = 'a'\n    C = 'c'\n    B = 'b'  # é\n"),
        ("    A = 1\n    B = 2\n", False, "A B C", "    A = 1\n    B = 2\n    C = 3\n"),
        (
            "    A = enum.auto()\n    B = enum.auto()\n",
            False,
            "A B C",
            "    A = enum.auto()\n    B = enum.auto()\n    C = enum.auto()\n",
        ),
        ("    A = 'a'\n    B = 'b'  # é\n", False, "B A", "    B = 'b'  # é\n    A = 'a'\n"),
        ("    A = 'a'\n    B = 'b'\n", False, "B", "    B = 'b'\n"),
        ("    A = 'a'; B = 'b'\n", False, "A C B", "    A = 'a'; C = 'c'; B = 'b'\n"),
        (
            "    FIRST = 'first-one'\n",
            True,
            "first-one second-one",
            "    FIRST = 'first-one'\n    SECOND_ONE = 'second-one'\n",
        ),
        ("    _1H = '1h'\n    DAY = 'day'\n", True, "day 2h", "    DAY = 'day'\n    _2H = '2h'\n"),
        ("    _X = 'x'\n    A = 'a'\n", False, "A _Y _X", "    A = 'a'\n    _Y = '_Y'\n    _X = 'x'\n"),
        ("    A = 'a'\n", True, "a 2h", "    A = 'a'\n    VALUE_2H = '2h'\n"),
    ],
)
def test_labels_are_members(tmp_path: Path, before: str, by_value: bool, labels: str, after: str) -> None:  # noqa: FBT001 - the case itself
    more = ", values_callable=lambda e: [each.value for each in e]" if by_value else ""

    text = rewritten(tmp_path, ENUM.format(before, more), labelled(*labels.split()))

    assert text == ENUM.format(after, more)


BY_VALUE = "values_callable=lambda members: [member.value for member in members]"


@pytest.mark.parametrize(
    ("column", "labels", "after"),
    [
        ("kind = Column(Enum(Kind))", "a b", f"kind = Column(Enum(Kind, {BY_VALUE}))"),
        (
            "kind = Column(Enum(Kind, values_callable=lambda e: [each.value for each in e]), nullable=False)",
            "A B",
            "kind = Column(Enum(Kind), nullable=False)",
        ),
        (
            "kind = Column(Enum(Kind, values_callable=lambda e: [each.name for each in e]))",
            "a b",
            f"kind = Column(Enum(Kind, {BY_VALUE}))",
        ),
        (
            "kind: Mapped[Kind | None] = mapped_column()",
            "a b",
            f"kind: Mapped[Kind | None] = mapped_column(\n        Enum(Kind, {BY_VALUE})\n    )",
        ),
        ("kinds = Column(ARRAY(Enum(Kind)))", "a b", f"kinds = Column(ARRAY(Enum(Kind, {BY_VALUE})))"),
        ("kind = Column(KIND)\n    other = Column(KIND)", "a b", "kind = Column(KIND)\n    other = Column(KIND)"),
    ],
)
def test_values_of_members_are_labels_where_their_names_were(
    tmp_path: Path, column: str, labels: str, after: str
) -> None:
    """No member goes by another name: the code that names it goes on working."""
    start = (
        f"#{'-' * 140}\nimport enum\n{HEAD}class Kind(enum.Enum):\n    A = 'a'\n    B = 'b'\nKIND = Enum(Kind)\n"
        "class User(Base):\n    __tablename__ = 'users'\n    id = Column(Integer, primary_key=True)\n    "
    )

    text = rewritten(tmp_path, f"{start}{column}\n", labelled(*labels.split()))

    expected = start if "KIND" not in after else start.replace("KIND = Enum(Kind)", f"KIND = Enum(Kind, {BY_VALUE})")
    assert text == f"{expected}{after}\n"


def test_some_of_the_labels_are_values_of_members(tmp_path: Path) -> None:
    text = rewritten(tmp_path, ENUM.format("    A = 'a'\n    B = 'b'\n", ""), labelled("a", "c", "b"))

    enum, column = ENUM.format("    A = 'a'\n    C = 'c'\n    B = 'b'\n", "").split("Enum(Kind)")
    assert text == f"{enum}\n        Enum(Kind, {BY_VALUE})\n    {column}"


def test_labels_in_every_call_and_in_lists(tmp_path: Path) -> None:
    two = USER + "    a = Column(Enum('x', 'y', name='k'))\n    b = Column(Enum('x', 'y', name='k'))\n"
    assert rewritten(tmp_path, two, labelled("x", "y", "z")) == two.replace("'y',", "'y', 'z',")
    shared = (
        USER.replace("class User", "k = Enum('x', 'y', name='k')\nclass User")
        + "    a = Column(k)\n    b = Column(k)\n"
    )
    assert rewritten(tmp_path, shared, labelled("w", "x", "y")) == shared.replace("'x',", "'w', 'x',")
    listed = USER.replace("class User", "KINDS = ['x', 'y']\nclass User") + "    a = Column(Enum(*KINDS, name='k'))\n"
    assert rewritten(tmp_path, listed, labelled("x", "z"), static=False) == listed.replace("'y'", "'z'")


def test_a_class_goes_with_its_blank_lines(tmp_path: Path) -> None:
    other = "\n\nclass Other(Base):\n    __tablename__ = 'others'\n    id = Column(Integer, primary_key=True)\n"
    assert rewritten(tmp_path, USER + other, dropped("others")) == USER
    assert rewritten(tmp_path, USER + other + "\n\nx = 1\n", dropped("others")) == USER + "\n\nx = 1\n"


@pytest.mark.parametrize(
    ("text", "ask"),
    [
        pytest.param(
            HEAD
            + "class Stamped:\n    at = Column(DateTime)\nclass User(Stamped, Base):\n    __tablename__ = 'users'\n    id = Column(Integer, primary_key=True)\n"
            + "class Other(Stamped, Base):\n    __tablename__ = 'others'\n    id = Column(Integer, primary_key=True)\n",
            another("at", nullable=False),
            id="a column of several tables",
        ),
        pytest.param(
            HEAD
            + "class Mixin:\n    __table_args__ = (CheckConstraint('id > 0', name='x'),)\nclass User(Mixin, Base):\n    __tablename__ = 'users'\n    id = Column(Integer, primary_key=True)\n",
            added(index("id")),
            id="arguments of a base",
        ),
        pytest.param(
            HEAD + "class User(Base): __tablename__ = 'users'; id = Column(Integer, primary_key=True)\n",
            added(check()),
            id="a class on one line",
        ),
        pytest.param(USER, another("id", nullable=True), id="a primary key that takes NULL"),
        pytest.param(USER, another("id", collation="C"), id="a collation of numbers"),
        pytest.param(USER, added(column("v", "vector(3)")), id="a type that SQLAlchemy has not"),
        pytest.param(USER, added(Enum(QualifiedName("public", "User"), (said("a"),), HERE)), id="a name that is taken"),
        pytest.param(
            USER
            + "class Other(Base):\n    __tablename__ = 'others'\n    id = Column(Integer, primary_key=True)\n    user = relationship('User', primaryjoin='User.id == foreign(Other.id)')\n",
            dropped("users"),
            id="a class that is named elsewhere",
        ),
    ],
)
def test_what_is_shared_or_has_no_words_is_not_written(tmp_path: Path, text: str, ask: Ask) -> None:
    assert rewritten(tmp_path, text, ask) is None


@pytest.mark.parametrize(
    ("relationship", "is_written"),
    [
        ("relationship('Other')", True),
        ("relationship(lambda: Other)", True),
        ("relationship('Other', secondary='links')", False),
        ("relationship('User')", False),
        ("relationship(found())", False),
        ("relation('User')", False),
        ("relationship('User', primaryjoin='Post.user_id == foreign(User.id)')", True),
    ],
)
def test_a_key_that_a_relationship_may_follow_stays(tmp_path: Path, relationship: str, *, is_written: bool) -> None:
    text = (
        USER
        + "class Other(Base):\n    __tablename__ = 'others'\n    id = Column(Integer, primary_key=True)\n    post_id = Column(ForeignKey('posts.id'))\n"
        + "class Post(Base):\n    __tablename__ = 'posts'\n    id = Column(Integer, primary_key=True)\n"
        + f"    user_id = Column(Integer, ForeignKey('users.id'))\n    others = {relationship}\n"
    )

    def unbound(schema: Schema) -> Change:
        posts = schema.table(QualifiedName("public", "posts"))
        assert posts is not None
        return Change("models", posts.foreign_keys[0], None)

    source = source_of(tmp_path, text, static=True)
    schema = source.load()

    assert (source.write(schema, unbound(schema)) is not None) == is_written


def test_two_constraints_do_not_both_make_the_arguments(tmp_path: Path) -> None:
    source = source_of(tmp_path, USER)
    schema = source.load()
    one, two = (source.write(schema, added(item)(schema)) for item in (check(), index("id")))
    assert one is not None
    assert two is not None

    occupied = Occupied()
    occupied.take(one)
    assert not occupied.fits(two)


@pytest.mark.parametrize(
    ("head", "imports"),
    [
        pytest.param("", "from sqlalchemy import CheckConstraint, Index\n", id="none"),
        pytest.param("import datetime\n\n", "from sqlalchemy import CheckConstraint, Index\n", id="others"),
        pytest.param(
            "from sqlalchemy import String\n", "from sqlalchemy import CheckConstraint, Index, String\n", id="a line"
        ),
        pytest.param(
            "from sqlalchemy import (\n    BigInteger,\n    String,\n)\n",
            "from sqlalchemy import (\n    BigInteger,\n    CheckConstraint,\n    Index,\n    String,\n)\n",
            id="several lines",
        ),
        pytest.param(
            "from sqlalchemy import (  # columns\n    BigInteger, String\n)\n",
            "from sqlalchemy import (  # columns\n    BigInteger, CheckConstraint, Index, String\n)\n",
            id="in brackets",
        ),
    ],
)
def test_what_two_fixes_import_is_one_statement(tmp_path: Path, head: str, imports: str) -> None:
    orm = (
        "from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column\n\nclass Base(DeclarativeBase):\n    pass\n"
    )
    body = "class User(Base):\n    __tablename__ = 'users'\n    __table_args__ = ()\n"
    text = head + orm + body + "    id: Mapped[int] = mapped_column(primary_key=True)\n    name: Mapped[str]\n"
    source = source_of(tmp_path, text)
    schema = source.load()
    one, two = (source.write(schema, added(item)(schema)) for item in (check(), index("name")))
    assert one is not None
    assert two is not None
    occupied = Occupied()
    occupied.take(one)
    assert not occupied.fits(two)

    source = source_of(tmp_path, after(schema, one))
    schema = source.load()
    two = source.write(schema, added(index("name"))(schema))
    assert two is not None
    written = after(schema, two)
    assert imports in written
    assert written.count("import CheckConstraint") + written.count("CheckConstraint,\n") <= 1


KINDS = (
    HEAD
    + """import enum
class Kind(enum.Enum):
    one = "ONE"
    another = "ANOTHER"
class Secret(TypeDecorator):
    impl = String(20)
    cache_ok = True
class User(Base):
    __tablename__ = 'users'
    id = Column(Integer, primary_key=True)
"""
)


@pytest.mark.parametrize(
    ("before", "kind", "after", "applicability"),
    [
        pytest.param(
            "    kind = Column(Enum(Kind, native_enum=False), nullable=False)\n",
            "varchar(50)",
            "    kind = Column(Enum(Kind, native_enum=False, length=50), nullable=False)\n",
            Applicability.SAFE,
            id="an enum kept as text stays one",
        ),
        pytest.param(
            "    kind: Mapped[Kind] = mapped_column(\n        Enum(Kind, native_enum=False, length=10),\n    )\n",
            "varchar(12)",
            "    kind: Mapped[Kind] = mapped_column(\n        Enum(Kind, native_enum=False, length=12),\n    )\n",
            Applicability.SAFE,
            id="of another length",
        ),
        pytest.param(
            "    kind = Column(Enum(Kind, native_enum=False))\n",
            "text",
            "    kind = Column(Text)\n",
            Applicability.UNSAFE,
            id="values are not the enum's members any more",
        ),
        pytest.param(
            "    kind = Column(Secret)\n",
            "varchar(50)",
            "    kind = Column(String(50))\n",
            Applicability.UNSAFE,
            id="values are what the database has",
        ),
        pytest.param(
            "    kind = Column(String(20))\n",
            "varchar(50)",
            "    kind = Column(String(50))\n",
            Applicability.SAFE,
            id="a type without more",
        ),
    ],
)
def test_what_makes_values_of_the_application_stays(
    tmp_path: Path, before: str, kind: str, after: str, applicability: Applicability
) -> None:
    written(tmp_path, app=KINDS + before)
    source = opened(tmp_path, "app.py")
    schema = source.load()
    patch = source.write(schema, another("kind", type=parse_type(kind))(schema))

    assert isinstance(patch, Patch)
    text = edited(schema.documents[0].path, schema.documents[0].text, (patch,))
    assert (patch.applicability, text.endswith(after)) == (applicability, True), text


def test_an_enum_whose_labels_do_not_fit_is_not_shortened(tmp_path: Path) -> None:
    assert (
        rewritten(
            tmp_path,
            KINDS + "    kind = Column(Enum(Kind, native_enum=False))\n",
            another("kind", type=parse_type("varchar(3)")),
        )
        is None
    )
