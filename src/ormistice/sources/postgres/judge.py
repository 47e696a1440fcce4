"""PostgreSQL as the judge of spelling: it reads expressions in empty tables, and prints each in its own words."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import count

import psycopg

from ormistice.errors import AuditError
from ormistice.names import DEFAULT_SCHEMA, QualifiedName, quoted, quoted_name
from ormistice.settling import Answers, Context, Question
from ormistice.sources.postgres import ddl
from ormistice.sources.postgres.calls import alike
from ormistice.sources.postgres.catalogs import Connection
from ormistice.sources.postgres.connecting import connect
from ormistice.sources.postgres.embedded import scratch_database
from ormistice.sources.postgres.hosted import Hosted
from ormistice.sources.postgres.lacking import BASES, comparable, with_functions, with_types
from ormistice.sources.postgres.lacking import alike as alike_with_stand_ins
from ormistice.sources.postgres.statements import literal
from ormistice.sources.postgres.supplying import stand_in
from ormistice.types import ColumnType

# What columns of a table may need; a server that lacks one of them cannot read what depends on it.
_EXTENSIONS = (
    "btree_gin",
    "btree_gist",
    "citext",
    "hstore",
    "ltree",
    "pg_trgm",
    "pgcrypto",
    "unaccent",
    "uuid-ossp",
    "vector",
)
# The planner would put the bodies of what stands in for an extension's functions in their place, and call two of them
# one; a function with a setting of its own is kept as it is called.
_OPAQUE = """
DO $$
DECLARE name regprocedure;
BEGIN
  FOR name IN SELECT oid FROM pg_proc WHERE pronamespace = '{schema}'::regnamespace AND oid NOT IN
    (SELECT objid FROM pg_depend WHERE classid = 'pg_proc'::regclass AND deptype = 'e')
  LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, public', name);
  END LOOP;
END $$
"""
_SUPABASES_SCHEMA = "extensions"
# What is drawn from must be there, wherever it is looked for.
_SEQUENCE = re.compile(r"""(?i)\b(?:next|curr)val\s*\(+\s*'((?:(?:\w+|"[^"']+")\.)?(?:\w+|"[^"']+"))'""")
_MOST_TURNS = 4
_PRINT = {
    "generated": "SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef JOIN pg_attribute"
    " ON attrelid = adrelid AND attnum = adnum WHERE adrelid = {table}::regclass AND attname = {name}",
    "check": "SELECT pg_get_expr(conbin, conrelid) FROM pg_constraint"
    " WHERE conrelid = {table}::regclass AND conname = {name}",
    "predicate": "SELECT pg_get_expr(indpred, indrelid) FROM pg_index WHERE indexrelid = {index}::regclass",
    "policy": "SELECT pg_get_expr(polqual, polrelid) FROM pg_policy"
    " WHERE polrelid = {table}::regclass AND polname = {name}",
    "element": "SELECT pg_get_indexdef(indexrelid, 1, false) FROM pg_index WHERE indexrelid = {index}::regclass",
}


def judge(context: Context, questions: tuple[Question, ...], scratch_url: str | None = None) -> Answers:
    """Each question's expression as PostgreSQL prints it; None where it cannot read it, or where there is no server."""
    try:
        with scratch_database(scratch_url) as database:
            with connect(database.conninfo, autocommit=True) as admin:
                owner = str(psycopg.conninfo.conninfo_to_dict(database.owner_conninfo).get("user", ""))
                Hosted(admin, owner).make_named(question.text for question in questions)
                schema = _extensions_schema(questions)
                _prepare(admin, context, schema)
            with connect(database.owner_conninfo, autocommit=True) as connection:
                path = tuple(dict.fromkeys((DEFAULT_SCHEMA, schema)))
                return _answers(connection, context, questions, path)
    except (AuditError, psycopg.Error):
        return dict.fromkeys(questions)


