"""Sources: each package here reads one kind of description into the model, and writes changes back in its language.

A source is found by discovery: a package whose `__init__` holds `SOURCES`, a tuple of `SourceKind`. Those `__init__`
modules import nothing heavy; parsers and drivers are imported when a source is opened.
"""

from __future__ import annotations

import os
import pkgutil
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from ormistice.diffing import repository_of
from ormistice.errors import AuditError

if TYPE_CHECKING:
    # To know the kinds takes a tenth of what it takes to import the model.
    from ormistice.fixes import Change, Fix
    from ormistice.model import Schema

_NAMED = re.compile(r"^([A-Za-z_][\w-]*)=(.*)$", re.DOTALL)


class Source(Protocol):
    """One description of the database."""

    @property
    def name(self) -> str:
        """What the user calls it; unique in an audit."""

    @property
    def kind(self) -> str:
        """`prisma`, `drizzle`, `sqlalchemy`, `database`, ..."""

    @property
    def location(self) -> str:
        """Where it lies, as reports show it: no prefix, and no password."""

    def load(self, fixes: tuple[Fix, ...] = ()) -> Schema:
        """Read it, as it would be with `fixes` applied; nothing on disk or in a user's database changes.

        Raises AuditError where it cannot be read at all; what is wrong with a part of it is a problem of the schema.
        """

    def write(self, schema: Schema, change: Change) -> Fix | None:
        """`change` in this source's language, `schema` being what `load()` gave; None where it cannot be written."""


@runtime_checkable
class Prepares(Protocol):
    """A source that can get ready to write before it is asked to, in time that is left while others are read."""

    def prepare(self) -> None:
        """Import what it writes with."""


@dataclass(frozen=True, slots=True)
class SourceRequest:
    """What the user asked to be read. `base` is the folder that relative targets start from.

    `among_others`: the audit has further sources, and is better made with half of what this one says than not at all.
    """

    name: str
    kind: str
    targets: tuple[str, ...]
    base: Path
    python: str | None = None
    scratch_url: str | None = None
    options: Mapping[str, object] = field(default_factory=dict)
    among_others: bool = False

    def path(self, target: str) -> Path:
        """A target as a path."""
        return self.base / Path(target).expanduser()

    def shown_targets(self) -> str:
        """The targets as reports name them: paths like every other path, the rest as the user gave it."""
        paths = ((target, self.path(target)) for target in self.targets)
        return ",".join(shown(path) if path.exists() else target for target, path in paths)


@dataclass(frozen=True, slots=True)
class SourceKind:
    """A kind of source. `prefixes` stand before the colon on the command line; the first is the kind's own name.

    `recognises` says whether a location without a prefix is of this kind; `base` is as in SourceRequest.
    `is_database`: what it reads is a database, real or built, and so the authority unless the user names another.
    `stand_by`: starts the process of its own that opening one begins to read it in, before it is opened; such sources
    are opened before the others.
    """

    name: str
    prefixes: tuple[str, ...]
    recognises: Callable[[str, Path], bool]
    open: Callable[[SourceRequest], Source]
    is_database: bool = False
    stand_by: Callable[[SourceRequest], None] | None = None

    @property
    def begins(self) -> bool:
        """Whether opening one begins to read it, in a process of its own."""
        return self.stand_by is not None


@cache
def kinds() -> tuple[SourceKind, ...]:
    """Every kind of source, by name."""
    found = (import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__) if module.ispkg)
    return tuple(
        sorted((kind for package in found for kind in getattr(package, "SOURCES", ())), key=lambda kind: kind.name)
    )


def shown(path: Path) -> str:
    """A path as reports show it: relative to the working directory within its repository, and absolute elsewhere."""
    here, given = Path.cwd(), Path(os.path.abspath(path))
    try:
        full = path.resolve()
    except (OSError, RuntimeError):  # a link that leads to itself
        full = given
    top = repository_of(here) or here
    near = next((each for each in (full, given) if each.is_relative_to(top)), None)
    return given.as_posix() if near is None else Path(os.path.relpath(near, here)).as_posix()


def named(text: str) -> tuple[str | None, str]:
    """The name and the location of a source as the command line has it: `[NAME=]LOCATION`."""
    found = _NAMED.match(text)
    return (None, text) if found is None else (found[1], found[2])


def kind_of(location: str, base: Path) -> tuple[SourceKind, str, str]:
    """The kind of a location, the prefix that named it (the kind's name if none did) and the target behind it."""
    prefix, colon, target = location.partition(":")
    for kind in kinds():
        if colon and prefix in kind.prefixes:
            return kind, prefix, target
    known = [prefix for kind in kinds() for prefix in kind.prefixes]
    near = get_close_matches(prefix, known, n=1) if colon else []
    if target.startswith("//") and not any(kind.recognises(location, base) for kind in kinds()):
        # What is behind the scheme may hold a password.
        close = get_close_matches(prefix, ("postgresql", "postgres"), n=1)
        hint = f"did you mean {close[0]}://?" if close else "name a postgresql:// URL"
        raise AuditError(f"{prefix}://...: PostgreSQL is the only database that is read", hint)
    if near and not (base / location).exists():
        raise AuditError(f"{location}: no kind of source is called {prefix}:", f"did you mean {near[0]}:{target}?")
    for kind in kinds():
        if kind.recognises(location, base):
            return kind, kind.name, location
    prefixes = ", ".join(f"{kind.prefixes[0]}:" for kind in kinds())
    lacking = "" if (base / location).exists() else "no such file or directory, and "
    raise AuditError(
        f"{location}: {lacking}not a source that can be told from its name", f"put its kind in front: {prefixes}"
    )
