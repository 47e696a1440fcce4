"""What a history takes for granted, as problems: each extension and function once, and nothing that needs it."""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from ormistice.model import Problem, ProblemKind
from ormistice.sources.migrations.declaring import sql_in
from ormistice.sources.migrations.folders import is_supabases
from ormistice.sources.migrations.replay import Step, statements
from ormistice.sources.postgres.presupposed import Presupposed, creates

_SUPABASES_SCHEMA = "extensions"
_SUPABASES_OWN = frozenset({"pgcrypto", "uuid-ossp"})
# It creates it when it starts, which is before it applies anything.
_HASURAS_OWN = "pgcrypto"
_HASURAS_NAME = re.compile(r"^[0-9]{13}_")


def presuppositions(steps: Sequence[Step], at: int) -> Iterator[Problem]:
    """What the step number `at` is the first to presuppose; a new database does not have it."""
    step = steps[at]
    if step.migration.baseline:
        return
    for taken in step.presupposed:
        if _brought(taken, step) or _fails(taken, steps[: at + 1]):
            continue
        later = _creator(taken, steps, at)
        if taken.is_extension and later is None:
            message = f"presupposes the extension `{taken.name}`, which no migration creates: {taken.message}"
            yield Problem(ProblemKind.MIGRATION_FAILS, f"the migration {message}", taken.place, needed=True)
            continue
        name = taken.name.partition("(")[0]
        why = f"no migration creates `{name}`" if later is None else _later(taken, name, later, step)
        yield Problem(ProblemKind.MIGRATION_FAILS, f"the migration fails: {taken.message}; {why}", taken.place)


def _brought(taken: Presupposed, step: Step) -> bool:
    """Whether Supabase or Hasura has an extension ready."""
    path = step.migration.path
    if path.name == "up.sql" and _HASURAS_NAME.match(path.parent.name) is not None and taken.name == _HASURAS_OWN:
        return True
    own = taken.name in _SUPABASES_OWN and is_supabases(path.parent)
    return taken.is_extension and (own or taken.schema == _SUPABASES_SCHEMA)


def _fails(taken: Presupposed, steps: Sequence[Step]) -> bool:
    """Whether a statement that would have made it before has failed, which is told of that statement."""
    until = (steps[-1].document.path, taken.place.start)
    before = takewhile(
        lambda failure: (failure.place.file, failure.place.start) != until,
        (failure for step in steps for failure in step.failures),
    )
    return any(creates(failure.statement, taken) for failure in before)


def _creator(taken: Presupposed, steps: Sequence[Step], at: int) -> Step | None:
    """The step that creates it too late: a later one, or the same further down."""
    for step in steps[at:]:
        behind = taken.place.start if step is steps[at] else -1
        python = step.document.path.endswith(".py")
        found = sql_in(step.document) if python else statements(step.document)
        if any(statement.start > behind and creates(statement, taken) for statement in found):
            return step
    return None


def _later(taken: Presupposed, name: str, later: Step, step: Step) -> str:
    kind = "extension" if taken.is_extension else "function"
    where = "further down" if later is step else f"by the later migration `{later.migration.name}`"
    return f"the {kind} `{name}` is created {where}"
