"""Rule `default-mismatch`."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, listed, mismatch, rule
from ormistice.model import Column, ColumnDefault, SqlDefault, Stated
from ormistice.rules.client_side_default import relies_on_a_default_that_is_the_clients
from ormistice.settling import is_literal_of_time, is_of_the_clock
from ormistice.types import ColumnType

_STOPPED = "in quotes, as in {}, it is the moment at which the table is made, and not that of the insert"


@rule(Column, severity=Severity.WARNING)
def default_mismatch(column: Aligned[Column]) -> Iterator[Violation]:
    """The database fills a column that an insert leaves out with one value by one source, with another by another.

    What a row holds depends on who wrote it, and a migration that is generated sets the default back. Compared is what
    reaches the database; a default that an ORM's client fills in is none. Expressions are compared as PostgreSQL itself
    prints them, so that spelling does not count. A column that is an identity column in either source is
    `identity-mismatch`, one that a client fills instead `client-side-default`. Prisma, which has no words for a
    generated column, calls its expression a default, and means the same. `'now()'` in quotes is the moment at which the
    table is made, and every row that leaves the column out gets that one; it agrees with any such moment.
    """
    if relies_on_a_default_that_is_the_clients(column):
        return
    identities = {name for name, item in column.declared.items() if item.identity is not None and item.identity.value}
    compared = set(column.declared) - identities - _saying_generated(column)
    kind = next((item.type.value for item in column.declared.values() if item.type is not None), None)
    found = column.only(compared).disagreement(lambda item: item.default, lambda a, b: _differ(a, b, kind))
    if found:
        violation = mismatch(
            column, found, _words, claim=_claim, repair=lambda item, expected: replace(item, default=expected)
        )
        stopped = [name for name, item in column.declared.items() if _is_of_the_clock(item.default, kind)]
        yield replace(violation, cause=_STOPPED.format(listed(stopped))) if stopped else violation


def _differ(one: ColumnDefault | None, other: ColumnDefault | None, kind: ColumnType | None) -> bool:
    match one, other:
        case SqlDefault(ours), SqlDefault(theirs) if ours != theirs:
            moments = is_literal_of_time(ours, kind) and is_literal_of_time(theirs, kind)
            return not (moments and (is_of_the_clock(ours, kind) or is_of_the_clock(theirs, kind)))
        case _:
            return one != other


def _is_of_the_clock(default: Stated[ColumnDefault | None] | None, kind: ColumnType | None) -> bool:
    match default:
        case Stated(value=SqlDefault(text)):
            return is_of_the_clock(text, kind)
        case _:
            return False


def _saying_generated(column: Aligned[Column]) -> set[str]:
    """The sources that have no words for a generated column, and its expression for a default."""
    stated = (item.generated for item in column.declared.values() if item.generated is not None)
    expressions = {generated.value.expression for generated in stated if generated.value is not None}
    return {
        name
        for name, item in column.declared.items()
        if item.generated is None and item.default is not None and str(item.default.value) in expressions
    }


def _words(default: ColumnDefault | None) -> str:
    return "no default" if default is None else f"DEFAULT {default}"


def _claim(column: Column) -> str:
    if column.identity is not None and column.identity.value is not None:
        return str(column.identity.value)
    client = "" if column.client_default is None else f", filled by the client: {column.client_default.value}"
    return "not understood" if column.default is None else _words(column.default.value) + client
