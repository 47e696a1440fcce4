"""What a probe tells ahead of its answer is read as what comes with it, and counts for nothing without it."""

from pathlib import Path

import pytest
from tests.sources.sqlalchemy.reading import at, opened, written

from ormistice.errors import AuditError
from ormistice.model import Schema

HEAD = "from sqlalchemy import *\nfrom sqlalchemy.orm import *\n\nclass Base(DeclarativeBase):\n    pass\n\n"
TABLE = """
class Item{0}(Base):
    __tablename__ = "item_{0}"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[Name]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("owners.id"))
    owner: Mapped["Owner | None"] = relationship()
"""
OWNER = "class Owner(Base):\n    __tablename__ = 'owners'\n    id: Mapped[int] = mapped_column(primary_key=True)\n"
KINDS = "from typing import Annotated\n\nfrom sqlalchemy import *\nfrom sqlalchemy.orm import mapped_column\n\n"
NAME = "Name = Annotated[str, mapped_column(String(50), comment='what it is called')]\n\n"
LATER = "def later(metadata):\n    Table('later', metadata, Column('id', Integer, primary_key=True))\n"
FEW, MANY = 3, 70


def models(base: Path, tables: int, *, more: str = "") -> None:
    items = "".join(TABLE.format(number) for number in range(tables))
    written(base, kinds=KINDS + NAME + LATER, models=f"{HEAD}from kinds import Name, later\n\n{OWNER}{items}{more}")


def read(base: Path) -> Schema:
    return opened(base, "models.py").load()


def parts(schema: Schema, number: int) -> list[str]:
    """What is said of one of the items, with each place as the text that lies there."""
    table = next(table for table in schema.tables if table.name.name == f"item_{number}")
    name = table.column("name")
    assert name is not None
    assert name.type is not None
    return [at(schema, name.type), str(name.type.value), *(str(each.columns) for each in table.relations)]


def test_the_last_of_many_tables_is_read_as_the_first_of_few(tmp_path: Path) -> None:
    few, many = tmp_path / "few", tmp_path / "many"
    for folder, tables in ((few, FEW), (many, MANY)):
        folder.mkdir()
        # Only then is the module of the annotation one that declares a table.
        models(folder, tables, more="later(Base.metadata)\n")

    schema, told = read(many), parts(read(few), 0)

    assert told == ["String(50)", "character varying(50)", "('owner_id',)"]
    assert [table.name.name for table in schema.tables] == [
        "owners",
        *(f"item_{number}" for number in range(MANY)),
        "later",
    ]
    assert [parts(schema, number) for number in range(MANY)] == [told] * MANY


def test_what_importing_tells_is_what_the_text_tells(tmp_path: Path) -> None:
    models(tmp_path, MANY)

    imported, static = read(tmp_path), opened(tmp_path, "models.py", static=True).load()

    assert imported.tables == static.tables


@pytest.mark.parametrize("tables", [FEW, MANY])
def test_a_metadata_that_is_left_out_leaves_nothing(tmp_path: Path, tables: int) -> None:
    other = "other = MetaData()\nTable('apart', other, Column('id', Integer, primary_key=True))\n"
    models(tmp_path, tables, more=f"{other}Table('owners', other, Column('id', String, primary_key=True))\n")

    schema = read(tmp_path)

    assert [table.name.name for table in schema.tables] == ["owners", *(f"item_{number}" for number in range(tables))]
    assert ["left out" in problem.message for problem in schema.problems] == [True]


def test_a_process_that_ends_half_way_has_told_nothing(tmp_path: Path) -> None:
    ending = "class Ending(TypeDecorator):\n    impl = Integer\n    cache_ok = True\n\n"
    ending += "    def load_dialect_impl(self, dialect):\n        import os\n        os._exit(3)\n\n"
    models(tmp_path, MANY, more=f"{ending}Table('last', Base.metadata, Column('id', Ending()))\n")

    with pytest.raises(AuditError, match="ended with status 3"):
        read(tmp_path)
