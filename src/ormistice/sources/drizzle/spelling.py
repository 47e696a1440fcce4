"""A file's own hand: its quotes, semicolons, and the space in braces."""

from dataclasses import dataclass

from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.syntax import Module


@dataclass(frozen=True, slots=True)
class Style:
    """How a file is written where there is a choice."""

    quote: str
    semicolon: str
    spaced: bool
    newline: str

    def quoted(self, text: str) -> str:
        """A string literal."""
        return f"{self.quote}{text}{self.quote}"

    def braced(self, inside: str) -> str:
        """An object, or the names of an import."""
        return f"{{ {inside} }}" if self.spaced else f"{{{inside}}}"


def style_of(module: Module, text: str) -> Style:
    """The style of most of `text`; that of the commonest formatter where it does not show."""
    single, double = text.count("'"), text.count('"')
    ends = [text[statement.end - 1 : statement.end] for statement in module.statements if _takes_semicolon(statement)]
    spaced, tight = text.count("{ "), sum(text.count(f"{{{quote}") for quote in "abcdefghijklmnopqrstuvwxyz")
    return Style(
        "'" if single > double else '"',
        "" if ends and ends.count(";") * 2 < len(ends) else ";",
        spaced >= tight,
        "\r\n" if "\r\n" in text else "\n",
    )


def _takes_semicolon(statement: nodes.Statement) -> bool:
    inner = statement.declaration if isinstance(statement, nodes.Exported) else statement
    return isinstance(inner, nodes.Declaration | nodes.Import | nodes.Expression)
