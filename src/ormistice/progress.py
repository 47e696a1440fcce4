"""A line on stderr that says what takes so long; nothing for what takes less than a second, or into a pipe."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from ormistice.audit import Note

QUIET_SECONDS = 1.0
TICK_SECONDS = 0.2
ERASE = "\r\x1b[K"


@contextmanager
def progress() -> Iterator[Note]:
    """Gives a function to call with what is being done; the line is gone when the block ends."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    doing: list[str] = []
    done = threading.Event()
    thread = threading.Thread(target=_show, args=(doing, done), daemon=True)
    thread.start()
    try:
        yield doing.append
    finally:
        done.set()
        thread.join()


def _show(doing: list[str], done: threading.Event) -> None:
    started = time.monotonic()
    if done.wait(QUIET_SECONDS):
        return
    while not done.wait(TICK_SECONDS):
        what = doing[-1] if doing else "starting"
        sys.stderr.write(f"{ERASE}{what} ({time.monotonic() - started:.0f} s)")
        sys.stderr.flush()
    sys.stderr.write(ERASE)
    sys.stderr.flush()
