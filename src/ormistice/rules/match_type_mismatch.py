"""Rule `match-type-mismatch`."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, mismatch, rule
from ormistice.model import ForeignKey
from ormistice.rules.foreign_key_target_mismatch import same_target


@rule(ForeignKey, severity=Severity.WARNING)
def match_type_mismatch(key: Aligned[ForeignKey]) -> Iterator[Violation]:
    """A composite foreign key takes partly NULL references in one source, and refuses them in another.

    MATCH SIMPLE does not check a row in which any of the referencing columns is NULL; MATCH FULL refuses it unless all
    of them are.
    """
    if len(key.identity.columns) > 1 and (found := same_target(key).disagreement(lambda item: item.match_type)):
        yield mismatch(
            key,
            found,
            lambda match_type: match_type.value,
            claim=str,
            repair=lambda item, expected: replace(item, match_type=expected),
        )
