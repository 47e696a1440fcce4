"""Text to tree: the marked tokens of one statement after another through the LALR parser."""

from dataclasses import dataclass
from functools import cache

from ormistice.grammar import load_grammar
from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.build import RULES
from ormistice.sources.drizzle.errors import SyntaxFailure
from ormistice.sources.drizzle.items import Item, items
from ormistice.sources.drizzle.lalr import NoLexer, Table, table_of
from ormistice.sources.drizzle.lexer import tokenize
from ormistice.sources.drizzle.marking import CHANGING, CHANGING_METHODS


@dataclass(frozen=True, slots=True)
class Module:
    """One file: its statements in order, those that may change a value, and what of it could not be read."""

    path: str
    text: str
    statements: tuple[nodes.Statement, ...]
    changing: tuple[nodes.Statement, ...]
    failures: tuple[SyntaxFailure, ...]


_CHANGING = frozenset(("POSTOP", "OPAQUE_STATEMENT", "FOR_OF", "SWITCH", "TRY"))
# A plain `.ts` file has casts where another has elements.
_WITH_JSX = (".tsx", ".jsx", ".js", ".mjs", ".cjs")


@cache
def _table() -> Table:
    return table_of(load_grammar("typescript", start="item", lexer=NoLexer), vars(RULES))


def parse(path: str, text: str) -> Module:
    """The module that `text` is, as far as it can be read; never raises."""
    statements: list[nodes.Statement] = []
    changing: list[nodes.Statement] = []
    failures: list[SyntaxFailure] = []
    for item in items(tokenize(text, jsx=path.endswith(_WITH_JSX))):
        if isinstance(item, SyntaxFailure):
            failures.append(item)
            continue
        try:
            statement = _statement(text, item)
            statements.append(statement)
            if _may_change(item):
                changing.append(statement)
        except SyntaxFailure as failure:
            failures.append(failure)
    return Module(
        path, text, tuple(statements), tuple(changing), tuple(sorted(failures, key=lambda failure: failure.start))
    )


def _may_change(item: Item) -> bool:
    """Whether a statement may change what is declared elsewhere; most declare a value, and that is all."""
    assigned = 0
    for terminal, _, _, text in item.tokens:
        if terminal == "ASSIGN":
            assigned += 1
        elif (
            terminal in _CHANGING
            or (terminal == "UNOP" and text in CHANGING)
            or (terminal == "MEMBER" and text in CHANGING_METHODS)
        ):
            return True
    return assigned > 1 or (assigned == 1 and item.tokens[0][0] not in ("DECLARE", "EXPORT"))


def _statement(text: str, item: Item) -> nodes.Statement:
    found = _table().parse(item.tokens)
    if isinstance(found, int):
        start, end = (item.tokens[found][1:3]) if found < len(item.tokens) else (item.end, item.end)
        raise SyntaxFailure(f"unexpected `{text[start:end]}`", start, end, (item.start, item.end))
    statement: nodes.Statement = found
    return statement
