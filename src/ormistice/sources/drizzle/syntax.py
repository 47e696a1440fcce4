"""Text to tree: the marked tokens of one statement after another through the LALR parser."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from lark import Lark, Token
from lark.exceptions import UnexpectedInput, UnexpectedToken
from lark.lexer import Lexer

from ormistice.parsing import load_grammar
from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.build import RULES
from ormistice.sources.drizzle.errors import SyntaxFailure
from ormistice.sources.drizzle.items import Item, items
from ormistice.sources.drizzle.lexer import tokenize


@dataclass(frozen=True, slots=True)
class Module:
    """One file: its statements in order, and what of it could not be read."""

    path: str
    text: str
    statements: tuple[nodes.Statement, ...]
    failures: tuple[SyntaxFailure, ...]


class MarkedTokens(Lexer):
    """Hands the parser the tokens that are there already."""

    def __init__(self, lexer_conf: object) -> None:
        """Lark asks for this form."""

    def lex(self, data: Any) -> Iterator[Token]:  # type: ignore[override]  # Lark gives custom lexers the bare input
        """The tokens of `data`, a text and its marked tokens."""
        text, marked = data
        for terminal, start, end in marked:
            yield Token(terminal, text[start:end], start_pos=start, end_pos=end)


@cache
def _parser() -> Lark:
    return load_grammar("typescript", start="item", lexer=MarkedTokens, transformer=RULES)


def parse(path: str, text: str) -> Module:
    """The module that `text` is, as far as it can be read; never raises."""
    statements: list[nodes.Statement] = []
    failures: list[SyntaxFailure] = []
    for item in items(tokenize(text)):
        if isinstance(item, SyntaxFailure):
            failures.append(item)
            continue
        try:
            statements.append(_statement(text, item))
        except SyntaxFailure as failure:
            failures.append(failure)
    return Module(path, text, tuple(statements), tuple(sorted(failures, key=lambda failure: failure.start)))


def _statement(text: str, item: Item) -> nodes.Statement:
    try:
        return _parser().parse((text, item.tokens))  # type: ignore[return-value]  # what RULES make of it
    except UnexpectedToken as error:
        start, end = error.token.start_pos or item.start, error.token.end_pos or item.end
        raise SyntaxFailure(f"unexpected `{text[start:end]}`", start, end, (item.start, item.end)) from None
    except UnexpectedInput:
        raise SyntaxFailure("statement does not parse", item.start, item.end) from None
