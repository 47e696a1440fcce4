"""Places of what is built from SQL text: those of its declarations."""

import pytest

from ormistice.model import CatalogRow
from ormistice.names import QualifiedName
from ormistice.sources import SourceRequest
from ormistice.sources.postgres import SOURCES

DDL = """-- users
CREATE TYPE mood AS ENUM ('a');
CREATE TABLE IF NOT EXISTS users (
  id serial PRIMARY KEY, -- a comment, with a comma
  "E mail" text NOT NULL DEFAULT 'x, (y' CONSTRAINT named UNIQUE,
  up integer REFERENCES users (id) ON DELETE CASCADE, price numeric(10, 2) CHECK (price > 0),
  constraint_like text,
  CHECK (up > id), UNIQUE (up, price),
  CONSTRAINT "Far" CHECK (id <> up)
);
create table other.t (a int, b int, primary key (a, b), foreign key (b) references public.users);
ALTER TABLE ONLY public.users
  ADD COLUMN IF NOT EXISTS late mood, ADD extra int,
  ADD CONSTRAINT added FOREIGN KEY (late_id) REFERENCES users (id);
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS ix ON ONLY public.users USING btree (up);
ALTER TABLE users RENAME COLUMN extra TO renamed;
ALTER TABLE users RENAME CONSTRAINT "Far" TO near;
CREATE SEQUENCE counter;
"""


@pytest.fixture
def loaded(tmp_path):
    def load(text):
        (tmp_path / "schema.sql").write_text(text)
        return SOURCES[1].open(SourceRequest("ddl", "sql", ("schema.sql",), tmp_path)).load()

    return load


def test_everything_is_placed_at_its_declaration(loaded):
    text = DDL.replace("create table other.t", "CREATE SCHEMA other; create table other.t").replace("late_id", "up")
    schema = loaded(text.replace("CONCURRENTLY ", ""))
    text = schema.documents[0].text
    users, other = (schema.table(QualifiedName(*name)) for name in (("public", "users"), ("other", "t")))

    def said(thing):
        return " ".join(text[thing.place.start : thing.place.end].split())

    assert schema.problems == ()
    assert said(users).startswith("CREATE TABLE IF NOT EXISTS users (")
    assert said(users).endswith("CHECK (id <> up) )")
    assert {column.name: said(column) for column in users.columns} == {
        "id": "id serial PRIMARY KEY",
        "E mail": "\"E mail\" text NOT NULL DEFAULT 'x, (y' CONSTRAINT named UNIQUE",
        "up": "up integer REFERENCES users (id) ON DELETE CASCADE",
        "price": "price numeric(10, 2) CHECK (price > 0)",
        "constraint_like": "constraint_like text",
        "late": "late mood",
        "renamed": "RENAME COLUMN extra TO renamed",
    }
    assert {key.name.value: said(key) for key in users.foreign_keys} == {
        "users_up_fkey": "up integer REFERENCES users (id) ON DELETE CASCADE",
        "added": "CONSTRAINT added FOREIGN KEY (up) REFERENCES users (id)",
    }
    assert {unique.name.value: said(unique) for unique in users.unique_constraints} == {
        "named": "\"E mail\" text NOT NULL DEFAULT 'x, (y' CONSTRAINT named UNIQUE",
        "users_up_price_key": "UNIQUE (up, price)",
    }
    assert {check.name.value: said(check) for check in users.checks} == {
        "users_price_check": "price numeric(10, 2) CHECK (price > 0)",
        "users_check": "CHECK (up > id)",
        "near": 'RENAME CONSTRAINT "Far" TO near',
    }
    assert said(other.primary_key) == "primary key (a, b)"
    assert said(other.foreign_keys[0]) == "foreign key (b) references public.users"
    assert said(users.indexes[0]).startswith("CREATE UNIQUE INDEX")
    assert (said(schema.enums[0]), said(schema.sequences[0])) == (
        "CREATE TYPE mood AS ENUM ('a')",
        "CREATE SEQUENCE counter",
    )


@pytest.mark.parametrize("text", ["CREATE TABLE t (a text[], {})", "CREATE TABLE t (a text[]); ALTER TABLE t ADD {}"])
def test_a_constraint_may_list_what_has_no_name(loaded, text):
    check = "CONSTRAINT known CHECK (a <@ ARRAY['one', 'two', 'three'] OR a IN ('{}', '{x}'))"
    schema = loaded(text.format(check))

    assert schema.problems == ()
    (found,) = schema.tables[0].checks
    assert schema.documents[0].text[found.place.start : found.place.end].endswith(check)


def test_a_renamed_table_takes_its_places_along(loaded):
    schema = loaded("CREATE TABLE a (x int, CONSTRAINT c CHECK (x > 0));\nALTER TABLE a RENAME TO b;\n")
    (table,) = schema.tables

    assert (table.place.start, table.columns[0].place.start, table.checks[0].place.start) == (0, 16, 23)


def test_what_is_not_found_stands_in_the_catalog(loaded):
    (table,) = loaded("DO $$ BEGIN EXECUTE 'CREATE TABLE a (x int)'; END $$;\n").tables

    assert table.place == CatalogRow("pg_class", "public.a")
