"""What rules yield and what reports are made of."""

import dataclasses
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeVar

from ormistice.alignment import Aligned, Disagreement, Sources
from ormistice.fixes import Change, Fix
from ormistice.model import Declared, Identity, Place, ProblemKind, Stated
from ormistice.names import QualifiedName

T = TypeVar("T")
D = TypeVar("D", bound=Declared)
V = TypeVar("V")


class Severity(Enum):
    """How much a finding matters, the gravest first."""

    ERROR = "error"
    """It breaks at run time or loses data."""
    WARNING = "warning"
    """It surprises."""
    INFO = "info"
    """It is spelling, or advice."""

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return list(Severity).index(self)

    def reaches(self, threshold: "Severity") -> bool:
        """Whether it is at least as grave."""
        return self.rank <= threshold.rank


@dataclass(frozen=True, slots=True)
class Site:
    """A place that a finding points at; the first of a finding is the one to click on."""

    source: str
    place: Place
    label: str


@dataclass(frozen=True, slots=True)
class Violation:
    """What a rule found. `claims` is what every source says, in words of SQL.

    `severity` overrides the rule's own; `cause` is told where the facts show it.
    """

    message: str
    authority: str
    outliers: tuple[str, ...]
    claims: Mapping[str, str]
    sites: tuple[Site, ...]
    changes: tuple[Change, ...] = ()
    severity: Severity | None = None
    cause: str | None = None


