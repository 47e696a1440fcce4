"""Rule `missing-sequence`."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, absence, rule
from ormistice.model import Sequence


@rule(Sequence, severity=Severity.INFO)
def missing_sequence(sequence: Aligned[Sequence]) -> Iterator[Violation]:
    """A sequence that belongs to no column is missing in another source.

    Every `nextval` of it fails in a database that lacks it, which is an error; a source that does not know it is a
    note. Sequences of serial and identity columns come and go with their columns and are not compared by themselves.
    """
    if sequence.missing:
        violation = absence(sequence, f"sequence {sequence.identity.name}", claim=_claim)
        lacking = any(name in sequence.among.databases for name in sequence.missing)
        yield replace(violation, severity=Severity.ERROR) if lacking else violation


def _claim(sequence: Sequence) -> str:
    return " ".join(("SEQUENCE", *sequence.options))
