"""Rule `comment-mismatch`."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, mismatch, rule
from ormistice.model import Column, Table


@rule(Table, Column, severity=Severity.INFO)
def comment_mismatch(commented: Aligned[Table | Column]) -> Iterator[Violation]:
    """A column or a table has another comment.

    Nothing depends on it, but a migration that is generated from one source removes the comment of the other.
    """
    if found := commented.disagreement(lambda item: item.comment):
        yield mismatch(
            commented,
            found,
            _words,
            claim=lambda item: "cannot say" if item.comment is None else _words(item.comment.value),
            repair=lambda item, expected: replace(item, comment=expected),
        )


def _words(comment: str | None) -> str:
    return "no comment" if comment is None else f"the comment `{comment}`"
