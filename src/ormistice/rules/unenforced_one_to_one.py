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
    tables = [schema.table(relation.identity.name) for schema in relation.among.schemas.values()]
    if not single or any(table is not None and _may_be_unique(table, relation.identity.columns) for table in tables):
        return
    columns = ", ".join(relation.identity.columns)
    yield Violation(
        message=f"{listed(single)} {'takes' if len(single) == 1 else 'take'} {relation.identity.name} ({columns}) for "
        "one-to-one, but nothing holds it unique",
        authority=relation.authority,
        outliers=tuple(single),
        claims={name: "one-to-one" if name in single else "one-to-many" for name in relation.declared},
        sites=tuple(Site(name, stated.place, "stated here") for name, stated in single.items()),
    )


def _may_be_unique(table: Table, columns: tuple[str, ...]) -> bool:
    """Whether some columns of these are held unique, as far as the table was read."""
    keys = [] if table.primary_key is None else [set(table.primary_key.columns.value)]
    for index in table.index_like():
        whole = index.predicate is None or index.predicate.value is None
        named = {element.column for element in index.elements if element.column is not None}
        if whole and (index.unique is None or index.unique.value) and len(named) == len(index.elements):
            keys.append(named)
    return Index in table.unread or any(key <= set(columns) for key in keys)
