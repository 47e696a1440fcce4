"""Rule `orm-cascade-mismatch`."""

from collections.abc import Iterator

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Site, Violation, rule
from ormistice.model import ForeignKey, ReferentialAction, Relation, Stated

CASCADE, SET_NULL = ReferentialAction.CASCADE, ReferentialAction.SET_NULL


@rule(Relation, severity=Severity.INFO)
def orm_cascade_mismatch(relation: Aligned[Relation]) -> Iterator[Violation]:
    """An ORM's client does otherwise with referencing rows than the foreign key does.

    SQLAlchemy's `cascade="all, delete"` deletes them itself, without `delete` it sets their columns to NULL, and with
    `passive_deletes` it leaves rows that it has not loaded to the database. What other writers, and SQL by hand, bring
    about is the foreign key's ON DELETE alone, so that the same delete ends in two ways.
    """
    key = _key(relation)
    if key is None or key.on_delete is None:
        return
    for name, item in relation.declared.items():
        words = None if item.on_delete is None else _conflict(item, item.on_delete, key.on_delete.value)
        if words is not None:
            yield Violation(
                message=f"the client of {name} {words}",
                authority=relation.authority,
                outliers=(name,),
                claims={
                    name: f"the client: ON DELETE {item.on_delete.value.value}" if item.on_delete else "",
                    relation.authority: str(key),
                }
                if name != relation.authority
                else {name: str(key)},
                sites=(
                    Site(name, item.on_delete.place if item.on_delete else item.place, "the client's cascade"),
                    Site(_owner(relation, key), key.on_delete.place, "the foreign key's action"),
                ),
            )


def _key(relation: Aligned[Relation]) -> ForeignKey | None:
    """The foreign key behind it, as the first source in order of authority that states its action has it."""
    for name in relation.among.order_for(relation.identity.name):
        table = relation.among.schemas[name].table(relation.identity.name)
        for key in () if table is None else table.foreign_keys:
            if key.columns == relation.identity.columns and key.on_delete is not None:
                return key
    return None


def _owner(relation: Aligned[Relation], key: ForeignKey) -> str:
    tables = ((name, schema.table(key.table)) for name, schema in relation.among.schemas.items())
    return next(name for name, table in tables if table is not None and any(own is key for own in table.foreign_keys))


def _conflict(relation: Relation, client: Stated[ReferentialAction], action: ReferentialAction) -> str | None:
    match client.value, action:
        case ReferentialAction.CASCADE, ReferentialAction.CASCADE:
            return None
        case ReferentialAction.CASCADE, _ if relation.passive:
            return f"leaves referencing rows to the database, where ON DELETE is {action.value}"
        case ReferentialAction.CASCADE, _:
            return f"deletes referencing rows, where the foreign key's ON DELETE is {action.value}"
        case ReferentialAction.SET_NULL, ReferentialAction.CASCADE if not relation.passive:
            return "sets the columns of referencing rows to NULL, where the foreign key deletes the rows"
        case _:
            return None
