"""Fixes that fit together make together what each makes alone."""

from collections.abc import Callable
from dataclasses import replace

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


@pytest.mark.parametrize(
    "call",
    [
        'pgTable("posts", {\n  n: integer(),\n})',
        'pgTable("posts", {\n  n: integer(),\n}, (t) => [index("a").on(t.n)])',
        'pgTable("posts", {\n  n: integer(),\n}, (t) => [\n  index("a").on(t.n),\n])',
        'pgTable("posts", {\n  n: integer(),\n}, (t) => [\n  index("a").on(t.n)\n])',
        'pgTable("posts", {\n  n: integer(),\n}, (t) => ({\n  a: index("a").on(t.n),\n}))',
        'pgTable("posts", {\n  n: integer(),\n}, (t) => ({ a: index("a").on(t.n), readPolicy: index("b").on(t.n) }))',
    ],
)
def test_several_policies_are_one_fix(
    call: str, files: Callable[..., None], open_drizzle: Callable[..., Source]
) -> None:
    imports = (
        'import { sql } from "drizzle-orm";\nimport { index, integer, pgPolicy, pgTable } from "drizzle-orm/pg-core";\n'
    )
    wanted = """export const posts = pgTable("posts", { n: integer() }, (t) => [
  pgPolicy("read", { for: "select", using: sql`n = 1` }),
  pgPolicy("write", { for: "insert", to: "public", withCheck: sql`n = 2` }),
  pgPolicy("Read", { as: "restrictive", using: sql`n = 3` }),
]);
"""
    files({"wanted.ts": imports + wanted, "schema.ts": f"{imports}export const posts = {call};\n"})
    security = open_drizzle("wanted.ts").load().tables[0].row_security
    source = open_drizzle("schema.ts")
    schema = source.load()
    fix = source.write(schema, Change("drizzle", schema.tables[0], replace(schema.tables[0], row_security=security)))

    assert fix is not None
    after = source.load((fix,)).tables[0]
    assert after.row_security == security
    assert after.indexes == schema.tables[0].indexes
