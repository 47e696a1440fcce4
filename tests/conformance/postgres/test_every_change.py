"""Every change of tests/changes that the database is to be led back from: its SQL holds, all but the order of columns."""

from pathlib import Path

import pytest

from changes.changes import DATABASE
from changes.test_changes import Read, opened
from ormistice.audit import Settings, audit

pytestmark = pytest.mark.conformance
FILES = Path(__file__).parents[2] / "changes"
TOWARDS = {
    "unchanged": "database.sql",
    "prisma": "schema.prisma",
    "drizzle": "schema.ts",
    "sqlalchemy": "models.py",
}
# PostgreSQL has no statement that moves a column.
UNWRITABLE = {"column-order-mismatch"}
# What each direction has words for, of the findings that can be written.
FIXES = {"unchanged": 48, "prisma": 36, "drizzle": 44, "sqlalchemy": 47}


@pytest.mark.parametrize("towards", TOWARDS)
def test_the_database_is_led_back_from_every_change(towards: str, tmp_path: Path) -> None:
    wanted = Read(opened(TOWARDS[towards], towards, FILES))
    verified = 0
    for name, (statements, _) in DATABASE.items():
        (tmp_path / "db.sql").write_text(f"{(FILES / 'database.sql').read_text('utf-8')};\n{statements};", "utf-8")
        databases = frozenset({"database", "unchanged"} & {"database", towards})
        settings = Settings(databases=databases, towards=towards)
        report = audit((wanted, opened("db.sql", "database", tmp_path)), settings)
        for finding in report.findings:
            if finding.identity is None or finding.rule in UNWRITABLE:
                continue
            holds = [fix.verified for fix in finding.fixes if fix.fix.source == "database"]
            assert holds == [True], (name, finding.rule)
            verified += 1

    assert verified == FIXES[towards]
