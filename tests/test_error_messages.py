"""What other programs say is told in a line: where, what, and no more of what it was given than is needed."""

import subprocess
import sys
from pathlib import Path

import pytest

from ormistice.errors import AuditError
from ormistice.sources.postgres.connecting import connect, shown_location

PRISMA = """datasource db {
  provider = "postgresql"
}
model users {
  id Int @id
}
"""
VALIDATED = """from {library} import BaseModel
from sqlmodel import Field, SQLModel


class Settings(BaseModel):
    database_url: str
    port: int


class users(SQLModel, table=True):
    id: int = Field(primary_key=True)


Settings(port="hunter2")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "schema.prisma").write_text(PRISMA)
    return tmp_path


def audit(folder: Path, *sources: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from ormistice.cli import main; main()", "audit", "schema.prisma", *sources]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_what_postgresql_repeats_of_a_statement_is_cut(folder: Path) -> None:
    statements = (
        "CREATE TABLE users (id integer PRIMARY KEY)",
        f"CREATE TABLE long (id integer {'x' * 5_000} PRIMARY KEY)",
        f"SELECT '{'y' * 5_000}'::integer",
        f"SELECT '{'y, ' * 5_000}'::integer",
    )
    (folder / "dump.sql").write_text(";\n".join(statements) + ";\n")
    told = audit(folder, "dump.sql").stdout

    assert all(start in told for start in ("xxxxx", '"yyyyy', '"y, y'))
    assert "..." in told
    assert max(map(len, told.splitlines())) < 600


@pytest.mark.parametrize("library", ["pydantic", "pydantic.v1"])
def test_what_is_invalid_is_named_and_its_value_is_not(folder: Path, library: str) -> None:
    if library == "pydantic.v1" and sys.version_info >= (3, 14):
        pytest.skip("Pydantic's first version does not run there")
    (folder / "models.py").write_text(VALIDATED.format(library=library))
    told = audit(folder, "sqlmodel:models.py")

    for text in (told.stdout, told.stderr):
        (line,) = (line for line in text.splitlines() if "ValidationError" in line)
        assert "2 validation errors for Settings: database_url: " in line
        assert "; port: " in line
        assert "hunter2" not in line
        assert "pydantic.dev" not in line


@pytest.mark.parametrize("imported", [False, True])
def test_the_file_that_is_not_text_is_named(folder: Path, imported: bool) -> None:  # noqa: FBT001 - a parameter
    (folder / "bin.py").write_bytes(b"from sqlmodel import SQLModel\n\0\0\1\n")
    (folder / "models.py").write_text("import bin\n")
    told = audit(folder, "sqlmodel:models.py" if imported else "sqlmodel:bin.py")

    assert (told.returncode, told.stdout) == (2, "")
    first = told.stderr.splitlines()[0]
    assert first.startswith("ormistice: models.py:1: " if imported else "ormistice: bin.py:1: ")
    assert "null bytes" in first


def test_a_service_that_does_not_exist_is_told_and_is_none_of_the_embedded_server(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "dump.sql").write_text("CREATE TABLE users (id integer PRIMARY KEY);")
    monkeypatch.setenv("PGSERVICE", "no_such_service")

    told = audit(folder, "dump.sql")
    assert (told.returncode, told.stderr) == (0, "")
    with pytest.raises(AuditError) as raised:
        connect("postgresql://localhost/shop")
    assert 'definition of service "no_such_service" not found' in raised.value.message
    assert "pg_service.conf" in str(raised.value.hint)


def test_a_url_without_a_host_is_shown_as_it_is() -> None:
    assert shown_location("postgresql:///shop?service=x") == "postgresql:///shop?service=x"
