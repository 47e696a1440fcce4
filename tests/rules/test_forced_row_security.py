"""FORCE ROW LEVEL SECURITY among databases, and a language between them that has no words for it."""

from pathlib import Path

import pytest

from ormistice.audit import Settings, audit
from ormistice.sources import SourceRequest, kind_of

SECURED = "CREATE TABLE users (id integer PRIMARY KEY);\nALTER TABLE users ENABLE ROW LEVEL SECURITY;\n"
FILES = {
    "forced.sql": f"{SECURED}ALTER TABLE users FORCE ROW LEVEL SECURITY;\n",
    "plain.sql": SECURED,
    "schema.ts": 'import { integer, pgTable } from "drizzle-orm/pg-core";\n'
    'export const users = pgTable("users", { id: integer("id").primaryKey() }).enableRLS();\n',
    "open.ts": 'import { integer, pgTable } from "drizzle-orm/pg-core";\n'
    'export const users = pgTable("users", { id: integer("id").primaryKey() });\n',
}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["forced.sql", "schema.ts"], None),
        (["schema.ts", "forced.sql"], None),
        (["schema.ts", "plain.sql"], None),
        (["forced.sql", "schema.ts", "plain.sql"], ("plain.sql",)),
        (["schema.ts", "forced.sql", "plain.sql"], ("plain.sql",)),
        (["forced.sql", "open.ts"], ("open.ts",)),
        (["open.ts", "forced.sql"], ("forced.sql",)),
    ],
)
def test_only_those_that_can_say_it_differ_in_it(
    tmp_path: Path, files: list[str], expected: tuple[str, ...] | None
) -> None:
    sources = []
    for name in files:
        (tmp_path / name).write_text(FILES[name], "utf-8")
        kind, prefix, target = kind_of(name, tmp_path)
        targets = (target,) if isinstance(target, str) else target
        sources.append(kind.open(SourceRequest(name, prefix, targets, tmp_path)))
    # The first is the authority.
    report = audit(sources, Settings(authorities=(("*", files[0]),)))
    found = [finding for finding in report.findings if finding.rule == "row-security-mismatch"]

    assert [finding.violation.outliers for finding in found] == ([expected] if expected else [])
    assert all(fix.verified for finding in found for fix in finding.fixes)
