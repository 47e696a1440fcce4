"""Columns that pass through functions of other packages, or are given members of their own."""

from collections.abc import Callable

import pytest

from ormistice.model import Column, Schema, SqlDefault

HEAD = """import { sql } from "drizzle-orm";
import { customType, integer, pgTable, text, timestamp } from "drizzle-orm/pg-core";
const shared = { id: integer().primaryKey(), name: text(), note: text() };
"""


def columns(schema: Schema) -> list[str]:
    return [column.name for column in schema.tables[0].columns]


@pytest.mark.parametrize(
    ("imported", "spread", "expected"),
    [
        ('import { omit } from "lodash";', 'omit(shared, ["note"])', ["id", "name"]),
        ('import omit from "lodash/omit";', 'omit(shared, "note", "name")', ["id"]),
        ('import pick from "lodash.pick";', 'pick(shared, ["note"])', ["note"]),
        ('import _ from "lodash-es";', '_.pick(shared, "id", ["note"])', ["id", "note"]),
        ('import * as R from "ramda";', 'R.omit(["id"], shared)', ["name", "note"]),
        ('import { pick } from "remeda";', 'pick(shared, ["id"])', ["id"]),
        ('import omit from "just-omit";', 'omit(shared, ["id", "none"])', ["name", "note"]),
    ],
)
def test_keys_are_taken_and_left(imported: str, spread: str, expected: list[str], read: Callable[..., Schema]) -> None:
    schema = read(f'{imported}\n{HEAD}export const t = pgTable("t", {{ ...{spread} }});\n')

    assert columns(schema) == expected
    assert schema.problems == ()


@pytest.mark.parametrize(
    ("imported", "spread"),
    [
        ('import * as R from "ramda";', 'R.omit(["id"])(shared)'),
        ('import { omit } from "mystery";', 'omit(shared, ["id"])'),
        ('import { omit } from "lodash";', "omit(shared, [process.env.KEY])"),
        ('import { omit } from "lodash";', "omit(shared, ...keys)"),
        ('import { omitBy } from "lodash";', "omitBy(shared, (value) => value)"),
    ],
)
def test_what_is_not_known_of_it_leaves_the_columns_open(
    imported: str, spread: str, read: Callable[..., Schema]
) -> None:
    schema = read(f'{imported}\n{HEAD}export const t = pgTable("t", {{ own: text(), ...{spread} }});\n')

    assert columns(schema) == ["own"]
    assert Column in schema.tables[0].unread
    assert len(schema.problems) == 1


def test_a_column_with_members_of_its_own_is_a_column(read: Callable[..., Schema]) -> None:
    schema = read(
        HEAD
        + """
function moment(name: string) {
  const base = customType<{ data: number }>({ dataType: () => "timestamptz" })(name);
  return Object.assign(base, { defaultNow() { return base.notNull().default(sql`now()`); }, kind: "moment" });
}
export const t = pgTable("t", { a: moment("a"), b: moment("b").defaultNow(), c: moment("c").notNull().defaultNow() });
"""
    )

    assert [
        (column.name, column.nullable and column.nullable.value, column.default and column.default.value)
        for column in schema.tables[0].columns
    ] == [("a", True, None), ("b", False, SqlDefault("now()")), ("c", False, SqlDefault("now()"))]
    assert schema.problems == ()


def test_an_unknown_value_made_of_a_table_that_is_exported_hides_none(read: Callable[..., Schema]) -> None:
    build = "function build(table) { let made = [table]; if (mystery) made = [table, table]; return made; }\n"
    text = 'export const t = pgTable("t", shared);\nlet made = [t, t.id];\nmade = [t];\nexport const rows = made;\n'
    text += "export const more = build(t);\n"

    assert read('import { mystery } from "mystery";\n' + HEAD + build + text).problems == ()


def test_an_unknown_value_made_of_another_table_may_be_one(read: Callable[..., Schema]) -> None:
    text = 'const t = pgTable("t", shared);\nlet made = [t];\nmade = [t, t];\nexport const rows = made;\n'

    assert [problem.message for problem in read(HEAD + text).problems] == [
        "`rows`: `made` is changed after its declaration"
    ]


@pytest.mark.parametrize(
    ("text", "tables", "problems"),
    [
        ('export const t = wrap(pgTable("t", shared));', [], ["`t`: `wrap` is not known, and is given a table"]),
        ('export const t = pgTable("t", shared);\nexport const again = wrap(t);', ["t"], []),
        ('export const t = drizzleSilk(pgTable("t", shared));', ["t"], []),
        ('const t = pgTable("t", shared);\nexport const insertT = createInsertSchema(t);', [], []),
    ],
)
def test_what_wraps_a_table_may_give_it(
    text: str, tables: list[str], problems: list[str], read: Callable[..., Schema]
) -> None:
    imports = 'import { wrap } from "wrappers";\nimport { drizzleSilk } from "@gqloom/drizzle";\n'
    schema = read(f'{imports}import {{ createInsertSchema }} from "drizzle-zod";\n{HEAD}{text}\n')

    assert [table.name.name for table in schema.tables] == tables
    assert [problem.message for problem in schema.problems] == problems
