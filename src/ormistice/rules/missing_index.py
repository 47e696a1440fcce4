"""Rule `missing-index`."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, absence, rule
from ormistice.model import Index, Table
from ormistice.names import truncated
from ormistice.rules.index_definition_mismatch import definition, is_unique

_OF_A_CONSTRAINT = "it is the index of an exclusion constraint, which comes with the constraint"


@rule(Index, severity=Severity.WARNING)
def missing_index(index: Aligned[Index]) -> Iterator[Violation]:
    """An index that one source declares is missing in another.

    Where the database lacks it, queries that were meant to use it scan the table; where a source lacks it, a migration
    that is generated from it drops the index. A source without words for such an index is not asked. Where another
    index of the same definition, or a unique one, is there to serve the queries, it is worth a note, and so is the
    index that an exclusion constraint has, which some tools pull as an index of its own.
    """
    if index.missing and not any(is_unique(item) for item in index.declared.values()):
        first = next(iter(index.declared.values()))
        violation = absence(index, f"{definition(first)} on {index.identity.name}", claim=definition)
        found = (index.among.schemas[source].table(index.identity.name) for source in index.missing)
        tables = [table for table in found if table is not None]
        if tables and all(_excludes(first, table) for table in tables):
            yield replace(violation, severity=Severity.INFO, changes=(), cause=_OF_A_CONSTRAINT)
        else:
            served = bool(tables) and all(_served(first, table) for table in tables)
            yield replace(violation, severity=Severity.INFO) if served else violation


def _excludes(index: Index, table: Table) -> bool:
    """Whether it is the index of an exclusion constraint."""
    names = {truncated(item.name.value) for item in table.exclusions if item.name is not None}
    return index.name is not None and truncated(index.name.value) in names


def _served(index: Index, table: Table) -> bool:
    """Whether another index of the table, that of its primary key too, finds whatever this one would."""
    return table.is_keyed_as(index) or any(
        other.elements == index.elements and (other.method, other.predicate) == (index.method, index.predicate)
        for other in table.index_like()
    )
