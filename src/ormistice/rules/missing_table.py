"""Rule `missing-table`."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ormistice.alignment import Aligned, own_type
from ormistice.findings import Severity, Violation, absence, combined, rule
from ormistice.fixes import Change
from ormistice.model import Column, Domain, Enum, Schema, Table
from ormistice.names import QualifiedName


@rule(Table, severity=Severity.ERROR)
def missing_table(table: Aligned[Table]) -> Iterator[Violation]:
    """A table that a source declares does not exist where it is expected.

    Every query to it fails at run time. It is expected in the authority (the database, if one is audited) and in every
    database. Sources that have no business with the table are not asked; say so with `exclude` or `[[ownership]]` in
    the configuration.
    """
    if any(name == table.authority or name in table.among.databases for name in table.missing):
        yield absent(table)


def absent(table: Aligned[Table]) -> Violation:
    """That sources lack a table, and what they would have to add, as those have it that know more than its name."""
    found = absence(table, f"table {table.identity.name}", claim=columns_of)
    known = [item for item in table.declared.values() if item.columns or Column not in item.unread]
    if len(known) < len(table.declared):
        adding = known and not any(change.before for change in found.changes)
        changes = (Change(name, None, combined(known)) for name in table.missing if adding)
        found = replace(found, changes=tuple(changes))
    return with_types(found, table)


def with_types(violation: Violation, aligned: Aligned[Any]) -> Violation:
    """The violation asking first for the enums and domains that what is added needs and its source does not have."""
    changes = (item for change in violation.changes for item in (*_types(change, aligned), change))
    return replace(violation, changes=tuple(dict.fromkeys(changes)))


def _types(change: Change, aligned: Aligned[Any]) -> Iterator[Change]:
    match change:
        case Change(before=None, after=Table(columns=columns)):
            pass
        case Change(before=None, after=Column() as added):
            columns = (added,)
        case _:
            return
    has = aligned.among.schemas[change.source]
    known = {enum.name for enum in has.enums} | {domain.name for domain in has.domains}
    for column in columns:
        name = None if column.type is None else column.type.value.user_defined
        own = None if column.type is None else own_type(column.type.value, has, aligned.among).user_defined
        found = None if name is None or own in known else _declared(name, aligned, has)
        if found is not None:
            yield Change(change.source, None, found)


def _declared(name: QualifiedName, aligned: Aligned[Any], wanting: Schema) -> Enum | Domain | None:
    """The type as one of the sources that declare the object has it, if the other has words for such a one."""
    for source in aligned.declared:
        schema = aligned.among.schemas[source]
        listed: tuple[Enum | Domain, ...] = (*schema.enums, *schema.domains)
        for item in listed:
            if item.name == name and type(item) in wanting.expresses:
                return item
    return None


def columns_of(table: Table) -> str:
    """A table in a few words."""
    if not table.columns and Column in table.unread:
        return "columns that are not known"
    return "1 column" if len(table.columns) == 1 else f"{len(table.columns)} columns"
