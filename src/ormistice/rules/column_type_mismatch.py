"""Rule `column-type-mismatch`."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.alignment import Aligned, Sources, column_type, own_type
from ormistice.findings import Severity, Violation, mismatch, rule
from ormistice.fixes import Change
from ormistice.model import Column, Enum, Facet, Stated
from ormistice.names import DEFAULT_SCHEMA
from ormistice.rules.enum_stored_as_text import text_for_enum
from ormistice.types import ColumnType, TypeDifference, difference, is_built_in

SEVERITY = {
    TypeDifference.TYPE: Severity.ERROR,
    TypeDifference.MODIFIER: Severity.WARNING,
    TypeDifference.SPELLING: Severity.INFO,
}

# Of PostgreSQL's own types with parameters, the one that Prisma does not support.
_INTERVAL = ColumnType("interval")


@rule(Column, severity=Severity.ERROR)
def column_type_mismatch(column: Aligned[Column]) -> Iterator[Violation]:
    """A column has different types in different sources.

    Values that one side writes are refused, cut or read otherwise by the other. An error where the types differ
    (`integer` and `bigint`), a warning where only length or precision does (`timestamp(3)` and `timestamp`), and no
    more than a note for `text` and `character varying` without a length: PostgreSQL stores and compares them alike. So
    are parameters that Prisma leaves out of a type that it does not support, as it does when it pulls a `vector(3)`,
    and so is a domain against the type that it is made of, for the values are of that type; what else a domain asks of
    them is not the column's. Prisma takes the one for the other, and is not asked. An enum that a source does not have
    at all is `missing-enum`, one that is text in another source `enum-stored-as-text`.
    """
    found = column.disagreement(lambda item: column_type(item, column.among), difference)
    if found is None:
        return
    expected = found.expected.value
    actual = {
        name: value
        for name, value in found.actual.items()
        if not _only_here(expected, found.authority, name, column)
        and not _only_here(value.value, name, found.authority, column)
        and not text_for_enum((value.value, name), (expected, found.authority), column)
        and not _is_what_a_domain_is_made_of(value.value, expected, name, column.among)
        and not _is_what_a_domain_is_made_of(expected, value.value, found.authority, column.among)
        and not _is_named_alike(value.value, expected, name, column.among)
        and not _is_named_alike(expected, value.value, found.authority, column.among)
    }
    if not actual:
        return
    worst = max(
        (_difference(value.value, expected, column.among, name) for name, value in actual.items()), key=_gravity
    )
    violation = mismatch(
        column,
        replace(found, actual=actual),
        str,
        claim=_claim,
        repair=lambda item, expected: replace(item, type=expected),
    )
    changes = tuple(_in_own_words(change, column) for change in violation.changes)
    yield replace(violation, changes=changes, severity=None if worst is None else SEVERITY[worst])


def _in_own_words(change: Change, column: Aligned[Column]) -> Change:
    """The change with an enum by the name that the source has for it."""
    match change.after:
        case Column(type=Stated() as kind):
            own = own_type(kind.value, column.among.schemas[change.source], column.among)
            return replace(change, after=replace(change.after, type=replace(kind, value=own)))
        case _:
            return change


def _difference(actual: ColumnType, expected: ColumnType, among: Sources, source: str) -> TypeDifference | None:
    """How a source's type differs, a domain being spelling for what it is made of.

    So are modifiers that are not said where the source's own tool leaves them out, of types that it does not support.
    """
    if Facet.TYPE_MODIFIER in among.schemas[source].inexpressible:
        if actual == _INTERVAL and expected.name.startswith(_INTERVAL.name) and not expected.array:
            return TypeDifference.SPELLING
        if actual == replace(expected, modifiers=()):
            return TypeDifference.MODIFIER if is_built_in(actual) else TypeDifference.SPELLING
    found = difference(_plain(actual, among), _plain(expected, among))
    return TypeDifference.SPELLING if found is None else found


def _plain(kind: ColumnType, among: Sources) -> ColumnType:
    """The type that a domain is made of in the end; others as they are."""
    domains = {item.name: item.type for schema in among.schemas.values() for item in schema.domains}
    seen = set()
    while (name := kind.user_defined) in domains and name not in seen and (of := domains[name]) is not None:
        seen.add(name)
        kind = replace(of.value, array=kind.array or of.value.array)
    return kind


def _is_what_a_domain_is_made_of(actual: ColumnType, expected: ColumnType, source: str, among: Sources) -> bool:
    """Whether a source has the bare type of a domain, and its tool says no more of types that it does not support."""
    known = Facet.TYPE_MODIFIER in among.schemas[source].inexpressible
    return known and actual != expected and difference(actual, _plain(expected, among)) is None


def _is_named_alike(actual: ColumnType, expected: ColumnType, source: str, among: Sources) -> bool:
    """Whether a source whose tool pulls types by their bare names has that of the type, or of what it is made of."""
    schema = among.schemas[source]
    if Facet.TYPE_MODIFIER not in schema.inexpressible or actual.schema != DEFAULT_SCHEMA:
        return False
    if any(enum.name == actual.user_defined for enum in schema.enums):
        return False
    domains = {item.name: item.type for schema in among.schemas.values() for item in schema.domains}
    of = None if expected.user_defined is None else domains.get(expected.user_defined)
    kinds = (expected,) if of is None else (expected, of.value)
    names = {kind.name.lower() for kind in kinds if kind.schema is not None}
    return actual.array == expected.array and actual.name.lower() in names


def _gravity(found: TypeDifference | None) -> int:
    return -1 if found is None else list(TypeDifference).index(found)


def _claim(column: Column) -> str:
    return "not understood" if column.type is None else str(column.type.value)


def _only_here(kind: ColumnType, owner: str, other: str, column: Aligned[Column]) -> bool:
    """Whether a type is an enum that `other` could declare and does not: then `missing-enum` says it, once."""
    name = kind.user_defined
    if name is None or Enum not in column.among.schemas[other].expresses:
        return False
    has = {source: {enum.name for enum in column.among.schemas[source].enums} for source in (owner, other)}
    return name in has[owner] and name not in has[other]
