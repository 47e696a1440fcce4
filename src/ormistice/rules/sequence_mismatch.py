"""Rule `sequence-mismatch`."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, mismatch, rule
from ormistice.model import Sequence, Stated


@rule(Sequence, severity=Severity.WARNING)
def sequence_mismatch(sequence: Aligned[Sequence]) -> Iterator[Violation]:
    """A sequence counts otherwise in another source.

    Writers that count in steps of their own draw the same numbers, or run out of them. Compared are its type, start,
    step, limits, cache and cycle. Sequences of serial columns are not compared by themselves.
    """
    if found := sequence.disagreement(lambda item: Stated(item.options, item.place)):
        yield mismatch(
            sequence,
            found,
            _words,
            claim=lambda item: _words(item.options),
            repair=lambda item, options: replace(item, options=options.value),
        )


def _words(options: tuple[str, ...]) -> str:
    return " ".join(options) if options else "the default options"
