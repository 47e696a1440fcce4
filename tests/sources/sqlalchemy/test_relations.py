"""Relationships are read as SQLAlchemy acts on them: by importing and from the text, and proven by real deletes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import orm
from tests.sources.sqlalchemy.reading import at, opened, read, written

from ormistice.model import ReferentialAction, Relation, Schema

HEAD = "from sqlalchemy import *\nfrom sqlalchemy.orm import *\n\nclass Base(DeclarativeBase):\n    pass\n\n"
OWNER = "class Owner(Base):\n    __tablename__ = 'owners'\n    id: Mapped[int] = mapped_column(primary_key=True)\n"
ITEM = "class Item(Base):\n    __tablename__ = 'items'\n    id: Mapped[int] = mapped_column(primary_key=True)\n"
KEY = "    owner_id: Mapped[int | None] = mapped_column(ForeignKey('owners.id'))\n"
LINK = (
    "links = Table('links', Base.metadata, Column('owner_id', ForeignKey('owners.id')), "
    "Column('item_id', ForeignKey('items.id')))\n"
)
MODELS = (
    "from sqlmodel import *\n\nclass Owner(SQLModel, table=True):\n    id: int | None = Field(default=None, primary_key=True)\n"
    "    items: list['Item'] = Relationship({})\n\nclass Item(SQLModel, table=True):\n"
    "    id: int | None = Field(default=None, primary_key=True)\n"
    "    owner_id: int | None = Field(default=None, foreign_key='owner.id')\n    owner: Owner | None = Relationship({})\n"
)


def both_of(base: Path, text: str) -> Schema:
    written(base, models=text)
    return both(base)


def both(base: Path, target: str = "models.py") -> Schema:
    """What both ways of reading say, which is the same."""
    imported, static = opened(base, target).load(), opened(base, target, static=True).load()
    assert [table.relations for table in imported.tables] == [table.relations for table in static.tables]
    places = [[each.place for each in table.relations] for table in imported.tables]
    assert places == [[each.place for each in table.relations] for table in static.tables]
    assert not static.problems
    return imported


def told(schema: Schema) -> list[tuple[Any, ...]]:
    return [
        (
            f"{table.name.name}({', '.join(each.columns)})",
            f"{each.references.table.name}({', '.join(each.references.columns)})",
            each.single.value if each.single else None,
            each.on_delete.value.value if each.on_delete else None,
            each.passive,
        )
        for table in schema.tables
        for each in table.relations
    ]


ONE_TO_MANY: list[tuple[str, list[Any]]] = [
    (OWNER + "    items: Mapped[list['Item']] = relationship()\n" + ITEM + KEY, [(False, "SET NULL", False)]),
    (OWNER + "    items = relationship('Item')\n" + ITEM + KEY, [(False, "SET NULL", False)]),
    (OWNER + "    item: Mapped['Item'] = relationship()\n" + ITEM + KEY, [(True, "SET NULL", False)]),
    (OWNER + "    item = relationship('Item', uselist=False)\n" + ITEM + KEY, [(True, "SET NULL", False)]),
    (OWNER + ITEM + KEY + "    owner: Mapped[Owner] = relationship()\n", [(None, None, False)]),
    (
        OWNER + ITEM + KEY + "    owner = relationship(lambda: Owner, backref='items')\n",
        [(False, "SET NULL", False)],
    ),
    (
        OWNER + ITEM + KEY + "    owner = relationship(Owner, backref=backref('item', uselist=False, cascade='all'))\n",
        [(True, "CASCADE", False)],
    ),
    (
        OWNER
        + "    items: Mapped[list['Item']] = relationship(back_populates='owner', cascade='all, delete-orphan', passive_deletes=True)\n"
        + ITEM
        + KEY
        + "    owner: Mapped['Owner | None'] = relationship(back_populates='items')\n",
        [(False, "CASCADE", True)],
    ),
    (
        OWNER + "    items: Mapped[set['Item']] = relationship(cascade='save-update, delete')\n" + ITEM + KEY,
        [(False, "CASCADE", False)],
    ),
    (
        OWNER + "    items = relationship('Item', passive_deletes='all')\n" + ITEM + KEY,
        [(False, "NO ACTION", True)],
    ),
    (OWNER + "    items = relationship('Item', viewonly=True)\n" + ITEM + KEY, [(False, "NO ACTION", False)]),
    (
        OWNER
        + "    seen = relationship('Item', viewonly=True)\n    items = relationship('Item', cascade='all')\n"
        + ITEM
        + KEY,
        [(False, "CASCADE", False)],
    ),
    (
        OWNER
        + "    items = relationship('Item', foreign_keys='Item.owner_id', primaryjoin='Owner.id == Item.owner_id')\n"
        + ITEM
        + KEY
        + "    editor_id = Column(ForeignKey('owners.id'))\n",
        [(False, "SET NULL", False)],
    ),
    (
        "class M:\n    @declared_attr\n    def owner_id(cls):\n        return Column(ForeignKey('owners.id'))\n"
        "    @declared_attr\n    def owner(cls):\n        return relationship('Owner')\n"
        + OWNER
        + ITEM.replace("(Base)", "(M, Base)"),
        [(None, None, False)],
    ),
]
SQLMODEL: list[tuple[str, str, tuple[Any, ...]]] = [
    ("", "", (False, "SET NULL", False)),
    ("cascade_delete=True", "", (False, "CASCADE", False)),
    ("back_populates='owner', passive_deletes='all'", "back_populates='items'", (False, "NO ACTION", True)),
    ("sa_relationship_kwargs={'cascade': 'all, delete', 'uselist': False}", "", (True, "CASCADE", False)),
    ("sa_relationship_kwargs=dict(lazy='selectin')", "", (False, "SET NULL", False)),
    ("sa_relationship_kwargs=dict(lazy='selectin', uselist=False)", "back_populates=None", (True, "SET NULL", False)),
]


def numbered(text: str, number: int) -> str:
    """A module whose classes and tables are no other's, so that many are read at once."""
    for name in ("Owner", "Item", "owners", "items", "owner.id"):
        text = text.replace(name, f"{name.removesuffix('.id')}{number}{'.id' * name.endswith('.id')}")
    return text


