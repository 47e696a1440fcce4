"""`sql:FILE`: DDL, loaded into a scratch database and reflected."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from ormistice.errors import AuditError
from ormistice.fixes import Change, Fix, Patch, Script
from ormistice.model import Enum, Problem, ProblemKind, Schema, Table
from ormistice.model import Sequence as SqlSequence
from ormistice.parsing import read_document
from ormistice.sources import SourceRequest, shown
from ormistice.sources.postgres.connecting import connect, server_errors
from ormistice.sources.postgres.doubts import created_table, missed_table, with_doubts
from ormistice.sources.postgres.embedded import ScratchDatabase, scratch_database
from ormistice.sources.postgres.executing import Failure, Outcome, runner
from ormistice.sources.postgres.hosted import without_platforms
from ormistice.sources.postgres.ordering import in_order
from ormistice.sources.postgres.outlined import Outline, outline, outlined
from ormistice.sources.postgres.placing import places
from ormistice.sources.postgres.reflect import reflect
from ormistice.sources.postgres.rehearsal import Stage
from ormistice.sources.postgres.removing import Removals, of_scripts
from ormistice.sources.postgres.scripts import Statement, split, words_in
from ormistice.text import Document, Span


@dataclass(frozen=True, slots=True)
class SqlFileSource:
    """One or more files of DDL, run in the order given."""

    request: SourceRequest
    stage: Stage = field(default_factory=Stage, compare=False, repr=False)
    failed: list[Failure] = field(default_factory=list, compare=False, repr=False)
    platforms: set[str] = field(default_factory=set, compare=False, repr=False)

    @property
    def name(self) -> str:
        """What the user calls it."""
        return self.request.name

    @property
    def kind(self) -> str:
        """Always `sql`."""
        return "sql"

    @property
    def location(self) -> str:
        """Its files."""
        return " ".join(shown(self.request.path(target)) for target in self.request.targets)

    def load(self, fixes: tuple[Fix, ...] = ()) -> Schema:
        """What the files create; with `fixes`, what is there when those have run behind them."""
        documents = tuple(self._document(target, fixes) for target in self.request.targets)
        after = in_order(self.name, fixes)
        if after and not any(isinstance(fix, Patch) for fix in fixes):
            with server_errors(self.location):
                changed = self.stage.after(after, self.name, lambda kept: self._built(documents, kept).database)
            return with_doubts(without_platforms(changed, self.platforms), self.failed, _removals(documents))
        self.stage.clear()
        with server_errors(self.location), ExitStack() as kept:
            schema = self._built(documents, kept).schema(self.name)
        return replace(schema, documents=documents)

    def write(self, schema: Schema, change: Change) -> Script | None:
        """The change as statements to add to the file."""
        from ormistice.sources.postgres.write import migration

        return migration(schema, change)

    def _built(self, documents: tuple[Document, ...], kept: ExitStack) -> "Built":
        built = build(documents, self.request, kept)
        self.failed[:] = built.outcome.failures
        self.platforms.clear()
        self.platforms.update(built.platforms)
        return built

    def _document(self, target: str, fixes: tuple[Fix, ...]) -> Document:
        path = self.request.path(target)
        document = read_document(path, shown(path), fixes)
        if "\0" in document.text:
            raise AuditError(
                f"{document.path}: not SQL text",
                "write it as UTF-8 and in plain format: pg_dump --schema-only --file FILE",
            )
        return document


@dataclass(frozen=True, slots=True)
class Built:
    """A scratch database in which scripts have run, and what did not work in them."""

    database: ScratchDatabase
    outcome: Outcome
    scripts: tuple[tuple[str, tuple[Statement, ...]], ...]
    outlines: tuple[Outline, ...] = ()
    platforms: frozenset[str] = frozenset()

    def schema(self, source: str) -> Schema:
        """What is there now, and what may be missing."""
        with connect(self.database.conninfo, autocommit=True) as connection:
            schema = reflect(connection, source, places=places(self.scripts))
        if not schema.tables and self.without_tables:
            unread = schema.unread | {Table, Enum, SqlSequence}
            return replace(schema, problems=(self._nothing_created(), *schema.problems), unread=unread)
        doubted = with_doubts(
            without_platforms(schema, self.platforms), self.outcome.failures, of_scripts(self.scripts)
        )
        return outlined(replace(doubted, problems=self.problems + schema.problems), self.outlines)

    @property
    def without_tables(self) -> bool:
        """Whether there are statements, and none so much as says that it creates a table."""
        said = [{word for word, _ in words_in(item.text)} for _, statements in self.scripts for item in statements]
        return any(said) and not any("create" in words and words & {"table", "view"} for words in said)

    def _nothing_created(self) -> Problem:
        """That a file is no description of tables; what fails in it fails for that."""
        place = Span(self.scripts[0][0], 0, 0)
        what = "nothing in it creates a table: are these the rows alone (pg_dump writes the tables with --schema-only)"
        return Problem(ProblemKind.UNSUPPORTED_CONSTRUCT, f"{what}, or a part of the schema?", place)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What did not work, as problems, and what would not have without what it presupposes."""
        files = {found.place.file for found in self.outlines}
        failing = tuple(_told([failure for failure in self.outcome.failures if failure.place.file not in files]))
        told = {problem.place for problem in failing}
        taken = (item for item in self.outcome.presupposed if item.place.file not in files and item.place not in told)
        outlines = tuple(found.problem() for found in self.outlines)
        return outlines + failing + tuple(item.problem() for item in taken)


def _told(failures: Sequence[Failure]) -> Iterator[Problem]:
    """The failures as problems; what fails for want of a table whose creation failed is told with that."""
    created = {failure.place: created_table(failure.statement.words) for failure in failures}
    lost = frozenset(name for name in created.values() if name is not None)
    follows = {place: missed_table(failure) for failure in failures if created[place := failure.place] is None}
    for failure in failures:
        if follows.get(failure.place) in lost:
            continue
        problem, name = failure.problem(), created[failure.place]
        many = 0 if name is None else list(follows.values()).count(name)
        what = "statement about the table fails" if many == 1 else "statements about the table fail"
        yield replace(problem, message=f"{problem.message}; {many} {what} with it") if many else problem


def _removals(documents: tuple[Document, ...]) -> Removals:
    return of_scripts((document.path, split(document.text)) for document in documents)


def build(documents: tuple[Document, ...], request: SourceRequest, kept: ExitStack) -> Built:
    """The SQL of `documents` run in a scratch database that is dropped with `kept`."""
    scripts = tuple((document.path, tuple(split(document.text))) for document in documents)
    found = {document.path: outline(document) for document in documents}
    outlines = tuple(one for one in found.values() if one is not None)
    to_run = tuple((path, one.statements if (one := found[path]) else statements) for path, statements in scripts)
    database = kept.enter_context(scratch_database(request.scratch_url))
    with runner(database) as running:
        if running.batch(statement for _, statements in to_run for statement in statements):
            return Built(database, Outcome(), scripts, outlines, running.supplies.hosted.schemas)
    again = kept.enter_context(scratch_database(request.scratch_url))
    with runner(again) as running:
        outcomes = [running.singly(statements, path) for path, statements in to_run]
    failures = tuple(failure for outcome in outcomes for failure in outcome.failures)
    presupposed = tuple(item for outcome in outcomes for item in outcome.presupposed)
    return Built(again, Outcome(failures, presupposed), scripts, outlines, running.supplies.hosted.schemas)
