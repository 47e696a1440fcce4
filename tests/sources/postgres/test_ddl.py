"""The law of ddl: a schema that is written as DDL, executed and reflected is the same schema."""

from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from ormistice.fixes import Script
from ormistice.sources import SourceRequest
from ormistice.sources.postgres import SOURCES
from ormistice.sources.postgres.ddl import creation, switching_off

AROUND = r"""
CREATE EXTENSION citext; CREATE EXTENSION pg_trgm; CREATE EXTENSION btree_gist;
CREATE DOMAIN positive AS integer DEFAULT 7 NOT NULL CONSTRAINT above CHECK (VALUE > 0);
CREATE DOMAIN smaller AS positive CHECK (VALUE < 100);
CREATE TYPE pair AS (a positive, "B b" text[]);
CREATE FUNCTION double(a integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT a * 2';
"""


def source(url):
    return SOURCES[0].open(SourceRequest("db", "database", (url,), Path()))


def test_what_is_written_as_ddl_is_reflected_as_it_was(everything, new_database):
    schema = source(everything).load()
    second = new_database()
    with psycopg.connect(second, autocommit=True) as connection:
        around = AROUND + ("CREATE EXTENSION vector;" if "embedding" in str(schema) else "")
        for statement in (*creation(replace(schema, domains=()), [around]), *switching_off(schema)):
            connection.execute(statement.encode())

    assert len(schema.tables) == 5
    assert schema.problems == ()
    assert source(second).load() == schema


@pytest.mark.parametrize("statement", ["SELECT 1", 'CREATE TABLE extra (a "Mood")'])
def test_a_rehearsal_starts_from_the_same_schema(everything, statement):
    live = source(everything)
    before = live.load()
    after = live.load((Script("db", (statement,)),))

    assert [table for table in after.tables if table.name.name != "extra"] == list(before.tables)
    assert (after.enums, after.sequences, after.problems) == (before.enums, before.sequences, ())
    assert source(everything).load() == before
