"""Edits of one text, made together."""

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given
from hypothesis import strategies as st

from ormistice.diffing import unified
from ormistice.fixes import Edit, Occupied, Patch, edited
from ormistice.model import Schema
from ormistice.text import Document, Span
from ormistice.verifying import diff


def patch(*edits: tuple[int, int, str]) -> Patch:
    return Patch("s", tuple(Edit(Span("f", start, end), text) for start, end, text in edits))


def test_insertions_at_one_place_stand_in_the_order_of_their_fixes() -> None:
    assert edited("f", "ab", [patch((1, 1, "x")), patch((1, 1, "y"))]) == "axyb"
    assert edited("f", "ab", [patch((1, 1, "y")), patch((1, 1, "x"))]) == "ayxb"


def test_the_same_edit_twice_is_made_once() -> None:
    assert edited("f", "ab", [patch((1, 1, "x")), patch((1, 1, "x"), (0, 1, "c"))]) == "cxb"


def test_what_shares_text_does_not_fit_and_what_touches_only_an_edge_does() -> None:
    occupied = Occupied()
    occupied.take(patch((2, 5, "x"), (9, 9, "y\n"), (12, 12, ", a")))

    assert occupied.fits(patch((5, 8, "z")))
    assert occupied.fits(patch((9, 9, "z\n")))
    assert not occupied.fits(patch((9, 9, "z")))
    assert not occupied.fits(patch((12, 12, ", b")))
    assert occupied.fits(patch((2, 5, "x")))
    assert not occupied.fits(patch((4, 6, "z")))
    assert not occupied.fits(patch((3, 3, "z")))
    assert not occupied.fits(patch((5, 5, "z")))
    assert not occupied.fits(patch((0, 20, "z")))


SPANS = st.tuples(st.integers(0, 12), st.integers(0, 4)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(st.lists(SPANS, max_size=8))
def test_all_that_fit_are_made_as_if_one_by_one(spans: list[tuple[int, int]]) -> None:
    """Edits that fit together leave each other's text alone: the result has every one of them, whole."""
    text = "0123456789abcdefg"
    occupied, taken = Occupied(), []
    for number, (start, end) in enumerate(spans):
        fix = patch((start, end, f"<{number}>"))
        if occupied.fits(fix):
            occupied.take(fix)
            taken.append((number, start, end))
    result = edited("f", text, [patch((start, end, f"<{number}>")) for number, start, end in taken])

    kept = set(range(len(text))) - {at for _, start, end in taken for at in range(start, end)}
    assert all(result.count(f"<{number}>") == 1 for number, _, _ in taken)
    assert len(result) == len(kept) + sum(len(f"<{number}>") for number, _, _ in taken)


LINES = st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=30)


@given(LINES, LINES, st.integers(0, 40))
def test_a_diff_is_one_that_patch_takes(before: list[str], changed: list[str], at: int) -> None:
    """The diff of a file, made of the part of it that changes, does to the file what the edit does."""
    text = "\n".join(before)
    start = min(at, len(text))
    end = min(start + 5, len(text))
    fix = patch((start, end, "\n".join(changed)))
    schema = Schema("s", (), (), frozenset(), documents=(Document("f", text),))
    with TemporaryDirectory() as folder:
        path = Path(folder, "f")
        path.write_bytes(text.encode())
        told = diff(fix, schema) or ""
        if told:
            command = ["patch", "-p1", "--quiet", "--fuzz=0"]
            subprocess.run(command, cwd=folder, input=told.encode(), check=True, stdout=subprocess.PIPE)

        assert path.read_bytes().decode() == edited("f", text, [fix])


@given(
    before=LINES,
    changes=st.lists(st.tuples(st.integers(0, 30), st.sampled_from(["x", "x\ny", ""])), max_size=3),
    ends=st.booleans(),
)
@example(before=["a", "b"], changes=[(0, "x"), (2, "y")], ends=True)
def test_a_diff_is_one_that_git_takes(before: list[str], changes: list[tuple[int, str]], *, ends: bool) -> None:
    """git is strict about hunks that share lines, and about the end of the file."""
    after = list(before)
    for at, line in changes:
        after[at : at + 1] = [line]
    old, new = ("\n".join(lines) + "\n" * (ends and lines != []) for lines in (before, after))
    with TemporaryDirectory() as folder:
        path = Path(folder, "f")
        path.write_bytes(old.encode())
        if told := unified("f", old, new):
            subprocess.run(["git", "apply"], cwd=folder, input=told.encode(), check=True, stderr=subprocess.PIPE)

        assert path.read_bytes().decode() == new
