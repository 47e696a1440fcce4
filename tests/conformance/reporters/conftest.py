"""What judges the reports: pages and schemas of others, from the packages of package.json."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

# The reports and the browser of the quick tests.
from reporters.conftest import browser, credits_report, hostile_report, shop_report, tab  # noqa: F401 - fixtures

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def packages() -> Path:
    """The folder of the installed packages."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        if os.environ.get("CI"):
            pytest.fail("the official tools need Node and npm")
        pytest.skip("the official tools need Node and npm")
    installed = HERE / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < (HERE / "package-lock.json").stat().st_mtime:
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=HERE, check=True, capture_output=True)
    return HERE / "node_modules"
