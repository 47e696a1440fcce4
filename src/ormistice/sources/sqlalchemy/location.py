"""Where a target lies, and which interpreter it is for: all that is known of it before any of its text is read."""

import sys
from pathlib import Path

from ormistice.errors import AuditError
from ormistice.sources import SourceRequest


def split(text: str) -> tuple[str, str | None]:
    """A target without the attribute behind its last colon, and that; None: it has none."""
    head, colon, tail = text.rpartition(":")
    named = tail.removesuffix("()").split(".")
    return (head, tail) if colon and head and all(part.isidentifier() for part in named) else (text, None)


def located(request: SourceRequest, text: str) -> Path | None:
    """The file or folder that a target names; None where only the interpreter may know it. Looks into no file."""
    head, _ = split(text)
    parts = head.split(".")
    dotted = [
        root.joinpath(*parts) for root in (request.base, request.base / "src") if all(map(str.isidentifier, parts))
    ]
    paths = (request.path(head), *(path for stem in dotted for path in (stem, stem.with_suffix(".py"))))
    return next((path.resolve() for path in paths if path.exists()), None)


def interpreter(request: SourceRequest, near: Path | None = None) -> str:
    """The application's Python: the one named, else that of a `.venv` beside `near` or above it, else this one."""
    if request.python is not None:
        return _named_interpreter(request.python, request.base)
    base = request.base.resolve()
    start = near or base
    for folder in (start, *start.parents):
        found = _in_environment(folder / ".venv")
        if found is not None:
            return str(found)
        if folder == base:
            break
    return sys.executable


def _named_interpreter(python: str, base: Path) -> str:
    path = base / Path(python).expanduser()
    if path.is_dir() and (found := _in_environment(path)) is not None:
        return str(found)
    if path.is_file():
        return str(path.absolute())
    if "/" in python or "\\" in python:
        raise AuditError(f"{python}: no such Python interpreter", "give the path of the application's own python")
    return python


def _in_environment(folder: Path) -> Path | None:
    places = (folder / "bin" / "python", folder / "Scripts" / "python.exe")
    return next((place.absolute() for place in places if place.is_file()), None)
