"""Names that a MetaData gives to the constraints and indexes that have none of their own."""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import md5
from typing import Any

from ormistice.sources.sqlalchemy.static.values import Call, Reader, Unknown

_KINDS = {"foreign_keys": "fk", "uniques": "uq", "checks": "ck", "indexes": "ix"}
_LONGEST = 63
_TOKEN = re.compile(r"(referred_)?column_(\d+)(_?N)?_(name|label|key)")


@dataclass(frozen=True, slots=True)
class Convention:
    """Patterns by kind of constraint; None where they cannot be told from the text."""

    patterns: Mapping[str, str] | None


USUAL = Convention({"ix": "ix_%(column_0_label)s"})
UNTOLD = Convention(None)


def convention(reader: Reader, metadata: Call) -> Convention:
    """The naming convention of a MetaData, if it is written out."""
    if metadata.spreads:
        return UNTOLD
    stated = metadata.named("naming_convention")
    try:
        return USUAL if stated is None else Convention(_patterns(reader, metadata.file, stated))
    except Unknown:
        return UNTOLD


def _patterns(reader: Reader, file: str, node: ast.expr) -> dict[str, str]:
    call = reader.call(file, node)
    if call is not None and call.name == "dict" and not call.spreads and len(call.positional) < 2:  # noqa: PLR2004 - dict takes one
        pairs = [pair for each in call.positional for pair in _pairs(reader, call.file, each)]
        named = [(each.arg, reader.constant(call.file, each.value)) for each in call.node.keywords]
        return _strings([*pairs, *named])
    return _strings(_pairs(reader, file, node))


def _pairs(reader: Reader, file: str, node: ast.expr) -> list[tuple[Any, Any]]:
    file, written = reader.written(file, node)
    match written:
        case ast.Dict(keys=keys, values=values) if None not in keys:
            return [
                (reader.constant(file, key), reader.constant(file, value))
                for key, value in zip(keys, values, strict=True)
            ]
        case ast.Tuple() | ast.List():
            return [(first, second) for first, second in reader.constant(file, written)]
        case _:
            raise Unknown("naming_convention")


def _strings(pairs: list[tuple[Any, Any]]) -> dict[str, str]:
    if not all(isinstance(each, str) for pair in pairs for each in pair):
        raise Unknown("naming_convention")
    return dict(pairs)


def name_all(table: dict[str, Any]) -> list[str]:
    """Give the constraints and indexes of a table their names; what is left without is told, a line each."""
    patterns = table["convention"].patterns
    told = []
    for kind, prefix in _KINDS.items() if patterns is not None else ():
        for item in table[kind]:
            try:
                _name(table, item, patterns.get(prefix), _columns(kind, item))
            except Unknown as error:
                table["unread"].append(kind)
                told.append(str(error))
    if patterns is not None and table["primary_key"] is not None:
        _name(table, table["primary_key"], patterns.get("pk"), table["primary_key"]["columns"])
    return told


def _columns(kind: str, item: Mapping[str, Any]) -> list[str | None]:
    if kind == "indexes":
        return [element.get("column") for element in item["elements"]]
    return [None] if kind == "checks" else list(item["columns"])


def _name(table: Mapping[str, Any], item: dict[str, Any], pattern: str | None, columns: list[str | None]) -> None:
    again = item["name"] is not None and pattern is not None and "constraint_name" in pattern
    if pattern is None or item.get("final") or not (item["derived"] or again):
        return
    try:
        item["name"] = truncated(pattern % _Tokens(table, item, columns))
    except (KeyError, ValueError, TypeError) as error:
        raise Unknown(f"what the naming convention makes of it: {pattern}") from error


@dataclass(frozen=True, slots=True)
class _Tokens(Mapping[str, str]):
    """What the tokens of a pattern stand for, for one constraint. Raises KeyError for what is not known."""

    table: Mapping[str, Any]
    item: Mapping[str, Any]
    columns: list[str | None]

    def __getitem__(self, token: str) -> str:
        match token:
            case "table_name":
                return str(self.table["name"])
            case "referred_table_name":
                return str(self.item["target"]["table"])
            case "constraint_name" if self.item["name"] is not None:
                return str(self.item["name"])
            case _:
                return self._of_columns(token)

    def _of_columns(self, token: str) -> str:
        found = _TOKEN.fullmatch(token)
        if found is None:
            raise KeyError(token)
        referred, first, several, what = found.groups()
        columns = self.item["target"]["columns"] if referred else self.columns
        chosen = columns[int(first) :] if several else columns[int(first) : int(first) + 1]
        if None in chosen:
            raise KeyError(token)
        label = "".join(f"{part}_" for part in (self.table["schema"], self.table["name"]) if part)
        return ("_" if several == "_N" else "").join(f"{label if what == 'label' else ''}{each}" for each in chosen)

    def __iter__(self) -> Any:
        return iter(())

    def __len__(self) -> int:
        return 0


def truncated(name: str) -> str:
    """A derived name as SQLAlchemy shortens it to what PostgreSQL takes."""
    if len(name) <= _LONGEST:
        return name
    return f"{name[: _LONGEST - 8]}_{md5(name.encode(), usedforsecurity=False).hexdigest()[-4:]}"
