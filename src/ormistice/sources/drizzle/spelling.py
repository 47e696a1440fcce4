"""A file's own hand: its quotes, semicolons, indentation, trailing commas, and the space in braces."""

import re
from dataclasses import dataclass

from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.syntax import Module

LONGEST_LINE = 100
"""What is written on one line as long as it fits there."""

_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_KEY = re.compile(r"^[A-Za-z_$][\w$]*$")
_LEADING = re.compile(r"^[A-Z]+(?![a-z])|^[A-Z]")
_SEPARATORS = re.compile(r"[^A-Za-z0-9$]+")
_CLOSED = re.compile(r"([^\s;{(\[])[ \t]*\r?\n[ \t]*[}\])]")
_INDENT = re.compile(r"^(\t+|  +)(?=[^\s*/])", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Style:
    """How a file is written where there is a choice."""

    quote: str
    semicolon: str
    spaced: bool
    newline: str
    indent: str = "  "
    trailing: str = ","

    def quoted(self, text: str) -> str:
        """A string literal."""
        escaped = "".join(_ESCAPES.get(character, character) for character in text)
        return f"{self.quote}{escaped.replace(self.quote, chr(92) + self.quote)}{self.quote}"

    def braced(self, inside: str) -> str:
        """An object, or the names of an import."""
        return f"{{ {inside} }}" if self.spaced else f"{{{inside}}}"

    def key(self, name: str) -> str:
        """The key of a property, in quotes if it needs them."""
        return name if _KEY.match(name) else self.quoted(name)

    def access(self, owner: str, name: str) -> str:
        """A member of `owner`."""
        return f"{owner}.{name}" if _KEY.match(name) else f"{owner}[{self.quoted(name)}]"

    def lines(self, opening: str, items: list[str], closing: str) -> str:
        """A list with an item on each line, as one text whose lines are parted by line feeds."""
        inner = ",\n".join(self.indented(item) for item in items)
        return f"{opening}\n{inner}{self.trailing}\n{closing}"

    def indented(self, text: str) -> str:
        """Every line of a text, one step further in."""
        return "\n".join(f"{self.indent}{line}" if line else line for line in text.split("\n"))


def is_key(name: str) -> bool:
    """Whether a name can stand as a key or behind a dot without quotes."""
    return _KEY.match(name) is not None


def camel_case(name: str) -> str:
    """A name in SQL as TypeScript would have it."""
    words = [word for word in _SEPARATORS.split(name.replace("_", " ")) if word]
    joined = _LEADING.sub(lambda capitals: capitals[0].lower(), words[0]) if words else ""
    joined += "".join(word[:1].upper() + word[1:] for word in words[1:])
    return joined if is_key(joined) else name


def style_of(module: Module, text: str) -> Style:
    """The style of most of `text`; that of the commonest formatter where it does not show."""
    single, double = text.count("'"), text.count('"')
    ends = [text[statement.end - 1 : statement.end] for statement in module.statements if _takes_semicolon(statement)]
    spaced, tight = text.count("{ "), sum(text.count(f"{{{quote}") for quote in "abcdefghijklmnopqrstuvwxyz")
    closed = [match[1] for match in _CLOSED.finditer(text)]
    indents = [match[1] for match in _INDENT.finditer(text)]
    return Style(
        "'" if single > double else '"',
        "" if ends and ends.count(";") * 2 < len(ends) else ";",
        spaced >= tight,
        "\r\n" if "\r\n" in text else "\n",
        "\t" if indents and indents[0][0] == "\t" else min(indents, key=len, default="  "),
        "" if closed and closed.count(",") * 2 < len(closed) else ",",
    )


def _takes_semicolon(statement: nodes.Statement) -> bool:
    inner = statement.declaration if isinstance(statement, nodes.Exported) else statement
    return isinstance(inner, nodes.Declaration | nodes.Import | nodes.Expression)
