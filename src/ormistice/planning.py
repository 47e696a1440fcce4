"""What stands between a report and a database with every table: which are missing, what needs them, which comes first.

A plan is made of findings and of what sources know of their own code; it changes nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol, runtime_checkable

from ormistice.alignment import Sources
from ormistice.findings import Finding, MissingTable, RowsInTheWay, Use
from ormistice.fixes import Change
from ormistice.graph import creation_order
from ormistice.model import Place, ProblemKind, Schema, Table
from ormistice.names import QualifiedName
from ormistice.sources import Source
from ormistice.verifying import asked_of

RULE = "missing-table"


@runtime_checkable
class KnowsItsUses(Protocol):
    """A source that can tell where its code uses what it declares."""

    def uses(self, schema: Schema, tables: tuple[Table, ...]) -> Mapping[QualifiedName, tuple[Use, ...]]:
        """Where the project's code names each table's class, by table; the declaration itself is no use."""


@runtime_checkable
class Answer(Protocol):
    """What a count says."""

    @property
    def query(self) -> str:
        """What was asked."""

    @property
    def count(self) -> int | None:
        """How many rows, up to a bound."""


@runtime_checkable
class CountsRows(Protocol):
    """A source that holds rows, which a change may meet with an error."""

    def blocking(self, schema: Schema, change: Change) -> Answer | None:
        """The rows in the way of a change; None where none can be."""


def with_rows(findings: Iterable[Finding], sources: Sequence[Source], among: Sources) -> list[Finding]:
    """The findings with the rows that stand in the way of what each asks of a live database."""
    counting = [source for source in sources if isinstance(source, CountsRows)]
    return [replace(item, rows=tuple(_rows(item, counting, among))) for item in findings]


def _rows(finding: Finding, counting: Sequence[Source], among: Sources) -> Iterator[RowsInTheWay]:
    for source in counting:
        for change in asked_of(finding, source.name, among):
            answer = source.blocking(among.schemas[source.name], change) if isinstance(source, CountsRows) else None
            if answer is not None:
                yield RowsInTheWay(source.name, answer.query, answer.count, str(answer))


def planned(findings: Iterable[Finding], sources: Sequence[Source], among: Sources) -> tuple[MissingTable, ...]:
    """The missing tables in an order in which they can be created."""
    missing = {item.identity.name: item for item in findings if item.rule == RULE and item.identity is not None}
    if not missing:
        return ()
    declared = {name: _declared(name, missing[name], among) for name in missing}
    tables = tuple(table for _, table in declared.values())
    uses = _uses(declared, sources, among)
    waiting = _waiting(among)
    return tuple(
        MissingTable(
            table=name,
            source=declared[name][0],
            place=declared[name][1].place,
            lacking=tuple(source for source in among.schemas if source not in missing[name].violation.claims)
            or missing[name].violation.outliers,
            references=_references(declared[name][1]),
            uses=uses.get(name, ()),
            waiting=waiting.get(name, ()),
            together=tuple(other for other in group if other != name),
        )
        for group in creation_order(tables)
        for name in group
        if name in missing
    )


def _declared(name: QualifiedName, finding: Finding, among: Sources) -> tuple[str, Table]:
    """The first source that has the table, and the table."""
    for source in finding.violation.claims:
        table = among.schemas[source].table(name)
        if table is not None:
            return source, table
    raise LookupError(name)


def _references(table: Table) -> tuple[QualifiedName, ...]:
    targets = (key.references.value.table for key in table.foreign_keys if key.references is not None)
    return tuple(sorted(set(targets) - {table.name}))


def _uses(
    declared: Mapping[QualifiedName, tuple[str, Table]], sources: Sequence[Source], among: Sources
) -> dict[QualifiedName, tuple[Use, ...]]:
    found: dict[QualifiedName, tuple[Use, ...]] = {}
    for source in sources:
        own = tuple(table for name, table in declared.values() if name == source.name)
        if own and isinstance(source, KnowsItsUses):
            found |= source.uses(among.schemas[source.name], own)
    return found


def _waiting(among: Sources) -> dict[QualifiedName, tuple[tuple[str, Place], ...]]:
    """Operations of migrations that are commented out, by the table that they are about."""
    found: dict[QualifiedName, tuple[tuple[str, Place], ...]] = {}
    for name, schema in among.schemas.items():
        for problem in schema.problems:
            if problem.kind is ProblemKind.COMMENTED_OUT_MIGRATION and problem.about is not None:
                found[problem.about.name] = (*found.get(problem.about.name, ()), (name, problem.place))
    return found
