"""Rule `client-side-default`."""

from collections.abc import Iterator

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Site, Violation, listed, rule
from ormistice.model import Column


@rule(Column, severity=Severity.INFO)
def client_side_default(column: Aligned[Column]) -> Iterator[Violation]:
    """Only one source's client fills in a NOT NULL column; the database has no default for it.

    `cuid()`, `@updatedAt`, `$defaultFn` and Python's `default=` never reach the database. A writer that does not fill
    the column itself fails at its first insert. This shows when a project moves from one ORM to another.
    """
    filling = {name: item.client_default for name, item in column.declared.items() if item.client_default is not None}
    writers = [name for name in column.declared if name not in column.among.databases]
    lacking = [name for name in writers if name not in filling]
    if not filling or not lacking or any(_filled_by_database(item) for item in column.declared.values()):
        return
    if not all(_not_null(item) for item in column.declared.values()):
        return
    yield Violation(
        message=f"only {listed(filling)} {'fills' if len(filling) == 1 else 'fill'} in a NOT NULL column without a "
        f"default; inserts by {listed(lacking)} have to name it",
        authority=column.authority,
        outliers=tuple(lacking),
        claims={
            name: f"filled by the client: {filling[name].value}" if name in filling else "no default"
            for name in column.declared
        },
        sites=tuple(
            [Site(name, column.declared[name].place, "no default here") for name in lacking]
            + [Site(name, stated.place, "filled here") for name, stated in filling.items()]
        ),
    )


def _not_null(column: Column) -> bool:
    return column.nullable is not None and not column.nullable.value


def _filled_by_database(column: Column) -> bool:
    """Whether the database fills the column, as far as this source says; what could not be read counts as filled."""
    return column.default is None or any(
        aspect is not None and aspect.value is not None
        for aspect in (column.default, column.identity, column.generated)
    )
