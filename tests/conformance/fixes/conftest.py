"""drizzle-kit with a driver for PostgreSQL, installed once from the pinned versions."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent

Push = Callable[[Path, str], list[str]]


@pytest.fixture(scope="session")
def push() -> Push:
    """The statements with which drizzle-kit would make a database, by its URL, what a schema file says."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        if os.environ.get("CI"):
            pytest.fail("the official tools need Node and npm")
        pytest.skip("the official tools need Node and npm")
    installed = HERE / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < (HERE / "package-lock.json").stat().st_mtime:
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=HERE, check=True, capture_output=True)

    def asked(file: Path, url: str) -> list[str]:
        command = ["node", "push.mjs", str(file), url]
        done = subprocess.run(command, cwd=HERE, check=True, capture_output=True, text=True)
        statements: list[str] = json.loads(done.stdout)
        return statements

    return asked
