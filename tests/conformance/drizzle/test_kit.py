"""What drizzle-kit creates is what we read: its SQL, executed and reflected, against our reading of the same files."""

import json
import shutil
from pathlib import Path

import pytest

from ormistice.audit import Settings, audit
from ormistice.sources import Source, SourceRequest
from ormistice.sources.drizzle import SOURCES as DRIZZLE
from ormistice.sources.postgres import SOURCES as POSTGRES

from .conftest import HERE, Kit
from .drizzle_schemas import generated

pytestmark = pytest.mark.conformance

VERSIONS = {"v0": "^0.45.0", "v1": "1.0.0-rc.5"}
IMPORTED_ONLY = {"shared", "barrel"}
OWN = [path for path in sorted((HERE / "schemas").glob("*.ts")) if path.stem not in IMPORTED_ONLY]
CASES = [
    (version, path) for version in VERSIONS for path in OWN if path.stem[-3:] not in {"_v0", "_v1"} - {f"_{version}"}
]


def drizzle(folder: Path, target: str) -> Source:
    return DRIZZLE[0].open(SourceRequest("drizzle", "drizzle", (target,), folder))


def sql(folder: Path, text: str) -> Source:
    (folder / "made.sql").write_text(text)
    kind = next(kind for kind in POSTGRES if kind.name == "sql")
    return kind.open(SourceRequest("sql", "sql", ("made.sql",), folder))


def differences(database: Source, source: Source) -> list[str]:
    """What the audit finds of whatever severity, but for advice on what both agree on, and views that others make."""
    report = audit([database, source], Settings(databases=frozenset({"sql"})))
    existing = [view.name for view in source.load().views if not view.created]
    return [
        f"{finding.rule} {finding.identity}: {finding.violation.message}"
        for finding in report.findings
        if finding.rule.endswith(("-mismatch", "-error", "-construct"))
        or finding.rule.startswith(("missing-", "unmanaged-"))
        if finding.identity is None or finding.identity.name not in existing
    ]


def prepared(folder: Path, version: str) -> Path:
    for path in (HERE / "schemas").glob("*.ts"):
        shutil.copy(path, folder)
    (folder / "package.json").write_text(json.dumps({"dependencies": {"drizzle-orm": VERSIONS[version]}}))
    return folder


@pytest.mark.parametrize(("version", "path"), CASES, ids=lambda case: case if isinstance(case, str) else case.stem)
def test_what_is_created_is_what_is_read(version: str, path: Path, kit: Kit, tmp_path: Path) -> None:
    folder = prepared(tmp_path, version)
    casing = "snake_case" if path.stem.startswith("casing") else None
    target = path.name
    if casing is not None:
        (folder / "drizzle.config.ts").write_text(
            f'export default {{ dialect: "postgresql", schema: "./{path.name}", casing: "{casing}" }};'
        )
        target = "drizzle.config.ts"
    made = sql(folder, kit.ddl(version, folder / path.name, casing))
    read = drizzle(folder, target)

    assert made.load().problems == ()
    assert read.load().problems == ()
    assert differences(made, read) == []


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("version", VERSIONS)
def test_generated_schemas_are_read_as_they_are_created(version: str, seed: int, kit: Kit, tmp_path: Path) -> None:
    folder = prepared(tmp_path, version)
    (folder / "schema.ts").write_text(generated(seed))
    made = sql(folder, kit.ddl(version, folder / "schema.ts"))
    read = drizzle(folder, "schema.ts")

    assert made.load().problems == ()
    assert read.load().problems == ()
    assert differences(made, read) == []


def test_a_difference_would_be_found(kit: Kit, tmp_path: Path) -> None:
    folder = prepared(tmp_path, "v0")
    made = sql(folder, kit.ddl("v0", folder / "constraints.ts"))
    text = (folder / "constraints.ts").read_text()
    (folder / "constraints.ts").write_text(text.replace('onDelete: "set null"', 'onDelete: "cascade"'))

    assert [line.partition(" ")[0] for line in differences(made, drizzle(folder, "constraints.ts"))] == [
        "on-delete-mismatch"
    ]