def test_one_to_many(tmp_path: Path) -> None:
    written(tmp_path, **{f"models/m{n}": numbered(HEAD + text, n) for n, (text, _) in enumerate(ONE_TO_MANY)})
    schema = both(tmp_path, "models")

    expected = [
        (f"items{n}(owner_id)", f"owners{n}(id)", *each) for n, (_, group) in enumerate(ONE_TO_MANY) for each in group
    ]
    assert sorted(told(schema)) == sorted(expected)


def test_sqlmodel(tmp_path: Path) -> None:
    texts = [MODELS.format(owner, item) for owner, item, _ in SQLMODEL]
    written(tmp_path, **{f"models/m{n}": numbered(text, n) for n, text in enumerate(texts)})
    schema = both(tmp_path, "models")

    assert told(schema) == [
        (f"item{n}(owner_id)", f"owner{n}(id)", *expected) for n, (_, _, expected) in enumerate(SQLMODEL)
    ]


def test_sqlmodel_takes_one_row_where_the_annotation_says_so(tmp_path: Path) -> None:
    schema = both_of(tmp_path, MODELS.format("", "").replace("items: list['Item']", "item: 'Item'"))

    assert told(schema) == [("item(owner_id)", "owner(id)", True, "SET NULL", False)]


def test_a_table_between_two_is_one_relation_for_each(tmp_path: Path) -> None:
    text = OWNER + "    items = relationship('Item', secondary='links', backref='owners')\n" + ITEM + LINK
    schema = both_of(tmp_path, HEAD + text)

    assert told(schema) == [
        ("links(item_id)", "items(id)", None, "CASCADE", False),
        ("links(owner_id)", "owners(id)", None, "CASCADE", False),
    ]


def test_a_table_that_references_itself(tmp_path: Path) -> None:
    text = OWNER + "    above_id = Column(ForeignKey('owners.id'))\n"
    text += "    below = relationship('Owner', cascade='all', backref=backref('above', remote_side=[id]))\n"
    schema = both_of(tmp_path, HEAD + text)

    assert told(schema) == [("owners(above_id)", "owners(id)", False, "CASCADE", False)]


def test_composite_keys_are_paired(tmp_path: Path) -> None:
    text = (
        "class A(Base):\n    __tablename__ = 'a'\n    x = Column(Integer, primary_key=True)\n    y = Column(Integer, primary_key=True)\n"
        "    many = relationship('B')\nclass B(Base):\n    __tablename__ = 'b'\n    id = Column(Integer, primary_key=True)\n"
        "    q = Column(Integer)\n    p = Column(Integer)\n    __table_args__ = (ForeignKeyConstraint(['q', 'p'], ['a.x', 'a.y']),)\n"
    )
    schema = both_of(tmp_path, HEAD + text)

    assert told(schema) == [("b(p, q)", "a(y, x)", False, "SET NULL", False)]


def test_places(tmp_path: Path) -> None:
    text = OWNER + "    items = relationship('Item', cascade='all', uselist=False, back_populates='owner')\n"
    text += ITEM + KEY + "    owner = relationship('Owner', back_populates='items')\n"
    schema = both_of(tmp_path, HEAD + text)
    (relation,) = schema.tables[1].relations

    assert at(schema, relation.place) == "owner = relationship('Owner', back_populates='items')"
    assert relation.on_delete is not None
    assert at(schema, relation.on_delete) == "'all'"
    assert not relation.on_delete.implicit
    assert relation.single is not None
    assert at(schema, relation.single) == "False"


