"""A process of its own that keeps one scratch PostgreSQL server, and ends it when the process that asked for it ends.

Run as a script, with nothing but the standard library. Its standard input is the lifeline: nobody writes to it, and
when it closes, however its owner died, the server is stopped and its folder removed. One JSON line on standard output
says where the server listens, or why there is none.
"""

import contextlib
import ctypes
import fcntl
import json
import os
import pwd
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

PREFIX = "ormistice-pg-"
SOCKET_PATH_BYTES = 90
PATIENCE_SECONDS = 30.0
STOP_SECONDS = 10.0
_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG = 1
_INITDB = ("-N", "--wal-segsize=1", "-E", "UTF8", "--no-locale", "-A", "trust", "-U", "postgres")
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "jit": "off",
    "max_connections": "50",
    # One transaction may create thousands of tables, and holds a lock on each until it ends.
    "max_locks_per_transaction": "2048",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "lc_messages": "C",
    "log_min_messages": "panic",
}


class StartError(Exception):
    """Why there is no server; the text is for the user."""


@dataclass(frozen=True)
class Identity:
    """As whom the server runs: `become` is called in the child before the program starts."""

    name: str
    become: Callable[[], None]
    uid: int | None = None
    gid: int | None = None


def _stay() -> None:
    _die_with_warden()


def _die_with_warden() -> None:
    # Linux alone has this; elsewhere only a killed warden leaves a server behind.
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT, 0, 0, 0)


def _nobody() -> tuple[int, int] | None:
    for name in ("postgres", "nobody", "daemon"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return entry.pw_uid, entry.pw_gid
    return next(((entry.pw_uid, entry.pw_gid) for entry in pwd.getpwall() if entry.pw_uid), None)


def _named(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _renamed(uid: int, gid: int) -> Callable[[], None]:
    """Enter a user namespace in which the present user is called `uid`, and still may do what it may do outside."""
    outer_uid, outer_gid = os.geteuid(), os.getegid()

    def become() -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(_CLONE_NEWUSER):
            raise OSError(ctypes.get_errno(), "no user namespace")
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{uid} {outer_uid} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{gid} {outer_gid} 1", encoding="ascii")
        _die_with_warden()

    return become


def _lowered(uid: int, gid: int) -> Callable[[], None]:
    """Give up root for good."""

    def become() -> None:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
        _die_with_warden()

    return become


def identities() -> Iterator[Identity]:
    """Ways to run as somebody whom PostgreSQL accepts, the simplest first: neither root nor a user without a name."""
    own = os.geteuid()
    if own and _named(own):
        yield Identity("the present user", _stay)
    other = _nobody()
    if other is None:
        return
    uid, gid = other
    if sys.platform == "linux":
        yield Identity("somebody else in a user namespace", _renamed(uid, gid))
    if own == 0:
        yield Identity(f"user {uid}", _lowered(uid, gid), uid, gid)


def _environment() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "HOME": "/"}


def _run(command: list[str], identity: Identity) -> None:
    try:
        done = subprocess.run(
            command,
            env=_environment(),
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            preexec_fn=identity.become,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise StartError(_refused(identity, error)) from error
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if "error" in line] or done.stderr.splitlines()[-1:]
        raise StartError(f"as {identity.name}: {' '.join(lines) or f'exit status {done.returncode}'}")


def _refused(identity: Identity, error: Exception) -> str:
    # What fails between fork and exec has lost its reason; there it is always that the identity cannot be had.
    reason = error.strerror if isinstance(error, OSError) else "not allowed here"
    return f"as {identity.name}: {reason or error}"


def _own(folder: Path, identity: Identity) -> None:
    if identity.uid is None or identity.gid is None:
        return
    for base, _, files in os.walk(folder):
        os.chown(base, identity.uid, identity.gid)
        for file in files:
            os.lchown(os.path.join(base, file), identity.uid, identity.gid)


def _reachable(path: Path) -> bool:
    """Whether any user may read and run what lies below `path`."""
    inside = [*path.iterdir()] if os.access(path, os.X_OK) else []
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents)) and all(
        file.stat().st_mode & 0o004 for file in inside
    )


def _programs(installation: Path, run: Path, identity: Identity) -> Path:
    """The folder of programs; a private copy of the installation where the server's user cannot enter the original."""
    programs = installation / "bin"
    if identity.uid is None or _reachable(programs.resolve()):
        return programs
    copy = run / "installation"
    shutil.copytree(
        installation,
        copy,
        symlinks=True,
        dirs_exist_ok=True,
        ignore=shutil.ignore_patterns("doc", "man", "*.a", "include"),
    )
    beside = installation.parent.parent / f"{installation.parent.name}.libs"
    if beside.is_dir():
        shutil.copytree(beside, copy.parent.parent / beside.name, dirs_exist_ok=True)
    _own(copy, identity)
    return copy / "bin"


