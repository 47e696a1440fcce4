"""Rule `set-null-on-not-null-column`."""

from collections.abc import Iterator

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Site, Violation, listed, rule
from ormistice.model import ForeignKey, ReferentialAction


@rule(ForeignKey, severity=Severity.WARNING, even_agreed=True)
def set_null_on_not_null_column(key: Aligned[ForeignKey]) -> Iterator[Violation]:
    """A foreign key sets a column to NULL that must not be NULL.

    PostgreSQL takes the definition; the delete or update of a referenced row then fails, every time.
    """
    required = {name: _required(name, key) for name, item in key.declared.items() if _sets_null(item)}
    wrong = {name: key.declared[name] for name, columns in required.items() if columns}
    if wrong:
        found = {column for columns in required.values() for column in columns}
        columns = ", ".join(column for column in key.identity.columns if column in found)
        yield Violation(
            message=f"{listed(wrong)} {'sets' if len(wrong) == 1 else 'set'} NOT NULL columns to NULL: {columns}",
            authority=key.authority,
            outliers=tuple(wrong),
            claims={name: str(item) for name, item in key.declared.items()},
            sites=tuple(Site(name, item.place, "stated here") for name, item in wrong.items()),
        )


def _sets_null(key: ForeignKey) -> bool:
    actions = (key.on_delete, key.on_update)
    return any(action is not None and action.value is ReferentialAction.SET_NULL for action in actions)


def _required(source: str, key: Aligned[ForeignKey]) -> frozenset[str]:
    """The columns of the key that must not be NULL, as the source has them."""
    table = key.among.schemas[source].table(key.identity.name)
    columns = [] if table is None else [table.column(name) for name in key.identity.columns]
    return frozenset(
        column.name
        for column in columns
        if column is not None and column.nullable is not None and not column.nullable.value
    )
