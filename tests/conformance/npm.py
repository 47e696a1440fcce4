"""The official tools that come from npm, in the versions that a lock file pins."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def installed(folder: Path, *options: str) -> Path:
    """The packages of a folder, installed unless they are there; without npm the test is skipped, but not in CI."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        if os.environ.get("CI"):
            pytest.fail("the official tools need Node and npm")
        pytest.skip("the official tools need Node and npm")
    packages, lock = folder / "node_modules", folder / "package-lock.json"
    done = packages / ".package-lock.json"
    if not done.exists() or done.stat().st_mtime < lock.stat().st_mtime:
        command = ["npm", "ci", "--no-audit", "--no-fund", *options]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return packages
