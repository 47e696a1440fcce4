"""Rule `missing-unique-constraint`."""

from collections.abc import Iterator

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, absence, rule
from ormistice.model import Index
from ormistice.rules.index_definition_mismatch import definition, is_unique


@rule(Index, severity=Severity.WARNING)
def missing_unique_constraint(index: Aligned[Index]) -> Iterator[Violation]:
    """What one source holds unique, another does not.

    Where the database does not, duplicates come in, and an upsert that names the columns fails. A unique constraint and
    a unique index on the same columns are one fact in two spellings.
    """
    if index.missing and any(is_unique(item) for item in index.declared.values()):
        first = next(iter(index.declared.values()))
        yield absence(index, f"{definition(first)} on {index.identity.name}", claim=definition)
