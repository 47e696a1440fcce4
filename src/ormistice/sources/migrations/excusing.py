"""Failures that are no fault of the migrations: they come of what a scratch server, or whoever applies them, is not."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from ormistice.model import ProblemKind
from ormistice.sources.migrations.baseline import unwritten
from ormistice.sources.migrations.folders import is_flyways
from ormistice.sources.migrations.lacking import Lack, makes
from ormistice.sources.migrations.replay import Step
from ormistice.sources.migrations.sections import is_liquibases
from ormistice.sources.postgres.executing import Failure
from ormistice.sources.postgres.presupposed import Presupposed, mentions

_NO_SUCH_EXTENSION = frozenset({"0A000", "58P01"})
_NO_PRIVILEGE = "42501"
_UNDEFINED_FUNCTION = "42883"
_OF_TYPES = frozenset({_UNDEFINED_FUNCTION, "42725", "42804", "42846"})
# Undefined types, operator classes, functions and schemas: what an extension brings. Tables are the project's own.
_OF_EXTENSIONS = frozenset({"42704", _UNDEFINED_FUNCTION, "3F000"})
# Rows that are not there, and an exception that a block raises for want of them.
_INTEGRITY = "23"
_VALUES = "22"
_RAISED = "P0001"
_ABORTED = "25P02"
_SYNTAX_ERROR = "42601"
# Flyway replaces it before the text is SQL, in strings and comments alike; so do templates, and psql its variables.
_PLACEHOLDER = re.compile(r"\$\{[\w.:-]+\}")
_OF_TEMPLATES = re.compile(r"\{\{.*?\}\}")
_OF_PSQL = re.compile(r":(?:'\w+'|\"\w+\"|(?<!::)[A-Za-z_]\w*)")
_PSQLS_COMMAND = re.compile(r"(?m)^\s*\\(set|getenv|gset)\b")
# What runs beside the migrations makes them itself: Hasura, graphile-worker, pg-boss, PostgREST's and Supabase's net.
_MADE_BY_OTHERS = ("hdb_catalog.", "graphile_worker.", "graphile_migrate.", "pgboss.")


@dataclass(frozen=True, slots=True)
class Excuses:
    """Which failures of a history are excused, asked in their order; what comes of an excused one is excused too."""

    steps: Sequence[Step]
    excused: set[int] = field(default_factory=set)

    def verdict(self, failure: Failure, at: int, lacks: Lack | None) -> tuple[ProblemKind, str]:
        """What a failure of the step number `at` is, in kind and in words."""
        if not self._is_excused(failure, at, lacks):
            return ProblemKind.MIGRATION_FAILS, "the migration fails"
        self.excused.add(id(failure))
        return ProblemKind.UNSUPPORTED_CONSTRUCT, "the migration cannot be followed here"

    def placeholder(self, failure: Failure, at: int) -> str | None:
        """Who would have put a value in the place of what, in the statement that failed.

        Values that do not fit may come of what another statement of the file was filled with.
        """
        step = self.steps[at]
        text = step.document.text if _is_about_values(failure) else failure.statement.text
        if is_flyways(step.migration.path) and (found := _PLACEHOLDER.search(text)) is not None:
            return f"Flyway fills in `{found.group()}`"
        if is_liquibases(step.document.text) and (found := _PLACEHOLDER.search(text)) is not None:
            return f"Liquibase fills in `{found.group()}`"
        if failure.state == _SYNTAX_ERROR and (found := _OF_TEMPLATES.search(text)) is not None:
            return f"its tool fills in `{found.group()}`"
        if _PSQLS_COMMAND.search(step.document.text) and (found := _OF_PSQL.search(text)) is not None:
            return f"psql fills in `{found.group()}`"
        return None

    def _is_excused(self, failure: Failure, at: int, lacks: Lack | None) -> bool:
        state = failure.state or ""
        if failure.of_environment or state == _NO_PRIVILEGE or self.placeholder(failure, at) is not None:
            return True
        if lacks is not None and lacks.nobodys and lacks.name.startswith(_MADE_BY_OTHERS):
            return True
        if failure.statement.words[:2] == ("create", "extension") and state in _NO_SUCH_EXTENSION:
            return True
        taken = [item for step in self.steps[: at + 1] for item in step.presupposed]
        if self.steps[at].migration.baseline or any(_comes_of(failure, item) for item in taken):
            return True
        before = any(unwritten(step) or step.migration.foreign for step in self.steps[:at])
        if not self.excused and not before:
            return False
        if lacks is None:
            return bool(self.excused) and (state in (_UNDEFINED_FUNCTION, _ABORTED) or _is_about_rows(failure))
        return self._comes_of_excused(failure, lacks, before=before)

    def _comes_of_excused(self, failure: Failure, lacks: Lack, *, before: bool) -> bool:
        if lacks.dropped is not None or lacks.further:
            return False
        if lacks.failed is not None:
            creators = list(self._creators(lacks.name, failure))
            return bool(creators) and all(id(creator) in self.excused for creator in creators)
        if lacks.later is not None:
            return False
        return before or failure.state in _OF_EXTENSIONS or "." in lacks.name

    def _creators(self, name: str, failure: Failure) -> Iterator[Failure]:
        """What failed before `failure` and would have created what it misses."""
        failed = ((step, other) for step in self.steps for other in step.failures)
        before = takewhile(lambda pair: pair[1] is not failure, failed)
        return (other for step, other in before if makes(step, other, failure.message, name.rpartition(".")[2]))


def _is_about_rows(failure: Failure) -> bool:
    return failure.state == _RAISED or (failure.state or "").startswith(_INTEGRITY)


def _is_about_values(failure: Failure) -> bool:
    return _is_about_rows(failure) or (failure.state or "").startswith(_VALUES)


def _comes_of(failure: Failure, presupposed: Presupposed) -> bool:
    """Whether a statement fails for an extension that is not to be had, or for what we took a function's type to be."""
    if presupposed.is_extension:
        return failure.place == presupposed.place and not presupposed.made
    return failure.state in _OF_TYPES and mentions(failure.statement, presupposed)
