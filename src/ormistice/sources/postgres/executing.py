"""Other people's SQL, run in a scratch database: at once while it works, else so that a failure costs one statement."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.resources import files
from itertools import groupby, pairwise

import psycopg

from ormistice.model import Column, Enum, Problem, ProblemKind, Schema, Sequence, Table
from ormistice.names import DEFAULT_SCHEMA, QualifiedName, quoted
from ormistice.sources.postgres.catalogs import Connection
from ormistice.sources.postgres.connecting import connect
from ormistice.sources.postgres.embedded import ScratchDatabase
from ormistice.sources.postgres.reflect import EXPRESSES
from ormistice.sources.postgres.scripts import Statement, split
from ormistice.text import Span

_SYNTAX_ERROR = "42601"
_UNKNOWN_OBJECT = "42704"
_DUPLICATE_SCHEMA = "42P06"
_ROLES_AT_MOST = 200
_STATEMENTS_AT_ONCE = 100
# What says nothing of tables and types: who may do what, other databases, other servers, the session, transactions.
_IRRELEVANT = tuple(
    tuple(start.split())
    for start in (
        *("grant", "revoke", "reassign", "alter default privileges", "security label", "create schema public"),
        *("create database", "alter database", "drop database", "comment on database", "create tablespace"),
        *("create publication", "alter publication", "create subscription", "alter subscription"),
        *("create event trigger", "alter event trigger", "comment on extension", "comment on role"),
        *("create role", "alter role", "create user", "alter user"),
    )
)
_TRANSACTION = frozenset({"begin", "commit", "end", "rollback", "start", "savepoint", "release", "abort"})
_TRIGGER_SWITCHES = (("disable", "trigger"), ("enable", "trigger"), ("always", "trigger"), ("replica", "trigger"))
_PLAIN_WORDS = 9
_NAME_AT = 2
_SAYS_NOTHING = frozenset(
    {
        "function",
        "procedure",
        "aggregate",
        "view",
        "materialized",
        "trigger",
        "rule",
        "cast",
        "operator",
        "collation",
        "text",
        "language",
    }
)
_AFTER_TABLE = frozenset(
    {
        *("add", "alter", "attach", "cluster", "detach", "disable", "drop", "enable", "force", "include", "inherit"),
        *("no", "not", "nulls", "of", "owner", "rename", "replica", "reset", "set", "tablespace", "using", "validate"),
        *("where", "with"),
    }
)
_CREATES_TABLE = frozenset({"table", "unlogged", "foreign"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What running a script left behind: problems, and the statements that failed."""

    problems: tuple[Problem, ...]
    failed: tuple[Statement, ...]


def run_batch(database: ScratchDatabase, statements: Iterable[Statement]) -> bool:
    """Run all in as few round trips as it takes; False where anything fails, and then the database is spoilt."""
    with (
        connect(database.owner_conninfo, autocommit=True) as owner,
        connect(database.conninfo, autocommit=True) as admin,
    ):
        roles = _Roles(admin, database)
        for privileged, group in groupby(_relevant(statements), key=_needs_superuser):
            listed = list(group)
            if privileged and any(_privileged_error(admin, statement) for statement in listed):
                return False
            texts = [statement.text for statement in listed]
            if not privileged and any(_error(owner, ";\n".join(part), roles) for part in _parts(texts)):
                return False
    return True


def _parts(texts: list[str]) -> Iterator[list[str]]:
    # Statements sent together are one transaction, and a transaction slows down with all that it has created.
    for at in range(0, len(texts), _STATEMENTS_AT_ONCE):
        yield texts[at : at + _STATEMENTS_AT_ONCE]


def run_texts(database: ScratchDatabase, texts: Iterable[str]) -> tuple[str, ...]:
    """Run statements that have no place in any file; the answer are those that fail."""
    listed = [Statement(text, 0, next(split(text)).words) for text in texts]
    if run_batch(database, listed):
        return ()
    return tuple(statement.text for statement in run_singly(database, listed, "").failed)


def run_singly(database: ScratchDatabase, statements: Iterable[Statement], path: str) -> Outcome:
    """Run each on its own and go on behind those that fail; their places are spans in the file `path`."""
    problems, failed = [], []
    with (
        connect(database.owner_conninfo, autocommit=True) as owner,
        connect(database.conninfo, autocommit=True) as admin,
    ):
        roles = _Roles(admin, database)
        for statement in _relevant(statements):
            if statement.words[:1] and statement.words[0] in _TRANSACTION:
                continue
            privileged = _needs_superuser(statement)
            error = _privileged_error(admin, statement) if privileged else _error(owner, statement.text, roles)
            if error is None or _harmless(statement, error):
                continue
            problems.append(_problem(statement, error, path))
            failed.append(statement)
    return Outcome(tuple(problems), tuple(failed))


