"""Guards against what would be badly slow or large; `python tests/benchmarks/prisma_show.py` tells the figures."""

import pytest

from benchmarks.prisma_show import measured

pytestmark = pytest.mark.conformance

LARGEST_RATIO = 3
"""To Prisma's own `validate` at 300 models; what we aim at is 1.5, on a machine that has nothing else to do."""
LARGEST_MEGABYTES = 150


def test_a_large_schema_is_shown_about_as_fast_as_prisma_validates_it(engine):
    assert engine.process.poll() is None
    costs = measured(300, rounds=3)

    assert costs["ormistice show"].seconds < LARGEST_RATIO * costs["prisma validate"].seconds


def test_ten_times_the_models_take_ten_times_as_long_and_little_memory(engine):
    assert engine.process.poll() is None
    small, large = (measured(models, rounds=2) for models in (300, 3000))

    for name in ("ormistice show", "ormistice show --format json"):
        assert large[name].worked < 14 * small[name].worked
        assert large[name].megabytes < LARGEST_MEGABYTES
