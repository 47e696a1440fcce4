"""The action as it installs itself, into an environment that has nothing."""

from pathlib import Path

import pytest

from bot.forge import forge as opened_forge
from bot.test_action import step

pytestmark = pytest.mark.conformance


@pytest.fixture
def forge() -> object:
    with opened_forge() as kept:
        yield kept


def test_it_installs_itself_and_comments(
    project: Path, environment: Path, forge: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = tmp_path / "event.json"
    event.write_text('{"pull_request": {"number": 7}}', encoding="utf-8")
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(event))
    monkeypatch.setenv("GITHUB_BASE_REF", "main")
    installed = step("Install ormistice", tmp_path)
    assert installed.returncode == 0, installed.stderr
    done = step("Audit", tmp_path)

    assert done.returncode == 1, done.stderr
    assert "1 introduced, 1 fixed" in forge.comments[0]["body"]
    assert environment.is_file()
    assert (project / "ormistice.toml").is_file()
