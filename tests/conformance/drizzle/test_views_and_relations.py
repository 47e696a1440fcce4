"""Views as PostgreSQL has them, made by drizzle-kit's SQL, and relations as drizzle's own client follows them."""

from pathlib import Path

import pytest

from ormistice.model import Schema
from ormistice.sources.postgres.connecting import connect
from ormistice.sources.postgres.embedded import scratch_database

from .conftest import HERE, Followed, Kit, followed
from .test_kit import VERSIONS, drizzle, prepared

pytestmark = pytest.mark.conformance

VIEWS = """
SELECT n.nspname, c.relname, c.relkind = 'm',
  (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('v', 'm') AND n.nspname IN ('public', 'reports')
"""


def created(sql: str) -> set[tuple[str, str, bool, tuple[str, ...]]]:
    with scratch_database() as database, connect(database.owner_conninfo, autocommit=True) as connection:
        connection.execute(sql.encode())
        rows = connection.execute(VIEWS.encode()).fetchall()
    return {(schema, name, materialized, tuple(columns)) for schema, name, materialized, columns in rows}


@pytest.mark.parametrize("version", VERSIONS)
def test_views_are_read_as_they_are_created(version: str, kit: Kit, tmp_path: Path) -> None:
    folder = prepared(tmp_path, version)
    made = created(kit.ddl(version, folder / "views.ts"))
    read = drizzle(folder, "views.ts").load()
    existing = {view for view in read.views if not view.created}

    assert read.problems == ()
    assert [view.name.name for view in existing] == ["elsewhere"]
    assert made == {
        (view.name.schema, view.name.name, view.materialized, view.columns.value if view.columns else ())
        for view in read.views
        if view not in existing
    }


def pairs(schema: Schema) -> set[Followed]:
    return {
        followed(
            [(table.name.name, column) for column in relation.columns],
            [(relation.references.table.name, column) for column in relation.references.columns],
        )
        for table in schema.tables
        for relation in table.relations
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_relations_are_read_as_the_client_follows_them(version: str, kit: Kit, tmp_path: Path) -> None:
    folder = prepared(tmp_path, version)
    file = f"relations_{version}.ts"
    read = drizzle(folder, file).load()

    assert read.problems == ()
    assert len(pairs(read)) > 5
    assert pairs(read) == kit.relations(version, HERE / "schemas" / file)
