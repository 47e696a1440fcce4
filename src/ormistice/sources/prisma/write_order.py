"""Lines of a block put in another order, or taken out and put in between; the most that can stay where they are do."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence

from ormistice.fixes import Edit
from ormistice.sources.prisma.nodes import Block, Field
from ormistice.sources.prisma.write_lines import behind_line, ending, line_indent, whole_lines


def in_order(
    block: Block, members: Mapping[str, Field], wanted: Sequence[str], new: Callable[[str], str]
) -> Iterator[Edit]:
    """Edits that leave the members `wanted`, by their keys, in that order; `new` is the line of one that is not there.

    `members` are in the order in which they stand.
    """
    common = [key for key in members if key in wanted]
    staying = {common[at] for at in _longest_rise([wanted.index(key) for key in common])}
    for key, member in members.items():
        if key not in staying:
            yield Edit(block.span(*whole_lines(block, member)), "")
    at = min((whole_lines(block, member)[0] for member in members.values()), default=block.end - len("}"))
    added = ""
    for key in wanted:
        if key in staying:
            if added:
                yield Edit(block.span(at, at), added)
            at, added = behind_line(block.document.text, members[key].end), ""
        else:
            added += _moved(block, members[key]) if key in members else new(key)
    if added:
        yield Edit(block.span(at, at), added)


def _moved(block: Block, member: Field) -> str:
    start, end = whole_lines(block, member)
    lines = block.document.text[start:end]
    return lines if lines.endswith(("\n", "\r")) else f"{line_indent(block, member)}{lines}{ending(block)}"


def _longest_rise(numbers: Sequence[int]) -> list[int]:
    """Where the members of a longest rising sequence stand among different numbers."""
    tails: list[int] = []
    before: list[int] = []
    for at, number in enumerate(numbers):
        length = bisect_left([numbers[tail] for tail in tails], number)
        before.append(tails[length - 1] if length else -1)
        tails[length : length + 1] = [at]
    found: list[int] = []
    at = tails[-1] if tails else -1
    while at >= 0:
        found.append(at)
        at = before[at]
    return found[::-1]
