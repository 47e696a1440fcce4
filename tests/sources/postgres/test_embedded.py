import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from ormistice.errors import AuditError
from ormistice.sources.postgres import warden
from ormistice.sources.postgres.embedded import embedded_server, find_programs, scratch_database

ASK = """
import os, signal, sys
from ormistice.sources.postgres.embedded import embedded_server
print(embedded_server().conninfo, flush=True)
"""


def gone(path, patience=10.0):
    end = time.monotonic() + patience
    while path.exists() and time.monotonic() < end:
        time.sleep(0.02)
    return not path.exists()


def folder_of(conninfo):
    return Path(psycopg.conninfo.conninfo_to_dict(conninfo)["host"])


def test_a_database_is_empty_and_the_callers_own(new_database, run_sql):
    first, second = new_database(), new_database()
    run_sql(first, "CREATE TABLE t (a integer); SELECT 1")
    with psycopg.connect(second) as connection:
        found = connection.execute("SELECT count(*) FROM pg_class WHERE relname = 't'").fetchone()

    assert found == (0,)


def test_a_database_is_dropped_afterwards():
    with scratch_database() as database, psycopg.connect(database.conninfo) as connection:
        name = connection.info.dbname
    with psycopg.connect(embedded_server().conninfo) as connection:
        left = connection.execute("SELECT datname FROM pg_database WHERE datname = %s", (name,)).fetchall()

    assert left == []


def test_one_server_serves_a_whole_process():
    assert embedded_server() is embedded_server()


@pytest.mark.parametrize(
    "ending",
    [
        "os.kill(os.getpid(), signal.SIGKILL)",
        "os.kill(os.getpid(), signal.SIGTERM)",
        "os._exit(3)",
        "sys.exit(0)",
        "1 / 0",
    ],
)
def test_the_server_ends_with_its_process_however_that_ends(ending):
    done = subprocess.run([sys.executable, "-c", ASK + ending], capture_output=True, text=True, check=False)
    folder = folder_of(done.stdout.strip())

    assert folder != folder_of(embedded_server().conninfo)
    assert gone(folder)


def test_what_a_killed_warden_leaves_is_swept_by_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(warden.tempfile, "tempdir", str(tmp_path))
    stale = tmp_path / f"{warden.PREFIX}stale"
    stale.mkdir()
    (stale / "lock").touch()
    held = tmp_path / f"{warden.PREFIX}held"
    held.mkdir()
    with (held / "lock").open("wb") as lock:
        warden.fcntl.flock(lock, warden.fcntl.LOCK_EX)
        warden.sweep(tmp_path)

        assert sorted(path.name for path in tmp_path.iterdir()) == [f"{warden.PREFIX}held"]


@pytest.mark.parametrize("identity", list(warden.identities()), ids=lambda identity: identity.name)
def test_every_identity_this_user_can_take_runs_a_server(identity, monkeypatch):
    monkeypatch.setattr(warden, "identities", lambda: [identity])
    run = warden.new_folder()
    try:
        try:
            server = warden.launch(find_programs().parent, run, None)
        except warden.StartError:
            # Whether user namespaces are allowed is the machine's business; that another way is then taken is ours.
            assert "namespace" in identity.name
            return
        try:
            with psycopg.connect(host=str(run), user="postgres") as connection:
                answer = connection.execute("SELECT 1").fetchone()
        finally:
            warden.stop(server)
    finally:
        warden.shutil.rmtree(run)

    assert answer == (1,)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can run a server as somebody else")
def test_programs_where_the_servers_user_cannot_go_are_copied(tmp_path, monkeypatch):
    secret = tmp_path / "secret"
    secret.mkdir(mode=0o700)
    lowered = [identity for identity in warden.identities() if identity.uid is not None]
    monkeypatch.setattr(warden, "identities", lambda: lowered)
    installation = secret / "installation"
    installation.symlink_to(find_programs().parent)
    run = warden.new_folder()
    try:
        monkeypatch.setattr(warden, "_reachable", lambda _: False)
        server = warden.launch(installation, run, None)
        warden.stop(server)

        assert (run / "installation" / "bin" / "postgres").exists()
    finally:
        warden.shutil.rmtree(run)


def test_programs_are_found_where_the_variable_says(tmp_path):
    found = find_programs()

    assert find_programs({"ORMISTICE_POSTGRES": str(found)}) == found
    with pytest.raises(AuditError, match="no postgres and initdb"):
        find_programs({"ORMISTICE_POSTGRES": str(tmp_path)})


def test_an_interrupt_of_the_terminal_does_not_reach_the_server():
    process = subprocess.Popen(
        [sys.executable, "-c", ASK + "import time; time.sleep(60)"],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    conninfo = process.stdout.readline().strip()
    os.killpg(process.pid, signal.SIGINT)
    process.wait()
    process.stdout.close()
    with suppress(psycopg.OperationalError):
        psycopg.connect(conninfo).close()

    assert gone(folder_of(conninfo))


def test_several_processes_start_at_once_and_share_one_template(tmp_path):
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    command = [sys.executable, "-c", ASK]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) for _ in range(3)]
    folders = {folder_of(process.communicate()[0].strip()) for process in processes}

    assert [process.returncode for process in processes] == [0, 0, 0]
    assert len(folders) == 3
    assert all(gone(folder) for folder in folders)
    assert len(list((tmp_path / "ormistice").iterdir())) == 1


def test_threads_share_the_server_and_not_their_databases():
    def name(_):
        with scratch_database() as database, psycopg.connect(database.conninfo) as connection:
            return connection.info.host, connection.info.dbname

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(name, range(8)))

    assert len({host for host, _ in found}) == 1
    assert len({database for _, database in found}) == 8


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path):
    (tmp_path / "ormistice").write_text("not a folder")
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "XDG_CACHE_HOME": str(tmp_path)},
    )

    assert folder_of(done.stdout.strip()).name.startswith(warden.PREFIX)
