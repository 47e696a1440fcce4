"""The command line as a user meets it: exit codes, one clear line, no traceback."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from processes import ends, told_in

ROOT = Path(__file__).parent.parent
PRISMA = """datasource db {
  provider = "postgresql"
}

model users {
  id Int @id
  name String
}
"""
SQL = "CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL);\n"

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def ormistice(tmp_path: Path) -> Run:
    """Run it in a folder that holds schema.prisma and database.sql, which agree."""
    (tmp_path / "schema.prisma").write_text(PRISMA, encoding="utf-8")
    (tmp_path / "database.sql").write_text(SQL, encoding="utf-8")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from ormistice.cli import main; main()", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)

    return run


def assert_refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """Exit 2, nothing on stdout, one line and perhaps a hint on stderr."""
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    lines = done.stderr.splitlines()
    assert lines[0].startswith("ormistice: ")
    assert all(line.startswith("  hint: ") for line in lines[1:]), done.stderr
    assert [word for word in words if word not in done.stderr] == [], done.stderr


def test_sources_that_agree_exit_0(ormistice: Run) -> None:
    done = ormistice("audit", "schema.prisma", "database.sql")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "no differences found"


def test_what_is_asked_for_and_cannot_be_done(ormistice: Run, tmp_path: Path) -> None:
    assert_refused(ormistice("audit"), "no source is named", "ormistice init")
    for command in ("audit", "fix", "plan"):
        assert_refused(ormistice(command, "schema.prisma"), "schema.prisma is the only one")
    assert_refused(ormistice("fix", "schema.prisma", "database.sql", "--to", "x"), "--to goes with --as")
    (tmp_path / "ormistice.toml").write_text("fail_on = 'error'\n", encoding="utf-8")
    for command in ("audit", "fix", "plan"):
        assert_refused(ormistice(command), "ormistice.toml: it names no source", "[[sources]]")


def test_where_there_is_nothing_to_fix_it_says_so(ormistice: Run) -> None:
    done = ormistice("fix", "schema.prisma", "database.sql")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "no verified fix\n")


def test_findings_exit_1_and_fail_on_moves_the_bar(ormistice: Run, tmp_path: Path) -> None:
    (tmp_path / "database.sql").write_text(SQL + "CREATE TABLE more (id integer);\n", encoding="utf-8")
    codes = {
        bar: ormistice("audit", "schema.prisma", "database.sql", "--fail-on", bar).returncode
        for bar in ("error", "warning", "info", "never")
    }

    assert codes == {"error": 0, "warning": 1, "info": 1, "never": 0}


def test_output_goes_to_a_file(ormistice: Run, tmp_path: Path) -> None:
    done = ormistice("audit", "schema.prisma", "database.sql", "--format", "json", "--output", "report.json")

    assert done.stdout == ""
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["format_version"] == 1


@pytest.mark.parametrize(
    "missing",
    ["prisma:nowhere.prisma", "nowhere.prisma", "drizzle:nowhere.ts", "nowhere.ts", "sql:nowhere.sql",
     "sqlmodel:nowhere.py", "sqlalchemy:nowhere.models"],
)  # fmt: skip
def test_a_file_that_does_not_exist(ormistice: Run, missing: str) -> None:
    assert_refused(ormistice("audit", "schema.prisma", missing), "nowhere")


@pytest.mark.parametrize("prefix", ["prisma:", "drizzle:", ""])
def test_a_folder_with_no_schema(ormistice: Run, tmp_path: Path, prefix: str) -> None:
    (tmp_path / "empty").mkdir()

    assert_refused(ormistice("audit", "schema.prisma", f"{prefix}empty"), "empty")


def test_a_scratch_server_takes_the_place_of_the_embedded_one(
    ormistice: Run, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORMISTICE_POSTGRES", str(tmp_path))
    refused = ormistice("audit", "schema.prisma", "database.sql")
    audited = ormistice("audit", "schema.prisma", "database.sql", "--scratch-url", database)

    assert_refused(refused, "ORMISTICE_POSTGRES")
    assert audited.returncode == 0, audited.stderr


def test_an_unreachable_database_is_named_without_its_password(ormistice: Run) -> None:
    done = ormistice("audit", "schema.prisma", "postgresql://ann:s3cr3t@127.0.0.1:1/shop")

    assert_refused(done, "127.0.0.1")
    assert "s3cr3t" not in done.stdout + done.stderr


def test_a_module_that_raises_tells_its_own_error_and_line(ormistice: Run, tmp_path: Path) -> None:
    (tmp_path / "models.py").write_text("import sqlmodel\n\n\nraise ValueError('no such thing')\n", encoding="utf-8")

    assert_refused(ormistice("audit", "schema.prisma", "models.py"), "ValueError", "no such thing", "models.py:4")


def test_a_module_that_raises_can_be_read_without_importing_it(ormistice: Run, tmp_path: Path) -> None:
    (tmp_path / "models.py").write_text(
        "from sqlmodel import Field, SQLModel\n\n\nclass User(SQLModel, table=True):\n    __tablename__ = 'users'\n"
        "    id: int = Field(primary_key=True, sa_column_kwargs={'autoincrement': False})\n    name: str\n\n\n"
        "raise ValueError('no such thing')\n",
        encoding="utf-8",
    )

    assert_refused(ormistice("show", "models.py"), "ValueError", "--static")
    assert ormistice("audit", "database.sql", "models.py", "--static").returncode == 0
    instead = ormistice("audit", "database.sql", "models.py")
    assert instead.returncode == 0
    assert "models.py:10:1: warning import-fails: ValueError: no such thing" in instead.stdout
    assert instead.stderr.startswith("ormistice: sqlalchemy: models.py:10:1: ValueError: no such thing; ")


def test_a_reserved_attribute_name_is_explained(ormistice: Run, tmp_path: Path) -> None:
    (tmp_path / "models.py").write_text(
        "from sqlalchemy import Column, Integer, JSON\nfrom sqlalchemy.orm import declarative_base\n\n"
        "Base = declarative_base()\n\n\nclass Event(Base):\n    __tablename__ = 'events'\n"
        "    id = Column(Integer, primary_key=True)\n    metadata = Column(JSON)\n",
        encoding="utf-8",
    )

    assert_refused(ormistice("show", "models.py"), "metadata", "models.py:10", "hint: ")


def test_a_broken_model_costs_that_model_alone(ormistice: Run, tmp_path: Path) -> None:
    (tmp_path / "schema.prisma").write_text(PRISMA + "\nmodel broken {\n  id Int @@@\n", encoding="utf-8")
    done = ormistice("audit", "schema.prisma", "database.sql", "--format", "json")
    findings = json.loads(done.stdout)["findings"]

    assert done.returncode == 1
    assert {item["rule"] for item in findings if item["severity"] == "error"} == {"syntax-error"}
    assert {(item["sites"][0]["file"], item["sites"][0]["line"]) for item in findings} == {
        ("schema.prisma", 10),
        ("schema.prisma", 11),
    }


def test_a_broken_statement_costs_that_statement_alone(ormistice: Run, tmp_path: Path) -> None:
    (tmp_path / "schema.ts").write_text(
        'import { integer, pgTable, text } from "drizzle-orm/pg-core";\n\n'
        'export const users = pgTable("users", { id: integer("id").primaryKey(), name: text("name").notNull() });\n\n'
        "const broken = = 3;\n\n"
        'export const more = pgTable("more", { id: integer("id") });\n',
        encoding="utf-8",
    )
    done = ormistice("audit", "schema.ts", "database.sql", "--format", "json")
    report = json.loads(done.stdout)
    errors = [item for item in report["findings"] if item["severity"] == "error"]

    assert done.returncode == 1
    assert [source["tables"] for source in report["sources"]] == [2, 1]
    assert {(item["rule"], item["table"]) for item in errors} == {
        ("syntax-error", None),
        ("missing-table", "public.more"),
    }
    assert next(item["sites"][0]["line"] for item in errors if item["rule"] == "syntax-error") == 5


def test_bad_usage_exits_2(ormistice: Run) -> None:
    for arguments in (["audit", "--format", "xml"], ["audit", "--nonsense"], ["nonsense"]):
        done = ormistice(*arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert "Traceback" not in done.stderr


def test_one_source_is_no_audit(ormistice: Run) -> None:
    assert_refused(ormistice("audit", "schema.prisma"), "two sources", "ormistice show")


def test_no_source_at_all_and_no_configuration(ormistice: Run) -> None:
    assert_refused(ormistice("audit"), "ormistice.toml")


def test_an_unknown_kind_of_source(ormistice: Run) -> None:
    assert_refused(ormistice("audit", "schema.prisma", "mongo:things"), "mongo:things", "prisma:")


def test_a_misspelt_kind_of_source(ormistice: Run) -> None:
    assert_refused(ormistice("audit", "prizma:schema.prisma", "database.sql"), "did you mean prisma:schema.prisma?")


def test_an_authority_that_is_no_source(ormistice: Run) -> None:
    assert_refused(ormistice("audit", "schema.prisma", "database.sql", "--authority", "drizle"), "drizle", "prisma")


def test_explain_and_rules(ormistice: Run) -> None:
    explained, listed = ormistice("explain", "on-delete-mismatch"), ormistice("rules")

    assert explained.returncode == listed.returncode == 0
    assert explained.stdout.startswith("on-delete-mismatch (error)\n")
    assert "on-delete-mismatch" in listed.stdout
    assert_refused(ormistice("explain", "on-delet-mismatch"), "did you mean on-delete-mismatch?")


def test_the_package_runs_as_the_command_does(ormistice: Run, tmp_path: Path) -> None:
    (tmp_path / "database.sql").write_text(SQL.replace("name text", "name integer"), encoding="utf-8")
    arguments = ("audit", "schema.prisma", "database.sql")
    command = [sys.executable, "-m", "ormistice", *arguments]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    expected = ormistice(*arguments)

    assert (done.returncode, done.stdout, done.stderr) == (1, expected.stdout, "")


@pytest.mark.parametrize("command", ["rules", "explain missing-table", "--version", "fix schema.prisma other.sql"])
def test_a_full_disk_is_told_in_one_line(command: str, tmp_path: Path) -> None:
    (tmp_path / "schema.prisma").write_text(PRISMA, encoding="utf-8")
    (tmp_path / "other.sql").write_text("CREATE TABLE users (id integer PRIMARY KEY, name text);\n", encoding="utf-8")
    program = [sys.executable, "-c", "from ormistice.cli import main; main()", *command.split()]
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(program, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False)

    assert (done.returncode, done.stderr) == (2, "ormistice: stdout: no space left on device\n")


def test_a_source_that_an_unset_variable_leaves_empty_is_refused(ormistice: Run) -> None:
    for empty in (" ", "prisma:", "name="):
        assert_refused(ormistice("audit", "schema.prisma", empty), "is a variable not set?")


def test_a_misspelt_name_of_the_configuration_is_recognised(ormistice: Run, tmp_path: Path) -> None:
    (tmp_path / "ormistice.toml").write_text("[[sources]]\nlocation = 'schema.prisma'\n", encoding="utf-8")

    assert_refused(ormistice("show", "prizma"), "no source is named prizma", "did you mean prisma?")
    assert ormistice("show", "prisma").returncode == 0
    assert_refused(ormistice("show", "nothing-like-it"), "nothing-like-it", "put its kind in front")


def test_a_configuration_above_is_pointed_at(tmp_path: Path) -> None:
    (tmp_path / "ormistice.toml").write_text("[[sources]]\nlocation = 'schema.prisma'\n", encoding="utf-8")
    below = tmp_path / "below"
    below.mkdir()
    program = [sys.executable, "-c", "from ormistice.cli import main; main()", "audit"]
    done = subprocess.run(program, cwd=below, capture_output=True, text=True, check=False)

    assert_refused(done, "there is no ormistice.toml here", f"{tmp_path}/ormistice.toml is one")


def test_short_options(ormistice: Run, tmp_path: Path) -> None:
    assert ormistice("audit", "-h").stdout.startswith("Usage: ")
    assert ormistice("audit", "schema.prisma", "database.sql", "-o", "a.json", "-o", "b.md").stdout == ""
    assert json.loads((tmp_path / "a.json").read_text("utf-8"))["findings"] == []
    assert (tmp_path / "b.md").read_text("utf-8").startswith("#")


def test_version(ormistice: Run) -> None:
    assert ormistice("--version").stdout.startswith("ormistice ")


@pytest.mark.parametrize("form", ["text", "markdown", "json", "mermaid"])
def test_show_prints_the_model(ormistice: Run, form: str) -> None:
    done = ormistice("show", "schema.prisma", "--format", form)

    assert (done.returncode, done.stderr) == (0, "")
    assert "users" in done.stdout


def test_what_is_registered_for_the_end_is_run() -> None:
    program = "import atexit; atexit.register(print, 'the end'); from ormistice.cli import main; main()"
    command = [sys.executable, "-c", program]

    ends = [
        subprocess.run([*command, *more], capture_output=True, text=True, check=False)
        for more in (["--version"], ["audit", "x.prisma", "y.prisma"], ["explain", "missing-tabel"])
    ]

    assert [done.stdout.splitlines()[-1] for done in ends] == ["the end"] * 3
    assert [done.returncode for done in ends] == [0, 2, 2]


def test_two_runs_are_byte_identical(tmp_path: Path) -> None:
    def run(seed: str) -> bytes:
        command = [sys.executable, "-c", "from ormistice.cli import main; main()", "audit", "--config"]
        place = "fixtures/credits/ormistice.toml"
        done = subprocess.run(
            [*command, place, "--format", "json"], cwd=ROOT, capture_output=True, check=False,
            env={"PYTHONHASHSEED": seed, "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        )  # fmt: skip
        assert done.returncode == 1, done.stderr
        return done.stdout

    assert run("1") == run("2")


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_stream_that_is_closed(ormistice: Run, tmp_path: Path, closed: str) -> None:
    ormistice("--version")
    program = f"{sys.executable} -c 'from ormistice.cli import main; main()' show schema.prisma -o out.txt {closed}"

    done = subprocess.run(program, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S602 - what a shell does is tested

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert "users" in (tmp_path / "out.txt").read_text("utf-8")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
def test_help_on_a_full_disk(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from ormistice.cli import main; main()", "--help"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False)

    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_link_to_itself(ormistice: Run, tmp_path: Path) -> None:
    (tmp_path / "loop.prisma").symlink_to("loop.prisma")

    assert_refused(ormistice("show", "prisma:loop.prisma"), "loop.prisma")


def test_what_is_not_there_and_what_is_of_no_known_kind(ormistice: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("", "utf-8")

    assert_refused(ormistice("show", "schema.prism"), "schema.prism: no such file or directory")
    known = ormistice("show", "notes.txt")
    assert_refused(known, "notes.txt: not a source that can be told from its name", "prisma:")
    assert "no such file" not in known.stderr


def test_a_name_of_a_source_that_is_misspelt(ormistice: Run) -> None:
    for option in ("authority", "towards"):
        command = "audit" if option == "authority" else "fix"
        done = ormistice(command, "schema.prisma", "db=database.sql", f"--{option}", "Prism")

        assert_refused(done, f"{option} Prism: no source has that name", "did you mean prisma?", "prisma, db")


@pytest.mark.parametrize(
    "variable",
    ["PGPORT=1", "PGOPTIONS=-c nonsense=1", "PGHOSTADDR=10.0.0.1", "PGCHANNELBINDING=require", "PGREQUIREAUTH=md5"],
)
def test_variables_of_another_server_do_not_reach_the_embedded_one(
    ormistice: Run, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(*variable.split("=", 1))

    done = ormistice("audit", "schema.prisma", "database.sql")

    assert (done.returncode, done.stderr) == (0, "")


def test_names_that_postgresql_cuts(ormistice: Run, tmp_path: Path) -> None:
    long, kept = "n" * 64, "n" * 63
    models = f"""
