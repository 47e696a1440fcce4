"""Operator classes that an index has without being told say nothing."""

from collections.abc import Callable

import pytest

from ormistice.model import Schema

HEAD = """import { sql } from "drizzle-orm";
import { index, pgTable, text, vector } from "drizzle-orm/pg-core";
"""


@pytest.mark.parametrize(
    ("keys", "opclass"),
    [
        # As pg_opclass says which of them are the default of the type that they are for.
        ("using('gin', sql`string_to_array(${t.x}, ' ') array_ops`)", None),
        ("using('gin', sql`to_tsvector('simple', ${t.x}) tsvector_ops`)", None),
        ("using('gin', sql`${t.x} gin_trgm_ops`)", "gin_trgm_ops"),
        ("using('gin', sql`(${t.x}::jsonb) jsonb_path_ops`)", "jsonb_path_ops"),
        ("on(sql`lower(${t.x}) text_ops`)", None),
        ("on(sql`lower(${t.x}) text_pattern_ops`)", "text_pattern_ops"),
        ("on(sql`lower(${t.x}) varchar_ops`)", "varchar_ops"),
        ("using('gist', sql`(${t.x}::inet) inet_ops`)", "inet_ops"),
        ("using('spgist', sql`(${t.x}::inet) inet_ops`)", None),
        ("using('ivfflat', t.v.op('vector_l2_ops'))", None),
        ("using('ivfflat', t.v.op('vector_cosine_ops'))", "vector_cosine_ops"),
        ("using('hnsw', t.v.op('vector_l2_ops'))", "vector_l2_ops"),
    ],
)
def test_classes_that_are_always_the_default_are_left_out(
    keys: str, opclass: str | None, read: Callable[..., Schema]
) -> None:
    columns = "{ x: text(), v: vector({ dimensions: 3 }) }"
    schema = read(f'{HEAD}export const t = pgTable("t", {columns}, (t) => [index("i").{keys}]);\n')
    (index,) = schema.tables[0].indexes

    assert [element.opclass for element in index.elements] == [opclass]
