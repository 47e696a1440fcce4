"""Applies Alembic migrations one at a time, in the application's own interpreter, to a scratch database and no other.

Run as a script: it needs Alembic and SQLAlchemy and nothing of ours but the files beside it, which keep it from any
other database and give env.py what it asks for to find one, and a Python from 3.9 on. The request is a JSON
line on standard input; each answer is a JSON line on the file descriptor that the request names, and after each the
next line of standard input is awaited, so that who asked can look at the database meanwhile. What the server refuses
is an answer, too: the next line says whether to try the migration again, and with what in place of which statement.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import sys
import traceback
import types
from typing import Any

_STATEMENT = "ormistice_statement"
_DUPLICATES = ("42P04", "42P06", "42P07", "42701", "42710", "42723")
_ABORTED = "25P02"
_IDENTIFIERS = ("revision", "down_revision", "branch_labels", "depends_on")


def main() -> None:
    """Answer one request."""
    request = json.loads(sys.stdin.readline())
    answers = os.fdopen(request["answers"], "w", encoding="utf-8")
    # First of all stands the folder of this very file, which is no business of the application's.
    del sys.path[0]
    try:
        telling = _answers(request)
        answer = next(telling, None)
        while answer is not None:
            answers.write(json.dumps(answer) + "\n")
            answers.flush()
            line = sys.stdin.readline().strip()
            try:
                answer = telling.send(json.loads(line) if line else None)
            except StopIteration:
                answer = None
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the application raises is an answer
        answers.write(json.dumps({"error": _told(error, None)}) + "\n")
    answers.flush()


def _answers(request: dict[str, Any]) -> Any:
    from alembic import command
    from alembic.script import ScriptDirectory

    sys.path.insert(0, os.getcwd())
    sys.path += request["paths"]
    instead, plainly = _Instead(), _Plainly()
    redirecting = _beside("alembic_redirecting")
    redirecting.point_everything_at(request["database"], instead)
    _load_later_what_fails()
    config = _configured(request, redirecting.url_text(request["database"]))
    versions = _version_tables()
    plainly.where_env_py_fails(versions, _beside("alembic_environment").Environment())
    script = ScriptDirectory.from_config(config)
    # Every command would read all migrations again.
    ScriptDirectory.from_config = lambda _: script  # type: ignore[method-assign,assignment]
    revisions = list(script.walk_revisions("base", "heads"))[::-1]
    plainly.always = _run_for_every_engine(revisions)
    steps = [{"revision": revision.revision, "path": revision.path} for revision in revisions]
    yield {"steps": steps, "heads": list(script.get_heads()), "branches": _branches(script)}
    broken = False
    with _application(script.dir, plainly):
        for revision in revisions:
            instead.forget()
            error = yield from _tried(command.upgrade, config, revision, revision.revision, instead)
            if error is not None:
                command.stamp(config, revision.revision)
            broken = broken or error is not None or instead.broken
            yield {"step": revision.revision, "error": error, "versions": versions, "environment": plainly.error}
        if request.get("back") and not broken and _linear(revisions):
            yield from _back_and_forth(command, config, revisions, instead)


def _configured(request: dict[str, Any], url: str) -> Any:
    from alembic.config import Config

    options: dict[str, Any] = {"stdout": open(os.devnull, "w", encoding="utf-8")}  # noqa: SIM115 - for the process's life
    if request.get("pyproject"):
        options["toml_file"] = request["pyproject"]
    config = Config(request["ini"], **options)
    if os.path.isfile(os.path.join(request["scripts"], "env.py")):
        config.set_main_option("script_location", request["scripts"].replace("%", "%%"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def _beside(name: str) -> Any:
    """The module of that name in the folder of this file, which is on nobody's search path."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), f"{name}.py")
    specification: Any = importlib.util.spec_from_file_location(f"_ormistice_{name}", path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def _branches(script: Any) -> bool:
    """Whether every head has a name of its own, and so is meant to be one among several."""
    labels = [sorted(script.get_revision(head).branch_labels) for head in script.get_heads()]
    return all(labels) and len({tuple(names) for names in labels}) == len(labels)


def _linear(revisions: list[Any]) -> bool:
    downs = [revision.down_revision for revision in revisions]
    return downs == [None, *(revision.revision for revision in revisions[:-1])]


def _back_and_forth(command: Any, config: Any, revisions: list[Any], instead: _Instead) -> Any:
    """All the way down and up again, as far as it goes."""
    steps = [(command.downgrade, one, one.down_revision or "base") for one in revisions[::-1]]
    steps += [(command.upgrade, one, one.revision) for one in revisions]
    for act, revision, target in steps:
        instead.forget()
        error = yield from _tried(act, config, revision, target, instead)
        yield {"step": revision.revision, "error": error}
        if error is not None:
            return


class _Instead:
    """What is executed in place of statements, while one migration is tried; and what went through in earlier tries."""

    def __init__(self) -> None:
        self.parts: dict[str, list[str]] = {}
        self.now: set[str] = set()
        self.before: set[str] = set()
        self.broken = False

    def forget(self) -> None:
        self.parts, self.now, self.before, self.broken = {}, set(), set(), False

    def take(self, reply: dict[str, Any]) -> None:
        self.parts.update(reply["parts"])
        self.broken = self.broken or reply["broken"]
        self.before |= self.now
        self.now = set()


class _Plainly:
    """What env.py does at the least, done in its place where it cannot be run; `error` is why.

    `always`: it would set several databases up, each in a transaction of its own, where there is but one.
    """

    def __init__(self) -> None:
        self.error: Any = None
        self.always = False

    def where_env_py_fails(self, versions: list[list[str]], environment: Any) -> None:
        from alembic.script import ScriptDirectory

        run = ScriptDirectory.run_env

        def named(error: BaseException) -> Any:
            told = _told(error, None)
            # Where there are books of Alembic, a migration has been tried.
            return None if versions or told["database"] else (told["variable"] or "").split(", ")

        def run_env(script: Any) -> None:
            if self.always or self.error is not None:
                _run_plainly()
                return
            try:
                environment.run(lambda: run(script), named)
            except (Exception, SystemExit) as error:
                if named(error) is None:
                    raise
                self.error = _told(error, os.path.join(script.dir, "env.py"))
                _run_plainly()

        ScriptDirectory.run_env = run_env  # type: ignore[method-assign,assignment] # Alembic has no other place for it


def _run_for_every_engine(revisions: list[Any]) -> bool:
    """Have migrations that are asked for the part of one engine run those of all; whether there are such migrations."""
    found = False
    for module in (revision.module for revision in revisions):
        for act in ("upgrade", "downgrade"):
            run = getattr(module, act, None)
            if isinstance(run, types.FunctionType) and run.__code__.co_varnames[:1] == ("engine_name",):
                names = [name[len(act) + 1 :] for name in vars(module) if name.startswith(f"{act}_")]
                setattr(module, act, _for_each(run, names))
                found = True
    return found


def _for_each(run: Any, names: list[str]) -> Any:
    def run_all(**_: Any) -> None:
        for name in names:
            run(name)

    return run_all


def _run_plainly() -> None:
    from alembic import context
    from sqlalchemy import create_engine, pool

    with create_engine("postgresql://", poolclass=pool.NullPool).connect() as connection:
        context.configure(connection=connection, target_metadata=None)
        with context.begin_transaction():
            context.run_migrations()
        # A migration that has ended the transaction itself has begun another.
        if hasattr(connection, "commit"):
            connection.commit()


def _tried(act: Any, config: Any, revision: Any, target: str, instead: _Instead) -> Any:
    """One migration as often as who asked wants it tried; what it fails with in the end."""
    while True:
        try:
            act(config, target)
        except (Exception, SystemExit) as error:
            told = _told(error, revision.path)
            if told["whole"] in instead.before and told["state"] in _DUPLICATES and told["whole"] not in instead.parts:
                # It was done in an earlier try, outside of any transaction.
                instead.take({"parts": {told["whole"]: []}, "broken": False})
                continue
            reply = (yield {"failing": revision.revision, "error": told}) if told["database"] else None
            if reply is None and told["line"] is None and told["state"] != _ABORTED:
                raise
            if reply is None:
                # It has caught what a statement failed with, and goes on where no statement works.
                return told if told["line"] is not None else {**told, "line": 1}
            instead.take(reply)
        else:
            return None


def _load_later_what_fails() -> None:
    """A migration that cannot be loaded fails when its turn has come, and so after env.py has set everything up."""
    from alembic import util

    load = util.load_python_file

    def loading(folder: Any, name: Any) -> Any:
        try:
            return load(folder, name)
        except Exception:
            module = None if name == "env.py" else _standing_for(os.path.join(folder, name), lambda: load(folder, name))
            if module is None:
                raise
            return module

    util.load_python_file = loading  # type: ignore[assignment] # Alembic's own parameters have other names


def _standing_for(path: str, load: Any) -> Any:
    """A module that says of a migration what its text says in plain words; None where that is not enough."""
    try:
        with open(path, "rb") as file:
            tree = ast.parse(file.read())
    except (OSError, SyntaxError, ValueError):
        return None
    module: Any = types.ModuleType(os.path.basename(path).partition(".")[0])
    for statement in tree.body:
        for target in getattr(statement, "targets", None) or [getattr(statement, "target", None)]:
            if isinstance(target, ast.Name) and target.id in _IDENTIFIERS:
                try:
                    setattr(module, target.id, ast.literal_eval(statement.value))  # type: ignore[attr-defined]
                except ValueError:
                    return None
    if not hasattr(module, "revision") or not hasattr(module, "down_revision"):
        return None
    module.upgrade = lambda: load().upgrade()
    module.downgrade = lambda: load().downgrade()
    return module


def _told(error: BaseException, path: str | None) -> dict[str, Any]:
    """An exception as data: what the server said, or Python; `line` is the migration's own line that led to it."""
    original: Any = error
    while original is not None and not _state(original):
        original = getattr(original, "orig", None) or original.__cause__
    original = original or error
    cause = original.__cause__ if _state(original.__cause__) else None
    given = getattr(getattr(original, "diag", None), "message_primary", None)
    given = given or getattr(cause, "message", None) or _fields(original).get("M")
    frames: list[Any] = [[frame.filename, frame.lineno] for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError) and error.filename:
        frames.append([error.filename, error.lineno])
    lines = [line for file, line in frames if _same(file, path)]
    whole, statement = getattr(original, _STATEMENT, None) or [getattr(error, "statement", None)] * 2
    return {
        "type": type(original).__name__,
        "message": given or str(original).strip().partition("\n")[0],
        "state": _state(original),
        "database": _state(original) is not None,
        "whole": whole,
        "statement": statement,
        "line": lines[-1] if lines else None,
        "frames": frames,
        **_lacking(error, frames),
    }


def _lacking(error: BaseException, frames: list[Any]) -> dict[str, Any]:
    """The module that is not there, the one that lacks a name, or the variable that is not in the environment."""
    found: dict[str, Any] = {"missing": None, "lacking": None, "variable": None}
    if isinstance(error, ModuleNotFoundError):
        found["missing"] = error.name
    elif isinstance(error, ImportError):
        found["lacking"] = [error.name, error.path]
    elif isinstance(error, AttributeError):
        module = getattr(error, "obj", None)
        if isinstance(module, types.ModuleType):
            found["lacking"] = [module.__name__, getattr(module, "__file__", None)]
    elif type(error).__name__ == "ValidationError" and hasattr(error, "errors"):
        lacking = [one["loc"] for one in error.errors() if one.get("type") == "missing" and len(one["loc"]) == 1]
        found["variable"] = ", ".join(sorted(str(location[0]).upper() for location in lacking)) or None
    elif isinstance(error, KeyError) and frames and frames[-1][0] in (os.__file__, "<frozen os>"):
        found["variable"] = str(error.args[0])
    return found


def _state(error: Any) -> Any:
    return getattr(error, "sqlstate", None) or getattr(error, "pgcode", None) or _fields(error).get("C")


def _fields(error: Any) -> dict[str, Any]:
    """What pg8000 has of an error."""
    first = next(iter(getattr(error, "args", ())), None)
    return first if isinstance(first, dict) else {}


def _same(filename: str, path: str | None) -> bool:
    return path is not None and os.path.realpath(filename) == os.path.realpath(path)


class _application:  # noqa: N801 - used like a function
    """The application context that Flask-Migrate's env.py asks for; for any other, nothing."""

    def __init__(self, scripts: str, plainly: _Plainly) -> None:
        self.plainly = plainly
        self.scripts = scripts
        with open(os.path.join(scripts, "env.py"), encoding="utf-8", errors="replace") as file:
            self.wanted = "current_app" in file.read()
        self.context: Any = None

    def __enter__(self) -> None:
        if not self.wanted:
            return
        try:
            from flask.cli import ScriptInfo

            context = ScriptInfo().load_app().app_context()
            context.__enter__()
        except (Exception, SystemExit) as error:  # noqa: BLE001 - an application may raise anything
            # Flask has it in many lines what the application could not import.
            before = error.__context__
            cause = before if isinstance(before, ImportError) else error
            self.plainly.error = _told(cause, os.path.join(self.scripts, "env.py"))
        else:
            self.context = context

    def __exit__(self, *_: object) -> None:
        if self.context is not None:
            self.context.__exit__(None, None, None)


def _version_tables() -> list[list[str]]:
    """The tables in which Alembic keeps its books, filled in as they come up."""
    from alembic.runtime.migration import MigrationContext

    found: list[list[str]] = []
    ensure = MigrationContext._ensure_version_table  # noqa: SLF001 - Alembic tells nobody else

    def noting(self: Any, *arguments: Any, **options: Any) -> Any:
        name = [self.version_table_schema or "public", self.version_table]
        if name not in found:
            found.append(name)
        return ensure(self, *arguments, **options)

    MigrationContext._ensure_version_table = noting  # type: ignore[method-assign] # noqa: SLF001 - as above
    return found


if __name__ == "__main__":
    main()