def _extensions_schema(questions: Iterable[Question]) -> str:
    """Where extensions are put: where Supabase has them if an expression looks there, and the path leads there too."""
    named = any(f"{_SUPABASES_SCHEMA}." in question.text.replace('"', "") for question in questions)
    return _SUPABASES_SCHEMA if named else DEFAULT_SCHEMA


def _prepare(admin: Connection, context: Context, schema: str) -> None:
    if schema != DEFAULT_SCHEMA:
        _attempt(admin, f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}")
    needed = {column.name for columns in context.columns.values() for column in columns.values()}
    for extension in _EXTENSIONS if needed else ():
        if not _attempt(admin, f"CREATE EXTENSION IF NOT EXISTS {quoted(extension)} SCHEMA {quoted(schema)}"):
            stand_in(admin, extension, schema)
    admin.execute(_OPAQUE.replace("{schema}", schema).encode())


def _answers(connection: Connection, context: Context, questions: Iterable[Question], path: tuple[str, ...]) -> Answers:
    by_table: dict[QualifiedName, list[Question]] = defaultdict(list)
    for question in questions:
        by_table[question.table].append(question)
    answers: dict[Question, str | None] = {}
    with connection.transaction(force_rollback=True):
        for schema in sorted({name.schema for name in (*context.columns, *(enum.name for enum in context.enums))}):
            _attempt(connection, f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}")
        for enum in context.enums:
            _attempt(connection, ddl.create_enum(enum))
        # Names of indexes are shared by all tables of a schema.
        numbers = count()
        # Policies may ask for rows of any table.
        policies = any(question.kind == "policy" for question in questions)
        others = context.columns if policies else {}
        for table in (*others, *(table for table in by_table if table not in others)):
            _make(connection, table, context.columns[table], path)
        for table, asked in by_table.items():
            columns = context.columns[table]
            _attempt(connection, _search_path(table, path))
            for sequence in dict.fromkeys(name for question in asked for name in _SEQUENCE.findall(question.text)):
                _attempt(connection, f"CREATE SEQUENCE {sequence}")
            for question in asked:
                answers[question] = _settled(connection, question, columns, f"ormistice_{next(numbers)}")
        answers |= _unknown_calls(connection, answers)
        unread = [question for question, answer in answers.items() if answer is None and question.kind != "default"]
        return answers | _with_stand_ins(connection, context, unread, (path, numbers))


def _with_stand_ins(
    connection: Connection, context: Context, unread: Iterable[Question], among: tuple[tuple[str, ...], Iterator[int]]
) -> dict[Question, str]:
    """Answers for what needs types or functions that are not here, where two are one with others in their place."""
    found: dict[Question, str] = {}
    path, numbers = among
    for base in BASES:
        asked = comparable(question for question in unread if question not in found)
        if not asked:
            break
        with connection.transaction(force_rollback=True):
            tables = dict.fromkeys(question.table for question in asked)
            lacking = {table for table in tables if with_types(connection, table, context.columns[table], base)}
            answers: dict[Question, str] = {}
            # What is called without a schema may be what another calls with it, which is there only then.
            for question, qualified in [(question, first) for first in (True, False) for question in asked]:
                _attempt(connection, _search_path(question.table, path))
                attempt = partial(with_functions, qualified=qualified)
                name = f"ormistice_{next(numbers)}"
                answer = _settled(connection, question, context.columns[question.table], name, attempt)
                answers |= {} if answer is None else {question: answer}
        found |= alike_with_stand_ins(answers)
        unread = [question for question in asked if question.table in lacking]
    return found


def _unknown_calls(connection: Connection, answers: Answers) -> dict[Question, str]:
    """Answers for defaults that call a function which is not here, where a column's all are the same call."""
    read = {(question.table, question.column) for question, answer in answers.items() if answer is not None}
    unread = [question for question, answer in answers.items() if answer is None]
    found = alike(question for question in unread if (question.table, question.column) not in read)
    names = sorted({call.name for call in found.values()})
    known = connection.execute("SELECT proname FROM pg_proc WHERE proname = ANY (%s)", (names,)) if names else ()
    here = {str(name) for (name,) in known}
    return {question: str(call) for question, call in found.items() if call.name not in here}


