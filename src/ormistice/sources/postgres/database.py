"""`postgresql://...`: a live database, read and never changed."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TypeVar

import psycopg

from ormistice.errors import AuditError
from ormistice.fixes import Change, Fix, Script
from ormistice.model import Schema
from ormistice.sources import SourceRequest
from ormistice.sources.postgres.blocking import Blocking, blocking_rows, counted
from ormistice.sources.postgres.catalogs import Connection, Limits
from ormistice.sources.postgres.connecting import connect, libpq_url, scrubbed, server_errors, shown_location
from ormistice.sources.postgres.embedded import ScratchDatabase, scratch_database
from ormistice.sources.postgres.ordering import in_order
from ormistice.sources.postgres.reflect import inheritance, reflect, surroundings
from ormistice.sources.postgres.rehearsal import Stage, copy_of

Answer = TypeVar("Answer")
OLDEST_VERSION = 130000


@dataclass(frozen=True, slots=True)
class DatabaseSource:
    """A database that somebody else runs; its options `lock_timeout` and `statement_timeout` are seconds."""

    request: SourceRequest
    stage: Stage = field(default_factory=Stage, compare=False, repr=False)
    versions: list[int] = field(default_factory=list, compare=False, repr=False)

    @property
    def name(self) -> str:
        """What the user calls it."""
        return self.request.name

    @property
    def kind(self) -> str:
        """Always `database`."""
        return "database"

    @property
    def location(self) -> str:
        """Its URL without the password."""
        return shown_location(self.request.targets[0])

    @property
    def _limits(self) -> Limits:
        waiting, working = (self.request.options.get(name) for name in ("lock_timeout", "statement_timeout"))
        usual = Limits()
        return Limits(
            int(waiting * 1000) if isinstance(waiting, int | float) else usual.lock_ms,
            int(working * 1000) if isinstance(working, int | float) else usual.statement_ms,
        )

    def load(self, fixes: tuple[Fix, ...] = ()) -> Schema:
        """Its schema; with `fixes`, that of a scratch database that was made like it, and then changed."""
        statements = in_order(self.name, fixes)
        if not statements:
            self.stage.clear()
            return self._read(lambda connection: reflect(connection, self.name, self._limits))
        with server_errors(self.location):
            return self.stage.after(statements, self.name, self._copy)

    def write(self, schema: Schema, change: Change) -> Script | None:
        """The change as statements; they are for the user to run."""
        from ormistice.sources.postgres.write import script

        return script(schema, change, *self.versions)

    def blocking(self, schema: Schema, change: Change) -> Blocking | None:
        """How many rows of the database itself stand in the way of a change; None where none can."""
        query = blocking_rows(schema, change)
        return None if query is None else self._read(lambda connection: counted(connection, query, self._limits))

    def _copy(self, kept: ExitStack) -> ScratchDatabase:
        schema, needed, inherited = self._read(
            lambda connection: (
                reflect(connection, self.name, self._limits),
                surroundings(connection, self._limits),
                inheritance(connection, self._limits),
            )
        )
        return copy_of(schema, (needed, inherited), kept.enter_context(scratch_database(self.request.scratch_url)))

    def _read(self, question: Callable[[Connection], Answer]) -> Answer:
        conninfo = libpq_url(self.request.targets[0])
        try:
            with connect(conninfo, autocommit=True) as connection:
                if connection.info.server_version < OLDEST_VERSION:
                    version = connection.info.server_version // 10000
                    raise AuditError(f"{self.location}: PostgreSQL {version} is too old: 13 is the oldest that is read")
                self.versions[:] = [connection.info.server_version]
                return question(connection)
        except psycopg.errors.LockNotAvailable:
            hint = "something holds an exclusive lock on a table; try again when it is done"
            raise AuditError(f"{self.location}: a table is locked, and was not released in time", hint) from None
        except psycopg.Error as error:
            raise AuditError(f"{self.location}: {scrubbed(' '.join(str(error).split()), conninfo)}") from None
