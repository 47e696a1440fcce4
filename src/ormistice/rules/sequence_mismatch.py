"""Rule `sequence-mismatch`."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, mismatch, rule
from ormistice.model import Sequence, Stated

_LARGEST = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}
_ALIKE = "they draw the same numbers: only the type differs, and not the limits that it sets"


@rule(Sequence, severity=Severity.WARNING)
def sequence_mismatch(sequence: Aligned[Sequence]) -> Iterator[Violation]:
    """A sequence counts otherwise in another source.

    Writers that count in steps of their own draw the same numbers, or run out of them. Compared are its type, start,
    step, limits, cache and cycle. Sequences of serial columns are not compared by themselves. A type only sets limits,
    and not every language has a word for it: where all else is the same, limits too, it is worth no more than a note.
    """
    if found := sequence.disagreement(lambda item: Stated(item.options, item.place)):
        violation = mismatch(
            sequence,
            found,
            _words,
            claim=lambda item: _words(item.options),
            repair=lambda item, options: replace(item, options=options.value),
        )
        counting = {_counting(found.expected.value), *(_counting(stated.value) for stated in found.actual.values())}
        yield replace(violation, severity=Severity.INFO, cause=_ALIKE) if len(counting) == 1 else violation


def _counting(options: tuple[str, ...]) -> frozenset[tuple[str, str]]:
    """How a sequence of these options counts, with what they leave to PostgreSQL; its type is only in its limits."""
    said = {word: value for word, _, value in (option.rpartition(" ") for option in options if option != "CYCLE")}
    limit = _LARGEST.get(said.pop("AS", "bigint"), _LARGEST["bigint"])
    descending = said.get("INCREMENT BY", "1").startswith("-")
    usual = {
        "INCREMENT BY": "1",
        "MINVALUE": str(-limit - 1) if descending else "1",
        "MAXVALUE": "-1" if descending else str(limit),
        "CACHE": "1",
    }
    full = usual | said
    start = full.get("START WITH", full["MAXVALUE" if descending else "MINVALUE"])
    return frozenset((full | {"START WITH": start, "CYCLE": str("CYCLE" in options)}).items())


def _words(options: tuple[str, ...]) -> str:
    return " ".join(options) if options else "the default options"
