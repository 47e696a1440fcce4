"""Rule `default-mismatch`."""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from ormistice.alignment import Aligned, Disagreement
from ormistice.findings import Severity, Violation, listed, mismatch, rule
from ormistice.model import Column, ColumnDefault, SerialDefault, SqlDefault, Stated
from ormistice.names import quoted
from ormistice.rules.client_side_default import relies_on_a_default_that_is_the_clients
from ormistice.settling import NUMERIC, cheap, is_literal_of_time, is_of_the_clock
from ormistice.types import ColumnType

_DRAWN = re.compile(r"nextval\('(?:\w+\.)?\"?([^'\".]+)\"?'(?:::regclass)?\)")
_RANDOM = frozenset({"gen_random_uuid()", "uuid_generate_v4()", "uuidv4()"})
_STOPPED = "in quotes, as in {}, it is the moment at which the table is made, and not that of the insert"


@rule(Column, severity=Severity.WARNING)
def default_mismatch(column: Aligned[Column]) -> Iterator[Violation]:
    """The database fills a column that an insert leaves out with one value by one source, with another by another.

    What a row holds depends on who wrote it, and a migration that is generated sets the default back. Compared is what
    reaches the database; a default that an ORM's client fills in is none. Expressions are compared as PostgreSQL itself
    prints them, so that spelling does not count, and the default of a domain is that of its columns. A column that is
    an identity column in either source is `identity-mismatch`, one that a client fills instead `client-side-default`.
    Prisma, which has no words for a generated column, calls its expression a default, and means the same. `'now()'` in
    quotes is the moment at which the table is made, and every row that leaves the column out gets that one; it agrees
    with any such moment. Where the database has the default, and the client of whoever does not say so fills the
    column, no insert goes without. That is worth a note, unless the client is known to fill in another value, and so
    are two functions that both make a random UUID, and a sequence that the column draws from but does not own.
    """
    if relies_on_a_default_that_is_the_clients(column):
        return
    identities = {name for name, item in column.declared.items() if item.identity is not None and item.identity.value}
    compared = set(column.declared) - identities - _saying_generated(column)
    kind = next((item.type.value for item in column.declared.values() if item.type is not None), None)
    found = column.only(compared).disagreement(lambda item: item.default, lambda a, b: _differ(a, b, column, kind))
    if found:
        violation = mismatch(
            column, found, _words, claim=_claim, repair=lambda item, expected: replace(item, default=expected)
        )
        stopped = [name for name, item in column.declared.items() if _is_of_the_clock(item.default, kind)]
        yield replace(
            violation,
            severity=Severity.INFO if _is_worth_a_note(column, found) else None,
            cause=_STOPPED.format(listed(stopped)) if stopped else violation.cause,
        )


def _is_worth_a_note(column: Aligned[Column], found: Disagreement[ColumnDefault | None]) -> bool:
    return _filled_all_the_same(column, found) or _are_random(found) or _are_drawn(column, found)


def _filled_all_the_same(column: Aligned[Column], found: Disagreement[ColumnDefault | None]) -> bool:
    """Whether the database has the default, and each client fills in what is not known to be another value."""
    expected = found.expected.value
    if found.authority not in column.among.databases or expected is None:
        return False
    filled = [
        column.declared[name].client_default
        for name, stated in found.actual.items()
        if stated.value is None and name not in column.among.databases
    ]
    texts = [stated.value for stated in filled if stated is not None]
    other = _is_another_sequence if (drawn := _drawn(expected, column)) else _is_other
    return len(texts) == len(found.actual) and not any(other(text, drawn or str(expected)) for text in texts)


def _are_random(found: Disagreement[ColumnDefault | None]) -> bool:
    values = (found.expected.value, *(stated.value for stated in found.actual.values()))
    return all(isinstance(value, SqlDefault) and value.expression.split(".")[-1] in _RANDOM for value in values)


def _are_drawn(column: Aligned[Column], found: Disagreement[ColumnDefault | None]) -> bool:
    """Whether the database draws from a sequence that the column does not own, and the others have but one word for it.

    Prisma and Drizzle pull such a column as one with a sequence of its own.
    """
    words = all(stated.value == SerialDefault() for stated in found.actual.values())
    expected = found.expected.value
    drawn = isinstance(expected, SqlDefault) and _drawn(expected, column) is not None
    return words and drawn and column.among.databases.isdisjoint(found.actual)


