"""GitHub's own description of its API as the judge of every request, put by Prism."""

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3

from bot.conftest import comment, environment, project  # noqa: F401 - fixtures
from bot.forge import Forge
from bot.forge import forge as opened_forge
from conformance.npm import installed

HERE = Path(__file__).parent
PATHS = (
    "/repos/{owner}/{repo}/issues/{issue_number}/comments",
    "/repos/{owner}/{repo}/issues/comments/{comment_id}",
    "/repos/{owner}/{repo}/pulls/{pull_number}/comments",
    "/repos/{owner}/{repo}/pulls/{pull_number}/reviews",
)
SECONDS = 60


@pytest.fixture(scope="session")
def packages() -> Path:
    """The folder of the installed packages."""
    return installed(HERE, "--ignore-scripts")


@pytest.fixture(scope="session")
def description(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What GitHub says of the paths that are used, with everything that they refer to."""
    whole = json.loads((packages / "@octokit/openapi/generated/api.github.com.json").read_text("utf-8"))
    part: dict[str, Any] = {"openapi": whole["openapi"], "info": whole["info"], "servers": [{"url": "/"}]}
    part |= {"paths": {path: whole["paths"][path] for path in PATHS}, "components": {}}
    pending: list[Any] = [part["paths"]]
    while pending:
        match pending.pop():
            case {"$ref": str(reference)}:
                _, _, kind, name = reference.split("/")
                if name not in part["components"].setdefault(kind, {}):
                    part["components"][kind][name] = whole["components"][kind][name]
                    pending.append(whole["components"][kind][name])
            case dict(content):
                pending += content.values()
            case list(content):
                pending += content
    file = tmp_path_factory.mktemp("github") / "github.json"
    file.write_text(json.dumps(part), encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def prism(packages: Path, description: Path) -> Iterator[str]:
    """The address of a mock that answers with an error what the description does not allow."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(packages / ".bin/prism"), "mock", "-h", "127.0.0.1", "-p", str(port), "--errors", str(description)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("prism did not start")


@pytest.fixture
def forge(prism: str) -> Iterator[Forge]:
    """The forge of the quick tests, which besides asks Prism for its verdict on each request."""

    def judged(method: str, path: str, headers: dict[str, str], body: bytes) -> str | None:
        sent = {name: value for name, value in headers.items() if name not in ("Host", "Content-Length")}
        answer = urllib3.request(method, f"{prism}{path}", body=body or None, headers=sent, retries=False)
        return None if answer.status < 400 else f"{method} {path}: {answer.status} {answer.data.decode()}"

    with opened_forge() as kept:
        kept.judge = judged
        yield kept
        assert kept.invalid == []
