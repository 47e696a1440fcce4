"""Our time beside drizzle-kit's own, whole processes, in the same run: `pytest -s` prints it."""

import pytest

from benchmarks.drizzle_show import OFFICIAL, OURS, measured, report

from .conftest import Kit

pytestmark = pytest.mark.conformance

TABLES = 300
ROUNDS = 3
LARGEST_RATIO = 3.0
"""A guard against what is badly wrong; what we aim at is 1.5."""
LARGEST_MEGABYTES = 150


def test_reading_takes_about_as_long_as_drizzle_kit(kit: Kit) -> None:
    assert kit.process.poll() is None
    costs = measured(TABLES, ROUNDS)
    print("\n" + report(TABLES, ROUNDS, costs))  # noqa: T201 - that is what it is for

    assert costs[OURS].seconds / costs[OFFICIAL].seconds < LARGEST_RATIO
    assert costs[OURS].megabytes < LARGEST_MEGABYTES
