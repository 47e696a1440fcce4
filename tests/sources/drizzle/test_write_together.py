"""Fixes that fit together make together what each makes alone."""

from collections.abc import Callable

import pytest

from ormistice.fixes import Change, Occupied
from ormistice.model import Index
from ormistice.sources import Source

TABLE = """import { index, integer, pgTable } from "drizzle-orm/pg-core";
export const wanted = pgTable("posts", { n: integer(), m: integer() }, (t) => [
  index("a").on(t.n), index("b").on(t.m),
]);
"""


def indexes(source: Source) -> tuple[Index, ...]:
    return source.load().tables[0].indexes


@pytest.mark.parametrize(
    ("call", "fit"),
    [
        ('pgTable(\n  "posts",\n  {\n    n: integer(),\n    m: integer(),\n  },\n)', False),
        ('pgTable(\n  "posts",\n  {\n    n: integer(),\n    m: integer(),\n  }\n)', False),
        ('pgTable("posts", {\n  n: integer(),\n  m: integer(),\n})', False),
        ('pgTable("posts", { n: integer(), m: integer() })', False),
        (
            'pgTable(\n  "posts",\n  {\n    n: integer(),\n    m: integer(),\n  },\n'
            '  (t) => [\n    index("c").on(t.m, t.n),\n  ],\n)',
            True,
        ),
    ],
)
def test_a_table_gets_one_list_of_indexes(
    call: str,
    fit: bool,  # noqa: FBT001 - a case
    files: Callable[..., None],
    open_drizzle: Callable[..., Source],
) -> None:
    files({"wanted.ts": TABLE})
    added = indexes(open_drizzle("wanted.ts"))
    files(
        {
            "schema.ts": f'import {{ index, integer, pgTable }} from "drizzle-orm/pg-core";\nexport const posts = {call};\n'
        }
    )
    source = open_drizzle("schema.ts")
    before, schema = len(indexes(source)), source.load()
    first, second = (source.write(schema, Change("drizzle", None, index)) for index in added)
    occupied = Occupied()

    assert first is not None
    assert second is not None
    occupied.take(first)
    assert occupied.fits(second) is fit
    for fixes in ((first,), (second,), (first, second) if fit else ()):
        assert len(source.load(fixes).tables[0].indexes) == before + len(fixes)