def _make_data(programs: Path, run: Path, template: Path | None, identity: Identity) -> Path:
    data = run / "data"
    if data.exists():
        shutil.rmtree(data)
    if template is not None and (template / "PG_VERSION").is_file():
        subprocess.run(["cp", "-R", str(template), str(data)], check=True, stdin=subprocess.DEVNULL)
        data.chmod(0o700)
        _own(data, identity)
        return data
    data.mkdir(mode=0o700)
    _own(data, identity)
    _run([str(programs / "initdb"), "-D", str(data), *_INITDB], identity)
    if template is not None:
        _keep(data, template)
    return data


def _keep(data: Path, template: Path) -> None:
    # A cache that cannot be written costs time, nothing else.
    with contextlib.suppress(OSError, subprocess.CalledProcessError):
        template.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=template.parent) as folder:
            subprocess.run(["cp", "-R", str(data), f"{folder}/data"], check=True, stdin=subprocess.DEVNULL)
            os.rename(f"{folder}/data", template)


def _start(programs: Path, data: Path, run: Path, identity: Identity) -> subprocess.Popen[bytes]:
    settings = {
        **_SETTINGS,
        "unix_socket_directories": str(run),
        "unix_socket_permissions": "0700" if identity.uid is None else "0777",
    }
    command = [str(programs / "postgres"), "-D", str(data)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    with (run / "log").open("wb") as log:
        try:
            return subprocess.Popen(
                command,
                env=_environment(),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=identity.become,  # noqa: PLW1509 - this process has one thread
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise StartError(_refused(identity, error)) from error


def _await(server: subprocess.Popen[bytes], data: Path, run: Path, identity: Identity) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if server.poll() is not None:
            break
        with contextlib.suppress(OSError):
            if (data / "postmaster.pid").read_text(encoding="ascii", errors="replace").rstrip().endswith("ready"):
                return
        time.sleep(0.002)
    stop(server)
    said = (run / "log").read_text(encoding="utf-8", errors="replace").strip().splitlines()
    raise StartError(f"as {identity.name}: {said[-1] if said else 'the server does not start'}")


def stop(server: subprocess.Popen[bytes]) -> None:
    """End a server at once; its data will not be needed again."""
    if server.poll() is None:
        server.send_signal(signal.SIGQUIT)
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def launch(installation: Path, run: Path, template: Path | None) -> subprocess.Popen[bytes]:
    """A running server with its socket in `run`, as the first identity that can have one."""
    reasons = []
    for identity in identities():
        try:
            programs = _programs(installation, run, identity)
            _own(run, identity)
            data = _make_data(programs, run, template, identity)
            server = _start(programs, data, run, identity)
            _await(server, data, run, identity)
        except StartError as error:
            reasons.append(str(error))
        except (OSError, subprocess.CalledProcessError) as error:
            reasons.append(_refused(identity, error))
        else:
            return server
    raise StartError("; ".join(reasons) or "there is no user whom PostgreSQL would run as")


def new_folder() -> Path:
    """A folder for one server, on a path short enough for a socket's name."""
    base = tempfile.gettempdir()
    if len(os.fsencode(base)) > SOCKET_PATH_BYTES - len(PREFIX) - 10:
        base = "/tmp"  # noqa: S108 - the folder in it is made private
    sweep(Path(base))
    return Path(tempfile.mkdtemp(prefix=PREFIX, dir=base))


def sweep(base: Path) -> None:
    """Remove what wardens that were themselves killed have left; a living one holds the lock of its folder."""
    for stale in base.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError), (stale / "lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(stale, ignore_errors=True)


def keep_watch(server: subprocess.Popen[bytes]) -> None:
    """Return when the lifeline is cut or the server has ended."""
    while server.poll() is None:
        readable, _, _ = select.select([sys.stdin.fileno()], [], [], 1.0)
        if readable and not os.read(sys.stdin.fileno(), 1024):
            return


def main(installation: Path, template: Path | None) -> None:
    """Start a server, say where it is, and stay until it is no longer needed."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    run = new_folder()
    server = None
    try:
        with (run / "locking").open("wb") as lock:
            # Held before it can be seen, or else somebody's sweep might take the folder for a stale one.
            fcntl.flock(lock, fcntl.LOCK_EX)
            (run / "locking").rename(run / "lock")
            server = launch(installation, run, template)
            sys.stdout.write(json.dumps({"folder": str(run)}) + "\n")
            sys.stdout.flush()
            keep_watch(server)
            stop(server)
    except BrokenPipeError:
        pass  # whoever asked for it is gone
    except StartError as error:
        sys.stdout.write(json.dumps({"error": str(error)}) + "\n")
    finally:
        if server is not None:
            stop(server)
        shutil.rmtree(run, ignore_errors=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if sys.argv[2:] else None)
