"""Names that statements and migrations would give to something, whether it came to that or not."""

import ast
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from ormistice.parsing import python_module
from ormistice.sources.migrations.python_places import python_places
from ormistice.sources.migrations.replay import statements
from ormistice.sources.postgres.scripts import Statement, split, words_in
from ormistice.text import Document

_RELATIONS = frozenset({"table", "view", "index", "sequence"})
_KINDS = _RELATIONS | {
    *("type", "domain", "schema", "trigger", "policy", "function", "procedure", "extension", "collation"),
    *("aggregate", "rule", "role"),
}
# What the server's first word for something that is not there can mean; any other is the word itself.
_MEANT = {
    "relation": _RELATIONS,
    "type": frozenset({"type", "domain", "table", "view", "extension"}),
    "materialized": frozenset({"view"}),
    "foreign": frozenset({"table"}),
}
_RENAMED = "renamed"
_FILLERS = frozenset(
    {
        *("or", "replace", "unique", "temp", "temporary", "unlogged", "materialized", "foreign", "concurrently"),
        *("if", "not", "exists", "recursive", "global", "local"),
    }
)
# What may follow the name of something that is created, what ADD may be followed by in place of a name, and what
# stands before the word when the constraint is there already.
_BEHIND = frozenset({"as", "on", "using", "partition", "of", "with", "inherits", "returns", "for", "to", "after"})
_NAMELESS = frozenset({"primary", "foreign", "unique", "check", "exclude", "table", "generated", "value"})
_NOT_NEW = frozenset({"drop", "validate", "alter", "rename", "on"})
_NAMES_AT_MOST = 2
Declared = tuple[str, str]


def declares(found: frozenset[Declared], message: str, name: str) -> bool:
    """Whether among what is declared there is what the server says is not there, under its bare name."""
    word = message.partition(" ")[0]
    meant = _MEANT.get(word, frozenset({word}))
    known = meant <= _KINDS or word in ("constraint", "column")
    return any(bare == name and (kind == _RENAMED or kind in meant or not known) for kind, bare in found)


@lru_cache(maxsize=4096)
def declared(text: str) -> frozenset[Declared]:
    """Kinds and bare names in the SQL of `text`, the bodies of DO and of routines included."""
    listed = list(words_in(text))
    words = [word for word, inside in listed if not inside]
    found: set[Declared] = set()
    for at, word in enumerate(words):
        rest = words[at + 1 : at + 12]
        match word:
            case "create":
                found |= set(_created(rest))
            case "add":
                found |= set(_added(rest))
            case "rename" if "to" in rest[:5]:
                found |= {(_RENAMED, name) for name in rest[rest.index("to") + 1 :][:1]}
            case _:
                continue
    pairs = pairwise((word for word, _ in listed))
    before = ("", *(word for word, _ in listed))
    found |= {
        ("constraint", name)
        for last, (word, name) in zip(before, pairs, strict=False)
        if word == "constraint" and last not in _NOT_NEW
    }
    return frozenset(found)


def _created(words: Sequence[str]) -> Iterator[Declared]:
    """The name behind CREATE and the kind, and the word behind that, for the first may be a schema."""
    at = next((at for at, word in enumerate(words) if word not in _FILLERS), len(words))
    if at < len(words) and words[at] in _KINDS:
        named = [word for word in words[at + 1 :] if word not in _FILLERS]
        until = next((at for at, word in enumerate(named) if word in _BEHIND), len(named))
        yield from ((words[at], name) for name in named[: min(until, _NAMES_AT_MOST)])


def _added(words: Sequence[str]) -> Iterator[Declared]:
    rest = [word for word in words[:5] if word not in ("if", "not", "exists")]
    if rest[:1] != ["constraint"]:
        name = rest[1:2] if rest[:1] == ["column"] else rest[:1]
        yield from (("column", word) for word in name if word not in _NAMELESS)


@lru_cache(maxsize=4096)
def declared_in(document: Document) -> frozenset[Declared]:
    """Kinds and bare names in a whole migration."""
    if document.path.endswith(".py"):
        return frozenset(_of_python(document))
    return frozenset(pair for statement in statements(document) for pair in declared(statement.text))


def _of_python(document: Document) -> Iterator[Declared]:
    yield from ((kind, name.rpartition(".")[2]) for kind, name in python_places(document))
    yield from (pair for statement in sql_in(document) for pair in declared(statement.text))
    for call in _calls(document):
        match call:
            case ast.Call(func=ast.Attribute(attr="rename_table"), args=[_, ast.Constant(value=str(name)), *_]):
                yield _RENAMED, name
            case _:
                yield from ((_RENAMED, name) for keyword in call.keywords for name in _given(keyword))


def _given(keyword: ast.keyword) -> Iterator[str]:
    """The name that an argument gives to something."""
    match keyword:
        case ast.keyword(arg="name" | "new_column_name" | "new_table_name", value=ast.Constant(value=str(name))):
            yield name
        case _:
            return


def sql_in(document: Document) -> Iterator[Statement]:
    """Statements in the plain texts of a Python file that begin like one, each at the start of its text's line."""
    for node in _nodes(document):
        match node:
            case ast.Constant(value=str(text), lineno=line):
                start = document.offset(line, 1)
                yield from (
                    Statement(statement.text, start, statement.words)
                    for statement in split(text)
                    if statement.words[:1] in (("create",), ("alter",), ("do",))
                )
            case _:
                continue


def _calls(document: Document) -> Iterator[ast.Call]:
    return (node for node in _nodes(document) if isinstance(node, ast.Call))


def _nodes(document: Document) -> Iterator[ast.AST]:
    try:
        tree = python_module(document.text)
    except (SyntaxError, ValueError):
        return iter(())
    return ast.walk(tree)
