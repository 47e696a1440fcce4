"""The audit: load, align, check, fix, verify, and a report of it all."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import partial
from importlib import import_module
from itertools import chain
from typing import Any

from ormistice.alignment import Aligned, Sources, align
from ormistice.errors import AuditError
from ormistice.findings import (
    Finding,
    Report,
    Severity,
    SourceSummary,
    fingerprint,
)
from ormistice.model import Schema
from ormistice.names import Names, QualifiedName, Scope, matches
from ormistice.planning import planned, with_rows
from ormistice.problems import problem_findings
from ormistice.renaming import kept_names, own_names, renamed, reversed_names
from ormistice.rules import rules
from ormistice.settling import settled
from ormistice.sources import Prepares, Source
from ormistice.suppressing import allowed
from ormistice.text import Span
from ormistice.threads import side_by_side
from ormistice.verifying import Found, affected, pairs, with_fixes


@dataclass(frozen=True, slots=True)
class Settings:
    """How to compare; see `Sources`. `authority` goes before every other, `towards` too; `owners` are (glob, owner).

    `scratch_url` is a server that databases may be made on, where the embedded one is not to be used.

    `severities` are by rule, None to leave it out; `baseline` holds the fingerprints of what is known already; `names`
    are tables that bear another name in some source, by that name; `most_fixes` is how many fixes each source tries,
    None: all; `check_data`: count the rows of live databases that stand in the way of a fix.
    """

    authority: str | None = None
    towards: str | None = None
    databases: frozenset[str] = frozenset()
    scopes: Mapping[str, Scope] = field(default_factory=dict)
    authorities: tuple[tuple[str, str], ...] = ()
    owners: tuple[tuple[str, str], ...] = ()
    severities: Mapping[str, Severity | None] = field(default_factory=dict)
    baseline: frozenset[str] = frozenset()
    scratch_url: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    most_fixes: int | None = None
    check_data: bool = False


Note = Callable[[str], None]


def audit(sources: Sequence[Source], settings: Settings, note: Note = lambda _: None) -> Report:
    """Compare `sources`; `note` is told what is being done, for a progress line.

    Raises AuditError where a source cannot be read at all.
    """
    loaded = load(sources, note, meanwhile=_get_ready)
    note("comparing")
    named = {name: _Named.of(schema, settings) for name, schema in loaded.items()}
    as_read = _as_read(named, settings)
    among, undecided = _settled(as_read, settings)
    not_compared = (*_in_vain(as_read, loaded), *undecided)
    every = check(among)
    findings, suppressed = _told(every, among, settings)
    findings.sort(key=_order)
    note("verifying fixes")

    def judged(schema: Schema, about: frozenset[QualifiedName]) -> Found:
        # A copy of a database, where its fixes are tried, goes without what is not compared.
        schema = replace(schema, uncompared=loaded[schema.source].uncompared)
        after = _as_read({**named, schema.source: _Named.of(schema, settings)}, settings)
        within = affected(as_read, after, about)
        return pairs(check(_settled(after, settings, within)[0], within))

    findings = with_fixes(findings, sources, among, judged, pairs(every), most=settings.most_fixes)
    if settings.check_data:
        note("counting rows")
        findings = with_rows(findings, sources, among)
    missing = planned(findings, sources, among)
    summaries = tuple(_summary(source, loaded[source.name]) for source in sources)
    return Report(summaries, tuple(findings), among, settings.owners, not_compared, suppressed, missing)


def _get_ready() -> None:
    """Import what an audit needs once all sources are read."""
    rules()
    import_module("ormistice.sources.postgres.judge")


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


def load(
    sources: Sequence[Source], note: Note = lambda _: None, meanwhile: Callable[[], object] = lambda: None
) -> dict[str, Schema]:
    """Every source's schema by name; sources load side by side, and `meanwhile` is done beside them.

    While the last of them is read, they get ready to write.
    """

    def one(source: Source) -> Schema:
        note(f"reading {source.name}")
        return source.load()

    with side_by_side(len(sources)) as pool:
        reading = {source.name: pool.submit(one, source) for source in sources}
        meanwhile()
        pending = set(reading.values())
        while len(pending) > 1:
            _, pending = wait(pending, return_when=FIRST_COMPLETED)
        for source in sources if len(sources) > 1 else ():
            if isinstance(source, Prepares) and not all(each.done() for each in pending):
                source.prepare()
        return {name: future.result() for name, future in reading.items()}


@dataclass(frozen=True, slots=True)
class _Named:
    """A schema under the names by which its tables and columns are compared; `names` are these by its own."""

    schema: Schema
    names: Names

    @classmethod
    def of(cls, schema: Schema, settings: Settings) -> "_Named":
        """A schema as it was read."""
        names = {**kept_names(schema), **own_names(schema, settings.names)}
        return cls(renamed(schema, names), names)


def _as_read(schemas: Mapping[str, _Named], settings: Settings) -> Sources:
    """What is compared, its expressions as each source spells them."""
    authorities = settings.authorities
    for option, name in (("authority", settings.authority), ("towards", settings.towards)):
        if name is not None and name not in schemas:
            near = {each.lower(): each for each in schemas}
            meant = [f"did you mean {near[each]}?" for each in get_close_matches(name.lower(), near, n=1)]
            hint = "; ".join((*meant, f"sources are {', '.join(schemas)}"))
            raise AuditError(f"{option} {name}: no source has that name", hint)
        if name is not None:
            authorities = (("*", name), *authorities) if name == settings.towards else (*authorities, ("*", name))
    return Sources(
        {name: named.schema for name, named in schemas.items()},
        settings.databases & schemas.keys(),
        settings.scopes,
        authorities,
        settings.towards,
        {name: reversed_names(named.names) for name, named in schemas.items() if named.names},
    ).scoped()


def _in_vain(among: Sources, loaded: Mapping[str, Schema]) -> Iterator[str]:
    """Which sources and globs of `include` have nothing compared, which nobody would see in what is found."""
    tables = {table.name for schema in among.schemas.values() for table in schema.tables}
    every = sorted(table.name.name for schema in loaded.values() for table in schema.tables)
    known = {name.lower(): name for name in every}
    for source, schema in loaded.items():
        if schema.tables and not among.schemas[source].tables:
            yield f"all that {source} declares: what limits it leaves out every table"
    for source, scope in among.scopes.items():
        for pattern in scope.include:
            if not any(matches(pattern, table) for table in tables):
                meant = get_close_matches(pattern.lower(), known, n=1)
                near = "".join(f"; did you mean {known[name]}?" for name in meant)
                yield f"{pattern}, which is to be included of {source}: no source has a table of that name{near}"


def _settled(
    among: Sources, settings: Settings, within: frozenset[QualifiedName] | None = None
) -> tuple[Sources, tuple[str, ...]]:
    """The same with the expressions of all tables, or of those `within`, in one spelling, and what could not be."""
    from ormistice.sources.postgres.judge import judge

    return settled(among, partial(judge, scratch_url=settings.scratch_url), within)


def check(among: Sources, within: frozenset[QualifiedName] | None = None) -> list[Finding]:
    """Every finding of every rule, without fixes, and what the sources could not read.

    With `within`, of tables and what is in them only those of these names.
    """
    findings = []
    for rule in rules():
        aligned: Aligned[Any]
        for aligned in chain.from_iterable(align(subject, among, within) for subject in rule.subjects):
            if aligned.agreed and not rule.even_agreed:
                continue
            identity = aligned.identity
            for violation in rule.check(aligned):
                parts = (rule.name, identity.kind, str(identity.name), *identity.columns, identity.detail)
                severity = violation.severity or rule.severity
                # Rules on whole schemas tell of pairs of sources, not of an object.
                own, more = (identity, ()) if identity.kind != "schema" else (None, chain(*violation.claims.items()))
                mark = fingerprint(*parts, *more)
                findings.append(Finding(rule.name, severity, own, violation, mark, impact=rule.impact))
    return findings + [finding for schema in among.schemas.values() for finding in problem_findings(schema, among)]


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
