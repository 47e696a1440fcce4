"""Changes that rules ask for, and what sources make of them: text edits, or SQL statements."""

from bisect import bisect_left, insort
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from itertools import takewhile

from ormistice.model import Declared
from ormistice.text import Span


@dataclass(frozen=True, slots=True)
class Change:
    """What `source` would have to say in place of `before`; None before: add, None after: drop.

    `after` is built with `dataclasses.replace`, so its places are those of `before`: they tell where to write. A table
    in place of itself asks for its columns by the names that they are compared under.
    """

    source: str
    before: Declared | None
    after: Declared | None


class Applicability(Enum):
    """What a fix promises."""

    SAFE = "safe"
    """Verified, and changes nothing but the stated aspect."""
    UNSAFE = "unsafe"
    """Verified, but data may be lost or the application may behave otherwise."""
    DISPLAY = "display"
    """Could not be verified, and is only shown."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text at `span`; an empty span inserts."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Patch:
    """A fix of files. Edits do not overlap, and are sorted."""

    source: str
    edits: tuple[Edit, ...]
    applicability: Applicability = Applicability.SAFE


@dataclass(frozen=True, slots=True)
class Script:
    """A fix of a database. Statements are shown, and run in a scratch server alone, never on the user's database."""

    source: str
    statements: tuple[str, ...]
    applicability: Applicability = Applicability.SAFE


Fix = Patch | Script


class Occupied:
    """The text that some patches touch, to ask whether another one fits beside them.

    Two insertions of whole lines at one place fit, one behind the other, and so does an edit that is there already.
    """

    def __init__(self) -> None:
        self._spans: dict[str, list[_Extent]] = {}
        self._edits: set[Edit] = set()

    def fits(self, fix: Fix) -> bool:
        """Whether it touches no text that is taken; a script touches none."""
        return not isinstance(fix, Patch) or all(self._free(edit) for edit in fix.edits)

    def take(self, fix: Fix) -> None:
        """Take what a fix touches."""
        for edit in fix.edits if isinstance(fix, Patch) else ():
            if edit not in self._edits:
                self._edits.add(edit)
                insort(self._spans.setdefault(edit.span.file, []), _extent(edit))

    def _free(self, edit: Edit) -> bool:
        if edit in self._edits:
            return True
        spans = self._spans.get(edit.span.file, [])
        start, end, lines = _extent(edit)
        near = bisect_left(spans, (start, start, False))
        # Spans that are taken do not overlap, so that only the one before and those that begin within can touch.
        around = [*spans[max(near - 1, 0) : near], *takewhile(lambda span: span[0] <= end, spans[near:])]
        return not any(_touch((start, end, lines), span) for span in around)


_Extent = tuple[int, int, bool]
"""Start, end, and whether it inserts whole lines."""


def _extent(edit: Edit) -> _Extent:
    inner = edit.text.strip(" \t")
    lines = edit.span.start == edit.span.end and (inner.startswith(("\n", "\r\n")) or inner.endswith("\n"))
    return (edit.span.start, edit.span.end, lines)


def _touch(a: _Extent, b: _Extent) -> bool:
    """Whether two extents share text, or one of them is an insertion at the other's edge."""
    empty = (a[0] == a[1], b[0] == b[1])
    if all(empty) and a[2] and b[2]:
        return False
    return a[0] <= b[1] and b[0] <= a[1] if any(empty) else a[0] < b[1] and b[0] < a[1]


def edited(path: str, text: str, fixes: Iterable[Fix]) -> str:
    """`text` of the file `path` with every edit of `fixes` that is for it, in order where they insert at one place.

    The same edit given twice is made once.
    """
    every = (edit for fix in fixes if isinstance(fix, Patch) for edit in fix.edits if edit.span.file == path)
    edits = sorted(dict.fromkeys(every), key=lambda edit: (edit.span.start, edit.span.end))
    pieces: list[str] = []
    at = 0
    for edit in edits:
        pieces += (text[at : edit.span.start], edit.text)
        at = edit.span.end
    return "".join([*pieces, text[at:]])


def statements(source: str, fixes: Iterable[Fix]) -> tuple[str, ...]:
    """All statements of `fixes` that are for the database `source`, in order."""
    return tuple(line for fix in fixes if isinstance(fix, Script) and fix.source == source for line in fix.statements)
