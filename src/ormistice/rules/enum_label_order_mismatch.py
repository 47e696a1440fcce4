"""Rule `enum-label-order-mismatch`."""

from collections.abc import Iterator

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, mismatch, rule
from ormistice.model import Enum, Stated
from ormistice.rules.enum_label_mismatch import with_labels


@rule(Enum, severity=Severity.WARNING)
def enum_label_order_mismatch(enum: Aligned[Enum]) -> Iterator[Violation]:
    """An enum has the same labels in another order.

    PostgreSQL sorts and compares the values of an enum in the order of its labels, so ORDER BY and `<` differ.
    """
    found = enum.disagreement(_labels, lambda a, b: a != b and sorted(a) == sorted(b))
    if found:
        yield mismatch(
            enum,
            found,
            _words,
            claim=lambda item: _words(tuple(label.value for label in item.labels)),
            repair=with_labels,
        )


def _labels(enum: Enum) -> Stated[tuple[str, ...]] | None:
    return Stated(tuple(label.value for label in enum.labels), enum.place)


def _words(labels: tuple[str, ...]) -> str:
    return f"({', '.join(labels)})"
