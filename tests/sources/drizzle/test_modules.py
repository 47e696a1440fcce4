"""Modules of all kinds: CommonJS, JSON, barrels, and names that are exported otherwise than they are declared."""

from collections.abc import Callable

import pytest

from ormistice.model import Schema
from ormistice.sources import Source
from ormistice.text import Span

COMMON = """const { integer, pgTable } = require("drizzle-orm/pg-core");
const { prefix } = require("./other");
const users = pgTable(`${prefix}_users`, { id: integer() });
"""


@pytest.mark.parametrize(
    "exports",
    [
        "module.exports = { users };",
        "module.exports = { people: users };",
        "module.exports.users = users;",
        "exports.users = users;",
        "exports.users = exports.people = users;",
    ],
)
def test_common_modules_are_read(exports: str, files: Callable[..., None], open_drizzle: Callable[..., Source]) -> None:
    files({"schema.js": f"{COMMON}{exports}\n", "other.cjs": 'exports.prefix = "app";\n'})
    schema = open_drizzle("schema.js").load()

    assert [table.name.name for table in schema.tables] == ["app_users"]
    assert schema.problems == ()


def test_json_is_read_and_its_places_are_right(read: Callable[..., Schema]) -> None:
    text = """import { pgEnum } from "drizzle-orm/pg-core";
import labels from "./labels.json";
export const e = pgEnum("e", labels.all);
"""
    schema = read(text, {"labels.json": '{ "all": ["first", "second"] }'})
    (enum,) = schema.enums
    places = [label.place for label in enum.labels]
    document = schema.document(places[0].file)  # type: ignore[union-attr]  # of a text

    assert [label.value for label in enum.labels] == ["first", "second"]
    assert document is not None
    assert [document.text[place.start : place.end] for place in places if isinstance(place, Span)] == [
        '"first"',
        '"second"',
    ]


@pytest.mark.parametrize(
    ("exports", "expected"),
    [
        ("export { a };", ["a"]),
        ("export { a as b };", ["a"]),
        ("export default a;", ["a"]),
        ("export default pgTable('d', {});", ["d"]),
        ("export const tables = { a };", []),
        ("", []),
        ("export { a, a as again }; export default a;", ["a"]),
        ("export const [b, { c }] = [a, { c: pgTable('c', {}) }];", ["a", "c"]),
        ("export function make() { return a; }", []),
    ],
)
def test_what_is_exported_is_what_is_created(exports: str, expected: list[str], read: Callable[..., Schema]) -> None:
    schema = read(f"import {{ pgTable }} from 'drizzle-orm/pg-core';\nconst a = pgTable('a', {{}});\n{exports}")

    assert [table.name.name for table in schema.tables] == expected
    assert schema.problems == ()


def test_places_are_those_of_the_text(read: Callable[..., Schema]) -> None:
    text = """import { integer, pgTable } from "drizzle-orm/pg-core";
export const users = pgTable("users", { id: integer().primaryKey() });
export const posts = pgTable("posts", {
  userId: integer("user_id").notNull().references(() => users.id, { onDelete: "cascade" }),
});
"""
    schema = read(text)
    table = schema.tables[1]
    (key,) = table.foreign_keys
    column = table.columns[0]

    def written(place: object) -> str:
        assert isinstance(place, Span)
        return text[place.start : place.end]

    assert key.references is not None
    assert key.on_delete is not None
    assert key.on_update is not None
    assert column.type is not None
    assert written(table.place).startswith("export const posts = ")
    assert written(table.place).endswith("});")
    assert written(column.place) == written(key.place) == text.splitlines()[3].strip().rstrip(",")
    assert written(key.references.place) == "users.id"
    assert written(key.on_delete.place) == '"cascade"'
    assert written(key.on_update.place) == ""
    assert key.on_update.implicit
    assert written(column.type.place) == 'integer("user_id")'


def test_drizzle_may_come_through_a_module_of_the_project(read: Callable[..., Schema]) -> None:
    text = """import { pgTable, sql, text } from "./barrel";
export const t = pgTable("t", { x: text().default(sql`upper('a')`) });
"""
    others = {
        "barrel.ts": 'export * from "./db";\n',
        "db.ts": 'export * from "drizzle-orm";\nexport * from "drizzle-orm/pg-core";\n',
    }
    schema = read(text, others)

    assert schema.problems == ()
    assert [str(column.default.value) for column in schema.tables[0].columns if column.default] == ["upper('a')"]
