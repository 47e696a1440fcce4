"""What each rule of `grammars/typescript.lark` becomes in `nodes`."""

import re
from sys import intern
from types import SimpleNamespace
from typing import Any

from ormistice.sources.drizzle.marking import Marked
from ormistice.sources.drizzle.nodes import (
    Array,
    Assignment,
    Binary,
    Block,
    Call,
    Chain,
    Clause,
    Comma,
    Conditional,
    Declaration,
    EnumDeclaration,
    ExportDefault,
    Exported,
    ExportNames,
    Expression,
    ForOf,
    Function,
    FunctionDeclaration,
    Hole,
    If,
    Import,
    Index,
    Jump,
    Literal,
    Member,
    Name,
    Object,
    Optional,
    Property,
    Regex,
    Return,
    Spread,
    Switch,
    Tagged,
    Template,
    Throw,
    Try,
    Unary,
    Unread,
    UnreadDeclaration,
    UnreadStatement,
)
from ormistice.sources.drizzle.values import number_text

_ESCAPE = re.compile(r"\\(?:u\{([\da-fA-F]{1,6})\}|u([\da-fA-F]{4})|x([\da-fA-F]{2})|(\r\n|[\s\S]))")
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r": "", "\r\n": ""}
_LAST_CODE_POINT = 0x10FFFF


