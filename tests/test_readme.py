"""The README's commands do what it says."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.search(r"```sh\n(make demo\nmake test)\n```", README)


def run(command: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "MAKE", "MFLAGS"))}
    return subprocess.run(
        command.split(), cwd=folder, env=kept | environment, capture_output=True, text=True, check=False
    )


def test_the_readme_names_the_two_commands() -> None:
    assert COMMANDS is not None


def test_make_demo_succeeds_and_shows_the_three_errors() -> None:
    done = run("make demo", ROOT)

    assert done.returncode == 0, done.stderr
    assert "3 errors, 0 warnings" in done.stdout


def test_make_test_runs_the_tests() -> None:
    """Which tests it runs, for running them again from within them would not end."""
    done = run("make test", ROOT, PYTEST_ADDOPTS="--collect-only -q")

    assert done.returncode == 0, done.stderr
    assert "tests/test_readme.py::test_make_test_runs_the_tests" in done.stdout


def test_the_finding_that_the_readme_shows_is_the_one_that_is_found() -> None:
    shown = re.search(r"```text\n(nextjs/\S+: error .*?)\n(.*?)```", README, re.DOTALL)
    assert shown is not None
    done = run(f"{ROOT}/.venv/bin/ormistice audit", ROOT / "fixtures" / "credits")
    words = re.sub(r"\s+", " ", done.stdout)

    assert shown[1] in words
    assert all(re.sub(r"\s+", " ", line.strip()) in words for line in shown[2].splitlines()), done.stdout


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= 120


@pytest.mark.conformance
def test_a_fresh_clone_needs_nothing_else(tmp_path: Path) -> None:
    clone = run(f"git clone --quiet {ROOT} {tmp_path}/clone", tmp_path)
    assert clone.returncode == 0, clone.stderr

    demo = run("make demo", tmp_path / "clone")
    tests = run("make test", tmp_path / "clone", PYTEST_ADDOPTS="tests/test_text.py tests/test_config.py")

    assert demo.returncode == 0, demo.stderr
    assert "3 errors, 0 warnings" in demo.stdout
    assert tests.returncode == 0, tests.stdout
