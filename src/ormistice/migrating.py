"""What a database lacks, as a migration of the project's own tool, with the way back."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from ormistice.errors import AuditError
from ormistice.findings import Report
from ormistice.fixes import Change, Fix, Script
from ormistice.fixing import Limits, wanted
from ormistice.model import Schema
from ormistice.sources import Source, shown
from ormistice.surveying import survey
from ormistice.verifying import asked_of, found_in

PLAIN = "sql"
_MARKS = {"prisma": "migration_lock.toml", "drizzle": "meta/_journal.json", "alembic": "env.py"}
"""What tells whose migrations a folder holds."""


def migrate(
    report: Report, sources: Sequence[Source], limits: Limits, form: str, folder: Path | None, base: Path
) -> tuple[tuple[Path, str], ...]:
    """The files of a new migration that makes the database what the report asks for; none where nothing is to do.

    Raises AuditError where no source takes statements, or no folder of that form is there.
    """
    from ormistice.sources.migrations.writing import FORMS, NewMigration

    source = _target(report, sources)
    fixes = _in_creation_order(report, source, limits)
    if not fixes:
        return ()
    new = NewMigration(
        _ordered(source.name, fixes),
        _way_back(report, source, fixes),
        f"align_with_{_named(_followed(report, source.name, fixes))}",
        _heads(source) if form == "alembic" else (),
    )
    place = folder or _place(source, form, base)
    if place is None:
        # Plain SQL needs no place: it can be read by psql.
        return ((Path("-"), "".join(f"{statement.rstrip(';')};\n" for statement in new.up)),)
    return FORMS[form](place, new)


def _followed(report: Report, target: str, fixes: Sequence[Fix]) -> str:
    """The first source that is in line where the fixes mend `target`."""
    violations = [
        finding.violation for finding in report.findings if any(suggested.fix in fixes for suggested in finding.fixes)
    ]
    in_line = {name for found in violations for name in found.claims if name not in (target, *found.outliers)}
    return next((name for name in report.among.schemas if name in in_line), violations[0].authority)


def _in_creation_order(report: Report, source: Source, limits: Limits) -> tuple[Fix, ...]:
    """The wanted statements; those that create tables first, in the order in which tables can be created."""
    fixes = [fix for fix in wanted(report, limits) if isinstance(fix, Script) and fix.source == source.name]
    order = {table.table: number for number, table in enumerate(report.missing)}
    place = {
        suggested.fix: order[finding.identity.name]
        for finding in report.findings
        if finding.identity is not None and finding.identity.kind == "table" and finding.identity.name in order
        for suggested in finding.fixes
    }
    return tuple(sorted(fixes, key=lambda fix: place.get(fix, len(order))))


def _target(report: Report, sources: Iterable[Source]) -> Source:
    """The source that takes statements: a history before a database, since the history is what leads there."""
    databases = report.among.databases - {report.among.towards}
    found = [source for source in sources if source.name in databases]
    if not found:
        raise AuditError("no source takes a migration", "name the database or its migrations: migrations:DIR")
    return min(found, key=lambda source: source.kind != "migrations")


def _place(source: Source, form: str, base: Path) -> Path | None:
    found = [item.path for item in survey(base) if item.kind == "migrations"]
    folders = [Path(source.location)] if source.kind == "migrations" else [base / path for path in found]
    tool = _tool(folders[0]) if len(folders) == 1 else None
    if len(folders) == 1 and tool in (None, form):
        return folders[0]
    if form == PLAIN:
        return None
    which = f"several folders of migrations: {', '.join(found)}" if folders else "no migrations"
    if tool is not None:
        which = f"the migrations of {shown(folders[0])} are {tool.capitalize()}'s"
    raise AuditError(f"{shown(base)}: {which}", f"say where they belong: fix --as {form} --to FOLDER")


def _tool(folder: Path) -> str | None:
    """The tool whose migrations are in a folder, None where any may be; Supabase runs what Drizzle has written."""
    if folder.name == "alembic.ini":
        return "alembic"
    if folder.absolute().parts[-2:] == ("supabase", "migrations"):
        return None
    return next((tool for tool, mark in _MARKS.items() if (folder / mark).is_file()), None)


def _ordered(source: str, fixes: Iterable[Fix]) -> tuple[str, ...]:
    from ormistice.sources.postgres.ordering import in_order
    from ormistice.sources.postgres.statements import in_migration

    return tuple(in_migration(statement) for statement in in_order(source, fixes))


def _way_back(report: Report, source: Source, fixes: tuple[Fix, ...]) -> tuple[str, ...] | None:
    """Statements that undo the fixes; None where one of them cannot be undone."""
    schema = source.load(fixes)
    undoing: list[Fix] = []
    for finding in report.findings:
        if any(suggested.fix in fixes for suggested in finding.fixes):
            for change in reversed(asked_of(finding, source.name, report.among)):
                undone = _reversed(change, schema)
                fix = None if undone is None else source.write(schema, undone)
                if fix is None:
                    return None
                undoing.append(fix)
    return _ordered(source.name, undoing)


def _reversed(change: Change, schema: Schema) -> Change | None:
    if change.after is None:
        return Change(change.source, None, change.before)
    there = found_in(schema, change.after)
    return None if there is None else Change(change.source, there, change.before)


def _heads(source: Source) -> tuple[str, ...]:
    """The Alembic revisions that none follows, as a replay found them."""
    history = getattr(source, "history", None)
    return () if history is None else tuple(history().heads)


def _named(source: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in source).lower()
