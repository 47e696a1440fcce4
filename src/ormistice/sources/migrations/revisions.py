"""Alembic: where its scripts lie, and its migrations run by `alembic_runner` in the application's interpreter."""

import ast
import configparser
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from psycopg.conninfo import conninfo_to_dict

from ormistice.errors import AuditError
from ormistice.model import Problem, ProblemKind
from ormistice.names import QualifiedName
from ormistice.parsing import python_module, read_document
from ormistice.sources import SourceRequest, shown
from ormistice.sources.migrations import python_errors
from ormistice.sources.migrations.attempts import Attempt, Reply, look
from ormistice.sources.migrations.folders import Migration
from ormistice.sources.migrations.replay import History, Standing, Step, things
from ormistice.sources.migrations.reversing import Fact, Way, facts
from ormistice.sources.postgres.catalogs import Connection
from ormistice.sources.postgres.connecting import connect
from ormistice.sources.postgres.embedded import ScratchDatabase
from ormistice.sources.postgres.executing import Failure
from ormistice.sources.postgres.reflect import reflect
from ormistice.sources.postgres.scripts import Statement, split
from ormistice.sources.postgres.supplying import Supplies
from ormistice.sources.sqlalchemy.environment import scrubbed
from ormistice.sources.sqlalchemy.location import interpreter
from ormistice.sources.sqlalchemy.process import end, limits
from ormistice.text import Document, Span

