"""Rule `foreign-key-target-mismatch`."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.alignment import Aligned, Disagreement, paired_sources
from ormistice.findings import Severity, Violation, mismatch, rule
from ormistice.model import ForeignKey, Reference, ReferentialAction, Stated
from ormistice.pairing import letters


@rule(ForeignKey, severity=Severity.ERROR)
def foreign_key_target_mismatch(key: Aligned[ForeignKey]) -> Iterator[Violation]:
    """A foreign key references one table in one source and another in another.

    Rows that one side takes for valid are refused by the other, and a delete cascades along a path that nobody
    reviewed. Where the actions differ as well it is still one defect, and its fix sets both. Two names of one table are
    `table-name-mismatch`.
    """
    if found := _disagreement(key):
        expected = key.declared[found.authority]
        yield mismatch(
            key,
            found,
            str,
            claim=str,
            repair=lambda item, references: replace(
                item,
                references=references,
                on_delete=_like(item.on_delete, expected.on_delete),
                on_update=_like(item.on_update, expected.on_update),
            ),
        )


def _disagreement(key: Aligned[ForeignKey]) -> Disagreement[Reference] | None:
    found = key.disagreement(lambda item: item.references)
    if found is None:
        return None
    one_table = {frozenset(names) for pairing in paired_sources(key.among) for names in pairing.names}

    def differ(one: Reference, other: Reference) -> bool:
        if frozenset((one.table, other.table)) not in one_table:
            return one != other
        return [letters(column) for column in one.columns] != [letters(column) for column in other.columns]

    return key.disagreement(lambda item: item.references, differ)


def _like(
    actual: Stated[ReferentialAction] | None, expected: Stated[ReferentialAction] | None
) -> Stated[ReferentialAction] | None:
    """The expected action at the actual one's place, where both sources state one."""
    if actual is None or expected is None or actual == expected:
        return actual
    return Stated(expected.value, actual.place)


def same_target(key: Aligned[ForeignKey]) -> Aligned[ForeignKey]:
    """The key as those sources have it that agree with the authority on what it references."""
    found = _disagreement(key)
    return key if found is None else key.only(name for name in key.declared if name not in found.actual)


def harmless_action(found: Disagreement[ReferentialAction]) -> bool:
    """Whether all that differs is NO ACTION against RESTRICT."""
    actions = {found.expected.value, *(value.value for value in found.actual.values())}
    return actions == {ReferentialAction.NO_ACTION, ReferentialAction.RESTRICT}
