"""Statements that take tables away: what one in front of them failed to create is not there in the end."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from ormistice.sources.postgres.scripts import Statement, words_in
from ormistice.text import Span


@dataclass(frozen=True, slots=True)
class Removal:
    """A place at which tables are dropped or renamed, and every word that may be the name of one."""

    place: Span
    names: frozenset[str]


def removals(path: str, statements: Iterable[Statement]) -> Iterator[Removal]:
    """What statements of the file `path` take away, those in the bodies of blocks and routines included."""
    for statement in statements:
        names = removed(statement.text)
        if names:
            yield Removal(Span(path, statement.start, statement.end), names)


def removed(text: str) -> frozenset[str]:
    """The names of tables that some SQL may drop or rename, and what they are renamed to."""
    words = [word for word, _ in words_in(text)]
    found: set[str] = set()
    for at, pair in enumerate(pairwise(words)):
        if pair in (("drop", "table"), ("drop", "schema")):
            found |= {*words[at + 2 :]}
        elif pair in (("rename", "to"), ("set", "schema")):
            found |= {*words}
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Removals:
    """All that is taken away by `files`, which are in the order in which they are applied."""

    files: tuple[str, ...]
    removals: tuple[Removal, ...]

    def behind(self, place: Span, name: str) -> bool:
        """Whether a table of that name, which was to be created at `place`, is taken away behind it."""
        return any(name in item.names and self._at(item.place) > self._at(place) for item in self.removals)

    def _at(self, place: Span) -> tuple[int, int]:
        return (self.files.index(place.file) if place.file in self.files else -1, place.start)


def of_scripts(scripts: Iterable[tuple[str, Iterable[Statement]]]) -> Removals:
    """What scripts take away, each with its path."""
    listed = [(path, tuple(statements)) for path, statements in scripts]
    found = (removal for path, statements in listed for removal in removals(path, statements))
    return Removals(tuple(path for path, _ in listed), tuple(found))
