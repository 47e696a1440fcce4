"""What Prisma's engine creates is what we read: its SQL, executed and reflected, against our reading of the same files."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings

from ormistice.audit import Settings, audit
from ormistice.model import Index, Schema, SqlDefault, Stated, Table
from ormistice.names import quoted, quoted_name
from ormistice.sources import Source, SourceRequest
from ormistice.sources.postgres import SOURCES as POSTGRES
from ormistice.sources.postgres.embedded import scratch_database
from ormistice.sources.prisma import SOURCES as PRISMA
from sources.prisma.prisma_printing import HEAD, printed
from sources.prisma.prisma_schemas import names, schemas

from .conftest import HERE, VERSIONS

pytestmark = pytest.mark.conformance

OWN = sorted((HERE / "schemas").iterdir())
COMPARED_BY_POSTGRES: set[str] = set()
"""Predicates are SQL of the user's, and PostgreSQL keeps its own spelling of them."""

PRELUDE = "CREATE EXTENSION IF NOT EXISTS citext; CREATE EXTENSION IF NOT EXISTS pg_trgm;"
HEAD_OF_TWO = 'datasource db {\n  provider = "postgresql"\n  schemas = ["public", "other"]\n}\n'
RELAXED = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
    deadline=None,
    max_examples=20,
)


@contextmanager
def created(sql: str) -> Iterator[Source]:
    """A database with `sql` executed in it."""
    with scratch_database(os.environ.get("ORMISTICE_TEST_DATABASE_URL")) as database:
        with psycopg.connect(database.url, autocommit=True) as connection:
            connection.execute(f"{PRELUDE}{sql}".encode())
        yield POSTGRES[0].open(SourceRequest("database", "database", (database.url,), Path()))


def prisma(path: Path) -> Source:
    return PRISMA[0].open(SourceRequest("prisma", "prisma", (str(path),), Path()))


def differences(database: Source, path: Path) -> list[str]:
    """What the audit finds, of whatever severity, but for advice on what both agree on, and views: none is created."""
    report = audit([database, prisma(path)], Settings(databases=frozenset({"database"})))
    return [
        f"{finding.rule} {finding.identity}: {finding.violation.message}"
        for finding in report.findings
        if finding.rule != "missing-view"
        and (
            finding.rule.endswith(("-mismatch", "-error", "-construct"))
            or finding.rule.startswith(("missing-", "unmanaged-"))
        )
    ]


def texts(path: Path) -> list[str]:
    return [each.read_text() for each in (sorted(path.rglob("*.prisma")) if path.is_dir() else [path])]


def skip_unless_known(path: Path, version: int) -> None:
    if version == 6 and path.stem.endswith("_7"):
        pytest.skip("new in version 7")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("path", OWN, ids=[path.stem for path in OWN])
def test_the_engine_creates_what_we_read(path, version, engine):
    skip_unless_known(path, version)
    if path.stem in COMPARED_BY_POSTGRES:
        pytest.skip("compared below")

    with created(engine.ddl(version, *texts(path))) as database:
        assert differences(database, path) == []


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("path", OWN, ids=[path.stem for path in OWN])
def test_our_defaults_and_predicates_are_the_engines_once_postgres_has_them(path, version, engine):
    skip_unless_known(path, version)
    sql = engine.ddl(version, *texts(path))
    with created(sql) as database, created(sql + "\n".join(again(prisma(path).load()))) as rewritten:
        assert without_order(database.load()) == without_order(rewritten.load())


def again(schema: Schema) -> Iterator[str]:
    """Statements that set every default and create every partial index as we read it."""
    for table in schema.tables:
        for column in table.columns:
            if column.default is not None and not (
                column.default.value is None or isinstance(column.default.value, SqlDefault)
            ):
                continue
            if column.default is not None:
                name, default = quoted_name(table.name), column.default.value
                clause = "DROP DEFAULT" if default is None else f"SET DEFAULT {default}"
                yield f"ALTER TABLE {name} ALTER COLUMN {quoted(column.name)} {clause};"
        yield from (statement for index in table.indexes for statement in partial(index))


def partial(index: Index) -> Iterator[str]:
    if index.predicate is None or index.predicate.value is None or index.name is None or index.unique is None:
        return
    columns = ", ".join(quoted(element.column or "") for element in index.elements)
    yield f"DROP INDEX {quoted(index.name.value)};"
    yield (
        f"CREATE {'UNIQUE' * index.unique.value} INDEX {quoted(index.name.value)} ON {quoted_name(index.table)} ({columns})"
        f" WHERE {index.predicate.value};"
    )


def without_order(schema: Schema) -> dict[str, object]:
    return {
        str(table.name): (table.columns, table.foreign_keys, frozenset(map(index_of, table.indexes)))
        for table in schema.tables
    }


def index_of(index: Index) -> tuple[object, ...]:
    return tuple(
        value.value if isinstance(value, Stated) else value
        for value in (index.elements, index.unique, index.predicate, index.name)
    )


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("schema_names", [("public",), ("public", "other")], ids=["one", "two"])
def test_any_schema_is_created_as_we_read_it(version, schema_names, engine, tmp_path):
    several = len(schema_names) > 1

    @RELAXED
    @given(schemas(names=names, schema_names=schema_names))
    def check(schema: Schema) -> None:
        path = tmp_path / "schema.prisma"
        path.write_text(printed(schema, HEAD_OF_TWO if several else HEAD, every_schema=several))

        with created(engine.ddl(version, path.read_text())) as database:
            assert differences(database, path) == []

    check()


def test_the_tables_of_a_schema_are_all_there(engine):
    """Lest the tests above compare nothing with nothing."""
    with created(engine.ddl(7, *texts(HERE / "schemas" / "relations.prisma"))) as database:
        found = database.load()
        ours = prisma(HERE / "schemas" / "relations.prisma").load()

        assert {table.name for table in found.tables} == {table.name for table in ours.tables}
        assert sum(map(keys, found.tables)) == sum(map(keys, ours.tables)) > 20


def keys(table: Table) -> int:
    return len(table.foreign_keys)
