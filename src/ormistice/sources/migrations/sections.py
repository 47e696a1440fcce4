"""Up and down in one file, as goose, dbmate, sql-migrate and node-pg-migrate mark them with comments."""

from collections.abc import Iterator

_UP = frozenset({"+goose up", "+migrate up", "migrate:up", "up migration"})
_DOWN = frozenset({"+goose down", "+migrate down", "migrate:down", "down migration"})


def applied_ranges(text: str) -> Iterator[tuple[int, int]]:
    """The stretches of `text` that are run when it is applied: all of it where nothing is marked."""
    start: int | None = 0
    at = 0
    for line in text.splitlines(keepends=True):
        mark = _mark(line)
        if mark in _DOWN and start is not None:
            yield start, at
            start = None
        elif mark in _UP and start is None:
            start = at
        at += len(line)
    if start is not None:
        yield start, len(text)


def _mark(line: str) -> str:
    stripped = line.strip()
    if not stripped.startswith("--"):
        return ""
    words = " ".join(stripped.removeprefix("--").lower().split())
    # dbmate takes options behind its mark.
    return words.partition(" ")[0] if words.startswith("migrate:") else words
