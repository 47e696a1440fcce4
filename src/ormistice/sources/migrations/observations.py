"""What is wrong with a history though each of its steps may work: operations put out of action, data dropped."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ormistice.model import Identity, Problem, ProblemKind
from ormistice.names import BOOKKEEPING
from ormistice.renaming import qualified
from ormistice.sources.migrations.commented import Act, Operation, operations
from ormistice.sources.migrations.lacking import lack
from ormistice.sources.migrations.python_places import python_drops, python_places
from ormistice.sources.migrations.replay import History, Step, Thing, statements
from ormistice.sources.postgres.scripts import split, words_in
from ormistice.text import Span


@dataclass(frozen=True, slots=True)
class Observation:
    """Something to be told about a history, under the rule of that name; the rest is as in `Problem`."""

    rule: str
    message: str
    place: Span
    related: tuple[tuple[Span, str], ...] = ()
    about: Identity | None = None
    needed: bool = False

    def problem(self) -> Problem:
        """The observation as a problem of the history's schema."""
        return Problem(ProblemKind(self.rule), self.message, self.place, self.related, self.about, self.needed)


def observations(history: History, is_statement: Callable[[str], bool]) -> tuple[Observation, ...]:
    """Everything to be told about `history`; `is_statement` knows SQL from prose."""
    steps = history.steps
    found = [
        *_losses(steps),
        *_commented(history, is_statement),
        *_heads(history),
        *_out_of_order(steps),
        *_returns(history),
    ]
    return tuple(sorted(found, key=lambda observation: (observation.place, observation.rule, observation.message)))


def _commented(history: History, is_statement: Callable[[str], bool]) -> Iterator[Observation]:
    there = {table.name for table in history.tables}
    for step in history.steps:
        found = () if step.migration.foreign else tuple(operations(step.document, is_statement))
        own = _own_words(step) if any(operation.acts for operation in found) else frozenset()
        for operation in found:
            if operation.acts and all(_settled(act, own, history.names) for act in operation.acts):
                continue
            if operation.table is not None and qualified(operation.table).name in BOOKKEEPING:
                continue
            message = f"`{operation.name}` is commented out{_waiting(operation, there)}"
            about = None if operation.table is None else Identity("table", qualified(operation.table))
            yield Observation("commented-out-migration", message, operation.place, about=about)


def _own_words(step: Step) -> frozenset[str]:
    return frozenset(word for statement in statements(step.document) for word, _ in words_in(statement.text))


def _settled(act: Act, own: frozenset[str], names: frozenset[str]) -> bool:
    """Whether an act in a comment waits for nothing.

    It has been done by now. Or it would drop something, which was meant to stay, or rename what is not there. Or its
    own file says in statements what becomes of the object: the comment then tells the way back, or another way.
    """
    done = act.verb in {"create", "add"} and act.known_as in names
    table = act.known_as.rpartition(".")[0]
    done = done or (act.verb == "rename" and table in names and act.known_as not in names)
    return done or act.verb == "drop" or act.name in own


def _waiting(operation: Operation, there: set[str]) -> str:
    if operation.table is None:
        return ""
    if operation.creates:
        return (
            f"; `{operation.table}` exists nevertheless"
            if operation.table in there
            else f"; `{operation.table}` is missing"
        )
    return (
        f"; `{operation.table}` exists by now" if operation.table in there else f"; `{operation.table}` does not exist"
    )


@dataclass(frozen=True, slots=True)
class _Born:
    step: Step
    thing: Thing


def _losses(steps: tuple[Step, ...]) -> Iterator[Observation]:
    """Tables and columns that one migration creates and a later one drops; of a dropped table the table alone."""
    born: dict[Thing, _Born] = {}
    for step in steps:
        tables = {thing.table for thing in step.dropped if not thing.column}
        for thing in sorted(step.dropped):
            origin = born.pop(thing, None)
            if origin is None or (thing.column and thing.table in tables):
                continue
            yield _loss(steps, step, thing, origin.step)
        born |= {thing: _Born(step, thing) for thing in step.created}


def _loss(steps: tuple[Step, ...], step: Step, thing: Thing, origin: Step) -> Observation:
    kind = "column" if thing.column else "table"
    needing = _needing(steps, step, thing)
    message = f"drops the {kind} `{thing}`, which the migration `{origin.migration.name}` created"
    related = [(_created_at(origin, thing), "created here")]
    if needing is not None:
        message += f" and the later migration `{needing.migration.name}` needs"
        related.append((named_at(needing, thing), "needed here"))
    about = Identity(kind, thing.table, (thing.column,) if thing.column else ())
    place = _dropped_at(step, thing)
    return Observation("migration-drops-data", message, place, tuple(related), about, needing is not None)


def _needing(steps: tuple[Step, ...], dropping: Step, thing: Thing) -> Step | None:
    """The first step behind the one that dropped a thing which fails for want of it."""
    wanted = thing.column or thing.table.name
    for at in range(steps.index(dropping) + 1, len(steps)):
        for failure in steps[at].failures:
            if wanted not in failure.message:
                continue
            found = lack(failure, steps, at)
            if found is not None and found.dropped is dropping and found.name.rpartition(".")[2] == wanted:
                return steps[at]
    return None


