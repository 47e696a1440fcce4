"""A column that is no longer of an enum, where nothing else is: the enum goes with it, in every language."""

from pathlib import Path

import pytest

from changes.spoken import LANGUAGES, Column, Spoken, drizzle, prisma, sqlalchemy
from changes.test_changes import opened
from ormistice.audit import Settings, audit
from ormistice.fixing import Limits, apply

ENUM = Spoken({"users": (Column("mood", "mood"),)})
TEXT = Spoken({"users": (Column("mood", "text"),)})
DECLARATION = "enum mood {\n  sad\n  fine\n  glad\n}\n\n"


def test_the_enum_goes_with_its_last_column(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    wanted = prisma(TEXT)
    assert DECLARATION in wanted
    Path("schema.prisma").write_text(wanted.replace(DECLARATION, ""), "utf-8")
    Path("schema.ts").write_text(drizzle(ENUM), "utf-8")
    Path("models.py").write_text(sqlalchemy(ENUM), "utf-8")
    sources = [opened(file, name, tmp_path) for name, (file, _) in LANGUAGES.items()]
    towards = Settings(towards="prisma")
    before = audit(sources, towards)
    apply(sources, towards, Limits(unsafe=True), lambda _: None)

    assert [(item.rule, item.violation.outliers) for item in before.findings] == [
        ("enum-stored-as-text", ("drizzle", "sqlalchemy"))
    ]
    assert audit(sources, towards).findings == ()
