"""Blocks that ask which extensions a server has, and do the one thing or the other: another server may do otherwise."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from ormistice.model import Domain, Enum, Problem, ProblemKind, Schema, Sequence, Table, View
from ormistice.sources.migrations.declaring import sql_in
from ormistice.sources.migrations.foreign import words
from ormistice.sources.migrations.replay import Step, statements
from ormistice.sources.migrations.unsure import unknown
from ormistice.sources.postgres.catalogs import Connection
from ormistice.sources.postgres.scripts import Statement
from ormistice.text import Document, Span

_ASKED = ("pg_available_extension", "pg_extension")
# The value that a column of these catalogs is compared with.
_NAMED = re.compile(r"(?i)\b(?:ext)?name\s*(?:=|in\s*\()\s*'([\w-]+)'")
_CREATED = frozenset({"table", "type", "view", "domain", "sequence"})
_KINDS = frozenset({Table, Enum, View, Domain, Sequence})
_NAMED_AT_MOST = 3


@dataclass(frozen=True, slots=True)
class Depending:
    """What asks for an `extension` that is not to be had here, every word in it, and whether it creates anything."""

    place: Span
    extension: str
    words: frozenset[str]
    creates: bool

    def problem(self, schema: Schema) -> Problem | None:
        """That nobody knows what it does elsewhere to tables of `schema`; None where it does nothing to any."""
        listed = sorted(f"`{table.name.name}`" for table in schema.tables if table.name.name in self.words)
        if not listed and not self.creates:
            return None
        left = len(listed) - _NAMED_AT_MOST
        listed = listed if left <= 1 else [*listed[:_NAMED_AT_MOST], f"{left} more tables"]
        about = " and ".join(filter(None, (", ".join(listed[:-1]), *listed[-1:]))) or "this database"
        start = f"asks for the extension `{self.extension}`, which is not to be had here"
        message = f"{start}: what becomes of {about} where it is, is not known"
        return Problem(ProblemKind.UNSUPPORTED_CONSTRUCT, message, self.place)


def depending(steps: Iterable[Step], connection: Connection) -> tuple[Depending, ...]:
    """Everything in a history that goes another way where a server has other extensions."""
    asking = [pair for step in steps if not step.migration.foreign for pair in _asking(step.document)]
    if not asking:
        return ()
    found = connection.execute(b"SELECT name FROM pg_available_extensions").fetchall()
    available = {str(name) for (name,) in found}
    return tuple(
        Depending(Span(path, each.start, each.end), missing[0], words(each.text), _creates(each.text))
        for path, each in asking
        if (missing := [name for name in _NAMED.findall(each.text) if name not in available])
    )


def _asking(document: Document) -> Iterator[tuple[str, Statement]]:
    if not any(asked in document.text for asked in _ASKED):
        return
    found = sql_in(document) if document.path.endswith(".py") else statements(document)
    for statement in found:
        if statement.words[:1] == ("do",) and any(asked in statement.text for asked in _ASKED):
            yield document.path, statement


def _creates(text: str) -> bool:
    """Whether it might create more than an extension or an index."""
    spoken = [word.lower() for word in re.findall(r"\w+", text)]
    return any(word == "create" and _CREATED & {*spoken[at + 1 : at + 4]} for at, word in enumerate(spoken))


def without_what_depends(schema: Schema, found: Collection[Depending]) -> Schema:
    """`schema`, in which nothing is missing that such a block might create, and no table is known that it speaks of."""
    creates = any(each.creates for each in found)
    named = frozenset(word for each in found for word in each.words)
    return unknown(replace(schema, unread=schema.unread | _KINDS) if creates else schema, named)
