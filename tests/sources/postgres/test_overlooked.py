"""Changes of a database that schema tools commonly overlook: each shows, and shows as that one aspect alone."""

from dataclasses import fields, replace
from pathlib import Path

import psycopg
import pytest

from ormistice.model import Stated
from ormistice.names import QualifiedName
from ormistice.sources import SourceRequest
from ormistice.sources.postgres import SOURCES

DDL = """
CREATE TABLE users (id integer PRIMARY KEY, email text, CONSTRAINT one UNIQUE (email));
CREATE TABLE orders (
  id integer NOT NULL, user_id integer CONSTRAINT fk REFERENCES users, total numeric CONSTRAINT ck CHECK (total > 0),
  at timestamptz(3), CONSTRAINT pk PRIMARY KEY (id), note text
);
CREATE INDEX ix ON orders (total) WHERE total > 5;
"""
KEY = (
    "ALTER TABLE orders DROP CONSTRAINT fk; ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users"
)
INDEX = "DROP INDEX ix; CREATE INDEX ix ON orders"
CHANGES = {
    "not valid": (f"{KEY} NOT VALID", "foreign_keys", "validated"),
    "disabled triggers": ("ALTER TABLE orders DISABLE TRIGGER ALL", "foreign_keys", "enforced"),
    "deferrability": (f"{KEY} DEFERRABLE", "foreign_keys", "deferrability"),
    "match": (f"{KEY} MATCH FULL", "foreign_keys", "match_type"),
    "check": ("ALTER TABLE orders DROP CONSTRAINT ck, ADD CONSTRAINT ck CHECK (total > 1)", "checks", "expression"),
    "collation": ('ALTER TABLE orders ALTER note TYPE text COLLATE "C"', "columns", "collation"),
    "generated": (
        "ALTER TABLE orders DROP note, ADD note text GENERATED ALWAYS AS ('x') STORED",
        "columns",
        "generated",
    ),
    "precision": ("ALTER TABLE orders ALTER at TYPE timestamptz(6)", "columns", "type"),
    "identity": ("ALTER TABLE orders ALTER id ADD GENERATED ALWAYS AS IDENTITY", "columns", "identity"),
    "comment": ("COMMENT ON COLUMN orders.note IS 'x'", "columns", "comment"),
    "predicate": (f"{INDEX} (total) WHERE total > 6", "indexes", "predicate"),
    "descending": (f"{INDEX} (total DESC) WHERE total > 5", "indexes", "elements"),
    "nulls": (f"{INDEX} (total NULLS FIRST) WHERE total > 5", "indexes", "elements"),
    "opclass": (f"{INDEX} (total numeric_ops) WHERE total > 5", "indexes", None),
    "include": (f"{INDEX} (total) INCLUDE (note) WHERE total > 5", "indexes", "include"),
    "method": (f"{INDEX} USING hash (total) WHERE total > 5", "indexes", "method"),
    "primary key": (
        "ALTER TABLE orders DROP CONSTRAINT pk, ADD CONSTRAINT pk PRIMARY KEY (id, total)",
        "primary_key",
        "columns",
    ),
    "row security": ("ALTER TABLE orders ENABLE ROW LEVEL SECURITY", "row_security", "value"),
    "policy": ("CREATE POLICY p ON orders USING (true)", "row_security", "value"),
}


def load(url):
    return SOURCES[0].open(SourceRequest("db", "database", (url,), Path())).load()


def orders(schema):
    return schema.table(QualifiedName("public", "orders"))


def differing(before, after):
    """The aspects in which two objects, or the two ends of two tuples of objects, differ."""
    pairs = zip(before, after, strict=True) if isinstance(before, tuple) else [(before, after)]
    return {
        field.name
        for old, new in pairs
        for field in fields(old)
        if field.compare and getattr(old, field.name) != getattr(new, field.name)
    }


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_a_change_shows_as_what_it_is(database, run_sql, name):
    statement, kind, aspect = CHANGES[name]
    run_sql(database, DDL)
    before = orders(load(database))
    run_sql(database, statement)
    after = orders(load(database))
    expected = {aspect} if aspect else set()
    also = {"nullable"} if name in ("identity", "primary key") else set()

    assert differing(getattr(before, kind), getattr(after, kind)) - also == expected
    if name != "primary key":
        assert replace(after, **{kind: getattr(before, kind)}) == before


def test_nulls_not_distinct_shows(database, run_sql):
    run_sql(database, DDL)
    before = load(database)
    with psycopg.connect(database) as connection:
        if connection.info.server_version < 150000:
            pytest.skip("PostgreSQL has it since version 15")
    run_sql(database, "ALTER TABLE users DROP CONSTRAINT one, ADD CONSTRAINT one UNIQUE NULLS NOT DISTINCT (email)")
    (old,), (new,) = (
        schema.table(QualifiedName("public", "users")).unique_constraints for schema in (before, load(database))
    )

    assert differing(old, new) == {"nulls_not_distinct"}
    assert isinstance(new.nulls_not_distinct, Stated)