def unescaped(text: str) -> str:
    """The characters that `text`, taken from between quotes, stands for."""
    if "\\" not in text:
        return text
    # Two halves of a character outside the first plane are written as two escapes.
    return _ESCAPE.sub(_escape, text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _escape(match: re.Match[str]) -> str:
    digits = match[1] or match[2] or match[3]
    if digits:
        return chr(min(int(digits, 16), _LAST_CODE_POINT))
    return _ESCAPED.get(match[4], match[4])


def number(text: str) -> int | float:
    """The number that `text` writes; an `int` only where it is a big integer."""
    plain = text.replace("_", "").lower()
    if plain.endswith("n") and not plain.startswith("0x"):
        return int(plain[:-1], 0) if plain[1:2] in ("b", "o") else int(plain[:-1])
    if plain[:2] in ("0x", "0o", "0b"):
        return int(plain[:-1], 0) if plain.endswith("n") else _float(plain)
    return float(plain)


def _float(digits: str) -> float:
    try:
        return float(int(digits, 0))
    except OverflowError:
        return float("inf")


def _template(tokens: list[Any]) -> Template:
    strings = tuple(unescaped(text) for text in _written(tokens))
    return Template(strings, tuple(tokens[1::2]), tokens[0][1], tokens[-1][2])


def _written(tokens: list[Any]) -> tuple[str, ...]:
    """The strings of a template literal, without what stands around them."""
    return tuple(text[1:-1] if text[-1] == "`" else text[1:-2] for *_, text in tokens[::2])


def _specifier(c: list[Any]) -> tuple[str, str]:
    imported, local = (unescaped(word[1:-1]) if word[:1] in ("'", '"') else word for *_, word in c)
    return imported or "default", local


def _import_names(c: list[Any]) -> Import:
    return Import(tuple(c[1:-2]), unescaped(c[-2][3][1:-1]), c[0][1], c[-1][2])


def _export_names(c: list[Any]) -> ExportNames:
    return ExportNames(tuple(c[1:-1]), None, c[0][1], c[-1][2])


def _export_names_from(c: list[Any]) -> ExportNames:
    return ExportNames(tuple(c[1:-2]), unescaped(c[-2][3][1:-1]), c[0][1], c[-1][2])


def _exported(c: list[Any]) -> Exported:
    return Exported(c[1], c[0][1], c[1].end)


def _export_default(c: list[Any]) -> ExportDefault:
    return ExportDefault(c[1], c[0][1], c[2][2])


def _declaration(c: list[Any]) -> Declaration:
    return Declaration(tuple(c[1:-1]), c[0][3] not in ("let", "var"), c[0][1], c[-1][2])


def _function_declaration(c: list[Any]) -> FunctionDeclaration:
    function = Function(tuple(c[2:-2]), c[-1], c[0][1], c[-1].end)
    return FunctionDeclaration(c[0][3], function, c[0][1], c[-1].end)


def _enum_declaration(c: list[Any]) -> EnumDeclaration:
    return EnumDeclaration(c[0][3], c[1], c[0][1], c[1].end)


def _opaque_declaration(c: list[Any]) -> UnreadDeclaration:
    return UnreadDeclaration(c[0][3], c[0][1], c[0][2])


def _opaque_statement(c: list[Any]) -> UnreadStatement:
    return UnreadStatement(tuple(c[0][3].split()), c[0][1], c[0][2])


def _for_of(c: list[Any]) -> ForOf:
    return ForOf(tuple(c[0][3].split()), c[1], c[3], c[5], c[0][1], c[0][2])


def _switch(c: list[Any]) -> Switch:
    return Switch(tuple(c[0][3].split()), c[1], tuple(c[3:-1]), c[0][1], c[0][2])


def _case(c: list[Any]) -> Clause:
    return Clause(c[1], tuple(c[3:]), c[0][1], c[-1].end if c[3:] else c[2][2])


def _default(c: list[Any]) -> Clause:
    return Clause(None, tuple(c[2:]), c[0][1], c[-1].end if c[2:] else c[1][2])


def _try_block(c: list[Any]) -> Try:
    return Try(tuple(c[0][3].split()), c[1], c[0][1], c[0][2])


def _return_nothing(c: list[Any]) -> Return:
    return Return(None, c[0][1], c[1][2])


def _return_value(c: list[Any]) -> Return:
    return Return(c[1], c[0][1], c[2][2])


def _throw(c: list[Any]) -> Throw:
    return Throw(c[0][1], c[2][2])


def _jump(c: list[Any]) -> Jump:
    return Jump(c[0][3], c[0][1], c[1][2])


def _if_then(c: list[Any]) -> If:
    return If(c[1], c[3], None, c[0][1], c[3].end)


def _if_else(c: list[Any]) -> If:
    return If(c[1], c[3], c[5], c[0][1], c[5].end)


def _block(c: list[Any]) -> Block:
    return Block(tuple(c[1:-1]), c[0][1], c[-1][2])


def _expression_statement(c: list[Any]) -> Expression:
    return Expression(c[0], c[0].start, c[1][2])


def _empty(c: list[Any]) -> Block:
    return Block((), c[0][1], c[0][1])


def _comma(c: list[Any]) -> Comma:
    return Comma(tuple(c[::2]), c[0].start, c[-1].end)


def _conditional(c: list[Any]) -> Conditional:
    return Conditional(c[0], c[2], c[4], c[0].start, c[4].end)


def _assignment(c: list[Any]) -> Assignment:
    return Assignment(c[0], c[1][3], c[2], c[0].start, c[2].end)


def _arrow_of_name(c: list[Any]) -> Function:
    parameter = Name(c[0][3], c[0][1], c[0][2])
    return Function((parameter,), c[1], c[0][1], c[1].end)


def _arrow(c: list[Any]) -> Function:
    return Function(tuple(c[1:-2]), c[-1], c[0][1], c[-1].end)


def _binary(c: list[Any]) -> Binary:
    return Binary(tuple(c[::2]), tuple(operator[3] for operator in c[1::2]), c[0].start, c[-1].end)


def _unary(c: list[Any]) -> Unary:
    return Unary(c[0][3], c[1], c[0][1], c[1].end)


def _update(c: list[Any]) -> Unread:
    return Unread(f"`{c[1][3]}`", c[0].start, c[1][2])


def _chain(c: list[Any]) -> Chain:
    return Chain(c[0], tuple(c[1:]), c[0].start, c[-1].end)


def _member(c: list[Any]) -> Member:
    return Member(intern(c[0][3]), c[0][1], c[0][2])


def _optional(c: list[Any]) -> Optional:
    return Optional(c[0][1], c[0][2])


def _call(c: list[Any]) -> Call:
    return Call(tuple(c[1:-1]), c[0][1], c[-1][2])


def _index(c: list[Any]) -> Index:
    return Index(c[1], c[0][1], c[2][2])


def _tag(c: list[Any]) -> Tagged:
    return Tagged(_template(c), _raw(c), c[0][1], c[0][2])


def _tag_pieces(c: list[Any]) -> Tagged:
    return Tagged(_template(c), _raw(c), c[0][1], c[-1][2])


def _raw(c: list[Any]) -> tuple[str, ...]:
    return tuple(text.replace("\r\n", "\n").replace("\r", "\n") for text in _written(c))


def _name(c: list[Any]) -> Name:
    return Name(intern(c[0][3]), c[0][1], c[0][2])


def _number(c: list[Any]) -> Literal:
    return Literal(number(c[0][3]), c[0][1], c[0][2])


def _string(c: list[Any]) -> Literal:
    return Literal(unescaped(c[0][3][1:-1]), c[0][1], c[0][2])


def _regex(c: list[Any]) -> Regex:
    pattern, _, flags = c[0][3][1:].rpartition("/")
    return Regex(pattern, flags, c[0][1], c[0][2])


def _group(c: list[Any]) -> Any:
    return c[1]


def _array(c: list[Any]) -> Array:
    found = tuple(Hole(x[1], x[2]) if type(x) is tuple else x for x in c[1:-1])
    return Array(found, c[0][1], c[-1][2])


def _object(c: list[Any]) -> Object:
    return Object(tuple(c[1:-1]), c[0][1], c[-1][2])


def _property(c: list[Any]) -> Property:
    return Property(_key(c[0]), c[1], c[0][1], c[1].end)


def _shorthand(c: list[Any]) -> Property:
    name = Name(_key(c[0]), c[0][1], c[0][2])
    return Property(name.name, name, name.start, name.end)


def _shorthand_default(c: list[Any]) -> Property:
    name = Name(_key(c[0]), c[0][1], c[0][2])
    return Property(name.name, Assignment(name, "=", c[2], name.start, c[2].end), name.start, c[2].end)


def _computed(c: list[Any]) -> Property:
    return Property(c[1], c[3], c[0][1], c[3].end)


def _spread(c: list[Any]) -> Spread:
    return Spread(c[1], c[0][1], c[1].end)


def _function(c: list[Any]) -> Function:
    return Function(tuple(c[2:-2]), c[-1], c[0][1], c[-1].end)


def _opaque(c: list[Any]) -> Unread:
    text = c[0][3]
    what = "a class" if text.startswith(("class", "@")) else "JSX" if text.startswith("<") else "an accessor"
    return Unread(what, c[0][1], c[0][2])


def _key(token: Marked) -> str:
    text = token[3]
    if text[:1] in ("'", '"'):
        return unescaped(text[1:-1])
    if text[:1].isdigit() or text[:1] == ".":
        value = number(text)
        return number_text(float(value))
    return intern(text)


RULES = SimpleNamespace(
    specifier=_specifier,
    import_names=_import_names,
    export_names=_export_names,
    export_names_from=_export_names_from,
    exported=_exported,
    export_default=_export_default,
    declaration=_declaration,
    function_declaration=_function_declaration,
    enum_declaration=_enum_declaration,
    opaque_declaration=_opaque_declaration,
    opaque_statement=_opaque_statement,
    for_of=_for_of,
    switch=_switch,
    case=_case,
    default=_default,
    try_block=_try_block,
    return_nothing=_return_nothing,
    return_value=_return_value,
    throw=_throw,
    jump=_jump,
    if_then=_if_then,
    if_else=_if_else,
    block=_block,
    expression_statement=_expression_statement,
    empty=_empty,
    comma=_comma,
    conditional=_conditional,
    assignment=_assignment,
    arrow_of_name=_arrow_of_name,
    arrow=_arrow,
    binary=_binary,
    unary=_unary,
    update=_update,
    chain=_chain,
    member=_member,
    optional=_optional,
    call=_call,
    index=_index,
    tag=_tag,
    tag_pieces=_tag_pieces,
    name=_name,
    number=_number,
    string=_string,
    regex=_regex,
    template=_template,
    template_pieces=_template,
    group=_group,
    array=_array,
    object=_object,
    property=_property,
    shorthand=_shorthand,
    shorthand_default=_shorthand_default,
    computed=_computed,
    spread=_spread,
    function=_function,
    opaque=_opaque,
)
"""For each rule and alias of the grammar, what makes a node of what its symbols became."""
