"""The probe's process: started in the application's interpreter, limited, and always ended."""

import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ormistice.errors import AuditError
from ormistice.sources.sqlalchemy.environment import scrubbed

PROBE = Path(__file__).with_name("probe.py")
TIMEOUT = 120
MEMORY = 4096


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, mebibytes, and the environment variables that are handed on as they are."""

    seconds: float = TIMEOUT
    memory: int = MEMORY
    passed: tuple[str, ...] = ()


def limits(options: Mapping[str, object]) -> Limits:
    """The limits that a configuration states."""
    seconds, memory, passed = (
        options.get("timeout", TIMEOUT),
        options.get("memory", MEMORY),
        options.get("pass_env", ()),
    )
    return Limits(
        float(seconds) if isinstance(seconds, (int, float)) else TIMEOUT,
        memory if isinstance(memory, int) else MEMORY,
        tuple(str(name) for name in passed) if isinstance(passed, (list, tuple)) else (),
    )


def ask(python: str, request: Mapping[str, Any], folder: Path, within: Limits) -> dict[str, Any]:
    """The probe's answer. Raises AuditError where there is none: no interpreter, no end in time, a crash."""
    with tempfile.TemporaryFile() as noise:
        try:
            process = subprocess.Popen(
                [python, str(PROBE)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=noise,
                cwd=folder,
                env=scrubbed(os.environ, within.passed),
                start_new_session=True,
            )
        except OSError as error:
            message = (error.strerror or str(error)).lower()
            raise AuditError(
                f"{python}: cannot be run: {message}", "name the application's Python with --python"
            ) from error
        try:
            out, _ = process.communicate(
                json.dumps({**request, "memory": within.memory}).encode(), timeout=within.seconds
            )
        except subprocess.TimeoutExpired as error:
            what = request["targets"][0]["module"]
            message = f"{what}: importing it took longer than {within.seconds:g} seconds"
            raise AuditError(
                message, "set `timeout` of this source higher, or name a module that holds the models alone"
            ) from error
        finally:
            end(process)
        if not out:
            raise AuditError(
                f"{python}: {last_words(noise, process.returncode)}",
                "does this interpreter run the application's models?",
            )
        answer = dict(json.loads(out))
        if answer.get("error", {}).get("class") == "SystemExit":
            answer["error"]["message"] += last_line(noise)
        return answer


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill the process and whatever it has started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (OSError, AttributeError):
        process.kill()
    process.communicate()


def last_words(noise: Any, status: int | None) -> str:
    """Why a process ended without an answer, on one line."""
    return f"ended with status {status} while importing{last_line(noise)}"


def last_line(noise: Any) -> str:
    """The last line with words in it that was printed, behind a colon."""
    noise.seek(0)
    lines = [line.strip() for line in noise.read().decode(errors="replace").splitlines()]
    return next((f": {line}" for line in reversed(lines) if any(map(str.isalpha, line))), "")
