"""What is installed is all that is needed."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_each_grammar_once_and_what_types_and_catalogs_need(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    assert len(names) == len(set(names))
    assert {name for name in names if name.endswith(".lark")} == {
        "ormistice/grammars/prisma.lark",
        "ormistice/grammars/typescript.lark",
    }
    assert "ormistice/py.typed" in names
    assert {"ormistice/sources/sqlalchemy/probe.py", "ormistice/sources/sqlalchemy/probing/answering.py"} <= {*names}
    assert any(name.endswith(".sql") for name in names)


def test_it_parses_from_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    """In an interpreter that sees the wheel before this tree, with the dependencies that are installed here."""
    schema = tmp_path / "schema.prisma"
    schema.write_text('datasource db {\n  provider = "postgresql"\n}\n\nmodel users {\n  id Int @id\n}\n')
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r}); import ormistice.cli as cli; "
        f"assert cli.__file__.startswith({str(tmp_path)!r}); sys.argv = ['ormistice', 'show', 'schema.prisma']; cli.main()"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert "table public.users" in done.stdout, done.stderr
