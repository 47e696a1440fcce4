"""The steps of action.yml, run by bash as GitHub's runner would."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from bot.forge import Forge

pytestmark = pytest.mark.usefixtures("project", "environment")

ROOT = Path(__file__).parent.parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))


def step(name: str, folder: Path, **given: str) -> subprocess.CompletedProcess[str]:
    """One step with the inputs' defaults, but for `given`; expressions become what the runner would put there."""
    (found,) = (item for item in ACTION["runs"]["steps"] if item["name"] == name)
    values = {f"inputs.{key}": str(item["default"]) for key, item in ACTION["inputs"].items()}
    values |= {f"inputs.{key.replace('_', '-')}": value for key, value in given.items()}
    values |= {"inputs.token": os.environ["GITHUB_TOKEN"], "github.action_path": str(ROOT)}
    names = {name: text.removeprefix("${{ ").removesuffix(" }}") for name, text in found["env"].items()}
    environment = {name: values[expression] for name, expression in names.items()}
    runner = {"RUNNER_TEMP": str(folder), "GITHUB_EVENT_NAME": os.environ.get("GITHUB_EVENT_NAME", "pull_request")}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", found["run"]],
        env={**os.environ, **environment, **runner},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The runner's folder, with an `ormistice` that is this one."""
    program = tmp_path / "ormistice" / "bin" / "ormistice"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -c "from ormistice.cli import main; main()" "$@"\n', "utf-8")
    program.chmod(0o755)
    event = tmp_path / "event.json"
    event.write_text('{"pull_request": {"number": 7}}', encoding="utf-8")
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(event))
    monkeypatch.setenv("GITHUB_BASE_REF", "main")
    return tmp_path


def test_a_pull_request_is_commented(runner: Path, forge: Forge) -> None:
    sources = "prisma:db/schema.prisma\n\ndrizzle=drizzle:db/schema.ts\n"
    done = step("Audit", runner, sources=sources, key="web", sarif="out.sarif", fail_on="warning")

    assert done.returncode == 1, done.stderr
    assert forge.comments[0]["body"].startswith("<!-- ormistice:report web -->")
    assert "introduced, 1 fixed" in forge.comments[0]["body"]
    assert Path("out.sarif").read_text("utf-8").startswith("{")


def test_a_push_is_audited_and_annotated(
    runner: Path, forge: Forge, environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_EVENT_NAME", "push")
    done = step("Audit", runner)

    assert done.returncode == 1, done.stderr
    assert "::error file=db/schema.prisma" in done.stdout
    assert environment.read_text("utf-8").startswith("# Schema audit")
    assert forge.requests == []


@pytest.mark.parametrize(
    "evil", ["$(touch executed)", "`touch executed`", '"; touch executed; "', "--config=/dev/null"]
)
def test_inputs_are_text_and_no_script(evil: str, runner: Path) -> None:
    done = step("Audit", runner, sources=evil, base="$(touch executed)")

    assert done.returncode == 2, done.stdout + done.stderr
    assert not Path("executed").exists()
    assert "Traceback" not in done.stderr


def test_every_input_is_told_and_used() -> None:
    used = {
        text for item in ACTION["runs"]["steps"] for text in (*item["env"].values(), item.get("working-directory", ""))
    }

    assert {f"${{{{ inputs.{name} }}}}" for name in ACTION["inputs"]} <= used
    assert all(item["description"].endswith(".") for item in ACTION["inputs"].values())
    assert "${{" not in "".join(item["run"] for item in ACTION["runs"]["steps"])
