"""Fixes are verified by a second audit, together where they can be, and one that does not hold is only shown."""

import gc
import weakref
from dataclasses import replace
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from building import HERE, column, schema, table
from ormistice.audit import Settings, audit, load
from ormistice.errors import AuditError
from ormistice.fixes import Applicability, Change, Edit, Fix, Patch
from ormistice.model import Schema, Stated
from ormistice.names import Scope
from ormistice.text import Document, Span
from ormistice.verifying import diff

NAMES = ("a", "b", "c", "d", "e")


class Fake:
    """A source whose text is a line of names: an edit that writes a column's name in capitals makes it NOT NULL.

    `liars` are columns for which the edit is written and changes nothing; `breakers` those for which it makes the
    source unreadable.
    """

    kind, location = "fake", "fake.txt"

    def __init__(self, name: str, *, nullable: bool, liars: str = "", breakers: str = "") -> None:
        self.name, self.nullable, self.liars, self.breakers = name, nullable, liars, breakers
        self.loads = 0

    def load(self, fixes: tuple[Fix, ...] = ()) -> Schema:
        self.loads += 1
        written = {edit.text.lower() for fix in fixes if isinstance(fix, Patch) for edit in fix.edits}
        if written & set(self.breakers):
            raise AuditError("cannot be read")
        columns = [
            column("t", name, nullable=self.nullable and (name not in written or name in self.liars)) for name in NAMES
        ]
        text = Document("fake.txt", " ".join(NAMES) + "\n")
        return replace(schema(self.name, table("t", *columns, primary="")), documents=(text,))

    def write(self, schema: Schema, change: Change) -> Fix | None:  # noqa: ARG002 - the protocol's
        at = NAMES.index(change.before.name) * 2
        return Patch(self.name, (Edit(Span("fake.txt", at, at + 1), change.before.name.upper()),))


def outcome(liars: str, breakers: str) -> tuple[dict[str, tuple[Applicability, bool]], Fake]:
    fake = Fake("fake", nullable=True, liars=liars, breakers=breakers)
    report = audit([Fake("right", nullable=False), fake], Settings())
    fixes = {item.identity.columns[0]: item.fixes[0] for item in report.findings}
    return {name: (fix.fix.applicability, fix.verified) for name, fix in fixes.items()}, fake


def test_fixes_that_hold_are_verified_in_one_load() -> None:
    fixes, fake = outcome("", "")

    assert fixes == dict.fromkeys(NAMES, (Applicability.SAFE, True))
    assert fake.loads == 2


@given(st.sets(st.sampled_from(NAMES)), st.sets(st.sampled_from(NAMES)))
def test_those_that_do_not_hold_are_told_apart(liars: set[str], breakers: set[str]) -> None:
    fixes, _ = outcome("".join(liars), "".join(breakers))

    wrong = liars | breakers
    assert {name for name, fix in fixes.items() if fix == (Applicability.DISPLAY, False)} == wrong
    assert {name for name, fix in fixes.items() if fix == (Applicability.SAFE, True)} == set(NAMES) - wrong


def test_a_diff_is_of_the_lines_that_change() -> None:
    document = Document("dir/f.txt", "one\r\ntwo\x0cstill two\nthree")
    read = replace(schema("s"), documents=(document,))
    patch = Patch("s", (Edit(Span("dir/f.txt", 19, 24), "3"),))

    assert diff(patch, read) == (
        "--- a/dir/f.txt\n+++ b/dir/f.txt\n@@ -1,3 +1,3 @@\n one\r\n two\x0cstill two\n"
        "-three\n\\ No newline at end of file\n+3\n\\ No newline at end of file\n"
    )


def test_a_value_that_nobody_states_is_no_finding() -> None:
    silent = schema("a", table("t", replace(column("t", "x"), nullable=None), primary=""))
    loud = schema("b", table("t", replace(column("t", "x"), nullable=Stated(value=False, place=HERE)), primary=""))

    class Plain(Fake):
        def load(self, fixes: tuple[Fix, ...] = ()) -> Schema:  # noqa: ARG002 - the protocol's
            return {"a": silent, "b": loud}[self.name]

    assert audit([Plain("a", nullable=True), Plain("b", nullable=True)], Settings()).findings == ()


def test_an_audit_lets_go_of_its_sources() -> None:
    """They may hold databases open, which are to be closed when nobody needs them, not when a collector comes by."""
    source = Fake("fake", nullable=True, liars="a")
    kept = weakref.ref(source)
    gc.disable()
    try:
        report = audit([Fake("right", nullable=False), source], Settings())
        del source

        assert kept() is None
        assert report.findings
    finally:
        gc.enable()


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        (Scope(("t",)), ()),
        (Scope(("other", "*")), ("other, which is to be included of a: no source has a table of that name",)),
        (
            Scope(("TT",)),
            (
                "all that a declares: what limits it leaves out every table",
                "TT, which is to be included of a: no source has a table of that name; did you mean t?",
            ),
        ),
        (Scope((), ("*",)), ("all that a declares: what limits it leaves out every table",)),
    ],
)
def test_what_is_limited_to_nothing_is_told(scope: Scope, told: tuple[str, ...]) -> None:
    sources = [Fake("a", nullable=True), Fake("b", nullable=True)]
    report = audit(sources, Settings(scopes={"a": scope}))

    assert (report.not_compared, report.findings) == (told, ())


class Ready(Fake):
    """A source that can get ready to write; the other waits for that when it is read."""

    def __init__(self, name: str, ready: Event, *, waits: bool) -> None:
        super().__init__(name, nullable=True)
        self.ready, self.waits = ready, waits

    def prepare(self) -> None:
        self.ready.set()

    def load(self, fixes: tuple[Fix, ...] = ()) -> Schema:
        assert not self.waits or self.ready.wait(30)
        return super().load(fixes)


def test_while_one_source_is_still_read_the_others_get_ready_to_write() -> None:
    ready, alone = Event(), Event()

    schemas = load([Ready("a", ready, waits=False), Ready("b", ready, waits=True)])
    load([Ready("a", alone, waits=False)])

    assert (list(schemas), ready.is_set(), alone.is_set()) == (["a", "b"], True, False)
