"""What failed in a history, as problems: a reason is told once, with every statement that it stopped."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ormistice.model import Problem, ProblemKind
from ormistice.sources.migrations.excusing import Excuses
from ormistice.sources.migrations.lacking import Lack, explained, lack
from ormistice.sources.migrations.replay import Step
from ormistice.sources.migrations.taken import presuppositions
from ormistice.sources.postgres.executing import Failure

_THERE_ALREADY = "42P07"
_NO_COLUMN = "42703"
_NAMES = 3
_NAMED_AT_MOST = 3
_PLACES_AT_MOST = 20


@dataclass(slots=True)
class _Reason:
    """Why statements failed, each with the name of its migration and what there is to say of it beside the first.

    `lacking` is what they miss that nothing creates.
    """

    kind: ProblemKind
    message: str
    failures: list[tuple[str, Failure, str]] = field(default_factory=list)
    lacking: str | None = None

    def problem(self) -> Problem:
        (name, first, _), *others = self.failures
        related = tuple((other.place, label) for _, other, label in others[:_PLACES_AT_MOST])
        message = self.message + _needing([other for other, _, _ in others if other != name])
        return Problem(self.kind, message, first.place, related)


@dataclass(frozen=True, slots=True)
class _Failed:
    """A statement that failed, in the step number `at`, and what it was waiting for."""

    at: int
    failure: Failure
    lacks: Lack | None

    @property
    def cause(self) -> Failure | None:
        """The failure of another statement that this comes of."""
        lacks = self.lacks
        return lacks.creators[0] if lacks is not None and lacks.creators and lacks.dropped is None else None


def _needing(names: Sequence[str]) -> str:
    """The other migrations that fail for a reason, a few of them by name."""
    listed = [f"`{name}`" for name in dict.fromkeys(names)]
    if not listed:
        return ""
    return f"; {_together(listed)} {'fails' if len(listed) == 1 else 'fail'} for it, too"


def _together(listed: Sequence[str]) -> str:
    """The first few, and how many are left."""
    left = len(listed) - _NAMED_AT_MOST
    named = listed if left <= 1 else [*listed[:_NAMED_AT_MOST], f"{left} more"]
    return " and ".join(part for part in (", ".join(named[:-1]), named[-1]) if part)


def problems(steps: Sequence[Step]) -> tuple[Problem, ...]:
    """Every reason for which statements failed, with what they were waiting for.

    That a server has no such extension is no fault of the migration, and neither is what comes of it. What describes
    a database, and is never applied, cannot fail either.
    """
    excuses = Excuses(steps)
    found: list[Problem | _Reason] = []
    reasons: dict[tuple[ProblemKind, str, int | None], _Reason] = {}
    failed = {id(item.failure): item for item in _failed(steps)}
    given: dict[int, _Reason] = {}
    for at, step in enumerate(steps):
        if step.outline is not None:
            found.append(step.outline.problem())
            continue
        taken = tuple(presuppositions(steps, at))
        found += taken
        told = {problem.place for problem in taken}
        for failure in step.failures:
            item = failed[id(failure)]
            kind, what = excuses.verdict(failure, at, item.lacks)
            if failure.place in told:
                continue
            root = id(_root(item, failed))
            reason, label = given.get(root), f"{failure.message}, for it was not created"
            if reason is None or reason.kind is not kind:
                label = "for the same reason"
                filled = excuses.placeholder(failure, at)
                why = explained(_told(failure, step), item.lacks) if filled is None else f"Flyway fills in `{filled}`"
                # What there never is, is missing from one migration as from the next; another reason is its own.
                key = why.replace('"public.', '"').replace("`public.", "`") if filled is None else ""
                own = at if filled is None and not _is_anothers(item) else None
                reason = reasons.setdefault((kind, key, own), _Reason(kind, f"{what}: {why}"))
            if not reason.failures:
                reason.lacking = _nobodys(item)
                found.append(reason)
            given.setdefault(root, reason)
            given[id(failure)] = reason
            reason.failures.append((step.migration.name, failure, label))
    return tuple(item.problem() if isinstance(item, _Reason) else item for item in _with_one_beginning(found))


def begins_elsewhere(steps: Sequence[Step]) -> bool:
    """Whether the migrations need so much that none of them creates that they are no whole history."""
    missing = (_nobodys(item) for item in _failed(steps))
    return len({name for name in missing if name is not None}) > _NAMED_AT_MOST


def _failed(steps: Sequence[Step]) -> Iterator[_Failed]:
    for at, step in enumerate(steps):
        yield from (_Failed(at, failure, lack(failure, steps, at)) for failure in step.failures)


def _root(item: _Failed, failed: dict[int, _Failed]) -> Failure:
    """The failure that an item comes of in the end; its own if it comes of none."""
    seen = set()
    while item.cause is not None and id(item.cause) not in seen:
        seen.add(id(item.cause))
        item = failed[id(item.cause)]
    return item.failure


def _nobodys(item: _Failed) -> str | None:
    lacks = item.lacks
    if lacks is None or not lacks.nobodys or item.failure.state == _NO_COLUMN:
        return None
    return lacks.name.removeprefix("public.")


def _with_one_beginning(found: Sequence[Problem | _Reason]) -> Iterator[Problem | _Reason]:
    """`found`, in which one reason stands for many things that no migration creates."""
    for kind in (ProblemKind.MIGRATION_FAILS, ProblemKind.UNSUPPORTED_CONSTRUCT):
        several = [item for item in found if isinstance(item, _Reason) and item.kind is kind and item.lacking]
        if len({item.lacking for item in several}) > _NAMED_AT_MOST:
            first, *others = several
            found = [item for item in found if item not in others]
            names = list(dict.fromkeys(f"`{item.lacking}`" for item in several))
            start = first.message.partition("; no migration creates ")[0]
            first.message = f"{start}; no migration creates {_together(names)}"
            first.failures += [failure for item in others for failure in item.failures]
    yield from found


def _told(failure: Failure, step: Step) -> Failure:
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


def _is_anothers(item: _Failed) -> bool:
    """Whether a statement fails for what no migration creates, or for what failed in another."""
    found = item.lacks
    if item.failure.of_environment and found is None:
        return True
    return found is not None and not (found.later or found.dropped or found.further or found.said)
