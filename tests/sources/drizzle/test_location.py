"""Which files a location names, what they import, and what a configuration says of them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ormistice.errors import AuditError
from ormistice.model import Schema
from ormistice.names import QualifiedName
from ormistice.places import printed
from ormistice.sources import Source, SourceRequest
from ormistice.sources.drizzle import SOURCES

TABLE = 'import {{ integer, pgTable }} from "drizzle-orm/pg-core";\nexport const {0} = pgTable("{0}", {{ someId: integer() }});\n'
USES = """import {{ integer, pgTable }} from "drizzle-orm/pg-core";
import {{ target }} from "{0}";
export const t = pgTable("t", {{ id: integer().references(() => target.someId) }});
"""


def names(schema: Schema) -> list[str]:
    return [table.name.name for table in schema.tables]


def referenced(schema: Schema) -> str | None:
    (key,) = (key for table in schema.tables for key in table.foreign_keys)
    return None if key.references is None else key.references.value.table.name


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        (("a.ts",), ["a"]),
        (("a.ts", "b/c.ts"), ["a", "c"]),
        (("b/c.ts,a.ts",), ["c", "a"]),
        (("b",), ["c", "d"]),
        (("b/*.ts",), ["c"]),
        (("**/*.ts",), ["a", "c", "d"]),
        (("{a,b/c}.ts",), ["a", "c"]),
        (("a.ts", "a.ts"), ["a"]),
        (("**/!(d|*.x).ts",), ["a", "c"]),
        (("!(b)",), ["a"]),
        (("+(a|b)/@(c|inner)?(.ts)",), ["c", "d"]),
        (("@(a|[!b-z]).ts",), ["a"]),
    ],
)
def test_targets_name_files(
    targets: tuple[str, ...], expected: list[str], files: Callable[..., None], open_drizzle: Callable[..., Source]
) -> None:
    files({"a.ts": TABLE.format("a"), "b/c.ts": TABLE.format("c"), "b/inner/d.ts": TABLE.format("d")})
    files({"b/page.tsx": "export const x = <p>it's</p>;\n" + TABLE.format("page")})
    files({"b/c.test.ts": TABLE.format("tested"), "b/node_modules/x/e.ts": TABLE.format("foreign")})

    assert names(open_drizzle(*targets).load()) == expected


@pytest.mark.parametrize("target", ["missing.ts", "empty", "*.mts", "a.ts,missing.ts"])
def test_a_target_without_files_is_refused(
    target: str, tmp_path: Path, files: Callable[..., None], open_drizzle: Callable[..., Source]
) -> None:
    files({"a.ts": TABLE.format("a")})
    (tmp_path / "empty").mkdir()

    with pytest.raises(AuditError):
        open_drizzle(target).load()


@pytest.mark.parametrize(("dialect", "name"), [("mysql", "MySQL"), ("sqlite", "SQLite")])
def test_schemas_of_other_databases_are_refused(
    dialect: str, name: str, files: Callable[..., None], open_drizzle: Callable[..., Source]
) -> None:
    files(
        {"a.ts": f'import * as d from "drizzle-orm/{dialect}-core";\nexport const t = d.{dialect}Table("t", {{}});\n'}
    )
    files({"drizzle.config.ts": f'export default {{ dialect: "{dialect}", schema: "./a.ts" }}'})

    for target in ("a.ts", "drizzle.config.ts"):
        with pytest.raises(AuditError, match=name):
            open_drizzle(target).load()


@pytest.mark.parametrize(
    ("specifier", "others"),
    [
        ("./target", {"target.ts": TABLE}),
        ("./target.js", {"target.ts": TABLE}),
        ("./target.ts", {"target.ts": TABLE}),
        ("./target", {"target/index.ts": TABLE}),
        ("./target", {"target.mts": TABLE}),
        (
            "@/db/target",
            {
                "tsconfig.json": '{ "compilerOptions": { "paths": { "@/*": ["./src/*"], }, } }',
                "src/db/target.ts": TABLE,
            },
        ),
        (
            "@db",
            {
                "tsconfig.json": '{ "compilerOptions": { "paths": { "@db": ["./src/db/target.ts"] } } } // comment',
                "src/db/target.ts": TABLE,
            },
        ),
        ("db/target", {"tsconfig.json": '{ "compilerOptions": { "baseUrl": "src" } }', "src/db/target.ts": TABLE}),
        (
            "~/target",
            {
                "tsconfig.json": '{ "extends": "./tsconfig.base" }',
                "tsconfig.base.json": '{ "compilerOptions": { "paths": { "~/*": ["./lib/*"] } } }',
                "lib/target.ts": TABLE,
            },
        ),
        (
            "~/target",
            {
                "tsconfig.json": '{ "files": [], "references": [{ "path": "./tsconfig.app.json" }] }',
                "tsconfig.app.json": '{ "compilerOptions": { "paths": { "~/*": ["./lib/*"] } } }',
                "lib/target.ts": TABLE,
            },
        ),
        ("#target", {"package.json": '{ "imports": { "#*": "./lib/*.ts" } }', "lib/target.ts": TABLE}),
        (
            "@acme/db",
            {
                "package.json": '{ "workspaces": ["packages/*"] }',
                "packages/db/package.json": '{ "name": "@acme/db", "main": "./dist/index.js" }',
                "packages/db/src/index.ts": TABLE,
            },
        ),
        (
            "@acme/db/schema",
            {
                "pnpm-workspace.yaml": "packages:\n  - 'packages/*'\n",
                "packages/db/package.json": json.dumps(
                    {
                        "name": "@acme/db",
                        "exports": {"./schema": {"types": "./dist/schema.d.ts", "default": "./dist/schema.js"}},
                    }
                ),
                "packages/db/src/schema.ts": TABLE,
            },
        ),
        (
            "@acme/db/tables/target",
            {
                "package.json": '{ "workspaces": ["packages/*"] }',
                "packages/db/package.json": '{ "name": "@acme/db", "exports": { "./tables/*": "./src/*.ts" } }',
                "packages/db/src/target.ts": TABLE,
            },
        ),
    ],
)
def test_imports_are_followed(specifier: str, others: dict[str, str], read: Callable[..., Schema]) -> None:
    texts = {path: text.format("target") if text == TABLE else text for path, text in others.items()}
    schema = read(USES.format(specifier), texts)

    assert schema.problems == ()
    assert referenced(schema) == "target"
    assert names(schema) == ["t"]


def test_modules_may_import_each_other(read: Callable[..., Schema]) -> None:
    head = 'import { integer, pgTable } from "drizzle-orm/pg-core";\n'
    other = (
        head
        + """import { t } from "./schema";
