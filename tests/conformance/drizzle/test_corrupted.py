"""Nothing is guessed: a schema that is changed at random is read as drizzle-kit creates it, or what is not is said."""

from pathlib import Path

import pytest

from .conftest import Kit, RefusedError
from .mutations import mutated
from .test_kit import CASES, differences, drizzle, prepared, sql

pytestmark = pytest.mark.conformance


SEEDS = 6


@pytest.mark.parametrize(
    ("version", "path"),
    [case for case in CASES if not case[1].stem.startswith("casing")],
    ids=lambda case: case if isinstance(case, str) else case.stem,
)
def test_what_is_changed_at_random_is_read_right_or_said(version: str, path: Path, kit: Kit, tmp_path: Path) -> None:
    folder = prepared(tmp_path, version)
    silent = {}
    for seed in range(SEEDS):
        text = mutated(path.read_text(), seed)
        (folder / path.name).write_text(text)
        try:
            made = sql(folder, kit.ddl(version, folder / path.name))
        except RefusedError:
            continue
        read = drizzle(folder, path.name)
        if not read.load().problems and not made.load().problems and (found := differences(made, read)):
            silent[seed] = found

    assert silent == {}
