"""Lines of Prisma blocks: where one begins and ends, how its words stand below those of others, and edits of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ormistice.fixes import Edit
from ormistice.sources.prisma.nodes import Attribute, Block, Field

_LINE_BREAK = re.compile("\r\n|\r|\n")
_ORDER = ("id", "unique", "default", "updatedAt", "map", "relation")
"""The order in which the attributes of a field are usually written; native types and others stand behind them."""


@dataclass(frozen=True, slots=True)
class Words:
    """What stands behind a field's name: its type, and its attributes, each with the blanks before it."""

    kind: str
    attributes: tuple[tuple[str, str], ...]

    def with_attribute(self, text: str) -> "Words":
        """With another attribute, at its usual place."""
        at = next(
            (number for number, (_, other) in enumerate(self.attributes) if _rank(other) > _rank(text)),
            len(self.attributes),
        )
        # Another first attribute stands where the first one stood.
        given = list(self.attributes)
        blank = given[at][0] if at < len(given) else " "
        if at < len(given):
            given[at] = (" ", given[at][1])
        return replace(self, attributes=(*given[:at], (blank, text), *given[at:]))

    def without(self, name: str) -> "Words":
        """Without the attributes of that name; a dot stands for native types."""
        kept = [pair for pair in self.attributes if not _is(pair[1], name)]
        if kept and self.attributes[0][1] != kept[0][1]:
            kept[0] = (self.attributes[0][0], kept[0][1])
        return replace(self, attributes=tuple(kept))

    def replacing(self, name: str, text: str) -> "Words":
        """With `text` in place of the attribute `name`; added where there is none."""
        if not any(_is(given, name) for _, given in self.attributes):
            return self.with_attribute(text)
        return replace(
            self, attributes=tuple((blank, text if _is(given, name) else given) for blank, given in self.attributes)
        )


def _name(attribute: str) -> str:
    return attribute.lstrip("@ \t").partition("(")[0].strip()


def _is(attribute: str, name: str) -> bool:
    own = _name(attribute)
    return "." in own if name == "." else own == name


def _rank(attribute: str) -> int:
    name = _name(attribute)
    return _ORDER.index(name) if name in _ORDER else len(_ORDER)


def words(block: Block, field: Field) -> Words:
    """The words of a field as they stand."""
    text = block.document.text
    kind = "" if field.type is None else text[field.type.start : field.type.end]
    at = field.name_end if field.type is None else field.type.end
    attributes: list[tuple[str, str]] = []
    for attribute in field.attributes:
        attributes.append((text[at : attribute.start], text[attribute.start : attribute.end]))
        at = attribute.end
    return Words(kind, tuple(attributes))


def reworded(block: Block, field: Field, wanted: Words) -> list[Edit]:
    """The edit that gives a field other words, its first attribute below those of its neighbours where it can be."""
    kind, text = field.type, block.document.text
    start = field.name_end if kind is None else kind.start
    head = wanted.kind
    if wanted.attributes:
        column = _columns(block, field)[1]
        (blank, first), *rest = wanted.attributes
        width = start - field.start + len(head)
        stays = bool(field.attributes) and (kind is None or wanted.kind == text[kind.start : kind.end])
        head += blank if (stays or column is None) and blank else _blanks(width, column)
        head += first + "".join((given or " ") + attribute for given, attribute in rest)
    elif kind is None:
        head = ""
    return trimmed(block, start, text[start : field.end], head)


def trimmed(block: Block, start: int, old: str, new: str) -> list[Edit]:
    """The smallest edit that makes `new` of `old`, which stands at `start`."""
    if old == new:
        return []
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    span = block.span(start + head, start + len(old) - tail)
    return [Edit(span, new[head : len(new) - tail])]


def field_line(block: Block, beside: Field | None, name: str, kind: str, attributes: Sequence[str] = ()) -> str:
    """A field's line without indent, its words below those of the field it is to stand beside and its neighbours."""
    type_at, attribute_at = _columns(block, beside)
    line = name + (_blanks(len(name), type_at) + kind if kind else "")
    given = [attribute for attribute in attributes if attribute]
    return f"{line}{_blanks(len(line), attribute_at)}{' '.join(given)}" if given else line


def _blanks(width: int, column: int | None) -> str:
    return " " * max(1, (column or 0) - width)


def _columns(block: Block, field: Field | None) -> tuple[int | None, int | None]:
    """Where types and attributes begin in the lines around a field, from its start; None where each has its own."""
    group = [] if field is None else _group(block, field)
    types = [(each.type.start - each.start, each.type.start - each.name_end) for each in group if each.type]
    ends = [
        (each, each.attributes[0], each.type.end if each.type else each.name_end) for each in group if each.attributes
    ]
    return _common(types), _common([(first.start - each.start, first.start - end) for each, first, end in ends])