def _heads(history: History) -> Iterator[Observation]:
    if len(history.heads) <= 1 or history.branches:
        return
    heads = [step for step in history.steps if step.migration.name in history.heads]
    first, *others = sorted(heads, key=lambda step: step.migration.name)
    related = tuple((_start(step), "another head") for step in others)
    names = ", ".join(f"`{step.migration.name}`" for step in (first, *others))
    yield Observation("several-migration-heads", f"the history has several heads: {names}", _start(first), related)


def _returns(history: History) -> Iterator[Observation]:
    for found in history.returns:
        if found.failure is not None:
            verb = "cannot be applied again after it was undone" if found.again else "cannot be undone"
            yield Observation("irreversible-migration", f"{verb}: {found.failure.message}", found.failure.place)
            continue
        left, missed = set(found.left), set(found.missed)
        parts = (
            ("leaves", sorted(left - missed)),
            ("does not bring back", sorted(missed - left)),
            ("does not restore", sorted(left & missed)),
        )
        message = " and ".join(f"{verb} {', '.join(names)}" for verb, names in parts if names)
        yield Observation("irreversible-migration", f"`downgrade` {message}", _start(found.step))


def _out_of_order(steps: tuple[Step, ...]) -> Iterator[Observation]:
    """Drizzle applies what is newer than the newest applied, so what was journalled later but dated earlier is lost."""
    newest: tuple[int, Step] | None = None
    skipped: dict[str, tuple[Step, list[Step]]] = {}
    for step in steps:
        when = step.migration.when
        if when is None:
            continue
        if newest is not None and when <= newest[0]:
            skipped.setdefault(newest[1].migration.name, (newest[1], []))[1].append(step)
        else:
            newest = when, step
    if len(skipped) > 1:
        yield _each_out_of_order(list(skipped.values()))
        return
    for later, (first, *others) in skipped.values():
        them = "it" if not others else "them"
        what = "is dated" if not others else f"this one and {_counted(others)} are dated"
        message = f"{what} before `{later.migration.name}`: drizzle-kit skips {them} where that one has been applied"
        related = ((_start(later), "dated later"), *((_start(other), "skipped, too") for other in others))
        yield Observation("migration-out-of-order", message, _start(first), related)


def _each_out_of_order(skipped: list[tuple[Step, list[Step]]]) -> Observation:
    """Several migrations that are dated before one in front of them, each before another."""
    (_, (first, *_)), *_ = skipped
    others = [step for _, steps in skipped for step in steps][1:]
    message = (
        f"this one and {_counted(others)} are dated before one in front of them: "
        "drizzle-kit skips each where that one has been applied"
    )
    related = [
        place
        for later, steps in skipped
        for place in (
            (_start(later), "dated later"),
            *((_start(step), "skipped") for step in steps if step is not first),
        )
    ]
    return Observation("migration-out-of-order", message, _start(first), tuple(related))


def _counted(steps: list[Step]) -> str:
    return f"`{steps[0].migration.name}`" if len(steps) == 1 else f"{len(steps)} more"


def _start(step: Step) -> Span:
    return Span(step.document.path, 0, 0)


def _created_at(step: Step, thing: Thing) -> Span:
    kind = "column" if thing.column else "table"
    if step.document.path.endswith(".py"):
        return python_places(step.document).get((kind, str(thing))) or named_at(step, thing)
    verbs = ("alter", "add") if thing.column else ("create", "table")
    return _stated_at(step, thing, verbs) or named_at(step, thing)


def _dropped_at(step: Step, thing: Thing) -> Span:
    kind = "column" if thing.column else "table"
    if step.document.path.endswith(".py"):
        return python_drops(step.document).get((kind, str(thing))) or named_at(step, thing)
    verbs = ("alter", "drop") if thing.column else ("drop", "table")
    return _stated_at(step, thing, verbs) or named_at(step, thing)


def _stated_at(step: Step, thing: Thing, verbs: tuple[str, str]) -> Span | None:
    """Where a statement with these words names a thing."""
    name = thing.column or thing.table.name
    for statement in split(step.document.text):
        words = statement.words
        if words[:1] == verbs[:1] and verbs[1] in words and thing.table.name in words and name in statement.text:
            at = step.document.text.index(name, statement.start)
            return Span(step.document.path, at, at + len(name))
    return None


def named_at(step: Step, thing: Thing) -> Span:
    """Where a step first names a thing, be it in a string; the start of its file if it does not."""
    name, text = thing.column or thing.table.name, step.document.text
    at = text.find(name)
    while at >= 0 and _within_a_word(text, at, at + len(name)):
        at = text.find(name, at + 1)
    return Span(step.document.path, max(at, 0), at + len(name) if at >= 0 else 0)


def _within_a_word(text: str, start: int, end: int) -> bool:
    around = text[start - 1 : start] + text[end : end + 1] if start else text[end : end + 1]
    return any(character.isalnum() or character == "_" for character in around)
