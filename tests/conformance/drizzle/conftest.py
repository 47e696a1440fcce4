"""drizzle-kit of both versions, kept running for the whole session, and installed once from the pinned versions."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).parent


class RefusedError(Exception):
    """drizzle-kit does not take a schema."""


@dataclass
class Kit:
    process: subprocess.Popen[str]

    def ddl(self, version: str, file: Path, casing: str | None = None) -> str:
        """The SQL that drizzle-kit would create the exports of `file` with."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        request = {"version": version, "file": str(file.resolve()), "casing": casing}
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        reply = json.loads(self.process.stdout.readline())
        if "refused" in reply:
            raise RefusedError(reply["refused"])
        return str(reply["answer"])


@pytest.fixture(scope="session")
def kit() -> Iterator[Kit]:
    if shutil.which("node") is None or shutil.which("npm") is None:
        if os.environ.get("CI"):
            pytest.fail("the official tools need Node and npm")
        pytest.skip("the official tools need Node and npm")
    for version in ("v0", "v1"):
        folder = HERE / version
        installed = folder / "node_modules" / ".package-lock.json"
        if not installed.exists() or installed.stat().st_mtime < (folder / "package-lock.json").stat().st_mtime:
            subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=folder, check=True, capture_output=True)
    with subprocess.Popen(
        ["node", "ddl.mjs"],
        cwd=HERE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        yield Kit(process)
        assert process.stdin is not None
        process.stdin.close()
