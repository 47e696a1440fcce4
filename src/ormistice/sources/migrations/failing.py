"""What failed in a history, as problems: a reason is told once, with every statement that it stopped."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ormistice.model import Problem, ProblemKind
from ormistice.sources.migrations.excusing import Excuses
from ormistice.sources.migrations.lacking import Lack, explained, lack
from ormistice.sources.migrations.replay import Step
from ormistice.sources.migrations.taken import presuppositions
from ormistice.sources.postgres.executing import Failure

_TABLE_THERE_ALREADY = "42P07"
_THERE_ALREADY = frozenset({_TABLE_THERE_ALREADY, "42710", "42723", "42701", "42P06"})
_NO_COLUMN = "42703"
# Quotes of MySQL, which SQLite takes as well, and brackets of SQL Server; how SQLite and MySQL count rows, and how
# MySQL alters columns.
_OF_OTHERS = frozenset(
    f'syntax error at or near "{word}"' for word in ("`", "[", "autoincrement", "auto_increment", "go", "modify")
)
_NAMES = 3
_NAMED_AT_MOST = 3
_PLACES_AT_MOST = 20


@dataclass(slots=True)
class _Reason:
    """Why statements failed, each with the name of its migration and what there is to say of it beside the first.

    `lacking` is what they miss that nothing creates, `again` the number of the step that creates what is there already.
    """

    kind: ProblemKind
    message: str
    failures: list[tuple[str, Failure, str]] = field(default_factory=list)
    lacking: str | None = None
    again: int | None = None

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
    telling = _Telling(Excuses(steps), {id(item.failure): item for item in _failed(steps)})
    for at, step in enumerate(steps):
        if step.outline is not None:
            telling.found.append(step.outline.problem())
            continue
        taken = tuple(presuppositions(steps, at))
        telling.found += taken
        told = {problem.place for problem in taken}
        for failure in step.failures:
            telling.add(failure, step, told=failure.place in told)
    found = _there_already_at_once(_lacking_at_once(telling.found))
    return tuple(item.problem() if isinstance(item, _Reason) else item for item in found)


@dataclass(slots=True)
class _Telling:
    """What there is to tell so far; `given` are the reasons of failures, by whom they come of as well."""

    excuses: Excuses
    failed: dict[int, _Failed]
    found: list[Problem | _Reason] = field(default_factory=list)
    reasons: dict[tuple[ProblemKind, str, int | None], _Reason] = field(default_factory=dict)
    given: dict[int, _Reason] = field(default_factory=dict)

    def add(self, failure: Failure, step: Step, *, told: bool) -> None:
        """One more failure; of one that has been `told` no more than whether it is excused."""
        item = self.failed[id(failure)]
        kind, what = self.excuses.verdict(failure, item.at, item.lacks)
        if told:
            return
        root = id(_root(item, self.failed))
        reason, label = self.given.get(root), f"{failure.message}, for it was not created"
        if reason is None or reason.kind is not kind:
            reason, label = self._reason(item, step, kind, what), "for the same reason"
        if not reason.failures:
            reason.lacking = _nobodys(item)
            reason.again = item.at if failure.state in _THERE_ALREADY else None
            self.found.append(reason)
        self.given.setdefault(root, reason)
        self.given[id(failure)] = reason
        reason.failures.append((step.migration.name, failure, label))

    def _reason(self, item: _Failed, step: Step, kind: ProblemKind, what: str) -> _Reason:
        filled = self.excuses.placeholder(item.failure, item.at)
        if filled is not None:
            return self.reasons.setdefault((kind, filled.partition("`")[0], None), _Reason(kind, f"{what}: {filled}"))
        why = explained(_told(item.failure, step), item.lacks)
        # What there never is, is missing from one migration as from the next; another reason is its own.
        key = why.replace('"public.', '"').replace("`public.", "`")
        own = None if _is_anothers(item) else item.at
        return self.reasons.setdefault((kind, key, own), _Reason(kind, f"{what}: {why}"))


def begins_elsewhere(steps: Sequence[Step], tables: int) -> bool:
    """Whether the migrations need so much that none of them creates that they are no whole history.

    That is many things, or a few that are many beside the `tables` that there are in the end.
    """
    missing = len({name for name in map(_nobodys, _failed(steps)) if name is not None})
    return missing > _NAMED_AT_MOST or (missing == _NAMED_AT_MOST and 2 * missing >= tables)


def is_foreign(steps: Sequence[Step]) -> str | None:
    """What the server says of SQL for another database, where nearly all fails for that."""
    failures = [failure for step in steps for failure in step.failures]
    foreign = [failure.message for failure in failures if failure.message.lower() in _OF_OTHERS]
    kept = any(step.created for step in steps)
    several = len(foreign) >= _NAMED_AT_MOST and 2 * len(foreign) >= len(failures)
    return foreign[0] if foreign and (several or not kept) else None


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


def _lacking_at_once(found: Sequence[Problem | _Reason]) -> Sequence[Problem | _Reason]:
    """`found`, in which one reason stands for many things that no migration creates."""
    for kind in (ProblemKind.MIGRATION_FAILS, ProblemKind.UNSUPPORTED_CONSTRUCT):
        several = [item for item in found if isinstance(item, _Reason) and item.kind is kind and item.lacking]
        names = list(dict.fromkeys(f"`{item.lacking}`" for item in several))
        if len(names) > _NAMED_AT_MOST:
            start = several[0].message.partition("; no migration creates ")[0]
            found = _joined(found, several, f"{start}; no migration creates {_together(names)}")
    return found


def _there_already_at_once(found: Sequence[Problem | _Reason]) -> Sequence[Problem | _Reason]:
    """`found`, in which one reason stands for the many things that a migration creates and that are there already."""
    for at in sorted({item.again for item in found if isinstance(item, _Reason) and item.again is not None}):
        several = [item for item in found if isinstance(item, _Reason) and item.again == at]
        if len(several) > _NAMED_AT_MOST:
            found = _joined(found, several, f"{several[0].message}, and so do {len(several) - 1} other things of it")
    return found


def _joined(
    found: Sequence[Problem | _Reason], several: Sequence[_Reason], message: str
) -> Sequence[Problem | _Reason]:
    """`found` with the first of several reasons in the place of all."""
    first, *others = several
    first.message = message
    first.failures += [failure for item in others for failure in item.failures]
    left_out = {id(item) for item in others}
    return [item for item in found if id(item) not in left_out]


def _told(failure: Failure, step: Step) -> Failure:
    """The failure that this is one more of: a table that is there already has its indexes already."""
    words = failure.statement.words
    if failure.state != _TABLE_THERE_ALREADY or "index" not in words[:3] or "on" not in words:
        return failure
    named = {word for word in words[words.index("on") + 1 :][:_NAMES] if word != "only"}
    return next((other for other in step.failures if _is_table(other, named)), failure)


def _is_table(failure: Failure, named: set[str]) -> bool:
    """Whether it is that a table of one of these names is there already."""
    if failure.state != _TABLE_THERE_ALREADY or failure.statement.words[:2] != ("create", "table"):
        return False
    return failure.message.partition('"')[2].partition('"')[0] in named


def _is_anothers(item: _Failed) -> bool:
    """Whether a statement fails for what no migration creates, or for what failed in another."""
    found = item.lacks
    if item.failure.of_environment and found is None:
        return True
    return found is not None and not (found.later or found.dropped or found.further or found.said)
