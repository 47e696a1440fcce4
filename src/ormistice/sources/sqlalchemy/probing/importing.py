"""Importing what is asked for: with edits, without databases, and with an error of the application told as such."""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
import os
import sys
import traceback
from collections.abc import Iterator
from functools import cache
from types import ModuleType, TracebackType
from typing import Any

_OWN = os.path.dirname(os.path.abspath(__file__))


def use_edits(edits: dict[str, str]) -> None:
    """Let imports see `edits`, text by real path, in place of what is on disk; no cached bytecode stands in for it."""
    if not edits:
        return
    loader: Any = importlib.machinery.SourceFileLoader
    get_code, get_data = loader.get_code, loader.get_data

    def edited_code(self: Any, name: str) -> Any:
        path = self.get_filename(name)
        text = edits.get(os.path.realpath(path))
        return get_code(self, name) if text is None else self.source_to_code(text.encode(), path)

    def edited_data(self: Any, path: str) -> Any:
        text = edits.get(os.path.realpath(path))
        return get_data(self, path) if text is None else text.encode()

    loader.get_code, loader.get_data = edited_code, edited_data


def keep_from_databases() -> None:
    """Let nothing that is imported here reach a database, nor fail for want of a driver to reach one with."""
    import sqlalchemy
    from sqlalchemy import MetaData, Table, engine, event

    event.listen(engine.Engine, "do_connect", refuse)
    kinds: Any = (MetaData, Table)
    for kind, names in zip(kinds, (("create_all", "drop_all"), ("create", "drop"))):  # noqa: B905 - 3.9 has no strict
        for name in names:
            setattr(kind, name, lambda *_, **__: None)
    create: Any = engine.create_engine

    def create_engine(*arguments: Any, **options: Any) -> Any:
        try:
            return create(*arguments, **options)
        except (ImportError, sqlalchemy.exc.NoSuchModuleError):
            made = create("sqlite://")
            made.dialect.is_async = True  # or no AsyncEngine could be made of it
            return made

    places: list[Any] = [sqlalchemy, engine, sys.modules[create.__module__]]
    for place in places:
        place.create_engine = create_engine


def refuse(*_: Any) -> None:
    """Refuse to connect: models are read without a database."""
    raise ConnectionRefusedError("ormistice imports models without connecting to any database")


def import_target(target: dict[str, Any]) -> ModuleType:
    """The module that a target names, by its dotted name, or by its file where no import statement could name it.

    None could where another was imported by that name before the application: one that Python itself needs, say.
    """
    name, file = target["module"], target["file"]
    known = sys.modules.get(name)
    if file is not None and known is not None and module_file(known) != real_path(file):
        name = f"__{name}__"
    elif file is None or all(part.isidentifier() for part in name.split(".")):
        return importlib.import_module(name)
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is not a Python module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def import_more(target: dict[str, Any], request: dict[str, Any], problems: list[dict[str, Any]]) -> list[ModuleType]:
    """The other modules of a package that is the target; one that raises costs itself alone."""
    modules = []
    for name in target["also"]:
        try:
            modules.append(importlib.import_module(name))
        except Exception as error:  # noqa: BLE001 - told as a problem
            problems.append({**explained(error, request), "kind": "import", "module": name})
    return modules


def explained(error: BaseException, request: dict[str, Any]) -> dict[str, Any]:
    """An exception of the application: its class, message, and where in the user's own files it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if is_project_file(frame.filename, request)]
    files = own or [frame for frame in frames if "importlib" not in frame.filename and not is_own(frame.filename)]
    file, line = (files[-1].filename, files[-1].lineno) if files else (None, None)
    if isinstance(error, (SyntaxError, ValueError)):
        # Of what is no text at all there is no line.
        compiled = [at for at in map(_compiled, _tracebacks(error.__traceback__)) if at is not None]
        file, line = (compiled[-1], 1) if compiled else (file, line)
    if isinstance(error, SyntaxError) and error.filename:
        file, line = error.filename, error.lineno
    return {
        "kind": "raised",
        "target": request.get("at", 0),
        "class": type(error).__name__,
        "message": message_of(error),
        "file": file,
        "line": line,
        "missing": error.name if isinstance(error, ModuleNotFoundError) else None,
    }


def _tracebacks(traceback: TracebackType | None) -> Iterator[TracebackType]:
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


def _compiled(at: TracebackType) -> str | None:
    """The file that the import system was about to compile."""
    code = at.tb_frame.f_code
    if code.co_name != "source_to_code" or "importlib" not in code.co_filename:
        return None
    path = at.tb_frame.f_locals.get("path")
    return path if isinstance(path, str) else None


def is_own(file: str) -> bool:
    """Whether a file is the probe's."""
    return os.path.dirname(os.path.abspath(file)) in (_OWN, os.path.dirname(_OWN))


def message_of(error: BaseException) -> str:
    """What the exception says, on one line."""
    text = error.msg if isinstance(error, SyntaxError) else _invalid(error) or str(error)
    return " ".join(text.split())


def _invalid(error: BaseException) -> str | None:
    """What Pydantic finds wrong with values: where and why, without the values themselves, which may be secrets."""
    if type(error).__name__ != "ValidationError" or not callable(getattr(error, "errors", None)):
        return None
    try:
        told = [": ".join(filter(None, (".".join(map(str, each["loc"])), each["msg"]))) for each in error.errors()]  # type: ignore[attr-defined]
        return f"{str(error).splitlines()[0]}: {'; '.join(told)}"
    except Exception:  # noqa: BLE001 - it is of another library, or of another release of it
        return None


def is_project_file(file: str, request: dict[str, Any]) -> bool:
    """Whether a file is the user's own: below the project's folders, and not installed there."""
    if not file or file.startswith("<"):
        return False
    path = real_path(file)
    if "site-packages" in path or "dist-packages" in path:
        return False
    return any(path.startswith(os.path.join(real_path(folder), "")) for folder in request["roots"])


def module_file(module: ModuleType) -> str | None:
    """The real path of a module's source."""
    file = getattr(module, "__file__", None)
    return real_path(file) if isinstance(file, str) and file.endswith(".py") else None


@cache
def real_path(path: str) -> str:
    """Where a path leads to; asked of every module, and more than once."""
    return os.path.realpath(path)


def project_modules(first: list[ModuleType], request: dict[str, Any]) -> list[ModuleType]:
    """The target's modules, then every other module of the project that was imported, in the order of import."""
    top = {module.__name__.partition(".")[0] for module in first}
    known = {id(module) for module in first}
    imported = [
        (name, module)
        for name, module in sys.modules.items()
        if name != "__main__" and name.partition(".")[0] != __name__.partition(".")[0] and id(module) not in known
    ]
    rest = [
        module
        for name, module in imported
        if name.partition(".")[0] in top or is_project_file(module_file(module) or "", request)
    ]
    return [*first, *rest]