RUNNER = Path(__file__).with_name("alembic_runner.py")
_LEVELS = 6
_EXTENSION_SCHEMAS = b"SELECT DISTINCT extnamespace::regnamespace::text FROM pg_extension ORDER BY 1"
Ask = Callable[[Reply | None], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Setting:
    """Where the migrations are run, by which interpreter, and whether without the env.py that sets them up."""

    root: Path
    python: str
    plainly: bool = False


@dataclass(frozen=True, slots=True)
class Project:
    """An Alembic environment: its `env.py`, the configuration if there is one, and the folder it is run from."""

    scripts: Path
    ini: Path | None
    pyproject: Path | None
    root: Path


def project(path: Path) -> Project | None:
    """The Alembic environment that `path` (its alembic.ini, its folder, or the folder above) means, if any."""
    if path.is_file() and path.suffix == ".ini":
        return _configured(path)
    if (path / "env.py").is_file():
        return _around(path)
    if (path / "alembic.ini").is_file():
        return _configured(path / "alembic.ini")
    if path.name == "versions" and (path.parent / "env.py").is_file():
        return _around(path.parent)
    inside = [file.parent for file in sorted(path.glob("*/env.py"))]
    return _around(inside[0]) if inside else None


def _around(scripts: Path) -> Project:
    """The environment whose env.py lies in `scripts`."""
    for folder in (scripts, *scripts.absolute().parents[:_LEVELS]):
        ini = folder / "alembic.ini"
        found = _configured(ini) if ini.is_file() else None
        if found is not None and found.scripts.resolve() == scripts.resolve():
            return found
    pyproject = scripts.parent / "pyproject.toml"
    return Project(scripts, None, pyproject if pyproject.is_file() else None, scripts.parent)


def _configured(ini: Path) -> Project:
    """The environment that a configuration file describes: its paths start from the folder that Alembic is run in."""
    location = _script_location(ini)
    if location is None:
        # Flask-Migrate keeps the file beside env.py, and is run from the folder above.
        beside = (ini.parent / "env.py").is_file()
        inside = next((file.parent for file in sorted(ini.parent.glob("*/env.py"))), ini.parent)
        return Project(ini.parent if beside else inside, ini, None, ini.parent.parent if beside else ini.parent)
    for folder in (ini.parent, *ini.absolute().parents[1:_LEVELS]):
        if (folder / location / "env.py").is_file():
            return Project(folder / location, ini, None, ini.parent if Path(location).is_absolute() else folder)
    return Project(ini.parent, ini, None, ini.parent)


def _script_location(ini: Path) -> str | None:
    parser = configparser.RawConfigParser()
    try:
        parser.read(ini, encoding="utf-8")
        location = parser.get("alembic", "script_location", fallback=None)
    except (configparser.Error, UnicodeDecodeError) as error:
        raise AuditError(f"{shown(ini)}: {str(error).splitlines()[0]}") from error
    if location is None:
        return None
    package, colon, inside = location.partition(":")
    path = f"{package.replace('.', '/')}/{inside}" if colon and len(package) > 1 else location
    return path.strip().replace("%(here)s", str(ini.absolute().parent))


def replay_alembic(database: ScratchDatabase, found: Project, request: SourceRequest, *, back: bool = False) -> History:
    """Upgrade `database` revision by revision; one that fails is passed over.

    With `back`, where none fails: down again and up once more, and what of it does not work.
    """
    python = _python(request, found.root)
    standing = Standing()
    steps: list[Step] = []
    with (
        connect(database.conninfo, autocommit=True) as admin,
        _running(python, found, database, request, back=back) as (ask, failed),
    ):
        plan = _answer(ask(None), found, python, failed)
        revisions = {step["revision"]: Path(step["path"]) for step in plan["steps"]}
        versions: list[list[str]] = []
        environment: Mapping[str, Any] | None = None
        way = Way([facts(reflect(admin, ""))] if back else [])
        supplies = Supplies(admin, database)
        for _ in revisions:
            attempt = Attempt(supplies)
            answer = _answer(_tried(ask, attempt, revisions), found, python, failed)
            look(supplies, *(str(schema) for (schema,) in admin.execute(_EXTENSION_SCHEMAS)))
            created, dropped = standing.moved_to(things(admin))
            within = _Setting(found.root, python, plainly=answer["environment"] is not None)
            step = _step(answer, revisions, attempt, within)
            steps.append(replace(step, created=created, dropped=dropped))
            versions, environment = answer["versions"], answer["environment"]
            if back:
                way.seen.append(_seen(admin, versions))
        if back:
            _return(
                lambda: _tried(ask, Attempt(supplies, supplying_only=True), revisions),
                steps,
                way,
                lambda: _seen(admin, versions),
            )
        _forget(admin, versions)
    told = None if environment is None else _environment(environment, found, python)
    heads = tuple(sorted(plan["heads"]))
    platforms = supplies.hosted.schemas
    return History(
        tuple(steps),
        standing.tables,
        heads,
        plan["branches"],
        tuple(way.returns),
        environment=told,
        platforms=platforms,
    )


def _environment(error: Mapping[str, Any], found: Project, python: str) -> tuple[Problem, Document]:
    """That env.py cannot be run, at the line of it that leads to why."""
    advice = python_errors.hint(error, found.root, python)
    message = f"{python_errors.told(error, found.root)}; the migrations are run without env.py"
    document = _read(found.scripts / "env.py")
    place = _place(document, error["line"] or 1)
    return Problem(ProblemKind.IMPORT_FAILS, message + (f"; {advice}" if advice else ""), place), document


def _tried(ask: Ask, attempt: Attempt, revisions: Mapping[str, Path]) -> dict[str, Any]:
    """What became of the next migration in the end, tried until there is nothing left to try it with."""
    answer = ask(None)
    while "failing" in answer:
        error, path = answer["error"], revisions[answer["failing"]]
        place = None if error["line"] is None else _place(_read(path), error["line"])
        answer = ask(attempt.again(error, place))
    return answer


def _read(path: Path) -> Document:
    return read_document(path, shown(path))


def _seen(admin: Connection, versions: list[list[str]]) -> frozenset[Fact]:
    schema = reflect(admin, "")
    books = {QualifiedName(*name) for name in versions}
    return facts(replace(schema, tables=tuple(table for table in schema.tables if table.name not in books)))


def _return(
    next_answer: Callable[[], dict[str, Any]], steps: list[Step], way: Way, now: Callable[[], frozenset[Fact]]
) -> None:
    """Follow the way down and up, as far as it goes."""
    for at in range(len(steps) - 1, -1, -1):
        answer = next_answer()
        if not answer:
            return
        failure = _failed(answer, steps[at])
        way.down(steps[at], at, now(), failure)
        if failure is not None:
            return
    for step in steps:
        answer = next_answer()
        way.up(step, _failed(answer, step) if answer else None)


def _failed(answer: Mapping[str, Any], step: Step) -> Failure | None:
    error = answer["error"]
    return None if error is None else _failure({**error, "line": error["line"] or 1}, step.document)


def _answer(answer: dict[str, Any], found: Project, python: str, failed: Callable[[], str]) -> dict[str, Any]:
    """`answer`, unless it is that the environment itself does not work."""
    if not answer:
        raise AuditError(f"{shown(found.scripts)}: Alembic {failed()}")
    if "step" not in answer and "steps" not in answer:
        raise _refusal(answer["error"], found, python)
    return answer


def _forget(admin: Connection, versions: list[list[str]]) -> None:
    for schema, table in versions:
        if table != "alembic_version":
            admin.execute(f'DROP TABLE IF EXISTS "{schema}"."{table}"'.encode())


def _step(answer: Mapping[str, Any], revisions: Mapping[str, Path], attempt: Attempt, within: _Setting) -> Step:
    """What a migration failed with; of an exception that comes of what was passed over, nothing is said."""
    path = revisions[answer["step"]]
    document, error = _read(path), answer["error"]
    failures = tuple(_within(failure, within) for failure in attempt.failures)
    if error is not None and (error["database"] or not failures):
        failures += (_failure(error, document, within),)
    migration = Migration(answer["step"], path)
    return Step(migration, document, failures=failures, presupposed=attempt.presupposed, passed_over=error is not None)


def _within(failure: Failure, within: _Setting) -> Failure:
    """A failure, which is nobody's fault where env.py would perhaps have set up what it takes."""
    return replace(failure, of_environment=within.plainly)


def _failure(error: Mapping[str, Any], document: Document, within: _Setting | None = None) -> Failure:
    text = error["statement"] or ""
    statement = Statement(text, 0, next((statement.words for statement in split(text)), ()))
    place = _place(document, error["line"])
    if within is None:
        message = error["message"] if error["database"] else f"{error['type']}: {error['message']}"
        return Failure(statement, place, message, error["state"])
    if error["database"]:
        return _within(Failure(statement, place, error["message"], error["state"]), within)
    advice = python_errors.hint(error, within.root, within.python)
    message = python_errors.told(error, within.root) + (f"; {advice}" if advice else "")
    # What a migration reads that env.py sets up is not there without it.
    of_environment = within.plainly or python_errors.is_environments(error, within.root)
    return Failure(statement, place, message, None, of_environment=of_environment)


def _place(document: Document, line: int) -> Span:
    """The innermost statement that stands on a line of a Python file."""
    try:
        tree = python_module(document.text)
    except (SyntaxError, ValueError):
        return Span(document.path, document.offset(line, 1), document.offset(line + 1, 1))
    found = [
        node for node in ast.walk(tree) if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or 0)
    ]
    if not found:
        return Span(document.path, document.offset(line, 1), document.offset(line + 1, 1))
    node = max(found, key=lambda node: (node.lineno, -(node.end_lineno or 0)))
    start, end_line = document.offset(node.lineno, 1), document.line(node.end_lineno or node.lineno)
    indent = len(document.line(node.lineno)) - len(document.line(node.lineno).lstrip())
    last = document.offset(node.end_lineno or node.lineno, 1) + len(end_line)
    return Span(document.path, start + indent, last)


