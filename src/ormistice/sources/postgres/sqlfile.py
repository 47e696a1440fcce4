"""`sql:FILE`: DDL, loaded into a scratch database and reflected."""

from contextlib import ExitStack
from dataclasses import dataclass, replace

from ormistice.errors import AuditError
from ormistice.fixes import Change, Fix, Script
from ormistice.fixes import statements as statements_of
from ormistice.model import Schema
from ormistice.parsing import read_document
from ormistice.sources import SourceRequest, shown
from ormistice.sources.postgres.connecting import connect
from ormistice.sources.postgres.embedded import ScratchDatabase, scratch_database
from ormistice.sources.postgres.executing import Outcome, run_batch, run_singly, with_doubts
from ormistice.sources.postgres.reflect import reflect
from ormistice.sources.postgres.scripts import Statement, split
from ormistice.text import Document


@dataclass(frozen=True, slots=True)
class SqlFileSource:
    """One or more files of DDL, run in the order given."""

    request: SourceRequest

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
        """What the files create, `fixes` run behind them."""
        documents = tuple(self._document(target, fixes) for target in self.request.targets)
        schema = built(documents, self.request, statements_of(self.name, fixes))
        return replace(schema, documents=documents)

    def write(self, schema: Schema, change: Change) -> Script | None:
        """The change as statements to add to the file."""
        from ormistice.sources.postgres.write import script

        return script(schema, change)

    def _document(self, target: str, fixes: tuple[Fix, ...]) -> Document:
        path = self.request.path(target)
        document = read_document(path, shown(path), fixes)
        if "\0" in document.text:
            raise AuditError(
                f"{document.path}: not SQL text", "write a plain dump: pg_dump --schema-only --format=plain"
            )
        return document


def built(documents: tuple[Document, ...], request: SourceRequest, after: tuple[str, ...] = ()) -> Schema:
    """The schema that the SQL of `documents` makes in an empty database, followed by the statements `after`."""
    scripts = [(document.path, tuple(split(document.text))) for document in documents]
    scripts.append((request.name, tuple(Statement(text, 0, ()) for text in after)))
    everything = [statement for _, statements in scripts for statement in statements]
    with ExitStack() as stack:
        database = stack.enter_context(scratch_database(request.scratch_url))
        outcomes: list[Outcome] = []
        if not run_batch(database, everything):
            database = stack.enter_context(scratch_database(request.scratch_url))
            outcomes = [run_singly(database, statements, path) for path, statements in scripts]
        schema = _reflected(database, request.name)
    failed = [statement for outcome in outcomes for statement in outcome.failed]
    problems = tuple(problem for outcome in outcomes for problem in outcome.problems)
    return replace(with_doubts(schema, failed), problems=problems + schema.problems)


def _reflected(database: ScratchDatabase, source: str) -> Schema:
    with connect(database.conninfo) as connection:
        return reflect(connection, source)
