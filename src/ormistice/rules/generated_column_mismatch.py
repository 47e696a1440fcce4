"""Rule `generated-column-mismatch`."""

from collections.abc import Iterator

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, matching, mismatch, rule
from ormistice.model import Column, GeneratedExpression


@rule(Column, severity=Severity.ERROR)
def generated_column_mismatch(column: Aligned[Column]) -> Iterator[Violation]:
    """A column is generated from others in one source alone, or by another expression.

    PostgreSQL refuses to write to a generated column, so that an insert by a source that does not know it fails.
    """
    if found := column.disagreement(lambda item: item.generated):
        yield mismatch(
            column,
            found,
            _words,
            claim=lambda item: "cannot say" if item.generated is None else _words(item.generated.value),
            repair=matching(column.declared[found.authority], "identity", "generated", "default"),
        )


def _words(generated: GeneratedExpression | None) -> str:
    return "no generated value" if generated is None else str(generated)
