"""Other people's SQL, run in a scratch database: at once while it works, else so that a failure costs one statement."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import groupby, pairwise

import psycopg

from ormistice.model import Problem, ProblemKind
from ormistice.names import DEFAULT_SCHEMA, quoted
from ormistice.sources.postgres.catalogs import Connection
from ormistice.sources.postgres.connecting import connect
from ormistice.sources.postgres.embedded import ScratchDatabase
from ormistice.sources.postgres.hosted import Hosted
from ormistice.sources.postgres.presupposed import (
    Presupposed,
    extension_missed,
    function_missed,
    is_there_already,
)
from ormistice.sources.postgres.scripts import Statement, split
from ormistice.text import Span

_SYNTAX_ERROR = "42601"
_UNKNOWN_OBJECT = "42704"
_DUPLICATE_SCHEMA = "42P06"
_NO_SCHEMA = "3F000"
_DEFAULT_PATH = '"$user", public'
_ROLES_AT_MOST = 200
_STATEMENTS_AT_ONCE = 100
_PRESUPPOSED_AT_MOST = 20
# Extensions are there, and functions of some may be as well in `public`, where a migration has created them again.
_SUPABASES_SCHEMA = "extensions"
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
_TRIGGER_SWITCHES = (("disable", "trigger"), ("enable", "trigger"), ("always", "trigger"), ("replica", "trigger"))
_PLAIN_WORDS = 9
_NAME_AT = 2


@dataclass(frozen=True, slots=True)
class Failure:
    """A statement that failed, where in the file `place.file`, and what the server said, with its SQLSTATE."""

    statement: Statement
    place: Span
    message: str
    state: str | None

    def problem(self, what: str = "the statement fails") -> Problem:
        """The failure as a problem of a schema."""
        kind = ProblemKind.SYNTAX_ERROR if self.state == _SYNTAX_ERROR else ProblemKind.UNSUPPORTED_CONSTRUCT
        return Problem(kind, f"{what}: {self.message}", self.place)


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
    roles: "_Roles"

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
                if privileged:
                    failed = self._privileged(some[0]) is not None
                else:
                    failed = _error(self.owner, ";\n".join(item.text for item in some), self.roles) is not None
                if failed:
                    return done
                done += len(some)
        return done

    def singly(self, statements: Iterable[Statement], path: str) -> Outcome:
        """Run each on its own and go on behind those that fail; their places are spans in the file `path`."""
        failures = []
        known = len(self.roles.presupposed)
        for statement in relevant(statements):
            privileged = _needs_superuser(statement)
            error = self._privileged(statement) if privileged else self._owned(statement)
            if error is not None and not privileged:
                error = self._supplied(statement, error, path)
            if error is not None and _is_collation(statement, error):
                error = _error(self.owner, _plain_collation(statement), self.roles)
            if error is not None and not _harmless(statement, error, self.roles.presupposed):
                failures.append(_failure(statement, error, path))
        return Outcome(tuple(failures), tuple(self.roles.presupposed.values())[known:])

    def forget_settings(self) -> None:
        """Undo what SET has set, as if somebody had connected anew."""
        self.owner.execute(b"RESET ALL; RESET ROLE")
        self.roles.extensions.look(self.owner)

    def _privileged(self, statement: Statement) -> psycopg.Error | None:
        error = _privileged_error(self.admin, statement, self.roles)
        schema = _extension_schema(statement)
        if error is not None and error.sqlstate == _NO_SCHEMA and schema is not None:
            self.owner.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}".encode())
            error = _privileged_error(self.admin, statement, self.roles)
        if error is None and schema is not None:
            self.roles.extensions.look(self.owner, schema)
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
        found = extension_missed(error, statement)
        if found is None or ".".join(found) in self.roles.presupposed:
            return error
        extension, schema = found
        if schema != _SUPABASES_SCHEMA and self._is_there(extension, error):
            return error
        usual = _SUPABASES_SCHEMA if _SUPABASES_SCHEMA in self.roles.extensions.names else DEFAULT_SCHEMA
        made = _extension_made(self.admin, extension, schema or usual)
        failure = _failure(statement, error, path)
        taken = Presupposed(extension, failure.message, failure.place, is_extension=True, made=made, schema=schema)
        self.roles.presupposed[".".join(found)] = taken
        if made and schema:
            self.roles.extensions.look(self.owner, schema)
        return self._owned(statement) if made else error

    def _with_function(self, statement: Statement, error: psycopg.Error, path: str) -> psycopg.Error | None:
        """The same for a function, of a type with which the statement works, or at least gets further."""
        missed = function_missed(error, statement)
        if missed is None or self._is_called(missed.name):
            return error
        for creation in missed.creations():
            if _error(self.owner, creation, self.roles) is not None:
                return error
            again = self._owned(statement)
            if again is None or function_missed(again, statement) not in (None, missed):
                failure = _failure(statement, error, path)
                taken = Presupposed(str(missed), failure.message, failure.place, is_extension=False)
                self.roles.presupposed[str(missed)] = taken
                return again
            _error(self.owner, missed.removal, self.roles)
        return error

    def _is_there(self, extension: str, error: psycopg.Error) -> bool:
        """Whether an extension is there, or stood in for, and not where the statement looks for it."""
        called = (error.diag.message_primary or "").removeprefix("function ").partition("(")[0].rpartition(".")[2]
        query = "SELECT 1 FROM pg_extension WHERE extname = %s"
        return self._is_called(called) or self.admin.execute(query, (extension,)).fetchone() is not None

    def _is_called(self, name: str) -> bool:
        """Whether there is any function of that name."""
        return self.admin.execute("SELECT 1 FROM pg_proc WHERE proname = %s", (name,)).fetchone() is not None

    def _owned(self, statement: Statement) -> psycopg.Error | None:
        error = _error(self.owner, statement.text, self.roles)
        if error is not None and statement.words[:2] == ("create", "materialized") and not self.owner.closed:
            # Its rows are no concern of ours, and what computes them may be past its time.
            again = _error(self.owner, f"{statement.text}\nWITH NO DATA", self.roles)
            return error if again is not None else None
        return error


@contextmanager
def runner(database: ScratchDatabase) -> Iterator[Runner]:
    """A runner for `database`."""
    with (
        connect(database.owner_conninfo, autocommit=True) as owner,
        connect(database.conninfo, autocommit=True) as admin,
    ):
        yield Runner(owner, admin, _Roles(admin, database))


def run_texts(database: ScratchDatabase, texts: Iterable[str]) -> tuple[str, ...]:
    """Run statements that have no place in any file; the answer are those that fail."""
    listed = list(relevant(Statement(text, 0, next(split(text)).words) for text in texts))
    with runner(database) as running:
        done = running.begun(listed, len(listed)) if listed else 0
        return tuple(failure.statement.text for failure in running.singly(listed[done:], "").failures)


@dataclass(slots=True)
class _ExtensionSchemas:
    """Schemas that extensions were put in: who does that has them on the search path, in settings that are not here."""

    names: list[str] = field(default_factory=list)

    def look(self, connection: Connection, *names: str) -> None:
        """Have them on the search path, `names` too, unless the script has set a path of its own."""
        before = self._path()
        self.names += [name for name in names if name not in (DEFAULT_SCHEMA, "pg_catalog", *self.names)]
        (now,) = connection.execute(b"SELECT current_setting('search_path')").fetchone() or ("",)
        if now in (before, _DEFAULT_PATH) and now != self._path():
            connection.execute(f"SET search_path = {self._path()}".encode())

    def _path(self) -> str:
        return ", ".join((_DEFAULT_PATH, *map(quoted, self.names)))


class _Roles:
    """Roles that the script speaks of are made where that harms nobody: their rights are no concern of ours."""

    def __init__(self, admin: Connection, database: ScratchDatabase) -> None:
        self.admin = admin
        self.owner = str(psycopg.conninfo.conninfo_to_dict(database.owner_conninfo).get("user", ""))
        self.left = _ROLES_AT_MOST if database.disposable else 0
        self.hosted = Hosted(admin, self.owner)
        self.extensions = _ExtensionSchemas()
        self.presupposed: dict[str, Presupposed] = {}

    def make(self, error: psycopg.Error) -> bool:
        """Whether the role that `error` misses is there now."""
        message = error.diag.message_primary or ""
        if error.sqlstate != _UNKNOWN_OBJECT or not message.startswith('role "') or not self.left:
            return False
        self.left -= 1
        role = quoted(message.removeprefix('role "').rpartition('"')[0])
        self.admin.execute(f"CREATE ROLE {role}; GRANT {role} TO {quoted(self.owner)}".encode())
        return True


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
    return updates or (words[:1] == ("alter",) and any(pair == ("owner", "to") for pair in pairwise(words)))


def _needs_superuser(statement: Statement) -> bool:
    words = statement.words
    if words[1:2] == ("extension",) and (words[0] in ("create", "drop") or words[3:5] == ("set", "schema")):
        return True
    plain = "(" not in statement.text and "," not in statement.text and len(words) <= _PLAIN_WORDS
    return words[:2] == ("alter", "table") and words[-3:-1] in _TRIGGER_SWITCHES and plain


def _privileged_error(admin: Connection, statement: Statement, roles: _Roles) -> psycopg.Error | None:
    # With parameters, though there are none, the server takes one statement and no more.
    try:
        psycopg.RawCursor(admin).execute(statement.text.encode(), ())
    except (psycopg.errors.FeatureNotSupported, psycopg.errors.UndefinedFile) as error:
        try:
            return None if _stands_in(admin, statement) else error
        except psycopg.errors.InvalidSchemaName as lacking:
            return lacking
    except psycopg.Error as error:
        made = roles.hosted.make(error, statement.text)
        return _privileged_error(admin, statement, roles) if made else error
    return None


def _stands_in(admin: Connection, statement: Statement) -> bool:
    return stand_in(admin, _extension(statement), _extension_schema(statement) or DEFAULT_SCHEMA)


def _extension_schema(statement: Statement) -> str | None:
    """The schema that a statement puts an extension in, if it says so."""
    words = statement.words
    return words[words.index("schema") + 1] if words[1:2] == ("extension",) and "schema" in words[:-1] else None


def stand_in(admin: Connection, extension: str, schema: str = DEFAULT_SCHEMA) -> bool:
    """Whether the extension that is not to be had consists of functions that could be put in its place."""
    script = _standin(extension)
    if not script.is_file():
        return False
    functions = script.read_text(encoding="utf-8")
    with suppress(psycopg.errors.DuplicateFunction), admin.transaction():
        admin.execute(f"SET LOCAL search_path = {quoted(schema)}; {functions}".encode())
    return True


def _extension_made(admin: Connection, extension: str, schema: str) -> bool:
    """Whether an extension is there now, or what stands in for it."""
    try:
        with admin.transaction():
            admin.execute(f"CREATE EXTENSION {quoted(extension)} SCHEMA {quoted(schema)} CASCADE".encode())
    except psycopg.Error:
        return stand_in(admin, extension, schema)
    return True


def _standin(extension: str) -> Traversable:
    return files(__package__).joinpath("standins", f"{extension}.sql")


def _extension(statement: Statement) -> str:
    """The name of the extension that a statement creates or drops; empty where it does neither."""
    words = [word for word in statement.words if word not in ("if", "not", "exists")]
    about = words[:_NAME_AT] in (["create", "extension"], ["drop", "extension"])
    return words[_NAME_AT] if about and len(words) > _NAME_AT else ""


def _error(connection: Connection, text: str, roles: _Roles) -> psycopg.Error | None:
    while True:
        try:
            connection.execute(text.encode())
        except psycopg.Error as error:
            if connection.closed or not (roles.make(error) or roles.hosted.make(error, text)):
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
    if error.sqlstate == _DUPLICATE_SCHEMA or is_there_already(error, statement, presupposed):
        return True
    if statement.words[:2] == ("refresh", "materialized") and not _names(error, statement):
        # The view is there, and its rows are no concern of ours.
        return True
    if error.sqlstate == _UNKNOWN_OBJECT and statement.words[:2] == ("drop", "extension"):
        # What stands in for an extension is none.
        return _standin(_extension(statement)).is_file()
    # A setting that this server's version does not know.
    return error.sqlstate == _UNKNOWN_OBJECT and statement.words[:1] in (("set",), ("select",))


def _names(error: psycopg.Error, statement: Statement) -> bool:
    """Whether the server speaks of a name that stands in the statement itself."""
    name = (error.diag.message_primary or "").partition('"')[2].partition('"')[0]
    return name.rpartition(".")[2] in statement.words


def _failure(statement: Statement, error: psycopg.Error, path: str) -> Failure:
    message = error.diag.message_primary or str(error).partition("\n")[0]
    if isinstance(error, psycopg.errors.UndefinedFile):
        # What PostgreSQL before 15 says of an extension is about files that are nobody's business.
        message = f'extension "{_extension(statement)}" is not available'
    position = error.diag.statement_position
    start = min(statement.start + int(position) - 1 if position else statement.start, statement.end)
    return Failure(statement, Span(path, start, statement.end), message, error.sqlstate)
