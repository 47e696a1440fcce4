"""`ormistice init` finds what a repository holds, and what it writes is a configuration that audits."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ormistice.config import read_config, requests
from ormistice.surveying import Found, configuration, survey

ROOT = Path(__file__).parent.parent


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from ormistice.cli import main; main()", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def story(tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(ROOT / "fixtures" / "credits", tmp_path / "credits"))
    (folder / "ormistice.toml").unlink()
    (folder / "node_modules" / "x").mkdir(parents=True)
    (folder / "node_modules" / "x" / "schema.prisma").write_text("datasource db {\n}\n", "utf-8")
    return folder


def test_it_finds_the_sources_of_the_story(story: Path) -> None:
    assert survey(story) == (
        Found("drizzle", "nextjs/src/database/schema.ts", "calls pgTable"),
        Found("sqlmodel", "fastapi/models/credits.py", "declares tables"),
    )


def test_what_it_writes_can_be_audited(story: Path) -> None:
    done = run(story, "init")
    config = read_config(story / "ormistice.toml")
    audited = run(story, "audit", "--format", "json")

    assert done.returncode == 0, done.stderr
    assert [request.name for request in requests(config)] == ["drizzle", "sqlmodel"]
    assert audited.returncode == 1, audited.stderr


def test_it_leaves_a_configuration_alone(story: Path) -> None:
    (story / "ormistice.toml").write_text("# mine\n", "utf-8")
    done = run(story, "init")

    assert (done.returncode, (story / "ormistice.toml").read_text("utf-8")) == (2, "# mine\n")


def test_configurations_and_migrations_are_told_apart(tmp_path: Path) -> None:
    for path, text in {
        "web/drizzle.config.ts": "export default {}",
        "web/src/schema.ts": "pgTable('t', {})",
        "web/drizzle/meta/_journal.json": "{}",
        "db/prisma/a.prisma": "datasource db {\n}\n",
        "db/prisma/b.prisma": "model b {\n}\n",
        "db/prisma/migrations/migration_lock.toml": "",
        "api/app/models/__init__.py": "",
        "api/app/models/one.py": "class One(Base):\n    id = Column(Integer, primary_key=True)\n",
        "api/app/models/two.py": "two = sa.Table('two', metadata, sa.Column('id', sa.Integer))\n",
        "api/alembic.ini": "[alembic]",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")

    assert [(item.kind, item.path) for item in survey(tmp_path)] == [
        ("drizzle", "web/drizzle.config.ts"),
        ("migrations", "api/alembic.ini"),
        ("migrations", "db/prisma/migrations"),
        ("migrations", "web/drizzle"),
        ("prisma", "db/prisma"),
        ("sqlalchemy", "api/app/models"),
    ]


def test_a_prisma_schema_of_several_files_is_its_folder(tmp_path: Path) -> None:
    head, model = "datasource db {\n}\n", "model b {\n}\n"
    for path, text in {
        "a/prisma/schema.prisma": head + model,
        "a/prisma/migrations/1_first/schema.prisma": head + model,
        "b/prisma/schema.prisma": head,
        "b/prisma/models/user.prisma": model,
        "c/one.prisma": head + model,
        "c/two/schema.prisma": head,
        "c/two/models/post.prisma": model,
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")

    assert [item.path for item in survey(tmp_path)] == ["a/prisma/schema.prisma", "b/prisma", "c/one.prisma", "c/two"]


def test_what_prisma_generates_is_no_schema(tmp_path: Path) -> None:
    head, models = "datasource db {\n}\n", "model a {\n}\nmodel b {\n}\n"
    generator = 'generator client {\n  output   = "../generated/client" // here\n}\n'
    for path, text in {
        "db/prisma/schema.prisma": generator + head,
        "db/prisma/models/a.prisma": models,
        "db/generated/client/schema.prisma": generator + head + models,
        "here/schema.prisma": 'generator client {\n  output = "."\n}\n' + head + models,
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")

    assert [item.path for item in survey(tmp_path)] == ["db/prisma", "here/schema.prisma"]


def test_other_versions_of_a_prisma_schema_are_named_and_left_out(tmp_path: Path) -> None:
    head, models = 'datasource db {\n  provider = "postgresql"\n}\n', "model a {\n}\nmodel b {\n}\nmodel c {\n}\n"
    for path, text in {
        "schema.prisma": head + models,
        "schema.next.prisma": head + models + "model d {\n}\n",
        "old/first.prisma": head + "model a {\n}\n",
        "vectors/schema.prisma": head + "model e {\n}\nmodel a {\n}\n",
        "vectors/old.prisma": head + "model e {\n}\n",
        "web/prisma/schema.prisma": head.replace("postgresql", "sqlite") + models.replace("a", "f"),
        "web/prisma/postgresql.prisma": head + models.replace("model", "model web"),
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    found = survey(tmp_path)

    assert [(item.path, item.versions) for item in found] == [
        ("schema.prisma", ("schema.next.prisma", "old/first.prisma")),
        ("vectors/schema.prisma", ("vectors/old.prisma",)),
        ("web/prisma/postgresql.prisma", ()),
    ]
    assert configuration(found).count("# Left out, as another version of it: ") == 3


def test_migrations_in_the_folder_of_one_migration_are_no_others(tmp_path: Path) -> None:
    for path in ("migrations/migration_lock.toml", "migrations/1_first/migration_lock.toml"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text('provider = "postgresql"\n', "utf-8")

    assert [item.path for item in survey(tmp_path)] == ["migrations"]


def test_files_of_one_application_are_one_source(tmp_path: Path) -> None:
    """As sources of their own, each would be asked for the tables of the others."""
    table = "class {0}(Base):\n    __tablename__ = '{0}'\n    id: Mapped[int] = mapped_column(primary_key=True)\n"
    for path, text in {
        "api/requirements.txt": "",
        "api/app/database.py": "Base = declarative_base(metadata=MetaData())\n",
        "api/app/users/models.py": table.format("Users"),
        "api/app/orders/models.py": "class Orders(Base, OrderColumns):\n    __tablename__ = 'orders'\n",
        "api/app/report.py": "from rich.table import Table\nTable('users', Column('id'))\n",
        "api/alembic/versions/1.py": table.format("Then"),
        "api/app/broken.py": "class Broken(Base:\n    id = Column(Integer)\n",
        "worker/pyproject.toml": "",
        "worker/jobs.py": "class Jobs(SQLModel, table=True):\n    id: int\n",
        "web/package.json": "{}",
        "web/db/users.ts": "export const users = pgTable('users', {})",
        "web/db/orders.ts": "export const orders = pgTable('orders', {})",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    found = survey(tmp_path)
    written = tmp_path / "ormistice.toml"
    written.write_text(configuration(found), "utf-8")

    assert [item.locations() for item in found] == [
        ("drizzle:web/db/orders.ts", "drizzle:web/db/users.ts"),
        ("sqlalchemy:api/app/orders/models.py", "sqlalchemy:api/app/users/models.py"),
        ("sqlmodel:worker/jobs.py",),
    ]
    assert [entry.locations for entry in read_config(written).sources] == [item.locations() for item in found]


@pytest.mark.parametrize(("files", "words"), [([], "name two in it"), (["a.prisma"], "name another in it")])
def test_it_says_what_is_left_to_do(files: list[str], words: str, tmp_path: Path) -> None:
    for name in files:
        (tmp_path / name).write_text('datasource db {\n  provider = "postgresql"\n}\n', "utf-8")
    done = run(tmp_path, "init")

    assert (done.returncode, words in done.stderr) == (0, True)
    assert run(tmp_path, "audit").returncode == 2


def test_what_is_for_another_database_is_left_out(tmp_path: Path) -> None:
    for path, text in {
        "a/drizzle.config.ts": "export default { dialect: 'sqlite' }",
        "b/drizzle.config.ts": "// \"sqlite\" in tests\nexport default { dialect: 'postgresql' }",
        "c/schema.prisma": 'datasource db {\n  provider = "mysql"\n}\n',
        "d/schema.prisma": 'datasource db {\n  provider = env("DATABASE")\n}\n',
        "e/migration_lock.toml": 'provider = "sqlite"\n',
        "f/migration_lock.toml": 'provider = "postgresql"\n',
        "g/meta/_journal.json": '{"dialect": "mysql"}',
        "h/meta/_journal.json": '{"dialect": "pg"}',
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")

    assert [item.path for item in survey(tmp_path)] == ["b/drizzle.config.ts", "f", "h", "d/schema.prisma"]


def test_what_must_not_be_read_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "open.prisma").write_text('datasource db {\n  provider = "postgresql"\n}\n', "utf-8")
    (tmp_path / "closed.py").write_text("from sqlalchemy import Column\n", "utf-8")
    (tmp_path / "loop.ts").symlink_to("loop.ts")
    read = Path.read_text

    def read_text(path: Path, *arguments: str, **more: str) -> str:
        if path.name == "closed.py":
            raise PermissionError
        return read(path, *arguments, **more)

    monkeypatch.setattr(Path, "read_text", read_text)

    assert [found.path for found in survey(tmp_path)] == ["open.prisma"]
