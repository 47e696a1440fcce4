"""Rule `comment-mismatch`."""

from collections.abc import Iterator

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, mismatch, rule
from ormistice.model import Column


@rule(Column, severity=Severity.INFO)
def comment_mismatch(column: Aligned[Column]) -> Iterator[Violation]:
    """A column has another comment.

    Nothing depends on it, but a migration that is generated from one source removes the comment of the other.
    """
    if found := column.disagreement(lambda item: item.comment):
        yield mismatch(
            column,
            found,
            _words,
            claim=lambda item: "cannot say" if item.comment is None else _words(item.comment.value),
        )


def _words(comment: str | None) -> str:
    return "no comment" if comment is None else f"the comment `{comment}`"
