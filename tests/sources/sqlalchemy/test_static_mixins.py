"""What functions of a mixin make for the class that they are called with is read from the text as it is by importing."""

from pathlib import Path

import pytest
from tests.sources.sqlalchemy.reading import opened, written

from ormistice.model import Schema

HEAD = """
from sqlalchemy import *
from sqlalchemy.orm import *

class Base(DeclarativeBase):
    pass

class Owner(Base):
    __tablename__ = "owners"
    id: Mapped[int] = mapped_column(primary_key=True)

"""
ITEM = """
class Item(Mixin, Base):
    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
"""
KEYS = """
    @declared_attr
    def owner_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("owners.id"))
    @declared_attr
    def editor_id(cls) -> Mapped[int | None]:
        return mapped_column(ForeignKey("owners.id", ondelete="SET NULL"))
"""


def both(base: Path, mixin: str) -> tuple[Schema, Schema]:
    written(base, mixins=HEAD + mixin, models=f"from mixins import *\n{ITEM}")
    return opened(base, "models.py").load(), opened(base, "models.py", static=True).load()


@pytest.mark.parametrize(
    "arguments",
    [
        "'Owner', foreign_keys=[cls.owner_id]",
        "Owner, foreign_keys=cls.owner_id, backref=backref(f'{cls.__tablename__}', cascade='all', passive_deletes=True)",
        "Owner, foreign_keys=f'{cls.__name__}.owner_id'",
        "Owner, foreign_keys='%s.owner_id' % cls.__name__",
        "'Owner', foreign_keys='[{}.owner_id]'.format(cls.__name__)",
        "'Owner', primaryjoin=lambda: Owner.id == cls.owner_id",
        "'Owner', primaryjoin='Owner.id == foreign(%s.owner_id)' % cls.__name__",
        "'Owner', foreign_keys=cls.owner_id, backref='%s_%s' % (cls.__name__.lower(), 'items')",
    ],
)
def test_relationships_of_the_class_that_is_mapped(tmp_path: Path, arguments: str) -> None:
    function = f"    @declared_attr\n    def owner(cls):\n        return relationship({arguments})\n"

    imported, static = both(tmp_path, f"class Mixin:{KEYS}{function}")

    assert static.problems == ()
    assert [len(table.relations) for table in imported.tables] == [0, 1]
    assert [table.relations for table in static.tables] == [table.relations for table in imported.tables]


@pytest.mark.parametrize(
    "body",
    [
        "    @declared_attr\n    def above_id(cls):\n        return Column(ForeignKey(f'{cls.__tablename__}.id'))\n",
        "    @declared_attr\n    def above_id(cls):\n        return Column(ForeignKey('%s.id' % cls.__tablename__))\n",
        "    @declared_attr\n    def above_id(cls):\n        return Column(ForeignKey('{}.id'.format(cls.__tablename__)))\n",
        "    @declared_attr\n    def above_id(cls):\n        name = cls.__tablename__\n        target = name + '.id'\n"
        "        return Column(ForeignKey(target))\n"
        "    @declared_attr\n    def above(cls):\n        return relationship(cls.__name__, remote_side=[cls.id], backref='below')\n",
        "    @declared_attr.directive\n    def __table_args__(cls):\n"
        "        return (Index(f'ix_{cls.__tablename__}_code', 'code'), UniqueConstraint('code', name='u_' + cls.__name__))\n",
    ],
)
def test_names_of_the_class_that_is_mapped(tmp_path: Path, body: str) -> None:
    imported, static = both(tmp_path, f"class Mixin:\n{body}")
    unread = [table.unread for table in static.tables]

    assert static.problems == ()
    assert unread == [frozenset(), frozenset()]
    assert static.tables == imported.tables


@pytest.mark.parametrize(
    "target", ["'%d.id' % cls.width", "'{0:>9}.id'.format(cls.__tablename__)", "'%s.id' % cls.other"]
)
def test_what_is_made_otherwise_is_told(tmp_path: Path, target: str) -> None:
    body = f"    width = 7\n    other = 'owners'\n    @declared_attr\n    def above_id(cls):\n        return Column(ForeignKey({target}))\n"
    written(tmp_path, mixins=f"{HEAD}class Mixin:\n{body}", models=f"from mixins import *\n{ITEM}")

    static = opened(tmp_path, "models.py", static=True).load()

    assert [problem.message.partition(":")[0] for problem in static.problems] == ["foreign key"]
    assert [len(table.foreign_keys) for table in static.tables] == [0, 0]
