"""A model written as JSON reads back as the same model."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from building import HERE, schemas
from ormistice.errors import AuditError
from ormistice.model import Domain, Reference, ReferentialAction, Relation, Schema, Stated, View
from ormistice.names import QualifiedName
from ormistice.snapshot import as_json
from ormistice.sources import SourceRequest, kind_of
from ormistice.sources.snapshot.read import schema_of
from ormistice.types import ColumnType

CHANGES = Path(__file__).parents[2] / "changes"
SQL = """
CREATE EXTENSION citext;
CREATE SCHEMA "Odd";
CREATE TYPE "Odd"."Mood" AS ENUM ('a"b', 'c d');
CREATE SEQUENCE counter INCREMENT 5;
CREATE TABLE "Odd"."T t" (
  id bigint GENERATED ALWAYS AS IDENTITY (START 7) PRIMARY KEY, m "Odd"."Mood"[] DEFAULT '{}', c citext COLLATE "C",
  n numeric(5, 2) DEFAULT 1.5, d int4range, twice bigint GENERATED ALWAYS AS (id * 2) STORED, at timestamp(3),
  UNIQUE NULLS NOT DISTINCT (c), EXCLUDE USING gist (d WITH &&), CHECK (n > 0)
);
CREATE TABLE part (a serial, b bigint REFERENCES "Odd"."T t" ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED);
CREATE INDEX ON part (lower(b::text) DESC, a) INCLUDE (b) WHERE a > 3;
ALTER TABLE part ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON part FOR SELECT USING (a > 0);
COMMENT ON TABLE part IS 'x';
COMMENT ON COLUMN part.a IS 'y';
CREATE DOMAIN "Odd"."small One" AS numeric(5, 2) DEFAULT 1.5 NOT NULL CHECK (VALUE > 0) CHECK (VALUE < 9);
CREATE DOMAIN plain AS text[];
CREATE VIEW "Odd".seen AS SELECT id AS "an Id", n FROM "Odd"."T t";
CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS n FROM part;
"""


def bare(schema: Schema) -> Schema:
    """Without what a snapshot does not keep."""
    return replace(schema, problems=(), source="s")


def through_json(schema: Schema) -> Schema:
    return schema_of(json.loads(json.dumps(as_json(schema))), "s")


@given(schemas())
def test_any_schema(schema: Schema) -> None:
    assert through_json(schema) == bare(schema)


@pytest.mark.parametrize("location", ["schema.prisma", "schema.ts", "models.py", "database.sql"])
def test_a_schema_of_each_kind(location: str) -> None:
    kind, prefix, target = kind_of(location, CHANGES)
    schema = kind.open(SourceRequest("s", prefix, (target,), CHANGES)).load()

    assert through_json(schema) == bare(schema)


def test_all_that_a_database_can_hold(tmp_path: Path) -> None:
    (tmp_path / "all.sql").write_text(SQL, encoding="utf-8")
    kind, prefix, target = kind_of("all.sql", tmp_path)
    schema = kind.open(SourceRequest("s", prefix, (target,), tmp_path)).load()

    assert schema.problems == ()
    assert through_json(schema) == bare(schema)


@given(schemas(), st.data())
def test_relations_views_and_domains(schema: Schema, data: st.DataObject) -> None:
    """With and without what a source may not know of them."""

    def known(value: object) -> Stated[Any] | None:
        return data.draw(st.sampled_from([None, Stated(value, HERE)]))

    name = QualifiedName("Odd", "one")
    reference = Reference(name, ("id",))
    action = data.draw(st.sampled_from([None, *(Stated(action, HERE) for action in ReferentialAction)]))
    relation = Relation(name, ("x",), reference, HERE, known(value=True), action, data.draw(st.booleans()))
    view = View(name, HERE, known(("a", "b c")), data.draw(st.booleans()), known("SELECT 1"))
    typed = known(ColumnType("numeric", ("5", "2")))
    domain = Domain(name, HERE, typed, known(value=False), known(None), known(("(VALUE > 0)",)))
    tables = tuple(replace(table, relations=(replace(relation, table=table.name),)) for table in schema.tables)
    whole = replace(schema, tables=tables, views=(view,), domains=(domain,))

    assert through_json(whole) == bare(whole)


@pytest.mark.parametrize("text", ["", "{}", "[]", "3", '{"tables": [{}], "enums": []}', "not json"])
def test_what_is_no_snapshot_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text(text, encoding="utf-8")
    kind, prefix, target = kind_of("snapshot:s.json", tmp_path)

    with pytest.raises(AuditError, match="no snapshot of a model"):
        kind.open(SourceRequest("s", prefix, (target,), tmp_path)).load()
