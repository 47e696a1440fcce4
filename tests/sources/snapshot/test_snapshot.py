"""A model written as JSON reads back as the same model."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from building import HERE, column, enum, schemas, table
from ormistice import snapshot
from ormistice.errors import AuditError
from ormistice.model import Domain, Reference, ReferentialAction, Relation, Schema, Stated, View
from ormistice.names import QualifiedName
from ormistice.snapshot import as_json
from ormistice.sources import SourceRequest, kind_of
from ormistice.sources.snapshot import source
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


def test_what_is_written_is_what_is_read() -> None:
    assert source.FORMAT_VERSION == snapshot.FORMAT_VERSION


def read(text: str, folder: Path) -> Schema:
    (folder / "s.json").write_text(text, encoding="utf-8")
    kind, prefix, target = kind_of("snapshot:s.json", folder)
    return kind.open(SourceRequest("s", prefix, (target,), folder)).load()


MODEL: dict[str, Any] = as_json(
    Schema("s", (table("users", column("users", "id")),), (enum("mood", "glad"),), frozenset())
)


def model(**changed: object) -> str:
    return json.dumps(MODEL | changed)


def one_table(**changed: object) -> str:
    return model(tables=[MODEL["tables"][0] | changed])


def one_column(**changed: object) -> str:
    return one_table(columns=[MODEL["tables"][0]["columns"][0] | changed])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it is not JSON: line 1, column 1: expecting value"),
        ('{"tables": [],\n}', "it is not JSON: line "),
        ("[" * 100_000, "it is nested too deep"),
        ("[]", "it holds no object"),
        ("3", "it holds no object"),
        ("{}", "it has no `tables`"),
        ('{"findings": []}', "it is the report of an audit"),
        (model(format_version=2), "it is of format 2, and this version of ormistice reads format 1"),
        (model(tables={}), "`tables` is to be a list"),
        (model(tables=[3]), "table 1: it is to be an object"),
        (model(tables=[{}]), "table 1: it has no `schema`"),
        (model(expresses=["Table", "Tabel"]), "`expresses` names `Tabel`, which this version does not know"),
        (model(enums=[{"schema": "public", "name": "mood", "labels": [1]}]), "enum public.mood: `labels` is to be a list of texts"),
        (one_table(columns=[{"name": "id"}]), "table public.users: column id: it has no "),
        (one_column(nullable="yes"), "table public.users: column id: `nullable` is to be true or false"),
        (one_column(type_parts=None), "table public.users: column id: `type_parts` is to be an object"),
        (
            one_table(foreign_keys=[{"name": None, "columns": ["id"], "referenced_table": None, "unknown": [], "on_delete": "Cascade"}]),
            "foreign key 1: it has no `match`",
        ),
        (
            one_table(
                foreign_keys=[
                    {
                        "name": None, "columns": ["id"], "referenced_table": None, "unknown": ["match_type"],
                        "on_delete": "Cascade",
                    }
                ]
            ),
            "foreign key 1: `on_delete` is `Cascade`, which is none of NO ACTION, RESTRICT, CASCADE, SET NULL, SET DEFAULT",
        ),
    ],
)  # fmt: skip
def test_what_is_no_snapshot_is_refused_in_words(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(AuditError) as refused:
        read(text, tmp_path)

    assert refused.value.message.startswith(f"{tmp_path.as_posix()}/s.json: no snapshot of a model: ")
    assert words in refused.value.message
    assert refused.value.hint is not None


def places(item: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value of a document."""
    inner = item.items() if isinstance(item, dict) else enumerate(item) if isinstance(item, list) else ()
    return [path, *(found for key, value in inner for found in places(value, (*path, key)))]


def changed(item: Any, path: tuple[Any, ...], value: object) -> Any:
    """A document with another value at one place; LEFT_OUT: with none."""
    if not path:
        return value
    copied = dict(item) if isinstance(item, dict) else list(item)
    if len(path) == 1 and value is LEFT_OUT:
        del copied[path[0]]
    else:
        copied[path[0]] = changed(item[path[0]], path[1:], value)
    return copied


LEFT_OUT = object()
PYTHON = re.compile(r"Error|None|True|False|\b(str|int|dict|list|tuple|object) (is|has)|__|'\w+'")


@given(schemas(), st.data())
def test_one_wrong_value_is_read_or_refused_in_words(schema: Schema, data: st.DataObject) -> None:
    document = as_json(schema)
    path = data.draw(st.sampled_from(places(document)[1:]))
    value = data.draw(st.sampled_from([None, True, 3, "x", [], {}, [3], LEFT_OUT]))
    told = ""
    try:
        schema_of(json.loads(json.dumps(changed(document, path, value))), "s")
    except ValueError as refused:
        told = re.sub("`.*?`", "", str(refused))

    assert not PYTHON.search(told)
