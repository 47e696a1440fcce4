"""Every value is tied to the text that states it."""

from pathlib import Path

from tests.sources.sqlalchemy.reading import at, read

from ormistice.model import ReferentialAction, Schema, Table
from ormistice.names import QualifiedName

SQLMODEL = """
    from datetime import datetime
    from enum import Enum
    from typing import Optional

    import sqlalchemy as sa
    from sqlalchemy import ForeignKey as Key, text
    from sqlmodel import Field, SQLModel


    class Status(str, Enum):
        ACTIVE = "active"
        GONE = "gone"


    class Stamped(SQLModel):
        created_at: datetime = Field(sa_column_kwargs={"server_default": text("now()")})


    class Credit(Stamped, table=True):
        __tablename__ = "credits"
        __table_args__ = (
            sa.UniqueConstraint("owner", "status", name="one_each"),
            sa.CheckConstraint("amount >= 0", name="positive"),
            sa.Index("ix_low", sa.text("lower(owner) DESC"), postgresql_where=sa.text("amount > 1")),
        )

        id: Optional[int] = Field(default=None, primary_key=True)
        owner: str = Field(foreign_key="users.id", ondelete="CASCADE", max_length=20)  # naïve ünïcode
        amount: int = 0
        status: Status = Status.ACTIVE
        ünder: Optional[str] = Field(sa_column=sa.Column(sa.String(9), Key('credits.owner', onupdate='CASCADE')))
"""


def only(schema: Schema) -> Table:
    (table,) = schema.tables
    return table


def test_table_is_its_class(tmp_path: Path) -> None:
    schema = read(tmp_path, SQLMODEL)

    text = at(schema, only(schema).place)
    assert text.startswith("class Credit(Stamped, table=True):")
    assert text.endswith("onupdate='CASCADE')))")


def test_column_is_its_statement_wherever_it_is_inherited_from(tmp_path: Path) -> None:
    schema = read(tmp_path, SQLMODEL)

    places = {column.name: at(schema, column.place) for column in only(schema).columns}
    assert places["amount"] == "amount: int = 0"
    assert places["id"] == "id: Optional[int] = Field(default=None, primary_key=True)"
    assert places["created_at"].startswith("created_at: datetime = Field(")
    assert places["ünder"].startswith("ünder: Optional[str]")


def test_reference_is_the_literal_and_actions_are_their_values(tmp_path: Path) -> None:
    schema = read(tmp_path, SQLMODEL)

    owner, under = only(schema).foreign_keys
    assert str(owner) == "REFERENCES public.users (id) ON DELETE CASCADE"
    assert at(schema, owner.references) == '"users.id"'
    assert at(schema, owner.on_delete) == '"CASCADE"'
    assert owner.on_update is None
    assert owner.name is None
    assert str(under) == "REFERENCES public.credits (owner) ON UPDATE CASCADE"
    assert at(schema, under.references) == "'credits.owner'"
    assert at(schema, under.on_update) == "'CASCADE'"
    assert under.on_delete is not None
    assert under.on_delete.implicit
    assert under.on_delete.value is ReferentialAction.NO_ACTION
    assert at(schema, under.on_delete) == ""


def test_aspects_of_columns_are_their_arguments(tmp_path: Path) -> None:
    schema = read(tmp_path, SQLMODEL)

    columns = {column.name: column for column in only(schema).columns}
    assert at(schema, columns["created_at"].default) == 'text("now()")'
    assert at(schema, columns["id"].nullable) == "Optional[int]"
    assert at(schema, columns["ünder"].type) == "sa.String(9)"
    assert str(columns["ünder"].type.value) == "character varying(9)"
    assert columns["ünder"].nullable.implicit
    assert columns["amount"].client_default is not None
    assert columns["amount"].client_default.value == "0"


def test_constraints_are_their_calls(tmp_path: Path) -> None:
    table = only(schema := read(tmp_path, SQLMODEL))

    assert at(schema, table.unique_constraints[0].place).startswith("sa.UniqueConstraint(")
    assert at(schema, table.unique_constraints[0].name) == '"one_each"'
    assert at(schema, table.checks[0].place).startswith("sa.CheckConstraint(")
    (index,) = table.indexes
    assert index.elements[0].expression == "lower(owner)"
    assert index.elements[0].descending
    assert at(schema, index.predicate) == 'sa.text("amount > 1")'


