"""What a migration that failed was waiting for: the server names it, and other migrations may make it too late."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ormistice.sources.migrations.declaring import declared, declared_in, declares, sql_in
from ormistice.sources.migrations.python_places import python_places
from ormistice.sources.migrations.replay import Step, Thing, statements
from ormistice.sources.postgres.doubts import altered_table
from ormistice.sources.postgres.executing import Failure

_NO_COLUMN = "42703"
_UNDEFINED = frozenset({"42P01", _NO_COLUMN, "42704", "42883", "3F000"})
# Of the same state, though it names what there is: an access method.
_WITHOUT_CLASS = "has no default operator class"


@dataclass(frozen=True, slots=True)
class Lack:
    """What is missing, and why: a step creates it too late (`later`), failed to (`failed`), or has dropped it.

    The step itself may create it `further` down, and one before may say to (`said`), and it is not there. `creators`
    are the statements that failed to create it.
    """

    name: str
    later: Step | None = None
    failed: Step | None = None
    dropped: Step | None = None
    further: bool = False
    said: Step | None = None
    creators: tuple[Failure, ...] = ()

    @property
    def nobodys(self) -> bool:
        """Whether nothing is known to create it at all."""
        return not (self.later or self.failed or self.dropped or self.further or self.said)


def lack(failure: Failure, steps: Sequence[Step], at: int) -> Lack | None:
    """What `failure`, of the step number `at`, was waiting for; None where it failed for another reason."""
    if failure.state not in _UNDEFINED or _WITHOUT_CLASS in failure.message:
        return None
    name = _quoted_name(failure.message)
    if not name:
        return None
    bare = name.rpartition(".")[2]
    until, behind = steps[: at + 1], steps[at + 1 :]
    # A column of that name may be another table's.
    speaking = failure.state != _NO_COLUMN
    later = next((step for step in behind if _among(step.created, bare)), None)
    if later is None and speaking:
        later = next((step for step in behind if _says(step, failure, bare)), None)
    others = ((step, other) for step in until for other in step.failures if other is not failure)
    failed = [
        (step, other)
        for step, other in others
        if makes(step, other, failure.message, bare) and (speaking or _is_of_its_table(failure, other))
    ]
    return Lack(
        name,
        later,
        failed[0][0] if failed else None,
        next((step for step in reversed(until) if _among(step.dropped, bare)), None),
        speaking and "drop" not in failure.statement.words and _further_down(steps[at], failure, bare),
        next((step for step in steps[:at] if speaking and _says(step, failure, bare)), None),
        tuple(other for _, other in failed),
    )


def _among(things: Iterable[Thing], name: str) -> bool:
    """Whether a table of that name is among them, or a column."""
    return any(name == (thing.column or thing.table.name) for thing in things)


def _is_of_its_table(failure: Failure, creator: Failure) -> bool:
    """Whether the column that is missing is one of the table that `creator` would have put it in."""
    table = altered_table(creator.statement.words)
    if table is None:
        return False
    named = failure.message.partition(' of relation "')[2].partition('"')[0]
    return table.name == named if named else table.name in failure.statement.words


def _quoted_name(message: str) -> str:
    """The first name in double quotes, without quotes around its parts."""
    return message.partition('"')[2].partition('"')[0]


def _says(step: Step, failure: Failure, name: str) -> bool:
    return declares(declared_in(step.document), failure.message, name)


def _further_down(step: Step, failure: Failure, name: str) -> bool:
    document, start = step.document, failure.place.start
    python = document.path.endswith(".py")
    listed = sql_in(document) if python else statements(document)
    if any(one.start > start and declares(declared(one.text), failure.message, name) for one in listed):
        return True
    placed = python_places(document).items() if python else ()
    found = {(kind, key.rpartition(".")[2]) for (kind, key), place in placed if place.start > start}
    return declares(frozenset(found), failure.message, name)


def makes(step: Step, failure: Failure, message: str, name: str) -> bool:
    """Whether what failed would have made what `message` misses: a statement, or the whole of a migration."""
    if declares(declared(failure.statement.text), message, name):
        return True
    return step.passed_over and declares(declared_in(step.document), message, name)


def explained(failure: Failure, found: Lack | None) -> str:
    """The server's message, and what became of the thing it misses."""
    match found:
        case None:
            return failure.message
        case Lack(name=name, dropped=Step() as dropped):
            return f"{failure.message}; `{name}` was dropped by the migration `{dropped.migration.name}`"
        case Lack(name=name, failed=Step() as failed):
            return f"{failure.message}; the statement that creates `{name}` fails in `{failed.migration.name}`"
        case Lack(name=name, further=True):
            return f"{failure.message}; `{name}` is created further down"
        case Lack(name=name, later=Step() as later):
            return f"{failure.message}; `{name}` is created by the later migration `{later.migration.name}`"
        case Lack(name=name, said=Step() as said):
            return f"{failure.message}; `{said.migration.name}` says to create `{name}`, and it is not there"
        case Lack(name=name):
            return f"{failure.message}; no migration creates `{name}`"
