"""Rule `generated-column-mismatch`."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.alignment import Aligned, Disagreement
from ormistice.findings import Severity, Violation, matching, mismatch, rule
from ormistice.model import Column, Facet, GeneratedExpression


@rule(Column, severity=Severity.ERROR)
def generated_column_mismatch(column: Aligned[Column]) -> Iterator[Violation]:
    """A column is generated from others in one source alone, or by another expression.

    PostgreSQL refuses to write to a generated column, so that an insert by a source that does not know it fails. Where
    a source only has no words for a column that is computed when it is read, that is worth a note.
    """
    if found := column.disagreement(lambda item: item.generated):
        violation = mismatch(
            column,
            found,
            _words,
            claim=lambda item: "cannot say" if item.generated is None else _words(item.generated.value),
            repair=matching(column.declared[found.authority], "identity", "generated", "default"),
        )
        unsayable = _is_unsayable(found, column)
        yield replace(violation, severity=Severity.INFO, changes=()) if unsayable else violation


def _is_unsayable(found: Disagreement[GeneratedExpression | None], column: Aligned[Column]) -> bool:
    """Whether all that is said otherwise is that a column is stored, by sources that know of no other."""
    expected = found.expected.value
    return expected is not None and all(
        stated.value == replace(expected, stored=True)
        and Facet.VIRTUAL_COLUMN in column.among.schemas[name].inexpressible
        for name, stated in found.actual.items()
    )


def _words(generated: GeneratedExpression | None) -> str:
    return "no generated value" if generated is None else str(generated)
