"""Operations that stand in comments: what somebody put out of action and meant to put back."""

import ast
import io
import textwrap
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ormistice.names import DEFAULT_SCHEMA
from ormistice.parsing import python_module
from ormistice.sources.postgres.scripts import CommentLine, comment_lines, split, words_in
from ormistice.text import Document, Span

_NAME_AT = 2
_STARTS = frozenset({"create", "alter", "drop"})
_OBJECTS = frozenset({"table", "index", "type", "sequence", "schema", "view", "unique"})
_FILLERS = frozenset({"if", "not", "exists", "only", "concurrently", "unique", "or", "replace"})
_ACTIONS = frozenset({"add", "drop", "alter", "rename", "validate", "enable", "disable", "force"})
_BEFORE_NAMES = _FILLERS | {"column", "constraint", "cascade", "restrict", "no"}
# What may follow such an action in place of a name.
_NAMELESS = frozenset(
    {
        *("null", "default", "identity", "generated", "expression", "primary", "foreign", "check", "exclude", "value"),
        *("row", "trigger", "rule", "always", "replica", "to"),
    }
)
_TABLELESS = frozenset({"execute", "run_async", "bulk_insert", "get_bind", "get_context", "f", "drop_index", "invoke"})
# Alembic's operations whose table is not their first argument.
_TABLE_SECOND = frozenset(
    {
        *("create_index", "create_foreign_key", "create_unique_constraint", "create_check_constraint"),
        *("create_primary_key", "drop_constraint", "create_exclude_constraint"),
    }
)


@dataclass(frozen=True, slots=True)
class Act:
    """What is done to an object: the first word for it, its name, and what it is called among all that is there."""

    verb: str
    name: str
    known_as: str


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation in a comment: what it is, which table it is about, and whether it would create that table.

    `acts` is what it would do to which objects, where their names are known.
    """

    name: str
    table: str | None
    place: Span
    creates: bool = False
    acts: tuple[Act, ...] = ()


def operations(document: Document, is_statement: Callable[[str], bool]) -> Iterator[Operation]:
    """The operations that stand in the comments of a migration; `is_statement` knows SQL from prose."""
    if document.path.endswith(".py"):
        yield from _of_python(document)
    else:
        yield from _of_sql(document, is_statement)


def _of_sql(document: Document, is_statement: Callable[[str], bool]) -> Iterator[Operation]:
    lines = list(comment_lines(document.text))
    behind = 0
    for at, line in enumerate(lines):
        first = line.text.split(maxsplit=1)[:1]
        if line.start < behind or not first or first[0].lower() not in _STARTS:
            continue
        rest = [other for other in lines[at:] if other.block == line.block]
        statement = next(split("\n".join(other.text for other in rest)), None)
        words = [word for word in statement.words if word not in _FILLERS] if statement is not None else []
        if statement is None or len(words) <= _NAME_AT or words[1] not in _OBJECTS or not is_statement(statement.text):
            continue
        last = rest[statement.text.count("\n")]
        behind = last.end
        if "partition" in words and "of" in words:
            # An example, most often; partitions come and go with time, and are nobody's to declare.
            continue
        name = " ".join(words[:_NAME_AT]).upper()
        place = Span(document.path, line.start, last.end)
        yield Operation(name, _table_of(words), place, name == "CREATE TABLE", tuple(_acts(statement.text)))


def _acts(text: str) -> Iterator[Act]:
    words = [word for word, inside in words_in(text) if not inside and word not in _FILLERS]
    if words[:2] == ["alter", "table"]:
        yield from _acts_on_table(words[_NAME_AT + (words[_NAME_AT] == DEFAULT_SCHEMA) :])
    elif words[:2] == ["create", "index"] and words[_NAME_AT] == "on":
        return
    else:
        names = words[_NAME_AT:] if words[0] == "drop" else words[_NAME_AT : _NAME_AT + 2]
        named = [word for word in names if word not in (DEFAULT_SCHEMA, *_BEFORE_NAMES)]
        yield from (Act(words[0], name, name) for name in (named if words[0] == "drop" else named[:1]))


def _acts_on_table(words: list[str]) -> Iterator[Act]:
    """What is done to the columns and constraints of the table that `words` begin with, or else to itself."""
    table, rest = words[0], words[1:]
    found = False
    for at, word in enumerate(rest):
        if word not in _ACTIONS:
            continue
        named = [other for other in rest[at + 1 :] if other not in _BEFORE_NAMES][:2]
        if named and named[0] not in _NAMELESS | _ACTIONS:
            found = True
            verb = "drop" if word == "alter" and named[1:] == ["drop"] else word
            yield Act(verb, named[0], named[0] if rest[at + 1] == "constraint" else f"{table}.{named[0]}")
    if not found:
        yield Act("alter", table, table)


def _table_of(words: list[str]) -> str | None:
    if words[1] != "table" and "on" not in words[:-1]:
        return None
    named = words[_NAME_AT if words[1] == "table" else words.index("on") + 1 :]
    return named[1] if named[0] == DEFAULT_SCHEMA and named[1:] else named[0]


def _of_python(document: Document) -> Iterator[Operation]:
    lines = list(_python_comments(document))
    behind = 0
    for at, line in enumerate(lines):
        if line.start < behind or not line.text.lstrip().startswith(("op.", "batch_op.", "with op.")):
            continue
        rest = [other for other in lines[at:] if other.block == line.block]
        found = _parsed(rest)
        if found is None:
            continue
        tree, count = found
        place = Span(document.path, line.start, rest[count - 1].end)
        calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
        for operation in (operation for call in calls if (operation := _alembic_operation(call, place)) is not None):
            yield operation
            behind = place.end


def _parsed(lines: list[CommentLine]) -> tuple[ast.Module, int] | None:
    """The first statement that `lines` begin with, and how many of them it takes."""
    for count in range(1, len(lines) + 1):
        try:
            return python_module(textwrap.dedent("\n".join(line.text for line in lines[:count]))), count
        except (SyntaxError, ValueError):
            continue
    return None


def _alembic_operation(call: ast.Call, place: Span) -> Operation | None:
    match call.func:
        case ast.Attribute(value=ast.Name(id="batch_op"), attr=name):
            return Operation(f"batch_op.{name}", None, place)
        case ast.Attribute(value=ast.Name(id="op"), attr=name) if name in _TABLELESS:
            return Operation(f"op.{name}", None, place)
        case ast.Attribute(value=ast.Name(id="op"), attr=name):
            at = 1 if name in _TABLE_SECOND else 0
            return Operation(f"op.{name}", _text(call.args[at : at + 1]), place, name == "create_table")
        case _:
            return None


def _text(arguments: list[ast.expr]) -> str | None:
    match arguments:
        case [ast.Constant(value=str(text))]:
            return text
        case _:
            return None


def _python_comments(document: Document) -> Iterator[CommentLine]:
    """Comments that stand on lines of their own, without their number signs."""
    block, expected = 0, 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(document.text).readline):
            line, column = token.start
            if token.type == tokenize.COMMENT and not token.line[:column].strip():
                block += line != expected
                expected = line + 1
                yield CommentLine(token.string[1:], document.offset(line, column + 2), block)
    except (tokenize.TokenError, SyntaxError):
        return
