"""Up and down in one file, as goose, dbmate, tern and others mark them with comments."""

from collections.abc import Iterator

# goose, sql-migrate, dbmate, node-pg-migrate; micrate, rambler, shmig, evolutions of Play.
_UP = frozenset(
    {"+goose up", "+migrate up", "migrate:up", "up migration", "+micrate up", "rambler up", "==== up ====", "!ups"}
)
# The same, and then tern and MyBatis, who mark no more than the way back.
_DOWN = frozenset(
    {
        *("+goose down", "+migrate down", "migrate:down", "down migration", "+micrate down", "rambler down"),
        *("==== down ====", "!downs", "create above / drop below", "//@undo", "@undo"),
    }
)


def applied_ranges(text: str) -> Iterator[tuple[int, int]]:
    """The stretches of `text` that are run when it is applied: all of it where nothing is marked."""
    start: int | None = 0
    at = 0
    for line in text.splitlines(keepends=True):
        mark = _mark(line)
        if mark in _DOWN and start is not None:
            yield start, at
            start = None
        elif mark in _UP and (start is None or line.startswith("#")):
            # Such a line is a comment to its tool alone.
            start = at + len(line)
        at += len(line)
    if start is not None:
        yield start, len(text)


def _mark(line: str) -> str:
    """The words of a comment, in lower case and without the dashes that some put around them."""
    stripped = line.strip()
    if not stripped.startswith(("--", "#")):
        return ""
    words = " ".join(stripped.lstrip("#").strip(" -").lower().split())
    # dbmate and sql-migrate take options behind their marks.
    if words.startswith("+migrate "):
        return " ".join(words.split()[:2])
    return words.partition(" ")[0] if words.startswith("migrate:") else words
