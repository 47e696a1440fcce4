"""Keys, constraints and indexes as calls."""

from collections.abc import Iterable

from ormistice.model import (
    CheckConstraint,
    Deferrability,
    ExclusionConstraint,
    ForeignKey,
    Index,
    IndexElement,
    MatchType,
    PrimaryKey,
    Reference,
    ReferentialAction,
    Stated,
    UniqueConstraint,
)
from ormistice.names import display, quoted
from ormistice.sources.sqlalchemy.elements import Token, read_element, tokens
from ormistice.sources.sqlalchemy.write_conventions import Conventions, Subject
from ormistice.sources.sqlalchemy.write_draft import Unwritable
from ormistice.sources.sqlalchemy.write_layout import string
from ormistice.sources.sqlalchemy.write_names import CORE, POSTGRESQL, Names
from ormistice.sources.sqlalchemy.write_values import quoted_sql, sql


class Spelling:
    """How constraints are written in one place: names, quotation mark, naming convention."""

    def __init__(self, names: Names, quote: str, conventions: Conventions) -> None:
        self.names = names
        self.quote = quote
        self.conventions = conventions

    def strings(self, values: Iterable[str]) -> list[str]:
        """Column names."""
        return [string(value, self.quote) for value in values]

    def named(self, subject: Subject, name: Stated[str] | None) -> list[str]:
        """The `name` argument, unless the name comes by itself."""
        if name is None or self.conventions.needless(subject, name.value):
            return []
        return [f"name={self.conventions.written(self.names, subject, name.value, self.quote)}"]

    def call(self, word: str, arguments: Iterable[str], origin: str = CORE) -> str:
        """A call."""
        return f"{self.names.name(origin, word)}({', '.join(arguments)})"


def deferral(value: Stated[Deferrability] | None) -> list[str]:
    """DEFERRABLE and INITIALLY DEFERRED."""
    match value.value if value is not None else None:
        case Deferrability.INITIALLY_IMMEDIATE:
            return ["deferrable=True"]
        case Deferrability.INITIALLY_DEFERRED:
            return ["deferrable=True", 'initially="DEFERRED"']
        case _:
            return []


def unique(spelling: Spelling, constraint: UniqueConstraint) -> str:
    """`UniqueConstraint(...)`."""
    subject = Subject("uq", constraint.table, constraint.columns)
    words = [*spelling.strings(constraint.columns), *spelling.named(subject, constraint.name)]
    words += [word.replace('"', spelling.quote) for word in deferral(constraint.deferrability)]
    if constraint.nulls_not_distinct is not None and constraint.nulls_not_distinct.value:
        words.append("postgresql_nulls_not_distinct=True")
    if constraint.include is not None and constraint.include.value:
        words.append(f"postgresql_include=[{', '.join(spelling.strings(constraint.include.value))}]")
    return spelling.call("UniqueConstraint", words)


def is_plain(constraint: UniqueConstraint) -> bool:
    """Whether it says no more than which columns are unique."""
    return not any(
        (
            constraint.nulls_not_distinct is not None and constraint.nulls_not_distinct.value,
            constraint.include is not None and constraint.include.value,
            deferral(constraint.deferrability),
        )
    )


def index_words(spelling: Spelling, index: Index) -> dict[str, str]:
    """The keyword arguments of an index."""
    words: dict[str, str] = {}
    if index.unique is not None and index.unique.value:
        words["unique"] = "True"
    if index.method is not None and index.method.value != "btree":
        words["postgresql_using"] = string(index.method.value, spelling.quote)
    if index.predicate is not None and index.predicate.value is not None:
        words["postgresql_where"] = sql(spelling.names, index.predicate.value, spelling.quote)
    if index.include is not None and index.include.value:
        words["postgresql_include"] = f"[{', '.join(spelling.strings(index.include.value))}]"
    operators = {element.column: element.opclass for element in index.elements if element.opclass and element.column}
    if operators:
        pairs = (
            f"{string(column, spelling.quote)}: {string(name, spelling.quote)}" for column, name in operators.items()
        )
        words["postgresql_ops"] = f"{{{', '.join(pairs)}}}"
    if index.nulls_not_distinct is not None and index.nulls_not_distinct.value:
        words["postgresql_nulls_not_distinct"] = "True"
    return words


def index(spelling: Spelling, value: Index) -> str:
    """`Index(...)`."""
    subject = Subject("ix", value.table, tuple(element.column or "" for element in value.elements))
    if value.name is None:
        if spelling.conventions.derived(subject) is None:
            raise Unwritable
        name = "None"
    else:
        name = string(value.name.value, spelling.quote)
    words = (f"{name}={text}" for name, text in index_words(spelling, value).items())
    return spelling.call("Index", [name, *(element(spelling, each) for each in value.elements), *words])


def element(spelling: Spelling, value: IndexElement) -> str:
    """One key of an index: a column's name where that says all, else its SQL."""
    usual = value.nulls_first == value.descending
    if value.column is not None and usual and not value.descending and value.collation is None:
        return string(value.column, spelling.quote)
    words = [grouped(value.expression or "") if value.column is None else in_sql(value.column)]
    if value.collation is not None:
        words.append(f"COLLATE {quoted(value.collation)}")
    if value.opclass is not None:
        words.append(value.opclass)
    words += ["DESC"] * value.descending
    words += [] if usual else ["NULLS FIRST" if value.nulls_first else "NULLS LAST"]
    text = " ".join(words)
    if read_element(text) != value:
        raise Unwritable
    return sql(spelling.names, text, spelling.quote)


