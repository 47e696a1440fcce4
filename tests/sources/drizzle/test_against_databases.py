"""A database and the schema that describes it, as real projects have them: nothing above a note to say."""

from pathlib import Path

import pytest

from ormistice.audit import Settings, audit
from ormistice.findings import Severity
from ormistice.sources import SourceRequest, kind_of

HEAD = (
    'import { sql, desc } from "drizzle-orm";\nimport * as p from "drizzle-orm/pg-core";\n'
    'import { authUsers, authenticatedRole, authUid } from "drizzle-orm/supabase";\n\n'
)
CASES = {
    "a default of NULL": (
        "CREATE TABLE t (id integer PRIMARY KEY, a text, b jsonb DEFAULT NULL, c varchar(9) DEFAULT NULL);",
        'export const t = p.pgTable("t", { id: p.integer().primaryKey(), a: p.text().default(sql`NULL`),'
        " b: p.jsonb().default(sql`null::jsonb`), c: p.varchar({ length: 9 }) });",
    ),
    "partial indexes of two tables": (
        "CREATE TABLE t (id integer PRIMARY KEY, a text); CREATE INDEX t_a ON t (lower(a)) WHERE a IN ('x', 'y');"
        "CREATE TABLE u (id integer PRIMARY KEY, a text); CREATE INDEX u_a ON u (lower(a)) WHERE a IN ('x', 'y');",
        "".join(
            f'export const {name} = p.pgTable("{name}", {{ id: p.integer().primaryKey(), a: p.text() }}, (s) => ['
            f"p.index(\"{name}_a\").on(sql`LOWER(${{s.a}})`).where(sql`${{s.a}} in ('x', 'y')`)]);\n"
            for name in ("t", "u")
        ),
    ),
    "the order and the collation of an index": (
        'CREATE TABLE t (id integer PRIMARY KEY, a text, b text); CREATE INDEX t_ab ON t (a, b DESC); CREATE INDEX t_b ON t (b COLLATE "C");',
        'export const t = p.pgTable("t", { id: p.integer().primaryKey(), a: p.text(), b: p.text() }, (s) => ['
        'p.index("t_ab").on(s.a, desc(s.b)), p.index("t_b").on(sql`${s.b} COLLATE "C"`)]);',
    ),
    "a cast to a type of two words": (
        "CREATE TABLE t (id integer PRIMARY KEY, a text); CREATE INDEX t_a ON t (((a)::character varying)); CREATE INDEX t_id ON t (((id)::double precision));",
        'export const t = p.pgTable("t", { id: p.integer().primaryKey(), a: p.text() }, (s) => ['
        'p.index("t_a").on(sql`(a)::character varying`), p.index("t_id").on(sql`(id)::double precision`)]);',
    ),
    "one unique constraint said twice": (
        "CREATE TABLE t (id integer PRIMARY KEY, a text, CONSTRAINT t_a_unique UNIQUE (a), CONSTRAINT t_a_key UNIQUE (a));",
        'export const t = p.pgTable("t", { id: p.integer().primaryKey(), a: p.text().unique() }, (s) => ['
        'p.unique("t_a_key").on(s.a)]);',
    ),
    "a platform's users": (
        "CREATE TABLE t (id uuid PRIMARY KEY, CONSTRAINT t_id_users_id_fk FOREIGN KEY (id) REFERENCES auth.users (id) ON DELETE CASCADE);"
        "ALTER TABLE t ENABLE ROW LEVEL SECURITY;"
        "CREATE POLICY own ON t TO authenticated USING ((SELECT auth.uid()) = id);",
        'export const t = p.pgTable("t", { id: p.uuid().primaryKey().references(() => authUsers.id, { onDelete: "cascade" }) },'
        ' (s) => [p.pgPolicy("own", { to: authenticatedRole, using: sql`${authUid} = ${s.id}` })]);',
    ),
    "the books of a migration tool": (
        "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); CREATE TABLE t (id integer PRIMARY KEY);",
        'export const version = p.pgTable("alembic_version", { version_num: p.varchar({ length: 32 }).primaryKey() });\n'
        'export const t = p.pgTable("t", { id: p.integer().primaryKey() });',
    ),
    "a generated column of a custom type": (
        "CREATE TABLE t (id integer PRIMARY KEY, a text, s tsvector GENERATED ALWAYS AS (to_tsvector('english', a)) STORED);",
        "const search = p.customType<{ data: string; config: { of: string } }>({\n"
        "  dataType: (config) => `tsvector generated always as (to_tsvector('english', ${config?.of})) stored`,\n});\n"
        'export const t = p.pgTable("t", { id: p.integer().primaryKey(), a: p.text(), s: search({ of: "a" }) });',
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_nothing_is_found(case: str, tmp_path: Path) -> None:
    ddl, text = CASES[case]
    (tmp_path / "database.sql").write_text(ddl)
    (tmp_path / "schema.ts").write_text(HEAD + text)
    opened = []
    for name in ("database.sql", "schema.ts"):
        kind, prefix, target = kind_of(name, tmp_path)
        opened.append(kind.open(SourceRequest(kind.name, prefix, (target,), tmp_path)))

    report = audit(opened, Settings(databases=frozenset({"sql"})))

    found = [f"{item.rule}: {item.violation.message}" for item in report.findings if item.severity is not Severity.INFO]
    assert found == []
    assert report.not_compared == ()
    assert [item.rule for item in report.findings if item.rule.endswith(("-construct", "-error"))] == []
