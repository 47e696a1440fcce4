"""Pieces of the page that several of its sections are made of."""

from collections.abc import Iterable

from ormistice.findings import Finding, Report, Severity
from ormistice.reporters.parts.content import Mark, Standing
from ormistice.reporters.parts.groups import Group
from ormistice.reporters.parts.markup import Markup, joined, tag

WORDS = {Mark.AGREES: "agrees", Mark.DIFFERS: "differs", Mark.SILENT: "silent"}


def chip(severity: Severity | None) -> Markup:
    """A severity in its colour; None: nothing differs."""
    word = "agrees" if severity is None else severity.value
    return tag("span", word, class_=f"severity {'none' if severity is None else severity.value}")


def names(report: Report) -> tuple[str, ...]:
    """The names of the sources, in order."""
    return tuple(source.name for source in report.sources)


def data(finding: Finding, report: Report) -> dict[str, str | None]:
    """What the filters go by."""
    numbers = {source.name: str(number) for number, source in enumerate(report.sources)}
    return {
        "data_severity": finding.severity.value,
        "data_sources": " ".join(numbers[name] for name in finding.violation.outliers if name in numbers),
        "data_table": None if finding.identity is None else str(finding.identity.name),
    }


def data_of(group: Group, report: Report) -> dict[str, str | None]:
    """The same for what is told of several objects: it is of the tables of all of them."""
    tables = {str(item.identity.name): None for item in group.findings if item.identity is not None}
    return data(group.first, report) | {"data_table": " ".join(tables) or None}


def standing(item: Standing) -> Markup:
    """A mark, and what there is to say, in code where it is quoted."""
    word = WORDS[item.mark]
    mark = tag("span", item.mark.value, class_=f"mark {word}", role="img", aria_label=word)
    return joined(mark, tag("code", item.words) if item.quoted and item.words else item.words)


def codes(words: Iterable[str]) -> Markup:
    """Words as code, with commas between."""
    return joined(*(joined(", " if number else "", tag("code", word)) for number, word in enumerate(words)))
