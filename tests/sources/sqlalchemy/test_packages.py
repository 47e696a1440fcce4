"""Packages and folders as targets, several MetaData, and what never reaches any."""

from pathlib import Path

import pytest
from tests.sources.sqlalchemy.reading import at, opened, written

from ormistice.errors import AuditError
from ormistice.fixes import Edit, Patch
from ormistice.model import Schema, Table
from ormistice.sources import SourceRequest
from ormistice.sources.sqlalchemy.source import Models
from ormistice.text import Span

BASE = "from sqlalchemy import *\nfrom sqlalchemy.orm import *\n\n\nclass Base(DeclarativeBase):\n    pass\n"
MODEL = "class {0}(Base):\n    __tablename__ = '{1}'\n    id = Column(Integer, primary_key=True)\n"


def model(name: str, base: str = "app.base") -> str:
    return f"from {base} import *\n\n\n{MODEL.format(name, name.lower())}"


def names(schema: Schema) -> list[str]:
    return sorted(table.name.name for table in schema.tables)


@pytest.mark.parametrize("target", ["app", "app/__init__.py", "app.users"])
def test_a_package_with_all_its_modules(tmp_path: Path, target: str) -> None:
    written(
        tmp_path, **{"app/__init__": "", "app/base": BASE, "app/users": model("User"), "app/deep/items": model("Item")}
    )
    schema = opened(tmp_path, target).load()

    assert names(schema) == (["user"] if target == "app.users" else ["item", "user"])
    assert not schema.problems


def test_a_folder_without_init_is_a_package_too(tmp_path: Path) -> None:
    written(
        tmp_path, **{"src/app/base": BASE, "src/app/models/users": model("User"), "src/app/models/items": model("Item")}
    )

    for target in ("src/app/models", "src/app"):
        assert names(opened(tmp_path, target).load()) == ["item", "user"]
    assert names(opened(tmp_path, "app.models.users").load()) == ["user"]


@pytest.mark.parametrize("name", ["token", "types", "calendar", "profile"])
@pytest.mark.parametrize("at", [".", "app"], ids=str)
def test_a_module_may_be_called_like_one_of_the_standard_library(tmp_path: Path, name: str, at: str) -> None:
    """As long as nobody imports it from its own folder, which would be in the way of Python itself."""
    written(tmp_path, **{"app/base": BASE, f"app/models/{name}": model("Token", base="base")})

    for target in (f"app/models/{name}.py", "app/models"):
        relative = target if at == "." else target.removeprefix("app/")
        assert names(opened(tmp_path / at, relative).load()) == ["token"]


def test_such_a_module_may_lie_where_the_command_runs(tmp_path: Path) -> None:
    written(tmp_path, token=BASE + MODEL.format("Token", "token"))

    assert names(opened(tmp_path, "token.py").load()) == ["token"]


def test_modules_that_import_each_other_by_name_are_run_from_their_folder(tmp_path: Path) -> None:
    written(tmp_path, **{"app/base": BASE, "app/user": model("User", base="base"), "app/profile": ""})

    assert names(opened(tmp_path, "app/user.py").load()) == ["user"]


def test_tests_migrations_and_scripts_are_left_alone(tmp_path: Path) -> None:
    bad = "raise SystemExit\nclass A(Base):\n    __tablename__ = 'a'\n"
    files = dict.fromkeys(("app/tests/x", "app/alembic/env", "app/migrations/y", "app/conftest", "app/test_z"), bad)
    written(tmp_path, **{"app/__init__": "", "app/base": BASE, "app/users": model("User"), **files})

    assert names(opened(tmp_path, "app").load()) == ["user"]


def test_a_module_that_raises_costs_itself(tmp_path: Path) -> None:
    written(
        tmp_path,
        **{"app/__init__": "", "app/base": BASE, "app/users": model("User"), "app/bad": model("Bad") + "1 / 0\n"},
    )
    schema = opened(tmp_path, "app").load()

    assert "user" in names(schema)
    assert "module `app.bad` was left out: it raises ZeroDivisionError on import" in schema.problems[0].message
    assert Table in schema.unread


def test_a_class_that_nobody_reaches_is_told(tmp_path: Path) -> None:
    hidden = "if False:\n    class Hidden(Base):\n        __tablename__ = 'hidden'\n        id = Column(Integer, primary_key=True)\n"
    written(tmp_path, **{"app/__init__": "", "app/base": BASE, "app/users": model("User") + hidden})
    schema = opened(tmp_path, "app").load()

    (problem,) = schema.problems
    assert problem.message == "class `Hidden` declares a table, but importing the models does not reach it"
    assert at(schema, problem.place).startswith("class Hidden(Base):")


def test_several_metadata_are_one_schema(tmp_path: Path) -> None:
    written(
        tmp_path,
        models=BASE
        + MODEL.format("A", "a")
        + "class Other(DeclarativeBase):\n    pass\n"
        + MODEL.format("B", "b").replace("Base", "Other"),
    )

    assert names(opened(tmp_path, "models.py").load()) == ["a", "b"]
    assert names(opened(tmp_path, "models.py:Other").load()) == ["b"]
    assert names(opened(tmp_path, "models.py:Other.metadata").load()) == ["b"]


