"""What went wrong when the application was imported, in one line for the one who has to put it right."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import shorten
from typing import Any

from ormistice.errors import AuditError
from ormistice.model import Problem, ProblemKind
from ormistice.sources.sqlalchemy import syntax
from ormistice.sources.sqlalchemy.places import Places
from ormistice.sources.sqlalchemy.target import Target
from ormistice.text import Span

_RESERVED = ("metadata", "registry")
_LONGEST = 400
_STATIC = "read the models without importing them: --static"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why the application cannot be imported; `file` and `line` are those of its own code that raised."""

    message: str
    hint: str | None
    file: str | None = None
    line: int | None = None

    def refusal(self, places: Places) -> AuditError:
        """The end of the audit."""
        if self.file is None:
            return AuditError(self.message, self.hint)
        module = places.module(self.file)
        return AuditError(f"{module.document.path if module else self.file}:{self.line}: {self.message}", self.hint)

    def problem(self, places: Places) -> Problem:
        """A word of it beside what the text says, where the text is read instead."""
        module = places.module(self.file)
        place = places.fallback if module is None else _line(module, self.line or 1)
        message = f"{self.message}; the models were not imported, their text was read instead"
        return Problem(ProblemKind.IMPORT_FAILS, message, place)


def nothing(target: Target, problems: Sequence[Mapping[str, Any]], places: Places) -> AuditError:
    """No table was found: there is none, or none that could be read."""
    if not problems:
        return AuditError(
            f"{target.text}: no table is declared there", "name the module or package that holds the models"
        )
    first = problems[0]
    module = places.module(first.get("file"))
    where = f"{module.document.path}:{first['line']}: " if module else ""
    hint = "read the models by importing them, without --static" if first["kind"] == "static" else _STATIC
    return AuditError(f"{target.text}: no table could be read: {where}{first['message']}", hint)


def _line(module: syntax.Module, line: int) -> Span:
    """A line without the space around it."""
    start = module.offset(line, 0)
    text = module.document.text[start:].partition("\n")[0]
    indent = len(text) - len(text.lstrip())
    return Span(module.document.path, start + indent, start + max(len(text.rstrip()), indent))


def failure(error: Mapping[str, Any], target: Target, python: str, places: Places) -> Failure:
    """The probe's error as the user meets it."""
    if error["kind"] == "no-sqlalchemy":
        return Failure(f"{target.text}: {python} has no SQLAlchemy", "name the application's own Python with --python")
    missing = error["missing"]
    # A release is asked for by the name of what is installed, which may be that of a module.
    unreleased = error["class"] == "PackageNotFoundError"
    if missing is not None and not unreleased and f"{target.module}.".startswith(f"{missing}."):
        return Failure(
            f"{target.text}: no module named `{missing}`", "name a file, or a module that can be imported from here"
        )
    reserved = _reserved(error, places)
    if reserved is not None:
        return reserved
    hint = _hint(error["class"], error["message"])
    if unreleased:
        hint = f"the release of `{missing}` is asked for: install it in {python}, or {_STATIC}"
    elif missing is not None:
        hint = (
            f"`{missing}` is not installed in {python}: name the application's own Python with --python, or {_STATIC}"
        )
    message = f": {shorten(error['message'], _LONGEST, placeholder=' ...')}" if error["message"] else ""
    return Failure(f"{error['class']}{message}", hint, error["file"] or None, error["line"])


def _hint(kind: str, message: str) -> str | None:
    if kind in ("NameError", "SyntaxError"):
        return f"if it is written for another Python, name that with --python; or {_STATIC}"
    if "is already defined for this MetaData" in message:
        return "two classes, or one class imported under two names, declare this table"
    if kind == "KeyError" or "validation error" in message:
        return "if it asks for an environment variable, set it, and name it in `pass_env` if its value matters"
    if "without connecting to any database" in message:
        return "models are imported without a database: name a module that does not use one while it is imported"
    return _STATIC


def _reserved(error: Mapping[str, Any], places: Places) -> Failure | None:
    """An attribute that declarative classes keep for themselves, at its own line."""
    if error["class"] not in ("InvalidRequestError", "SAWarning") or "reserved" not in error["message"]:
        return None
    module = places.module(error["file"])
    for name in _RESERVED if module else ():
        classes = [node for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef)] if module else []
        near = [node for node in classes if node.lineno <= (error["line"] or 0) <= (node.end_lineno or 0)]
        statement = next((found for node in near if (found := syntax.attribute(node, name)) is not None), None)
        if statement is not None and f"'{name}'" in error["message"]:
            return Failure(
                f"`{name}` is a reserved name in declarative classes",
                f'name the attribute otherwise and keep the column: `{name}_ = Column("{name}", ...)`',
                error["file"],
                statement.lineno,
            )
    return None