def grouped(expression: str) -> str:
    """An expression that may stand in an index: a function call as it is, anything else in parentheses."""
    parts = tokens(expression)
    call = len(parts) == len(("name", "arguments")) and parts[0].kind == "word" and parts[1].text[:1] == "("
    whole = len(parts) == 1 and parts[0].text[:1] == "("
    return expression if call or whole else f"({expression})"


def in_sql(name: str) -> str:
    """A column's name in SQL, in quotation marks where it needs them."""
    from sqlalchemy.dialects.postgresql.base import RESERVED_WORDS

    return quoted(name) if name in RESERVED_WORDS else display(name)


def check(spelling: Spelling, constraint: CheckConstraint) -> str:
    """`CheckConstraint(...)`."""
    template = spelling.conventions.templates.get("ck", "")
    if constraint.name is None and ("constraint_name" in template or not spelling.conventions.known):
        raise Unwritable
    words = [quoted_sql(constraint.expression.value, spelling.quote)]
    words += spelling.named(Subject("ck", constraint.table), constraint.name)
    words += (
        ["postgresql_not_valid=True"] if constraint.validated is not None and not constraint.validated.value else []
    )
    return spelling.call("CheckConstraint", words)


def primary_key(spelling: Spelling, key: PrimaryKey) -> str:
    """`PrimaryKeyConstraint(...)`."""
    words = spelling.strings(key.columns.value)
    return spelling.call("PrimaryKeyConstraint", [*words, *spelling.named(Subject("pk", key.table), key.name)])


def exclusion(spelling: Spelling, constraint: ExclusionConstraint) -> str:
    """`ExcludeConstraint(...)` of columns alone. Raises Unwritable for any other."""
    parts = tokens(constraint.definition.value)
    match parts:
        case [first, using, method, group]:
            where = None
        case [first, using, method, group, word, predicate] if word.is_word("WHERE"):
            where = predicate.text[1:-1]
        case _:
            raise Unwritable
    if not first.is_word("EXCLUDE") or not using.is_word("USING") or group.kind != "group":
        raise Unwritable
    pairs = [_excluded(spelling, each) for each in _listed(tokens(group.text[1:-1]))]
    words = [*pairs, *spelling.named(Subject("ex", constraint.table), constraint.name)]
    words.append(f"using={string(method.text.lower(), spelling.quote)}")
    if where is not None:
        words.append(f"where={sql(spelling.names, _bare(where), spelling.quote)}")
    return spelling.call("ExcludeConstraint", words, POSTGRESQL)


def _bare(text: str) -> str:
    parts = tokens(text)
    return text.strip()[1:-1] if len(parts) == 1 and text.strip()[:1] == "(" else text


def _listed(parts: list[Token]) -> list[list[Token]]:
    found: list[list[Token]] = [[]]
    for part in parts:
        if part.text == ",":
            found.append([])
        else:
            found[-1].append(part)
    return found


def _excluded(spelling: Spelling, parts: list[Token]) -> str:
    """`("column", "operator")`."""
    at = next((number for number, part in enumerate(parts) if part.is_word("WITH")), 0)
    operator = "".join(part.text for part in parts[at + 1 :])
    if at != 1 or not operator or parts[0].kind not in ("word", "quoted"):
        raise Unwritable
    column = parts[0].text[1:-1].replace('""', '"') if parts[0].kind == "quoted" else parts[0].text
    return f"({string(column, spelling.quote)}, {string(operator, spelling.quote)})"


def actions(spelling: Spelling, key: ForeignKey) -> dict[str, str]:
    """What a foreign key says beside its target."""
    words: dict[str, str] = {}
    for name, action in (("ondelete", key.on_delete), ("onupdate", key.on_update)):
        if action is not None and action.value is not ReferentialAction.NO_ACTION:
            words[name] = string(action.value.value, spelling.quote)
    for word in deferral(key.deferrability):
        name, _, value = word.partition("=")
        words[name] = value.replace('"', spelling.quote)
    if key.match_type is not None and key.match_type.value is not MatchType.SIMPLE:
        words["match"] = string(key.match_type.value.value.removeprefix("MATCH "), spelling.quote)
    if key.validated is not None and not key.validated.value:
        words["postgresql_not_valid"] = "True"
    return words


def foreign_key(spelling: Spelling, key: ForeignKey, reference: Reference, table: str) -> str:
    """`ForeignKey(...)` at the key's one column; `table` as this source names it."""
    target = string(f"{table}.{reference.columns[0]}", spelling.quote)
    return spelling.call("ForeignKey", [target, *_key_words(spelling, key, reference)])


def _key_words(spelling: Spelling, key: ForeignKey, reference: Reference) -> list[str]:
    subject = Subject("fk", key.table, key.columns, reference.table.name)
    return [*spelling.named(subject, key.name), *(f"{name}={text}" for name, text in actions(spelling, key).items())]


def foreign_key_constraint(spelling: Spelling, key: ForeignKey, reference: Reference, table: str) -> str:
    """`ForeignKeyConstraint(...)` among the table's constraints; `table` as this source names it."""
    words = _key_words(spelling, key, reference)
    targets = spelling.strings(f"{table}.{column}" for column in reference.columns)
    lists = [f"[{', '.join(spelling.strings(key.columns))}]", f"[{', '.join(targets)}]"]
    return spelling.call("ForeignKeyConstraint", [*lists, *words])
