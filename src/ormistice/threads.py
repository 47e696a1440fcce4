"""Threads for what is done side by side."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager


@contextmanager
def side_by_side(tasks: int) -> Iterator[ThreadPoolExecutor]:
    """One thread for each of so many tasks; all end before it does, but that an interrupt waits for none."""
    pool = ThreadPoolExecutor(max_workers=max(tasks, 1))
    waits = True
    try:
        yield pool
    except KeyboardInterrupt:
        waits = False
        raise
    finally:
        pool.shutdown(wait=waits, cancel_futures=True)