def _settled(
    connection: Connection,
    question: Question,
    columns: Mapping[str, ColumnType],
    name: str,
    attempt: Callable[[Connection, str], bool] | None = None,
) -> str | None:
    """The expression as it is printed when it is read from its own print, which may take a second turn.

    PostgreSQL moves the casts of `varchar IN (...)` into the array when it reads its own words again; what was
    reflected has been through one turn already, what a schema file says through none.
    """
    text = question.text
    for turn in range(_MOST_TURNS):
        read = _answer(connection, replace(question, text=text), columns, f"{name}_{turn}", attempt or _attempt)
        if read is None:
            # What the planner prints of `'now'::text`, a cast from `cstring`, nobody reads again.
            return text if turn else None
        if read == text:
            break
        text = read
    return text


def _make(
    connection: Connection, table: QualifiedName, columns: Mapping[str, ColumnType], path: tuple[str, ...]
) -> None:
    """The table with its columns; one whose type the server does not have stays away, with what depends on it."""
    _attempt(connection, _search_path(table, path))
    definitions = [f"{quoted(name)} {ddl.type_text(kind)}" for name, kind in columns.items()]
    if not _attempt(connection, f"CREATE TABLE {quoted_name(table)} ({', '.join(definitions)})"):
        _attempt(connection, f"CREATE TABLE {quoted_name(table)} ()")
        for definition in definitions:
            _attempt(connection, f"ALTER TABLE {quoted_name(table)} ADD COLUMN {definition}")


def _search_path(table: QualifiedName, path: tuple[str, ...]) -> str:
    return f"SET search_path = {', '.join(map(quoted, dict.fromkeys((table.schema, *path))))}"


def _attempt(connection: Connection, statement: str) -> bool:
    try:
        with connection.transaction():
            connection.execute(statement.encode())
    except psycopg.Error:
        return False
    return True


def _answer(
    connection: Connection,
    question: Question,
    columns: Mapping[str, ColumnType],
    name: str,
    attempt: Callable[[Connection, str], bool],
) -> str | None:
    if question.kind == "default":
        return _planned(connection, question.text, columns.get(question.column))
    if not attempt(connection, _statement(question, columns, name)):
        return None
    query = _PRINT[question.kind].format(
        table=literal(quoted_name(question.table)),
        index=literal(f"{quoted(question.table.schema)}.{quoted(name)}"),
        name=literal(name),
    )
    row = connection.execute(query.encode()).fetchone()
    return None if row is None or row[0] is None else str(row[0])


def _planned(connection: Connection, text: str, kind: ColumnType | None) -> str | None:
    """A default as the planner has it: constants are folded, so that `ARRAY['a']` and `'{a}'` meet. Nothing is run."""
    if kind is None:
        return None
    statement = f"EXPLAIN (VERBOSE, COSTS OFF, FORMAT JSON) SELECT CAST(({text}) AS {ddl.type_text(kind)})"
    try:
        with connection.transaction():
            row = connection.execute(statement.encode()).fetchone()
    except psycopg.Error:
        return None
    match row:
        case ([{"Plan": {"Output": [str(output)]}}],):
            return output
        case _:
            return None


def _statement(question: Question, columns: Mapping[str, ColumnType], name: str) -> str:
    """What makes the catalog hold the expression under `name`."""
    table, text, new = quoted_name(question.table), question.text, quoted(name)
    match question.kind:
        case "generated":
            kind = ddl.type_text(columns[question.column])
            return f"ALTER TABLE {table} ADD COLUMN {new} {kind} GENERATED ALWAYS AS ({text}) STORED"
        case "check":
            return f"ALTER TABLE {table} ADD CONSTRAINT {new} CHECK ({text})"
        case "predicate":
            return f"CREATE INDEX {new} ON {table} ((1)) WHERE {text}"
        case "policy":
            return f"CREATE POLICY {new} ON {table} USING ({text})"
        case _:
            return f"CREATE INDEX {new} ON {table} (({text}))"
