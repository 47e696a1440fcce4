"""Projects that are too large for their trees to be kept are written into like any other."""

from collections.abc import Callable
from dataclasses import replace

from ormistice.fixes import Change, Patch
from ormistice.model import Column, SqlDefault, Stated
from ormistice.sources import Source

FILLING = f"// {'x' * 1_000_000}\n"
FILES = {
    "schema.ts": FILLING
    + """import { pgTable, integer } from "drizzle-orm/pg-core";
import { stamps } from "./stamps";
export { users } from "./users";
export const posts = pgTable("posts", { id: integer().notNull(), ...stamps() });
""",
    "stamps.ts": """import { timestamp } from "drizzle-orm/pg-core";
export const stamps = () => ({ made: timestamp().notNull().defaultNow() });
""",
    "users.ts": """import { pgTable, integer } from "drizzle-orm/pg-core";
import { stamps } from "./stamps";
export const users = pgTable("users", { id: integer().notNull(), ...stamps() });
""",
}


def edited(source: Source, table: str, column: str, change: Callable[[Column], Column]) -> list[tuple[str, str]]:
    """The edits that `change` of a column makes, each by its file."""
    schema = source.load()
    before = next(
        each for one in schema.tables if one.name.name == table for each in one.columns if each.name == column
    )
    patch = source.write(schema, Change("drizzle", before, change(before)))

    assert isinstance(patch, Patch)
    return [(edit.span.file.rpartition("/")[2], edit.text) for edit in patch.edits]


def with_default(column: Column) -> Column:
    return replace(column, default=Stated(SqlDefault("7"), column.place))


def test_what_is_read_only_when_it_is_asked_for_is_written_into(
    files: Callable[..., None], open_drizzle: Callable[..., Source]
) -> None:
    files(FILES)
    source = open_drizzle("schema.ts")

    assert edited(source, "posts", "id", with_default) == [("schema.ts", ".default(7)")]
    assert edited(source, "users", "id", with_default) == [("users.ts", ".default(7)")]
    assert edited(source, "posts", "id", with_default) == [("schema.ts", ".default(7)")]
