"""The schema path of a `prisma.config.ts`, read without running it."""

import re
from pathlib import Path

from ormistice.errors import AuditError
from ormistice.parsing import read_document
from ormistice.sources import shown
from ormistice.sources.prisma.location import default_place, from_package

_LEXEME = re.compile(
    r"\s*+(?://[^\n]*+|/\*.*?\*/"
    r"""|(?P<string>'(?:[^'\\\n]|\\.)*+'|"(?:[^"\\\n]|\\.)*+"|`[^`$\\]*+`)"""
    r"|(?P<name>[\w$]++)|(?P<sign>.))",
    re.DOTALL,
)
_JOINS = ("path.join", "path.resolve", "join", "resolve")
_HERE = ("__dirname", "import.meta.dirname", "process.cwd()")
"""What a path may start from: the folder of the configuration, which is where it is run, too."""

Lexeme = tuple[str, str]
_SCHEMA: tuple[Lexeme, ...] = (("name", "schema"), ("string", "'schema'"), ("string", '"schema"'))


def schema_path(configuration: Path) -> Path:
    """What `schema:` says: a string, or strings joined by `path.join` or `path.resolve`."""
    text = read_document(configuration, shown(configuration)).text
    found = (match for match in _LEXEME.finditer(text) if match.lastgroup)
    lexemes = [(match.lastgroup or "", match[match.lastgroup or 0]) for match in found]
    exported = lexemes.index(("name", "default")) if ("name", "default") in lexemes else 0
    value = _setting(lexemes[exported:]) or _setting(lexemes)
    if value is None:
        package = configuration.parent / "package.json"
        return from_package(package) if package.is_file() else default_place(configuration)
    parts = _parts(value)
    if not parts:
        raise AuditError(
            f"{shown(configuration)}: `schema` is computed, so that the path cannot be told",
            "give the path of the schema itself",
        )
    return configuration.parent.joinpath(*parts)


def _setting(lexemes: list[Lexeme]) -> list[Lexeme] | None:
    """The lexemes behind the first `schema:` that stands in one pair of braces."""
    depth = 0
    for at, lexeme in enumerate(lexemes):
        depth += (lexeme == ("sign", "{")) - (lexeme == ("sign", "}"))
        if depth == 1 and lexeme in _SCHEMA and lexemes[at + 1 : at + 2] == [("sign", ":")]:
            return _value(lexemes[at + 2 :])
    return None


def _value(lexemes: list[Lexeme]) -> list[Lexeme]:
    depth = 0
    for at, (kind, text) in enumerate(lexemes):
        if kind == "sign" and depth == 0 and text in {",", "}"}:
            return lexemes[:at]
        if kind == "sign":
            depth += (text in "{[(") - (text in "}])")
    return lexemes


def _parts(value: list[Lexeme]) -> list[str]:
    """The path's parts, none where it is no literal."""
    if [kind for kind, _ in value] == ["string"]:
        return [value[0][1][1:-1]]
    text = "".join(text for _, text in value)
    called = next((name for name in _JOINS if text.startswith(f"{name}(")), None)
    if called is None or value[-1] != ("sign", ")"):
        return []
    parts: list[str] = []
    for argument in _split(value[value.index(("sign", "(")) + 1 : -1]):
        if [kind for kind, _ in argument] == ["string"]:
            parts.append(argument[0][1][1:-1])
        elif "".join(text for _, text in argument) not in _HERE:
            return []
    return parts


def _split(lexemes: list[Lexeme]) -> list[list[Lexeme]]:
    arguments: list[list[Lexeme]] = [[]]
    for lexeme in lexemes:
        if lexeme == ("sign", ","):
            arguments.append([])
        else:
            arguments[-1].append(lexeme)
    return [argument for argument in arguments if argument]
