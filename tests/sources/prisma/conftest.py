from collections.abc import Callable
from pathlib import Path

import pytest

from ormistice.model import Schema
from ormistice.sources import Source, SourceRequest
from ormistice.sources.prisma import SOURCES


@pytest.fixture
def open_prisma(tmp_path: Path) -> Callable[..., Source]:
    def open_source(*targets: str) -> Source:
        return SOURCES[0].open(SourceRequest("prisma", "prisma", targets, tmp_path))

    return open_source


@pytest.fixture
def read(tmp_path: Path, open_prisma: Callable[..., Source]) -> Callable[[str], Schema]:
    def read_text(text: str) -> Schema:
        (tmp_path / "schema.prisma").write_bytes(text.encode())
        return open_prisma("schema.prisma").load()

    return read_text
