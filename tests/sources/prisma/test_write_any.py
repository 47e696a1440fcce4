"""The law of write for changes of every kind: what is asked for is read back, and all else is as it was."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sources.prisma.prisma_changes import HEAD_OF_TWO, KINDS, Asked, asked, facts, read
from sources.prisma.prisma_printing import HEAD
from sources.prisma.prisma_schemas import any_names

RELAXED = settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=8, database=None)


@pytest.mark.parametrize("kind", KINDS)
@RELAXED
@given(st.data())
def test_what_is_asked_for_is_read_back(kind, data):
    asked_for = data.draw(asked(kind, (HEAD, HEAD_OF_TWO), any_names))
    text = asked_for.written()
    if text is not None:
        again = read(text)
        assert again.problems == ()
        assert facts(again) == expected(asked_for, again)


def expected(asked_for: Asked, again) -> dict[object, object]:
    """What was asked for; the fields on both sides of a relation are of one type, whichever was asked for."""
    wanted = asked_for.expected
    if (
        asked_for.change.before is None
        or type(asked_for.change.before).__name__ != "Column"
        or asked_for.change.after is None
    ):
        return facts(wanted)
    tied = {(asked_for.change.after.table, asked_for.change.after.name)}
    keys = [key for table in wanted.tables for key in table.foreign_keys]
    for _ in keys:
        for key in keys:
            pairs = zip(key.columns, key.references.value.columns, strict=True)
            for own, other in pairs:
                ends = {(key.table, own), (key.references.value.table, other)}
                tied |= ends if ends & tied else set()
    tied.discard((asked_for.change.after.table, asked_for.change.after.name))
    return facts(
        replace(
            wanted,
            tables=tuple(
                replace(
                    table,
                    columns=tuple(
                        replace(column, type=again.table(table.name).column(column.name).type)
                        if (table.name, column.name) in tied
                        else column
                        for column in table.columns
                    ),
                )
                for table in wanted.tables
            ),
        )
    )
