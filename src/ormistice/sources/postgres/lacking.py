"""Types and functions that no server at hand has, stood in for: what is alike with the stand-ins is one without them.

What differs with them may be one all the same, for a cast can hang on a type; that is for nobody here to say.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import islice

import psycopg

from ormistice.names import DEFAULT_SCHEMA, QualifiedName, quoted, quoted_name
from ormistice.settling import Question
from ormistice.sources.postgres.catalogs import Connection
from ormistice.sources.postgres.presupposed import Signature, function_missed, refusal
from ormistice.sources.postgres.scripts import split
from ormistice.sources.postgres.statements import literal
from ormistice.types import ColumnType

BASES = ("text", "numeric", "timestamptz", "jsonb", "boolean")
"""What a type may be that is not there, as far as operators go; the likeliest first."""
_MOST_FUNCTIONS = 8
Group = tuple[QualifiedName, str, str]


def comparable(unread: Iterable[Question]) -> list[Question]:
    """Those that some other may be a spelling of."""
    groups: dict[Group, list[Question]] = defaultdict(list)
    for question in unread:
        groups[_group(question)].append(question)
    return [question for found in groups.values() if len(found) > 1 for question in found]


def alike(answers: Mapping[Question, str]) -> dict[Question, str]:
    """The answers that some other question of the same table and kind has, too."""
    groups: dict[tuple[Group, str], list[Question]] = defaultdict(list)
    for question, answer in answers.items():
        groups[_group(question), answer].append(question)
    return {question: answer for (_, answer), found in groups.items() if len(found) > 1 for question in found}


def _group(question: Question) -> Group:
    return question.table, question.kind, question.column


def with_types(connection: Connection, table: QualifiedName, columns: Mapping[str, ColumnType], base: str) -> bool:
    """Give a table the columns whose types are not there, of domains over `base`; whether there are any."""
    query = "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass({}) AND attnum > 0 AND NOT attisdropped"
    there = {str(name) for (name,) in connection.execute(query.format(literal(quoted_name(table))).encode())}
    lacking = {name: kind for name, kind in columns.items() if name not in there}
    for name, kind in lacking.items():
        of_type = kind.user_defined or QualifiedName(DEFAULT_SCHEMA, kind.name)
        type_name = quoted_name(of_type)
        _tried(connection, f"CREATE SCHEMA IF NOT EXISTS {quoted(of_type.schema)}")
        _tried(connection, f"CREATE DOMAIN {type_name} AS {base}")
        _tried(connection, f"ALTER TABLE {quoted_name(table)} ADD COLUMN {quoted(name)} {type_name}{'[]' * kind.array}")
    return bool(lacking)


def with_functions(connection: Connection, statement: str, *, qualified: bool) -> bool:
    """Run a statement with what it calls; only what it calls with a schema, if `qualified`."""
    for _ in range(_MOST_FUNCTIONS):
        error = _tried(connection, statement)
        if error is None:
            return True
        missed = _missed(error, statement)
        if missed is None or (qualified and not missed.schema) or not _supplied(connection, statement, missed):
            return False
    return False


def _missed(error: psycopg.Error, statement: str) -> Signature | None:
    parsed = next(iter(islice(split(statement), 1)), None)
    return None if parsed is None else function_missed(refusal(error), parsed)


def _supplied(connection: Connection, statement: str, missed: Signature) -> bool:
    """Create the function so that the statement gets further."""
    if missed.schema:
        _tried(connection, f"CREATE SCHEMA IF NOT EXISTS {quoted(missed.schema)}")
    for creation in missed.creations():
        if _tried(connection, creation) is not None:
            return False
        error = _tried(connection, statement, keep=False)
        if error is None or _missed(error, statement) not in (None, missed):
            return True
        _tried(connection, missed.removal)
    return False


def _tried(connection: Connection, statement: str, *, keep: bool = True) -> psycopg.Error | None:
    try:
        with connection.transaction(force_rollback=not keep):
            connection.execute(statement.encode())
    except psycopg.Error as error:
        return error
    return None
