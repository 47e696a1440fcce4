"""Rule `on-delete-mismatch`."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, mismatch, rule
from ormistice.model import ForeignKey, ReferentialAction
from ormistice.rules.foreign_key_target_mismatch import harmless_action, same_target


@rule(ForeignKey, severity=Severity.ERROR)
def on_delete_mismatch(key: Aligned[ForeignKey]) -> Iterator[Violation]:
    """Deleting a referenced row does one thing in one source and another thing in another.

    A delete that one side expects to cascade is refused, or one that it expects to be refused deletes more. The client
    plans by its own schema file; PostgreSQL acts by its constraint. NO ACTION and RESTRICT differ in when they are
    checked alone, which is worth a note and no more.
    """
    if found := same_target(key).disagreement(lambda item: item.on_delete):
        violation = mismatch(
            key,
            found,
            _words,
            claim=str,
            repair=lambda item, action: replace(item, on_delete=action),
        )
        yield replace(violation, severity=Severity.INFO) if harmless_action(found) else violation


def _words(action: ReferentialAction) -> str:
    return f"ON DELETE {action.value}"