def _common(found: list[tuple[int, int]]) -> int | None:
    columns = {column for column, _ in found}
    return columns.pop() if len(columns) == 1 and any(gap > 1 for _, gap in found) else None


def _group(block: Block, field: Field) -> list[Field]:
    """The fields around one, as far as no empty line parts them."""
    fields = list(block.fields)
    at = next(number for number, each in enumerate(fields) if each.start == field.start)
    first = last = at
    while first > 0 and not _parted(block, fields[first - 1], fields[first]):
        first -= 1
    while last + 1 < len(fields) and not _parted(block, fields[last], fields[last + 1]):
        last += 1
    return fields[first : last + 1]


def _parted(block: Block, one: Field, other: Field) -> bool:
    lines = _LINE_BREAK.split(block.document.text[one.end : other.start])
    return any(not line.strip() for line in lines[1:-1])


def whole_lines(block: Block, member: Field | Attribute) -> tuple[int, int]:
    """Start and end of a member's line, with the documentation comments right above and the line break.

    Where a comment stands before the member, it stays, and the line break with it.
    """
    text = block.document.text
    start, end = _line_start(text, member.start), behind_line(text, member.end)
    if text[start : member.start].strip():
        return member.start, end - len(line_break(text, end))
    while start > 0:
        above = _line_start(text, start - len(line_break(text, start)))
        if above < block.start or not text[above:start].lstrip().startswith("///"):
            break
        start = above
    return start, end


def line_indent(block: Block, member: Field | Attribute) -> str:
    """What stands before a member on its line."""
    text = block.document.text
    before = text[_line_start(text, member.start) : member.start]
    return before if not before.strip() else "  "


def _line_start(text: str, at: int) -> int:
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1


def behind_line(text: str, at: int) -> int:
    """Behind the line break that comes next; one inside of a comment does not count."""
    while at < len(text) and text[at] not in "\r\n":
        if text.startswith("//", at):
            return _behind_break(text, at)
        close = text.find("*/", at) if text.startswith("/*", at) else -1
        at = close + 2 if close >= 0 else at + 1
    return _behind_break(text, at)


def _behind_break(text: str, at: int) -> int:
    found = _LINE_BREAK.search(text, at)
    return found.end() if found else len(text)


def line_break(text: str, end: int) -> str:
    """The line break that ends at `end`; a line feed where there is none."""
    return (
        "\r\n"
        if text.endswith("\r\n", 0, end)
        else text[end - 1 : end]
        if text[end - 1 : end] in {"\r", "\n"}
        else "\n"
    )


def ending(block: Block) -> str:
    """The line breaks of a block: its first one."""
    found = _LINE_BREAK.search(block.document.text, block.name_start)
    return found[0] if found else "\n"


def inserted_field(block: Block, beside: Field | None, line: str) -> Edit:
    """A line behind the field `beside`, indented like it; the block's first where there is none."""
    text = block.document.text
    at = _behind_break(text, block.name_start) if beside is None else behind_line(text, beside.end)
    members: list[Field | Attribute] = [beside] if beside is not None else [*block.fields, *block.attributes]
    indent = line_indent(block, members[0]) if members else "  "
    return Edit(block.span(at, at), f"{indent}{line}{ending(block)}")


def last_field(block: Block) -> Field | None:
    """The field that stands last."""
    return max(block.fields, key=lambda field: field.end, default=None)


def inserted_attribute(block: Block, line: str, *, first: bool = False) -> Edit:
    """A line behind the last block attribute of its like, or behind all fields with an empty line between."""
    alike = [each for each in block.attributes if each.name in {"id", "unique", "index"}]
    others = [each for each in block.attributes if each.name in {"map", "schema", "ignore"}]
    text, broken = block.document.text, ending(block)
    if alike and not first:
        last = max(alike, key=lambda member: member.end)
        at = behind_line(text, last.end)
        return Edit(block.span(at, at), f"{line_indent(block, last)}{line}{broken}")
    before = min([*alike, *others], key=lambda member: member.start, default=None)
    field = last_field(block)
    if before is not None and field is not None and before.start > field.end:
        start, _ = whole_lines(block, before)
        return Edit(block.span(start, start), f"{line_indent(block, before)}{line}{broken}")
    edit = inserted_field(block, field, line)
    return replace(edit, text=f"{broken}{edit.text}") if field is not None else edit


def taken_out(block: Block, member: Field | Attribute) -> Edit:
    """A member's lines gone; with it the empty line before it, where it was all that stood between two of them."""
    start, end = whole_lines(block, member)
    text = block.document.text
    above = _line_start(text, start - len(line_break(text, start)))
    below = text[end : block.end].lstrip(" \t")
    if start > above > block.start and not text[above:start].strip() and below.startswith(("}", "\r", "\n")):
        start = above
    return Edit(block.span(start, end), "")
