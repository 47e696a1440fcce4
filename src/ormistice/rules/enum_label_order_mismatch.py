"""Rule `enum-label-order-mismatch`."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, mismatch, rule
from ormistice.model import Enum, Facet, Stated
from ormistice.rules.enum_label_mismatch import with_labels


@rule(Enum, severity=Severity.WARNING)
def enum_label_order_mismatch(enum: Aligned[Enum]) -> Iterator[Violation]:
    """An enum has the same labels in another order.

    PostgreSQL sorts and compares the values of an enum in the order of its labels, so ORDER BY and `<` differ. Of a
    source whose migrations put new labels last and never set an order right, it is worth a note.
    """
    found = enum.disagreement(_labels, lambda a, b: a != b and sorted(a) == sorted(b))
    if found:
        violation = mismatch(
            enum,
            found,
            _words,
            claim=lambda item: _words(tuple(label.value for label in item.labels)),
            repair=with_labels,
        )
        mute = {name for name, schema in enum.among.schemas.items() if Facet.LABEL_ORDER in schema.inexpressible}
        noted = found.authority in mute or mute.issuperset(found.actual)
        yield replace(violation, severity=Severity.INFO) if noted else violation


def _labels(enum: Enum) -> Stated[tuple[str, ...]] | None:
    return Stated(tuple(label.value for label in enum.labels), enum.place)


def _words(labels: tuple[str, ...]) -> str:
    return f"({', '.join(labels)})"
