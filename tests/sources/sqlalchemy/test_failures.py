"""What cannot be read at all is told in one line, with the user's own file and line."""

import sys
from pathlib import Path

import pytest
from tests.sources.sqlalchemy.reading import at, opened, written

from ormistice.errors import AuditError
from ormistice.fixes import Edit, Patch
from ormistice.model import ProblemKind
from ormistice.sources import SourceRequest
from ormistice.sources.sqlalchemy.environment import scrubbed
from ormistice.sources.sqlalchemy.source import Models
from ormistice.text import Span

BASE = "from sqlalchemy import *\nfrom sqlalchemy.orm import declarative_base\nBase = declarative_base()\n"


def refused(base: Path, target: str = "models.py", **options: object) -> AuditError:
    with pytest.raises(AuditError) as raised:
        opened(base, target, **options).load()
    assert "\n" not in raised.value.message
    return raised.value


@pytest.mark.parametrize("target", ["nothing.py", "no/such/folder", "nothing.py:Base", "not a name", "x;y"])
def test_no_such_file(tmp_path: Path, target: str) -> None:
    assert "no such file or directory" in refused(tmp_path, target).message


def test_no_such_module(tmp_path: Path) -> None:
    assert refused(tmp_path, "no.such.module").message == "no.such.module: no module named `no`"


def test_exception_of_the_module(tmp_path: Path) -> None:
    written(tmp_path, models="import json\n\ndef broken():\n    json.loads('{')\n\nbroken()\n")

    assert "models.py:4: JSONDecodeError: Expecting property name" in refused(tmp_path).message


def test_syntax_error_of_the_module(tmp_path: Path) -> None:
    written(tmp_path, models="import os\nclass A(:\n    pass\n")

    assert "models.py:2: SyntaxError: " in refused(tmp_path).message


def test_a_name_that_only_another_python_knows_and_a_long_message(tmp_path: Path) -> None:
    written(tmp_path, models="import json\n\nclass A:\n    b: Later\n")
    assert "another Python" in str(refused(tmp_path).hint)

    written(tmp_path, models="raise ValueError('word ' * 1000)\n")
    assert len(refused(tmp_path).message) < 600


def test_a_package_that_asks_for_its_own_release_is_there_but_not_installed(tmp_path: Path) -> None:
    (tmp_path / "shopping").mkdir()
    text = "import importlib.metadata\n__version__ = importlib.metadata.version(__name__)\n"
    (tmp_path / "shopping" / "__init__.py").write_text(text)
    written(tmp_path / "shopping", models=BASE)

    error = refused(tmp_path, "shopping.models")
    assert "shopping/__init__.py:2: PackageNotFoundError: " in error.message
    assert "release of `shopping` is asked for: install it" in str(error.hint)


def test_an_exception_that_says_nothing(tmp_path: Path) -> None:
    written(tmp_path, models="assert not tuple\n")

    assert refused(tmp_path).message.endswith("models.py:1: AssertionError")


def test_a_module_in_the_way_of_sqlalchemy_is_told(tmp_path: Path) -> None:
    written(tmp_path, models=BASE, random="from sqlalchemy import Table\n")

    assert "has no SQLAlchemy" not in refused(tmp_path).message


def test_missing_dependency_names_it_and_the_way_out(tmp_path: Path) -> None:
    written(tmp_path, models="import no_such_dependency\n")

    error = refused(tmp_path)
    assert "models.py:1: ModuleNotFoundError: No module named 'no_such_dependency'" in error.message
    assert "`no_such_dependency` is not installed" in str(error.hint)
    assert "--python" in str(error.hint)


@pytest.mark.parametrize("base", ["declarative_base()", "type('Base', (DeclarativeBase,), {})"])
def test_reserved_name(tmp_path: Path, base: str) -> None:
    text = f"from sqlalchemy import *\nfrom sqlalchemy.orm import *\nBase = {base}\n"
    text += "class A(Base):\n    __tablename__ = 'a'\n    id = Column(Integer, primary_key=True)\n    metadata = Column(JSON)\n"
    written(tmp_path, models=text)

    error = refused(tmp_path)
    assert error.message.endswith("models.py:7: `metadata` is a reserved name in declarative classes")
    assert 'metadata_ = Column("metadata", ...)' in str(error.hint)


def test_two_classes_for_one_table(tmp_path: Path) -> None:
    one = "class {0}(Base):\n    __tablename__ = 'a'\n    id = Column(Integer, primary_key=True)\n"
    written(tmp_path, models=BASE + one.format("A") + one.format("B"))

    error = refused(tmp_path)
    assert "models.py:7: InvalidRequestError: Table 'a' is already defined" in error.message
    assert "two classes" in str(error.hint)


def test_module_that_leaves_prints_or_crashes(tmp_path: Path) -> None:
    written(tmp_path, models="print('{\"tables\": []}')\nimport sys\nsys.exit('no')\n")
    assert "models.py:3: SystemExit: no" in refused(tmp_path).message

    written(tmp_path, models="import os\nos.abort()\n")
    assert "ended with status -6 while importing" in refused(tmp_path).message


def test_module_that_does_not_end(tmp_path: Path) -> None:
    written(tmp_path, models="import time\ntime.sleep(60)\n")

    assert "took longer than 0.5 seconds" in refused(tmp_path, timeout=0.5).message


def test_module_that_takes_all_memory(tmp_path: Path) -> None:
    written(tmp_path, models="x = bytearray(4 << 30)\n")

    assert "models.py:1: MemoryError" in refused(tmp_path, memory=512).message


