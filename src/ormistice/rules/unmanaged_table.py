"""Rule `unmanaged-table`."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, rule
from ormistice.model import Table
from ormistice.rules.missing_table import absent


@rule(Table, severity=Severity.WARNING)
def unmanaged_table(table: Aligned[Table]) -> Iterator[Violation]:
    """A table exists, but a source does not know it.

    Migrations that are generated from a schema file drop tables that it does not name. If another tool owns the table,
    say so with `exclude` or `[[ownership]]` in the configuration. A table in a schema of the database of which the
    source names nothing is worth a note: migrations let such schemas be.
    """
    lacking = any(name == table.authority or name in table.among.databases for name in table.missing)
    if table.missing and not lacking:
        violation = absent(table)
        within = any(table.among.reaches(name, table.identity.name.schema) for name in table.missing)
        yield violation if within else replace(violation, severity=Severity.INFO)
