"""Up and down in one file, as goose, dbmate, tern and others mark them with comments."""

import re
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


_OF_LIQUIBASE = re.compile(r"(?i)\s*--\s*liquibase\s+formatted\s+sql\b")
_CHANGESET = re.compile(r"(?i)\s*--\s*changeset\s")
_DBMS = re.compile(r"(?i)\bdbms:\"?([!\w,]+)")


def applied_ranges(text: str) -> Iterator[tuple[int, int]]:
    """The stretches of `text` that are run when it is applied: all of it where nothing is marked."""
    start: int | None = 0
    at = 0
    of_liquibase = is_liquibases(text)
    for line in text.splitlines(keepends=True):
        mark = _changeset(line) if of_liquibase else _mark(line)
        if mark in _DOWN and start is not None:
            yield start, at
            start = None
        elif mark in _UP and (start is None or line.startswith("#")):
            # Such a line is a comment to its tool alone.
            start = at + len(line)
        at += len(line)
    if start is not None:
        yield start, len(text)


def is_liquibases(text: str) -> bool:
    """Whether a text is SQL that Liquibase has change sets of."""
    return _OF_LIQUIBASE.match(text) is not None


def _changeset(line: str) -> str:
    """Of Liquibase's own SQL, where a change set for PostgreSQL begins, and where one for other databases."""
    if _CHANGESET.match(line) is None:
        return ""
    said = _DBMS.search(line)
    names = said[1].lower().split(",") if said is not None else []
    ours = not names or "postgresql" in names or (names[0].startswith("!") and "!postgresql" not in names)
    return "+goose up" if ours else "+goose down"


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
