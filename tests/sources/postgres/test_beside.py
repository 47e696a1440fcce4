"""Views, materialised views and domains, as the server has them; what an extension owns is nobody's business."""

from pathlib import Path

import pytest

from building import column, compare, table
from building import schema as built
from ormistice.findings import Severity
from ormistice.fixes import Script
from ormistice.model import EVERY_KIND
from ormistice.names import QualifiedName
from ormistice.sources import SourceRequest
from ormistice.sources.postgres import SOURCES
from ormistice.types import ColumnType

DDL = """

CREATE SCHEMA "Other";
CREATE DOMAIN positive AS integer DEFAULT 7 CONSTRAINT b CHECK (VALUE > 0) CONSTRAINT a CHECK (VALUE <> 5);
CREATE DOMAIN "Other"."small One" AS positive NOT NULL CHECK (VALUE < 100);
CREATE DOMAIN smallest AS "Other"."small One" NULL;
CREATE DOMAIN price AS numeric(10, 2); CREATE DOMAIN tags AS varchar(20)[];
CREATE TABLE users (id integer PRIMARY KEY, "E mail" text, age positive, size "Other"."small One", least smallest, cost price, marks tags);
CREATE VIEW seen AS SELECT id, "E mail" FROM users WHERE id > 5;
CREATE VIEW "Other".twice AS SELECT s.id AS first, t.id AS second FROM seen s, seen t;
CREATE VIEW a_first AS SELECT first FROM "Other".twice;
CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS n FROM users;
CREATE TEMPORARY VIEW mine AS SELECT 1;
"""


@pytest.fixture
def source(database, run_sql):
    run_sql(database, DDL)
    return SOURCES[0].open(SourceRequest("db", "database", (database,), Path()))


def test_views_have_their_names_columns_and_queries(source):
    views = {str(view.name): view for view in source.load().views}

    assert {name: (view.materialized, view.columns.value) for name, view in views.items()} == {
        '"Other".twice': (False, ("first", "second")),
        "public.a_first": (False, ("first",)),
        "public.counted": (True, ("n",)),
        "public.seen": (False, ("id", "E mail")),
    }
    assert views["public.counted"].definition.value.startswith("SELECT count(*) AS n")


def test_domains_have_what_the_server_keeps_for_them(source):
    """A domain of a domain takes over its default, but neither its checks nor its NOT NULL."""
    domains = {str(item.name): item for item in source.load().domains}

    assert {
        name: (str(item.type.value), item.nullable.value, item.default.value, item.checks.value)
        for name, item in domains.items()
    } == {
        '"Other"."small One"': ("public.positive", False, "7", ("((VALUE)::integer < 100)",)),
        "public.positive": ("integer", True, "7", ("(VALUE <> 5)", "(VALUE > 0)")),
        "public.price": ("numeric(10,2)", True, None, ()),
        "public.smallest": ('"Other"."small One"', True, "7", ()),
        "public.tags": ("character varying(20)[]", True, None, ()),
    }


def test_a_column_of_a_domain_that_refuses_null_refuses_it_too(source):
    users = source.load().table(QualifiedName("public", "users"))

    assert {item.name for item in users.columns if not item.nullable.value} == {"id", "size", "least"}


def test_a_rehearsal_has_the_same_views_and_domains(source):
    before = source.load()
    after = source.load((Script("db", ("SELECT 1",)),))

    assert (after.views, after.domains, after.problems) == (before.views, before.domains, ())


def test_a_rehearsal_inherits_as_the_database_does(database, run_sql):
    run_sql(
        database, "CREATE TABLE f (id integer); CREATE TABLE g (b integer); CREATE TABLE i (a integer) INHERITS (f, g)"
    )
    source = SOURCES[0].open(SourceRequest("db", "database", (database,), Path()))
    after = source.load((Script("db", ("ALTER TABLE f ADD COLUMN c text",)),))
    refused = source.load((Script("db", ("ALTER TABLE i DROP COLUMN b",)),))

    assert [column.name for column in after.table(QualifiedName("public", "i")).columns] == ["id", "b", "a", "c"]
    assert [problem.message for problem in refused.problems] == [
        'the statement fails: cannot drop inherited column "b"'
    ]


def test_what_an_extension_owns_is_left_out(database, run_sql):
    run_sql(
        database,
        "CREATE EXTENSION citext; CREATE VIEW v AS SELECT 1 AS a; CREATE DOMAIN d AS text;"
        "ALTER EXTENSION citext ADD VIEW v; ALTER EXTENSION citext ADD DOMAIN d",
    )
    schema = SOURCES[0].open(SourceRequest("db", "database", (database,), Path())).load()

    assert (schema.views, schema.domains) == ((), ())


@pytest.mark.parametrize(
    ("name", "kind", "severities"),
    [
        ("age", "integer", {Severity.INFO}),
        ("size", "integer", {Severity.INFO}),
        ("least", ColumnType("positive", schema="public"), {Severity.INFO}),
        ("cost", "numeric(10,2)", {Severity.INFO}),
        ("cost", "numeric(12,2)", {Severity.WARNING}),
        ("marks", "varchar(20)[]", {Severity.INFO}),
        ("age", "text", {Severity.ERROR}),
        ("age", "integer[]", {Severity.ERROR}),
    ],
)
def test_a_domain_is_spelling_for_what_it_is_made_of(source, name, kind, severities):
    loaded = source.load()
    users = next(item for item in loaded.tables if item.name.name == "users")
    one = built("db", table("users", *(item for item in users.columns if item.name in ("id", name))))
    database = type(loaded)("db", one.tables, (), EVERY_KIND, domains=loaded.domains)
    nullable = name not in ("size", "least")
    orm = built(
        "orm",
        table(
            "users", column("users", "id", "integer", nullable=False), column("users", name, kind, nullable=nullable)
        ),
    )
    found = compare(database, orm, databases=frozenset({"db"}))

    assert {item.severity for item in found} == severities
    assert {item.rule for item in found} == {"column-type-mismatch"}