def test_a_cascade_that_is_unsaid_lies_where_it_would_be_written(tmp_path: Path) -> None:
    text = OWNER + "    items = relationship('Item')\n" + ITEM + KEY
    (relation,) = both_of(tmp_path, HEAD + text).tables[1].relations

    assert relation.on_delete is not None
    assert relation.on_delete.implicit
    span: Any = relation.on_delete.place
    assert (HEAD + text)[: span.start].endswith("relationship('Item'")
    assert span.start == span.end


@pytest.mark.parametrize(
    "argument",
    [
        "'Nobody'",
        "'Item', primaryjoin=make()",
        "'Item', cascade=CASCADES[0]",
        "'Item', **more",
        "'Item', foreign_keys=[x]",
    ],
)
def test_what_is_not_clear_from_the_text_is_told(tmp_path: Path, argument: str) -> None:
    written(tmp_path, models=HEAD + OWNER + f"    items = relationship({argument})\n" + ITEM + KEY)
    schema = opened(tmp_path, "models.py", static=True).load()

    assert [problem.message.partition(":")[0] for problem in schema.problems] == ["relationship `items`"]
    assert Relation in schema.tables[0].unread
    assert told(schema) == []


def test_relationships_that_sqlalchemy_refuses_are_told_and_cost_nothing_else(tmp_path: Path) -> None:
    schema = read(tmp_path, HEAD + OWNER + "    items = relationship('Nobody')\n")

    assert [table.name.name for table in schema.tables] == ["owners"]
    assert "Nobody" in schema.problems[0].message
    assert Relation in schema.tables[0].unread


# What SQLAlchemy really does to the referencing rows, loaded and not, against what is read of the same text.

ARGUMENTS = [
    "",
    "cascade='all'",
    "cascade='all, delete-orphan'",
    "cascade='save-update, delete', passive_deletes=True",
    "passive_deletes=True",
    "passive_deletes='all'",
    "viewonly=True",
    "cascade='save-update'",
    "uselist=False, cascade='all'",
]


def outcome(url: str, text: str, *, loaded: bool) -> ReferentialAction:
    """What becomes of a row of `items` when its owner is deleted through the ORM, by a key that itself does nothing."""
    module: dict[str, Any] = {"__name__": "models"}
    exec(compile(text, "models", "exec"), module)  # noqa: S102 - our own text
    engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    items = module["Item"].__table__
    try:
        module["Base"].metadata.drop_all(engine)
        module["Base"].metadata.create_all(engine)
        with orm.Session(engine) as session:
            session.execute(module["Owner"].__table__.insert().values(id=1))
            session.execute(items.insert().values(id=1, owner_id=1))
            session.commit()
            owner: Any = session.get(module["Owner"], 1)
            if loaded:
                assert owner.items is not None
            session.delete(owner)
            try:
                session.commit()
            except sa.exc.IntegrityError:
                return ReferentialAction.NO_ACTION
            left = session.execute(sa.select(items.c.owner_id)).all()
            return ReferentialAction.SET_NULL if left == [(None,)] else ReferentialAction.CASCADE
    finally:
        engine.dispose()


@pytest.mark.parametrize("arguments", ARGUMENTS)
def test_deletes_do_what_is_read(tmp_path: Path, new_database: Callable[[], str], arguments: str) -> None:
    text = HEAD + OWNER + f"    items = relationship('Item', {arguments})\n" + ITEM + KEY
    written(tmp_path, models=text)
    (relation,) = opened(tmp_path, "models.py", static=True).load().tables[1].relations
    url = new_database()

    assert relation.on_delete is not None
    assert outcome(url, text, loaded=True) is relation.on_delete.value
    untouched = ReferentialAction.NO_ACTION if relation.passive else relation.on_delete.value
    assert outcome(url, text, loaded=False) is untouched


def test_rows_of_a_table_between_two_are_deleted(new_database: Callable[[], str]) -> None:
    text = OWNER + "    items = relationship('Item', secondary='links')\n" + ITEM + LINK
    module: dict[str, Any] = {"__name__": "models"}
    exec(compile(HEAD + text, "models", "exec"), module)  # noqa: S102 - our own text
    engine = sa.create_engine(new_database().replace("postgresql://", "postgresql+psycopg://"))
    module["Base"].metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add(module["Owner"](id=1, items=[module["Item"](id=1)]))
        session.commit()
        session.delete(session.get(module["Owner"], 1))
        session.commit()
        counted = [
            session.scalar(sa.select(sa.func.count()).select_from(sa.table(name))) for name in ("links", "items")
        ]
    engine.dispose()

    assert counted == [0, 1]
