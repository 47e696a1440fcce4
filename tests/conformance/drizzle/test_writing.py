"""What is written into a schema, drizzle-kit takes, and makes of it what was asked for."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ormistice.audit import Settings, audit
from ormistice.fixes import Change, Patch, edited
from ormistice.fixing import Limits, apply

from .conftest import HERE, Kit
from .drizzle_schemas import generated
from .test_kit import IMPORTED_ONLY, OWN, VERSIONS, differences, drizzle, prepared, sql

pytestmark = pytest.mark.conformance

WHOLE = [path.stem for path in OWN if path.stem not in IMPORTED_ONLY and path.stem[-3:] not in ("_v0", "_v1")]
# Tables that reference each other in a circle cannot be added one after the other.
SEEDS = (2, 4, 5)
PAIRS = (("v0", 1, 2), ("v0", 3, 4), ("v1", 2, 1))


def written_anew(folder: Path, target: str) -> tuple[Path, set[str]]:
    """Another file, into which every object of a schema is written; and what could not be."""
    asked = drizzle(folder, target).load()
    file = folder / "anew.ts"
    file.write_text('import { pgTable } from "drizzle-orm/pg-core";\n')
    waiting: list[Any] = [*asked.enums, *asked.sequences, *asked.tables]
    while True:
        left = [item for item in waiting if not written(folder, file, item)]
        if not left or len(left) == len(waiting):
            return file, {str(item.name) for item in left}
        waiting = left


def written(folder: Path, file: Path, item: Any) -> bool:
    source = drizzle(folder, file.name)
    schema = source.load()
    fix = source.write(schema, Change("drizzle", None, item))
    if isinstance(fix, Patch):
        file.write_text(edited(schema.documents[0].path, file.read_text(), (fix,)))
    return fix is not None


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("make", [*WHOLE, *SEEDS])
def test_a_schema_that_is_written_anew_is_created_alike(
    version: str, make: str | int, kit: Kit, tmp_path: Path
) -> None:
    folder = prepared(tmp_path, version)
    if isinstance(make, int):
        (folder / "asked.ts").write_text(generated(make))
    else:
        (folder / "asked.ts").write_text((HERE / "schemas" / f"{make}.ts").read_text())
    file, left = written_anew(folder, "asked.ts")
    assert left == set()
    wanted = sql(folder, kit.ddl(version, folder / "asked.ts"))

    # A view's columns are of types that nobody states.
    found = differences(wanted, drizzle(folder, file.name))
    assert [line for line in found if not line.startswith("missing-view")] == []
    made = sql(folder, kit.ddl(version, file))
    assert made.load().problems == ()
    assert differences(made, drizzle(folder, file.name)) == []


@pytest.mark.parametrize(("version", "wanted", "given"), PAIRS)
def test_a_schema_that_is_mended_is_created_as_it_is_read(
    version: str, wanted: int, given: int, kit: Kit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = prepared(tmp_path, version)
    monkeypatch.chdir(folder)
    (folder / "wanted.ts").write_text(generated(wanted))
    (folder / "given.ts").write_text(generated(given))
    database, source = sql(folder, kit.ddl(version, folder / "wanted.ts")), drizzle(folder, "given.ts")
    settings = Settings(databases=frozenset({"sql"}), towards="sql")
    before = outliers(audit([database, source], settings))
    applied = apply([database, source], settings, Limits(unsafe=True), quiet)
    after = outliers(audit([database, source], settings))

    assert applied.fixes > len(before) / 2
    # What every table shares can be taken from none; columns are added behind the others.
    assert {rule for rule, _ in after} <= {"missing-column", "column-order-mismatch"}
    again = tmp_path / "again"
    again.mkdir()
    made = sql(again, kit.ddl(version, folder / "given.ts"))
    assert made.load().problems == ()
    assert differences(made, drizzle(folder, "given.ts")) == []


def outliers(report: Any) -> set[tuple[str, str]]:
    return {
        (one.rule, one.fingerprint) for one in report.findings if one.identity and "drizzle" in one.violation.outliers
    }


quiet: Callable[[str], None] = lambda _: None  # noqa: E731 - what an audit tells is of no use here
