"""Changes that rules ask for, and what sources make of them: text edits, or SQL statements."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from ormistice.model import Declared
from ormistice.text import Span


@dataclass(frozen=True, slots=True)
class Change:
    """What `source` would have to say in place of `before`; None before: add, None after: drop.

    `after` is built with `dataclasses.replace`, so its places are those of `before`: they tell where to write.
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


def overlap(first: Patch, second: Patch) -> bool:
    """Whether two patches touch the same text; two insertions at one place do."""
    return any(_touch(a.span, b.span) for a in first.edits for b in second.edits)


def _touch(a: Span, b: Span) -> bool:
    if a.file != b.file:
        return False
    return (
        a.start < b.end and b.start < a.end
        if a.start != a.end and b.start != b.end
        else a.start <= b.end and b.start <= a.end
    )


def edited(path: str, text: str, fixes: Iterable[Fix]) -> str:
    """`text` of the file `path` with every edit of `fixes` that is for it; the same edit given twice is made once."""
    edits = {edit for fix in fixes if isinstance(fix, Patch) for edit in fix.edits if edit.span.file == path}
    for edit in sorted(edits, key=lambda edit: (edit.span.start, edit.span.end), reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def statements(source: str, fixes: Iterable[Fix]) -> tuple[str, ...]:
    """All statements of `fixes` that are for the database `source`, in order."""
    return tuple(line for fix in fixes if isinstance(fix, Script) and fix.source == source for line in fix.statements)
