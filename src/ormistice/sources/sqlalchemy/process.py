"""The probe's process: started in the application's interpreter, limited, and always ended."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Thread, Timer
from typing import IO, Any
from weakref import finalize

from ormistice.errors import AuditError
from ormistice.sources.sqlalchemy.environment import scrubbed

Tell = Callable[[dict[str, Any]], None]
PROBE = Path(__file__).with_name("probe.py")
TIMEOUT = 120
MEMORY = 4096
_WORDS = frozenset(("again", "part", "stays"))
"""One of these is in all that a probe says."""


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


@dataclass(frozen=True)
class Probe:
    """A probe that runs, and is ended when nobody has it any more; `seconds` is how long an answer may take."""

    python: str
    process: subprocess.Popen[bytes]
    noise: IO[bytes]
    seconds: float

    def ask(self, request: Mapping[str, Any], tell: Tell = lambda _: None) -> dict[str, Any]:
        """Its answer; `tell` is called with each part of it that comes before the rest.

        Raises AuditError where there is no answer: no end in time, a crash.
        """
        late = Event()

        def give_up() -> None:
            late.set()
            kill(self.process)

        timer = Timer(self.seconds, give_up)
        timer.daemon = True
        timer.start()
        try:
            answer = self._asked(request, tell)
        except BaseException:
            end(self.process)
            raise
        finally:
            timer.cancel()
        if answer is None:
            end(self.process)
            raise self._no_end(request) if late.is_set() else self._crash()
        if answer.get("error", {}).get("class") == "SystemExit":
            answer["error"]["message"] += last_line(self.noise)
        if not answer.get("stays"):
            end(self.process)
        return answer

    def _asked(self, request: Mapping[str, Any], tell: Tell) -> dict[str, Any] | None:
        """Its answer with all that it told before; None where it ends without one."""
        stdin, stdout = self.process.stdin, self.process.stdout
        if stdin is None or stdout is None:
            return None
        try:
            stdin.write(json.dumps(request).encode() + b"\n")
            stdin.flush()
        except BrokenPipeError:
            return None
        before: dict[str, list[Any]] = {}
        while (line := stdout.readline()).endswith(b"\n"):
            answer = _told(line)
            if answer is None:
                continue
            if "again" in answer:
                return self._asked(request, tell)
            if "part" not in answer:
                return answer | {name: [*items, *answer.get(name, ())] for name, items in before.items()}
            tell(answer["part"])
            for name, items in answer["part"].items():
                before.setdefault(name, []).extend(items)
        return None

    def _no_end(self, request: Mapping[str, Any]) -> AuditError:
        (asked, *_) = request.get("targets") or ({"module": self.python},)
        message = f"{asked['module']}: importing it took longer than {self.seconds:g} seconds"
        return AuditError(message, "set `timeout` of this source higher, or name a module that holds the models alone")

    def _crash(self) -> AuditError:
        message = f"{self.python}: {last_words(self.noise, self.process.returncode)}"
        return AuditError(message, "does this interpreter run the application's models?")


def _told(line: bytes) -> dict[str, Any] | None:
    """What the probe says in a line; None for one that an interpreter prints which is made to print as it starts."""
    try:
        answer = json.loads(line)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) and not _WORDS.isdisjoint(answer) else None


@dataclass(frozen=True, slots=True)
class _Start:
    """What a probe is started with."""

    python: str
    folder: Path
    environment: Mapping[str, str]


_Started = tuple[subprocess.Popen[bytes], IO[bytes]]
_standing_by: list[tuple[_Start, _Started]] = []


def stand_by(python: str, folder: Path, within: Limits) -> None:
    """Start a probe for whoever asks for such a one first; until it is asked, it imports none of the application.

    One that nobody asks for ends with this process. Raises as `probe` does.
    """
    start = _Start(python, folder.resolve(), scrubbed(os.environ, within.passed))
    _standing_by.append((start, _started(start)))


def probe(python: str, folder: Path, within: Limits) -> Probe:
    """One that stands by, or else is started. Raises AuditError where there is no such interpreter."""
    start = _Start(python, folder.resolve(), scrubbed(os.environ, within.passed))
    fitting = next((each for each in _standing_by if each[0] == start), None)
    if fitting is not None:
        _standing_by.remove(fitting)
    process, noise = _started(start) if fitting is None else fitting[1]
    made = Probe(python, process, noise, within.seconds)
    finalize(made, _leave, process, noise)
    return made


def _started(start: _Start) -> _Started:
    noise = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the probe is ended
    try:
        process = subprocess.Popen(
            [start.python, str(PROBE), *([] if sys.dont_write_bytecode else ["keep"])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=noise,
            cwd=start.folder,
            env=start.environment,
            start_new_session=True,
        )
    except OSError as error:
        noise.close()
        message = (error.strerror or str(error)).lower()
        raise AuditError(
            f"{start.python}: cannot be run: {message}", "name the application's Python with --python"
        ) from error
    return process, noise


@dataclass(frozen=True)
class Asked:
    """A probe that is making up its answer; None is the last of what it tells before."""

    probe: Probe
    pending: "Future[dict[str, Any]]"
    told: "SimpleQueue[dict[str, Any] | None]"

    def parts(self) -> Iterator[dict[str, Any]]:
        """What it tells before it has its whole answer, which holds that too; once."""
        while (part := self.told.get()) is not None:
            yield part

    def answer(self) -> dict[str, Any]:
        """Its answer, when it is there; raises as `Probe.ask` does."""
        return self.pending.result()


def ask(started: Probe, question: Mapping[str, Any]) -> Asked:
    """Ask a probe, without waiting."""
    pending: Future[dict[str, Any]] = Future()
    told: SimpleQueue[dict[str, Any] | None] = SimpleQueue()

    def wait() -> None:
        try:
            pending.set_result(started.ask(question, told.put))
        except BaseException as error:  # noqa: BLE001 - whoever takes the answer gets it
            pending.set_exception(error)
        told.put(None)

    # A process that ends before the answer is there does not wait for it.
    Thread(target=wait, daemon=True).start()
    asked = Asked(started, pending, told)
    finalize(asked, _give_up, started.process, pending)
    return asked


def _give_up(process: subprocess.Popen[bytes], pending: "Future[dict[str, Any]]") -> None:
    if not pending.done():
        kill(process)


def _leave(process: subprocess.Popen[bytes], noise: IO[bytes]) -> None:
    end(process)
    noise.close()


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill the process and whatever it has started, if that was not done before, and take leave of it."""
    if process.returncode is None:
        kill(process)
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(OSError):
                stream.close()
    process.wait()


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the process and whatever it has started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (OSError, AttributeError):
        process.kill()


def last_words(noise: Any, status: int | None) -> str:
    """Why a process ended without an answer, on one line."""
    return f"ended with status {status} while importing{last_line(noise)}"


def last_line(noise: Any) -> str:
    """The last line with words in it that was printed, behind a colon."""
    noise.seek(0)
    lines = [line.strip() for line in noise.read().decode(errors="replace").splitlines()]
    return next((f": {line}" for line in reversed(lines) if any(map(str.isalpha, line))), "")
