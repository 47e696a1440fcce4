"""drizzle-kit with a driver for PostgreSQL, installed once from the pinned versions."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.npm import installed

HERE = Path(__file__).parent

Push = Callable[[Path, str], list[str]]


@pytest.fixture(scope="session")
def push() -> Push:
    """The statements with which drizzle-kit would make a database, by its URL, what a schema file says."""
    installed(HERE)

    def asked(file: Path, url: str) -> list[str]:
        command = ["node", "push.mjs", str(file), url]
        done = subprocess.run(command, cwd=HERE, check=True, capture_output=True, text=True)
        statements: list[str] = json.loads(done.stdout)
        return statements

    return asked