def test_metadata_that_contradicts_another_is_left_out_aloud(tmp_path: Path) -> None:
    other = "class Other(DeclarativeBase):\n    pass\n" + MODEL.format("B", "a").replace("Base", "Other").replace(
        "Integer", "Text"
    )
    written(tmp_path, models=BASE + MODEL.format("A", "a") + other)
    schema = opened(tmp_path, "models.py").load()

    assert [str(column.type.value) for table in schema.tables for column in table.columns if column.type] == ["integer"]
    assert ["a MetaData of 1 tables was left out" in problem.message for problem in schema.problems] == [True]


@pytest.mark.parametrize("attribute", ["holder.inner", "listed", "made()", "table"])
def test_metadata_wherever_it_is_held(tmp_path: Path, attribute: str) -> None:
    text = "class Holder:\n    pass\n\nholder = Holder()\nholder.inner = Base.metadata\nlisted = [Base]\ntable = A.__table__\n"
    written(tmp_path, models=BASE + MODEL.format("A", "a") + text + "def made():\n    return Base.metadata\n")

    assert names(opened(tmp_path, f"models.py:{attribute}").load()) == ["a"]


def test_attribute_that_holds_nothing(tmp_path: Path) -> None:
    written(tmp_path, models=BASE + MODEL.format("A", "a") + "x = 1\n")

    for attribute, said in (("x", "holds no MetaData"), ("nope", "has no attribute 'nope'")):
        with pytest.raises(AuditError, match=said):
            opened(tmp_path, f"models.py:{attribute}").load()


def test_fixes_are_seen_by_every_module_and_beat_stale_bytecode(tmp_path: Path) -> None:
    written(tmp_path, **{"app/__init__": "from app.users import User\n", "app/base": BASE, "app/users": model("User")})
    compiled = tmp_path / "app" / "__pycache__"
    compiled.mkdir()
    path = tmp_path / "app" / "users.py"
    text = path.read_text()
    start = text.index("'user'")
    patch = Patch("models", (Edit(Span(path.as_posix(), start, start + len("'user'")), "'renamed'"),))

    assert names(opened(tmp_path, "app").load((patch,))) == ["renamed"]
    assert names(opened(tmp_path, "app").load()) == ["user"]
    assert path.read_text() == text
    assert not list(compiled.iterdir())


def test_output_of_the_application_spoils_nothing(tmp_path: Path) -> None:
    noise = "import os, sys, subprocess, atexit, threading\nprint('x' * 100000)\nos.write(1, b'{}')\nsys.stderr.write('y' * 100000)\n"
    noise += "subprocess.run(['echo', 'z'])\natexit.register(lambda: print('bye'))\nthreading.Thread(target=lambda: __import__('time').sleep(60)).start()\n"
    written(tmp_path, models=noise + BASE + MODEL.format("A", "a"))

    assert names(opened(tmp_path, "models.py").load()) == ["a"]


def test_the_same_answer_twice(tmp_path: Path) -> None:
    text = (
        "import datetime, uuid\n"
        + BASE
        + MODEL.format("A", "a")
        + "    b = Column(DateTime, default=datetime.datetime.now())\n    c = Column(String, default=lambda: 1)\n    d = Column(Uuid, default=uuid.uuid4())\n"
    )
    written(tmp_path, models=text)

    assert opened(tmp_path, "models.py").load() == opened(tmp_path, "models.py").load()


def test_modules_that_one_line_keeps_out_are_told_as_one(tmp_path: Path) -> None:
    broken = {f"app/m{number}": "from app.broken import x\n" + model(f"M{number}") for number in range(3)}
    written(
        tmp_path,
        **{"app/__init__": "", "app/base": BASE, "app/broken": "x = 1 / 0\n", "app/user": model("User"), **broken},
    )
    schema = opened(tmp_path, "app").load()

    assert names(schema) == ["user"]
    assert [problem.message for problem in schema.problems] == [
        "module `app.m0` (and 2 more) was left out: it raises ZeroDivisionError on import: division by zero"
    ]
    assert Table in schema.unread


def test_files_that_start_from_nested_folders_are_imported_once(tmp_path: Path) -> None:
    """Each by itself would be imported from its own folder, and the base of all of them by three names."""
    user = "from ..base import *\n" + MODEL.format("User", "user")
    item = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from db.sql.models.user import User\n"
    files = {"src/db/sql/base": BASE, "src/db/sql/models/user": user}
    written(
        tmp_path, **files, **{"src/db/sql/models/item": item + user.replace("User", "Item").replace("user", "item")}
    )
    places = tuple(f"src/db/sql/{name}.py" for name in ("base", "models/user", "models/item"))
    schema = Models(SourceRequest("models", "sqlalchemy", places, tmp_path)).load()

    assert (names(schema), schema.problems) == (["item", "user"], ())
