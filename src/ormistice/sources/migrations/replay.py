"""Migrations run one after the other, and what each did."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ormistice.model import Problem
from ormistice.names import QualifiedName
from ormistice.sources.migrations.folders import Migration
from ormistice.sources.migrations.foreign import language
from ormistice.sources.migrations.schemas import publication_made, schema_made
from ormistice.sources.migrations.sections import applied_ranges
from ormistice.sources.postgres.catalogs import Connection
from ormistice.sources.postgres.embedded import ScratchDatabase
from ormistice.sources.postgres.executing import Failure, Outcome, Runner, relevant, runner
from ormistice.sources.postgres.outlined import Outline, outline
from ormistice.sources.postgres.presupposed import Presupposed
from ormistice.sources.postgres.scripts import Statement, split
from ormistice.sources.postgres.supplying import extensions_of_block
from ormistice.text import Document

# A row per table (number 0) and per column; what keeps its numbers is the same thing, whatever it is called now.
_OBJECTS = b"""
SELECT c.oid, a.attnum, n.nspname, c.relname, a.attname
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN LATERAL (
  SELECT 0 AS attnum, NULL AS attname
  UNION ALL
  SELECT x.attnum, x.attname FROM pg_attribute AS x WHERE x.attrelid = c.oid AND x.attnum > 0 AND NOT x.attisdropped
) AS a ON true
WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema' AND NOT starts_with(n.nspname, 'pg_')
"""

_NAMES = b"""
SELECT relname FROM pg_class WHERE relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')
UNION ALL SELECT typname FROM pg_type WHERE typnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')
UNION ALL SELECT conname FROM pg_constraint
UNION ALL SELECT nspname FROM pg_namespace
"""

_SELF_GRANT_SINCE = 160000
_NO_TABLE = "42P01"
# In a block, and not in a string of it; one that may be there already is no error.
_PLAIN_CREATION = re.compile(
    r"""(?ix) (?<!['"$]) \bcreate\s+extension\s+(?!if\s) "?[\w-]+"?
    (?:\s+(?:with\s+)?schema\s+"?\w+"?)? (?:\s+cascade)? \s*;"""
)


@dataclass(frozen=True, slots=True, order=True)
class Thing:
    """A table, or a column of it."""

    table: QualifiedName
    column: str = ""

    def __str__(self) -> str:
        """Its qualified name."""
        return f"{self.table}.{self.column}" if self.column else str(self.table)


@dataclass(frozen=True, slots=True)
class Step:
    """A migration that has been run; one that was `passed_over` as a whole has done nothing at all."""

    migration: Migration
    document: Document
    created: frozenset[Thing] = frozenset()
    dropped: frozenset[Thing] = frozenset()
    failures: tuple[Failure, ...] = ()
    presupposed: tuple[Presupposed, ...] = ()
    passed_over: bool = False
    outline: Outline | None = None


@dataclass(frozen=True, slots=True)
class History:
    """All steps in their order. `tables` are there in the end, and of SQL `names` is what anything there is called.

    A column is called `table.column`, everything else by its bare name.

    `heads` are the steps that none follows, where a tool could have several; `branches`: they are meant to be several.

    `returns` are those that were undone, or done again, otherwise than they should.

    `environment` is what their tool was not set up with. `platforms` are schemas of platforms that they take for
    granted.
    """

    steps: tuple[Step, ...]
    tables: frozenset[QualifiedName]
    heads: tuple[str, ...] = ()
    branches: bool = False
    returns: tuple["Return", ...] = ()
    names: frozenset[str] = frozenset()
    environment: tuple[Problem, Document] | None = None
    platforms: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Return:
    """What went wrong on the way back: things left over, or not brought back, or a failure; `again`: on the way up."""

    step: Step
    left: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    failure: Failure | None = None
    again: bool = False


@dataclass(slots=True)
class Standing:
    """What is there between two steps."""

    things: dict[tuple[int, int], Thing] = field(default_factory=dict)

    @property
    def tables(self) -> frozenset[QualifiedName]:
        """The tables that are there."""
        return frozenset(thing.table for thing in self.things.values())

    def moved_to(self, after: dict[tuple[int, int], Thing]) -> tuple[frozenset[Thing], frozenset[Thing]]:
        """What has been created and dropped since."""
        before = self.things
        names = frozenset(after.values())
        created = frozenset(thing for key, thing in after.items() if key not in before)
        dropped = frozenset(thing for key, thing in before.items() if key not in after) - names
        self.things = after
        return created - frozenset(before.values()), dropped


def replay(
    database: ScratchDatabase, migrations: Iterable[tuple[Migration, Document]], settings: Sequence[str] = ()
) -> History:
    """Run `migrations` in `database`, each behind `settings`; behind a statement that fails it goes on."""
    standing = Standing()
    steps = []
    last = ""
    with runner(database) as running:
        for migration, document in migrations:
            if migration.foreign:
                steps.append(Step(migration, document, passed_over=True))
                continue
            for setting in (*_own_settings(running.owner), *settings):
                running.owner.execute(setting.encode())
            found = outline(document)
            listed = statements(document) if found is None else found.statements
            before = _search_path(running.owner)
            outcome = _applied(running, document, listed, last)
            now = _search_path(running.owner)
            last = now if now not in (before, '""', "") else last
            running.forget_settings()
            created, dropped = standing.moved_to(things(running.admin))
            step = Step(migration, document, created, dropped, outcome.failures, outcome.presupposed, outline=found)
            steps.append(step)
        names = {str(name) for (name,) in running.admin.execute(_NAMES)}
    names |= {f"{thing.table.name}.{thing.column}" for thing in standing.things.values() if thing.column}
    platforms = running.supplies.hosted.schemas
    return History(tuple(steps), standing.tables, names=frozenset(names), platforms=platforms)


def statements(document: Document) -> tuple[Statement, ...]:
    """What is run when a file is applied; of one that is no SQL, nothing."""
    text = "" if language(Path(document.path)) is not None else document.text
    return tuple(
        replace(statement, start=start + statement.start)
        for start, end in applied_ranges(text)
        for statement in split(text[start:end])  # the last one may lack its semicolon
    )


def _applied(running: Runner, document: Document, statements: Iterable[Statement], last: str) -> Outcome:
    found = [_ready(running, statement) for statement in relevant(statements)]
    done = running.begun(found, len(found)) if found else 0
    return _singly(running, found[done:], document.path, last) if done < len(found) else Outcome()


def _search_path(owner: Connection) -> str:
    row = owner.execute(b"SHOW search_path").fetchone()
    return str(row[0]) if row is not None else ""


def _own_settings(owner: Connection) -> tuple[str, ...]:
    """What makes whoever creates a role its member, as a superuser is one of every role; since PostgreSQL 16."""
    return ("SET createrole_self_grant = 'set, inherit'",) if owner.info.server_version >= _SELF_GRANT_SINCE else ()


def _ready(running: Runner, statement: Statement) -> Statement:
    """A block without the extensions that it creates, for they are created ahead of it: once more would be an error."""
    plain = _PLAIN_CREATION.search(statement.text) if statement.words[:1] == ("do",) else None
    if plain is None or any(running.singly((creation,), "").failures for creation in extensions_of_block(statement)):
        return statement
    text = _PLAIN_CREATION.sub(lambda found: f"NULL{' ' * (len(found.group()) - len('NULL;'))};", statement.text)
    return replace(statement, text=text)


def _singly(running: Runner, statements: Sequence[Statement], path: str, last: str) -> Outcome:
    """Each on its own, and once more where it only missed a schema or a publication.

    So too where it misses a table, and `last`, the search path that a migration before has set, leads to it: many tools
    stay connected from one to the next.
    """
    failures: tuple[Failure, ...] = ()
    presupposed: tuple[Presupposed, ...] = ()
    for statement in statements:
        outcome = running.singly((statement,), path)
        if last and any(each.state == _NO_TABLE for each in outcome.failures):
            outcome = _looking_in(running, statement, path, last) or outcome
        owner = running.supplies.owner
        if any(publication_made(running.admin, owner, each.state, each.message) for each in outcome.failures):
            outcome = running.singly((statement,), path)
        failures, presupposed = failures + outcome.failures, presupposed + outcome.presupposed
        if any(schema_made(running.admin, owner, each.state, each.message) for each in outcome.failures):
            again = running.singly((statement,), path)
            failures, presupposed = failures + again.failures, presupposed + again.presupposed
    return Outcome(failures, presupposed)


def _looking_in(running: Runner, statement: Statement, path: str, last: str) -> Outcome | None:
    """What comes of a statement with another search path in front, which stays where nothing fails; else None."""
    before = _search_path(running.owner)
    running.owner.execute(f"SET search_path = {last}, {before}".encode())
    outcome = running.singly((statement,), path)
    if not outcome.failures:
        return outcome
    running.owner.execute(f"SET search_path = {before}".encode())
    return None


def things(connection: Connection) -> dict[tuple[int, int], Thing]:
    """The tables and columns that are there, by their numbers in the catalog."""
    return {
        (oid, number): Thing(QualifiedName(schema, table), column or "")
        for oid, number, schema, table, column in connection.execute(_OBJECTS)
    }
