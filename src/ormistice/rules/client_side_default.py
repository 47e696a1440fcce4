"""Rule `client-side-default`."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Site, Violation, listed, rule
from ormistice.fixes import Change
from ormistice.model import Column, Place, Stated


@rule(Column, severity=Severity.INFO, even_agreed=True)
def client_side_default(column: Aligned[Column]) -> Iterator[Violation]:
    """One source's client fills in a NOT NULL column for which the database has no default.

    An insert that leaves the column to the database fails: `cuid()`, `@updatedAt`, `$defaultFn` and Python's `default=`
    never reach it. A writer that relies on the database to fill the column is a warning; one that has to name the
    column itself is worth a note. Both show when a project moves from one ORM to another.
    """
    if all(item.client_default is None for item in column.declared.values()):
        return  # as of most columns
    relying = relies_on_a_default_that_is_the_clients(column)
    clients = {name: item.client_default for name, item in column.declared.items() if name not in relying}
    filling = {name: stated for name, stated in clients.items() if stated is not None}
    writers = [name for name in column.declared if name not in column.among.databases and name not in filling]
    required = all(_not_null(item) for item in column.declared.values())
    if not filling or not writers or not required:
        return
    if not relying and any(_filled_by_database(item) for item in column.declared.values()):
        return
    out_of_line = relying or tuple(writers)
    verb = "relies" if len(relying) == 1 else "rely"
    need = f"{listed(relying)} {verb} on the database" if relying else f"inserts by {listed(writers)} have to name it"
    yield Violation(
        message=f"only the client of {listed(filling)} fills in a NOT NULL column without a default; {need}",
        authority=column.authority,
        outliers=out_of_line,
        claims={name: _claim(item) for name, item in column.declared.items()},
        sites=tuple(
            [Site(name, _place(column.declared[name]), "relies on it here") for name in out_of_line]
            + [Site(name, stated.place, "filled here") for name, stated in filling.items()]
        ),
        changes=tuple(
            Change(name, item, _without_default(item)) for name, item in column.declared.items() if name in relying
        ),
        severity=Severity.WARNING if relying else None,
    )


def _without_default(column: Column) -> Column:
    return replace(column, default=Stated(None, _place(column)))


def relies_on_a_default_that_is_the_clients(column: Aligned[Column]) -> tuple[str, ...]:
    """Sources that state a default of the database, where the authority has none and another's client fills it."""
    expected = next((item for item in column.declared.values() if item.default is not None), None)
    clients = [item for item in column.declared.values() if item.client_default is not None]
    if expected is None or _filled_by_database(expected) or not all(_not_null(item) for item in clients) or not clients:
        return ()
    others = (name for name in column.declared if name not in column.among.databases)
    stated = {name: column.declared[name].default for name in others if column.declared[name].client_default is None}
    return tuple(name for name, default in stated.items() if default is not None and default.value is not None)


def _place(column: Column) -> Place:
    return column.place if column.default is None or column.default.value is None else column.default.place


def _claim(column: Column) -> str:
    if column.default is not None and column.default.value is not None:
        return f"DEFAULT {column.default.value}"
    return "no default" if column.client_default is None else f"filled by the client: {column.client_default.value}"


def _not_null(column: Column) -> bool:
    return column.nullable is not None and not column.nullable.value


def _filled_by_database(column: Column) -> bool:
    """Whether the database fills the column, as far as this source says; what could not be read counts as filled."""
    filled = (column.default, column.identity, column.generated)
    return column.default is None or any(aspect is not None and aspect.value is not None for aspect in filled)
