"""ormistice.toml: what it takes, and what it says of a mistake."""

from pathlib import Path

import pytest

from ormistice.alignment import Scope
from ormistice.config import SourceEntry, find_config, read_config, requests, scopes
from ormistice.errors import AuditError

FULL = """
authority = "db"
fail_on = "warning"
python = "python3.12"

[[sources]]
name = "db"
location = "sql:dump.sql"

[[sources]]
location = ["drizzle:a.ts", "drizzle:b.ts"]
include = "shop.*"
exclude = ["tmp_*"]

[[sources]]
location = "prisma:one.prisma"

[[sources]]
location = "prisma:two.prisma"

[[ownership]]
owner = "Better Auth"
tables = ["users", "sessions"]
sources = ["db"]
authority = "db"
"""


def written(tmp_path: Path, text: str, name: str = "ormistice.toml") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_whole_configuration(tmp_path: Path) -> None:
    config = read_config(written(tmp_path, FULL))
    asked = requests(config)
    names = [request.name for request in asked]
    limits = scopes(config, names)

    assert names == ["db", "drizzle", "prisma1", "prisma2"]
    assert config.sources[1] == SourceEntry(("drizzle:a.ts", "drizzle:b.ts"), None, Scope(("shop.*",), ("tmp_*",)))
    assert asked[1].targets == ("a.ts", "b.ts")
    assert asked[0].python == "python3.12"
    assert limits["db"] == Scope()
    assert limits["drizzle"] == Scope(("shop.*",), ("tmp_*", "users", "sessions"))
    assert (config.authority, config.fail_on, config.base) == ("db", "warning", tmp_path)


def test_it_may_stand_in_pyproject(tmp_path: Path) -> None:
    path = written(tmp_path, '[tool.ormistice]\nauthority = "x"\n', "pyproject.toml")

    assert find_config(tmp_path) == path
    assert read_config(path).authority == "x"


def test_a_pyproject_without_it_is_none(tmp_path: Path) -> None:
    written(tmp_path, "[tool.other]\n", "pyproject.toml")

    assert find_config(tmp_path) is None


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("authorty = 'x'", "unknown key `authorty`", "did you mean `authority`?"),
        ("[[sources]]\nlocatoin = 'a.ts'", "sources[0]: unknown key `locatoin`", "did you mean `location`?"),
        ("[[sources]]\nname = 'a'", "sources[0]: `location` is missing", "prisma:schema.prisma"),
        ("sources = 'a.ts'", "sources: an array of tables is expected", None),
        ("fail_on = 'warn'", "fail_on: one of error, warning, info, never is expected", None),
        ("[[ownership]]\nowner = 'x'", "ownership[0]: `tables` is missing", None),
        ("[[sources]]\nlocation = 'a.py'\nstatic = 'yes'", "sources[0]: static: true or false is expected", None),
        ("authority = 3", "authority: a string is expected, not 3", None),
        ("authority = ", "not valid TOML", None),
    ],
)
def test_a_mistake_is_named_with_its_key(tmp_path: Path, text: str, message: str, hint: str | None) -> None:
    with pytest.raises(AuditError) as raised:
        read_config(written(tmp_path, text))

    assert message in raised.value.message
    assert "ormistice.toml" in raised.value.message
    assert hint is None or hint in (raised.value.hint or "")


def test_ownership_names_sources_that_exist(tmp_path: Path) -> None:
    text = "[[ownership]]\nowner='x'\ntables=['t']\nsources=['dbb']\n[[sources]]\nname='db'\nlocation='sql:a.sql'"
    config = read_config(written(tmp_path, text))

    with pytest.raises(AuditError, match="no source is named dbb"):
        scopes(config, ["db"])


def test_two_sources_of_one_name_are_refused(tmp_path: Path) -> None:
    text = "[[sources]]\nname='a'\nlocation='sql:a.sql'\n[[sources]]\nname='a'\nlocation='sql:b.sql'"

    with pytest.raises(AuditError, match="two sources are named a"):
        requests(read_config(written(tmp_path, text)))
