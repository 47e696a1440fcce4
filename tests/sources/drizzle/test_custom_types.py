"""The text of a custom type may say more than the type."""

from collections.abc import Callable

import pytest

from ormistice.model import Column, GeneratedExpression, Schema, SqlDefault

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


MODERN = {"package.json": '{"dependencies": {"drizzle-orm": "1.0.0-rc.5"}}'}
EARLIER = {"package.json": '{"dependencies": {"drizzle-orm": "^0.45.0"}}'}


def made_of(read: Callable[..., Schema], manifest: dict[str, str], text: str, more: str = "") -> Column:
    custom = f"customType<{{ data: any }}>({{ dataType: () => {text!r} }})"
    schema = read(f'{HEAD}export const t = pgTable("t", {{ made: {custom}(){more} }});', manifest)
    assert schema.problems == ()
    return schema.tables[0].columns[0]


@pytest.mark.parametrize(
    ("text", "earlier", "modern"),
    [
        ("Flag", '"Flag"', "flag"),
        ("Flag[]", '"Flag"[]', "flag[]"),
        ("my Type", '"my Type"', "my type"),
        ("flag", "flag", "flag"),
        ('"Flag"', '"Flag"', '"Flag"'),
        # It begins with the name of a type that drizzle-kit knows.
        ("timeOfDay", "timeofday", "timeofday"),
        ("dateRange", "daterange", "daterange"),
        # In quotes there would be no such types.
        ("TEXT", "text", "text"),
        ("TimestampTZ", "timestamp with time zone", "timestamp with time zone"),
        ("CITEXT", "citext", "citext"),
        ("GEOGRAPHY(Point,4326)", "geography(Point,4326)", "geography(Point,4326)"),
    ],
)
def test_a_name_as_drizzle_kit_writes_it(text: str, earlier: str, modern: str, read: Callable[..., Schema]) -> None:
    types = [made_of(read, manifest, text).type for manifest in (EARLIER, MODERN)]

    assert [str(type_ and type_.value) for type_ in types] == [earlier, modern]


@pytest.mark.parametrize(
    ("text", "given", "written"),
    [
        *((kind, "'abc'", "'abc'") for kind in ("name", "citext", "bpchar", "moment", "Flag", "timestamptz")),
        *(
            (kind, "7", "7")
            for kind in ("integer", "int4", "money", "boolean", "dec(3,1)", "numrange", "bit varying(3)")
        ),
        *((kind, "7", "'7'") for kind in ("numeric(3,1)", "mydecimal", "uuid", "bit(3)", "Date", "interval year")),
        *(
            (kind, "it's", "'it''s'")
            for kind in ("TEXT", "varchar(20)", "character varying(5)", "national character(5)")
        ),
        ("time without time zone", "'10:00'", "'10:00'"),
        ("timestamp", "2020-01-01", "'2020-01-01'"),
        ("bytea", "'a'::bytea", "'a'::bytea"),
        ('text COLLATE "C"', "'abc'", "'abc'"),
        ("json", "a", "'\"a\"'"),
        ("name[]", "'{a}'", "'{a}'::name[]"),
        ("name", "", None),
        ("text", "", "''"),
    ],
)
def test_a_string_may_be_sql(text: str, given: str, written: str | None, read: Callable[..., Schema]) -> None:
    """As drizzle-kit 1.0 exports it; 0.x always writes a string."""
    modern, earlier = (made_of(read, of, text, f".default({given!r})").default for of in (MODERN, EARLIER))

    assert modern is not None
    assert earlier is not None
    assert modern.value == (None if written is None else SqlDefault(written))
    assert earlier.value == SqlDefault("'" + given.replace("'", "''") + "'")


def test_an_array_of_a_custom_type(read: Callable[..., Schema]) -> None:
    column = made_of(read, MODERN, "name", ".array().default(\"'{a}'\")")

    assert column.default is not None
    assert column.default.value == SqlDefault("'{a}'::name[]")


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
