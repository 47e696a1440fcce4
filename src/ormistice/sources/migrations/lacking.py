"""What a migration that failed was waiting for: the server names it, and other migrations may make it too late."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ormistice.sources.migrations.replay import Step, Thing
from ormistice.sources.postgres.executing import Failure

_UNDEFINED = frozenset({"42P01", "42703", "42704", "42883", "3F000"})
_BEFORE_KINDS = frozenset(
    {
        *("or", "replace", "unique", "temp", "temporary", "unlogged", "materialized", "foreign", "constraint"),
        *("concurrently", "if", "not", "exists"),
    }
)


@dataclass(frozen=True, slots=True)
class Lack:
    """What is missing, and why: a step creates it too late (`later`), failed to (`failed`), or has dropped it."""

    name: str
    later: Step | None = None
    failed: Step | None = None
    dropped: Step | None = None


def lack(failure: Failure, steps: Sequence[Step], at: int) -> Lack | None:
    """What `failure`, of the step number `at`, was waiting for; None where it failed for another reason."""
    if failure.state not in _UNDEFINED:
        return None
    name = _quoted_name(failure.message)
    if not name:
        return None
    bare = name.rpartition(".")[2]
    later = next((step for step in steps[at + 1 :] if _among(step.created, bare)), None)
    failed = next(
        (
            step
            for step in steps[: at + 1]
            if any(creates(other, bare) for other in step.failures if other is not failure)
        ),
        None,
    )
    dropped = next((step for step in reversed(steps[: at + 1]) if _among(step.dropped, bare)), None)
    return Lack(name, later, failed, dropped)


def _among(things: Iterable[Thing], name: str) -> bool:
    """Whether a table of that name is among them, or a column."""
    return any(name == (thing.column or thing.table.name) for thing in things)


def _quoted_name(message: str) -> str:
    """The first name in double quotes, without quotes around its parts."""
    return message.partition('"')[2].partition('"')[0]


def creates(failure: Failure, name: str) -> bool:
    """Whether the statement that failed would have created something of that name."""
    words = failure.statement.words
    if words[:1] != ("create",):
        return False
    # Behind the kind, and perhaps behind a schema.
    named = [word for word in words[1:] if word not in _BEFORE_KINDS]
    return name in named[1:3] and "on" not in named[1 : named.index(name)]


def explained(failure: Failure, steps: Sequence[Step], at: int) -> str:
    """The server's message, and what became of the thing it misses."""
    found = lack(failure, steps, at)
    match found:
        case None:
            return failure.message
        case Lack(name=name, dropped=Step() as dropped):
            return f"{failure.message}; `{name}` was dropped by the migration `{dropped.migration.name}`"
        case Lack(name=name, later=Step() as later):
            return f"{failure.message}; `{name}` is created by the later migration `{later.migration.name}`"
        case Lack(name=name, failed=Step() as failed):
            return f"{failure.message}; the statement that creates `{name}` fails in `{failed.migration.name}`"
        case Lack(name=name):
            return f"{failure.message}; no migration creates `{name}`"
