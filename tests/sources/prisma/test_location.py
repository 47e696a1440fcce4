"""Where a schema is looked for, and what is said when it is not there."""

import json
from pathlib import Path

import pytest

from ormistice.errors import AuditError
from ormistice.model import Enum, PrimaryKey, Table
from ormistice.sources import kind_of
from ormistice.sources.prisma import SOURCES as PRISMA

ONE = "model One {\n  id Int @id\n}\n"
TWO = "model Two {\n  id Int @id\n  one One[]\n}\n"


def put(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def tables(source) -> list[str]:
    return [table.name.name for table in source.load().tables]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    put(
        tmp_path,
        **{
            "prisma__schema__one.prisma": ONE,
            "prisma__schema__deeper__two.prisma": TWO,
            "prisma__schema__notes.txt": "model Three {\n}\n",
            "node_modules__x__three.prisma": ONE.replace("One", "Three"),
        },
    )
    return tmp_path


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("target", ["prisma/schema", "prisma", "."])
def test_all_files_below_a_folder_are_one_schema(open_prisma, target):
    assert sorted(tables(open_prisma(target)), reverse=True) == ["Two", "One"]


@pytest.mark.usefixtures("project")
def test_files_are_told_by_their_own_names(open_prisma):
    schema = open_prisma("prisma").load()

    assert [Path(document.path).name for document in schema.documents] == ["one.prisma", "two.prisma"]


@pytest.mark.usefixtures("project")
def test_one_file_is_read_alone(open_prisma):
    assert tables(open_prisma("prisma/schema/one.prisma")) == ["One"]


def test_a_file_without_models_among_others_is_not_all_there_is(project, open_prisma):
    """It holds the settings of a schema of several files, whose tables are then not missing."""
    head = 'datasource db {\n  provider = "postgresql"\n}\n'
    put(project, **{"prisma__schema__main.prisma": head, "alone__schema.prisma": head, "empty__schema.prisma": ""})
    schema = open_prisma("prisma/schema/main.prisma").load()
    (problem,) = schema.problems

    assert {Table, Enum} <= schema.unread
    assert problem.message == (
        "no model is in this file, and no other is read; name the folder for all 3 schema files in it"
    )
    assert open_prisma("alone/schema.prisma").load().problems == ()
    assert open_prisma("alone/schema.prisma").load().unread == frozenset()
    assert open_prisma("prisma/schema").load().problems == ()


@pytest.mark.parametrize(
    "text",
    [
        'import { defineConfig } from "prisma/config";\nexport default defineConfig({\n  schema: "prisma/schema",\n});\n',
        "export default { // schema: 'x'\n  migrations: { schema: 'y' }, 'schema': './prisma/schema' }",
        'import path from "node:path";\nexport default { schema: path.join("prisma", "schema") } satisfies PrismaConfig;',
        "module.exports = defineConfig({ schema: path.resolve(__dirname, 'prisma', `schema`), })",
        "const config = { schema: 'prisma/schema' };\nexport default config;",
        "export default defineConfig({ earlyAccess: true })",
    ],
)
def test_the_configuration_names_the_schema(project, open_prisma, text):
    put(project, **{"prisma.config.ts": text})

    assert sorted(tables(open_prisma("prisma.config.ts"))) == ["One", "Two"]


@pytest.mark.parametrize("schema", ["prisma/schema", "./prisma/schema/", None])
def test_the_package_names_the_schema(project, open_prisma, schema):
    put(project, **{"package.json": json.dumps({"prisma": {"schema": schema}} if schema else {})})

    assert sorted(tables(open_prisma("package.json"))) == ["One", "Two"]


@pytest.mark.parametrize(
    ("files", "target", "message"),
    [
        ({}, "schema.prisma", "schema.prisma: no such file or directory"),
        ({"empty__x.txt": ""}, "empty", "empty: no \\*.prisma file in this folder"),
        ({"package.json": "{"}, "package.json", "package.json: not valid JSON"),
        ({"package.json": "[]"}, "package.json", "package.json: not a JSON object"),
        ({"package.json": "{}"}, "package.json", "package.json: names no Prisma schema"),
        ({"package.json": "[" * 100_000}, "package.json", "package.json: not valid JSON"),
        ({"prisma.config.ts": "export default { schema: where() }"}, "prisma.config.ts", "`schema` is computed"),
        ({"prisma.config.ts": "{" * 100_000}, "prisma.config.ts", "names no Prisma schema"),
    ],
)
def test_what_is_not_there_is_said_in_one_line(tmp_path, open_prisma, files, target, message):
    put(tmp_path, **files)

    with pytest.raises(AuditError, match=message):
        open_prisma(target).load()


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        ("prisma:somewhere", "prisma"),
        ("prisma/schema/one.prisma", "prisma"),
        ("prisma", "prisma"),
        ("prisma/schema", "prisma"),
    ],
)
def test_a_location_tells_that_it_is_a_schema(project, location, kind):
    assert kind == kind_of(location, project)[0].name


@pytest.mark.parametrize(
    ("location", "known"), [("prisma.config.ts", True), ("prisma.config.js", True), ("x.ts", False)]
)
def test_a_configuration_of_prisma_is_a_schema(project, location, known):
    assert PRISMA[0].recognises(location, project) is known


MANY_TO_MANY = ONE.replace("}", "  two Two[]\n}") + TWO


@pytest.mark.parametrize(
    ("package", "key"),
    [
        ({"devDependencies": {"prisma": "^6.1.0"}}, True),
        ({"devDependencies": {"prisma": "~5.22"}}, False),
        ({"dependencies": {"@prisma/client": "4.0.0"}}, False),
        ({"dependencies": {"@prisma/client": "catalog:"}}, True),
        ({}, True),
    ],
)
def test_whether_a_join_table_has_a_key_depends_on_the_projects_prisma(tmp_path, open_prisma, package, key):
    put(tmp_path, **{"package.json": json.dumps(package), "packages__db__schema.prisma": MANY_TO_MANY})
    join = open_prisma("packages/db/schema.prisma").load().tables[-1]

    assert key == (join.primary_key is not None)
    assert key != (PrimaryKey in join.unread)
    assert [index.name.value for index in join.indexes] == ["_OneToTwo_B_index"]


def test_links_are_followed_once(project, open_prisma):
    (project / "linked").mkdir()
    (project / "linked" / "schema").symlink_to(project / "prisma" / "schema")
    (project / "linked" / "self").symlink_to(project / "linked")
    (project / "linked" / "lost.prisma").symlink_to(project / "nowhere.prisma")

    assert tables(open_prisma("linked")) == ["One", "Two"]


@pytest.mark.usefixtures("project")
def test_two_targets_are_one_schema(open_prisma):
    assert tables(open_prisma("prisma/schema/one.prisma", "prisma/schema/deeper")) == ["One", "Two"]
