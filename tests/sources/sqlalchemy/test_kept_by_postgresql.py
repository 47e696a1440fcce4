"""What PostgreSQL keeps otherwise than it is written is read as PostgreSQL keeps it."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.sources.sqlalchemy.reading import opened, written

from ormistice.model import Schema
from ormistice.sources import SourceRequest, kinds

HEAD = "from sqlalchemy import *\nmetadata = MetaData()\n"
PAIRS = "Table('pairs', metadata, Column('x', Integer, primary_key=True), Column('y', Integer, primary_key=True))\n"


def created(url: str, text: str) -> Schema:
    """What PostgreSQL has once SQLAlchemy has created what a text says."""
    names: dict[str, sa.MetaData] = {}
    exec(HEAD + text, names)  # noqa: S102 - text of this test
    engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    names["metadata"].create_all(engine)
    engine.dispose()
    kind = next(kind for kind in kinds() if kind.name == "database")
    return kind.open(SourceRequest("database", "database", (url,), Path())).load()


@pytest.mark.parametrize("static", [False, True])
def test_an_empty_comment_is_none(tmp_path: Path, database: str, *, static: bool) -> None:
    text = "Table('a', metadata, Column('id', Integer, primary_key=True, comment=''), comment='')\n"
    written(tmp_path, models=HEAD + text)

    models = opened(tmp_path, "models.py", static=static).load()

    for schema in (models, created(database, text)):
        [table] = schema.tables
        [column] = table.columns
        assert [each and each.value for each in (table.comment, column.comment)] == [None, None]


@pytest.mark.parametrize("static", [False, True])
@pytest.mark.parametrize(
    ("columns", "action", "told"),
    [
        ("a, b", "SET NULL", []),
        ('"b" , A', "SET NULL", []),
        ("b", None, ["ON DELETE SET NULL (b) sets only some of the key's columns"]),
    ],
)
def test_the_columns_that_a_delete_sets(
    tmp_path: Path, new_database: Callable[[], str], columns: str, action: str | None, told: list[str], *, static: bool
) -> None:
    text = (
        f"{PAIRS}Table('c', metadata, Column('id', Integer, primary_key=True), Column('a', Integer), Column('b', Integer),"
        f" ForeignKeyConstraint(['a', 'b'], ['pairs.x', 'pairs.y'], ondelete='SET NULL ({columns})'))\n"
    )
    written(tmp_path, models=HEAD + text)

    models = opened(tmp_path, "models.py", static=static).load()

    for schema in (models, created(new_database(), text)):
        [key] = next(table.foreign_keys for table in schema.tables if table.name.name == "c")
        assert (key.on_delete and key.on_delete.value.value) == action
    assert [problem.message for problem in models.problems] == told
