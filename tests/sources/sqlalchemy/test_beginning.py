"""An application is imported from when its source is opened on, and once."""

import time
from dataclasses import replace
from pathlib import Path

import pytest
from tests.sources.sqlalchemy.reading import written

from ormistice import preparing
from ormistice.config import Config, SourceEntry
from ormistice.errors import AuditError
from ormistice.preparing import opened
from ormistice.sources import Source, SourceKind, SourceRequest, kind_of, kinds
from processes import ends, told_in

MODELS = """
from pathlib import Path
from sqlalchemy import Column, Integer
from sqlalchemy.orm import declarative_base

with Path(__file__).with_name("imported").open("a") as log:
    log.write("once\\n")

class User(declarative_base()):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True)
"""


def configured(base: Path, *locations: str) -> Config:
    return Config(base, sources=tuple(SourceEntry((each,)) for each in locations))


def test_opening_begins_to_import(tmp_path: Path) -> None:
    written(tmp_path, models=MODELS)
    (source,) = opened(configured(tmp_path, "models.py"))
    log = tmp_path / "imported"
    deadline = time.monotonic() + 60
    while not log.exists() and time.monotonic() < deadline:
        time.sleep(0.05)

    began = log.exists()
    names = [table.name.name for table in source.load().tables]

    assert (began, names, log.read_text()) == (True, ["users"], "once\n")


def test_what_is_edited_since_is_imported_again(tmp_path: Path) -> None:
    written(tmp_path, models=MODELS)
    (source,) = opened(configured(tmp_path, "models.py"))
    source.load()
    written(tmp_path, models=MODELS.replace('"users"', '"people"'))

    assert [table.name.name for table in source.load().tables] == ["people"]


def test_what_stands_in_the_way_is_told_on_loading(tmp_path: Path) -> None:
    (source,) = opened(configured(tmp_path, "sqlalchemy:missing.py"))

    with pytest.raises(AuditError, match=r"missing.py: no such file"):
        source.load()


def test_what_takes_long_is_begun_first_and_the_order_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, models=MODELS)
    (tmp_path / "schema.prisma").write_text("model users {\n  id Int @id\n}\n", "utf-8")
    order: list[str] = []

    def noting(kind: SourceKind) -> SourceKind:
        def noted(request: SourceRequest) -> Source:
            order.append(kind.name)
            return kind.open(request)

        return replace(kind, open=noted)

    known = {kind.name: noting(kind) for kind in kinds()}

    def told(location: str, base: Path) -> tuple[SourceKind, str, str]:
        kind, prefix, target = kind_of(location, base)
        return known[kind.name], prefix, target

    monkeypatch.setattr(preparing, "kind_of", told)

    sources = opened(configured(tmp_path, "schema.prisma", "models.py"))

    assert order == ["sqlalchemy", "prisma"]
    assert [source.kind for source in sources] == ["prisma", "sqlalchemy"]


def test_an_import_that_nobody_waits_for_ends(tmp_path: Path) -> None:
    waiting = """
        import os, pathlib, time
        pathlib.Path(__file__).with_name("process").write_text(str(os.getpid()))
        time.sleep(300)
    """
    written(tmp_path, models=waiting)
    sources = opened(configured(tmp_path, "models.py"))
    process = told_in(tmp_path / "process")
    del sources

    assert ends(process)


def test_an_application_may_have_names_of_the_probe(tmp_path: Path) -> None:
    written(
        tmp_path,
        values="NAME = 'users'",
        probing="from values import NAME",
        reading="from probing import NAME",
        models=MODELS.replace('"users"', "NAME").replace("from pathlib", "from reading import NAME\nfrom pathlib"),
    )
    (source,) = opened(configured(tmp_path, "models.py"))

    assert [table.name.name for table in source.load().tables] == ["users"]
