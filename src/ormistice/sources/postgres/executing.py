"""Other people's SQL, run in a scratch database: at once while it works, else so that a failure costs one statement."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby, pairwise

import psycopg

from ormistice.model import Problem, ProblemKind
from ormistice.names import DEFAULT_SCHEMA, quoted
from ormistice.sources.postgres.catalogs import Connection
from ormistice.sources.postgres.connecting import connect, shortened
from ormistice.sources.postgres.embedded import ScratchDatabase
from ormistice.sources.postgres.presupposed import Presupposed, function_missed, is_there_already, refusal
from ormistice.sources.postgres.scripts import Statement, split
from ormistice.sources.postgres.supplying import (
    Supplies,
    created_language,
    extension_schema,
    extensions_of_block,
    harmless,
    named_extension,
    stand_in,
)
from ormistice.text import Span

_SYNTAX_ERROR = "42601"
_NO_SCHEMA = "3F000"
_STATEMENTS_AT_ONCE = 100
_PRESUPPOSED_AT_MOST = 20
# What says nothing of tables and types: who may do what, other databases, other servers, the session, transactions.
_IRRELEVANT = tuple(
    tuple(start.split())
    for start in (
        *("grant", "revoke", "reassign", "alter default privileges", "security label", "create schema public"),
        *("create database", "alter database", "drop database", "comment on database", "create tablespace"),
        *("create publication", "alter publication", "create subscription", "alter subscription"),
        *("create event trigger", "alter event trigger", "comment on extension", "comment on role"),
        *("set statement_timeout", "set lock_timeout", "set transaction_timeout"),
        *("set idle_in_transaction_session_timeout", "create role", "alter role", "create user", "alter user"),
    )
)
_TRANSACTION = tuple(
    (word,) for word in ("begin", "commit", "end", "rollback", "start", "savepoint", "release", "abort")
)
_OPENINGS = (("begin",), ("begin", "transaction"), ("begin", "work"), ("start", "transaction"))
_CLOSINGS = (("commit",), ("end",), ("rollback",), ("abort",))
_PUTS_OFF = ("set", "constraints")
_TRIGGER_SWITCHES = (("disable", "trigger"), ("enable", "trigger"), ("always", "trigger"), ("replica", "trigger"))
_PLAIN_WORDS = 9


@dataclass(frozen=True, slots=True)
class Failure:
    """A statement that failed, where in the file `place.file`, and what the server said, with its SQLSTATE.

    `of_environment`: elsewhere it would not fail.
    """

    statement: Statement
    place: Span
    message: str
    state: str | None
    of_environment: bool = False

    def problem(self, what: str = "the statement fails") -> Problem:
        """The failure as a problem of a schema."""
        kind = ProblemKind.SYNTAX_ERROR if self.state == _SYNTAX_ERROR else ProblemKind.UNSUPPORTED_CONSTRUCT
        return Problem(kind, f"{what}: {shortened(self.message)}", self.place)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What running a script left behind beside what it made."""

    failures: tuple[Failure, ...] = ()
    presupposed: tuple[Presupposed, ...] = ()


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs SQL in one scratch database, most of it as the database's owner and little as a superuser."""

    owner: Connection
    admin: Connection
    supplies: Supplies

    def batch(self, statements: Iterable[Statement], at_once: int = _STATEMENTS_AT_ONCE) -> bool:
        """Run all in as few round trips as it takes; False where anything fails."""
        listed = list(relevant(statements))
        return self.begun(listed, at_once) == len(listed)

    def begun(self, statements: Sequence[Statement], at_once: int = _STATEMENTS_AT_ONCE) -> int:
        """Run the statements, all of them relevant, up to the first group of which one fails; how many there were.

        Statements sent together are one transaction, so of `at_once` that fail nothing is left. It slows down with all
        that it has created, which is why there are not more of them.
        """
        done = 0
        for privileged, group in groupby(statements, key=_needs_superuser):
            listed = list(group)
            size = 1 if privileged else at_once
            for at in range(0, len(listed), size):
                some = listed[at : at + size]
                self._have_extensions(some)
                if privileged:
                    failed = self._privileged(some[0]) is not None
                else:
                    failed = _error(self.owner, ";\n".join(item.text for item in some), self.supplies) is not None
                if failed:
                    return done
                done += len(some)
        return done

    def singly(self, statements: Iterable[Statement], path: str) -> Outcome:
        """Run each on its own and go on behind those that fail; their places are spans in the file `path`."""
        failures = []
        known = len(self.supplies.presupposed)
        for statement in self._remaining(statements):
            self._have_extensions([statement])
            privileged = _needs_superuser(statement)
            error = self._privileged(statement) if privileged else self._owned(statement)
            if error is not None and not privileged:
                error = self._supplied(statement, error, path)
            if error is not None and _is_collation(statement, error):
                error = _error(self.owner, _plain_collation(statement), self.supplies)
            if error is not None and not _harmless(statement, error, self.supplies.presupposed):
                failures.append(_failure(statement, error, path))
        return Outcome(tuple(failures), tuple(self.supplies.presupposed.values())[known:])

    def _remaining(self, statements: Iterable[Statement]) -> Iterator[Statement]:
        """What is to be run on its own: all but transactions that put off constraints, and work as they are."""
        for block in _transactions(statements):
            listed = list(relevant(block))
            together = any(item.words[:2] == _PUTS_OFF for item in listed) and not any(map(_needs_superuser, listed))
            if not together or _error(self.owner, ";\n".join(item.text for item in listed), self.supplies) is not None:
                yield from listed

    def forget_settings(self) -> None:
        """Undo what SET has set, as if somebody had connected anew."""
        self.owner.execute(b"RESET ALL; RESET ROLE")
        self.supplies.extensions.look(self.owner)

    def _have_extensions(self, statements: Iterable[Statement]) -> None:
        """Create those of blocks ahead of them, where the owner of the database may not.

        Such a block often catches whatever is raised, and does the less for it. What is not to be had it meets itself.
        """
        for block in statements:
            for creation in extensions_of_block(block):
                self._privileged(creation)

    def _privileged(self, statement: Statement) -> psycopg.Error | None:
        error = _privileged_error(self.admin, statement, self.supplies)
        schema = extension_schema(statement)
        if error is not None and error.sqlstate == _NO_SCHEMA and schema is not None:
            self.owner.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}".encode())
            error = _privileged_error(self.admin, statement, self.supplies)
        if error is None and schema is not None:
            self.supplies.extensions.look(self.owner, schema)
        return error

    def _supplied(self, statement: Statement, error: psycopg.Error, path: str) -> psycopg.Error | None:
        """What still fails when what the statement takes for granted is there."""
        for _ in range(_PRESUPPOSED_AT_MOST):
            again = self._with_extension(statement, error, path)
            if again is error:
                again = self._with_function(statement, error, path)
            if again is None or again is error:
                return again
            error = again
        return error

    def _with_extension(self, statement: Statement, error: psycopg.Error, path: str) -> psycopg.Error | None:
        """What is left of an error when the extension is there that a statement misses; the same if it is no help."""
        taken = self.supplies.extension(refusal(error), statement, _failure(statement, error, path).place)
        if taken is None or not taken.made:
            return error
        if taken.schema:
            self.supplies.extensions.look(self.owner, taken.schema)
        return self._owned(statement)

    def _with_function(self, statement: Statement, error: psycopg.Error, path: str) -> psycopg.Error | None:
        """The same for a function, of a type with which the statement works, or at least gets further."""
        missed = function_missed(refusal(error), statement)
        if missed is None or self.supplies.is_called(missed.name):
            return error
        for creation in missed.creations():
            if _error(self.owner, creation, self.supplies) is not None:
                return error
            again = self._owned(statement)
            if again is None or function_missed(refusal(again), statement) not in (None, missed):
                self.supplies.function(missed, refusal(error), _failure(statement, error, path).place)
                return again
            _error(self.owner, missed.removal, self.supplies)
        return error

    def _owned(self, statement: Statement) -> psycopg.Error | None:
        error = _error(self.owner, statement.text, self.supplies)
        if error is not None and statement.words[:2] == ("create", "materialized") and not self.owner.closed:
            # Its rows are no concern of ours, and what computes them may be past its time.
            again = _error(self.owner, f"{statement.text}\nWITH NO DATA", self.supplies)
            return error if again is not None else None
        return error


