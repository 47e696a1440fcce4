"""Keeps Alembic migrations from any database but a scratch database; loaded by `alembic_runner` and by nobody else.

Whatever URL an `env.py` makes up, its engines reach the scratch database: `create_engine` is given another URL, drivers
are given other parameters, and a connection that is elsewhere nevertheless ends the process before a statement is sent.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

# Sync before async: what a driver can do is the same, and most env.py are written for the former.
_SYNC = ("psycopg2", "psycopg", "pg8000", "psycopg2cffi")
_ASYNC = ("asyncpg", "psycopg")
_FOREIGN_OPTIONS = ("connect_args", "creator", "async_creator", "module", "dialect", "query_cache_size")
_REFUSED = 77
_SKIPPED = ("grant", "revoke", "reassign")
_NOTHING = "SELECT 1"
# Among several statements: what would end the transaction that all can be undone with, and give away what they made.
_NOT_TO_BE_RUN = ("commit", "rollback", "owner")
STATEMENT = "ormistice_statement"
"""The attribute of an exception that says which statement it is of, and which part of that."""


class Mixed(Exception):  # noqa: N818 - nothing has gone wrong
    """A text is not executed before somebody has taken it apart."""

    sqlstate = "00000"

    def __init__(self, statement: str) -> None:
        """Of a text that may be several statements."""
        super().__init__("several statements")
        setattr(self, STATEMENT, (statement, statement))


def url_text(database: dict[str, str], *, asynchronous: bool = False) -> str:
    """The URL of the scratch database, for a driver that is installed."""
    from sqlalchemy.engine import URL

    driver = _driver(_ASYNC if asynchronous else (*_SYNC, *_ASYNC))
    query: Any = (
        {"host": database["host"]} if driver != "pg8000" else {"unix_sock": database["host"] + "/.s.PGSQL.5432"}
    )
    port = int(database["port"]) if database.get("port") else None
    plain: Any = {"username": database["user"], "password": database.get("password"), "database": database["dbname"]}
    if database["host"].startswith("/"):
        url = URL.create(f"postgresql+{driver}", query=query, **plain)
    else:
        url = URL.create(f"postgresql+{driver}", host=database["host"], port=port, **plain)
    # Projects set it as an option of Alembic's, which is no place for a percent sign; a query needs none for a slash.
    text: str = url.render_as_string(hide_password=False)
    address, mark, rest = text.partition("?")
    return address + mark + rest.replace("%2F", "/")


def _driver(names: tuple[str, ...]) -> str:
    for name in names:
        try:
            return importlib.import_module(name).__name__
        except ImportError:
            continue
    raise ImportError(f"no PostgreSQL driver is installed: one of {', '.join(names)} is needed", name=names[0])


def point_everything_at(database: dict[str, str], instead: Any) -> None:
    """Have everybody reach `database` and no other; statements of which `instead` has parts are executed in those."""
    _redirect_drivers(database)
    _redirect_engines(database)
    _watch_connections(database, instead)


def _redirect_engines(database: dict[str, str]) -> None:
    import sqlalchemy
    import sqlalchemy.engine
    from sqlalchemy.engine import create

    original = create.create_engine

    def create_engine(*_: Any, **options: Any) -> Any:
        asynchronous = bool(options.get("_is_async"))
        kept = {name: value for name, value in options.items() if name not in (*_FOREIGN_OPTIONS, "url")}
        return original(url_text(database, asynchronous=asynchronous), **kept)

    for module in (sqlalchemy, sqlalchemy.engine, create):
        module.create_engine = create_engine  # type: ignore[attr-defined]
    try:
        import sqlalchemy.ext.asyncio.engine as asynchronous_engine
    except ImportError:
        return
    for name in ("_create_engine", "create_engine"):
        if hasattr(asynchronous_engine, name):
            setattr(asynchronous_engine, name, create_engine)


def _redirect_drivers(database: dict[str, str]) -> None:
    """Whoever asks a driver for a connection itself gets one to the scratch database, too."""
    parameters = {name: database[name] for name in ("host", "port", "user", "password", "dbname") if database.get(name)}
    asyncpg = {("database" if name == "dbname" else name): value for name, value in parameters.items()}
    for name, given in (("psycopg2", parameters), ("psycopg", parameters), ("asyncpg", asyncpg)):
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        module.connect = _with(module.connect, given)  # type: ignore[attr-defined]
        for attribute in ("Connection", "AsyncConnection"):
            kind = getattr(module, attribute, None)
            if name == "psycopg" and kind is not None:
                kind.connect = classmethod(_with(kind.connect.__func__, given, bound=True))


def _with(connect: Any, given: dict[str, str], *, bound: bool = False) -> Any:
    kept = ("autocommit", "row_factory", "cursor_factory", "connection_factory", "prepare_threshold", "context", "loop")

    def connecting(*arguments: Any, **options: Any) -> Any:
        first = arguments[:1] if bound else ()
        return connect(*first, **{**{name: options[name] for name in kept if name in options}, **given})

    return connecting


def _executed_instead(instead: Any, cursor: Any, statement: str, parameters: Any) -> Any:
    """What is to be executed in place of a statement, after what is executed here."""
    words = statement.replace('"', " ").replace(";", " ").lower().split()
    # A column that is renamed may be called owner.
    gives_away = words[:1] == ["alter"] and words[-3:-1] == ["owner", "to"] and "rename" not in words
    if gives_away or (words[:1] and words[0] in _SKIPPED):
        return _NOTHING, ()
    parts = instead.parts.get(statement)
    if parts is None and ";" in statement and any(word in words for word in _NOT_TO_BE_RUN):
        raise Mixed(statement)
    if parts is None:
        return statement, parameters
    for part in parts:
        try:
            cursor.execute(part, parameters)
        except Exception as error:
            setattr(error, STATEMENT, (statement, part))
            raise
    return _NOTHING, ()


def _watch_connections(database: dict[str, str], instead: Any) -> None:
    from sqlalchemy import event
    from sqlalchemy.engine import Engine
    from sqlalchemy.pool import Pool

    def connected(connection: Any, _: Any) -> None:
        cursor = connection.cursor()
        try:
            cursor.execute("SELECT current_database()")
            row = cursor.fetchone()
        finally:
            cursor.close()
        if row is None or row[0] != database["dbname"]:
            sys.stderr.write(f"connected to {row and row[0]!r}, which is not the scratch database\n")
            os._exit(_REFUSED)

    def executing(_: Any, cursor: Any, statement: str, parameters: Any, __: Any, ___: Any) -> Any:
        return _executed_instead(instead, cursor, statement, parameters)

    def executed(_: Any, __: Any, statement: str, ___: Any, ____: Any, _____: Any) -> None:
        instead.now.add(statement)

    event.listen(Pool, "connect", connected)
    event.listen(Engine, "before_cursor_execute", executing, retval=True)
    event.listen(Engine, "after_cursor_execute", executed)
