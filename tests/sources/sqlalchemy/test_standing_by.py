"""The interpreter that imports an application is started before it is known what to import, and reads the same."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy
from tests.sources.sqlalchemy.reading import opened, written

from ormistice.early import stand_by
from ormistice.sources.sqlalchemy import process
from ormistice.sources.sqlalchemy.process import PROBE

MODELS = """
import os
import sqlalchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase):
    pass

class User(Base):
    __tablename__ = f"{NAME}"
    id: Mapped[int] = mapped_column(primary_key=True)
"""
PRISMA = 'datasource db {\n  provider = "postgresql"\n}\n\nmodel users {\n  id Int @id\n}\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that the command runs in, with models whose table is called by the number of their process."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(process, "_standing_by", [])
    written(tmp_path, models=MODELS.replace("NAME", "os.getpid()"))
    (tmp_path / "schema.prisma").write_text(PRISMA, "utf-8")
    yield tmp_path
    for _, started in process._standing_by:
        process._leave(*started)


def standing_by() -> list[int]:
    return [started.pid for _, (started, _) in process._standing_by]


def imported_by(base: Path, **options: object) -> int:
    """The number of the process that the models were imported in."""
    (table,) = opened(base, "models.py", **options).load().tables
    return int(table.name.name)


@pytest.mark.parametrize(
    "words",
    [
        ["audit", "schema.prisma", "models.py"],
        ["audit", "schema.prisma", "ours=sqlalchemy:models.py", "--format", "json"],
    ],
)
def test_models_that_the_command_line_names_are_imported_by_what_stands_by(project: Path, words: list[str]) -> None:
    stand_by(words)

    numbers = standing_by()

    assert [imported_by(project)] == numbers
    assert standing_by() == []


def test_so_are_those_that_the_configuration_names(project: Path) -> None:
    locations = "".join(f'[[sources]]\nlocation = "{each}"\n' for each in ("schema.prisma", "models.py"))
    (project / "ormistice.toml").write_text(locations, "utf-8")
    stand_by(["audit"])

    numbers = standing_by()

    assert [imported_by(project)] == numbers


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--help"],
        ["audit"],
        ["audit", "schema.prisma"],
        ["audit", "schema.prisma", "models.py", "--static"],
        ["audit", "schema.prisma", "models.py", "--python=python3"],
        ["audit", "schema.prisma", "sqlalchemy:"],
        ["audit", "sqlalchemmy:models.py"],
        ["explain", "models.py"],
    ],
)
def test_nothing_stands_by_where_nothing_will_be_imported_or_not_so(project: Path, words: list[str]) -> None:
    assert project.exists()

    stand_by(words)

    assert standing_by() == []


def test_what_stands_by_with_another_environment_is_not_asked(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_TOKEN", "told")
    stand_by(["audit", "schema.prisma", "models.py"])

    (guessed,) = standing_by()

    assert imported_by(project, pass_env=["SOME_TOKEN"]) != guessed
    assert imported_by(project) == guessed


def test_what_stands_by_ends_where_nobody_asks() -> None:
    with subprocess.Popen([sys.executable, PROBE], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as started:
        told, _ = started.communicate(timeout=60)

    assert (started.returncode, told) == (0, b"")


def test_an_application_may_bring_its_own_sqlalchemy(project: Path) -> None:
    """Or anything that SQLAlchemy imports: what comes first on the application's path is what it gets."""
    (project / "sqlalchemy").symlink_to(Path(sqlalchemy.__file__).parent)
    written(project, models=MODELS.replace("NAME", "os.path.dirname(os.path.dirname(sqlalchemy.__file__))"))

    (table,) = opened(project, "models.py").load().tables

    assert table.name.name == str(project)


@pytest.mark.skipif(os.name != "posix", reason="a program for its shell")
def test_an_interpreter_may_print_as_it_starts(project: Path) -> None:
    """A `sitecustomize` does, or a `.pth` file of what is installed."""
    python = project / "python"
    python.write_text(f"#!/bin/sh\nprintf 'hello\\n{{}}\\n[1]\\n\\377\\n'\nexec '{sys.executable}' \"$@\"\n")
    python.chmod(0o755)
    written(project, models=MODELS.replace("NAME", "'users'"))

    (table,) = opened(project, "models.py", python=str(python)).load().tables

    assert table.name.name == "users"
