"""What drizzle-kit pulls of a database agrees with that database, as far as it can say what is there."""

import json
import subprocess
from pathlib import Path

import pytest

from conformance.npm import installed
from ormistice.audit import Settings, audit
from ormistice.findings import Severity
from ormistice.sources import Source, SourceRequest
from ormistice.sources.drizzle import SOURCES as DRIZZLE
from ormistice.sources.postgres import SOURCES as POSTGRES
from ormistice.sources.postgres.connecting import connect, url_of
from ormistice.sources.postgres.embedded import scratch_database

from .conftest import HERE
from .test_kit import VERSIONS

pytestmark = pytest.mark.conformance

DATABASE = """
CREATE TYPE mood AS ENUM ('sad', 'it''s', '');
CREATE DOMAIN year AS integer DEFAULT 2026;
CREATE SEQUENCE tickets START 10 INCREMENT 5;
CREATE FUNCTION tidy(text) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT $1 = btrim($1)';
CREATE TABLE users (
  id bigserial PRIMARY KEY,
  email varchar(80) NOT NULL UNIQUE,
  name text DEFAULT 'nobody' CHECK (tidy(name)),
  feels mood DEFAULT 'sad',
  born year,
  balance numeric(10, 2) NOT NULL DEFAULT 0.00,
  rate double precision DEFAULT 1.50,
  ticket bigint DEFAULT nextval('tickets'),
  tags text[] NOT NULL,
  settings jsonb DEFAULT '{}',
  made timestamptz(3) NOT NULL DEFAULT now(),
  seen timestamp,
  on_day date DEFAULT CURRENT_DATE,
  at_time time(3),
  took interval,
  token uuid DEFAULT gen_random_uuid(),
  address inet,
  spot point,
  twice integer GENERATED ALWAYS AS (length(email) * 2) STORED
);
CREATE INDEX users_made ON users (made DESC NULLS LAST);
CREATE INDEX users_day ON users USING brin (on_day);
CREATE INDEX users_tags ON users USING gin (tags);
CREATE INDEX users_named ON users (name) WHERE name IS NOT NULL;
CREATE INDEX users_lower ON users (lower(email));
CREATE TABLE posts (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  author bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE ON UPDATE RESTRICT,
  editor bigint REFERENCES users (id) ON DELETE SET NULL,
  slug varchar NOT NULL,
  UNIQUE (author, slug)
);
CREATE TABLE likes (
  post integer REFERENCES posts (id), by_user bigint REFERENCES users (id), PRIMARY KEY (post, by_user)
);
CREATE TABLE events (id integer NOT NULL, at date NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE files (name text);
CREATE TABLE own_files (owner bigint) INHERITS (files);
CREATE VIEW authors AS SELECT DISTINCT author FROM posts;
"""
# drizzle-kit leaves out partitioned tables. Before 1.0 it writes `{}` as `{""}` and loses the 0 of `time(0)`: not here.
LEFT_OUT = {("unmanaged-table", "public.events")}


def pulled(version: str, url: str, folder: Path) -> Source:
    home = HERE / version
    command = ["node_modules/.bin/drizzle-kit", "pull", "--dialect", "postgresql", "--url", url, "--out", str(folder)]
    subprocess.run(command, cwd=home, check=True, capture_output=True, timeout=120)
    (folder / "package.json").write_text(json.dumps({"dependencies": {"drizzle-orm": VERSIONS[version]}}))
    return DRIZZLE[0].open(SourceRequest("drizzle", "drizzle", ("schema.ts",), folder))


@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_pulled_is_what_is_there(version: str, tmp_path: Path) -> None:
    installed(HERE / version)
    with scratch_database() as database:
        with connect(database.conninfo, autocommit=True) as connection:
            connection.execute(DATABASE.encode())
        url = url_of(database.conninfo)
        kind = next(kind for kind in POSTGRES if kind.name == "database")
        live = kind.open(SourceRequest("database", "database", (url,), tmp_path))
        source = pulled(version, url, tmp_path)
        report = audit([live, source], Settings(databases=frozenset({"database"})))

    grave = [item for item in report.findings if item.severity is not Severity.INFO]
    told = {(item.rule, "" if item.identity is None else str(item.identity.name)): item for item in grave}
    assert [(pair, item.violation.message) for pair, item in told.items() if pair not in LEFT_OUT] == []
