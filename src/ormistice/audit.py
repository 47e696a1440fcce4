"""The audit: load, align, check, fix, verify, and a report of it all."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from difflib import unified_diff
from functools import partial
from itertools import chain
from typing import Any

from ormistice.alignment import Aligned, Scope, Sources, align
from ormistice.errors import AuditError
from ormistice.findings import (
    Finding,
    Report,
    Severity,
    Site,
    SourceSummary,
    SuggestedFix,
    Violation,
    fingerprint,
)
from ormistice.fixes import Applicability, Fix, Patch, Script, edited, overlap
from ormistice.model import Problem, ProblemKind, Schema
from ormistice.rules import rules
from ormistice.settling import settled
from ormistice.sources import Source
from ormistice.suppressing import allowed
from ormistice.text import Span

PROBLEM_SEVERITY = {
    ProblemKind.SYNTAX_ERROR: Severity.ERROR,
    ProblemKind.UNSUPPORTED_CONSTRUCT: Severity.INFO,
    ProblemKind.IMPORT_FAILS: Severity.WARNING,
    ProblemKind.MIGRATION_FAILS: Severity.ERROR,
    ProblemKind.COMMENTED_OUT_MIGRATION: Severity.WARNING,
    ProblemKind.SEVERAL_MIGRATION_HEADS: Severity.WARNING,
    ProblemKind.MIGRATION_OUT_OF_ORDER: Severity.WARNING,
    ProblemKind.MIGRATION_DROPS_DATA: Severity.INFO,
    ProblemKind.IRREVERSIBLE_MIGRATION: Severity.INFO,
}


@dataclass(frozen=True, slots=True)
class Settings:
    """How to compare; see `Sources`. `authority` goes before every other; `owners` are (table glob, owner).

    `scratch_url` is a server that databases may be made on, where the embedded one is not to be used.

    `severities` are by rule, None to leave it out; `baseline` holds the fingerprints of what is known already.
    """

    authority: str | None = None
    databases: frozenset[str] = frozenset()
    scopes: Mapping[str, Scope] = field(default_factory=dict)
    authorities: tuple[tuple[str, str], ...] = ()
    owners: tuple[tuple[str, str], ...] = ()
    severities: Mapping[str, Severity | None] = field(default_factory=dict)
    baseline: frozenset[str] = frozenset()
    scratch_url: str | None = None


_MOST_TRIES = 40
"""How often a source is loaded to verify its fixes; what is not tried is only displayed."""

Note = Callable[[str], None]


def audit(sources: Sequence[Source], settings: Settings, note: Note = lambda _: None) -> Report:
    """Compare `sources`; `note` is told what is being done, for a progress line.

    Raises AuditError where a source cannot be read at all.
    """
    loaded = load(sources, note)
    note("comparing")
    among, not_compared = _among(loaded, settings)
    every = check(among)
    findings, suppressed = _told(every, among, settings)
    note("verifying fixes")
    findings = _with_fixes(findings, sources, among, settings, pairs(every))
    summaries = tuple(_summary(source, loaded[source.name]) for source in sources)
    return Report(summaries, tuple(sorted(findings, key=_order)), among, settings.owners, not_compared, suppressed)


def _told(findings: list[Finding], among: Sources, settings: Settings) -> tuple[list[Finding], int]:
    """The findings that the user wants to be told, at the severities that the user set, and how many are left out."""
    weighed = [
        replace(item, severity=severity)
        for item in findings
        if (severity := settings.severities.get(item.rule, item.severity)) is not None
    ]
    new = [item for item in weighed if item.fingerprint not in settings.baseline]
    kept, count = allowed(new, among.schemas, datetime.now(tz=UTC).date())
    return kept, count + len(weighed) - len(new)


def load(sources: Sequence[Source], note: Note = lambda _: None) -> dict[str, Schema]:
    """Every source's schema by name; sources load side by side."""

    def one(source: Source) -> Schema:
        note(f"reading {source.name}")
        return source.load()

    with ThreadPoolExecutor(max_workers=max(len(sources), 1)) as pool:
        pending = [(source.name, pool.submit(one, source)) for source in sources]
        return {name: future.result() for name, future in pending}


