"""PostgreSQL itself: a live database, or one built from DDL in a scratch server, read from its catalogs."""

from pathlib import Path

from ormistice.sources import Source, SourceKind, SourceRequest

_SCHEMES = ("postgresql", "postgres")


def _is_url(location: str, _: Path) -> bool:
    scheme, separator, _rest = location.partition("://")
    return bool(separator) and scheme.partition("+")[0].lower() in _SCHEMES


def _is_sql_file(location: str, base: Path) -> bool:
    return location.lower().endswith(".sql") and not (base / location).is_dir()


def _open_database(request: SourceRequest) -> Source:
    from ormistice.sources.postgres.database import DatabaseSource

    return DatabaseSource(request)


def _open_sql(request: SourceRequest) -> Source:
    from ormistice.sources.postgres.sqlfile import SqlFileSource

    return SqlFileSource(request)


SOURCES = (
    SourceKind("database", ("database",), _is_url, _open_database, is_database=True),
    SourceKind("sql", ("sql",), _is_sql_file, _open_sql, is_database=True),
)