def _refusal(error: Mapping[str, Any], found: Project, python: str) -> AuditError:
    advice = python_errors.hint(error, found.root, python)
    where = ""
    for file, line in error.get("frames", ()):
        if Path(file).is_relative_to(found.root.resolve()):
            where = f"{shown(Path(file))}:{line}: "
    return AuditError(f"{where or shown(found.scripts) + ': '}{python_errors.told(error, found.root)}", advice)


def _python(request: SourceRequest, folder: Path) -> str:
    if request.python is not None:
        return interpreter(request)
    base = request.base.resolve()
    for place in (folder.resolve(), *folder.resolve().parents):
        python = interpreter(replace(request, base=place))
        if python != sys.executable or place == base:
            return python
    return sys.executable


@contextmanager
def _running(
    python: str, found: Project, database: ScratchDatabase, request: SourceRequest, *, back: bool
) -> Iterator[tuple[Ask, Callable[[], str]]]:
    """The runner's process; the first function asks for its next answer to a reply, the second says how it ended."""
    reading, writing = os.pipe()
    within = limits(request.options)
    with tempfile.TemporaryFile() as noise, os.fdopen(reading, encoding="utf-8") as answers:
        try:
            process = subprocess.Popen(
                [python, str(RUNNER)],
                stdin=subprocess.PIPE,
                stdout=noise,
                stderr=noise,
                cwd=found.root,
                env=scrubbed(os.environ, within.passed),
                pass_fds=(writing,),
                start_new_session=True,
            )
        except OSError as error:
            raise AuditError(f"{python}: cannot be run: {(error.strerror or str(error)).lower()}") from error
        finally:
            os.close(writing)
        try:
            yield (
                _asker(process, answers, {**_question(found, database, writing), "back": back}),
                lambda: _ended(process, noise),
            )
        finally:
            end(process)


def _question(found: Project, database: ScratchDatabase, answers: int) -> dict[str, Any]:
    return {
        "answers": answers,
        "ini": None if found.ini is None else str(found.ini.absolute()),
        "pyproject": None if found.pyproject is None else str(found.pyproject.absolute()),
        "scripts": str(found.scripts.absolute()),
        "paths": _own_paths(found.root),
        "database": {name: str(value) for name, value in conninfo_to_dict(database.conninfo).items() if value},
    }


def _own_paths(root: Path) -> list[str]:
    """Where packages lie that the project itself installs, for whoever has not done so."""
    source = root.absolute() / "src"
    built = any((root / name).is_file() for name in ("pyproject.toml", "setup.py", "setup.cfg"))
    return [str(source)] if built and source.is_dir() and not (source / "__init__.py").exists() else []


def _asker(process: subprocess.Popen[bytes], answers: IO[str], question: dict[str, Any]) -> Ask:
    waiting = [question]

    def ask(reply: Reply | None) -> dict[str, Any]:
        said = waiting.pop() if waiting else reply
        try:
            if process.stdin is not None:
                process.stdin.write(("" if said is None else json.dumps(said)).encode() + b"\n")
                process.stdin.flush()
        except BrokenPipeError:
            return {}
        line = answers.readline()
        return dict(json.loads(line)) if line else {}

    return ask


def _ended(process: subprocess.Popen[bytes], noise: IO[bytes]) -> str:
    try:
        process.wait(1)
    except subprocess.TimeoutExpired:
        end(process)
    noise.seek(0)
    lines = noise.read().decode(errors="replace").strip().splitlines()
    return f"ended with status {process.returncode}" + (f": {lines[-1]}" if lines else "")
