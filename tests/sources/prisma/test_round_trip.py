"""Laws: what is printed is what is read; the order of blocks means nothing."""

import random
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ormistice.sources.prisma.lower import lower
from ormistice.sources.prisma.syntax import parse
from ormistice.text import Document
from sources.prisma.prisma_printing import printed
from sources.prisma.prisma_schemas import any_names, schemas

RELAXED = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


def read(text: str):
    return lower("prisma", [parse(Document("schema.prisma", text))])


@RELAXED
@given(schemas(names=any_names, most_views=2))
def test_a_printed_schema_reads_as_itself(schema):
    assert schema == read(printed(schema))


@RELAXED
@given(schemas(names=any_names, most_views=2), st.randoms())
def test_the_order_of_blocks_means_nothing(schema, chance: random.Random):
    blocks = printed(schema).split("\n\n")
    shuffled = chance.sample(blocks, len(blocks))

    again = read("\n\n".join(block + "\n" for block in shuffled))

    assert by_name(schema) == by_name(again)


@RELAXED
@given(
    schemas(most_views=2),
    st.sampled_from(["\r\n", "\r", "\n\n", "\n \t\n", " // said in passing\n", "\n/// told\n", "\n/* a\nb */"]),
)
def test_blanks_comments_and_line_breaks_mean_nothing(schema, between):
    assert schema == read(printed(schema).replace("\n", between))


def by_name(schema):
    return replace(
        schema,
        tables=tuple(sorted(schema.tables, key=lambda table: table.name)),
        enums=tuple(sorted(schema.enums, key=lambda enum: enum.name)),
        views=tuple(sorted(schema.views, key=lambda view: view.name)),
    )
