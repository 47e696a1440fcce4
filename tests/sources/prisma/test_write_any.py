"""The law of write for changes of every kind: what is asked for is read back, and all else is as it was."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from sources.prisma.prisma_changes import HEAD_OF_TWO, KINDS, Asked, facts, read
from sources.prisma.prisma_printing import HEAD
from sources.prisma.prisma_schemas import any_names, schemas

RELAXED = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    deadline=None,
    max_examples=8,
)
HEADS = st.sampled_from([HEAD, HEAD_OF_TWO])


@pytest.mark.parametrize("kind", KINDS)
@RELAXED
@given(schemas(names=any_names), HEADS, st.data())
def test_what_is_asked_for_is_read_back(kind, schema, head, data):
    if "enum" in kind and "added" not in kind:
        assume(schema.enums)
    asked = data.draw(KINDS[kind](schema, head))
    text = asked.written()
    event("written" if text is not None else "not written")
    if text is not None:
        again = read(text)
        assert again.problems == ()
        assert facts(again) == expected(asked, again)


def expected(asked: Asked, again) -> dict[object, object]:
    """What was asked for; the fields on both sides of a relation are of one type, whichever was asked for."""
    wanted = asked.expected
    if asked.change.before is None or type(asked.change.before).__name__ != "Column" or asked.change.after is None:
        return facts(wanted)
    tied = {(asked.change.after.table, asked.change.after.name)}
    keys = [key for table in wanted.tables for key in table.foreign_keys]
    for _ in keys:
        for key in keys:
            pairs = zip(key.columns, key.references.value.columns, strict=True)
            for own, other in pairs:
                ends = {(key.table, own), (key.references.value.table, other)}
                tied |= ends if ends & tied else set()
    tied.discard((asked.change.after.table, asked.change.after.name))
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
