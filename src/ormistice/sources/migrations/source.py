"""`migrations:DIR`: a history, and the database that it leads to."""

import secrets
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import psycopg

from ormistice.errors import AuditError
from ormistice.fixes import Change, Fix, Script
from ormistice.model import Enum, Schema, Table
from ormistice.parsing import read_document
from ormistice.sources import SourceRequest, shown
from ormistice.sources.migrations import placeholders
from ormistice.sources.migrations.baseline import opened, with_baseline
from ormistice.sources.migrations.beside import beside
from ormistice.sources.migrations.configured import settings
from ormistice.sources.migrations.depending import Depending, depending, without_what_depends
from ormistice.sources.migrations.failing import begins_elsewhere, is_foreign, problems
from ormistice.sources.migrations.folders import Migration, is_supabases, sql_migrations
from ormistice.sources.migrations.foreign import includes, not_run
from ormistice.sources.migrations.loose import uses_flyway
from ormistice.sources.migrations.observations import Observation, named_at, observations
from ormistice.sources.migrations.planned import filled, graphile
from ormistice.sources.migrations.python_places import python_places
from ormistice.sources.migrations.replay import History, Step, replay, statements
from ormistice.sources.migrations.revisions import project, replay_alembic
from ormistice.sources.migrations.undoing import taken_away
from ormistice.sources.migrations.unsure import without_certainty
from ormistice.sources.postgres.catalogs import Connection
from ormistice.sources.postgres.connecting import connect, server_errors
from ormistice.sources.postgres.doubts import with_doubts
from ormistice.sources.postgres.embedded import ScratchDatabase, scratch_database
from ormistice.sources.postgres.hosted import supabases_schemas, without_platforms
from ormistice.sources.postgres.ordering import in_order
from ormistice.sources.postgres.outlined import outlined
from ormistice.sources.postgres.placing import Key, place_all
from ormistice.sources.postgres.reflect import reflect
from ormistice.sources.postgres.rehearsal import Stage
from ormistice.sources.postgres.write import migration
from ormistice.text import Document, Span


