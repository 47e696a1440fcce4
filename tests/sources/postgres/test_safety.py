"""A database is read, and is afterwards what it was; whoever reads it needs no right but to look at the catalogs."""

import os
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from ormistice.errors import AuditError
from ormistice.sources import SourceRequest
from ormistice.sources.postgres import SOURCES
from ormistice.sources.postgres.catalogs import Limits
from ormistice.sources.postgres.connecting import connect
from ormistice.sources.postgres.embedded import find_programs
from ormistice.sources.postgres.reflect import reflect

DDL = "CREATE TABLE t (id serial PRIMARY KEY, a text DEFAULT 'x' CHECK (a <> '')); INSERT INTO t SELECT FROM generate_series(1, 9)"


def load(url):
    return SOURCES[0].open(SourceRequest("db", "database", (url,), Path())).load()


def dump(url):
    # The newest programs there are, for an older pg_dump refuses a newer server.
    shown = subprocess.run(
        [find_programs({"PATH": os.environ["PATH"]}) / "pg_dump", url], capture_output=True, check=True, text=True
    ).stdout
    return [line for line in shown.splitlines() if "restrict" not in line]


def test_a_database_is_afterwards_what_it_was(database, run_sql):
    run_sql(database, DDL)
    before = dump(database)
    load(database)

    assert dump(database) == before


def test_nothing_is_locked_and_nothing_left_open(database, run_sql):
    run_sql(database, DDL)
    with connect(database, autocommit=True) as connection:
        reflect(connection, "db")
        locks = connection.execute(
            "SELECT relation::regclass::text, mode FROM pg_locks WHERE pid = pg_backend_pid() AND mode <> 'AccessShareLock'"
            " AND locktype = 'relation'"
        ).fetchall()

        assert connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
        assert locks == []
        assert connection.execute("SHOW search_path").fetchone() == ('"$user", public',)


def test_a_role_without_any_right_reads_it_all(database, run_sql):
    # Roles are the server's, which other tests make some on.
    run_sql(database, DDL + "; REVOKE ALL ON SCHEMA public FROM PUBLIC; CREATE ROLE without_any_right LOGIN")
    try:
        whole = load(database)

        assert load(database.replace("postgres@", "without_any_right@")) == whole
    finally:
        run_sql(database, "DROP ROLE without_any_right")


def test_a_locked_table_ends_the_reading_within_its_limit(database, run_sql):
    run_sql(database, DDL)
    with psycopg.connect(database) as other:
        other.execute("LOCK TABLE t IN ACCESS EXCLUSIVE MODE")
        start = time.monotonic()
        with connect(database, autocommit=True) as connection, pytest.raises(psycopg.errors.LockNotAvailable):
            reflect(connection, "db", Limits(lock_ms=100))

        assert time.monotonic() - start < 5


def test_a_locked_table_is_one_line_with_advice(database, run_sql):
    run_sql(database, DDL)
    request = SourceRequest("db", "database", (database,), Path(), options={"lock_timeout": 0.1})
    with psycopg.connect(database) as other:
        other.execute("LOCK TABLE t IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(AuditError, match="a table is locked, and was not released in time") as caught:
            SOURCES[0].open(request).load()

    assert "try again" in caught.value.hint


def test_work_without_end_is_ended(database, run_sql):
    run_sql(database, DDL)
    request = SourceRequest("db", "database", (database,), Path(), options={"statement_timeout": 0.001})
    run_sql(
        database, ";".join(f"CREATE TABLE t{number} (a text DEFAULT 'x', b text DEFAULT 'y')" for number in range(300))
    )
    with pytest.raises(AuditError, match="canceling statement due to statement timeout"):
        SOURCES[0].open(request).load()


@pytest.mark.parametrize("url", ["postgresql://u@localhost:1/d"])
def test_a_failure_names_the_location(url):
    with pytest.raises(AuditError, match=f"^{urlsplit(url).scheme}://u@localhost:1/d: "):
        load(url)
