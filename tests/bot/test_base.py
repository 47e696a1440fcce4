"""What is read for the base is of the base, also where models are imported; what is not is told."""

import sys
from pathlib import Path

import pytest

from bot.conftest import Comment, commit, git, prisma
from bot.forge import Forge

MODELS = """from sqlmodel import Field, SQLModel


class Users(SQLModel, table=True):
    __tablename__ = "users"
    id: int = Field(primary_key=True)


class Orders(SQLModel, table=True):
    __tablename__ = "orders"
    id: int = Field(primary_key=True)
    user_id: int = Field(foreign_key="users.id", ondelete="CASCADE")


class Carts(SQLModel, table=True):
    __tablename__ = "carts"
    id: int = Field(primary_key=True)
    user_id: int = Field(foreign_key="users.id", ondelete="CASCADE")
"""
CONFIG = """authority = "prisma"

[severity]
constraint-name-mismatch = "off"
on-update-mismatch = "off"

[[sources]]
location = "prisma:db/schema.prisma"

[[sources]]
location = "sqlmodel:shop.models"
"""


@pytest.fixture(params=["src"])
def imported(project: Path, request: pytest.FixtureRequest) -> Path:
    """On main, the key of carts cascades in no source but SQLModel; on the branch, it is that of orders."""
    git(project, "switch", "--quiet", "main")
    models = project / request.param / "shop" / "models.py"
    models.parent.mkdir(parents=True)
    (models.parent / "__init__.py").touch()
    models.write_text(MODELS.replace('"CASCADE")\n\n\nclass Carts', '"RESTRICT")\n\n\nclass Carts'), encoding="utf-8")
    commit(project, "models", config=CONFIG, schema_prisma=prisma("Restrict", "Restrict"))
    git(project, "switch", "--quiet", "--create", "models")
    models.write_text(MODELS[::-1].replace('"EDACSAC"', '"TCIRTSER"', 1)[::-1].replace('"EDACSAC"', ""), "utf-8")
    return project


def test_a_package_on_the_path_is_that_of_the_base(
    imported: Path, comment: Comment, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(imported / "src"))
    comment()

    told = forge.comments[0]["body"]
    assert "**1 introduced, 1 fixed, " in told
    assert "`orders.user_id`, `src/shop/models.py:" in told


@pytest.mark.parametrize("imported", ["backend/code"], indirect=True)
def test_a_package_that_is_installed_from_the_head_is_not_taken_for_the_base(
    imported: Path, comment: Comment, forge: Forge, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As an editable install has it: the interpreter itself puts the head's folder on its path."""
    site = tmp_path / "site"
    site.mkdir()
    code = imported / "backend" / "code"
    (site / "sitecustomize.py").write_text(f"import sys\nsys.path.append({str(code)!r})\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(site))
    comment()

    told = forge.comments[0]["body"]
    assert "`sqlmodel` (it is imported from an installed package" in told
    assert "1 error" in told


def test_the_interpreter_beside_the_models_is_lent_to_the_base(
    project: Path, comment: Comment, forge: Forge, tmp_path: Path
) -> None:
    """A virtual environment is in no commit."""
    program = project / ".venv" / "bin" / "python"
    program.parent.mkdir(parents=True)
    log = tmp_path / "asked"
    program.write_text(f'#!/bin/sh\npwd >> {log}\nexec {sys.executable} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    (project / ".gitignore").write_text(".venv/\n", encoding="utf-8")
    (project / "db/models.py").write_text(MODELS, encoding="utf-8")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "models")
    comment("prisma:db/schema.prisma", "sqlmodel:db/models.py", base="HEAD")

    assert len(log.read_text("utf-8").splitlines()) >= 2
    assert forge.writes == [], "nothing is introduced"
