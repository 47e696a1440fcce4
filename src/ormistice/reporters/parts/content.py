"""What the long reports tell, ready for Markdown or HTML: no marks of either in it, names as they are."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum as Enumeration
from textwrap import shorten

from ormistice.alignment import Aligned, align
from ormistice.findings import Finding, Report, Severity, listed
from ormistice.graph import creation_order, referencing
from ormistice.model import (
    EVERY_KIND,
    Enum,
    ForeignKey,
    Identity,
    Index,
    Place,
    ReferentialAction,
    RowSecurity,
    Schema,
    Stated,
    Table,
    UniqueConstraint,
)
from ormistice.names import QualifiedName, display, matches
from ormistice.places import printed
from ormistice.reporters.parts.visible import visible

MOST_DETAIL = 60

KIND_WORDS = {
    "PrimaryKey": "primary keys",
    "ForeignKey": "foreign keys",
    "UniqueConstraint": "unique constraints",
    "Index": "indexes",
    "CheckConstraint": "CHECK constraints",
    "ExclusionConstraint": "EXCLUDE constraints",
    "RowSecurity": "row level security",
}


class Mark(Enumeration):
    """How a source stands to an object."""

    AGREES = "✓"
    DIFFERS = "✗"
    SILENT = "–"
    """It is not asked: it is not its business, its language has no words for it, or it was not read in full."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A source's mark, and what there is to say: how it differs (quoted where `quoted`), or why it is silent."""

    mark: Mark
    words: str = ""
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """An object and how each source, in the order of the report, stands to it."""

    identity: Identity
    standings: tuple[Standing, ...]
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A foreign key as its authority has it, and how each source stands to it."""

    key: ForeignKey
    standings: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class EnumRow:
    """An enum's labels as its authority has them, and how each source stands to it."""

    name: QualifiedName
    labels: tuple[str, ...]
    standings: tuple[Standing, ...]


def grave(report: Report) -> tuple[Finding, ...]:
    """Findings that break or surprise, but for what could not be read."""
    return tuple(item for item in report.findings if item.severity is not Severity.INFO and not item.unread)


def worst(findings: Iterable[Finding]) -> Severity | None:
    """The gravest severity; None without findings."""
    return min((finding.severity for finding in findings), key=lambda severity: severity.rank, default=None)


def verdict(report: Report) -> str:
    """What the counts mean, in words."""
    match worst(grave(report)):
        case Severity.ERROR:
            return "the sources contradict each other"
        case Severity.WARNING:
            return "nothing that breaks, but something that surprises"
        case _ if any(item.unread and item.severity is Severity.ERROR for item in report.findings):
            return "nothing that breaks in what could be read"
        case _:
            return "nothing that breaks"


def counted(number: int, word: str) -> str:
    """`1 table`, `2 tables`."""
    return f"{number} {word}{'' if number == 1 else 's'}"


def counts(findings: Iterable[Finding]) -> str:
    """`2 errors, 1 warning, 0 info`, each severity by the word that options and machines have for it."""
    found = [finding.severity for finding in findings]
    return ", ".join(severity_count(found.count(severity), severity) for severity in Severity)


def severity_count(number: int, severity: Severity) -> str:
    """`1 error`, `2 warnings`, `3 info`."""
    return f"{number} {severity.value}" if severity is Severity.INFO else counted(number, severity.value)


def table_name(name: QualifiedName) -> str:
    """A table's name, without the schema if it is the usual one."""
    return display(name.name) if name.schema == "public" else str(name)


def subject(finding: Finding) -> str:
    """What a finding is of, `orders.user_id`; its rule where it is of no single object."""
    return finding.rule if finding.identity is None else object_name(finding.identity)


def object_name(identity: Identity) -> str:
    """An object by its table and columns; where it has no columns, by what tells it from others of the table."""
    name = table_name(identity.name)
    if identity.columns:
        return f"{name}.{', '.join(map(display, identity.columns))}"
    if identity.detail:
        return f"{name} ({shorten(visible(identity.detail), MOST_DETAIL, placeholder='…')})"
    return name


