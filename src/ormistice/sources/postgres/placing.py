"""Where SQL text declares what the catalog knows: tables, columns, constraints, indexes, enums and sequences.

A place is found by the name that a thing has in the end, or would have if PostgreSQL named it. It is for showing: what
is not found stands in the catalog still.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ormistice.names import DEFAULT_SCHEMA, QualifiedName
from ormistice.sources.postgres.scripts import Statement
from ormistice.text import Span

Key = tuple[str, str]

_PIECE = re.compile(
    r"""
      --[^\n]* | /\*.*?\*/ | '(?:[^']|'')*' | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$
    | (?P<quoted>"(?:[^"]|"")*")
    | (?P<word>[^\W\d][\w$]*)
    | (?P<mark>[(),.])
    """,
    re.DOTALL | re.VERBOSE,
)
_BEFORE_NAME = frozenset(
    {
        *("create", "or", "replace", "unlogged", "foreign", "global", "local", "temporary", "temp", "unique"),
        *("table", "index", "type", "sequence", "concurrently", "if", "not", "exists", "only"),
    }
)
_TABLE_CONSTRAINTS = frozenset({"constraint", "primary", "unique", "check", "foreign", "exclude", "like"})
_SUFFIXES = {"references": "fkey", "foreign": "fkey", "unique": "key", "check": "check"}


@dataclass(frozen=True, slots=True)
class _Piece:
    """A name, a key word (`name` in lower case, not `quoted`) or a mark."""

    name: str
    start: int
    end: int
    quoted: bool = False
    mark: bool = False

    def says(self, *words: str) -> bool:
        return not self.quoted and self.name in words


@dataclass(slots=True)
class _Found:
    """Places that have been found; what is declared again later is placed there."""

    path: str
    places: dict[Key, Span]
    start: int = 0
    pieces: list[_Piece] = field(default_factory=list)

    def put(self, kind: str, name: str, pieces: list[_Piece]) -> None:
        self.places[kind, name] = Span(self.path, self.start + pieces[0].start, self.start + pieces[-1].end)


def places(scripts: Iterable[tuple[str, Iterable[Statement]]]) -> dict[Key, Span]:
    """Places in the files of `scripts`, whose statements are given in the order in which they are run."""
    found: dict[Key, Span] = {}
    place_all(scripts, found)
    return found


def place_all(scripts: Iterable[tuple[str, Iterable[Statement]]], found: dict[Key, Span]) -> None:
    """Put into `found` what `scripts` declare, beside what earlier ones did."""
    for path, statements in scripts:
        for statement in statements:
            if statement.words[:1] in (("create",), ("alter",)):
                _place(_Found(path, found, statement.start, list(_pieces(statement.text))))


def _pieces(text: str) -> Iterator[_Piece]:
    for match in _PIECE.finditer(text):
        if match["quoted"] is not None:
            yield _Piece(match["quoted"][1:-1].replace('""', '"'), match.start(), match.end(), quoted=True)
        elif match["word"] is not None:
            yield _Piece(match["word"].lower(), match.start(), match.end())
        elif match["mark"] is not None:
            yield _Piece(match["mark"], match.start(), match.end(), mark=True)


def _place(found: _Found) -> None:
    pieces = found.pieces
    at = next((at for at, piece in enumerate(pieces) if not piece.says(*_BEFORE_NAME, "alter")), len(pieces))
    kinds = [piece.name for piece in pieces[:at] if piece.says("table", "index", "type", "sequence")]
    if not kinds or at >= len(pieces):
        return
    if kinds[0] == "index":
        _index(found, at)
        return
    name, behind = _name(pieces, at)
    if kinds[0] == "table" and pieces[0].says("create"):
        found.put("table", str(name), pieces)
        _elements(found, name, pieces[behind:])
    elif kinds[0] == "table":
        _actions(found, name, pieces[behind:])
    elif pieces[0].says("create"):
        found.put("enum" if kinds[0] == "type" else "sequence", str(name), pieces)


def _name(pieces: list[_Piece], at: int) -> tuple[QualifiedName, int]:
    """The qualified name that starts at a piece, and the number of the piece behind it."""
    if at + 2 < len(pieces) and pieces[at + 1].mark and pieces[at + 1].name == ".":
        return QualifiedName(pieces[at].name, pieces[at + 2].name), at + 3
    return QualifiedName(DEFAULT_SCHEMA, pieces[at].name), at + 1


def _index(found: _Found, at: int) -> None:
    on = next((number for number, piece in enumerate(found.pieces) if piece.says("on")), None)
    if on is None or on == at or on + 1 >= len(found.pieces):
        return
    start = on + 2 if found.pieces[on + 1].says("only") else on + 1
    table, _ = _name(found.pieces, start)
    # An index has no schema of its own to name: it lies where its table lies.
    found.put("index", str(QualifiedName(table.schema, found.pieces[at].name)), found.pieces)


def _parts(pieces: list[_Piece], depth: int) -> Iterator[list[_Piece]]:
    """Stretches between commas at a depth of parentheses."""
    part: list[_Piece] = []
    level = 0
    for piece in pieces:
        level -= piece.mark and piece.name == ")"
        if level < depth and depth:
            if part:
                break
        elif level == depth and piece.mark and piece.name == ",":
            yield part
            part = []
        else:
            part.append(piece)
        level += piece.mark and piece.name == "("
    if part:
        yield part


def _elements(found: _Found, table: QualifiedName, pieces: list[_Piece]) -> None:
    for part in _parts(pieces, 1):
        _element(found, table, part)


def _element(found: _Found, table: QualifiedName, part: list[_Piece]) -> None:
    """A column or a constraint, as it stands in CREATE TABLE or behind ADD."""
    if not part:
        return
    column = "" if part[0].says(*_TABLE_CONSTRAINTS) else part[0].name
    if column:
        found.put("column", f"{table}.{column}", part)
    for name in _constraint_names(table, column, part):
        found.put("constraint", f"{table}.{name}", part)


def _constraint_names(table: QualifiedName, column: str, part: list[_Piece]) -> Iterator[str]:
    """The names that a constraint has, or would have if PostgreSQL named it."""
    columns = [column] if column else [inside[0].name for inside in _parts(part, 1) if inside]
    outside = _outside(part)
    named = False
    for at, piece in enumerate(outside):
        if piece.says("constraint") and at + 1 < len(outside):
            named = True
            yield outside[at + 1].name
        elif named and piece.says("primary", *_SUFFIXES):
            named = False
        elif piece.says("primary"):
            yield f"{table.name}_pkey"
        elif piece.says("check"):
            yield from (f"{table.name}_check", "_".join((table.name, *columns[:1], "check")))
        elif piece.says(*_SUFFIXES) and (column or not piece.says("references")):
            yield "_".join((table.name, *columns, _SUFFIXES[piece.name]))


def _outside(part: list[_Piece]) -> list[_Piece]:
    """The pieces that stand outside of parentheses."""
    found, level = [], 0
    for piece in part:
        level += piece.mark and piece.name == "("
        if not level:
            found.append(piece)
        level -= piece.mark and piece.name == ")"
    return found


def _actions(found: _Found, table: QualifiedName, pieces: list[_Piece]) -> None:
    for part in _parts(pieces, 0):
        match [piece.name for piece in part if not piece.quoted]:
            case ["add", *_]:
                rest = [piece for piece in part[1:] if not piece.says("column", "if", "not", "exists")]
                constraint = part[1].says(*_TABLE_CONSTRAINTS) if len(part) > 1 else False
                _element(found, table, part[1:] if constraint else rest)
            case ["rename", *_]:
                _rename(found, table, part)
            case _:
                continue


def _rename(found: _Found, table: QualifiedName, part: list[_Piece]) -> None:
    new = part[-1].name
    if len(part) > 1 and part[1].says("to"):
        renamed = QualifiedName(table.schema, new)
        old = [
            (key, span) for key, span in found.places.items() if key[1] == str(table) or key[1].startswith(f"{table}.")
        ]
        for (kind, name), span in old:
            found.places[kind, str(renamed) + name[len(str(table)) :]] = span
    else:
        found.put("constraint" if part[1].says("constraint") else "column", f"{table}.{new}", part)
