"""The reports that are rendered."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ormistice.audit import Settings, audit
from ormistice.findings import Report
from ormistice.names import Scope
from ormistice.sources import SourceRequest, kind_of
from reporters.browser import Page, browsing, chromium
from reporters.reports import hostile, shop

CREDITS = Path(__file__).parent.parent.parent / "fixtures" / "credits"
SOURCES = (
    "database=sql:database.sql",
    "drizzle=drizzle:nextjs/src/database/schema.ts",
    "sqlmodel=sqlmodel:fastapi/models/credits.py",
)


@pytest.fixture(scope="session")
def credits_report() -> Report:
    """The story of fixtures/credits, its paths as seen from its folder."""
    before = Path.cwd()
    os.chdir(CREDITS)
    try:
        opened = []
        for source in SOURCES:
            name, location = source.split("=", 1)
            kind, prefix, target = kind_of(location, CREDITS)
            opened.append(
                kind.open(
                    SourceRequest(
                        name, prefix, (target,), CREDITS, options={"static": True} if name == "sqlmodel" else {}
                    )
                )
            )
        settings = Settings(
            databases=frozenset({"database"}),
            scopes={"sqlmodel": Scope(exclude=("users",))},
            owners=(("users", "Better Auth"),),
        )
        return audit(opened, settings)
    finally:
        os.chdir(before)


@pytest.fixture(scope="session")
def hostile_report() -> Report:
    return hostile()


@pytest.fixture(scope="session")
def shop_report() -> Report:
    return shop()


@pytest.fixture(scope="session")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    command = chromium()
    if command is None:
        if os.environ.get("ORMISTICE_NEEDS_CHROMIUM"):
            pytest.fail("the page is tested in Chromium: install the package chromium")
        pytest.skip("no Chromium here")
    with browsing(command, tmp_path_factory.mktemp("profile")) as page:
        yield page


@pytest.fixture
def browser(tab: Page) -> Page:
    """The tab as it was when it was new."""
    tab.events.clear()
    tab.prefer("light")
    tab.size(1280, 900)
    return tab
