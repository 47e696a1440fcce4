"""Each schema file is led after every change of the database: nothing of the change is left, and nothing is new."""

import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from changes.changes import DATABASE
from changes.test_changes import FILE_SOURCES, HERE, Read, opened
from ormistice.audit import Settings, audit
from ormistice.findings import Report
from ormistice.fixing import Limits, apply
from ormistice.sources import Source
from ormistice.verifying import added, pairs

TOWARDS = Settings(databases=frozenset({"database"}), towards="database")
ONLY_TOLD = replace(TOWARDS, most_fixes=0)
ORDER = "column-order-mismatch"
# What stays, by change and source: the rule, and why.
LEFT = {
    ("integer made bigint", "prisma"): ("column-type-mismatch", "both ends of a relation are of one type"),
    ("primary key dropped", "prisma"): ("primary-key-mismatch", "a model has something unique"),
    ("primary key dropped", "sqlalchemy"): ("primary-key-mismatch", "a column draws from a sequence as a key alone"),
}
# By source: how many findings the changes give it, and how many of them are gone.
COUNTS = {"prisma": (36, 34), "drizzle": (44, 44), "sqlalchemy": (47, 46)}
QUICK = ("key, ON DELETE", "enum, label added", "column added")


def changed(names: Sequence[str], folder: Path) -> tuple[Source, ...]:
    """Copies of the schema files beside a database with the changes."""
    statements = ";\n".join([(HERE / "database.sql").read_text("utf-8"), *(DATABASE[name][0] for name in names), ""])
    for file in FILE_SOURCES.values():
        shutil.copy(HERE / file, folder / file)
    (folder / "database.sql").write_text(statements, "utf-8")
    files = (opened(file, source, folder) for source, file in FILE_SOURCES.items())
    return (*files, Read(opened("database.sql", "database", folder)))


def told(report: Report) -> set[tuple[str, str]]:
    """(source, rule) of what is out of line in a schema file."""
    found = (finding for finding in report.findings if finding.identity is not None)
    return {(name, item.rule) for item in found for name in item.violation.outliers if name in FILE_SOURCES}


def repaired(names: Sequence[str], folder: Path) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """What was told before the fixes, and after; that a column which was added stands behind the others is no part."""
    sources = changed(names, folder)
    before = audit(sources, ONLY_TOLD)
    apply(sources, TOWARDS, Limits(unsafe=True), lambda _: None)
    after = audit(sources, ONLY_TOLD)
    assert not added(pairs(after.findings), pairs(before.findings))
    was, left = told(before), told(after)
    return was, {item for item in left if item[1] != ORDER or item in was}


def test_files_follow_some_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    before, after = repaired(QUICK, tmp_path)

    assert before == {(source, rule) for name in QUICK for rule, _ in DATABASE[name][1] for source in FILE_SOURCES}
    assert after == set()


@pytest.mark.conformance
def test_files_follow_every_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found: Counter[str] = Counter()
    left: Counter[str] = Counter()
    wrong = {}
    for number, name in enumerate(DATABASE):
        folder = tmp_path / str(number)
        folder.mkdir()
        monkeypatch.chdir(folder)
        before, after = repaired([name], folder)
        found.update(source for source, _ in before)
        left.update(source for source, _ in after)
        if after != {(source, LEFT[name, source][0]) for source in FILE_SOURCES if (name, source) in LEFT}:
            wrong[name] = after
    assert wrong == {}
    assert {source: (found[source], found[source] - left[source]) for source in FILE_SOURCES} == COUNTS