Check = Callable[[Aligned[Any]], Iterator[Violation]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: `subjects` are the kinds of the model that its check is called for, one aligned object at a time.

    `even_agreed`: it may find something in an object that is `Aligned.agreed`; of others it is not even asked.
    """

    name: str
    severity: Severity
    subjects: tuple[type, ...]
    check: Check
    documentation: str
    even_agreed: bool = False

    @property
    def summary(self) -> str:
        """First line of the documentation."""
        return self.documentation.split("\n", 1)[0]

    @property
    def impact(self) -> str:
        """What it leads to, in one sentence: the first one behind the summary."""
        return first_sentence(self.advice())

    def advice(self) -> str:
        """The documentation behind its first line, on one line."""
        return " ".join(self.documentation.split("\n")[1:]).strip()


def first_sentence(text: str) -> str:
    """The text up to its first full stop that ends a sentence."""
    end = text.find(". ")
    return text if end < 0 else text[: end + 1]


def rule(
    *subjects: type, severity: Severity, even_agreed: bool = False
) -> Callable[[Callable[[Aligned[T]], Iterator[Violation]]], Rule]:
    """Make a function a rule of the same name, in kebab case; its docstring is the rule's documentation."""

    def register(check: Callable[[Aligned[T]], Iterator[Violation]]) -> Rule:
        lines = (check.__doc__ or "").strip().split("\n")
        documentation = "\n".join(line.removeprefix("    ") for line in lines)
        return Rule(check.__name__.replace("_", "-"), severity, subjects, check, documentation, even_agreed)

    return register


@dataclass(frozen=True, slots=True)
class SuggestedFix:
    """A fix as reports show it: a unified diff of files, or statements for a database."""

    fix: Fix
    verified: bool
    diff: str | None = None


@dataclass(frozen=True, slots=True)
class RowsInTheWay:
    """Rows of a live database that a fix of it would meet with an error: what was asked, and the answer in words.

    `count` is None where the database did not answer; it is bounded, see the answer.
    """

    source: str
    query: str
    count: int | None
    answer: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One defect; `impact` is what it leads to, in one sentence.

    `identity` is None for what is of no single object; `fingerprint` holds no line number.
    """

    rule: str
    severity: Severity
    identity: Identity | None
    violation: Violation
    fingerprint: str
    fixes: tuple[SuggestedFix, ...] = ()
    impact: str = ""
    rows: tuple[RowsInTheWay, ...] = ()

    @property
    def unread(self) -> bool:
        """Whether it tells of what could not be read, not of a difference."""
        return self.rule in {kind.value for kind in ProblemKind if kind.unread}


@dataclass(frozen=True, slots=True, order=True)
class Use:
    """A line of the project's code that needs a table; `layer` is the folder it lies in: repositories, routes, ..."""

    file: str
    line: int
    layer: str


@dataclass(frozen=True, slots=True)
class MissingTable:
    """A table that is declared and not there: who declares it, what it needs and what needs it.

    `waiting` are operations of migrations, by source, that are commented out for want of it; `together` are tables that
    reference each other with it, so that neither can come first.
    """

    table: QualifiedName
    source: str
    place: Place
    lacking: tuple[str, ...]
    references: tuple[QualifiedName, ...]
    uses: tuple[Use, ...] = ()
    waiting: tuple[tuple[str, Place], ...] = ()
    together: tuple[QualifiedName, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceSummary:
    """A source as a report names it."""

    name: str
    kind: str
    location: str
    tables: int
    enums: int
    problems: int


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of an audit: everything a reporter needs, in its final order.

    `owners` are (table glob, owner) as the user wrote them. `not_compared` tells what nobody could judge,
    `suppressed` how many findings the user allows; `missing` are the missing tables in an order to create them in.
    """

    sources: tuple[SourceSummary, ...]
    findings: tuple[Finding, ...]
    among: Sources
    owners: tuple[tuple[str, str], ...] = ()
    not_compared: tuple[str, ...] = field(default=())
    suppressed: int = 0
    missing: tuple[MissingTable, ...] = ()

    def count(self, severity: Severity) -> int:
        """Findings of exactly this severity."""
        return sum(finding.severity is severity for finding in self.findings)

    def reaches(self, threshold: Severity) -> bool:
        """Whether any finding is at least as grave."""
        return any(finding.severity.reaches(threshold) for finding in self.findings)


def fingerprint(*parts: str) -> str:
    """Sixteen hexadecimal digits that stay the same as long as the defect does."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def listed(words: Iterable[str], conjunction: str = "and") -> str:
    """Words as a sentence has them: `a`, `a and b`, `a, b and c`."""
    items = list(words)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {conjunction} {items[-1]}"


def mismatch(
    aligned: Aligned[D],
    found: Disagreement[V],
    say: Callable[[V], str],
    *,
    claim: Callable[[D], str],
    repair: Callable[[D, Stated[V]], D] | None = None,
) -> Violation:
    """A violation from a disagreement: message, claims, sites and, with `repair`, a change for each outlier.

    `say` puts a value in words for the message, `claim` a whole object in words for the claims; `repair` gives an
    outlier's object with the expected value in place of its own.
    """
    outliers = tuple(found.actual)
    alike: dict[str, list[str]] = {}
    for name, value in found.actual.items():
        alike.setdefault(say(value.value), []).append(name)
    says = [f"{listed(names)} {'has' if len(names) == 1 else 'have'} {words}" for words, names in alike.items()]
    sites = [Site(name, value.place, "stated here") for name, value in found.actual.items()]
    sites.append(Site(found.authority, found.expected.place, "expected"))
    sites += [Site(name, value.place, "agrees") for name, value in found.agreeing.items()]
    changes = [
        Change(name, aligned.declared[name], repair(aligned.declared[name], Stated(found.expected.value, value.place)))
        for name, value in found.actual.items()
        if repair is not None
    ]
    return Violation(
        message=f"{listed(says)}, but {found.authority} has {say(found.expected.value)}",
        authority=found.authority,
        outliers=outliers,
        claims={name: claim(item) for name, item in aligned.declared.items()},
        sites=tuple(sites),
        changes=tuple(changes),
        cause=_unsaid(found, say),
    )


def _unsaid(found: Disagreement[V], say: Callable[[V], str]) -> str | None:
    """Who leaves the value to its tool's default, where that is what makes them differ."""
    silent = [name for name, value in found.actual.items() if value.implicit]
    if silent and len(silent) == len(found.actual):
        values = sorted({say(found.actual[name].value) for name in silent})
        verb = "leaves" if len(silent) == 1 else "leave"
        return f"{listed(silent)} {verb} it unsaid, which means {listed(values, 'or')}"
    if found.expected.implicit and found.actual:
        return f"{found.authority} leaves it unsaid, which means {say(found.expected.value)}"
    return None


def matching(expected: D, *aspects: str) -> Callable[[D, Stated[Any]], D]:
    """A repair that gives an outlier's object these aspects of `expected`, where both sources have words for them."""

    def repair(item: Any, _: Stated[Any]) -> Any:
        pairs = {aspect: (getattr(item, aspect), getattr(expected, aspect)) for aspect in aspects}
        changed = {
            aspect: Stated(wanted.value, actual.place)
            for aspect, (actual, wanted) in pairs.items()
            if actual is not None and wanted is not None and actual != wanted
        }
        return dataclasses.replace(item, **changed)

    return repair


def absence(
    aligned: Aligned[D], what: str, *, claim: Callable[[D], str], missing: Iterable[str] | None = None
) -> Violation:
    """A violation for sources that lack what others declare, and what they would have to add.

    `what` names the object in the message. Where everything is to agree with a source that lacks the object, those that
    declare it are out of line, and would have to drop it.
    """
    lacking = tuple(aligned.missing if missing is None else missing)
    declaring = tuple(aligned.declared)
    dropped = aligned.among.towards in lacking
    have = "has" if len(lacking) == 1 else "have"
    verb = "declares" if len(declaring) == 1 else "declare"
    claims = {name: claim(item) for name, item in aligned.declared.items()} | dict.fromkeys(lacking, "missing")
    tables = {name: aligned.among.schemas[name].table(aligned.identity.name) for name in lacking}
    absent = [Site(name, table.place, "missing here") for name, table in tables.items() if table is not None]
    present = [Site(name, item.place, "declared here") for name, item in aligned.declared.items()]
    adding = (Change(name, None, combined(aligned.declared.values())) for name in lacking)
    dropping = (Change(name, item, None) for name, item in aligned.declared.items())
    return Violation(
        message=f"{listed(lacking)} {have} no {what}, which {listed(declaring)} {verb}",
        authority=aligned.authority,
        outliers=declaring if dropped else lacking,
        claims=claims,
        sites=tuple([*present, *absent] if dropped else [*absent, *present]),
        changes=tuple(dropping if dropped else adding),
        cause=_behind(lacking, aligned),
    )


def _behind(lacking: tuple[str, ...], aligned: Aligned[Any]) -> str | None:
    """Whether one database lacks what another has: a migration that was not run, or run on one alone."""
    databases = aligned.among.databases
    having = [name for name in aligned.declared if name in databases]
    behind = [name for name in lacking if name in databases]
    if having and behind:
        verb = "has" if len(having) == 1 else "have"
        return f"{listed(having)} {verb} it, {listed(behind)} not: a migration was not run"
    return None


def combined(items: Iterable[D]) -> D:
    """The first of several declarations of one object, with what it cannot say as the next one has it."""
    first, *others = items
    unsaid = [field.name for field in dataclasses.fields(first) if getattr(first, field.name) is None]
    said = {name: [value for other in others if (value := getattr(other, name, None)) is not None] for name in unsaid}
    return dataclasses.replace(first, **{name: values[0] for name, values in said.items() if values})


def holding(
    aligned: Aligned[D],
    aspect: Callable[[D], Stated[bool] | None],
    *,
    actual: str,
    repair: Callable[[D, Stated[bool]], D],
) -> Iterator[Violation]:
    """A violation for each object that some source states not to hold, as every schema takes it to."""
    stated = {name: value for name, item in aligned.declared.items() if (value := aspect(item)) is not None}
    wrong = {name: value for name, value in stated.items() if not value.value}
    items = {name: aligned.declared[name] for name in wrong}
    if wrong:
        yield Violation(
            message=f"{listed(wrong)} {'has' if len(wrong) == 1 else 'have'} {actual}",
            authority=aligned.authority,
            outliers=tuple(wrong),
            claims={name: actual if name in wrong else "taken to hold" for name in aligned.declared},
            sites=tuple(Site(name, value.place, "stated here") for name, value in wrong.items()),
            changes=tuple(
                Change(name, item, repair(item, Stated(value=True, place=wrong[name].place)))
                for name, item in items.items()
            ),
        )