def of_name(name: QualifiedName, report: Report) -> tuple[Finding, ...]:
    """Findings of a table or enum and all that belongs to it."""
    return tuple(item for item in report.findings if item.identity is not None and item.identity.name == name)


def matrix(report: Report) -> Iterator[Row]:
    """Every table and enum, each followed by those of its objects that differ and matter; then what else differs."""
    differing = grave(report)
    tables: tuple[Aligned[Table] | Aligned[Enum], ...] = align(Table, report.among)
    for aligned in (*tables, *align(Enum, report.among)):
        own = [item for item in differing if item.identity is not None and item.identity.name == aligned.identity.name]
        yield Row(aligned.identity, _standings(aligned, own, report), worst(own))
        for item in own:
            if item.identity is not None and item.identity != aligned.identity:
                yield Row(item.identity, _marks(item, report), item.severity)
    known = {aligned.identity.name for aligned in (*tables, *align(Enum, report.among))}
    for item in differing:
        if item.identity is not None and item.identity.name not in known:
            yield Row(item.identity, _marks(item, report), item.severity)


def _marks(finding: Finding, report: Report) -> tuple[Standing, ...]:
    return tuple(_claimed(finding, source.name) for source in report.sources)


def _standings(aligned: Aligned[Table] | Aligned[Enum], own: list[Finding], report: Report) -> tuple[Standing, ...]:
    outliers = {outlier for finding in own for outlier in finding.violation.outliers}

    def of(source: str) -> Standing:
        if source not in aligned.declared:
            return absence(source, aligned, report)
        return Standing(Mark.DIFFERS if source in outliers else Mark.AGREES)

    return tuple(of(source.name) for source in report.sources)


def absence(source: str, aligned: Aligned[Table] | Aligned[Enum] | Aligned[ForeignKey], report: Report) -> Standing:
    """How a source stands to what it does not declare."""
    if source in aligned.missing:
        return Standing(Mark.DIFFERS, "missing")
    return Standing(Mark.SILENT, _silence(source, aligned, report))


def _silence(source: str, aligned: Aligned[Table] | Aligned[Enum] | Aligned[ForeignKey], report: Report) -> str:
    """Why a source is not asked for what it does not declare."""
    name, schema = aligned.identity.name, report.among.schemas[source]
    if not report.among.covers(source, name):
        owners = [owner for pattern, owner in report.owners if matches(pattern, name)]
        return f"not applicable ({owners[0]} owns this table)" if owners else "not its business"
    item, table = next(iter(aligned.declared.values())), schema.table(name)
    if type(item) not in schema.expresses:
        return "its language has no words for it"
    if isinstance(item, ForeignKey):
        if table is None:
            return "it has no such table"
        if any(table.column(column) is None for column in item.columns):
            return "it has no such column"
    return "not known, for it was not read in full" if _unread(type(item), table, schema) else "not compared"


def _unread(kind: type, table: Table | None, schema: Schema) -> bool:
    """Whether a source may declare more of a kind than was read."""
    tables = schema.tables if table is None else (table,)
    return kind in schema.unread or any({kind, Table} & item.unread for item in tables)


def _claimed(finding: Finding, source: str) -> Standing:
    claim = finding.violation.claims.get(source)
    if source in finding.violation.outliers:
        return Standing(Mark.DIFFERS, claim or "", quoted=True)
    return Standing(Mark.SILENT) if claim is None else Standing(Mark.AGREES, claim, quoted=True)


def claims(finding: Finding, report: Report) -> tuple[Standing, ...]:
    """What each source says of a finding's object."""
    return _marks(finding, report)


