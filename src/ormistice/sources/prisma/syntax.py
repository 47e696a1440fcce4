"""Prisma text to nodes. A line that cannot be read costs that line; the rest of its block is still read."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from sys import intern
from typing import Any, NamedTuple

from ormistice.errors import AuditError
from ormistice.model import Problem, ProblemKind
from ormistice.sources.prisma.lalr import Action, UnexpectedLexemeError, value_of
from ormistice.sources.prisma.lexer import MAX_DEPTH, PRISMA_8, BlockLines, Lexeme, Line, StrayLines, blocks, too_deep
from ormistice.sources.prisma.nodes import (
    Argument,
    Array,
    Attribute,
    Block,
    Call,
    Expression,
    Field,
    FieldType,
    Number,
    Object,
    Setting,
    String,
    Word,
)
from ormistice.text import Document, Span

MAX_PROBLEMS = 500
_LARGE = 1_000_000
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\(.)")
_WORDS = {
    "NAME": "a name",
    "NUMBER": "a number",
    "STRING": "a string",
    "FIELD_ATTRIBUTE": "an attribute",
    "BLOCK_ATTRIBUTE": "a block attribute",
    "_NEWLINE": "the end of the line",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "LSQB": "`[`",
    "RSQB": "`]`",
    "RBRACE": "`}`",
    "LIST": "`[]`",
    "_COMMA": "`,`",
    "COLON": "`:`",
    "_EQUAL": "`=`",
    "QUESTION": "`?`",
    "PLAIN": "a name without dots",
    "TYPE": 'a type: a name or `Unsupported("...")`',
}
"""How to tell what was expected. What the grammar knows only to refuse it is not told, and `{` only `where` takes."""

_REFUSED = {
    "COLON": "a field's type stands without `:` before it",
    "BANG": "fields are required without `!`",
    "LSQB": "a list is written `Type[]`, not `[Type]`",
}

_MARKS = {"LIST": (True, False), "QUESTION": (False, True)}
"""What stands behind a type's name says whether it is a list and whether it is optional."""

Member = Field | Setting | Attribute


@dataclass(frozen=True, slots=True)
class Parsing:
    """The blocks of one file in order, and what could not be read of it. `lost`: a whole block may be missing."""

    document: Document
    blocks: tuple[Block, ...]
    problems: tuple[Problem, ...]
    lost: bool


def parse(document: Document) -> Parsing:
    """Read a file; never fails but for the contract language of Prisma 8, which is another language."""
    return _parsed(document) if len(document.text) < _LARGE else parse_once(document)


@lru_cache(maxsize=4)
def _parsed(document: Document) -> Parsing:
    """What was read last is kept, since who writes in a file asks for what who loaded it asked for."""
    return parse_once(document)


def parse_once(document: Document) -> Parsing:
    """The same of what nobody will ask for again, which then takes the place of nothing that is kept."""
    reader = _FileReader(document)
    for found in blocks(document.text):
        if isinstance(found, BlockLines):
            reader.block(found)
        else:
            reader.stray(found)
        if reader.gives_up():
            break
    return Parsing(document, tuple(reader.blocks), tuple(reader.problems), reader.lost)


