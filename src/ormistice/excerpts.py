"""What fixes make of a schema, told from as much of its text as they touch and what that mentions.

Reading all of a large schema again for each fix that is tried would take longer than all else. That the rest has no
part in what is touched is not taken on trust: the same excerpt of the old text must make what the whole text made, and
whatever the rest may mention must stay as it was. Where any of this does not hold, all is to be read.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TypeGuard, TypeVar

from ormistice.fixes import Edit, Fix, Patch
from ormistice.model import Enum as DatabaseEnum
from ormistice.model import ProblemKind, Schema, Table
from ormistice.names import QualifiedName
from ormistice.text import Document, Span

# No syntax is read by it: what it finds besides names only makes an excerpt longer.
_WORD = re.compile(r"[\w$]+")
LARGEST = 0.5
"""The part of all text from which on reading an excerpt twice takes as long as reading all."""

T = TypeVar("T", Table, DatabaseEnum)

Name = str | tuple[str, str]
"""What a declaration is mentioned by, or a member of it: its name, or both names."""


class Part(Enum):
    """What part a piece has in the others."""

    DECLARATION = auto()
    """One in those that mention its names."""
    IMPORT = auto()
    """The same, but it is in every excerpt, and may come to import more."""
    FRAME = auto()
    """One in all, perhaps: it is in every excerpt, and where it is edited there is none."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A declaration at the top of a file, with what stands between it and the one before."""

    start: int
    end: int
    names: frozenset[Name]
    part: Part


@dataclass(frozen=True, slots=True)
class Reading:
    """What some documents make, and the pieces of each by its path, in order and without gaps."""

    schema: Schema
    pieces: Mapping[str, Sequence[Piece]]


Read = Callable[[tuple[Document, ...]], Reading]
_Place = tuple[str, Piece]
"""A piece and the path of its file."""

_Kept = Mapping[str, Mapping[Piece, Sequence[Edit]]]
"""By path the pieces in an excerpt, in order, with the edits of each."""


def pieces_of(text: str, declarations: Iterable[tuple[int, frozenset[Name], Part]]) -> tuple[Piece, ...]:
    """All of a file by its declarations: where each ends, its names, its part."""
    found: list[Piece] = []
    for end, names, part in declarations:
        found.append(Piece(found[-1].end if found else 0, end, names, part))
    return (*found[:-1], replace(found[-1], end=len(text))) if found else ()


def tried(whole: Reading, fixes: Iterable[Fix], read: Read) -> Schema | None:
    """The schema with fixes but for the places; None where that cannot be told from excerpts."""
    kept = _kept(whole, _by_file(fixes))
    if kept is None:
        return None
    texts = {document.path: document.text for document in whole.schema.documents}
    before, after = (
        read(tuple(Document(path, _excerpt(text, kept[path], edited=edited)) for path, text in texts.items()))
        for edited in (False, True)
    )
    return _merged(whole.schema, before.schema, after.schema) if _names(before) <= _names(after) else None


def _by_file(fixes: Iterable[Fix]) -> dict[str, list[Edit]]:
    """The edits by path, each once, in order."""
    found: dict[str, list[Edit]] = {}
    for edit in dict.fromkeys(edit for fix in fixes if isinstance(fix, Patch) for edit in fix.edits):
        found.setdefault(edit.span.file, []).append(edit)
    return {path: sorted(edits, key=lambda edit: (edit.span.start, edit.span.end)) for path, edits in found.items()}


def _names(reading: Reading) -> frozenset[tuple[str, Name]]:
    """What may be mentioned, each with the path of its file."""
    return frozenset(
        (path, name) for path, pieces in reading.pieces.items() for piece in pieces for name in piece.names
    )


def _kept(whole: Reading, edits: Mapping[str, Sequence[Edit]]) -> _Kept | None:
    """What an excerpt holds: what is edited, what that mentions, and the frame; None where it is no excerpt."""
    if not edits.keys() <= whole.pieces.keys():
        return None
    touched: dict[_Place, list[Edit]] = {}
    for path, of_file in edits.items():
        for edit in of_file:
            piece = _at(whole.pieces[path], edit.span)
            if piece is None or piece.part is Part.FRAME:
                return None
            touched.setdefault((path, piece), []).append(edit)
    within = _within(_text(whole), touched)
    kept = {
        path: {piece: touched.get((path, piece), ()) for piece in pieces if (path, piece) in within}
        for path, pieces in whole.pieces.items()
    }
    size = sum(piece.end - piece.start for pieces in kept.values() for piece in pieces)
    return kept if size < LARGEST * sum(len(document.text) for document in whole.schema.documents) else None


def _at(pieces: Sequence[Piece], span: Span) -> Piece | None:
    """The one piece that a place is in."""
    at = bisect_left(pieces, span.end, key=lambda piece: piece.end)
    return pieces[at] if at < len(pieces) and pieces[at].start <= span.start else None


