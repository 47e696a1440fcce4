"""A random schema, said in several languages, and its columns spelled otherwise in one: the others are led there."""

from dataclasses import replace

import pytest
from hypothesis import given

from changes.spoken import LANGUAGES, Spoken, schemas
from changes.test_meeting import LONG, QUICK, Led, led, said_in

SPELLINGS = {"a": ("is_a", "isA"), "total": ("total_2", "total2"), "note": ("the_note", "TheNote")}


def spelled(what: Spoken, number: int) -> Spoken:
    """With columns of several words, in one spelling or the other."""
    tables = {
        table: tuple(replace(column, name=SPELLINGS.get(column.name, (column.name,) * 2)[number]) for column in columns)
        for table, columns in what.tables.items()
    }
    return replace(what, tables=tables)


@QUICK
@given(schemas())
def test_prisma_and_drizzle_follow_each_other(what: Spoken) -> None:
    snake, camel = spelled(what, 0), spelled(what, 1)

    assert led(camel, snake, "drizzle", ("prisma",)) == Led([], [], said_in("drizzle", snake))
    assert led(camel, snake, "prisma", ("drizzle",)) == Led([], [], said_in("prisma", snake))


@pytest.mark.conformance
@pytest.mark.parametrize("towards", LANGUAGES)
@pytest.mark.parametrize("number", [0, 1])
@LONG
@given(what=schemas())
def test_all_follow(towards: str, number: int, what: Spoken) -> None:
    others = tuple(name for name in LANGUAGES if name != towards)

    after = spelled(what, number)
    assert led(spelled(what, 1 - number), after, towards, others) == Led([], [], said_in(towards, after))
