"""Time to read a database of many tables, beside `pg_dump --schema-only` and SQLAlchemy's own reflection of it.

    .venv/bin/python tests/benchmarks/postgres_reflect.py [TABLES...]

All three are timed in turn, several times over, and each figure is the least of its times: what else the machine does
is in all of them. Ours and SQLAlchemy's are what they take in a process that runs; pg_dump's is a process of its own.
SQLAlchemy's knows neither checks' validity nor triggers, policies, opclasses and the like.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable

from sqlalchemy import MetaData, create_engine

from ormistice.sources.postgres.connecting import connect
from ormistice.sources.postgres.embedded import ScratchDatabase, find_programs, scratch_database
from ormistice.sources.postgres.reflect import reflect

ROUNDS = 4


def table(number: int) -> str:
    """A table of twenty columns, with a serial key, a foreign key, a unique constraint, a check and two indexes."""
    columns = ", ".join(f"c{at} varchar({at + 10}) DEFAULT 'x'" for at in range(12))
    return (
        f"CREATE TABLE t{number} (id serial PRIMARY KEY, up integer REFERENCES t{max(number - 1, 0)}, {columns},"
        " at timestamptz NOT NULL DEFAULT now(), price numeric(10, 2) CHECK (price > 0), data jsonb, tags text[],"
        " flag boolean DEFAULT false NOT NULL, UNIQUE (c1, c2));"
        f"CREATE INDEX ON t{number} (c3); CREATE INDEX ON t{number} (lower(c4)) WHERE price > 5;"
    )


def contenders(database: ScratchDatabase, count: int) -> dict[str, Callable[[], None]]:
    """What is timed."""
    dump = find_programs({"PATH": os.environ["PATH"]}) / "pg_dump"

    def ours() -> None:
        with connect(database.conninfo, autocommit=True) as connection:
            assert len(reflect(connection, "db").tables) == count

    def official() -> None:
        subprocess.run([dump, "-s", database.conninfo], check=True, stdout=subprocess.DEVNULL)

    def sqlalchemy() -> None:
        engine = create_engine("postgresql+psycopg://", creator=lambda: connect(database.conninfo, autocommit=True))
        metadata = MetaData()
        metadata.reflect(engine)
        engine.dispose()
        assert len(metadata.tables) == count

    return {"pg_dump -s": official, "ormistice": ours, "SQLAlchemy": sqlalchemy}


def measured(count: int) -> dict[str, float]:
    """The least time of each."""
    with scratch_database() as database:
        with connect(database.owner_conninfo, autocommit=True) as connection:
            for number in range(count):
                connection.execute(table(number).encode())
        with connect(database.conninfo, autocommit=True) as connection:
            connection.execute(b"VACUUM ANALYZE")
        least: dict[str, float] = {}
        for _ in range(ROUNDS):
            for name, act in contenders(database, count).items():
                start = time.perf_counter()
                act()
                least[name] = min(least.get(name, float("inf")), time.perf_counter() - start)
        return least


if __name__ == "__main__":
    for count in map(int, sys.argv[1:] or ("300", "3000")):
        times = measured(count)
        for name, seconds in times.items():
            ratio = seconds / times["pg_dump -s"]
            sys.stdout.write(f"{count:5} tables  {name:12} {seconds:7.3f} s  {ratio:5.2f} x pg_dump -s\n")
