"""What failed in a history, as problems: a reason is told once for each migration, with every statement it stopped."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain, takewhile

from ormistice.model import Problem, ProblemKind
from ormistice.sources.migrations.baseline import unwritten
from ormistice.sources.migrations.lacking import creates, explained, lack
from ormistice.sources.migrations.replay import Step
from ormistice.sources.migrations.taken import presuppositions
from ormistice.sources.postgres.executing import Failure
from ormistice.sources.postgres.presupposed import Presupposed, mentions

_NO_SUCH_EXTENSION = frozenset({"0A000", "58P01"})
_UNDEFINED_FUNCTION = "42883"
_OF_TYPES = frozenset({_UNDEFINED_FUNCTION, "42725", "42804", "42846"})
# Undefined types, operator classes, functions and schemas: what an extension brings. Tables are the project's own.
_OF_EXTENSIONS = frozenset({"42704", _UNDEFINED_FUNCTION, "3F000"})


def problems(steps: Sequence[Step]) -> tuple[Problem, ...]:
    """Every reason for which statements failed, with what they were waiting for.

    That a server has no such extension is no fault of the migration, and neither is what comes of it. What describes
    a database, and is never applied, cannot fail either.
    """
    found: list[Problem] = []
    excused: set[Failure] = set()
    for at, step in enumerate(steps):
        taken = tuple(presuppositions(steps, at))
        found += taken
        told = {problem.place for problem in taken}
        reasons: dict[tuple[ProblemKind, str], list[Failure]] = defaultdict(list)
        for failure in step.failures:
            if _excused(failure, steps, at, excused):
                excused.add(failure)
                kind, what = ProblemKind.UNSUPPORTED_CONSTRUCT, "the migration cannot be followed here"
            else:
                kind, what = ProblemKind.MIGRATION_FAILS, "the migration fails"
            if failure.place in told:
                continue
            reasons[kind, f"{what}: {explained(failure, steps, at)}"].append(failure)
        for (kind, message), (first, *others) in reasons.items():
            related = tuple((other.place, "for the same reason") for other in others)
            found.append(Problem(kind, message, first.place, related))
    return tuple(found)


def _excused(failure: Failure, steps: Sequence[Step], at: int, excused: set[Failure]) -> bool:
    if failure.statement.words[:2] == ("create", "extension") and failure.state in _NO_SUCH_EXTENSION:
        return True
    taken = [item for step in steps[: at + 1] for item in step.presupposed]
    if steps[at].migration.baseline or any(_comes_of(failure, item) for item in taken):
        return True
    before = any(unwritten(step) for step in steps[:at])
    wanted = lack(failure, steps, at) if excused or before else None
    if wanted is None:
        return bool(excused) and failure.state == _UNDEFINED_FUNCTION
    if wanted.later is not None or wanted.dropped is not None:
        return False
    if wanted.failed is not None:
        creators = list(_creators(wanted.name, failure, steps))
        return bool(creators) and all(creator in excused for creator in creators)
    return before or failure.state in _OF_EXTENSIONS or "." in wanted.name


def _comes_of(failure: Failure, presupposed: Presupposed) -> bool:
    """Whether a statement fails for an extension that is not to be had, or for what we took a function's type to be."""
    if presupposed.is_extension:
        return failure.place == presupposed.place and not presupposed.made
    return failure.state in _OF_TYPES and mentions(failure.statement, presupposed)


def _creators(name: str, failure: Failure, steps: Sequence[Step]) -> Iterator[Failure]:
    """What failed before `failure` and would have created what it misses."""
    before = takewhile(lambda other: other is not failure, chain.from_iterable(step.failures for step in steps))
    return (other for other in before if creates(other, name.rpartition(".")[2]))
