"""Rule `missing-column`."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import replace

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, absence, listed, rule
from ormistice.fixes import Change
from ormistice.members import facets
from ormistice.model import Column, ForeignKey, Index, Schema, Table
from ormistice.rules.missing_table import with_types
from ormistice.types import TypeDifference, difference


@rule(Column, severity=Severity.ERROR)
def missing_column(column: Aligned[Column]) -> Iterator[Violation]:
    """A column that one source declares is missing in another.

    Statements that name the column fail where it is missing, inserts that do not know it fail where it is required, and
    a migration that is generated from a source without it drops it. An error where the database or the authority lacks
    it, and where it is NOT NULL without a default. A warning where a source merely does not see it.
    """
    if not column.missing:
        return
    name = f"{column.identity.name}.{column.identity.columns[0]}"
    violation = with_types(_with_constraints(absence(column, f"column {name}", claim=_claim), column), column)
    violation = replace(violation, cause=violation.cause or _renamed(column))
    lacking = any(source == column.authority or source in column.among.databases for source in column.missing)
    required = any(_required(item) for item in column.declared.values())
    yield violation if lacking or required else replace(violation, severity=Severity.WARNING)


def _renamed(column: Aligned[Column]) -> str | None:
    """That a column stands in the place of the missing one, as it does where one of the two was given another name."""
    declaring, item = next(iter(column.declared.items()))
    having = column.among.schemas[declaring].table(column.identity.name)
    lacking = [column.among.schemas[source].table(column.identity.name) for source in column.missing]
    found = {None if having is None or table is None else _in_its_place(item, having, table) for table in lacking}
    other = found.pop() if len(found) == 1 else None
    if other is None:
        return None
    verb = "has" if len(column.missing) == 1 else "have"
    return f"{listed(column.missing)} {verb} {other} in its place: the one may be the other, renamed"


def _in_its_place(column: Column, having: Table, lacking: Table) -> str | None:
    """The one column between the same neighbours that is of the same type, and that the other source lacks in turn."""
    if column.type is None or Column in having.unread or Column in lacking.unread:
        return None
    around = _neighbours(having, column.name)
    for item in lacking.columns if any(around) else ():
        if having.column(item.name) is None and _neighbours(lacking, item.name) == around and item.type is not None:
            return item.name if difference(item.type.value, column.type.value) is not TypeDifference.TYPE else None
    return None


def _neighbours(table: Table, column: str) -> tuple[str | None, str | None]:
    """The columns before and behind one, None at the ends."""
    names = [None, *(item.name for item in table.columns), None]
    at = names.index(column)
    return names[at - 1], names[at + 1]


def _with_constraints(violation: Violation, column: Aligned[Column]) -> Violation:
    """What adds a column adds the keys and indexes that need it, where the other columns of them are there.

    An index of whose name the table has another already is not among them.
    """
    name = column.identity.columns[0]
    changes: list[Change] = []
    for change in violation.changes:
        changes.append(change)
        schema = column.among.schemas[change.source]
        table = schema.table(column.identity.name)
        if change.before is None and table is not None:
            there = {item.name for item in table.columns} | {name}
            taken = {item.name.value for item in table.index_like() if item.name is not None}
            needing = (item for item in _needing(column, name, there) if _sayable(item, schema))
            changes += [Change(change.source, None, item) for item in needing if not _is_named(item, taken)]
    return replace(violation, changes=tuple(changes))


def _is_named(item: ForeignKey | Index, names: AbstractSet[str]) -> bool:
    return isinstance(item, Index) and item.name is not None and item.name.value in names


def _needing(column: Aligned[Column], name: str, there: set[str]) -> Iterator[ForeignKey | Index]:
    """The foreign keys and indexes of a column, as the first source has them that declares it."""
    source = next(iter(column.declared))
    table = column.among.schemas[source].table(column.identity.name)
    for key in () if table is None else table.foreign_keys:
        if name in key.columns and there.issuperset(key.columns):
            yield key
    for index in () if table is None else table.index_like():
        columns = [element.column for element in index.elements]
        if name in columns and there.issuperset(column for column in columns if column is not None):
            yield index


def _sayable(item: ForeignKey | Index, schema: Schema) -> bool:
    """Whether a source has the words, and the table that a key references."""
    if isinstance(item, ForeignKey):
        target = None if item.references is None else schema.table(item.references.value.table)
        return ForeignKey in schema.expresses and target is not None
    return Index in schema.expresses and not facets(item) & schema.inexpressible


def _claim(column: Column) -> str:
    kind = "type not understood" if column.type is None else str(column.type.value)
    return kind + (" NOT NULL" if column.nullable is not None and not column.nullable.value else "")


def _required(column: Column) -> bool:
    """Whether an insert that does not name the column fails; what we could not read is not held against it."""
    filled = (column.default, column.identity, column.generated)
    known_default = column.default is not None
    not_null = column.nullable is not None and not column.nullable.value
    return not_null and known_default and all(aspect is None or aspect.value is None for aspect in filled)
