"""Rule `unenforced-one-to-one`."""

from collections.abc import Iterator

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Site, Violation, listed, rule
from ormistice.model import Index, Relation, Table


@rule(Relation, severity=Severity.INFO)
def unenforced_one_to_one(relation: Aligned[Relation]) -> Iterator[Violation]:
    """An ORM takes a relation for one-to-one, but nothing holds its columns unique, in any source.

    A second row for the same referenced row comes in unnoticed; the ORM then returns either of the two, or fails.
    """
    single = {name: item.single for name, item in relation.declared.items() if item.single and item.single.value}
    found = (schema.table(relation.identity.name) for schema in relation.among.schemas.values())
    tables = [table for table in found if table is not None]
    if not single or any(_may_be_unique(table, relation.identity.columns) for table in tables):
        return
    columns = ", ".join(relation.identity.columns)
    some = next((text for table in tables for text in _unique_where(table, relation.identity.columns)), None)
    held = "nothing holds it unique" if some is None else f"it is held unique only WHERE {some}"
    yield Violation(
        message=f"{listed(single)} {'takes' if len(single) == 1 else 'take'} {relation.identity.name} ({columns}) for "
        f"one-to-one, but {held}",
        authority=relation.authority,
        outliers=tuple(single),
        claims={name: "one-to-one" if name in single else "one-to-many" for name in relation.declared},
        sites=tuple(Site(name, stated.place, "stated here") for name, stated in single.items()),
    )


def _may_be_unique(table: Table, columns: tuple[str, ...]) -> bool:
    """Whether some columns of these are held unique, as far as the table was read."""
    key = None if table.primary_key is None else set(table.primary_key.columns.value)
    held = key is not None and key <= set(columns)
    return held or Index in table.unread or None in _unique_where(table, columns)


def _unique_where(table: Table, columns: tuple[str, ...]) -> Iterator[str | None]:
    """The predicates of the unique indexes on some of these columns and nothing else; None for one of all rows."""
    for index in table.index_like():
        named = {element.column for element in index.elements if element.column is not None}
        whole = len(named) == len(index.elements) and named <= set(columns)
        if whole and (index.unique is None or index.unique.value):
            yield None if index.predicate is None else index.predicate.value
