"""Fixtures that every test may use.

- `database`: the URL of an empty PostgreSQL database, dropped after the test.
- `new_database`: a function that gives such a URL at each call, for tests that need several.
- `run_sql`: a function `(url, text)` that executes SQL text, several statements at once if need be.
- `thorough`: whether to try everything, or as much of it as a quick run has time for.

All databases lie on one embedded server that is started once for the whole run, or on the server that the environment
variable ORMISTICE_TEST_DATABASE_URL names. No test is skipped for want of a server.

Tests on random examples, and those that ask whether to be `thorough`, try little in the quick run. `pytest -m
conformance` runs them again and tries more.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings

from ormistice.pytest_plugin import Unwritten
from ormistice.sources.postgres.embedded import scratch_database

sys.meta_path.insert(0, Unwritten)
_MEMORY = Path("/dev/shm")  # noqa: S108 - where Linux has files that are in memory alone
_LEAST_MEMORY = 2**31


def _keep_databases_in_memory() -> None:
    """A database is hundreds of files. What tests write themselves stays where pytest puts it."""
    if "TMPDIR" in os.environ or not os.access(_MEMORY, os.W_OK):
        return
    free = os.statvfs(_MEMORY)
    if free.f_bavail * free.f_frsize >= _LEAST_MEMORY:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", tempfile.gettempdir())
        os.environ["TMPDIR"] = str(_MEMORY)


_keep_databases_in_memory()

# How long an example takes tells how busy the machine is, and nothing of what is tested.
_RANDOM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", _RANDOM, max_examples=25)
settings.register_profile("thorough", _RANDOM, max_examples=100)
settings.load_profile("quick")


def pytest_configure(config: pytest.Config) -> None:
    if _is_thorough(config):
        settings.load_profile("thorough")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Before pytest leaves out what the marks do not ask for."""
    for item in items if _is_thorough(config) else ():
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False) or "thorough" in _fixtures(item):
            item.add_marker("conformance")


def _fixtures(item: pytest.Item) -> tuple[str, ...]:
    return tuple(getattr(item, "fixturenames", ()))


def _is_thorough(config: pytest.Config) -> bool:
    return bool(config.getoption("markexpr") == "conformance")


@pytest.fixture(scope="session")
def thorough(pytestconfig: pytest.Config) -> bool:
    return _is_thorough(pytestconfig)


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
