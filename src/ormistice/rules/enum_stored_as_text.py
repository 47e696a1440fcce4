"""Rule `enum-stored-as-text`."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.alignment import Aligned, column_type, own_type
from ormistice.findings import Severity, Violation, matching, mismatch, rule
from ormistice.fixes import Change
from ormistice.model import Column, Enum, Schema
from ormistice.types import STRINGS, ColumnType


@rule(Column, severity=Severity.ERROR)
def enum_stored_as_text(column: Aligned[Column]) -> Iterator[Violation]:
    """A column is of an enum type in one source, and text in another.

    Where it is text, any value comes in, and reading one that the enum does not know fails. Where it is an enum,
    clients that name the type of a parameter, as Prisma and SQLAlchemy do, are refused. SQLAlchemy makes text of an
    enum with `native_enum=False`.
    """
    found = column.disagreement(lambda item: column_type(item, column.among))
    if found is None:
        return
    actual = {
        name: value
        for name, value in found.actual.items()
        if text_for_enum((value.value, name), (found.expected.value, found.authority), column)
    }
    if actual:
        violation = mismatch(column, replace(found, actual=actual), str, claim=_claim)
        changes = (change for name in actual for change in _changes(name, found.authority, column))
        yield replace(violation, changes=tuple(changes))


def text_for_enum(one: tuple[ColumnType, str], other: tuple[ColumnType, str], column: Aligned[Column]) -> bool:
    """Whether one of two types, each of a source, is an enum there, and the other a string."""
    types = (one[0], other[0])
    alike = types[0].array == types[1].array and not column.identity.detail
    strings = [kind.name in STRINGS and kind.user_defined is None for kind in types]
    enums = [enum_of(column.declared[name], column.among.schemas[name]) is not None for _, name in (one, other)]
    return alike and ((strings[0] and enums[1]) or (strings[1] and enums[0]))


def enum_of(column: Column, schema: Schema) -> Enum | None:
    """The enum that types a column, as its source declares it."""
    name = None if column.type is None else column.type.value.user_defined
    return next((enum for enum in schema.enums if enum.name == name), None)


def _changes(source: str, authority: str, column: Aligned[Column]) -> Iterator[Change]:
    """The enum, where the column is to use it; the column's type and default; no enum, where nothing uses it then."""
    item, expected = column.declared[source], column.declared[authority]
    schema = column.among.schemas[source]
    enum = enum_of(expected, column.among.schemas[authority])
    if expected.type is None or item.type is None:
        return
    kind = own_type(expected.type.value, schema, column.among)
    if enum is not None and all(own.name != kind.user_defined for own in schema.enums):
        yield Change(source, None, enum)
    wanted = replace(expected, type=replace(expected.type, value=kind))
    yield Change(source, item, matching(wanted, "type", "default")(item, expected.type))
    unused = enum_of(item, schema)
    known = any(own.name == item.type.value.user_defined for own in column.among.schemas[authority].enums)
    if (
        unused is not None
        and not known
        and not any(_uses(other, unused) for table in schema.tables for other in table.columns if other is not item)
    ):
        yield Change(source, unused, None)


def _uses(column: Column, enum: Enum) -> bool:
    return column.type is not None and column.type.value.user_defined == enum.name


def _claim(column: Column) -> str:
    return "not understood" if column.type is None else str(column.type.value)
