"""What judges the reports: pages and schemas of others, from the packages of package.json."""

from pathlib import Path

import pytest

from conformance.npm import installed

# The reports and the browser of the quick tests.
from reporters.conftest import browser, credits_report, hostile_report, shop_report, tab  # noqa: F401 - fixtures

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def packages() -> Path:
    """The folder of the installed packages."""
    return installed(HERE)