@dataclass(frozen=True, slots=True)
class _Text:
    """All text by path, its pieces, those of them that declare tables and enums, and what declares which name."""

    texts: Mapping[str, str]
    places: Sequence[_Place]
    objects: AbstractSet[_Place]
    declaring: Mapping[Name, Sequence[_Place]]

    def of(self, place: _Place) -> str:
        """The text of a piece."""
        path, piece = place
        return self.texts[path][piece.start : piece.end]


def _text(whole: Reading) -> _Text:
    places = [(path, piece) for path, pieces in whole.pieces.items() for piece in pieces]
    declaring: dict[Name, list[_Place]] = {}
    for place in places:
        for name in place[1].names:
            declaring.setdefault(name, []).append(place)
    texts = {document.path: document.text for document in whole.schema.documents}
    return _Text(texts, places, set(_with_objects(whole)), declaring)


def _within(text: _Text, touched: Mapping[_Place, Iterable[Edit]]) -> set[_Place]:
    """What is in an excerpt: the frame, what is touched and what is made with it, and what these are made of."""
    found = _made_with(text, touched)
    waiting = [text.of(place) for place in found if place in touched or place not in text.objects]
    waiting += [edit.text for edits in touched.values() for edit in edits]
    found |= {place for place in text.places if place[1].part is not Part.DECLARATION}
    while waiting:
        mentioned = {each for word in _WORD.findall(waiting.pop()) for each in text.declaring.get(word, ())} - found
        waiting += [text.of(place) for place in mentioned - text.objects]
        found |= mentioned
    return found


def _made_with(text: _Text, touched: Iterable[_Place]) -> set[_Place]:
    """What is touched, and what may be made with it, as columns with a function or a table with another's columns."""
    found = set(touched)
    waiting = {place for place in found if place[1].part is Part.DECLARATION}
    while names := {name: place in text.objects for place in waiting for name in place[1].names if _is_own(name)}:
        mention = _mention(names)
        rest = [place for place in text.places if place[1].part is Part.DECLARATION and place not in found]
        made = {(path, piece) for path, piece in rest if mention.search(text.texts[path], piece.start, piece.end)}
        found |= made
        waiting = made - text.objects
    return found


def _is_own(name: Name) -> TypeGuard[str]:
    """Whether it is a declaration's, not that of a member."""
    return isinstance(name, str)


def _mention(names: Mapping[str, bool]) -> re.Pattern[str]:
    """Text that names one of these; where that is an object, not a member of it alone."""
    either = (rf"{re.escape(name)}(?![\w$]{'|[ ]*[.]' if is_object else ''})" for name, is_object in names.items())
    return re.compile(rf"(?<![\w$])(?:{'|'.join(sorted(either))})")


def _with_objects(whole: Reading) -> Iterator[_Place]:
    """The pieces that declare a table or an enum."""
    for place in (item.place for item in _objects(whole.schema)):
        if isinstance(place, Span):
            piece = _at(whole.pieces.get(place.file, ()), Span(place.file, place.start, place.start + 1))
            if piece is not None:
                yield place.file, piece


def _objects(schema: Schema) -> Iterator[Table | DatabaseEnum]:
    yield from schema.tables
    yield from schema.enums


def _excerpt(text: str, kept: Mapping[Piece, Iterable[Edit]], *, edited: bool) -> str:
    parts: list[str] = []
    for piece, edits in kept.items():
        at = piece.start
        for edit in edits if edited else ():
            parts += (text[at : edit.span.start], edit.text)
            at = edit.span.end
        parts += (text[at : piece.end], "\n")
    return "".join(parts)


_BESIDE = ("sequences", "views", "domains", "expresses", "inexpressible", "unread", "scope")


def _merged(whole: Schema, before: Schema, after: Schema) -> Schema | None:
    """The whole with what the edits make another; None where the excerpt was not what the whole has."""
    if any(getattr(before, part) != getattr(after, part) for part in _BESIDE) or _told(before) != _told(after):
        return None
    if not {item.key() for item in _objects(before)} <= {item.key() for item in _objects(after)}:
        return None
    tables: dict[QualifiedName, Table] = {}
    for table in after.tables:
        was = before.table(table.name)
        if was != table:
            new = _new_table(table, was, whole.table(table.name))
            if new is None:
                return None
            tables[table.name] = new
    old, known = ({enum.name: enum for enum in schema.enums} for schema in (before, whole))
    enums = {enum.name: enum for enum in after.enums if old.get(enum.name) != enum}
    if any(old.get(name) != known.get(name) for name in enums):
        return None
    return replace(whole, tables=_with(whole.tables, tables), enums=_with(whole.enums, enums))


def _told(schema: Schema) -> Counter[tuple[ProblemKind, str]]:
    return Counter((problem.kind, problem.message) for problem in schema.problems)


def _new_table(table: Table, was: Table | None, known: Table | None) -> Table | None:
    """An edited table as the whole text would make it."""
    if was is None or known is None:
        return table if was is known else None
    stay = {column.name for column in was.columns} <= {column.name for column in table.columns}
    return table if stay and was == known else None


def _with(items: tuple[T, ...], new: Mapping[QualifiedName, T]) -> tuple[T, ...]:
    """Items, those that are new in place of their old ones or behind all."""
    known = {item.name: item for item in items}
    return tuple({**known, **new}.values())
