"""The text of a custom type may say more than the type."""

from collections.abc import Callable

import pytest

from ormistice.model import Column, GeneratedExpression, Schema

HEAD = 'import { customType, pgTable, text } from "drizzle-orm/pg-core";\n'


def column_of(read: Callable[..., Schema], text: str, more: str = "") -> tuple[Schema, Column]:
    schema = read(
        f"{HEAD}const made = customType<{{ data: string }}>({{ dataType() {{ return `{text}`; }} }});\n"
        f'export const t = pgTable("t", {{ a: text(), made: made(){more} }});'
    )
    return schema, schema.tables[0].columns[1]


@pytest.mark.parametrize(
    ("text", "kind", "expression"),
    [
        ("tsvector generated always as (to_tsvector('english', a)) stored", "tsvector", "(to_tsvector('english', a))"),
        ("tsvector GENERATED ALWAYS AS(to_tsvector('simple', a || ' x')) STORED", "tsvector", None),
        ("character varying(20) GENERATED ALWAYS AS (upper(a)) STORED NOT NULL", "character varying(20)", "(upper(a))"),
    ],
)
def test_a_generated_column(text: str, kind: str, expression: str | None, read: Callable[..., Schema]) -> None:
    schema, column = column_of(read, text, ".default('x')")

    assert column.type is not None
    assert str(column.type.value) == kind
    assert column.generated is not None
    assert isinstance(column.generated.value, GeneratedExpression)
    assert expression is None or column.generated.value.expression == expression
    assert column.default is not None
    assert column.default.value is None
    assert schema.problems == ()


def test_not_null_and_a_collation(read: Callable[..., Schema]) -> None:
    schema, column = column_of(read, 'text COLLATE "C" NOT NULL')

    assert (str(column.type and column.type.value), column.nullable and column.nullable.value) == ("text", False)
    assert schema.problems == ()


@pytest.mark.parametrize("text", ["numeric(10, 2)", "timestamp(3) with time zone", "double precision", '"my type"'])
def test_a_type_alone(text: str, read: Callable[..., Schema]) -> None:
    schema, column = column_of(read, text)

    assert column.default is not None
    assert column.nullable is not None
    assert (column.default.value, column.nullable.value) == (None, True)
    assert schema.problems == ()


def test_another_clause_is_said(read: Callable[..., Schema]) -> None:
    schema, column = column_of(read, "text DEFAULT 'x' NOT NULL")

    assert (str(column.type and column.type.value), column.default) == ("text", None)
    assert [problem.message for problem in schema.problems] == [
        "type of column `made` of table `t`: `DEFAULT 'x' NOT NULL` is not known"
    ]


def test_an_enum_that_no_file_exports_is_there_and_noted(read: Callable[..., Schema]) -> None:
    schema = read(
        'export { users } from "./users";',
        {
            "users.ts": 'import { pgEnum, pgTable } from "drizzle-orm/pg-core";\n'
            'export const role = pgEnum("role", ["a", "b"]);\n'
            'export const users = pgTable("users", { role: role(), roles: role().array() });'
        },
    )

    assert [[label.value for label in enum.labels] for enum in schema.enums] == [["a", "b"]]
    assert [problem.message for problem in schema.problems] == [
        "enum `role`: the schema does not export it, and drizzle-kit does not create it"
    ]
    assert schema.unread == frozenset()