@contextmanager
def runner(database: ScratchDatabase) -> Iterator[Runner]:
    """A runner for `database`."""
    with (
        connect(database.owner_conninfo, autocommit=True) as owner,
        connect(database.conninfo, autocommit=True) as admin,
    ):
        yield Runner(owner, admin, Supplies(admin, database))


def run_texts(database: ScratchDatabase, texts: Iterable[str]) -> tuple[str, ...]:
    """Run statements that have no place in any file; the answer are those that fail."""
    listed = list(relevant(Statement(text, 0, next(split(text)).words) for text in texts))
    with runner(database) as running:
        done = running.begun(listed, len(listed)) if listed else 0
        return tuple(failure.statement.text for failure in running.singly(listed[done:], "").failures)


def _transactions(statements: Iterable[Statement]) -> Iterator[list[Statement]]:
    """Each transaction that a script opens by itself as one, and every other statement as one."""
    block: list[Statement] = []
    for statement in statements:
        opens = statement.words in _OPENINGS
        if opens or not block:
            yield block
            block = []
        block.append(statement)
        if not opens and (block[0].words not in _OPENINGS or statement.words[:1] in _CLOSINGS):
            yield block
            block = []
    yield block


def relevant(statements: Iterable[Statement]) -> Iterator[Statement]:
    """Those that say something of tables and types."""
    for statement in statements:
        words = statement.words
        irrelevant = any(words[: len(start)] == start for start in _IRRELEVANT) or _changes_nothing(words)
        if not irrelevant and words[:1] not in _TRANSACTION:
            yield statement


