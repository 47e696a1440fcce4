"""Fixtures that every test may use.

- `database`: the URL of an empty PostgreSQL database, dropped after the test.
- `new_database`: a function that gives such a URL at each call, for tests that need several.
- `run_sql`: a function `(url, text)` that executes SQL text, several statements at once if need be.

All databases lie on one embedded server that is started once for the whole run, or on the server that the environment
variable ORMISTICE_TEST_DATABASE_URL names. No test is skipped for want of a server.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import psycopg
import pytest
from hypothesis import HealthCheck, settings

from ormistice.pytest_plugin import Unwritten
from ormistice.sources.postgres.embedded import scratch_database

sys.meta_path.insert(0, Unwritten)
# How long an example takes tells how busy the machine is, and nothing of what is tested.
settings.register_profile("ormistice", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ormistice")


@pytest.fixture
def new_database() -> Iterator[Callable[[], str]]:
    with ExitStack() as stack:
        named = os.environ.get("ORMISTICE_TEST_DATABASE_URL")
        yield lambda: stack.enter_context(scratch_database(named)).url


@pytest.fixture
def database(new_database: Callable[[], str]) -> str:
    return new_database()


@pytest.fixture
def run_sql() -> Callable[[str, str], None]:
    def run(url: str, text: str) -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(text.encode())

    return run


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--bless", action="store_true", help="rewrite expected outputs from what is said now")
