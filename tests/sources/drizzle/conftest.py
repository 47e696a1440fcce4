from collections.abc import Callable
from pathlib import Path

import pytest

from ormistice.model import Schema
from ormistice.sources import Source, SourceRequest
from ormistice.sources.drizzle import SOURCES


@pytest.fixture
def open_drizzle(tmp_path: Path) -> Callable[..., Source]:
    """Opens the targets, given as they would be on the command line, below the test's own folder."""

    def open_source(*targets: str) -> Source:
        return SOURCES[0].open(SourceRequest("drizzle", "drizzle", targets, tmp_path))

    return open_source


@pytest.fixture
def files(tmp_path: Path) -> Callable[..., None]:
    """Writes files, by their paths below the test's own folder."""

    def write(texts: dict[str, str]) -> None:
        for name, text in texts.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())

    return write


@pytest.fixture
def read(files: Callable[..., None], open_drizzle: Callable[..., Source]) -> Callable[..., Schema]:
    """Reads one text as `schema.ts`, with other files beside it."""

    def read_text(text: str, others: dict[str, str] | None = None) -> Schema:
        files({"schema.ts": text, **(others or {})})
        return open_drizzle("schema.ts").load()

    return read_text
