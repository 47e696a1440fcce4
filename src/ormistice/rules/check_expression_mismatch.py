"""Rule `check-expression-mismatch`."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, mismatch, rule
from ormistice.model import CheckConstraint


@rule(CheckConstraint, severity=Severity.WARNING)
def check_expression_mismatch(check: Aligned[CheckConstraint]) -> Iterator[Violation]:
    """A check constraint of one name demands something else in another source.

    Rows that one side takes for valid are refused by the other. Expressions are compared as PostgreSQL itself prints
    them, so that spelling does not count.
    """
    if found := check.disagreement(lambda item: item.expression):
        yield mismatch(
            check,
            found,
            _words,
            claim=lambda item: _words(item.expression.value),
            repair=lambda item, expected: replace(item, expression=expected),
        )


def _words(expression: str) -> str:
    return f"CHECK ({expression})"
