"""Expressions put in one spelling, so that rules can compare them with `==`.

Defaults, checks, index predicates and the like are SQL, and the same meaning has many spellings. Where the texts of a
table's expressions differ between sources, PostgreSQL itself is asked to read each of them in a table with the same
columns, and to print it again. What it cannot read, or what there is no PostgreSQL to ask about, is not compared, and
that is told; it is never guessed.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby, pairwise
from operator import is_

from ormistice.alignment import Aligned, Sources, align
from ormistice.model import (
    CheckConstraint,
    Column,
    ColumnDefault,
    Enum,
    Index,
    Policy,
    RowSecurity,
    Schema,
    SqlDefault,
    Stated,
    Table,
)
from ormistice.names import QualifiedName, quoted
from ormistice.renaming import RESERVED
from ormistice.text import outside_quotes
from ormistice.types import ColumnType


@dataclass(frozen=True, slots=True)
class Question:
    """An expression to be read: `kind` is default, generated, check, predicate, element or policy.

    `column` is the column that a default or a generated value is for, the policy that an expression is of, else empty;
    `text` is `cheap` already.
    """

    table: QualifiedName
    kind: str
    column: str
    text: str


@dataclass(frozen=True, slots=True)
class Context:
    """The tables and enums among which expressions are read; types are the authority's."""

    columns: Mapping[QualifiedName, Mapping[str, ColumnType]]
    enums: tuple[Enum, ...]


@dataclass(frozen=True, slots=True)
class PolicyClauses:
    """What a policy says: `head` is what stands in front of its expressions, which are None where it has none."""

    head: str
    using: str | None
    check: str | None

    @classmethod
    def of(cls, policy: Policy) -> "PolicyClauses":
        """The clauses of its definition."""
        text = policy.definition
        outermost = [at for at, depth, _ in outside_quotes(text) if depth == 0]
        starts = [(at, word) for at in outermost for word in _CLAUSES if text.startswith(word, at)]
        bounds = pairwise([*starts, (len(text), "")])
        found = {word: text[at + len(word) : end - 1] for (at, word), (end, _) in bounds}
        return cls(text[: starts[0][0]] if starts else text, found.get(_USING), found.get(_WITH_CHECK))

    def __str__(self) -> str:
        """The definition."""
        using = "" if self.using is None else f"{_USING}{self.using})"
        return f"{self.head}{using}" if self.check is None else f"{self.head}{using}{_WITH_CHECK}{self.check})"


Answers = Mapping[Question, str | None]
Judge = Callable[[Context, tuple[Question, ...]], Answers]

_CLAUSES = _USING, _WITH_CHECK = " USING (", " WITH CHECK ("
_STRING = re.compile(r"('(?:[^']|'')*')")
_SPACE = re.compile(r"\s+")
# The standard's name for what PostgreSQL also calls now(); a default of either is the same instant.
_NOW = frozenset({"current_timestamp", "now()", "transaction_timestamp()"})
# Words by which a literal of a date or a time takes its value from the clock, once, when the table is made.
_MOMENTS = frozenset({"now", "today", "tomorrow", "yesterday"})
_WORD = re.compile(r"[a-z]+")
_PLAIN_NUMBER = re.compile(r"^'?(-?\d+(?:\.\d+)?)'?$")
_PLAIN_STRING = re.compile(r"^'((?:[^']|'')*)'(?:::[\w .\"()\[\],]+)?$")
# What is named without its schema is looked for in that of everybody.
_IN_PUBLIC = re.compile(r"""(?<![\w$".])(?:public|"public")\.""")
_OBJECT_IN_PUBLIC = re.compile(r"""(?<!')'(?:public|"public")\.([\w$]+|"[^'"]+")'::(?=reg[a-z]+\b)""")
_DRAWN = re.compile(r"nextval\(\(?'(?:public\.)?([\w$]+|\"[^'\"]+\")'(?:::(?:regclass|text)\)?)*\)")
# What a column of such a type gets of the current time, as the standard calls it.
_TODAY = {"date": "CURRENT_DATE", "timestamp without time zone": "LOCALTIMESTAMP"}
# PostgreSQL prints the current time so where the word for it stands in quotes and is text first.
_NOW_IN_TEXT = re.compile(r"\('now'::(?:text|cstring)\)::timestamp(?:\(6\))? with time zone")
# Without quotes these are other things than columns (PostgreSQL 18, appendix C: "cannot be function or type").
_SPECIAL = """
between bigint bit boolean char character coalesce dec decimal exists extract float greatest grouping inout int integer
interval least national nchar none normalize nullif numeric out overlay position precision real row setof smallint
substring time timestamp treat trim values varchar
"""
_KEPT_IN_QUOTES = RESERVED.union(_SPECIAL.split())
_QUOTED = re.compile(r'"([a-z_][a-z0-9_$]*)"')
_NULL = re.compile(r"(?i)null(?:::[\w .\"()\[\],]+)?")
_EMPTY_ARRAY = re.compile(r"^ARRAY\[\]::[\w .\"()\[\],]+$", re.IGNORECASE)
NUMERIC = frozenset({"smallint", "integer", "bigint", "real", "double precision", "numeric"})
"""Types whose literals are plain numbers."""


