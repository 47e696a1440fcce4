"""Items of lists in brackets, put in and taken out: lines, commas and comments stay as they are written."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ormistice.sources.drizzle.spelling import Style


class UnwritableError(Exception):
    """A change that cannot be written faithfully; caught where the change came in."""


class Placed(Protocol):
    """Anything with offsets."""

    @property
    def start(self) -> int:
        """Its first character."""

    @property
    def end(self) -> int:
        """What is behind its last character."""


Cut = tuple[int, int, str]
"""Offsets, and what is to stand between them."""


@dataclass(frozen=True, slots=True)
class Bracketed:
    """A list in a text: the offsets of its two brackets, and its items."""

    text: str
    opening: int
    closing: int
    items: Sequence[Placed]

    def indent_of(self, offset: int) -> str:
        """What the line of `offset` begins with."""
        start = self.text.rfind("\n", 0, offset) + 1
        line = self.text[start:offset]
        return line[: len(line) - len(line.lstrip())]


def listed(text: str, node: Placed, items: Sequence[Placed]) -> Bracketed:
    """The list that `node` is, brackets and all."""
    return Bracketed(text, node.start, node.end - 1, items)


# Nodes end before parentheses around them, and before their type.
_REST = re.compile(r"(?:\s*[)!])*(?:\s+(?:as|satisfies)\s+[\w.]+(?:\[\])*(?=\s*[,)\]}]))?(?:\s*\))*")


@dataclass(frozen=True, slots=True)
class Gap:
    """What stands behind an item: its very end, its comma, if there is one, and where the rest of its line ends."""

    end: int
    comma: int | None
    line_end: int
    breaks: bool


def gap_behind(text: str, start: int, end: int) -> Gap:
    """The gap between an item and what follows; only spaces, comments and one comma may be there."""
    rest = _REST.match(text, start, end)
    start = rest.end() if rest is not None else start
    comma, line_end, at, breaks = None, start, start, False
    while at < end:
        character = text[at]
        if character == "\n":
            breaks = True
        elif text.startswith("//", at):
            at = _until(text, "\n", at, end)
            line_end = line_end if breaks else at
            continue
        elif text.startswith("/*", at):
            at = min(_until(text, "*/", at, end) + 2, end)
            line_end = line_end if breaks else at
            continue
        elif character == "," and comma is None:
            comma = at
            line_end = line_end if breaks else at + 1
        elif not character.isspace():
            raise UnwritableError
        at += 1
    return Gap(start, comma, line_end, breaks)


def _until(text: str, mark: str, start: int, end: int) -> int:
    found = text.find(mark, start, end)
    return end if found < 0 else found if mark != "\n" or text[found - 1] != "\r" else found - 1


def appended(into: Bracketed, piece: str, style: Style) -> list[Cut]:
    """`piece` as the last item."""
    text = into.text
    if not into.items:
        return [_only(into, piece, style)]
    last = into.items[-1]
    gap = gap_behind(text, last.end, into.closing)
    if "\n" not in text[into.opening : into.items[0].start]:
        if gap.comma is not None:
            return [(gap.comma + 1, gap.comma + 1, f" {_fitted(into, piece, style)},")]
        return [(gap.end, gap.end, f", {_fitted(into, piece, style)}")]
    line = f"{style.newline}{into.indent_of(last.start)}{_fitted(into, piece, style, last.start)}"
    if gap.comma is not None:
        return [(gap.line_end, gap.line_end, f"{line},")]
    if gap.line_end == gap.end:
        return [(gap.end, gap.end, f",{line}")]
    return [(gap.end, gap.end, ","), (gap.line_end, gap.line_end, line)]


def _only(into: Bracketed, piece: str, style: Style) -> Cut:
    inside = into.text[into.opening + 1 : into.closing]
    if inside.strip() or "\n" in piece:
        # A comment in there stays where it is.
        base = into.indent_of(into.opening)
        lines = _relined(f"\n{style.indented(piece)},", base, style)
        behind = "" if inside.strip() else f"{style.newline}{base}"
        return (into.opening + 1, into.opening + 1 if inside.strip() else into.closing, lines + behind)
    spaced = into.text[into.opening] == "{" and style.spaced
    return (into.opening + 1, into.closing, f" {piece} " if spaced else piece)


def _fitted(into: Bracketed, piece: str, style: Style, at: int | None = None) -> str:
    return _relined(piece, into.indent_of(into.opening if at is None else at), style)


def _relined(piece: str, base: str, style: Style) -> str:
    return piece.replace("\n", f"{style.newline}{base}")


def put_before(into: Bracketed, index: int, piece: str, style: Style) -> list[Cut]:
    """`piece` before the item at `index`."""
    item = into.items[index]
    start = into.text.rfind("\n", 0, item.start) + 1
    if into.text[start : item.start].strip():
        return [(item.start, item.start, f"{_fitted(into, piece, style)}, ")]
    indent = into.indent_of(item.start)
    return [(item.start, item.start, f"{_fitted(into, piece, style, item.start)},{style.newline}{indent}")]


def removed(out_of: Bracketed, index: int) -> list[Cut]:
    """The item at `index` taken out, with its line where it stands on lines of its own."""
    text, items = out_of.text, out_of.items
    item = items[index]
    _see_to_start(out_of, item.start)
    last = index == len(items) - 1
    following = out_of.closing if last else items[index + 1].start
    gap = gap_behind(text, item.end, following)
    start = text.rfind("\n", 0, item.start) + 1
    if not text[start : item.start].strip() and gap.breaks:
        return _removed_lines(out_of, index, start, gap)
    if not last:
        return [(item.start, following if _blank(text, gap.end, following) else (gap.comma or gap.end - 1) + 1, "")]
    if index > 0:
        before = gap_behind(text, items[index - 1].end, item.start)
        return [(before.end if _blank(text, before.end, item.start) else before.comma or before.end, gap.end, "")]
    end = gap.end if gap.comma is None else gap.comma + 1
    blank = not text[out_of.opening + 1 : item.start].strip() and not text[end : out_of.closing].strip()
    return [(out_of.opening + 1, out_of.closing, "") if blank else (item.start, end, "")]


@dataclass(frozen=True, slots=True)
class _Run:
    """Items that stand beside each other, as one."""

    start: int
    end: int


def all_removed(out_of: Bracketed, indexes: set[int]) -> list[Cut]:
    """Several items taken out."""
    runs: list[Placed] = []
    gone: list[int] = []
    for i, item in enumerate(out_of.items):
        if i in indexes and i - 1 in indexes:
            runs[-1] = _Run(runs[-1].start, item.end)
            continue
        gone += [len(runs)] if i in indexes else []
        runs.append(item)
    together = Bracketed(out_of.text, out_of.opening, out_of.closing, runs)
    return [cut for index in gone for cut in removed(together, index)]


def _removed_lines(out_of: Bracketed, index: int, start: int, gap: Gap) -> list[Cut]:
    text, items = out_of.text, out_of.items
    cuts = [(start, text.find("\n", gap.line_end) + 1, "")]
    if index == len(items) - 1 and gap.comma is None and index > 0:
        comma = gap_behind(text, items[index - 1].end, items[index].start).comma
        if comma is not None:
            cuts.insert(0, (comma, comma + 1, ""))
    return cuts


def _see_to_start(out_of: Bracketed, start: int) -> None:
    """Nodes begin behind parentheses and type parameters that stand before them; such an item is left alone."""
    before = len(out_of.text[:start].rstrip()) - 1
    if before != out_of.opening and out_of.text[before] in "(>":
        raise UnwritableError


def _blank(text: str, start: int, end: int) -> bool:
    """Whether there is nothing but a comma and spaces, and no comment that would be lost."""
    return not text[start:end].strip(", \t\r\n")