def _among(schemas: Mapping[str, Schema], settings: Settings) -> tuple[Sources, tuple[str, ...]]:
    """What is compared, its expressions in one spelling, and what could not be."""
    from ormistice.sources.postgres.judge import judge

    authorities = settings.authorities
    if settings.authority is not None:
        if settings.authority not in schemas:
            raise AuditError(
                f"authority {settings.authority}: no source has that name", f"sources are {', '.join(schemas)}"
            )
        authorities = (*authorities, ("*", settings.authority))
    among = Sources(schemas, settings.databases & schemas.keys(), settings.scopes, authorities).scoped()
    return settled(among, partial(judge, scratch_url=settings.scratch_url))


def check(among: Sources) -> list[Finding]:
    """Every finding of every rule, without fixes, and what the sources could not read."""
    findings = []
    for rule in rules():
        aligned: Aligned[Any]
        for aligned in chain.from_iterable(align(subject, among) for subject in rule.subjects):
            identity = aligned.identity
            parts = (rule.name, identity.kind, str(identity.name), *identity.columns, identity.detail)
            for violation in rule.check(aligned):
                severity = violation.severity or rule.severity
                # Rules on whole schemas tell of pairs of sources, not of an object.
                own, more = (identity, ()) if identity.kind != "schema" else (None, chain(*violation.claims.items()))
                findings.append(Finding(rule.name, severity, own, violation, fingerprint(*parts, *more)))
    return findings + [finding for schema in among.schemas.values() for finding in _problems(schema)]


def _problems(schema: Schema) -> Iterable[Finding]:
    seen: dict[str, int] = defaultdict(int)
    for problem in schema.problems:
        seen[problem.message] += 1
        mark = fingerprint(problem.kind.value, schema.source, problem.message, str(seen[problem.message]))
        yield Finding(problem.kind.value, PROBLEM_SEVERITY[problem.kind], None, _violation(schema, problem), mark)


def _violation(schema: Schema, problem: Problem) -> Violation:
    return Violation(
        message=problem.message,
        authority=schema.source,
        outliers=(schema.source,),
        claims={},
        sites=tuple(Site(schema.source, place, label) for place, label in ((problem.place, "here"), *problem.related)),
    )


def _summary(source: Source, schema: Schema) -> SourceSummary:
    return SourceSummary(
        source.name, source.kind, source.location, len(schema.tables), len(schema.enums), len(schema.problems)
    )


def _order(finding: Finding) -> tuple[int, tuple[str, tuple[str, ...], int], str, str]:
    """Gravest first; what could not be read by place, the rest by object."""
    place = finding.violation.sites[0].place
    match finding.identity, place:
        case None, Span(file=file, start=start):
            key: tuple[str, tuple[str, ...], int] = ("", (file,), start)
        case None, _:
            key = ("", (), 0)
        case identity, _:
            key = (str(identity.name), identity.columns, 0)
    return (finding.severity.rank, key, finding.rule, finding.fingerprint)


# Fixes. A finding and a source out of line make a pair; a fix of that source is verified when the pair is gone from a
# second audit and no pair is new.

Pair = tuple[str, str]


def pairs(findings: Iterable[Finding]) -> frozenset[Pair]:
    """(fingerprint, outlier) of each finding."""
    return frozenset((finding.fingerprint, outlier) for finding in findings for outlier in finding.violation.outliers)