export const target = pgTable("target", { someId: integer().references(() => t.id) });
"""
    )
    schema = read(USES.format("./target") + 'export * from "./target";\n', {"target.ts": other})

    assert sorted(names(schema)) == ["t", "target"]
    assert schema.problems == ()


@pytest.mark.parametrize(
    "config",
    [
        'import { defineConfig } from "drizzle-kit";\nexport default defineConfig({ dialect: "postgresql", schema: "./db", casing: "snake_case" });',
        'export default { schema: ["./db/a.ts", "./db/b.ts"], casing: "snake_case", dialect: "postgresql" } satisfies Config;',
        'const casing = "snake_case";\nconst config: Config = { schema: "db/*.ts", casing, out: process.env.OUT };\nexport default config;',
        'import path from "path";\nexport default { schema: path.join(__dirname, "db"), casing: "snake_case" };',
        'import { dirname, resolve } from "node:path";\nimport { fileURLToPath } from "node:url";\n'
        "const here = dirname(fileURLToPath(import.meta.url));\n"
        'const posix = (path: string) => path.replace(/\\\\/g, "/");\n'
        'export default { schema: posix(resolve(here, "./db")), casing: "snake_case" };',
        'import path from "path";\nconst db = path.join(path.dirname(__filename), "db", "*.ts");\n'
        'export default { schema: db.split(path.sep).join("/"), casing: "snake_case" };',
    ],
)
@pytest.mark.parametrize("target", [".", "drizzle.config.ts"])
def test_a_configuration_says_what_the_schema_is(
    config: str, target: str, files: Callable[..., None], open_drizzle: Callable[..., Source]
) -> None:
    files({"drizzle.config.ts": config, "db/a.ts": TABLE.format("a"), "db/b.ts": TABLE.format("b")})
    files({"elsewhere.ts": TABLE.format("elsewhere")})
    schema = open_drizzle(target).load()

    assert names(schema) == ["a", "b"]
    assert [column.name for table in schema.tables for column in table.columns] == ["some_id", "some_id"]


@pytest.mark.parametrize(
    "config",
    [
        'export default { dialect: "postgresql", schema: process.env.SCHEMA ?? "./a.ts" };',
        'export default { dialect: "postgresql", schema: [process.env["SCHEMA"] || "a.ts"] };',
        'import path from "path";\nconst inside = process.env.INSIDE ? "inside" : ".";\n'
        'export default { schema: path.join(process.cwd(), inside, "a.ts") };',
        'import { defineConfig } from "drizzle-kit";\nexport default defineConfig(given());\n'
        "function given() {\n  if (process.env.URL) {\n"
        '    return { schema: "./a.ts", dbCredentials: { url: process.env.URL } };\n  }\n'
        '  return { schema: "./a.ts", driver: "pglite" };\n}',
        'function given() {\n  if (!process.env.URL) throw new Error("no URL");\n'
        '  return { schema: "./a.ts" };\n}\nexport default given();',
        'const given = () => {\n  if (!process.env.URL) {\n    console.error("no URL");\n    throw new Error();\n  }\n'
        '  return { schema: "./a.ts", url: process.env.URL };\n};\nexport default given();',
    ],
)
def test_a_configuration_may_look_into_the_environment(
    config: str, files: Callable[..., None], open_drizzle: Callable[..., Source]
) -> None:
    files({"drizzle.config.ts": config, "a.ts": TABLE.format("a"), "inside/a.ts": TABLE.format("inside")})

    assert names(open_drizzle("drizzle.config.ts").load()) == ["a"]


def test_a_configuration_that_the_environment_alone_decides_is_refused(
    files: Callable[..., None], open_drizzle: Callable[..., Source]
) -> None:
    files({"drizzle.config.ts": "export default { schema: process.env.SCHEMA! };", "a.ts": TABLE.format("a")})

    with pytest.raises(AuditError, match="where its schema lies is not known"):
        open_drizzle("drizzle.config.ts").load()


@pytest.mark.parametrize(
    "name",
    ["drizzle-admin.config.ts", "drizzle.config.prod.ts", "drizzle-prod.config.mjs", "db.config.ts", "dbConfig.js"],
)
def test_a_configuration_may_bear_another_name(
    name: str, files: Callable[..., None], open_drizzle: Callable[..., Source]
) -> None:
    files({name: 'export default { dialect: "postgresql", schema: "./a.ts" };', "a.ts": TABLE.format("a")})

    assert names(open_drizzle(name).load()) == ["a"]


def test_a_schema_may_be_of_configurations(files: Callable[..., None], open_drizzle: Callable[..., Source]) -> None:
    files({"config.ts": TABLE.format("config") + 'export default { schema: "dark" };'})

    assert names(open_drizzle("config.ts").load()) == ["config"]


def test_paths_of_a_configuration_may_start_at_the_root_of_its_package(
    files: Callable[..., None], open_drizzle: Callable[..., Source]
) -> None:
    files({"package.json": "{}", "server/db/drizzle.config.ts": 'export default { schema: "./server/db/a.ts" };'})
    files({"server/db/a.ts": TABLE.format("a")})

    assert names(open_drizzle("server/db/drizzle.config.ts").load()) == ["a"]


@pytest.mark.parametrize("pattern", ["./dist/schema/*.js", "dist/schema", "build/schema/a.js"])
def test_where_nothing_is_built_yet_the_files_are_read_that_it_is_built_from(
    pattern: str, files: Callable[..., None], open_drizzle: Callable[..., Source]
) -> None:
    files({"drizzle.config.ts": f'export default {{ schema: "{pattern}" }};', "src/schema/a.ts": TABLE.format("a")})

    assert names(open_drizzle("drizzle.config.ts").load()) == ["a"]


def test_they_may_start_at_the_root_of_a_package_around_it(
    files: Callable[..., None], open_drizzle: Callable[..., Source]
) -> None:
    files({"repo/app/package.json": "{}", "repo/app/db/package.json": "{}", "repo/app/db/a.ts": TABLE.format("a")})
    files({"repo/app/db/drizzle.config.ts": 'export default { schema: "./db/*.ts" };'})

    assert names(open_drizzle("repo/app/db/drizzle.config.ts").load()) == ["a"]


NAMES = ("public.app_new", "public.app_old", "public.other", "shop.app_new", "auth.users")
EVERY = frozenset(NAMES)


@pytest.mark.parametrize(
    ("version", "filters", "covered"),
    [
        # What drizzle-kit takes of these, by its own matcher: a pattern that keeps out lets all else in.
        ("1.0.0", "", EVERY),
        ("0.45.0", "", {"public.app_new", "public.app_old", "public.other"}),
        ("1.0.0", 'tablesFilter: "app_*"', {"public.app_new", "public.app_old", "shop.app_new"}),
        ("1.0.0", 'tablesFilter: ["app_*", "!app_old"]', EVERY - {"public.app_old"}),
        ("0.45.0", 'tablesFilter: ["app_*"]', {"public.app_new", "public.app_old"}),
        ("1.0.0", 'schemaFilter: ["shop", "auth"]', {"shop.app_new", "auth.users"}),
        ("0.45.0", 'schemaFilter: ["shop"], tablesFilter: ["*_{new,old}"]', {"shop.app_new"}),
        ("1.0.0", 'schemaFilter: ["!auth"]', EVERY - {"auth.users"}),
        ("1.0.0", "tablesFilter: [process.env.TABLES]", EVERY),
    ],
)  # fmt: skip
def test_filters_of_a_configuration_are_the_scope_of_a_schema(
    version: str,
    filters: str,
    covered: set[str],
    files: Callable[..., None],
    open_drizzle: Callable[..., Source],
) -> None:
    files({"drizzle.config.ts": f'export default {{ schema: "./a.ts", {filters} }};', "a.ts": TABLE.format("app_new")})
    files({"package.json": json.dumps({"dependencies": {"drizzle-orm": version}})})
    scope = open_drizzle(".").load().scope

    assert {name for name in NAMES if scope.covers(QualifiedName(*name.split(".")))} == covered


@pytest.mark.parametrize(
    ("filters", "covered"),
    [
        ('tablesFilter: ["other_*"]', {"public.app_[new]", "shop.b"}),
        ('tablesFilter: ["other_*"], schemaFilter: ["public"]', {"public.app_[new]"}),
        ('tablesFilter: ["!app_*"]', {"public.some", "shop.b", "shop.some"}),
        ('tablesFilter: ["b"]', {"public.app_[new]", "shop.b"}),
    ],
)
def test_a_table_that_is_declared_is_looked_at_unless_it_is_kept_out(
    filters: str, covered: set[str], files: Callable[..., None], open_drizzle: Callable[..., Source]
) -> None:
    shop = 'export const b = pgSchema("shop").table("b", { id: integer() });\n'
    files({"drizzle.config.ts": f'export default {{ schema: "./a.ts", {filters} }};'})
    files(
        {
            "a.ts": TABLE.format("app_[new]")
            .replace("const app_[new]", "const a")
            .replace("integer,", "integer, pgSchema,")
            + shop
        }
    )
    files({"package.json": json.dumps({"dependencies": {"drizzle-orm": "0.45.0"}})})
    scope = open_drizzle(".").load().scope

    names = ("public.app_[new]", "public.app_n", "public.some", "shop.b", "shop.some")
    assert {name for name in names if scope.covers(QualifiedName(*name.split(".")))} == covered


def test_schemas_that_tables_are_declared_in_are_looked_at(
    files: Callable[..., None], open_drizzle: Callable[..., Source]
) -> None:
    shop = 'export const b = pgSchema("shop").table("b", { id: integer() });\n'
    files({"drizzle.config.ts": 'export default { schema: "./a.ts" };'})
    files({"a.ts": TABLE.format("a").replace("integer,", "integer, pgSchema,") + shop})
    scope = open_drizzle(".").load().scope

    assert [scope.covers(QualifiedName(schema, "x")) for schema in ("public", "shop", "auth")] == [True, True, False]


@pytest.mark.parametrize(
    "filters", ["tablesFilter: [process.env.TABLES]", 'tablesFilter: "+(a|b)"', "schemaFilter: f()"]
)
def test_a_filter_that_is_not_understood_is_said(
    filters: str, files: Callable[..., None], open_drizzle: Callable[..., Source]
) -> None:
    files({"drizzle.config.ts": f'export default {{ schema: "./a.ts",\n {filters} }};', "a.ts": TABLE.format("a")})
    schema = open_drizzle(".").load()
    (problem,) = schema.problems
    place = printed(problem.place, schema)

    assert problem.message.startswith("filters of the configuration: ")
    assert (Path(place.file or "").name, place.start and place.start.line) == ("drizzle.config.ts", 2)


def test_a_configuration_without_a_known_schema_is_refused(
    files: Callable[..., None], open_drizzle: Callable[..., Source]
) -> None:
    files({"drizzle.config.ts": "export default { schema: process.env.SCHEMA };"})

    with pytest.raises(AuditError, match="where its schema lies is not known"):
        open_drizzle(".").load()


@pytest.mark.parametrize(
    ("manifest", "suffix"),
    [
        ({"dependencies": {"drizzle-orm": "^0.44.0"}}, "fk"),
        ({"devDependencies": {"drizzle-orm": "1.0.0-beta.2"}}, "fkey"),
        ({"dependencies": {"drizzle-orm": "~1.2.3"}}, "fkey"),
        ({"dependencies": {"drizzle-orm": "catalog:"}, "catalog": {"drizzle-orm": "^1.0.0"}, "workspaces": []}, "fkey"),
        ({"dependencies": {"drizzle-orm": "latest"}}, "fk"),
        ({}, "fk"),
    ],
)
def test_the_version_decides_how_a_key_is_named(
    manifest: dict[str, object], suffix: str, read: Callable[..., Schema]
) -> None:
    schema = read(USES.format("./target"), {"target.ts": TABLE.format("target"), "package.json": json.dumps(manifest)})
    (key,) = schema.tables[0].foreign_keys

    assert key.name is not None
    assert key.name.value == f"t_id_target_someId_{suffix}"


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("x.ts", True),
        ("src/*.ts", True),
        ("drizzle.config.ts", True),
        ("prisma.config.ts", False),
        ("with", True),
        ("without", False),
        ("schema.prisma", False),
        ("db.sql", False),
    ],
)
def test_locations_without_a_prefix_are_told_by_what_they_are(
    location: str, *, expected: bool, tmp_path: Path, files: Callable[..., None]
) -> None:
    files({"with/a.ts": TABLE.format("a"), "without/a.ts": "export const x = 1;"})

    assert SOURCES[0].recognises(location, tmp_path) is expected


def test_a_source_tells_what_it_is(tmp_path: Path) -> None:
    source = SOURCES[0].open(SourceRequest("web", "drizzle", ("a.ts", "b.ts"), tmp_path))

    assert (source.name, source.kind, source.location) == ("web", "drizzle", "a.ts,b.ts")
