"""Where in the user's files a finding is to be shown, for tools that show findings in files alone."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from urllib.parse import quote

from ormistice.diffing import repository_of
from ormistice.findings import Finding, Report
from ormistice.model import Schema
from ormistice.places import Printed, printed
from ormistice.text import Position

FIRST = Position(1, 1)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A range of a file; a whole file where `start` and `end` are its first character."""

    path: str
    start: Position = FIRST
    end: Position = FIRST


def anchor(finding: Finding, report: Report) -> Anchor | None:
    """The first place of a finding that is in a file, or else where what it tells of is declared or would have to be.

    None if no source has files.
    """
    return next(_anchors(finding, report), None)


def _anchors(finding: Finding, report: Report) -> Iterator[Anchor]:
    for site in finding.violation.sites:
        yield from in_file(printed(site.place, report.among.schemas[site.source]))
    if finding.identity is not None:
        for schema in report.among.schemas.values():
            table = schema.table(finding.identity.name)
            if table is not None:
                yield from in_file(printed(table.place, schema))
    others = (name for name in report.among.schemas if name not in finding.violation.outliers)
    for source in (*finding.violation.outliers, *others):
        schema = report.among.schemas[source]
        yield from (Anchor(path) for path in _paths(schema))


def in_file(place: Printed) -> Iterator[Anchor]:
    """The place as an anchor, if it is in a file."""
    if place.file is not None and place.start is not None and place.end is not None:
        yield Anchor(place.file, place.start, place.end)


def _paths(schema: Schema) -> Iterator[str]:
    """The files that a schema was read from, those that declare its tables first."""
    if not schema.documents:
        return
    declaring = (path for table in schema.tables for path in in_file(printed(table.place, schema)))
    yield from (item.path for item in declaring)
    yield from (document.path for document in schema.documents)


def posix(path: str) -> str:
    """A path with slashes, as tools on every system read it, from the top of the repository, as forges look for it."""
    here = Path.cwd()
    top = repository_of(here)
    if top is None or top == here or PurePath(path).is_absolute():
        return PurePath(path).as_posix()
    return Path(os.path.relpath(here / path, top)).as_posix()


def uri(path: str) -> str:
    """A path as a URI: relative, or with the scheme `file` where it is absolute."""
    return Path(path).as_uri() if PurePath(path).is_absolute() else quote(posix(path))


def told(finding: Finding) -> str:
    """The message, and behind it what every source claims, a line each."""
    violation = finding.violation
    wrong = {name: " ✗" if name in violation.outliers else "" for name in violation.claims}
    return "\n".join(
        [violation.message, *(f"{name}{wrong[name]}: {claim}" for name, claim in violation.claims.items())]
    )
