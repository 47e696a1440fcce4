"""Where an element of JSX ends: markup among tokens, of which nothing else is of interest."""

import re
from collections.abc import Callable

from ormistice.sources.drizzle.errors import SyntaxFailure

# Possessive throughout, so that no input makes it try twice.
GAP = r"(?:[\s\ufeff]++|//[^\n\r\u2028\u2029]*+|/\*[^*]*+\*++(?:[^/*][^*]*+\*++)*+/)*+"
"""What may stand between two tokens."""

_NAME = r"(?:(?:[^\W\d]|\$)[\w$-]*+(?:[:.](?:[^\W\d]|\$)[\w$-]*+)*+)"
_TAG = re.compile(rf"<{GAP}(?P<closing>/)?{GAP}(?P<name>{_NAME})?{GAP}")
_ATTRIBUTE = re.compile(rf"{_NAME}{GAP}(?:={GAP}(?:\"[^\"]*+\"|'[^']*+'|(?P<value>[{{<])))?{GAP}")
_END = re.compile(rf"(?P<empty>/)?{GAP}>")
_GAP = re.compile(GAP)
# A `>` or `}` as it is may not be text, which tells elements from type parameters.
_TEXT = re.compile(r"[^<>{}]*+")
_LONGEST_TYPES = 2_000


class Elements:
    """The elements of one text; `behind_braces` gives the offset behind an expression in braces, or raises."""

    def __init__(self, text: str, behind_braces: Callable[[int], int]) -> None:
        self.text = text
        self.behind_braces = behind_braces
        self.none: set[int] = set()

    def behind(self, start: int) -> int:
        """The offset behind the element that starts there, or -1 where none does."""
        opened: list[tuple[int, str]] = []
        try:
            at = self._tag(start, opened)
            while opened:
                at = self._content(at)
                at = self._tag(at, opened)
        except SyntaxFailure:
            # None of what was open is an element either, and is not to be tried again.
            self.none.update((start, *(at for at, _ in opened)))
            return -1
        return at

    def _tag(self, at: int, opened: list[tuple[int, str]]) -> int:
        """A tag, with `opened` as it leaves it."""
        found = None if at in self.none else _TAG.match(self.text, at)
        if found is None:
            raise SyntaxFailure("no element of JSX", at, at + 1)
        name = found["name"] or ""
        if found["closing"]:
            return self._closing(found.end(), name, opened)
        behind, empty = self._end(self._attributes(found.end()) if name else found.end())
        if not empty:
            opened.append((at, name))
        return behind

    def _closing(self, at: int, name: str, opened: list[tuple[int, str]]) -> int:
        if not opened or opened[-1][1] != name:
            raise SyntaxFailure(f"`</{name}>` closes nothing", at, at)
        opened.pop()
        return self._end(at)[0]

    def _end(self, at: int) -> tuple[int, bool]:
        found = _END.match(self.text, at)
        if found is None:
            raise SyntaxFailure("a tag is never closed", at, at)
        return found.end(), found["empty"] is not None

    def _attributes(self, at: int) -> int:
        text = self.text
        if text.startswith("<", at):
            at = self._spaced(self._type_arguments(at))
        while True:
            if text.startswith("{", at):
                at = self._spaced(self.behind_braces(at))
                continue
            found = _ATTRIBUTE.match(text, at)
            if found is None:
                return at
            at = found.end()
            if found["value"]:
                start = found.start("value")
                at = self._spaced(self.behind_braces(start) if text[start] == "{" else self._element(start))

    def _type_arguments(self, at: int) -> int:
        depth = 0
        for end in range(at, min(at + _LONGEST_TYPES, len(self.text))):
            character = self.text[end]
            depth += (character == "<") - (character == ">" and self.text[end - 1] != "=")
            if depth == 0:
                return end + 1
        raise SyntaxFailure("`<` is never closed", at, at + 1)

    def _element(self, at: int) -> int:
        behind = -1 if at in self.none else self.behind(at)
        if behind < 0:
            raise SyntaxFailure("no element of JSX", at, at + 1)
        return behind

    def _content(self, at: int) -> int:
        """Text and expressions, up to the next tag."""
        text = self.text
        while True:
            found = _TEXT.match(text, at)
            at = found.end() if found else at
            if not text.startswith("{", at):
                return at
            at = self.behind_braces(at)

    def _spaced(self, at: int) -> int:
        found = _GAP.match(self.text, at)
        return found.end() if found else at
