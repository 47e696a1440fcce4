"""Rule `enum-label-mismatch`."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, listed, mismatch, rule
from ormistice.model import Enum, Stated


@rule(Enum, severity=Severity.ERROR)
def enum_label_mismatch(enum: Aligned[Enum]) -> Iterator[Violation]:
    """An enum has other labels in another source.

    Writing a label that the database does not have fails, and so does reading one that the client does not know.
    SQLAlchemy stores the names of a Python enum's members, not their values, unless `values_callable` says otherwise.
    The order of the labels is not compared here.
    """
    found = enum.disagreement(_labels, lambda a, b: set(a) != set(b))
    if found is None:
        return
    expected = found.expected.value
    violation = mismatch(enum, found, lambda labels: f"({', '.join(labels)})", claim=_claim, repair=with_labels)
    alike: dict[tuple[str, ...], list[str]] = {}
    for name, value in found.actual.items():
        alike.setdefault(value.value, []).append(name)
    differences = [_difference(names, labels, expected) for labels, names in alike.items()]
    in_case = all(_folded(value.value) == _folded(expected) for value in found.actual.values())
    yield replace(
        violation,
        message=f"{'; '.join(differences)} (compared with {found.authority})",
        cause="the labels differ in case alone, as names of members and their values do" if in_case else None,
    )


def _folded(labels: tuple[str, ...]) -> set[str]:
    return {label.casefold() for label in labels}


def _labels(enum: Enum) -> Stated[tuple[str, ...]] | None:
    return Stated(tuple(label.value for label in enum.labels), enum.place)


def with_labels(enum: Enum, expected: Stated[tuple[str, ...]]) -> Enum:
    """The enum with the expected labels; those that it has already keep their places."""
    places = {label.value: label.place for label in enum.labels}
    return replace(enum, labels=tuple(Stated(label, places.get(label, enum.place)) for label in expected.value))


def _difference(sources: list[str], actual: tuple[str, ...], expected: tuple[str, ...]) -> str:
    lacking = [f"`{label}`" for label in expected if label not in actual]
    adding = [f"`{label}`" for label in actual if label not in expected]
    one = len(sources) == 1
    verbs = (("lacks" if one else "lack", lacking), ("adds" if one else "add", adding))
    return f"{listed(sources)} {listed(f'{verb} {listed(labels)}' for verb, labels in verbs if labels)}"


def _claim(enum: Enum) -> str:
    return f"ENUM ({', '.join(label.value for label in enum.labels)})"
