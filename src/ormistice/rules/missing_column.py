"""Rule `missing-column`."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, absence, rule
from ormistice.model import Column


@rule(Column, severity=Severity.ERROR)
def missing_column(column: Aligned[Column]) -> Iterator[Violation]:
    """A column that one source declares is missing in another.

    Statements that name the column fail where it is missing, and inserts that do not know it fail where it is required.
    An error where the database or the authority lacks it, and where it is NOT NULL without a default. A warning where a
    source merely does not see it: a migration generated from that source would drop it.
    """
    if not column.missing:
        return
    name = f"{column.identity.name}.{column.identity.columns[0]}"
    violation = absence(column, f"column {name}", claim=_claim)
    lacking = any(source == column.authority or source in column.among.databases for source in column.missing)
    required = any(_required(item) for item in column.declared.values())
    yield violation if lacking or required else replace(violation, severity=Severity.WARNING)


def _claim(column: Column) -> str:
    kind = "type not understood" if column.type is None else str(column.type.value)
    return kind + (" NOT NULL" if column.nullable is not None and not column.nullable.value else "")


def _required(column: Column) -> bool:
    """Whether an insert that does not name the column fails; what we could not read is not held against it."""
    filled = (column.default, column.identity, column.generated)
    known_default = column.default is not None
    not_null = column.nullable is not None and not column.nullable.value
    return not_null and known_default and all(aspect is None or aspect.value is None for aspect in filled)
