"""Rule `nullability-mismatch`."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, mismatch, rule
from ormistice.model import Column
from ormistice.names import DEFAULT_SCHEMA, QualifiedName
from ormistice.types import ColumnType, is_built_in


@rule(Column, severity=Severity.ERROR)
def nullability_mismatch(column: Aligned[Column]) -> Iterator[Violation]:
    """A column is NOT NULL in one source and nullable in another.

    Where the database is the stricter one, an insert that leaves the column out fails; where the source is, reading a
    row with NULL does. No insert fails for a column that is generated, which is worth a note, and where its domain is
    NOT NULL, the column is, whatever is said of it: then a source is only wrong about it, which is a warning.
    """
    if found := column.disagreement(lambda item: item.nullable):
        violation = mismatch(
            column,
            found,
            _words,
            claim=lambda item: "unsaid" if item.nullable is None else _words(item.nullable.value),
            repair=lambda item, expected: replace(item, nullable=expected),
        )
        yield replace(violation, severity=_severity(column))


def _severity(column: Aligned[Column]) -> Severity | None:
    """How grave it is where it is not an error."""
    if any(item.generated is not None and item.generated.value is not None for item in column.declared.values()):
        return Severity.INFO
    types = {_domain(item.type.value) for item in column.declared.values() if item.type and not item.type.value.array}
    domains = [domain for schema in column.among.schemas.values() for domain in schema.domains if domain.name in types]
    said = [domain.nullable.value for domain in domains if domain.nullable is not None]
    return Severity.WARNING if said and not any(said) and len(types) == 1 else None


def _domain(kind: ColumnType) -> QualifiedName | None:
    """The domain that a type may be: one that is named without its schema is where the search path leads."""
    bare = kind.schema is None and not is_built_in(kind)
    return QualifiedName(DEFAULT_SCHEMA, kind.name) if bare else kind.user_defined


def _words(nullable: bool) -> str:  # noqa: FBT001 - the value itself is what is put in words
    return "NULL" if nullable else "NOT NULL"
