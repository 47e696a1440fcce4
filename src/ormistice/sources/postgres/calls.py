"""Calls of functions that no server at hand has: two spellings are one call where no server could tell them apart."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from ormistice.names import DEFAULT_SCHEMA, quoted
from ormistice.settling import Question

_NAME = r'(?:[^\W\d][\w$]*|"(?:[^"]|"")+")'
_LITERAL = r"(?:'(?:[^']|'')*'(?:::text)?|-?\d+(?:\.\d+)?)"
# A call of literals alone, perhaps in parentheses, perhaps cast; within anything more, a cast may be what decides.
_CALL = re.compile(
    rf"(?P<open>\()?\s*(?:(?P<schema>{_NAME})\s*\.\s*)?(?P<name>{_NAME})\s*"
    rf"\(\s*(?P<arguments>(?:{_LITERAL}(?:\s*,\s*{_LITERAL})*)?)\s*\)\s*(?P<close>\))?\s*(?P<cast>::[\w .\"()\[\],]+)?"
)
_ARGUMENT = re.compile(_LITERAL)
_CAST = "::text"


@dataclass(frozen=True, slots=True)
class Call:
    """A call of one function; `arguments` are literals, and one that is cast to text is one that is not."""

    schema: str
    name: str
    arguments: tuple[str, ...]
    cast: str

    def __str__(self) -> str:
        """In the shortest spelling."""
        name = ".".join(quoted(part) for part in (self.schema, self.name) if part)
        return f"{name}({', '.join(self.arguments)}){self.cast}"


def call(text: str) -> Call | None:
    """The call that `text` is, if it is nothing else."""
    found = _CALL.fullmatch(text.strip())
    if found is None or (found["open"] is None) != (found["close"] is None):
        return None
    schema = _folded(found["schema"] or "")
    arguments = tuple(item.removesuffix(_CAST) for item in _ARGUMENT.findall(found["arguments"]))
    return Call("" if schema == DEFAULT_SCHEMA else schema, _folded(found["name"]), arguments, found["cast"] or "")


def _folded(name: str) -> str:
    """A name as the server knows it."""
    return name[1:-1].replace('""', '"') if name.startswith('"') else name.lower()


def alike(unread: Iterable[Question]) -> Mapping[Question, Call]:
    """Of the defaults that could not be read, those of a column that are one call in each of their spellings."""
    found: dict[Question, Call] = {}
    defaults = (question for question in unread if question.kind == "default")
    for _, group in groupby(sorted(defaults, key=_column), key=_column):
        listed = list(group)
        calls = {call(question.text) for question in listed}
        one = calls.pop()
        if one is not None and not calls:
            found |= dict.fromkeys(listed, one)
    return found


def _column(question: Question) -> tuple[str, str]:
    return str(question.table), question.column
