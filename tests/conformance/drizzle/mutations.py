"""Schemas with something in them taken out, doubled, swapped or replaced: programs still, that say something else."""

import random
from collections.abc import Iterator

from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.scope import children
from ormistice.sources.drizzle.syntax import parse

Place = tuple[int, int]
WORDS = ("id", "name", "cascade", "set null", "btree", "hash", "always", "", "x'y", "a b")
NUMBERS = ("0", "1", "7", "-1", "2.5", "1_000")
NAMES = ("mystery", "notNull", "unique", "primaryKey", "id", "onDelete", "using", "default", "array")


def mutated(text: str, seed: int) -> str:
    """`text` with one to three such changes, the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - a test's own chance
    for _ in range(chance.choice((1, 1, 2, 3))):
        kind = chance.choice((_dropped, _doubled, _swapped, _replaced, _renamed))
        text = kind(text, chance)
    return text


def _dropped(text: str, chance: random.Random) -> str:
    """Without a call of a method, an item of a list or an entry of an object."""
    found = [(start, end) for group in _groups(text) for start, end in group] + list(_steps(text))
    if not found:
        return text
    start, end = chance.choice(found)
    after = text[end:].lstrip()
    return text[:start] + (after[1:] if after.startswith(",") else text[end:])


def _doubled(text: str, chance: random.Random) -> str:
    """With a call of a method made twice."""
    found = list(_steps(text))
    if not found:
        return text
    start, end = chance.choice(found)
    return text[:end] + text[start:end] + text[end:]


def _swapped(text: str, chance: random.Random) -> str:
    """With two items of a list or entries of an object in each other's place."""
    groups = [group for group in _groups(text) if len(group) > 1]
    if not groups:
        return text
    first, second = sorted(chance.sample(chance.choice(groups), 2))
    swapped = text[second[0] : second[1]] + text[first[1] : second[0]] + text[first[0] : first[1]]
    return text[: first[0]] + swapped + text[second[1] :]


def _replaced(text: str, chance: random.Random) -> str:
    """With another literal in the place of one."""
    found = [node for node in _nodes(text) if isinstance(node, nodes.Literal)]
    if not found:
        return text
    node = chance.choice(found)
    other = f'"{chance.choice(WORDS)}"' if isinstance(node.value, str) else chance.choice(NUMBERS)
    return text[: node.start] + other + text[node.end :]


def _renamed(text: str, chance: random.Random) -> str:
    """With another name behind a dot."""
    found = [node for node in _nodes(text) if isinstance(node, nodes.Member)]
    if not found:
        return text
    node = chance.choice(found)
    return text[: node.start] + chance.choice(NAMES) + text[node.end :]


def _nodes(text: str) -> Iterator[object]:
    pending: list[object] = [
        statement for statement in parse("x.ts", text).statements if not isinstance(statement, nodes.Import)
    ]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(children(node))


def _groups(text: str) -> list[list[Place]]:
    """Places of what stands with commas between."""
    groups = []
    for node in _nodes(text):
        match node:
            case nodes.Object(entries=parts) | nodes.Array(items=parts) | nodes.Call(arguments=parts):
                groups.append([(part.start, part.end) for part in parts])
    return groups


def _steps(text: str) -> Iterator[Place]:
    """Places of `.name(...)` behind something."""
    for node in _nodes(text):
        if isinstance(node, nodes.Chain):
            for member, call in zip(node.links, node.links[1:], strict=False):
                if isinstance(member, nodes.Member) and isinstance(call, nodes.Call):
                    yield text.rindex(".", 0, member.start + 1), call.end
