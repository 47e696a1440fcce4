"""A model written as JSON reads back as the same model."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

from building import schemas
from ormistice.errors import AuditError
from ormistice.model import Schema
from ormistice.snapshot import as_json
from ormistice.sources import SourceRequest, kind_of
from ormistice.sources.snapshot.read import schema_of

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


@pytest.mark.parametrize("text", ["", "{}", "[]", "3", '{"tables": [{}], "enums": []}', "not json"])
def test_what_is_no_snapshot_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text(text, encoding="utf-8")
    kind, prefix, target = kind_of("snapshot:s.json", tmp_path)

    with pytest.raises(AuditError, match="no snapshot of a model"):
        kind.open(SourceRequest("s", prefix, (target,), tmp_path)).load()