def _changes_nothing(words: tuple[str, ...]) -> bool:
    """Whether no more than an owner changes, or the version of an extension, of which a server has but some."""
    updates = words[:2] == ("alter", "extension") and words[3:4] == ("update",)
    # A column that is renamed may be called owner.
    gives_away = ("owner", "to") in pairwise(words) and "rename" not in words
    return updates or (words[:1] == ("alter",) and gives_away)


def _needs_superuser(statement: Statement) -> bool:
    words = statement.words
    if created_language(statement):
        return True
    if words[1:2] == ("extension",) and (words[0] in ("create", "drop") or words[3:5] == ("set", "schema")):
        return True
    plain = "(" not in statement.text and "," not in statement.text and len(words) <= _PLAIN_WORDS
    return words[:2] == ("alter", "table") and words[-3:-1] in _TRIGGER_SWITCHES and plain


def _privileged_error(admin: Connection, statement: Statement, supplies: Supplies) -> psycopg.Error | None:
    # With parameters, though there are none, the server takes one statement and no more.
    try:
        psycopg.RawCursor(admin).execute(statement.text.encode(), ())
    except (psycopg.errors.FeatureNotSupported, psycopg.errors.UndefinedFile) as error:
        try:
            return None if _stands_in(admin, statement) else error
        except psycopg.errors.InvalidSchemaName as lacking:
            return lacking
    except psycopg.Error as error:
        made = supplies.make(refusal(error), statement.text)
        return _privileged_error(admin, statement, supplies) if made else error
    return None


def _stands_in(admin: Connection, statement: Statement) -> bool:
    return stand_in(admin, named_extension(statement), extension_schema(statement) or DEFAULT_SCHEMA)


def _error(connection: Connection, text: str, supplies: Supplies) -> psycopg.Error | None:
    while True:
        try:
            connection.execute(text.encode())
        except psycopg.Error as error:
            if connection.closed or not supplies.make(refusal(error), text):
                return error
        else:
            return None


def _is_collation(statement: Statement, error: psycopg.Error) -> bool:
    """Whether a collation is of a library that the server is built without."""
    return isinstance(error, psycopg.errors.FeatureNotSupported) and statement.words[:2] == ("create", "collation")


def _plain_collation(statement: Statement) -> str:
    """One of the same name: what is sorted by it is no concern of ours."""
    name = [word for word in statement.words[2:] if word not in ("if", "not", "exists")]
    return f'CREATE COLLATION {".".join(map(quoted, name))} FROM "C"'


def _harmless(statement: Statement, error: psycopg.Error, presupposed: Mapping[str, Presupposed]) -> bool:
    refused = refusal(error)
    return harmless(refused, statement) or is_there_already(refused, statement, presupposed)


def _failure(statement: Statement, error: psycopg.Error, path: str) -> Failure:
    message = error.diag.message_primary or str(error).partition("\n")[0]
    if isinstance(error, psycopg.errors.UndefinedFile):
        # What PostgreSQL before 15 says of an extension is about files that are nobody's business.
        message = f'extension "{named_extension(statement)}" is not available'
    position = error.diag.statement_position
    start = min(statement.start + int(position) - 1 if position else statement.start, statement.end)
    return Failure(statement, Span(path, start, statement.end), message, error.sqlstate)
