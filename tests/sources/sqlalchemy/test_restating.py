"""Classes defined anew in the process that imported the application tell what importing it again would tell."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.sources.sqlalchemy.reading import written
from tests.sources.sqlalchemy.writing import STYLES, any_change

from ormistice.errors import AuditError
from ormistice.fixes import Applicability, Edit, Fix, Patch
from ormistice.model import Schema
from ormistice.sources import SourceRequest, shown
from ormistice.sources.sqlalchemy import process, source
from ormistice.sources.sqlalchemy.process import Limits, Probe
from ormistice.sources.sqlalchemy.source import Models
from ormistice.text import Span

APPLICATION = {
    "app/__init__": "",
    "app/base": """
        from sqlalchemy import Column, DateTime, func
        from sqlalchemy.orm import DeclarativeBase

        class Base(DeclarativeBase):
            pass

        class Dated:
            created_at = Column(DateTime, server_default=func.now())
    """,
    "app/models": """
        import enum
        from sqlalchemy import Column, Enum, ForeignKey, Index, Integer, String, Table
        from sqlalchemy.orm import relationship
        from app.base import Base, Dated

        class Mood(enum.Enum):
            happy = 1
            sad = 2

        class Named:
            name = Column(String(80))

        class User(Named, Dated, Base):
            __tablename__ = "users"
            id = Column(Integer, primary_key=True)
            email = Column(String(200), unique=True)
            mood = Column(Enum(Mood))

        class Order(Base):
            __tablename__ = "orders"
            __table_args__ = (Index("by_total", "total"),)
            id = Column(Integer, primary_key=True)
            user_id = Column(ForeignKey("users.id"), index=True)
            total = Column(Integer, nullable=False)
            user = relationship(User)

        class Note(Base):
            __tablename__ = "notes"
            id = Column(Integer, primary_key=True)
            text = Column(String)
            kind = Column(String(20))
            __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "note"}

        class Reminder(Note):
            __tablename__ = "reminders"
            id = Column(ForeignKey("notes.id"), primary_key=True)
            at = Column(String(40))
            __mapper_args__ = {"polymorphic_identity": "reminder"}

        class Warning(Note):
            gravity = Column(Integer)
            __mapper_args__ = {"polymorphic_identity": "warning"}

        class Tag(Base):
            __tablename__ = "tags"
            id = Column(Integer, primary_key=True)
            text = Column(String(30))

        Index("by_text", Tag.text)
        tagged = Table("tagged", Base.metadata, Column("order_id", ForeignKey("orders.id")))
    """,
}
ANEW = {
    "a type": ("email = Column(String(200)", "email = Column(String(90)"),
    "a column": ("    total = ", "    code = Column(String(9))\n    total = "),
    "no index": ('(Index("by_total", "total"),)', "()"),
    "an index of the column": ('id"), index=True', 'id"), index=True, unique=True'),
    "what another class is made of": ("name = Column(String(80))", "name = Column(String(81), nullable=False)"),
    "a table that others are derived from": ("text = Column(String)\n", "text = Column(String(7))\n"),
    "a class that shares its table": ("gravity = Column(Integer)", "gravity = Column(Integer, nullable=False)"),
    "an import": ("import Column, Enum,", "import Text, Column, Enum,"),
    "an import, used": (
        "from sqlalchemy.orm import relationship\n",
        "from sqlalchemy.orm import relationship\nfrom sqlalchemy import Text\n",
        "email = Column(String(200)",
        "email = Column(Text",
    ),
    "lines above": ("import enum\n", "import enum\nimport re\nimport sys\n"),
}
IMPORTED = {
    "a table that a statement has an index on": ("text = Column(String(30))", "text = Column(String(31))"),
    "labels": ("    sad = 2\n", "    sad = 2\n    bored = 3\n"),
    "a statement": ('"order_id", ForeignKey', '"order", ForeignKey'),
    "the key that a relationship follows": ('    user_id = Column(ForeignKey("users.id")', '    owner = Column(ForeignKey("users.id")'),
    "a relationship": ("relationship(User)", "relationship(User, passive_deletes=True)"),
    "a class more": ("class Tag(Base)", "class Label(Base):\n    __tablename__ = 'labels'\n    id = Column(Integer, primary_key=True)\n\nclass Tag(Base)"),
    "another name": ('__tablename__ = "orders"', '__tablename__ = "sales"'),
}  # fmt: skip
FAILING = {
    "a name that stands below": ("email = Column(String(200)", "email = Column(Enum(Order.__name__)"),
    "a name that is nowhere": ("email = Column(String(200)", "email = Column(Strin(200)"),
    "no such import": ("import Column, Enum,", "import Columnist, Column, Enum,"),
    "what SQLAlchemy refuses": ("email = Column(String(200)", "email = Column(ForeignKey(7)"),
}


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Probe]]:
    """The probes that are started."""
    started: list[Probe] = []
    start = process.probe

    def noted(python: str, folder: Path, within: Limits) -> Probe:
        started.append(start(python, folder, within))
        return started[-1]

    with monkeypatch.context() as patched:
        patched.setattr(source, "probe", noted)
        yield started


def models(base: Path, target: str = "app.models") -> Models:
    return Models(SourceRequest("models", "sqlalchemy", (target,), base, among_others=True))


def patch(path: Path, *pairs: str) -> Patch:
    text = path.read_text("utf-8")
    edits = []
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        at = text.index(old)
        edits.append(Edit(Span(shown(path), at, at + len(old)), new))
    return Patch("models", tuple(edits), Applicability.SAFE)


def placed(schema: Schema) -> str:
    """A schema with every place and every word of whether it is stated, which its equality passes over."""
    return repr(schema)


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("application")
    written(base, **APPLICATION)
    return base


@pytest.fixture(scope="module")
def imported(application: Path) -> Models:
    asked = models(application)
    asked.load()
    return asked


@pytest.mark.parametrize("change", ANEW)
def test_edited_classes_are_defined_anew(
    application: Path, imported: Models, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fix = patch(application / "app/models.py", *ANEW[change])
    with counted(monkeypatch) as started:
        schema, other = imported.load((fix,)), imported.tried((fix,))

    assert started == []
    assert other == schema
    assert placed(schema) == placed(models(application).load((fix,)))


@pytest.mark.parametrize("change", IMPORTED)
def test_what_more_than_classes_is_made_of_is_imported_again(
    application: Path, imported: Models, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fix = patch(application / "app/models.py", *IMPORTED[change])
    with counted(monkeypatch) as started:
        imported.tried((fix,))

    assert len(started) == 1


@pytest.mark.parametrize("change", FAILING)
def test_what_fails_on_import_fails(application: Path, imported: Models, change: str) -> None:
    fix = patch(application / "app/models.py", *FAILING[change])
    with pytest.raises(AuditError) as refused:
        imported.tried((fix,))
    with pytest.raises(AuditError) as again:
        models(application).load((fix,))

    assert refused.value.message == again.value.message


def test_a_class_of_another_module_is_imported_again(
    application: Path, imported: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    fix = patch(application / "app/base.py", "server_default=func.now()", "nullable=False")
    with counted(monkeypatch) as started:
        imported.tried((fix,))

    assert len(started) == 1


def test_fixes_are_told_from_the_text_as_it_was_imported(application: Path, imported: Models) -> None:
    path = application / "app/models.py"
    one, other = (patch(path, *ANEW[change]) for change in ("a type", "a column"))
    fixes: list[tuple[Fix, ...]] = [(one,), (other,), (one, other)]
    seen = [imported.tried(each).tables for each in fixes]

    assert seen == [models(application).load(each).tables for each in fixes]


def test_a_process_with_threads_is_not_kept(tmp_path: Path) -> None:
    text = "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
    written(tmp_path, models=text + STYLES["classic"])
    asked = models(tmp_path, "models.py")
    asked.load()

    fix = patch(tmp_path / "models.py", "String(200)", "String(90)")
    assert placed(asked.load((fix,))) == placed(models(tmp_path, "models.py").load((fix,)))


def test_what_was_imported_is_forgotten_when_it_is_imported_again(tmp_path: Path) -> None:
    text = STYLES["classic"]
    thread = "import threading, time; threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
    written(tmp_path, models=thread.replace("import", "#mport", 1) + text)
    asked = models(tmp_path, "models.py")
    asked.load()
    # Of the same length, so that an edit of the one text would fit the other.
    written(tmp_path, models=thread + text.replace("bio = Column(Text)", "bio = Column(Date)"))
    asked.load()

    fix = patch(tmp_path / "models.py", "String(200)", "String(90)")
    assert placed(asked.tried((fix,))) == placed(models(tmp_path, "models.py").load((fix,)))


def test_the_process_ends_with_its_source(application: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = models(application)
    with counted(monkeypatch) as started:
        asked.load()
    ran = started.pop().process
    running = ran.poll() is None
    del asked

    assert running
    assert ran.wait(60) is not None  # the thread that asked it may live a moment longer than its answer


def test_a_process_that_nobody_asks_any_more_ends(application: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = models(application)
    with counted(monkeypatch) as started:
        asked.load()
    (probe,) = started
    assert probe.process.stdin is not None
    probe.process.stdin.close()

    assert probe.process.wait(20) == 0


def test_where_the_process_is_gone_the_application_is_imported_again(
    application: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fix = patch(application / "app/models.py", *ANEW["a type"])
    asked = models(application)
    with counted(monkeypatch) as started:
        asked.load()
        started[0].process.kill()
        schema = asked.load((fix,))

    assert len(started) == 2
    assert placed(schema) == placed(models(application).load((fix,)))


def test_what_takes_too_long_is_given_up(tmp_path: Path) -> None:
    text = "import os\nOWN = os.getpid()\n" + STYLES["classic"]
    written(tmp_path, models=text)
    request = SourceRequest("models", "sqlalchemy", ("models.py",), tmp_path, options={"timeout": 6}, among_others=True)
    asked = Models(request)
    asked.load()
    slow = "while os.getpid() != OWN: pass\n\temail = Column(String(90)"
    begun = time.monotonic()
    schema = asked.load((patch(tmp_path / "models.py", "email = Column(String(200)", slow),))

    assert time.monotonic() - begun < 40
    assert [column.name for column in schema.tables[0].columns][:2] == ["id", "email"]
    assert os.path.exists(tmp_path / "models.py")


def told(read: Callable[[tuple[Fix, ...]], Schema], fix: Fix) -> tuple[Schema | None, str]:
    """A schema with a fix, or why there is none."""
    try:
        schema = read((fix,))
    except AuditError as error:
        return None, error.message
    return schema, ""


@pytest.mark.conformance
@pytest.mark.parametrize("style", STYLES)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_much_that_is_written_is_told_alike(tmp_path: Path, style: str, data: st.DataObject) -> None:
    written(tmp_path, models=STYLES[style])
    asked = models(tmp_path, "models.py")
    schema = asked.load()
    fix = asked.write(schema, data.draw(any_change(schema)))
    assume(fix is not None)
    assert fix is not None
    imported, why = told(models(tmp_path, "models.py").load, fix)

    assert repr(told(asked.load, fix)) == repr((imported, why))
    found, reason = told(asked.tried, fix)
    assert (found and found.tables, reason) == (imported and imported.tables, why)
