"""Migrations, replayed in their order into a scratch PostgreSQL that is then read like any other database."""

from pathlib import Path

from ormistice.sources import Source, SourceKind, SourceRequest


def _recognises(location: str, base: Path) -> bool:
    path = base / Path(location).expanduser()
    if path.name == "alembic.ini":
        return path.is_file()
    marks = ("meta/_journal.json", "migration_lock.toml", "env.py")
    return path.is_dir() and any((path / mark).is_file() for mark in marks)


def _open(request: SourceRequest) -> Source:
    from ormistice.sources.migrations.source import MigrationsSource

    return MigrationsSource(request)


SOURCES = (SourceKind("migrations", ("migrations",), _recognises, _open, is_database=True),)
