"""Rule `relation-without-foreign-key`."""

from collections.abc import Iterator

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Site, Violation, listed, rule
from ormistice.model import ForeignKey, Relation, Table


@rule(Relation, severity=Severity.INFO)
def relation_without_foreign_key(relation: Aligned[Relation]) -> Iterator[Violation]:
    """An ORM follows a relation that no foreign key stands behind, in any source.

    Nothing keeps its rows from referencing what does not exist. Drizzle's `relations()` make no key, Prisma makes none
    under `relationMode = "prisma"`, SQLAlchemy none for a `primaryjoin` with `foreign()`.
    """
    tables = [schema.table(relation.identity.name) for schema in relation.among.schemas.values()]
    if any(table is not None and _may_have_key(table, relation.identity.columns) for table in tables):
        return
    columns = ", ".join(relation.identity.columns)
    first = next(iter(relation.declared.values()))
    names = listed(relation.declared)
    yield Violation(
        message=f"{names} {'follows' if len(relation.declared) == 1 else 'follow'} ({columns}) of "
        f"{relation.identity.name} to {first.references.table}, where no source has a foreign key",
        authority=relation.authority,
        outliers=tuple(relation.declared),
        claims={name: f"a relation, {item.references}" for name, item in relation.declared.items()},
        sites=tuple(Site(name, item.place, "the relation") for name, item in relation.declared.items()),
    )


def _may_have_key(table: Table, columns: tuple[str, ...]) -> bool:
    return ForeignKey in table.unread or any(set(key.columns) == set(columns) for key in table.foreign_keys)
