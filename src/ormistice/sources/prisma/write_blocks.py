"""Whole blocks of Prisma files: where a new one goes, what its database name needs, and how one is taken out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ormistice.fixes import Edit
from ormistice.names import DEFAULT_SCHEMA, QualifiedName
from ormistice.sources.prisma.nodes import Block
from ormistice.sources.prisma.write_defaults import quoted
from ormistice.sources.prisma.write_draft import Draft
from ormistice.sources.prisma.write_lines import behind_line, ending
from ormistice.text import Document, Span

_LINE_BREAK = re.compile("\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Gap:
    """Where a new block goes, what is to stand before and behind it, and how lines end there."""

    span: Span
    before: str
    behind: str
    broken: str


def place_behind(blocks: Sequence[Block]) -> Gap | None:
    """Behind the last of `blocks`; None where there is none, or it has no end."""
    if not blocks or "}" in blocks[-1].broken:
        return None
    block = blocks[-1]
    text, broken = block.document.text, ending(block)
    at = behind_line(text, block.end)
    if not _ends_line(text, block.end):
        return Gap(block.span(block.end, block.end), broken * 2, broken, broken)
    before = broken if _LINE_BREAK.match(text, at - 1) else broken * 2
    return Gap(block.span(at, at), before, broken, broken)


def place_in(documents: Sequence[Document]) -> Gap | None:
    """At the end of the first file."""
    if not documents:
        return None
    text = documents[0].text
    found = _LINE_BREAK.search(text)
    broken = found[0] if found else "\n"
    before = "" if not text else broken if text.endswith(("\n", "\r")) else broken * 2
    return Gap(Span(documents[0].path, len(text), len(text)), before, broken, broken)


def _ends_line(text: str, at: int) -> bool:
    """Whether nothing but a comment stands behind a block."""
    rest = text[at : behind_line(text, at)].strip()
    while rest.startswith("/*"):
        rest = rest.partition("*/")[2].strip()
    return not rest or rest.startswith("//")


def database_name(draft: Draft, name: QualifiedName, block_name: str) -> list[str] | None:
    """The attributes that give a block its name in the database; None where its schema is not the datasource's."""
    mapped = [f"@@map({quoted(name.name)})"] if name.name != block_name else []
    if draft.files.schemas:
        return [*mapped, f"@@schema({quoted(name.schema)})"] if name.schema in draft.files.schemas else None
    return mapped if name.schema == DEFAULT_SCHEMA else None


def dropped_block(block: Block) -> Edit | None:
    """A block taken out, with the documentation right above and an empty line; None where it has no end."""
    if "}" in block.broken:
        return None
    text = block.document.text
    start, end = _line_start(text, block.start), block.end
    if text[start : block.start].strip() or not _ends_line(text, end):
        return Edit(block.span(block.start, end), "")
    end = behind_line(text, end)
    while start > 0:
        above = _line_start(text, _before_break(text, start))
        if not text[above:start].lstrip().startswith("///"):
            break
        start = above
    empty = _LINE_BREAK.match(text, end)
    if empty is not None:
        end = empty.end()
    elif end == len(text) and start > 0 and text[_line_start(text, _before_break(text, start)) : start].strip() == "":
        start = _line_start(text, _before_break(text, start))
    return Edit(block.span(start, end), "")


def _line_start(text: str, at: int) -> int:
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1


def _before_break(text: str, at: int) -> int:
    return at - (2 if text.endswith("\r\n", 0, at) else 1)
