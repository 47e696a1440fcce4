"""Relationships that depend on which foreign keys there are between two tables."""

from ormistice.model import ForeignKey, Reference
from ormistice.sources.sqlalchemy import syntax
from ormistice.sources.sqlalchemy.syntax import keyword
from ormistice.sources.sqlalchemy.write_places import TableText, table_text


def keys_between(owner: TableText, reference: Reference) -> list[ForeignKey]:
    """The keys between two tables, either way."""
    other = owner.schema.table(reference.table)
    keys = [*owner.table.foreign_keys, *(other.foreign_keys if other is not None else ())]
    ends = {owner.table.name, reference.table}
    return [key for key in keys if key.references is not None and {key.table, key.references.value.table} == ends]


def is_joined(owner: TableText, reference: Reference, *says: str) -> bool:
    """Whether a class of either table has a relationship that does not say itself how it joins."""
    for text in (owner, table_text(owner.schema, reference.table)):
        for call in text.module.calls_in(text.node) if text is not None else ():
            more = keyword(call, "sa_relationship_kwargs")
            said = any(keyword(call, word) is not None or syntax.entry(more, word) is not None for word in says)
            if text is not None and text.module.function(call) in ("relationship", "Relationship") and not said:
                return True
    return False
