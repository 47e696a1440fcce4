"""A random schema, said in several languages, and a random change in one of them: the others are led there, and meet."""

import os
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from changes.spoken import LANGUAGES, Spoken, changes, schemas
from changes.test_changes import opened
from ormistice.audit import Settings, audit
from ormistice.findings import Report
from ormistice.fixing import Limits, apply
from ormistice.sources import Source

# A column that is added comes behind the others.
FOLLOWING = {"column-order-mismatch"}


@st.composite
def changed(draw: st.DrawFn) -> tuple[Spoken, Spoken]:
    before = draw(schemas())
    return before, draw(changes(before))


def said(folder: Path, spoken: dict[str, Spoken]) -> tuple[Source, ...]:
    """The files of each language, with what each is to say."""
    for name, what in spoken.items():
        file, say = LANGUAGES[name]
        (folder / file).write_text(say(what), "utf-8")
    return tuple(opened(LANGUAGES[name][0], name, folder) for name in spoken)


def said_in(name: str, what: Spoken) -> str:
    _, say = LANGUAGES[name]
    return say(what)


def told(report: Report) -> list[tuple[str, str]]:
    assert [problem for schema in report.among.schemas.values() for problem in schema.problems] == []
    found = (item for item in report.findings if item.identity is not None and item.rule not in FOLLOWING)
    return [(item.rule, f"{item.identity} {item.violation.outliers}") for item in found]


@dataclass(frozen=True)
class Led:
    """What was told before the change, what is left of it when the others were led there, and the file they follow."""

    before: list[tuple[str, str]]
    left: list[tuple[str, str]]
    followed: str


def led(before: Spoken, after: Spoken, towards: str, others: tuple[str, ...]) -> Led:
    here = Path.cwd()
    with TemporaryDirectory() as made:
        folder = Path(made).resolve()
        os.chdir(folder)
        try:
            sources = said(folder, dict.fromkeys((towards, *others), before))
            at_first = told(audit(sources, Settings(towards=towards)))
            sources = said(folder, {towards: after} | dict.fromkeys(others, before))
            apply(sources, Settings(towards=towards), Limits(unsafe=True), lambda _: None)
            left = told(audit(sources, Settings(towards=towards)))
            return Led(at_first, left, (folder / LANGUAGES[towards][0]).read_text("utf-8"))
        finally:
            os.chdir(here)


QUICK = settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
LONG = settings(QUICK, max_examples=25)


@QUICK
@given(changed())
def test_prisma_follows_drizzle(both: tuple[Spoken, Spoken]) -> None:
    before, after = both

    assert led(before, after, "drizzle", ("prisma",)) == Led([], [], said_in("drizzle", after))


@pytest.mark.conformance
@pytest.mark.parametrize("towards", LANGUAGES)
@LONG
@given(both=changed())
def test_the_others_follow(towards: str, both: tuple[Spoken, Spoken]) -> None:
    before, after = both
    others = tuple(name for name in LANGUAGES if name != towards)

    assert led(before, after, towards, others) == Led([], [], said_in(towards, after))
