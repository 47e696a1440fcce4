"""What drizzle-orm declares itself of Supabase's and Neon's databases."""

from collections.abc import Callable

import pytest

from ormistice.model import RowSecurity, Schema
from ormistice.names import QualifiedName

HEAD = 'import { bigint, index, pgPolicy, pgRole, pgTable, text, uuid } from "drizzle-orm/pg-core";\n'


def policies(schema: Schema) -> dict[str, str]:
    (table,) = schema.tables
    assert table.row_security is not None
    return {policy.name: policy.definition for policy in table.row_security.value.policies}


@pytest.mark.parametrize(
    ("imported", "written"),
    [
        ('import { authUsers } from "drizzle-orm/supabase";', "authUsers"),
        ('import { authUsers as users } from "drizzle-orm/supabase";', "users"),
        ('import * as supabase from "drizzle-orm/supabase";', "supabase.authUsers"),
    ],
)
def test_supabases_users_are_referenced(imported: str, written: str, read: Callable[..., Schema]) -> None:
    schema = read(
        f"{HEAD}{imported}\n"
        f'export const t = pgTable("t", {{ id: uuid().references(() => {written}.id, {{ onDelete: "cascade" }}) }});'
    )

    (key,) = schema.tables[0].foreign_keys
    assert key.references is not None
    assert key.references.value.table == QualifiedName("auth", "users")
    assert key.references.value.columns == ("id",)
    assert schema.problems == ()


def test_what_is_only_imported_is_not_created(read: Callable[..., Schema]) -> None:
    schema = read(
        f'{HEAD}import {{ authUsers }} from "drizzle-orm/supabase";\nexport const t = pgTable("t", {{ id: uuid() }});'
    )

    assert [table.name.name for table in schema.tables] == ["t"]


def test_what_is_exported_again_is_created(read: Callable[..., Schema]) -> None:
    schema = read('export { usersSync } from "drizzle-orm/neon";')

    (table,) = schema.tables
    assert table.name == QualifiedName("neon_auth", "users_sync")
    assert [(column.name, str(column.type.value)) for column in table.columns if column.type][:3] == [
        ("raw_json", "jsonb"),
        ("id", "text"),
        ("name", "text"),
    ]


def test_roles_and_sql_of_supabase(read: Callable[..., Schema]) -> None:
    schema = read(
        f'{HEAD}import {{ authenticatedRole, authUid, serviceRole }} from "drizzle-orm/supabase";\n'
        'import { sql } from "drizzle-orm";\n'
        'export const t = pgTable("t", { owner: uuid() }, (t) => [\n'
        '  pgPolicy("own", { to: authenticatedRole, using: sql`${authUid} = ${t.owner}` }),\n'
        '  pgPolicy("all", { to: [serviceRole, "postgres"], using: sql`true` }),\n'
        "]);"
    )

    assert policies(schema) == {
        "own": 'AS PERMISSIVE FOR ALL TO "authenticated" USING ((select auth.uid()) = "t"."owner")',
        "all": 'AS PERMISSIVE FOR ALL TO "postgres", "service_role" USING (true)',
    }
    assert schema.problems == ()


def test_policies_that_neon_makes(read: Callable[..., Schema]) -> None:
    schema = read(
        f'{HEAD}import {{ authenticatedRole, anonymousRole, authUid, crudPolicy }} from "drizzle-orm/neon";\n'
        'export const t = pgTable("t", { owner: text() }, (t) => [\n'
        "  crudPolicy({ role: authenticatedRole, read: true, modify: authUid(t.owner) }),\n"
        "  crudPolicy({ role: [anonymousRole, pgRole('guest')], read: false, modify: null }),\n"
        "]);"
    )

    assert policies(schema) == {
        "crud-authenticated-policy-select": 'AS PERMISSIVE FOR SELECT TO "authenticated" USING (true)',
        "crud-authenticated-policy-insert": (
            'AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK ((select auth.user_id() = "t"."owner"))'
        ),
        "crud-authenticated-policy-update": (
            'AS PERMISSIVE FOR UPDATE TO "authenticated" USING ((select auth.user_id() = "t"."owner"))'
            ' WITH CHECK ((select auth.user_id() = "t"."owner"))'
        ),
        "crud-authenticated-policy-delete": (
            'AS PERMISSIVE FOR DELETE TO "authenticated" USING ((select auth.user_id() = "t"."owner"))'
        ),
        "crud-anonymous-guest-policy-select": 'AS PERMISSIVE FOR SELECT TO "anonymous", "guest" USING (false)',
    }
    assert schema.problems == ()


@pytest.mark.parametrize(
    "policy",
    [
        'pgPolicy("a", { to: mystery })',
        "crudPolicy(mystery)",
        "crudPolicy({ role: mystery, read: true, modify: null })",
        "crudPolicy({ role: 'r', read: true })",
    ],
)
def test_row_security_is_unknown_with_a_policy_that_is(policy: str, read: Callable[..., Schema]) -> None:
    schema = read(
        f'{HEAD}import {{ mystery }} from "mystery";\nimport {{ crudPolicy }} from "drizzle-orm/neon";\n'
        f'export const t = pgTable("t", {{ id: uuid() }}, () => [pgPolicy("known"), {policy}]);'
    )

    assert len(schema.problems) == 1
    assert RowSecurity in schema.tables[0].unread
    assert schema.tables[0].row_security is None