@dataclass
class _FileReader:
    """Collects the blocks and problems of one file; its methods are what the grammar's rules make."""

    document: Document
    blocks: list[Block] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    lost: bool = False

    def __post_init__(self) -> None:
        self._actions: Mapping[str, Action] = {
            "field": self._field,
            "setting": self._setting,
            "type": self._type,
            "attribute": self._attribute,
            "block_attribute": self._attribute,
            "arguments": _arguments,
            "arguments_with_last_comma": _arguments_with_last_comma,
            "named": _named,
            "empty": self._empty,
            "call": _call,
            "array": _array,
            "object": _object,
        }

    def block(self, found: BlockLines) -> None:
        """Read a block, line by line."""
        keyword, name, opening = found.header
        broken: list[str] = []
        if "." in name[1] or (keyword[1] not in {"datasource", "generator"} and not _can_name(name[1])):
            self.error(f"`{name[1]}` cannot be a name: expected a letter, then letters, digits and `_`", name)
        if found.close is None:
            self.error(
                f"the {keyword[1]} `{name[1]}` has no end: expected `}}` at the start of a line", keyword, opening
            )
            broken.append("}")
        members: list[Member] = []
        for line in found.lines:
            member = self._member(line, broken)
            if member is not None and self._fits(keyword[1], member, broken):
                members.append(member)
            if len(self.problems) > MAX_PROBLEMS:
                broken.append("")
                break
        last = found.close or (found.lines[-1][-2] if found.lines else opening)
        self.blocks.append(
            Block(
                keyword=keyword[1],
                name=name[1],
                name_start=name[2],
                document=self.document,
                fields=tuple([node for node in members if isinstance(node, Field)]),
                settings=tuple([node for node in members if isinstance(node, Setting)]),
                attributes=tuple([node for node in members if isinstance(node, Attribute)]),
                start=keyword[2],
                end=last[3],
                broken=tuple(broken),
            )
        )

    def stray(self, found: StrayLines) -> None:
        """Report what stands outside of every block."""
        first = found.first
        if first[0][1] in PRISMA_8 and first[-2][0] == "LBRACE":
            line = self.document.position(first[0][2]).line
            raise AuditError(
                f"{self.document.path}:{line}: `{first[0][1]}` is Prisma 8's contract language, which is not read",
                "give the database or its migrations in its place",
            )
        self.lost = True
        if first[0][1] == "type" and "_EQUAL" in {kind for kind, *_ in first[2:3]}:
            self.error(f"`{first[1][1]}`: the language has no type aliases any more", first[0], first[-2])
            return
        expected = "expected a keyword (`model`, `enum`, `view`, `type`, `datasource`, `generator`), a name and `{`"
        self.error(f"this is not the start of a block: {expected}", first[0], first[-2])

    def gives_up(self) -> bool:
        """Whether so much is wrong that the rest of the file is left unread, which is then the last problem."""
        if len(self.problems) <= MAX_PROBLEMS:
            return False
        place = self.problems[MAX_PROBLEMS].place
        message = f"more than {MAX_PROBLEMS} syntax errors: the rest of the file is not read"
        self.problems[MAX_PROBLEMS:] = [Problem(ProblemKind.SYNTAX_ERROR, message, place)]
        self.lost = True
        return True

    def error(self, message: str, first: Lexeme, last: Lexeme | None = None) -> None:
        """Report a syntax error."""
        span = Span(self.document.path, first[2], (last or first)[3])
        self.problems.append(Problem(ProblemKind.SYNTAX_ERROR, message, span))

    def _member(self, line: Line, broken: list[str]) -> Member | None:
        before = len(self.problems)
        if len(line) > MAX_DEPTH and too_deep(line):
            self.error("brackets are nested too deep", line[0], line[-2])
        else:
            try:
                member: Member = value_of(line, self._actions)
            except UnexpectedLexemeError as error:
                del self.problems[before:]
                self._explain(error)
            else:
                return member
        broken.append(line[0][1])
        return None

    def _fits(self, keyword: str, member: Member, broken: list[str]) -> bool:
        """Whether a member belongs into a block of this kind; it is reported where it does not."""
        match member, keyword:
            case (Field(type=FieldType()), "model" | "view" | "type") | (Field(type=None), "enum"):
                return True
            case (Setting(), "datasource" | "generator") | (Attribute(), "model" | "view" | "type" | "enum"):
                return True
            case Field(name=name, type=None), "model" | "view" | "type":
                message = f"`{name}` has no type"
            case _, "enum":
                message = "expected the name of a value"
            case _, "datasource" | "generator":
                message = "expected `key = value`"
            case _:
                message = "expected a name and a type"
        place = Span(self.document.path, member.start, member.end)
        self.problems.append(Problem(ProblemKind.SYNTAX_ERROR, message, place))
        broken.append(self.document.text[member.start : member.end])
        return False

    def _explain(self, error: UnexpectedLexemeError) -> None:
        kind, text, *_ = error.lexeme
        words = [word for terminal, word in _WORDS.items() if terminal in error.expected]
        expected = " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
        found = "the end of the line" if kind == "_NEWLINE" else "a string without end" if text == '"' else f"`{text}`"
        self.error(f"expected {expected}, found {found}", error.lexeme)

    def _field(self, parts: Sequence[Any]) -> Field:
        _, name, start, name_end = parts[0]
        if not (name.isidentifier() or _can_name(name)):
            self.error(f"`{name}` cannot be a name: expected a letter, then letters, digits and `_`", parts[0])
        at = 1
        if len(parts) > 1 and parts[1].__class__ is tuple:
            self.error(_REFUSED["COLON"], parts[1])
            at = 2
        type_: FieldType | None = None
        if len(parts) > at and isinstance(parts[at], FieldType):
            type_ = parts[at]
            at += 1
        end = parts[-1].end if len(parts) > at else type_.end if type_ else name_end
        return Field(intern(name), name_end, type_, tuple(parts[at:]), start, end)

    def _type(self, parts: Sequence[Any]) -> FieldType:
        _, text, start, end = parts[0]
        if len(parts) == 1 and "." not in text:
            return FieldType(intern(text), start, end, end)
        if len(parts) == 2 and "." not in text and (mark := _MARKS.get(parts[1][0])):  # noqa: PLR2004 - a name and a mark
            return FieldType(intern(text), start, parts[1][3], end, *mark)
        return self._unusual_type(parts)

    def _unusual_type(self, parts: Sequence[Any]) -> FieldType:
        marks = {part[0]: part for part in parts if part.__class__ is tuple and part[0] != "NAME"}
        for kind, message in _REFUSED.items():
            if kind in marks:
                self.error(message, marks[kind])
        if "LIST" in marks and "QUESTION" in marks:
            self.error("a list cannot be optional: expected `[]` or `?`, not both", marks["QUESTION"])
        start = marks.get("LSQB", parts[0])
        name = parts[1] if "LSQB" in marks else parts[0]
        name_end, unsupported = name[3], None
        arguments = next((part for part in parts if isinstance(part, _Arguments)), None)
        if arguments is not None:
            name_end = arguments.close[3]
            unsupported = _unsupported(name[1], arguments)
        if (arguments is not None and unsupported is None) or "." in name[1]:
            raise UnexpectedLexemeError(name, frozenset({"TYPE"}))
        end = max([name_end, *(mark[3] for mark in marks.values())])
        is_list = "LIST" in marks or "LSQB" in marks
        return FieldType(name[1], start[2], end, name_end, is_list, "QUESTION" in marks, unsupported)

    def _setting(self, parts: Sequence[Any]) -> Setting:
        _, name, start, name_end = _plain(parts[0])
        if len(parts) == 1:
            self.error(f"expected a value behind `{name} =`", parts[0])
            return Setting(name, None, start, name_end)
        value = _expression(parts[1])
        return Setting(name, value, start, value.end)

    def _attribute(self, parts: Sequence[Any]) -> Attribute:
        _, text, start, end = parts[0]
        name = intern(text.lstrip("@").strip())
        if len(parts) == 1:
            return Attribute(name, (), start, end)
        arguments: _Arguments = parts[1]
        if "." not in name:
            self._check_commas(arguments)
        return Attribute(name, arguments.given, start, arguments.close[3], arguments.close[2])

    def _check_commas(self, arguments: "_Arguments") -> None:
        """Native types may have a last comma, and so may functions in brackets or braces; other attributes may not."""
        _, _, *close = arguments.close
        ends = [close] if arguments.last_comma else []
        ends += [
            [argument.value.end - 1, argument.value.end]
            for argument in arguments.given
            if isinstance(argument.value, Call) and argument.value.last_comma
        ]
        for start, end in ends:
            self.error("expected an argument or no comma before `)`", ("RPAR", ")", start, end))

    def _empty(self, parts: Sequence[Any]) -> Argument:
        (_, name, start, _), colon = parts
        self.error(f"expected a value behind `{name}:`", colon)
        return Argument(name, None, start, colon[3])