from sqlalchemy import Column, Integer, MetaData, Table, Text

metadata = MetaData()
t = Table("t", metadata, Column("id", Integer, primary_key=True), Column("{long}", Text, nullable=False))
"""
    (tmp_path / "models.py").write_text(models, "utf-8")
    (tmp_path / "long.sql").write_text(f"CREATE TABLE t (id serial PRIMARY KEY, {kept} text)", "utf-8")

    told = ormistice("audit", "models.py", "long.sql", "--format", "json")
    applied = ormistice("fix", "models.py", "long.sql", "--apply", "--unsafe")
    again = ormistice("audit", "models.py", "long.sql", "--format", "json")

    found = [(each["rule"], each["columns"]) for each in json.loads(told.stdout)["findings"]]
    assert found == [("nullability-mismatch", [kept])]
    assert applied.stderr == "1 fix applied\n"
    assert (tmp_path / "models.py").read_text("utf-8").count(long) == 1
    assert json.loads(again.stdout)["findings"] == []


def test_an_interrupt_waits_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "models.py").write_text(
        "import os, pathlib, time\npathlib.Path('process').write_text(str(os.getpid()))\ntime.sleep(300)\n", "utf-8"
    )
    (tmp_path / "database.sql").write_text(SQL, "utf-8")
    # What runs in the background of a shell ignores interrupts, and so does what it starts.
    heeding = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    program = f"{heeding}; from ormistice.cli import main; main()"
    command = [sys.executable, "-c", program, "audit", "models.py", "database.sql"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as running:
        process = told_in(tmp_path / "process")
        running.send_signal(signal.SIGINT)
        said = running.communicate(timeout=30)

    assert (running.returncode, said[0]) == (130, "")
    assert "Traceback" not in said[1]
    assert ends(process)


def test_an_interrupt_before_the_options_are_read_says_nothing_either() -> None:
    program = (
        "import os, signal, ormistice.early as early; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "early.stand_by = lambda words: os.kill(os.getpid(), signal.SIGINT)\n"
        "from ormistice.__main__ import main; main()"
    )

    ended = subprocess.run([sys.executable, "-c", program, "audit"], capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "")