def keys(report: Report) -> Iterator[KeyRow]:
    """Every foreign key of every source."""
    differing: dict[Identity, set[str]] = {}
    for item in grave(report):
        if item.identity is not None:
            differing.setdefault(item.identity, set()).update(item.violation.outliers)
    for aligned in align(ForeignKey, report.among):
        expected = next(iter(aligned.declared.values()))
        wrong = differing.get(aligned.identity, set())

        def of(source: str, aligned: Aligned[ForeignKey] = aligned, wrong: set[str] = wrong) -> Standing:
            own = aligned.declared.get(source)
            if own is None:
                return absence(source, aligned, report)
            return Standing(Mark.DIFFERS, str(own), quoted=True) if source in wrong else Standing(Mark.AGREES)

        yield KeyRow(expected, tuple(of(source.name) for source in report.sources))


def action(stated: Stated[ReferentialAction] | None) -> str:
    """A referential action as SQL has it."""
    return Mark.SILENT.value if stated is None else stated.value.value


def target(key: ForeignKey) -> str:
    """What a foreign key references, `users (id)`."""
    if key.references is None:
        return "not understood"
    return f"{table_name(key.references.value.table)} ({', '.join(map(display, key.references.value.columns))})"


def enums(report: Report) -> Iterator[EnumRow]:
    """Every enum of every source."""
    for aligned in align(Enum, report.among):
        labels = {source: tuple(label.value for label in enum.labels) for source, enum in aligned.declared.items()}
        expected = next(iter(labels.values()))
        standings = (
            _labels(labels[source.name], expected) if source.name in labels else absence(source.name, aligned, report)
            for source in report.sources
        )
        yield EnumRow(aligned.identity.name, expected, tuple(standings))


def _labels(own: tuple[str, ...], expected: tuple[str, ...]) -> Standing:
    lacking, more = [label for label in expected if label not in own], [label for label in own if label not in expected]
    words = [f"{verb} {listed(labels)}" for verb, labels in (("lacks", lacking), ("adds", more)) if labels]
    if not words and own != expected:
        words = ["in another order"]
    return Standing(Mark.DIFFERS, "; ".join(words)) if words else Standing(Mark.AGREES)


def wrong_keys(report: Report) -> frozenset[tuple[str, Identity]]:
    """(source, key) of the foreign keys that differ and matter."""
    return frozenset(
        (source, item.identity)
        for item in grave(report)
        if item.identity is not None and item.identity.kind == "foreign key"
        for source in item.violation.outliers
    )


def tree(source: str, tables: tuple[Table, ...], wrong: frozenset[tuple[str, Identity]]) -> Iterator[str]:
    """Lines: each referenced table, and under it what references it, the differing keys marked."""
    for group in creation_order(tables):
        for name in group:
            if found := referencing(tables, name):
                yield table_name(name)
                yield from (f"  ← {_edge(key)}{'  ✗' * ((source, key.key()) in wrong)}" for key in found)


def _edge(key: ForeignKey) -> str:
    clause = str(key).partition(")")[2]
    return f"{table_name(key.table)}.{', '.join(key.columns)}{clause}"


def lines(place: Place, source: str, report: Report) -> str:
    """`schema.ts:3-20`, or nothing where there is no text."""
    where = printed(place, report.among.schemas[source])
    if where.start is None or where.end is None:
        return ""
    return f"{where.file}:{where.start.line}-{where.end.line}"


def site(finding: Finding, report: Report) -> str:
    """The first place of a finding, `schema.ts:3:7`."""
    first = finding.violation.sites[0]
    return str(printed(first.place, report.among.schemas[first.source]))


def inexpressible(report: Report) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(source, kinds) that a source has no words for and another source states.

    A unique constraint is said by whoever has words for a unique index, and compared as one.
    """
    tables = (table for schema in report.among.schemas.values() for table in schema.tables)
    secured = any(table.row_security is not None and table.row_security.value.enabled for table in tables)
    stated = {
        kind
        for kind in EVERY_KIND
        if kind.__name__ in KIND_WORDS and (secured if kind is RowSecurity else align(kind, report.among))
    }
    for source in report.sources:
        expressed = report.among.schemas[source.name].expresses
        lacking = stated - expressed - ({UniqueConstraint} if Index in expressed else set())
        if lacking:
            yield source.name, tuple(word for name, word in KIND_WORDS.items() if name in {k.__name__ for k in lacking})
