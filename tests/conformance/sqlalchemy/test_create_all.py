"""What `create_all` makes in PostgreSQL is what is read from the classes, in every release of SQLAlchemy."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conformance.sqlalchemy.conftest import created, found, prepared

from ormistice.audit import Settings, audit
from ormistice.findings import Report, Severity
from ormistice.sources import Source, SourceRequest, kinds

pytestmark = pytest.mark.conformance

ZOO = Path(__file__).with_name("zoo")
CASES = [
    ("1.4", "classic"),
    ("2.0", "classic"),
    ("2.1", "classic"),
    ("2.0", "annotated"),
    ("2.1", "annotated"),
    ("2.0", "models"),
    ("2.1", "models"),
]

# SQLAlchemy 2.1 asks for Python 3.11; the other zoos are written in what came with 3.10.
OTHER_PYTHONS = [
    *((version, release) for version in ("3.9", "3.10", "3.12", "3.13") for release in ("1.4", "2.0")),
    ("3.12", "2.1"),
    ("3.13", "2.1"),
]


def opened(kind: str, target: Path, python: str | None = None) -> Source:
    found = next(each for each in kinds() if kind in each.prefixes)
    return found.open(SourceRequest(kind, kind, (str(target),), target.parent, python=python))


def compared(module: Path, python: str, folder: Path) -> Report:
    sql = folder / "created.sql"
    sql.write_text(created(python, module))
    sources = [opened("sql", sql), opened("sqlalchemy", module, python)]
    return audit(sources, Settings(databases=frozenset({"sql"})))


@pytest.mark.parametrize(("release", "zoo"), CASES)
def test_what_create_all_makes_is_what_is_read(
    tmp_path: Path, interpreter: Callable[[str], str], release: str, zoo: str
) -> None:
    report = compared(ZOO / f"{zoo}.py", interpreter(release), tmp_path)
    database, models = report.sources

    assert loud(report) == []
    assert (database.tables, database.enums, 0) == (models.tables, models.enums, models.problems)


def loud(report: Report) -> list[tuple[str, str, str]]:
    return [
        (each.rule, str(each.identity), each.violation.message)
        for each in report.findings
        if each.severity is not Severity.INFO
    ]


@pytest.mark.parametrize(("version", "release"), OTHER_PYTHONS)
def test_every_python_reads_alike(tmp_path: Path, version: str, release: str) -> None:
    python = found(version)
    if python is None:
        pytest.skip(f"no Python {version} on this machine")
    report = compared(ZOO / "classic.py", prepared(release, python), tmp_path)
    database, models = report.sources

    assert loud(report) == []
    assert (database.tables, database.enums, 0) == (models.tables, models.enums, models.problems)


def test_a_flask_application_is_read_from_its_root(tmp_path: Path, interpreter: Callable[[str], str]) -> None:
    package = tmp_path / "shop"
    package.mkdir()
    (package / "__init__.py").write_text(
        "from flask import Flask\nfrom shop.extensions import db\n\n\ndef create_app():\n"
        "    app = Flask(__name__)\n    app.config['SQLALCHEMY_DATABASE_URI'] = 'postgresql://nowhere/shop'\n"
        "    from shop import models\n    db.init_app(app)\n    return app\n"
    )
    (package / "extensions.py").write_text("from flask_sqlalchemy import SQLAlchemy\n\ndb = SQLAlchemy()\n")
    (package / "models.py").write_text(
        "from shop.extensions import db\n\n\nclass Item(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n\n\n"
        "class OrderLine(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n"
        "    item_id = db.Column(db.ForeignKey('item.id', ondelete='CASCADE'))\n"
    )
    python = interpreter("2.0")

    for target in ("shop", "shop/models.py"):
        schema = opened("sqlalchemy", tmp_path / target, python).load()
        assert sorted(table.name.name for table in schema.tables) == ["item", "order_line"]
    kind = next(each for each in kinds() if each.name == "sqlalchemy")
    for target in ("shop.models", "shop:create_app()", "shop.models:db"):
        request = SourceRequest("models", "sqlalchemy", (target,), tmp_path, python=python)
        schema = kind.open(request).load()
        assert sorted(table.name.name for table in schema.tables) == ["item", "order_line"], target


def test_a_fastapi_application_is_read_from_its_root(tmp_path: Path, interpreter: Callable[[str], str]) -> None:
    package = tmp_path / "app"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "models.py").write_text(
        "from sqlmodel import Field, SQLModel\n\n\nclass Hero(SQLModel, table=True):\n"
        "    id: int | None = Field(default=None, primary_key=True)\n    name: str\n"
    )
    (package / "main.py").write_text(
        "from fastapi import FastAPI\nfrom sqlmodel import SQLModel, create_engine\nfrom app.models import Hero\n\n"
        "engine = create_engine('postgresql+asyncpg://nowhere/shop')\nSQLModel.metadata.create_all(engine)\napp = FastAPI()\n\n\n@app.get('/')\ndef heroes() -> list[Hero]:\n    return []\n"
    )
    python = interpreter("2.1")

    for target in ("app/models.py", "app", "app/main.py"):
        schema = opened("sqlalchemy", tmp_path / target, python).load()
        assert [table.name.name for table in schema.tables] == ["hero"]
        assert schema.tables[0].place.file.endswith("app/models.py")
