"""Rule `unmanaged-table`."""

from collections.abc import Iterator

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, absence, rule
from ormistice.model import Table
from ormistice.rules.missing_table import columns_of, with_types


@rule(Table, severity=Severity.WARNING)
def unmanaged_table(table: Aligned[Table]) -> Iterator[Violation]:
    """A table exists, but a source does not know it.

    Migrations that are generated from a schema file drop tables that it does not name. If another tool owns the table,
    say so with `exclude` or `[[ownership]]` in the configuration.
    """
    lacking = any(name == table.authority or name in table.among.databases for name in table.missing)
    if table.missing and not lacking:
        yield with_types(absence(table, f"table {table.identity.name}", claim=columns_of), table)