@dataclass(frozen=True, slots=True)
class MigrationsSource:
    """The migrations of one folder."""

    request: SourceRequest
    stage: Stage = field(default_factory=Stage, compare=False, repr=False)
    replayed: list[History] = field(default_factory=list, compare=False, repr=False)
    unsettled: list[Depending] = field(default_factory=list, compare=False, repr=False)

    @property
    def name(self) -> str:
        """What the user calls it."""
        return self.request.name

    @property
    def kind(self) -> str:
        """Always `migrations`."""
        return "migrations"

    @property
    def location(self) -> str:
        """Its folder."""
        return shown(self._folder)

    @property
    def _folder(self) -> Path:
        return self.request.path(self.request.targets[0])

    def load(self, fixes: tuple[Fix, ...] = ()) -> Schema:
        """The schema that the migrations lead to; with `fixes`, what is there when those have run behind them."""
        after = in_order(self.name, fixes)
        if after:
            with server_errors(self.location):
                changed = self.stage.after(after, self.name, lambda kept: self._replayed(kept)[0])
            return self._doubted(changed)
        self.stage.clear()
        with server_errors(self.location), ExitStack() as kept:
            database, history = self._replayed(kept)
            self.replayed[:] = [history]
            steps = history.steps
            if (refused := is_foreign(steps)) is not None:
                message = f"{self.location}: the migrations are for another database than PostgreSQL: {refused}"
                raise AuditError(message, "only those for PostgreSQL are read")
            with connect(database.conninfo, autocommit=True) as connection:
                schema = reflect(connection, self.name, places=_places(steps))
                self.unsettled[:] = depending(steps, connection)
        documents, told = tuple(step.document for step in steps), problems(steps)
        if history.environment is not None:
            problem, document = history.environment
            documents, told = (*documents, document), (problem, *told)
        told += tuple(each for step in steps for each in includes(step.document))
        told = (*not_run([step.document for step in steps if step.migration.foreign]), *told)
        told += tuple(observation.problem() for observation in self.observations())
        told += tuple(each for item in self.unsettled if (each := item.problem(schema)) is not None)
        aside, files = beside(steps[0].migration.path.parent) if steps else ((), ())
        documents, told = documents + files, told + aside
        schema = self._doubted(replace(schema, problems=told + schema.problems, documents=documents))
        return outlined(schema, [step.outline for step in steps if step.outline is not None])

    def _doubted(self, schema: Schema) -> Schema:
        """`schema`, knowing what has not been done; of a migration that was passed over nobody knows what that is."""
        steps = self.history().steps
        failed = (failure for step in steps for failure in step.failures)
        if begins_elsewhere(steps, len(schema.tables)):
            schema = replace(schema, unread=schema.unread | {Table, Enum})
        on_supabase = any(is_supabases(step.migration.path.parent) for step in steps[:1])
        ready = supabases_schemas() if on_supabase else frozenset[str]()
        schema = without_platforms(schema, ready | self.history().platforms)
        more = any(step.passed_over or any(includes(step.document)) for step in steps)
        schema = with_doubts(schema, failed, taken_away(steps), more=more)
        return without_certainty(without_what_depends(with_baseline(schema, steps), self.unsettled), steps)

    def write(self, schema: Schema, change: Change) -> Script | None:
        """The change as the statements of a migration to come."""
        return migration(schema, change)

    def history(self, *, back: bool = False) -> History:
        """Every migration with what it created and dropped, as the last `load` found it.

        With `back` it is replayed anew, and every Alembic migration also undone and applied again.
        """
        if self.replayed and not back:
            return self.replayed[0]
        with server_errors(self.location), ExitStack() as kept:
            return self._replayed(kept, back=back)[1]

    def observations(self, *, back: bool = False) -> tuple[Observation, ...]:
        """What is to be told about the history itself, whether its steps work or not; `back` as in `history`."""
        history = self.history(back=back)
        with (
            server_errors(self.location),
            scratch_database(self.request.scratch_url) as database,
            connect(database.owner_conninfo, autocommit=True) as connection,
        ):
            return observations(history, lambda text: is_statement(connection, text))

    def _replayed(self, kept: ExitStack, *, back: bool = False) -> tuple[ScratchDatabase, History]:
        found = project(self._folder)
        if found is not None:
            database = kept.enter_context(scratch_database(self.request.scratch_url))
            return database, replay_alembic(database, found, self.request, back=back)
        listed = self._migrations()
        filled = _filling(listed[0].path.parent)
        migrations = [opened(migration, self._document(migration, filled)) for migration in listed]
        database = kept.enter_context(scratch_database(self.request.scratch_url))
        return database, replay(database, migrations, settings(listed[0].path.parent))

    def _migrations(self) -> tuple[Migration, ...]:
        folder = self._folder
        if not folder.is_dir():
            raise AuditError(f"{shown(folder)}: no such folder")
        found = sql_migrations(folder)
        if not found:
            hint = "it should hold *.sql files, folders with a migration.sql or an up.sql, or Alembic's env.py"
            raise AuditError(f"{shown(folder)}: no migrations in it", hint)
        return found

    def _document(self, migration: Migration, filled: Callable[[str], str]) -> Document:
        read = read_document(migration.path, shown(migration.path))
        document = replace(read, text=filled(read.text))
        if "\0" in document.text:
            raise AuditError(f"{document.path}: not SQL text", "is it encoded in UTF-16? SQL files are read as UTF-8")
        return document


def _filling(folder: Path) -> Callable[[str], str]:
    """What a tool makes of the text of a migration in `folder` before it runs it."""
    if uses_flyway(folder):
        return placeholders.filling(folder)
    return filled if graphile(folder) else str


def is_statement(connection: Connection, text: str) -> bool:
    """Whether PostgreSQL takes `text` for a statement; it stands behind a RETURN and is not executed."""
    mark = f"$q{secrets.token_hex(8)}$"
    try:
        connection.execute(f"DO {mark} BEGIN RETURN; {text}; END {mark}".encode())
    except psycopg.Error:
        return False
    return True


def _places(steps: tuple[Step, ...]) -> dict[Key, Span]:
    """Where each thing was declared last."""
    found: dict[Key, Span] = {}
    for step in steps:
        if step.document.path.endswith(".py"):
            found |= python_places(step.document)
        else:
            place_all([(step.document.path, statements(step.document))], found)
        for thing in step.created:
            # What a loop, a function or a text made of parts creates, is in the migration that it was created by.
            found.setdefault(("column" if thing.column else "table", str(thing)), named_at(step, thing))
    return found