def test_labels_are_their_members(tmp_path: Path) -> None:
    schema = read(tmp_path, SQLMODEL)

    (enum,) = schema.enums
    assert enum.name == QualifiedName("public", "status")
    assert [(label.value, at(schema, label)) for label in enum.labels] == [
        ("ACTIVE", 'ACTIVE = "active"'),
        ("GONE", 'GONE = "gone"'),
    ]


def test_offsets_hold_behind_a_mark_and_foreign_line_breaks(tmp_path: Path) -> None:
    text = "from sqlalchemy import *\r\nm = MetaData()\r\n# \u2028 \x0c é\r\nt = Table('t', m, Column('é', ForeignKey('u.id')))\r\n"
    schema = read(tmp_path, "\ufeff" + text)

    (key,) = only(schema).foreign_keys
    assert at(schema, key.references) == "'u.id'"
    assert at(schema, only(schema).place) == "Table('t', m, Column('é', ForeignKey('u.id')))"


def test_core_tables_mixins_and_aliases(tmp_path: Path) -> None:
    schema = read(
        tmp_path,
        """
        from typing import Annotated
        from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Integer, Table
        from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

        class Base(DeclarativeBase):
            pass

        owner_id = Annotated[int, mapped_column(ForeignKey("owners.id", ondelete="CASCADE"))]

        class Owned:
            @declared_attr
            def group_id(cls) -> Mapped[int]:
                return mapped_column(ForeignKey("groups.id"))

        class Thing(Owned, Base):
            __tablename__ = "things"
            __table_args__ = (ForeignKeyConstraint(["b", "a"], ["pairs.y", "pairs.x"], ondelete="SET NULL"),)
            id: Mapped[int] = mapped_column(primary_key=True)
            owner: Mapped[owner_id]
            a: Mapped[int | None]
            b: Mapped[int | None]

        links = Table("links", Base.metadata, Column("left", ForeignKey("things.id"), primary_key=True))
        """,
    )

    keys = {key.columns: key for table in schema.tables for key in table.foreign_keys}
    assert at(schema, keys[("owner",)].references) == '"owners.id"'
    assert at(schema, keys[("owner",)].on_delete) == '"CASCADE"'
    assert at(schema, keys[("owner",)].place) == "owner: Mapped[owner_id]"
    assert at(schema, keys[("group_id",)].references) == '"groups.id"'
    assert at(schema, keys[("group_id",)].place).startswith("@declared_attr")
    assert keys["a", "b"].references is not None
    assert keys["a", "b"].references.value.columns == ("x", "y")
    assert at(schema, keys["a", "b"].references) == '["pairs.y", "pairs.x"]'
    assert at(schema, keys["a", "b"].on_delete) == '"SET NULL"'
    assert at(schema, keys[("left",)].place) == 'Column("left", ForeignKey("things.id"), primary_key=True)'


IMPERATIVE = """
    from sqlalchemy import Column, Integer, MetaData, Table, Text
    from sqlalchemy.orm import registry

    class Lazy:
        def __str__(self):
            return "in whatever language"

    class Thing:
        note: str

    metadata = MetaData()
    things = Table("things", metadata, Column("id", Integer, primary_key=True), Column("note", Text, comment=Lazy()))
    registry(metadata=metadata).map_imperatively(Thing, things)
"""


def test_what_is_mapped_apart_is_declared_by_its_call(tmp_path: Path) -> None:
    schema = read(tmp_path, IMPERATIVE)

    note = only(schema).columns[1]
    assert at(schema, only(schema).place).startswith('Table("things"')
    assert at(schema, note.place) == 'Column("note", Text, comment=Lazy())'


def test_a_comment_of_another_type_is_told_as_its_text(tmp_path: Path) -> None:
    comment = only(read(tmp_path, IMPERATIVE)).columns[1].comment

    assert comment is not None
    assert comment.value == "in whatever language"


def test_a_predicate_of_python_is_that_of_postgresql(tmp_path: Path) -> None:
    text = """
        from sqlalchemy import Column, Index, Integer, MetaData, Table

        things = Table("things", MetaData(), Column("id", Integer, primary_key=True), Column("n", Integer))
        Index("every", things.c.n, postgresql_where=True)
        Index("some", things.c.n, postgresql_where="n > 0")
    """
    predicates = [index.predicate for index in only(read(tmp_path, text)).indexes]

    assert [each and each.value for each in predicates] == ["true", "n > 0"]