def settled(
    among: Sources, judge: Judge, within: frozenset[QualifiedName] | None = None
) -> tuple[Sources, tuple[str, ...]]:
    """`among` with every expression in one spelling, and what could not be compared, in words.

    With `within`, the expressions of these tables alone; the others stay as they are.
    """
    asked = _described_twice(among, within)
    questions = tuple(dict.fromkeys(question for table in asked for question in _open_questions(table)))
    answers = judge(_context(_described_twice(among), among), questions) if questions else {}
    spelling = {table.identity.name: _Spelling(table, answers) for table in asked}
    schemas = {name: _respelled(schema, spelling) for name, schema in among.schemas.items()}
    unread = {question for question, answer in answers.items() if answer is None}
    # An audit has none of these as a rule; only then is it worth looking at every expression again.
    alike = {question for table in asked if unread for question in _said_by_all(table)}
    return replace(among, schemas=schemas), tuple(sorted({_words(question) for question in unread - alike}))


def _described_twice(among: Sources, within: frozenset[QualifiedName] | None = None) -> list[Aligned[Table]]:
    return [table for table in align(Table, among, within) if len(table.declared) > 1]


def _words(question: Question) -> str:
    where = f"{question.table}.{question.column}" if question.column else str(question.table)
    return f"{question.kind} of {where}: {question.text}"


def _context(tables: Iterable[Aligned[Table]], among: Sources) -> Context:
    columns = {table.identity.name: _types(table) for table in tables}
    enums = {enum.name: enum for schema in reversed(list(among.schemas.values())) for enum in schema.enums}
    return Context(columns, tuple(enums.values()))


def _types(table: Aligned[Table]) -> dict[str, ColumnType]:
    types: dict[str, ColumnType] = {}
    for declared in table.declared.values():
        for column in declared.columns:
            if column.type is not None:
                types.setdefault(column.name, column.type.value)
    return types


def _questions(table: Table, types: Mapping[str, ColumnType]) -> Iterator[Question]:
    """Every expression of a table."""
    for kind, column, text in _expressions(table):
        yield Question(table.name, kind, column, cheap(_among_own(text, table.name), types.get(column)))


def _expressions(table: Table) -> Iterator[tuple[str, str, str]]:
    for column in table.columns:
        default = column.default.value if column.default is not None else None
        if isinstance(default, SqlDefault) and not is_null(default.expression):
            yield "default", column.name, default.expression
        if column.generated is not None and column.generated.value is not None:
            yield "generated", column.name, column.generated.value.expression
    for check in table.checks:
        yield "check", "", check.expression.value
    for index in table.indexes:
        if index.predicate is not None and index.predicate.value is not None:
            yield "predicate", "", index.predicate.value
        for element in index.elements:
            if element.expression is not None:
                yield "element", "", element.expression
    for policy in table.row_security.value.policies if table.row_security is not None else ():
        clauses = PolicyClauses.of(policy)
        yield from (("policy", policy.name, text) for text in (clauses.using, clauses.check) if text is not None)


def _open_questions(table: Aligned[Table]) -> Iterator[Question]:
    """Those expressions of a table whose texts differ between the sources that have any of that kind and column."""
    types = _types(table)
    asked: dict[tuple[str, str], dict[str, list[Question]]] = {}
    for source, declared in table.declared.items():
        for question in _questions(declared, types):
            asked.setdefault((question.kind, question.column), {}).setdefault(source, []).append(question)
    for (_, column), by_source in asked.items():
        spelled = [sorted(item.text for item in items) for items in by_source.values()]
        if any(spelled[0] != other for other in spelled[1:]):
            questions = (question for items in by_source.values() for question in items)
            # What such a literal becomes would be the time of this very audit.
            yield from (item for item in questions if not is_of_the_clock(item.text, types.get(column)))


