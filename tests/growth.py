"""How the time that something takes grows with its size: a ratio, since machines differ and have other things to do."""

import gc
import statistics
import time
from collections.abc import Callable

ROUNDS = 5


def growth(act: Callable[[str], object], small: str, large: str, enough: float) -> float:
    """How many times longer `act` takes for the large text than for the small one.

    It is measured until it is below what is enough, at most five times: what grows too fast does so each time, and what
    a busy machine adds is rarely added five times. What the test run has made so far is kept from the garbage
    collector meanwhile: looking through it can take longer than `act`.
    """

    def seconds(text: str) -> float:
        start = time.process_time()
        act(text)
        return time.process_time() - start

    least = float("inf")
    gc.collect()
    gc.freeze()
    try:
        act(small)
        for _ in range(ROUNDS):
            usual = statistics.median(seconds(small) for _ in range(3))
            least = min(least, seconds(large) / usual)
            if least < enough:
                break
    finally:
        gc.unfreeze()
    return least
