"""Rule `missing-index`."""

from collections.abc import Iterator

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, absence, rule
from ormistice.model import Index
from ormistice.rules.index_definition_mismatch import definition, is_unique


@rule(Index, severity=Severity.WARNING)
def missing_index(index: Aligned[Index]) -> Iterator[Violation]:
    """An index that one source declares is missing in another.

    Where the database lacks it, queries that were meant to use it scan the table. Where a source lacks it, a migration
    that is generated from it drops the index. A source without words for such an index is not asked.
    """
    if index.missing and not any(is_unique(item) for item in index.declared.values()):
        first = next(iter(index.declared.values()))
        yield absence(index, f"{definition(first)} on {index.identity.name}", claim=definition)