def _said_by_all(table: Aligned[Table]) -> Iterator[Question]:
    """Those expressions of a table that every source which has any of that kind and column spells alike."""
    types = _types(table)
    asked: dict[tuple[str, str], list[frozenset[Question]]] = defaultdict(list)
    for declared in table.declared.values():
        for key, items in groupby(sorted(_questions(declared, types), key=_subject), key=_subject):
            asked[key].append(frozenset(items))
    for by_source in asked.values():
        yield from frozenset.intersection(*by_source)


def _subject(question: Question) -> tuple[str, str]:
    return question.kind, question.column


@lru_cache(maxsize=4096)
def cheap(text: str, kind: ColumnType | None) -> str:
    """A spelling that needs no server: literals without their cast, one word for the current time, single spaces."""
    flat = _outside_strings(text.strip(), lambda part: _IN_PUBLIC.sub("", _SPACE.sub(" ", part)))
    flat = _NOW_IN_TEXT.sub("now()", _OBJECT_IN_PUBLIC.sub(r"'\1'::", flat))
    if drawn := _DRAWN.fullmatch(flat):
        return f"nextval('{drawn[1]}'::regclass)"
    while flat.startswith("(") and flat.endswith(")") and _one_pair(flat):
        flat = flat[1:-1].strip()
    if flat.lower() in _NOW:
        return "now()"
    if flat.lower() in ("true", "false", "null"):
        return flat.lower()
    string = _PLAIN_STRING.match(flat)
    flat = f"'{string[1]}'" if string else flat
    if kind is not None and kind.array and _EMPTY_ARRAY.match(flat):
        return "'{}'"
    if kind is not None and not kind.array and kind.name in NUMERIC and (number := _PLAIN_NUMBER.match(flat)):
        return number[1]
    # What PostgreSQL prints keeps the two names of the current time apart, and tells where it makes it a column's type.
    flat = _outside_strings(flat, lambda part: part.replace("CURRENT_TIMESTAMP", "now()"))
    moments = () if kind is None else (f"(now())::{kind.name}", f"('now'::cstring)::{kind.name}", _TODAY.get(kind.name))
    return "now()" if flat in moments else flat


@lru_cache(maxsize=4096)
def _among_own(text: str, table: QualifiedName) -> str:
    """The text with columns of its own table by their names alone, and in quotes only where these are needed."""
    if '"' not in text and f"{table.name}." not in text:
        return text
    own = rf'(?:{re.escape(quoted(table.name))}|{re.escape(table.name)})\.(?=["\w])'
    schema = rf"(?:(?:{re.escape(quoted(table.schema))}|{re.escape(table.schema)})\.)?"
    pattern = re.compile(rf'(?<![\w$".]){schema}{own}')
    bare = _outside_strings(text, lambda part: pattern.sub("", part))
    return _outside_strings(bare, lambda part: _QUOTED.sub(lambda found: _kept(found[1]), part))


def _kept(name: str) -> str:
    return quoted(name) if name in _KEPT_IN_QUOTES else name


def is_null(default: str) -> bool:
    """Whether a default is NULL, perhaps with a cast to its type: a column without one is filled with the same."""
    return _NULL.fullmatch(cheap(default, None)) is not None


def is_of_the_clock(text: str, kind: ColumnType | None) -> bool:
    """Whether text in quotes stands for the moment at which PostgreSQL reads it: `'now()'`, `'today'`."""
    return is_literal_of_time(text, kind) and not _MOMENTS.isdisjoint(_WORD.findall(text.lower()))


def is_literal_of_time(text: str, kind: ColumnType | None) -> bool:
    """Whether it is a date or a time in quotes."""
    temporal = kind is not None and kind.schema is None and kind.name.startswith(("date", "time"))
    return temporal and text.startswith("'") and _PLAIN_STRING.match(text) is not None


def _outside_strings(text: str, change: Callable[[str], str]) -> str:
    """The text with what stands outside of quotes changed."""
    return "".join(part if part.startswith("'") else change(part) for part in _STRING.split(text))


