"""Reading a database takes no longer than `pg_dump --schema-only` takes for the same."""

import os
import subprocess
import time

import pytest

from ormistice.sources.postgres.connecting import connect
from ormistice.sources.postgres.embedded import find_programs, scratch_database
from ormistice.sources.postgres.reflect import reflect

pytestmark = pytest.mark.conformance
# Both are measured beside whatever else the machine does.
TOLERANCE = 1.25
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

    return min(once() for _ in range(ATTEMPTS))


@pytest.mark.parametrize("count", [30, 300])
def test_reading_is_as_fast_as_dumping(count):
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

        assert best(read) <= TOLERANCE * best(dump)