def _drawn(default: ColumnDefault, column: Aligned[Column]) -> str | None:
    """The name of the sequence that a default draws from, without its schema."""
    match default:
        case SerialDefault(sequence=sequence):
            own = f"{column.identity.name.name}_{column.identity.columns[0]}_seq"
            return own if sequence is None else sequence.name
        case SqlDefault(text):
            drawn = _DRAWN.fullmatch(text)
            return None if drawn is None else drawn[1]


def _is_another_sequence(client: str, sequence: str) -> bool:
    """Whether a client fills in what is not drawn from this sequence, which would sooner or later give the same."""
    return client != f"nextval({sequence})"


def _is_other(client: str, text: str) -> bool:
    """Whether a client's default and the database's are both written out, and differ."""
    quoted = re.fullmatch(r"'((?:[^']|'')*)'", text)
    if quoted is None and re.fullmatch(r"true|false|-?\d+(\.\d+)?", text) is None:
        return False
    try:
        value = ast.literal_eval(client)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return False
    written = text if quoted is None else quoted[1].replace("''", "'")
    # An empty list may be one of JSON or an array.
    alike = {"{}", "[]"} if value == [] else {value if isinstance(value, str) else json.dumps(value, default=str)}
    return written not in alike and not any(_is_one_number(written, other) for other in alike)


def _is_one_number(one: str, other: str) -> bool:
    try:
        return Decimal(one) == Decimal(other)
    except InvalidOperation:
        return False


def _differ(
    one: ColumnDefault | None, other: ColumnDefault | None, column: Aligned[Column], kind: ColumnType | None
) -> bool:
    match one, other:
        case SqlDefault(ours), SqlDefault(theirs) if ours != theirs:
            if kind is not None and kind.name in NUMERIC and not kind.array and _is_one_number(ours, theirs):
                return False
            moments = is_literal_of_time(ours, kind) and is_literal_of_time(theirs, kind)
            return not (moments and (is_of_the_clock(ours, kind) or is_of_the_clock(theirs, kind)))
        case (None, SqlDefault(text)) | (SqlDefault(text), None):
            return text not in _of_domain(column, kind)
        case (SerialDefault() as serial, SqlDefault() as said) | (SqlDefault() as said, SerialDefault() as serial):
            return _drawn(said, column) != _drawn(serial, column)
        case _:
            return one != other


def _of_domain(column: Aligned[Column], kind: ColumnType | None) -> set[str]:
    """The default that the column's type has if it is a domain: a column that says none has that one."""
    name = None if kind is None or kind.array else kind.user_defined
    domains = (domain for schema in column.among.schemas.values() for domain in schema.domains if domain.name == name)
    stated = (domain.default.value for domain in domains if domain.default is not None)
    return {cheap(text, kind) for text in stated if text is not None}


def _is_of_the_clock(default: Stated[ColumnDefault | None] | None, kind: ColumnType | None) -> bool:
    match default:
        case Stated(value=SqlDefault(text)):
            return is_of_the_clock(text, kind)
        case _:
            return False


def _saying_generated(column: Aligned[Column]) -> set[str]:
    """The sources that have no words for a generated column, and its expression for a default."""
    schema = column.identity.name.schema
    stated = (item.generated for item in column.declared.values() if item.generated is not None)
    expressions = {_within(schema, generated.value.expression) for generated in stated if generated.value is not None}
    return {
        name
        for name, item in column.declared.items()
        if item.generated is None
        and item.default is not None
        and _within(schema, str(item.default.value)) in expressions
    }


def _within(schema: str, expression: str) -> str:
    """The expression as it is printed where the search path leads to the table's schema, as it does for Prisma."""
    return re.sub(rf'(?<![\w$".])(?:{re.escape(schema)}|{re.escape(quoted(schema))})\.', "", expression)


def _words(default: ColumnDefault | None) -> str:
    return "no default" if default is None else f"DEFAULT {default}"


def _claim(column: Column) -> str:
    if column.identity is not None and column.identity.value is not None:
        return str(column.identity.value)
    client = "" if column.client_default is None else f", filled by the client: {column.client_default.value}"
    return "not understood" if column.default is None else _words(column.default.value) + client
