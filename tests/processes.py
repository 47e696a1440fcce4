"""Processes that a test has started, by what they tell of themselves."""

import os
import time
from pathlib import Path

SECONDS = 60


def told_in(file: Path) -> int:
    """The number of a process that writes it to `file`, as soon as it does."""
    deadline = time.monotonic() + SECONDS
    while not (file.exists() and file.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return int(file.read_text())


def ends(process: int) -> bool:
    """Whether a process comes to its end."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False
