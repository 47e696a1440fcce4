"""The hook as pre-commit itself installs and runs it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.conformance

ROOT = Path(__file__).parent.parent.parent
NEEDED = ("src", "grammars", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")


def run(folder: Path, *command: str, cache: Path | None = None) -> subprocess.CompletedProcess[str]:
    more = {} if cache is None else {"PRE_COMMIT_HOME": str(cache)}
    names = {"GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@example.org"}
    names |= {"GIT_COMMITTER_NAME": "t", "GIT_COMMITTER_EMAIL": "t@example.org"}
    return subprocess.run(
        command, cwd=folder, env={**os.environ, **names, **more}, capture_output=True, text=True, check=False
    )


def repository(folder: Path) -> str:
    """Make a folder a repository, and give its only commit."""
    for command in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "--message", "all")):
        assert run(folder, "git", *command).returncode == 0
    return run(folder, "git", "rev-parse", "HEAD").stdout.strip()


@pytest.fixture
def hooks(tmp_path: Path) -> tuple[Path, str]:
    """This project as a repository of hooks, and its commit."""
    folder = tmp_path / "ormistice"
    folder.mkdir()
    for name in NEEDED:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, folder / name, symlinks=True, ignore=ignored)
        else:
            shutil.copy(ROOT / name, folder / name)
    return folder, repository(folder)


def test_the_hook_audits_the_credits_story(hooks: tuple[Path, str], tmp_path: Path) -> None:
    folder, commit = hooks
    project = Path(shutil.copytree(ROOT / "fixtures" / "credits", tmp_path / "credits"))
    config = f"repos:\n  - repo: {folder}\n    rev: {commit}\n    hooks:\n      - id: ormistice\n"
    (project / ".pre-commit-config.yaml").write_text(config, encoding="utf-8")
    repository(project)
    cache = tmp_path / "cache"
    pre_commit = (sys.executable, "-m", "pre_commit", "run", "--color", "never")
    whole = run(project, *pre_commit, "--all-files", cache=cache)
    (project / "notes.md").write_text("nothing of a schema\n", encoding="utf-8")
    run(project, "git", "add", "notes.md")
    aside = run(project, *pre_commit, cache=cache)

    assert whole.returncode == 1, whole.stdout + whole.stderr
    assert whole.stdout.count("error foreign-key-target-mismatch") == 3
    assert "- exit code: 1" in whole.stdout
    assert aside.returncode == 0
    assert "no files to check" in aside.stdout
