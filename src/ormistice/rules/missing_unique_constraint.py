"""Rule `missing-unique-constraint`."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, absence, rule
from ormistice.model import Index, Table
from ormistice.rules.index_definition_mismatch import definition, is_unique


@rule(Index, severity=Severity.WARNING)
def missing_unique_constraint(index: Aligned[Index]) -> Iterator[Violation]:
    """What one source holds unique, another does not.

    Where the database does not, duplicates come in, and an upsert that names the columns fails; where a source does
    not, a migration that is generated from it lets duplicates in. A unique constraint and a unique index on the same
    columns are one fact in two spellings. Where a source says the fact twice, as for columns that are the primary key,
    and another once, that is worth a note.
    """
    if index.missing and any(is_unique(item) for item in index.declared.values()):
        first = next(iter(index.declared.values()))
        tables = (index.among.schemas[source].table(index.identity.name) for source in index.missing)
        held = all(table is not None and _held(first, table) for table in tables)
        what = f"{'second ' * held}{definition(first)} on {index.identity.name}"
        violation = absence(index, what, claim=definition)
        yield replace(violation, severity=Severity.INFO) if held else violation


def _held(index: Index, table: Table) -> bool:
    """Whether another constraint or index of the table holds the same unique, as far as both can say."""
    return table.is_keyed_as(index) or any(
        is_unique(other)
        and set(other.elements) == set(index.elements)
        and all(
            ours is None or theirs is None or ours == theirs
            for ours, theirs in (
                (other.method, index.method),
                (other.predicate, index.predicate),
                (other.nulls_not_distinct, index.nulls_not_distinct),
            )
        )
        for other in table.index_like()
    )
