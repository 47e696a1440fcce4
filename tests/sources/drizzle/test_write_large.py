"""Projects that are too large for their trees to be kept are written into like any other."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from ormistice.fixes import Change, Patch
from ormistice.model import Column, Policy, SqlDefault, Stated
from ormistice.sources import Source
from ormistice.verifying import Tries

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


POLICED = (
    'import { sql } from "drizzle-orm";\nimport { integer, pgPolicy, pgRole, pgTable, text } from "drizzle-orm/pg-core";\n'
    'export const reader = pgRole("reader").existing();\n'
    "function readable(name: string) {\n  return pgPolicy(name, { to: reader, using: sql`true` });\n}\n"
    + "".join(
        f'export const t{n} = pgTable("t{n}", {{ id: integer(), note: text() }}, () => [readable("of_{n}")]);\n'
        for n in range(20)
    )
)


@pytest.mark.parametrize("exported", ["", "export "])
def test_an_excerpt_holds_what_its_functions_mention(
    exported: str, files: Callable[..., None], open_drizzle: Callable[..., Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    files({"schema.ts": POLICED.replace("function", f"{exported}function")})
    source = open_drizzle("schema.ts")
    read = source.load()
    table = read.tables[7]
    assert table.row_security is not None
    more = Policy("more", "AS PERMISSIVE FOR SELECT TO public USING (true)", table.place)
    security = replace(table.row_security.value, policies=(*table.row_security.value.policies, more))
    after = replace(table, row_security=replace(table.row_security, value=security))
    fix = source.write(read, Change(source.name, table, after))
    assert fix is not None
    whole = source.load((fix,))
    monkeypatch.setattr(type(source), "load", lambda *_: pytest.fail("the whole was read"))
    assert isinstance(source, Tries)

    found = source.tried((fix,))

    assert [found.table(one.name) for one in whole.tables] == list(whole.tables)
    assert whole.tables[7] != read.tables[7]
