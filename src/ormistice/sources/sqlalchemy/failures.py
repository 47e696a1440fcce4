"""What went wrong when the application was imported, in one line for the one who has to put it right."""

import ast
from collections.abc import Mapping
from typing import Any

from ormistice.errors import AuditError
from ormistice.sources.sqlalchemy import syntax
from ormistice.sources.sqlalchemy.places import Places
from ormistice.sources.sqlalchemy.target import Target

_RESERVED = ("metadata", "registry")
_STATIC = "read the models without importing them: --static"


def failure(error: Mapping[str, Any], target: Target, python: str, places: Places) -> AuditError:
    """The probe's error as the user meets it."""
    if error["kind"] == "no-sqlalchemy":
        return AuditError(
            f"{target.text}: {python} has no SQLAlchemy", "name the application's own Python with --python"
        )
    missing = error["missing"]
    if missing is not None and f"{target.module}.".startswith(f"{missing}."):
        return AuditError(
            f"{target.text}: no module named `{missing}`", "name a file, or a module that can be imported from here"
        )
    where = _where(error, places)
    message = f"{where}{error['class']}: {error['message']}"
    if missing is not None:
        return AuditError(
            message,
            f"`{missing}` is not installed in {python}: name the application's own Python with --python, or {_STATIC}",
        )
    reserved = _reserved(error, places)
    if reserved is not None:
        return reserved
    return AuditError(message, _hint(error["class"], error["message"]))


def _where(error: Mapping[str, Any], places: Places) -> str:
    if not error["file"]:
        return ""
    module = places.module(error["file"])
    return f"{module.document.path if module else error['file']}:{error['line']}: "


def _hint(kind: str, message: str) -> str | None:
    if "is already defined for this MetaData" in message:
        return "two classes, or one class imported under two names, declare this table"
    if kind == "KeyError" or "validation error" in message:
        return "if it asks for an environment variable, set it, and name it in `pass_env` if its value matters"
    if "without connecting to any database" in message:
        return "models are imported without a database: name a module that does not use one while it is imported"
    return _STATIC


def _reserved(error: Mapping[str, Any], places: Places) -> AuditError | None:
    """An attribute that declarative classes keep for themselves, at its own line."""
    if error["class"] not in ("InvalidRequestError", "SAWarning") or "reserved" not in error["message"]:
        return None
    module = places.module(error["file"])
    for name in _RESERVED if module else ():
        classes = [node for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef)] if module else []
        near = [node for node in classes if node.lineno <= (error["line"] or 0) <= (node.end_lineno or 0)]
        statement = next((found for node in near if (found := syntax.attribute(node, name)) is not None), None)
        if module is not None and statement is not None and f"'{name}'" in error["message"]:
            return AuditError(
                f"{module.document.path}:{statement.lineno}: `{name}` is a reserved name in declarative classes",
                f'name the attribute otherwise and keep the column: `{name}_ = Column("{name}", ...)`',
            )
    return None
