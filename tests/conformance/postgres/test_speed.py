"""Our time beside that of `pg_dump --schema-only` for the same database, in the same run: `pytest -s` prints it."""

import gc
import os
import subprocess
import time

import pytest

from ormistice.sources.postgres.connecting import connect
from ormistice.sources.postgres.embedded import find_programs, scratch_database
from ormistice.sources.postgres.reflect import reflect

pytestmark = pytest.mark.conformance
# A guard against what is badly wrong, beside whatever else the machine does; what we aim at is 1.
LARGEST_RATIO = 2.5
ATTEMPTS = 5


def table(number):
    columns = ", ".join(f"c{at} varchar({at + 10}) DEFAULT 'x'" for at in range(12))
    return (
        f"CREATE TABLE t{number} (id serial PRIMARY KEY, up integer REFERENCES t{max(number - 1, 0)}, {columns},"
        " at timestamptz NOT NULL DEFAULT now(), price numeric(10, 2) CHECK (price > 0), UNIQUE (c1, c2));"
        f"CREATE INDEX ON t{number} (c3); CREATE INDEX ON t{number} (lower(c4)) WHERE price > 5;"
    )


def best(act):
    def once():
        start = time.perf_counter()
        act()
        return time.perf_counter() - start

    # What the test run has made so far is nothing that reading a database has to look through.
    gc.collect()
    gc.freeze()
    try:
        return min(once() for _ in range(ATTEMPTS))
    finally:
        gc.unfreeze()


@pytest.mark.parametrize("count", [30, 300])
def test_reading_takes_about_as_long_as_dumping(count):
    programs = find_programs({"PATH": os.environ["PATH"]})
    with scratch_database() as database:
        with connect(database.owner_conninfo, autocommit=True) as connection:
            for number in range(count):
                connection.execute(table(number).encode())

        def read():
            with connect(database.conninfo, autocommit=True) as connection:
                assert len(reflect(connection, "db").tables) == count

        def dump():
            subprocess.run([programs / "pg_dump", "-s", database.conninfo], check=True, stdout=subprocess.DEVNULL)

        ours, official = best(read), best(dump)
        times = f"pg_dump -s {official:.2f} s, reflect {ours:.2f} s, {ours / official:.1f} times"
        print(f"\n{count} tables: {times}")  # noqa: T201 - that is what it is for

        assert ours / official < LARGEST_RATIO
