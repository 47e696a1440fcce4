"""Rule `on-update-mismatch`."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, mismatch, rule
from ormistice.model import ForeignKey, ReferentialAction
from ormistice.rules.foreign_key_target_mismatch import harmless_action, same_target


@rule(ForeignKey, severity=Severity.WARNING)
def on_update_mismatch(key: Aligned[ForeignKey]) -> Iterator[Violation]:
    """Changing a referenced key does one thing in one source and another thing in another.

    Updating a referenced key goes through on one side and fails on the other. Prisma writes ON UPDATE CASCADE where
    nothing is said, the others NO ACTION, so that a table made by one and described by another differs in every key. It
    matters where referenced keys are ever changed. NO ACTION and RESTRICT differ in when they are checked alone, which
    is worth a note and no more.
    """
    if found := same_target(key).disagreement(lambda item: item.on_update):
        violation = mismatch(
            key,
            found,
            _words,
            claim=str,
            repair=lambda item, action: replace(item, on_update=action),
        )
        yield replace(violation, severity=Severity.INFO) if harmless_action(found) else violation


def _words(action: ReferentialAction) -> str:
    return f"ON UPDATE {action.value}"
