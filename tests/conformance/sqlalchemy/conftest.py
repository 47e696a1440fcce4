"""Interpreters with the releases of SQLAlchemy that applications use, made once and kept in the user's cache folder."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

REQUIREMENTS = {
    "1.4": ["sqlalchemy>=1.4.54,<2"],
    "2.0": ["sqlalchemy>=2.0.40,<2.1", "sqlmodel>=0.0.24,<0.0.30", "flask-sqlalchemy>=3.1,<4"],
    "spatial": ["sqlalchemy>=2.0.40,<2.1", "geoalchemy2>=0.18"],
    "2.1": ["sqlalchemy>=2.1,<2.2", "sqlmodel>=0.0.45", "fastapi>=0.115"],
}
CREATE_ALL = Path(__file__).with_name("create_all.py")


@pytest.fixture(scope="session")
def interpreter() -> Callable[[str], str]:
    """The Python of an environment with a release of SQLAlchemy, by its number."""
    return prepared


def found(version: str) -> str | None:
    """The interpreter of a version, if this machine has one that runs."""
    python = shutil.which(f"python{version}")
    if python is None:
        return None
    ask = [python, "-c", "import sys; print(sys.executable)"]
    answer = subprocess.run(ask, check=False, capture_output=True, text=True)
    return answer.stdout.strip() if answer.returncode == 0 else None


def prepared(release: str, base: str = sys.executable) -> str:
    wanted = REQUIREMENTS[release]
    version = sys.version_info[:2] if base == sys.executable else base
    mark = sha256(repr((wanted, version)).encode()).hexdigest()[:12]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "ormistice-tests" / f"sqlalchemy-{release}-{mark}"
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        subprocess.run([base, "-m", "venv", "--clear", str(folder)], check=True)
        command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted]
        subprocess.run(command, check=True)
        (folder / "complete").touch()
    return str(python)


def created(python: str, module: Path) -> str:
    """The SQL that SQLAlchemy itself would create a module's tables with."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [python, str(CREATE_ALL), str(module)]
    result = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return ";\n".join(json.loads(result.stdout)) + ";\n"
