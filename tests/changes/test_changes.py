"""Every change to a database or to a schema file is found, on the right object, and nothing else is said of it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from changes.changes import DATABASE, FILES
from ormistice.audit import Settings, audit
from ormistice.findings import Report
from ormistice.fixes import Change, Fix
from ormistice.model import Schema
from ormistice.sources import Source, SourceRequest, kind_of

HERE = Path(__file__).parent
FILE_SOURCES = {"prisma": "schema.prisma", "drizzle": "schema.ts", "sqlalchemy": "models.py"}


def opened(location: str, name: str, base: Path) -> Source:
    kind, prefix, target = kind_of(location, base)
    return kind.open(SourceRequest(name, prefix, (target,), base))


class Read:
    """A source that was read once, and writes no fix: loading them again for each change would only take time."""

    def __init__(self, source: Source) -> None:
        self.name, self.kind, self.location = source.name, source.kind, source.location
        self.schema = source.load()

    def load(self, fixes: tuple[Fix, ...] = ()) -> Schema:  # noqa: ARG002 - the protocol's
        return self.schema

    def write(self, schema: Schema, change: Change) -> Fix | None:  # noqa: ARG002 - the protocol's
        return None


@pytest.fixture(scope="module")
def files() -> dict[str, Read]:
    return {name: Read(opened(location, name, HERE)) for name, location in FILE_SOURCES.items()}


@pytest.fixture(scope="module")
def unchanged() -> Read:
    return Read(opened("database.sql", "database", HERE))


def compared(*sources: Source) -> Report:
    return audit(sources, Settings(databases=frozenset({"database"})))


def told(report: Report) -> list[tuple[str, str]]:
    found = (finding for finding in report.findings if finding.identity is not None)
    return sorted((item.rule, ".".join([item.identity.name.name, *item.identity.columns])) for item in found)


def test_unchanged_there_is_nothing_to_say(files: dict[str, Read], unchanged: Read) -> None:
    report = compared(*files.values(), unchanged)

    assert told(report) == []
    assert report.not_compared == ()


def test_there_are_as_many_changes_as_the_peers_were_tried_on() -> None:
    assert len(DATABASE) == 49


@pytest.mark.parametrize("change", DATABASE)
def test_a_change_of_the_database(
    change: str, files: dict[str, Read], database: str, run_sql: Callable[[str, str], None]
) -> None:
    statements, expected = DATABASE[change]
    run_sql(database, (HERE / "database.sql").read_text("utf-8"))
    for statement in statements.split(";"):
        run_sql(database, statement)
    report = compared(*files.values(), opened(database, "database", HERE))

    assert told(report) == sorted(expected)
    assert report.not_compared == ()


def test_columns_renamed_with_all_that_names_them(
    files: dict[str, Read], database: str, run_sql: Callable[[str, str], None]
) -> None:
    run_sql(database, (HERE / "database.sql").read_text("utf-8"))
    renames = {"loans": ("reader_id", "fee", "state"), "readers": ("id", "email", "joined_at")}
    for table, columns in renames.items():
        for column in columns:
            run_sql(database, f'ALTER TABLE {table} RENAME {column} TO "{column.title().replace("_", "")}"')
    report = compared(*files.values(), opened(database, "database", HERE))

    assert told(report) == [("column-name-mismatch", "loans"), ("column-name-mismatch", "readers")]
    assert [finding.violation.outliers for finding in report.findings] == [tuple(files)] * 2
    assert report.not_compared == ()


@pytest.mark.parametrize("change", FILES, ids=[f"{change[0]}: {change[2] or 'no ' + change[1]}" for change in FILES])
def test_a_change_of_a_schema_file(
    change: tuple[str, str, str, list[tuple[str, str]]], files: dict[str, Read], unchanged: Read, tmp_path: Path
) -> None:
    file, before, after, expected = change
    text = (HERE / file).read_text("utf-8")
    assert before in text
    (tmp_path / file).write_text(text.replace(before, after, 1), "utf-8")
    name = next(name for name, location in FILE_SOURCES.items() if location == file)
    changed = files | {name: Read(opened(file, name, tmp_path))}

    assert told(compared(*changed.values(), unchanged)) == sorted(expected)
