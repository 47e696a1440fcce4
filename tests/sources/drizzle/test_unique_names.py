"""1.0 creates one unique constraint for a column, and leaves its name to PostgreSQL; older versions create all."""

import json
from collections.abc import Callable

import pytest

from ormistice.model import Schema

TABLES = """import { integer, pgTable, text, unique } from "drizzle-orm/pg-core";
export const a = pgTable("a", { x: text(), y: text() }, (t) => [unique().on(t.x), unique().on(t.x, t.y)]);
export const b = pgTable("b", { x: text().unique() }, (t) => [unique("one").on(t.x), unique("two").on(t.x)]);
export const c = pgTable("c", { x: text().unique("one"), y: text().unique() }, (t) => ({ x: unique().on(t.x) }));
"""


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        (
            "^0.45.0",
            [["a_x_unique", "a_x_y_unique"], ["b_x_unique", "one", "two"], ["one", "c_y_unique", "c_x_unique"]],
        ),
        ("1.0.0-rc.4", [[None, "a_x_y_unique"], ["one"], [None, None]]),
    ],
)
def test_what_is_unique_by_itself(version: str, expected: list[list[str | None]], read: Callable[..., Schema]) -> None:
    schema = read(TABLES, {"package.json": json.dumps({"dependencies": {"drizzle-orm": version}})})

    assert schema.problems == ()
    assert [
        [constraint.name and constraint.name.value for constraint in table.unique_constraints]
        for table in schema.tables
    ] == expected


@pytest.mark.parametrize("version", ["^0.45.0", "1.0.0-rc.4"])
def test_what_is_unique_over_no_columns_is_not_guessed(version: str, read: Callable[..., Schema]) -> None:
    """drizzle-kit 1.0 makes nothing of it, drizzle-kit 0.x a statement that fails."""
    text = 'import { pgTable, text, unique } from "drizzle-orm/pg-core";\n'
    text += 'export const a = pgTable("a", { x: text() }, (t) => [unique("again").on()]);\n'
    schema = read(text, {"package.json": json.dumps({"dependencies": {"drizzle-orm": version}})})

    assert ["no columns" in problem.message for problem in schema.problems] == [True]
    assert schema.tables[0].unique_constraints == ()
