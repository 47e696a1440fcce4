"""Statements tried out: on a scratch copy of a schema, each time in a transaction that is rolled back."""

import threading
import weakref
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

import psycopg
from psycopg.conninfo import conninfo_to_dict

from ormistice.model import CatalogRow, Problem, ProblemKind, Schema, View
from ormistice.names import quoted
from ormistice.sources.postgres import ddl
from ormistice.sources.postgres.catalogs import SETTINGS, Connection, fetch_within
from ormistice.sources.postgres.connecting import connect, shortened
from ormistice.sources.postgres.embedded import ScratchDatabase
from ormistice.sources.postgres.executing import run_texts
from ormistice.sources.postgres.reflect import schema_of
from ormistice.sources.postgres.statements import bare, within_transaction


class Stage:
    """A scratch database that is filled once, when it is first needed, and kept until it is cleared."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept = ExitStack()
        self._connection: Connection | None = None
        self._owner = ""
        weakref.finalize(self, self._kept.close)

    def clear(self) -> None:
        """Forget it: what it was made like may have changed."""
        with self._lock:
            self._connection = None
            self._kept.close()

    def after(self, statements: tuple[str, ...], source: str, make: Callable[[ExitStack], ScratchDatabase]) -> Schema:
        """The schema that `statements` leave behind in the database that `make` makes, to be dropped with the stack."""
        with self._lock:
            if self._connection is None:
                database = make(self._kept)
                self._connection = self._kept.enter_context(connect(database.conninfo, autocommit=True))
                self._owner = str(conninfo_to_dict(database.owner_conninfo).get("user") or "")
            return _rehearsed(self._connection, statements, source, self._owner)


def _rehearsed(connection: Connection, statements: tuple[str, ...], source: str, owner: str) -> Schema:
    connection.execute(b"BEGIN")
    try:
        for statement in statements:
            try:
                _run(connection, within_transaction(statement), owner)
            except psycopg.Error as error:
                problem = failure(statement, error.diag.message_primary or str(error))
                return replace(_read(connection, source), problems=(problem,))
        return _read(connection, source)
    finally:
        connection.execute(b"ROLLBACK")


def _run(connection: Connection, statement: str, owner: str) -> None:
    """As the owner of the tables, as whom a user would; as a superuser what only one may do."""
    try:
        with connection.transaction():
            if owner:
                connection.execute(f"SET LOCAL ROLE {quoted(owner)}".encode())
            connection.execute(statement.encode())
            connection.execute(b"RESET ROLE")
    except psycopg.errors.InsufficientPrivilege:
        with connection.transaction():
            connection.execute(statement.encode())


def _read(connection: Connection, source: str) -> Schema:
    connection.execute(SETTINGS.encode())
    return schema_of(fetch_within(connection), source)


def _make_views(views: tuple[View, ...], database: ScratchDatabase) -> None:
    """Make them in an order in which each finds what it is of, whichever that is."""
    pending = tuple(ddl.create_view(view) for view in views if view.definition is not None)
    while pending:
        failed = run_texts(database, pending)
        if len(failed) == len(pending):
            return
        pending = failed


def failure(statement: str, message: str) -> Problem:
    """That a statement which we wrote does not run, or would not."""
    place = CatalogRow("statement", " ".join(bare(statement).split()))
    return Problem(ProblemKind.UNSUPPORTED_CONSTRUCT, f"the statement fails: {shortened(message)}", place)


def copy_of(
    schema: Schema, around: tuple[tuple[str, ...], tuple[str, ...]], database: ScratchDatabase
) -> ScratchDatabase:
    """`database`, made like the one that `schema` was read from; `around` is what runs before its tables, and after."""
    needed, inherited = around
    run_texts(database, needed)
    # Its domains are among the surroundings, for functions and types may need them.
    run_texts(database, ddl.creation(replace(schema, domains=(), views=())))
    run_texts(database, inherited)
    _make_views(schema.views, database)
    with connect(database.conninfo, autocommit=True) as admin:
        for statement in ddl.switching_off(schema):
            admin.execute(statement.encode())
    return database
