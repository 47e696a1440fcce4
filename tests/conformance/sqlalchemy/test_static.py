"""Reading the text alone says what importing says, or says nothing and tells so."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ormistice.model import (
    CheckConstraint,
    Column,
    ExclusionConstraint,
    ForeignKey,
    Index,
    Relation,
    Schema,
    Table,
    UniqueConstraint,
)
from ormistice.sources import SourceRequest, kinds

pytestmark = pytest.mark.conformance

ZOO = Path(__file__).with_name("zoo")
KINDS = {
    "foreign_keys": ForeignKey,
    "unique_constraints": UniqueConstraint,
    "indexes": Index,
    "checks": CheckConstraint,
    "exclusions": ExclusionConstraint,
    "relations": Relation,
}
ASPECTS = ("type", "nullable", "default", "client_default", "identity", "generated", "collation", "comment", "place")
# What only running the code tells, in all the zoo: types that decide by themselves, enums whose schema follows their
# MetaData, names that a function makes, conditions of ddl_if, expressions of operators.
SILENT = {"classic": 29, "annotated": 5, "models": 0}


def loaded(zoo: str, python: str, *, static: bool) -> Schema:
    kind = next(kind for kind in kinds() if kind.name == "sqlalchemy")
    return kind.open(
        SourceRequest("m", "sqlalchemy", (f"{zoo}.py",), ZOO, python=python, options={"static": static})
    ).load()


def aspects(table: Table) -> Iterator[tuple[str, object]]:
    """Everything that a table says, each under a name of its own."""
    yield "place", table.place
    yield "comment", table.comment
    yield "primary key", table.primary_key and (table.primary_key.columns.value, table.primary_key.place)
    yield "primary key name", table.primary_key and table.primary_key.name
    for column in table.columns:
        for aspect in ASPECTS:
            yield f"{column.name} {aspect}", getattr(column, aspect)
    for attribute in KINDS:
        counted: Counter[object] = Counter()
        for item in getattr(table, attribute):
            counted[item.key()] += 1
            for aspect in item.__slots__:
                yield f"{attribute} {item.key()} {counted[item.key()]} {aspect}", getattr(item, aspect)


CASES = [("1.4", "classic"), *((release, zoo) for release in ("2.0", "2.1") for zoo in SILENT)]


@pytest.mark.parametrize(("release", "zoo"), CASES)
def test_text_says_what_importing_says(interpreter: Callable[[str], str], release: str, zoo: str) -> None:
    python = interpreter(release)
    imported, static = loaded(zoo, python, static=False), loaded(zoo, python, static=True)

    assert [table.name for table in imported.tables] == [table.name for table in static.tables]
    silent = 0
    for expected, actual in zip(imported.tables, static.tables, strict=True):
        assert [column.name for column in expected.columns] == [column.name for column in actual.columns]
        said = dict(aspects(actual))
        hidden = {attribute for attribute, kind in KINDS.items() if kind in actual.unread}
        for aspect, value in aspects(expected):
            if said.get(aspect) is None and value is not None:
                silent += 1
                assert aspect in said or aspect.partition(" ")[0] in hidden, (expected.name, aspect)
            else:
                assert said.get(aspect) == value, (expected.name, aspect)
        extra = said.keys() - dict(aspects(expected)).keys()
        assert not extra, (expected.name, extra)
    assert silent == SILENT[zoo]
    enums = {enum.name: [label.value for label in enum.labels] for enum in imported.enums}
    assert all(enums[enum.name] == [label.value for label in enum.labels] for enum in static.enums)
    assert bool(silent) == bool(static.problems)
    assert Column not in {kind for table in static.tables for kind in table.unread}


def test_what_geoalchemy_adds_by_itself_is_read_from_the_text(interpreter: Callable[[str], str]) -> None:
    imported, static = (loaded("spatial", interpreter("spatial"), static=each) for each in (False, True))

    assert static.problems == ()
    assert [table.unread for table in static.tables] == [frozenset(), frozenset()]
    assert [len(table.indexes) for table in imported.tables] == [10, 2]
    assert static.tables == imported.tables