class _Arguments(NamedTuple):
    """What stands in parentheses, and the closing one."""

    given: tuple[Argument, ...]
    close: Lexeme
    last_comma: bool = False


def _arguments(parts: Sequence[Any]) -> _Arguments:
    given = []
    for part in parts[1:-1]:
        if isinstance(part, Argument):
            given.append(part)
        else:
            value = _expression(part)
            given.append(Argument(None, value, value.start, value.end))
    return _Arguments(tuple(given), parts[-1])


def _arguments_with_last_comma(parts: Sequence[Any]) -> _Arguments:
    return _arguments(parts)._replace(last_comma=True)


def _named(parts: Sequence[Any]) -> Argument:
    _, name, start, _ = _plain(parts[0])
    value = _expression(parts[2])
    return Argument(name, value, start, value.end)


def _call(parts: Sequence[Any]) -> Call:
    (_, name, start, _), arguments = parts
    return Call(name, arguments.given, start, arguments.close[3], arguments.last_comma)


def _can_name(word: str) -> bool:
    return "-" not in word and "." not in word and not word[0].isdigit()


def _plain(lexeme: Lexeme) -> Lexeme:
    """A name that may have no dots."""
    if "." in lexeme[1]:
        raise UnexpectedLexemeError(lexeme, frozenset({"PLAIN"}))
    return lexeme


def _expression(part: Any) -> Expression:
    if part.__class__ is not tuple:
        node: Expression = part
        return node
    kind, text, start, end = part
    if kind == "NAME":
        return Word(intern(text), start, end)
    if kind == "STRING":
        text = text[1:-1]
        return String(_unescaped(text) if "\\" in text else text, start, end)
    return Number(text, start, end)


def _array(parts: Sequence[Any]) -> Array:
    return Array(tuple([_expression(part) for part in parts[1:-1]]), parts[0][2], parts[-1][3])


def _object(parts: Sequence[Any]) -> Object:
    return Object(tuple(parts[1:-1]), parts[0][2], parts[-1][3])


def _unsupported(name: str, arguments: _Arguments) -> str | None:
    match [argument.value for argument in arguments.given]:
        case [String(text)] if name == "Unsupported" and not arguments.last_comma:
            return text
    return None


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(_resolved, text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _resolved(escape: re.Match[str]) -> str:
    if escape[1]:
        return chr(int(escape[1], 16))
    return _ESCAPES.get(escape[2], escape[2])
