"""Unified diffs of long files with few changes, which `git apply` and `patch -p1` take.

difflib compares whole files line by line; here what two texts begin and end with is set aside first.
"""

import os
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from pathlib import Path

_CONTEXT = 3
Opcode = tuple[str, int, int, int, int]
"""As difflib has it: what happens, from and to in the old lines, from and to in the new ones."""


def repository_of(path: Path) -> Path | None:
    """The topmost folder of the git repository that an absolute path lies in."""
    return next((folder for folder in (path, *path.parents) if os.path.lexists(folder / ".git")), None)


def folder_of(paths: Iterable[str]) -> Path | None:
    """The folder that the names of these files start from in a diff; None: the working directory, they lie below it.

    Otherwise it is their repository, or the folder that they have in common.
    """
    every = list(paths)
    if not any(os.path.isabs(path) or path.startswith("..") for path in every):
        return None
    common = Path(os.path.commonpath([os.path.dirname(os.path.abspath(path)) for path in every]))
    return repository_of(common) or common


def unified(path: str, before: str, after: str, folder: Path | None = None) -> str:
    """What turns `before` into `after`; empty where they are the same. The name starts from `folder`; see folder_of."""
    folder = folder or folder_of([path])
    name = path if folder is None else Path(os.path.relpath(path, folder)).as_posix()
    old, new = lines(before), lines(after)
    hunks = [line for group in _groups(_opcodes(old, new)) for line in _hunk(group, old, new)]
    if not hunks:
        return ""
    shown = (line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in hunks)
    return "".join([f"--- a/{name}\n+++ b/{name}\n", *shown])


def lines(text: str) -> list[str]:
    """Lines with their line breaks; unlike splitlines, only at line feeds, as patch has it."""
    found = [line + "\n" for line in text.split("\n")]
    last = found.pop().removesuffix("\n")
    return [*found, last] if last else found


def _opcodes(old: list[str], new: list[str]) -> list[Opcode]:
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    end, new_end = len(old) - tail, len(new) - tail
    matcher = SequenceMatcher(None, old[head:end], new[head:new_end], autojunk=False)
    middle = [(tag, a + head, b + head, c + head, d + head) for tag, a, b, c, d in matcher.get_opcodes()]
    return [("equal", 0, head, 0, head), *middle, ("equal", end, len(old), new_end, len(new))]


def _alike(one: list[str], other: list[str]) -> int:
    """How many lines both begin with; halves are compared, which takes less than asking of each line."""
    least, most = 0, min(len(one), len(other))
    while least < most:
        middle = (least + most + 1) // 2
        if one[least:middle] == other[least:middle]:
            least = middle
        else:
            most = middle - 1
    return least


def _groups(opcodes: list[Opcode]) -> Iterator[list[Opcode]]:
    """Changes with what is equal around them, three lines at most on either side; near ones in one group."""
    group: list[Opcode] = []
    for number, (tag, a, b, c, d) in enumerate(opcodes, 1):
        if tag != "equal":
            group.append((tag, a, b, c, d))
            continue
        changed = any(code[0] != "equal" for code in group)
        # A run may end the old lines and still have new ones behind it.
        if changed and b - a <= 2 * _CONTEXT and number < len(opcodes):
            group.append((tag, a, b, c, d))
            continue
        if changed:
            yield [*group, (tag, a, min(a + _CONTEXT, b), c, min(c + _CONTEXT, d))]
        group = [(tag, max(b - _CONTEXT, a), b, max(d - _CONTEXT, c), d)]


def _hunk(group: list[Opcode], old: list[str], new: list[str]) -> Iterator[str]:
    first, last = group[0], group[-1]
    yield f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@\n"
    for tag, a, b, c, d in group:
        if tag == "equal":
            yield from (" " + line for line in old[a:b])
        else:
            yield from ("-" + line for line in old[a:b])
            yield from ("+" + line for line in new[c:d])


def _range(start: int, end: int) -> str:
    """Lines as a hunk's head counts them: from one, and an empty range by the line before it."""
    return f"{start + 1},{end - start}" if end > start else f"{start},0"
