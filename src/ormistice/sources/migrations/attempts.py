"""One Alembic migration, tried until what it takes for granted is there and what is refused has been passed over."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg

from ormistice.names import DEFAULT_SCHEMA, quoted
from ormistice.sources.migrations.schemas import schema_made
from ormistice.sources.postgres.executing import Failure, relevant
from ormistice.sources.postgres.presupposed import Presupposed, Refusal, Signature, function_missed, is_there_already
from ormistice.sources.postgres.scripts import Statement, split
from ormistice.sources.postgres.supplying import Supplies, extension_schema, harmless, named_extension, stand_in
from ormistice.text import Span

_TRIES_AT_MOST = 100
_NOT_EXECUTED = "00000"
_NO_SUCH_EXTENSION = frozenset({"0A000", "58P01"})
_OF_TYPES = frozenset({"42883", "42725", "42804", "42846"})
# What a migration does without looking at what comes back.
_WITHOUT_ROWS = frozenset(
    {
        *("create", "alter", "drop", "comment", "insert", "update", "delete", "truncate", "do", "refresh", "lock"),
        *("reindex", "cluster", "analyze", "vacuum", "set", "reset", "call", "notify", "security", "import"),
    }
)
Reply = dict[str, Any]


@dataclass(slots=True)
class _Trial:
    """A function that a statement calls, made with one type after the other that it may return."""

    missed: Signature
    refused: Refusal
    statement: str
    place: Span
    creations: Iterator[str]


@dataclass(slots=True)
class Attempt:
    """What is known of a migration while it is tried; with `supplying_only`, no statement of it is passed over.

    `parts` are those that are left of statements of which not everything could be executed.
    """

    supplies: Supplies
    supplying_only: bool = False
    failures: list[Failure] = field(default_factory=list)
    parts: dict[str, list[str]] = field(default_factory=dict)
    tries: int = 0
    trial: _Trial | None = None
    known: int = 0

    def __post_init__(self) -> None:
        """What has been presupposed by now is none of this migration's."""
        self.known = len(self.supplies.presupposed)

    @property
    def presupposed(self) -> tuple[Presupposed, ...]:
        """What this migration was the first to presuppose."""
        self._settle()
        return tuple(self.supplies.presupposed.values())[self.known :]

    def again(self, error: Mapping[str, Any], place: Span | None) -> Reply | None:
        """What to try the migration again with, refused as it was at `place`; None where there is nothing left to try.

        Without a place it was not the migration that was refused.
        """
        self.tries += 1
        whole, text = error["whole"], error["statement"]
        statements = tuple(split(text)) if text else ()
        if not statements or self.tries > _TRIES_AT_MOST:
            return None
        refused = Refusal(error["state"], error["message"])
        if refused.state == _NOT_EXECUTED:
            self.parts[whole] = [statement.text for statement in relevant(statements)]
            return self._reply()
        if self.supplies.make(refused, text):
            for statement in statements:
                look(self.supplies, extension_schema(statement))
            return self._reply()
        if place is None:
            return None
        if len(statements) > 1:
            self.parts[whole] = [statement.text for statement in relevant(statements)]
            return self._reply()
        return self._of_one(statements[0], refused, whole, place)

    def _of_one(self, statement: Statement, refused: Refusal, whole: str, place: Span) -> Reply | None:
        if self._trial_goes_on(statement, refused):
            return self._reply()
        if self._extension(statement, refused, place) or self._function(statement, refused, place):
            return self._reply()
        if self._to_be_passed_over(statement, refused):
            return self._without(statement, whole)
        if self.supplying_only or statement.words[:1] == () or statement.words[0] not in _WITHOUT_ROWS:
            return None
        self.failures.append(Failure(statement, place, refused.message, refused.state))
        if schema_made(self.supplies.admin, self.supplies.owner, refused.state, refused.message):
            return self._reply()
        return self._without(statement, whole)

    def _extension(self, statement: Statement, refused: Refusal, place: Span) -> bool:
        taken = self.supplies.extension(refused, statement, place)
        if taken is None or not taken.made:
            return False
        look(self.supplies, taken.schema)
        return True

    def _trial_goes_on(self, statement: Statement, refused: Refusal) -> bool:
        """Whether the function that the statement missed returns another type by now."""
        trial, missed = self.trial, function_missed(refused, statement)
        if trial is None or trial.statement != statement.text or missed not in (None, trial.missed):
            self._settle()
            return False
        self._execute(trial.missed.removal)
        self.trial = trial if refused.state in _OF_TYPES and self._made(trial) else None
        return self.trial is not None

    def _function(self, statement: Statement, refused: Refusal, place: Span) -> bool:
        missed = function_missed(refused, statement)
        if missed is None or self.supplies.is_called(missed.name):
            return False
        trial = _Trial(missed, refused, statement.text, place, missed.creations())
        self.trial = trial if self._made(trial) else None
        return self.trial is not None

    def _made(self, trial: _Trial) -> bool:
        creation = next(trial.creations, None)
        return creation is not None and self._execute(creation)

    def _settle(self) -> None:
        """The statement that missed a function has been executed."""
        if self.trial is not None:
            self.supplies.function(self.trial.missed, self.trial.refused, self.trial.place)
            self.trial = None

    def _execute(self, text: str) -> bool:
        try:
            self.supplies.admin.execute(text.encode())
        except psycopg.Error:
            return False
        return True

    def _to_be_passed_over(self, statement: Statement, refused: Refusal) -> bool:
        """Whether nothing is lost by a statement that is refused."""
        if not any(relevant((statement,))) or harmless(refused, statement):
            return True
        if is_there_already(refused, statement, self.supplies.presupposed):
            return True
        if statement.words[:2] != ("create", "extension") or refused.state not in _NO_SUCH_EXTENSION:
            return False
        schema = extension_schema(statement) or DEFAULT_SCHEMA
        self._execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}")
        done = stand_in(self.supplies.admin, named_extension(statement), schema)
        look(self.supplies, schema if done else None)
        return done

    def _without(self, statement: Statement, whole: str) -> Reply:
        left = self.parts.get(whole, [])
        self.parts[whole] = [text for text in left if text != statement.text]
        return self._reply()

    def _reply(self) -> Reply:
        return {"parts": self.parts, "broken": bool(self.failures)}


def look(supplies: Supplies, *schemas: str | None) -> None:
    """Have schemas that extensions were put in on the search path of whoever connects from now on."""
    before = supplies.extensions.path()
    supplies.extensions.note(*(schema for schema in schemas if schema))
    path = supplies.extensions.path()
    if path != before:
        row = supplies.admin.execute(b"SELECT current_database()").fetchone() or ("",)
        supplies.admin.execute(f"ALTER DATABASE {quoted(str(row[0]))} SET search_path = {path}".encode())
