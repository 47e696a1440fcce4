"""What is tried after something was written, which may have read more files than the schema needs."""

from collections.abc import Callable
from dataclasses import replace

from ormistice.fixes import Change
from ormistice.model import Stated
from ormistice.sources import Source
from ormistice.sources.drizzle.source import DrizzleSource
from ormistice.types import parse_type

FILES = {
    "schema.ts": """import { integer, pgTable } from "drizzle-orm/pg-core";
import { now } from "./date";
export const a = pgTable("a", { id: integer().primaryKey(), n: integer().$onUpdate(() => now()) });
export const b = pgTable("b", { id: integer().primaryKey(), n: integer() });
export const c = pgTable("c", { id: integer().primaryKey(), n: integer() });
export const d = pgTable("d", { id: integer().primaryKey(), n: integer() });
""",
    "date.ts": "export const unit = 1;\nexport function now() { return unit; }\n",
}


def test_a_file_that_only_writing_reads_has_no_part_in_the_schema(
    files: Callable[..., None], open_drizzle: Callable[..., Source]
) -> None:
    files(FILES)
    source = open_drizzle("schema.ts")
    assert isinstance(source, DrizzleSource)
    schema = source.load()
    column = next(table for table in schema.tables if table.name.name == "b").columns[1]
    wider = replace(column, type=Stated(parse_type("bigint"), column.place))
    fix = source.write(schema, Change("drizzle", column, wider))

    assert fix is not None
    tables = source.tried((fix,)).tables
    assert {table.name.name: str(table.columns[1].type and table.columns[1].type.value) for table in tables} == {
        "a": "integer",
        "b": "bigint",
        "c": "integer",
        "d": "integer",
    }
    assert source.write(schema, Change("drizzle", column, wider)) == fix
