"""Time and memory of a whole process.

A process that is forked counts the memory of the one that it was forked from, until it becomes another program: the
peak of what a large test run starts is that of the test run. So it is started from a small one.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_LAUNCHER = """
import json, os, sys, time
start = time.perf_counter()
quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
pid = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet)
_, status, usage = os.wait4(pid, 0)
seconds = time.perf_counter() - start
print(json.dumps([os.waitstatus_to_exitcode(status), seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024]))
"""


@dataclass(frozen=True, slots=True)
class Run:
    """What a process took: seconds by the clock and of processors, and mebibytes at its peak."""

    status: int
    seconds: float
    worked: float
    megabytes: float


def run(command: Sequence[str], folder: str, environment: Mapping[str, str] | None = None) -> Run:
    """Run a command in a folder, its output thrown away."""
    launch = [sys.executable, "-I", "-S", "-c", _LAUNCHER, *command]
    done = subprocess.run(launch, cwd=folder, env=environment, stdout=subprocess.PIPE, check=True)
    return Run(*json.loads(done.stdout))
