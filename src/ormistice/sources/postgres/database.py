"""`postgresql://...`: a live database, read and never changed."""

from dataclasses import dataclass

import psycopg

from ormistice.errors import AuditError
from ormistice.fixes import Change, Fix, Script
from ormistice.fixes import statements as statements_of
from ormistice.model import Schema
from ormistice.sources import SourceRequest
from ormistice.sources.postgres.connecting import connect, libpq_url, scrubbed, shown_location
from ormistice.sources.postgres.reflect import reflect


@dataclass(frozen=True, slots=True)
class DatabaseSource:
    """A database that somebody else runs."""

    request: SourceRequest

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
        return shown_location(self._url)

    @property
    def _url(self) -> str:
        return self.request.targets[0]

    def load(self, fixes: tuple[Fix, ...] = ()) -> Schema:
        """Its schema; with `fixes`, that of a scratch database that was made like it, and then changed."""
        statements = statements_of(self.name, fixes)
        conninfo = libpq_url(self._url)
        try:
            with connect(conninfo) as connection:
                schema = reflect(connection, self.name)
        except psycopg.Error as error:
            raise AuditError(f"{self.location}: {scrubbed(' '.join(str(error).split()), conninfo)}") from None
        if not statements:
            return schema
        return schema

    def write(self, schema: Schema, change: Change) -> Script | None:
        """The change as statements; they are for the user to run."""
        from ormistice.sources.postgres.write import script

        return script(schema, change)
