"""Rule `missing-table`."""

from collections.abc import Iterator

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, absence, rule
from ormistice.model import Table


@rule(Table, severity=Severity.ERROR)
def missing_table(table: Aligned[Table]) -> Iterator[Violation]:
    """A table that a source declares does not exist where it is expected.

    The authority (the database, if one is audited) or a database lacks a table that another source reads and writes:
    every query to it fails at run time. Sources that have no business with the table are not asked; say so with
    `exclude` or `[[ownership]]` in the configuration.
    """
    if any(name == table.authority or name in table.among.databases for name in table.missing):
        yield absence(table, f"table {table.identity.name}", claim=lambda item: f"{len(item.columns)} columns")
