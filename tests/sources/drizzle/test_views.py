"""Views: which there are, and which of their columns are known."""

from collections.abc import Callable

import pytest

from ormistice.model import Schema, View

HEAD = """import { sql } from "drizzle-orm";
import { integer, pgMaterializedView, pgSchema, pgTable, pgView, QueryBuilder, text } from "drizzle-orm/pg-core";
import { mystery } from "mystery";
const queries = new QueryBuilder();
export const users = pgTable("users", { id: integer().primaryKey(), fullName: text("full_name") });
"""


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ('pgView("v").as((qb) => qb.select().from(users))', ("id", "full_name")),
        ('pgView("v").as((qb) => qb.select({ x: users.fullName, y: sql`1`.as("z") }).from(users))', ("full_name", "z")),
        ('pgView("v").as((qb) => { return qb.selectDistinctOn([users.id], { users }).from(users); })', ("id", "full_name")),
        ('pgView("v").as(new QueryBuilder().select().from(users))', ("id", "full_name")),
        ('pgView("v").as(queries.select({ users: users.fullName }).from(users).where(sql`true`))', ("full_name",)),
        ('pgView("v", { a: integer(), bC: text("b_c") }).as(sql`select 1, 2`)', ("a", "b_c")),
        ('pgView("v", { a: integer() }).existing()', ("a",)),
        ('pgMaterializedView("v", { a: integer() }).with({ fillfactor: 90 }).as(sql`select 1`)', ("a",)),
    ],
)  # fmt: skip
def test_columns_are_those_of_the_query(text: str, columns: tuple[str, ...], read: Callable[..., Schema]) -> None:
    schema = read(f"{HEAD}export const v = {text};\n")
    (view,) = schema.views

    assert view.columns is not None
    assert view.columns.value == columns
    assert view.materialized == ("Materialized" in text)
    assert schema.problems == ()


@pytest.mark.parametrize(
    "text",
    [
        'pgView("v").as((qb) => qb.select({ x: mystery }).from(users))',
        'pgView("v").as((qb) => qb.select({ x: sql`now()` }).from(users))',
        'pgView("v").as((qb) => qb.select({ x: users.id, ...mystery }).from(users))',
        'pgView("v").as((qb) => qb.select().from(mystery))',
        'pgView("v").as((qb) => mystery(qb))',
        'pgView("v").as(new mystery().select().from(users))',
        'pgView("v").as(mystery)',
        'pgView("v", mystery).as(sql`select 1`)',
        'pgView("v", { a: mystery() }).existing()',
    ],
)
def test_a_view_whose_columns_are_not_known_is_a_view_still(text: str, read: Callable[..., Schema]) -> None:
    schema = read(f"{HEAD}export const v = {text};\n")
    (view,) = schema.views

    assert view.columns is None
    assert [problem.message[: len("columns of view `v`")] for problem in schema.problems][:1] == ["columns of view `v`"]


def test_a_query_in_sql_is_the_definition(read: Callable[..., Schema]) -> None:
    text = "export const v = pgSchema('s').view('v', { a: integer() }).as(sql`select ${users.id} from ${users}`);"
    (view,) = read(HEAD + text).views

    assert view.name.schema == "s"
    assert view.definition is not None
    assert view.definition.value == 'select "users"."id" from "users"'


def test_what_is_no_view_yet_is_none(read: Callable[..., Schema]) -> None:
    schema = read(f'{HEAD}export const v = pgView("v", {{ a: integer() }});\nconst w = pgView("w").as(mystery);\n')

    assert schema.views == ()
    assert schema.problems == ()


def test_a_view_without_a_known_name_is_said(read: Callable[..., Schema]) -> None:
    schema = read(f"{HEAD}export const v = pgView(mystery(), {{ a: integer() }}).existing();\n")

    assert schema.views == ()
    assert View in schema.unread
    assert len(schema.problems) == 1


def test_drizzle_has_words_for_views(read: Callable[..., Schema]) -> None:
    assert View in read(HEAD).expresses