def _one_pair(text: str) -> bool:
    """Whether the first parenthesis is closed by the last one; text in quotes may deceive it towards no."""
    depth = 0
    for at, character in enumerate(text):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0 and at < len(text) - 1:
            return False
    return "'" not in text


class _Spelling:
    """How the expressions of one table are to be spelled; None where nobody could read one."""

    def __init__(self, table: Aligned[Table], answers: Answers) -> None:
        self.types = _types(table)
        self.answers = answers
        self.table = table.identity.name

    def of(self, kind: str, column: str, text: str) -> str | None:
        """The common spelling."""
        spelled = cheap(_among_own(text, self.table), self.types.get(column))
        question = Question(self.table, kind, column, spelled)
        if question not in self.answers:
            return spelled
        answer = self.answers[question]
        return None if answer is None else cheap(answer, self.types.get(column))


def _respelled(schema: Schema, spelling: Mapping[QualifiedName, _Spelling]) -> Schema:
    tables = (_table(table, spelling[table.name]) if table.name in spelling else table for table in schema.tables)
    return replace(schema, tables=tuple(tables))


def _table(table: Table, spelling: _Spelling) -> Table:
    checks = [(check, spelling.of("check", "", check.expression.value)) for check in table.checks]
    indexes = [_index(index, spelling) for index in table.indexes]
    unread: set[type] = set(table.unread)
    if any(text is None for _, text in checks):
        unread.add(CheckConstraint)
    if any(index is None for index in indexes):
        unread.add(Index)
    security = _row_security(table.row_security, spelling)
    if security is None and table.row_security is not None:
        unread.add(Policy)
    columns = tuple(_column(column, spelling) for column in table.columns)
    same = all(map(is_, (*columns, *indexes, security), (*table.columns, *table.indexes, table.row_security)))
    if same and not checks:
        return table
    return replace(
        table,
        columns=columns,
        checks=tuple(
            replace(check, expression=Stated(text, check.expression.place))
            for check, text in checks
            if text is not None
        ),
        indexes=tuple(index for index in indexes if index is not None),
        row_security=security or table.row_security,
        unread=frozenset(unread),
    )


def _row_security(stated: Stated[RowSecurity] | None, spelling: _Spelling) -> Stated[RowSecurity] | None:
    """The policies respelled; None where one of them could not be read."""
    if stated is None or not stated.value.policies:
        return stated
    policies = []
    for policy in stated.value.policies:
        said = PolicyClauses.of(policy)
        texts = (said.using, said.check)
        using, check = (None if text is None else spelling.of("policy", policy.name, text) for text in texts)
        if (using is None, check is None) != (said.using is None, said.check is None):
            return None
        policies.append(replace(policy, definition=str(replace(said, using=using, check=check))))
    return replace(stated, value=replace(stated.value, policies=tuple(policies)))


def _column(column: Column, spelling: _Spelling) -> Column:
    if column.default is not None and isinstance(column.default.value, SqlDefault):
        default = _default(column, column.default, column.default.value.expression, spelling)
        column = column if default is column.default else replace(column, default=default)
    if column.generated is not None and column.generated.value is not None:
        text = spelling.of("generated", column.name, column.generated.value.expression)
        value = None if text is None else replace(column.generated.value, expression=text)
        column = replace(column, generated=None if value is None else replace(column.generated, value=value))
    return column


def _default(
    column: Column, default: Stated[ColumnDefault | None], said: str, spelling: _Spelling
) -> Stated[ColumnDefault | None] | None:
    """The default respelled; None where it could not be read."""
    if is_null(said):
        return replace(default, value=None)
    text = spelling.of("default", column.name, said)
    if text == said:
        return default
    return None if text is None else replace(default, value=SqlDefault(text))


def _index(index: Index, spelling: _Spelling) -> Index | None:
    """The index respelled; None where one of its expressions could not be read."""
    plain = all(element.expression is None for element in index.elements)
    if plain and (index.predicate is None or index.predicate.value is None):
        return index
    elements = []
    for element in index.elements:
        text = None if element.expression is None else spelling.of("element", "", element.expression)
        if element.expression is not None and text is None:
            return None
        elements.append(replace(element, expression=text))
    index = replace(index, elements=tuple(elements))
    if index.predicate is None or index.predicate.value is None:
        return index
    text = spelling.of("predicate", "", index.predicate.value)
    return None if text is None else replace(index, predicate=replace(index.predicate, value=text))