class _Roles:
    """Roles that the script speaks of are made where that harms nobody: their rights are no concern of ours."""

    def __init__(self, admin: Connection, database: ScratchDatabase) -> None:
        self.admin = admin
        self.owner = str(psycopg.conninfo.conninfo_to_dict(database.owner_conninfo).get("user", ""))
        self.left = _ROLES_AT_MOST if database.disposable else 0

    def make(self, error: psycopg.Error) -> bool:
        """Whether the role that `error` misses is there now."""
        message = error.diag.message_primary or ""
        if error.sqlstate != _UNKNOWN_OBJECT or not message.startswith('role "') or not self.left:
            return False
        self.left -= 1
        role = quoted(message.removeprefix('role "').rpartition('"')[0])
        self.admin.execute(f"CREATE ROLE {role}; GRANT {role} TO {quoted(self.owner)}".encode())
        return True


def _relevant(statements: Iterable[Statement]) -> Iterator[Statement]:
    for statement in statements:
        words = statement.words
        if any(words[: len(start)] == start for start in _IRRELEVANT) or _changes_owner(words):
            continue
        yield statement


def _changes_owner(words: tuple[str, ...]) -> bool:
    return words[:1] == ("alter",) and any(pair == ("owner", "to") for pair in pairwise(words))


def _needs_superuser(statement: Statement) -> bool:
    words = statement.words
    if words[:1] == ("create",) and words[1:2] == ("extension",):
        return True
    plain = "(" not in statement.text and "," not in statement.text and len(words) <= _PLAIN_WORDS
    return words[:2] == ("alter", "table") and words[-3:-1] in _TRIGGER_SWITCHES and plain


def _privileged_error(admin: Connection, statement: Statement) -> psycopg.Error | None:
    # With parameters, though there are none, the server takes one statement and no more.
    try:
        psycopg.RawCursor(admin).execute(statement.text.encode(), ())
    except psycopg.errors.FeatureNotSupported as error:
        return None if _stands_in(admin, statement) else error
    except psycopg.Error as error:
        return error
    return None


def _stands_in(admin: Connection, statement: Statement) -> bool:
    """Whether the extension that is not to be had consists of functions that could be put in its place."""
    words = [word for word in statement.words if word not in ("if", "not", "exists")]
    script = files(__package__).joinpath("standins", f"{words[2] if len(words) > _NAME_AT else ''}.sql")
    if words[:2] != ["create", "extension"] or not script.is_file():
        return False
    schema = words[words.index("schema") + 1] if "schema" in words[:-1] else DEFAULT_SCHEMA
    functions = script.read_text(encoding="utf-8")
    with suppress(psycopg.errors.DuplicateFunction), admin.transaction():
        admin.execute(f"SET LOCAL search_path = {quoted(schema)}; {functions}".encode())
    return True


def _error(connection: Connection, text: str, roles: _Roles) -> psycopg.Error | None:
    while True:
        try:
            connection.execute(text.encode())
        except psycopg.Error as error:
            if connection.closed or not roles.make(error):
                return error
        else:
            return None


def _harmless(statement: Statement, error: psycopg.Error) -> bool:
    if error.sqlstate == _DUPLICATE_SCHEMA:
        return True
    # A setting that this server's version does not know.
    return error.sqlstate == _UNKNOWN_OBJECT and statement.words[:1] in (("set",), ("select",))


def _problem(statement: Statement, error: psycopg.Error, path: str) -> Problem:
    message = error.diag.message_primary or str(error).partition("\n")[0]
    kind = ProblemKind.SYNTAX_ERROR if error.sqlstate == _SYNTAX_ERROR else ProblemKind.UNSUPPORTED_CONSTRUCT
    position = error.diag.statement_position
    start = statement.start + int(position) - 1 if position else statement.start
    return Problem(kind, f"the statement fails: {message}", Span(path, min(start, statement.end), statement.end))


def with_doubts(schema: Schema, failed: Iterable[Statement]) -> Schema:
    """`schema`, knowing that `failed` would have added to it: what they may have declared is not missing."""
    kinds: set[type] = set()
    tables: set[QualifiedName] = set()
    for statement in failed:
        match statement.words:
            case ["create", "type" | "domain" | "extension", *_]:
                kinds |= {Table, Enum}
            case ["create", word, *_] if word in _CREATES_TABLE:
                kinds.add(Table)
            case ["create", "or", "replace", *_] | ["comment" | "insert" | "update" | "delete" | "set" | "analyze", *_]:
                continue
            case ["create", word, *_] if word in _SAYS_NOTHING:
                continue
            case ["create", "sequence", *_]:
                kinds.add(Sequence)
            case ["alter", "table", *rest]:
                tables.add(_table(rest))
            case ["create", *rest] if "index" in rest and "on" in rest:
                tables.add(_table(rest[rest.index("on") + 1 :]))
            case _:
                kinds |= {Table, Enum, Column}
    unread = frozenset(EXPRESSES - {Table, Enum, Sequence})
    marked = tuple(
        replace(table, unread=unread) if table.name in tables or Column in kinds else table for table in schema.tables
    )
    return replace(schema, tables=marked, unread=schema.unread | (kinds - {Column}))


def _table(words: list[str]) -> QualifiedName:
    """The table that a statement names; its schema and its name are two words if it is qualified."""
    rest = [word for word in words[:5] if word not in ("if", "exists", "only")]
    if len(rest) > 1 and rest[1] not in _AFTER_TABLE:
        return QualifiedName(rest[0], rest[1])
    return QualifiedName(DEFAULT_SCHEMA, rest[0] if rest else "")
