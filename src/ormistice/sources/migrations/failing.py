"""What failed in a history, as problems: a reason is told once, with every statement that it stopped."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from ormistice.model import Problem, ProblemKind
from ormistice.sources.migrations.baseline import unwritten
from ormistice.sources.migrations.lacking import Lack, explained, lack, makes
from ormistice.sources.migrations.replay import Step
from ormistice.sources.migrations.taken import presuppositions
from ormistice.sources.postgres.executing import Failure
from ormistice.sources.postgres.presupposed import Presupposed, mentions

_NO_SUCH_EXTENSION = frozenset({"0A000", "58P01"})
_UNDEFINED_FUNCTION = "42883"
_THERE_ALREADY = "42P07"
_NAMES = 3
_NAMED_AT_MOST = 3
_OF_TYPES = frozenset({_UNDEFINED_FUNCTION, "42725", "42804", "42846"})
# Undefined types, operator classes, functions and schemas: what an extension brings. Tables are the project's own.
_OF_EXTENSIONS = frozenset({"42704", _UNDEFINED_FUNCTION, "3F000"})


@dataclass(slots=True)
class _Reason:
    """Why statements failed, each with the name of its migration, in the words of the first."""

    kind: ProblemKind
    message: str
    failures: list[tuple[str, Failure]]

    def problem(self) -> Problem:
        (name, first), *others = self.failures
        related = tuple((other.place, "for the same reason") for _, other in others)
        message = self.message + _needing([other for other, _ in others if other != name])
        return Problem(self.kind, message, first.place, related)


def _needing(names: Sequence[str]) -> str:
    """The other migrations that fail for a reason, a few of them by name."""
    listed = [f"`{name}`" for name in dict.fromkeys(names)]
    if not listed:
        return ""
    left = len(listed) - _NAMED_AT_MOST
    named = listed if left <= 1 else [*listed[:_NAMED_AT_MOST], f"{left} more"]
    together = " and ".join(part for part in (", ".join(named[:-1]), named[-1]) if part)
    return f"; {together} {'fails' if len(listed) == 1 else 'fail'} for it, too"


def problems(steps: Sequence[Step]) -> tuple[Problem, ...]:
    """Every reason for which statements failed, with what they were waiting for.

    That a server has no such extension is no fault of the migration, and neither is what comes of it. What describes
    a database, and is never applied, cannot fail either.
    """
    found: list[Problem | _Reason] = []
    excused: set[Failure] = set()
    reasons: dict[tuple[ProblemKind, str, int | None], _Reason] = {}
    for at, step in enumerate(steps):
        if step.outline is not None:
            found.append(step.outline.problem())
            continue
        taken = tuple(presuppositions(steps, at))
        found += taken
        told = {problem.place for problem in taken}
        for failure in step.failures:
            lacks = lack(failure, steps, at)
            if _excused(failure, steps, at, (lacks, excused)):
                excused.add(failure)
                kind, what = ProblemKind.UNSUPPORTED_CONSTRUCT, "the migration cannot be followed here"
            else:
                kind, what = ProblemKind.MIGRATION_FAILS, "the migration fails"
            if failure.place in told:
                continue
            message = f"{what}: {explained(_cause(failure, step), lacks)}"
            # What there never is, is missing from one migration as from the next; another reason is a migration's own.
            reason = message.replace('"public.', '"').replace("`public.", "`")
            key = kind, reason, None if _is_anothers(failure, lacks) else at
            if key not in reasons:
                reasons[key] = _Reason(kind, message, [])
                found.append(reasons[key])
            reasons[key].failures.append((step.migration.name, failure))
    return tuple(item.problem() if isinstance(item, _Reason) else item for item in found)


def _cause(failure: Failure, step: Step) -> Failure:
    """The failure that this is one more of: a table that is there already has its indexes already."""
    words = failure.statement.words
    if failure.state != _THERE_ALREADY or "index" not in words[:3] or "on" not in words:
        return failure
    named = {word for word in words[words.index("on") + 1 :][:_NAMES] if word != "only"}
    return next((other for other in step.failures if _is_table(other, named)), failure)


def _is_table(failure: Failure, named: set[str]) -> bool:
    """Whether it is that a table of one of these names is there already."""
    if failure.state != _THERE_ALREADY or failure.statement.words[:2] != ("create", "table"):
        return False
    return failure.message.partition('"')[2].partition('"')[0] in named


def _is_anothers(failure: Failure, found: Lack | None) -> bool:
    """Whether a statement fails for what no migration creates, or for what failed in another."""
    if failure.of_environment and found is None:
        return True
    return found is not None and not (found.later or found.dropped or found.further or found.said)


def _excused(failure: Failure, steps: Sequence[Step], at: int, known: tuple[Lack | None, set[Failure]]) -> bool:
    lacks, excused = known
    if failure.of_environment:
        return True
    if failure.statement.words[:2] == ("create", "extension") and failure.state in _NO_SUCH_EXTENSION:
        return True
    taken = [item for step in steps[: at + 1] for item in step.presupposed]
    if steps[at].migration.baseline or any(_comes_of(failure, item) for item in taken):
        return True
    before = any(unwritten(step) for step in steps[:at])
    wanted = lacks if excused or before else None
    if wanted is None:
        return bool(excused) and failure.state == _UNDEFINED_FUNCTION
    if wanted.dropped is not None or wanted.further:
        return False
    if wanted.failed is not None:
        creators = list(_creators(wanted.name, failure, steps))
        return bool(creators) and all(creator in excused for creator in creators)
    if wanted.later is not None:
        return False
    return before or failure.state in _OF_EXTENSIONS or "." in wanted.name


def _comes_of(failure: Failure, presupposed: Presupposed) -> bool:
    """Whether a statement fails for an extension that is not to be had, or for what we took a function's type to be."""
    if presupposed.is_extension:
        return failure.place == presupposed.place and not presupposed.made
    return failure.state in _OF_TYPES and mentions(failure.statement, presupposed)


def _creators(name: str, failure: Failure, steps: Sequence[Step]) -> Iterator[Failure]:
    """What failed before `failure` and would have created what it misses."""
    failed = ((step, other) for step in steps for other in step.failures)
    before = takewhile(lambda pair: pair[1] is not failure, failed)
    return (other for step, other in before if makes(step, other, failure.message, name.rpartition(".")[2]))