def test_no_tables(tmp_path: Path) -> None:
    written(tmp_path, models="x = 1\n")

    assert "no table is declared there" in refused(tmp_path).message


def test_interpreter_that_is_none(tmp_path: Path) -> None:
    written(tmp_path, models=BASE)

    assert "no such Python interpreter" in refused(tmp_path, python="no/python").message
    assert "cannot be run" in refused(tmp_path, python="no-such-python").message


def test_database_is_never_reached(tmp_path: Path) -> None:
    written(tmp_path, models=BASE + "create_engine('sqlite://').connect()\n")

    error = refused(tmp_path)
    assert "models.py:4: " in error.message
    assert "without connecting to any database" in error.message


def test_environment_keeps_shapes_and_loses_secrets() -> None:
    kept = scrubbed(
        {
            "PATH": "/bin",
            "DATABASE_URL": "postgresql+asyncpg://me:pw@db.example/prod?sslmode=require",
            "API_KEY": "abc",
            "STRIPE": "sk_live_0123456789",
            "DEBUG": "true",
            "PORT": "8080",
            "EMPTY": "",
            "WANTED_SECRET": "shown",
            "ADMIN": "boss@firm.example",
            "RATIO": "0.5",
            "ORIGINS": '["http://me:pw@a.example", {"b": "sk_live"}, 3]',
        },
        ("WANTED_SECRET",),
    )

    assert kept["PATH"] == "/bin"
    assert kept["DATABASE_URL"] == "postgresql+asyncpg://removed:removed@localhost/0"
    assert (kept["API_KEY"], kept["STRIPE"]) == ("removed", "removed")
    assert (kept["DEBUG"], kept["PORT"], kept["EMPTY"]) == ("true", "8080", "")
    assert (kept["ADMIN"], kept["RATIO"]) == ("removed@example.com", "0.5")
    assert kept["ORIGINS"] == '["http://removed:removed@localhost/0", {"b": "removed"}, 3]'
    assert kept["WANTED_SECRET"] == "shown"  # noqa: S105 - no password


def test_environment_of_the_application(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_TOKEN", "hunter2")
    written(tmp_path, models="import os\nraise ValueError(os.environ['MY_TOKEN'])\n")

    assert "ValueError: removed" in refused(tmp_path).message
    assert "ValueError: hunter2" in refused(tmp_path, pass_env=["MY_TOKEN"]).message


def test_nothing_is_written_beside_the_models(tmp_path: Path) -> None:
    written(
        tmp_path, models=BASE + "class A(Base):\n    __tablename__ = 'a'\n    id = Column(Integer, primary_key=True)\n"
    )
    opened(tmp_path, "models.py", python=sys.executable).load()

    assert [path.name for path in tmp_path.iterdir()] == ["models.py"]


MODEL = "class A(Base):\n    __tablename__ = 'a'\n    id = Column(Integer, primary_key=True)\n"


def among_others(base: Path, target: str = "models.py", **options: object) -> Models:
    request = SourceRequest("models", "sqlalchemy", (target,), base, options=options, among_others=True)
    return Models(request)


@pytest.mark.parametrize(
    ("cause", "told", "options"),
    [
        ("import no_such_dependency", "ModuleNotFoundError: No module named 'no_such_dependency'", {}),
        ("raise ValueError('no')", "ValueError: no", {}),
        ("import time; time.sleep(60)", "took longer than 0.5 seconds", {"timeout": 0.5}),
        ("import os; os.abort()", "ended with status -6 while importing", {}),
    ],
)
def test_text_takes_over_beside_other_sources(
    tmp_path: Path, cause: str, told: str, options: dict[str, object]
) -> None:
    written(tmp_path, models=f"{BASE}{cause}\n{MODEL}")

    source = among_others(tmp_path, **options)
    schema = source.load()
    assert schema.tables == opened(tmp_path, "models.py", static=True).load().tables
    problem = schema.problems[0]
    assert problem.kind is ProblemKind.IMPORT_FAILS
    assert told in problem.message
    if "Error" in told:
        assert at(schema, problem.place) == cause
    assert source.load().problems[0] == problem
    assert told in refused(tmp_path, **options).message


def test_text_takes_over_where_every_module_of_a_package_fails(tmp_path: Path) -> None:
    written(tmp_path, **{"app/__init__": "", "app/a": f"{BASE}import no_such_dependency\n{MODEL}"})

    schema = among_others(tmp_path, "app").load()

    assert schema.tables == opened(tmp_path, "app", static=True).load().tables
    assert [(item.kind, at(schema, item.place)) for item in schema.problems] == [
        (ProblemKind.IMPORT_FAILS, "import no_such_dependency")
    ]


def test_what_the_text_does_not_tell_either_is_refused_beside_other_sources(tmp_path: Path) -> None:
    written(tmp_path, models="raise ValueError('no')\n")
    with pytest.raises(AuditError, match=r"models.py:1: ValueError: no"):
        among_others(tmp_path).load()
    with pytest.raises(AuditError, match=r"no module named `nowhere`"):
        among_others(tmp_path, "nowhere").load()


def test_a_fix_that_breaks_the_import_is_no_reason_to_read_the_text(tmp_path: Path) -> None:
    written(tmp_path, models=BASE + MODEL)
    source = among_others(tmp_path)
    schema = source.load()
    path = schema.documents[0].path
    with pytest.raises(AuditError, match="SyntaxError"):
        source.load((Patch("models", (Edit(Span(path, 0, 0), "(\n"),)),))
    assert source.load() == schema
