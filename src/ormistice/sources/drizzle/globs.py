"""Globs as drizzle-kit's matcher reads them: also with braces, and with `!(a|b)`, `?(a)`, `*(a)`, `+(a)`, `@(a|b)`."""

import glob
import os
import re
from collections.abc import Iterator

from ormistice.sources.drizzle.filters import braced

_EXTENDED = tuple(f"{mark}(" for mark in "!?*+@")
_ALTERNATIVES = {"?": "?", "*": "*", "+": "+", "@": ""}


def paths_of(pattern: str) -> Iterator[str]:
    """The paths that `pattern` names, in no order, and perhaps more than once."""
    for plain in braced(pattern):
        if not any(opening in plain for opening in _EXTENDED):
            yield from glob.iglob(plain, recursive=True)
            continue
        root, *parts = plain.split("/")
        found = [root + "/" if parts else root]
        for part in filter(None, parts):
            found = [below for folder in found for below in _below(folder, part)]
        yield from found


def _below(folder: str, part: str) -> Iterator[str]:
    if part == "**":
        for path, folders, _ in os.walk(folder):
            folders[:] = [name for name in folders if name != "node_modules" and not name.startswith(".")]
            yield path
    elif any(opening in part for opening in _EXTENDED):
        try:
            names = os.listdir(folder)
            wanted = re.compile(_Reader(part).sequence(""), re.DOTALL)
        except (OSError, re.error):
            return
        hidden = part.startswith(".")
        yield from (
            os.path.join(folder, name) for name in names if wanted.fullmatch(name) and name.startswith(".") == hidden
        )
    else:
        yield from glob.iglob(os.path.join(glob.escape(folder), part))


class _Reader:
    """One part of a path as a regular expression."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def sequence(self, stops: str) -> str:
        """All up to the first of `stops`; what must not stand somewhere is told from what stands behind it."""
        items: list[tuple[str, str]] = []
        while self.at < len(self.text) and self.text[self.at] not in stops:
            items.append(self._item())
        found = ""
        for kind, text in reversed(items):
            found = rf"(?!{text}{found}\Z).*?{found}" if kind == "!" else text + found
        return found

    def _item(self) -> tuple[str, str]:
        character = self.text[self.at]
        if self.text.startswith(_EXTENDED, self.at) and ")" in self.text[self.at :]:
            self.at += 2
            alternatives = self._alternatives()
            return character, alternatives + _ALTERNATIVES.get(character, "")
        closing = self.text.find("]", self.at + 2) if character == "[" else -1
        if closing > 0:
            inside = self.text[self.at + 1 : closing].replace("\\", "\\\\").replace("[", "\\[")
            self.at = closing + 1
            return "", f"[{'^' + inside[1:] if inside[0] in '!^' else inside}]"
        self.at += 1
        return "", {"*": ".*", "?": "."}.get(character) or re.escape(character)

    def _alternatives(self) -> str:
        found = [self.sequence("|)")]
        while self.text[self.at : self.at + 1] == "|":
            self.at += 1
            found.append(self.sequence("|)"))
        self.at += 1
        return f"(?:{'|'.join(found)})"