def _with_fixes(
    findings: list[Finding], sources: Sequence[Source], among: Sources, settings: Settings, before: frozenset[Pair]
) -> list[Finding]:
    fixes: dict[Pair, Fix] = {}
    for source in sources:
        written = _written(findings, source, among.schemas[source.name])
        fixes |= _verified(written, source, among, settings, before)
    return [replace(finding, fixes=_suggested(finding, fixes, among)) for finding in findings]


def _written(findings: Iterable[Finding], source: Source, schema: Schema) -> dict[Pair, Fix]:
    """What the source makes of the changes that are asked of it."""
    written: dict[Pair, Fix] = {}
    for finding in findings:
        for change in finding.violation.changes:
            if change.source == source.name:
                fix = source.write(schema, change)
                if fix is not None:
                    written[finding.fingerprint, source.name] = fix
    return written


def _verified(
    written: Mapping[Pair, Fix], source: Source, among: Sources, settings: Settings, before: frozenset[Pair]
) -> dict[Pair, Fix]:
    """Every fix, those that do not hold as DISPLAY. All that fit together are tried at once, since loading costs."""
    tries = iter(range(_MOST_TRIES))

    def holding(batch: Mapping[Pair, Fix]) -> dict[Pair, Fix]:
        """The batch; where it does not hold, its halves are tried, and theirs."""
        if next(tries, None) is not None:
            if _holds(batch, source, among, settings, before):
                return dict(batch)
            if len(batch) > 1:
                order = list(batch)
                halves = (order[: len(order) // 2], order[len(order) // 2 :])
                return {key: fix for half in halves for key, fix in holding({k: batch[k] for k in half}).items()}
        return {pair: replace(fix, applicability=Applicability.DISPLAY) for pair, fix in batch.items()}

    verified: dict[Pair, Fix] = {}
    waiting = dict(written)
    while waiting:
        batch = _compatible(waiting)
        waiting = {pair: fix for pair, fix in waiting.items() if pair not in batch}
        verified |= holding(batch)
    return verified


def _compatible(waiting: Mapping[Pair, Fix]) -> dict[Pair, Fix]:
    batch: dict[Pair, Fix] = {}
    for pair, fix in waiting.items():
        patches = [other for other in batch.values() if isinstance(other, Patch)]
        if not isinstance(fix, Patch) or not any(overlap(fix, other) for other in patches):
            batch[pair] = fix
    return batch


def _holds(
    batch: Mapping[Pair, Fix], source: Source, among: Sources, settings: Settings, before: frozenset[Pair]
) -> bool:
    try:
        schema = source.load(tuple(batch.values()))
    except AuditError:
        return False
    after = pairs(check(_among({**among.schemas, source.name: schema}, settings)[0]))
    return not (after & batch.keys()) and after <= before


def _suggested(finding: Finding, fixes: Mapping[Pair, Fix], among: Sources) -> tuple[SuggestedFix, ...]:
    found = (fixes.get((finding.fingerprint, outlier)) for outlier in finding.violation.outliers)
    return tuple(
        SuggestedFix(fix, fix.applicability is not Applicability.DISPLAY, diff(fix, among.schemas[fix.source]))
        for fix in found
        if fix is not None
    )


def diff(fix: Fix, schema: Schema) -> str | None:
    """A patch as a unified diff that `git apply` and `patch -p1` take; None for a script."""
    match fix:
        case Script():
            return None
        case Patch(edits=edits):
            paths = sorted({edit.span.file for edit in edits})
            documents = [document for path in paths if (document := schema.document(path)) is not None]
            return "".join(_file_diff(item.path, item.text, edited(item.path, item.text, (fix,))) for item in documents)


def _file_diff(path: str, before: str, after: str) -> str:
    lines = unified_diff(_lines(before), _lines(after), f"a/{path}", f"b/{path}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(text: str) -> list[str]:
    """Lines with their line breaks; unlike splitlines, only at line feeds, as patch has it."""
    lines = [line + "\n" for line in text.split("\n")]
    last = lines.pop().removesuffix("\n")
    return [*lines, last] if last else lines
