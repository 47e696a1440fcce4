"""ormistice.toml: what it takes, and what it says of a mistake."""

import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import ormistice.config
from ormistice.config import Config, SourceEntry, find_config, read_config, requests, scopes
from ormistice.errors import AuditError
from ormistice.model import ProblemKind
from ormistice.names import Scope
from ormistice.preparing import several
from ormistice.rules import rules

WORDS = (
    "sources ownership authority fail_on severity names location name static timeout owner tables include missing-table "
    "syntax-error baseline python scratch_url other"
)
KEYS = st.sampled_from(WORDS.split())
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
        ("[severity]\nwhatever = 'off'", "severity: unknown key `whatever`", "ormistice rules lists them"),
        ("authorty = 'x'", "unknown key `authorty`", "did you mean `authority`?"),
        ("[[sources]]\nlocatoin = 'a.ts'", "sources[0]: unknown key `locatoin`", "did you mean `location`?"),
        ("[[sources]]\nname = 'a'", "sources[0]: `location` is missing", "prisma:schema.prisma"),
        ("sources = 'a.ts'", "sources: an array of tables is expected", None),
        ("fail_on = 'warn'", "fail_on: one of error, warning, info, never is expected", None),
        ("[[ownership]]\nowner = 'x'", "ownership[0]: `tables` is missing", None),
        ("[[sources]]\nlocation = 'a.py'\nstatic = 'yes'", "sources[0].static: true or false is expected", None),
        ("[names]\nUser = 3", "names.User: a string is expected", None),
        (
            "[names]\nUser = 'users'\nusers = 'people'",
            "names.User: `users` stands for another table",
            "map User to people",
        ),
        ("sources = 'a.ts'", "an array of tables is expected: [[sources]]", None),
        ("[[sources]]\nlocation = 'a.py'\ntimeout = 0", "sources[0].timeout: a whole number above 0 is expected", None),
        ("[[sources]]\nlocation = 'a.py'\nmemory = true", "sources[0].memory: a whole number above 0", None),
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


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("authorty = 'x'", "1:1"),
        ("# first\n\n[[sources]]\nlocation = 'a.ts'\n\n[[sources]]\n  locatoin = 'b.ts'\n", "7:3"),
        ("[[sources]]\nlocation = [\n  'a.ts',\n  3,\n]\n", "2:1"),
        ("[severity]\n'on-delete-mismatch' = 'bad'", "2:2"),
        ("[[ownership]]\nowner = 'x'\n\n[names]\na = 'b'", "1:3"),
        ('authority = "x"\nfail_on = ', "2:11"),
    ],
)
def test_a_mistake_is_named_with_its_position(tmp_path: Path, text: str, position: str) -> None:
    with pytest.raises(AuditError) as raised:
        read_config(written(tmp_path, text))

    assert f"ormistice.toml:{position}: " in raised.value.message


def test_a_mistake_in_pyproject_has_the_position_there(tmp_path: Path) -> None:
    text = "[project]\nname = 'x'\n\n[tool.ormistice]\nfail_on = 'warn'\n"

    with pytest.raises(AuditError, match=r"pyproject\.toml:5:1: fail_on: one of"):
        read_config(written(tmp_path, text, "pyproject.toml"))


VALUES = st.recursive(
    st.one_of(st.booleans(), st.integers(-5, 5), st.sampled_from(["", "a", "error", "off", "never", "a.ts", "info"])),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(KEYS, VALUES, max_size=4))
@settings(max_examples=3 * settings().max_examples)
def test_the_published_schema_takes_what_the_reader_takes(content: dict[str, object]) -> None:
    """An editor that checks a file by the schema says of it what the audit will say."""
    schema = json.loads(Path(ormistice.config.__file__).with_name("config.schema.json").read_text("utf-8"))
    with TemporaryDirectory() as folder:
        path = written(Path(folder), tomlkit.dumps(content))
        try:
            read_config(path)
            taken = True
        except AuditError:
            taken = False

    # A table that stands for another one which is mapped on is beyond JSON Schema.
    names = content.get("names")
    chained = isinstance(names, dict) and not names.keys().isdisjoint(map(str, names.values()))
    assert taken == Draft202012Validator(schema).is_valid(content) or chained


def test_the_published_schema_knows_every_rule() -> None:
    schema = json.loads(Path(ormistice.config.__file__).with_name("config.schema.json").read_text("utf-8"))
    names = {rule.name for rule in rules()} | {kind.value for kind in ProblemKind}

    assert schema["properties"]["severity"]["properties"].keys() == names


def test_ownership_names_sources_that_exist(tmp_path: Path) -> None:
    text = "[[ownership]]\nowner='x'\ntables=['t']\nsources=['dbb']\n[[sources]]\nname='db'\nlocation='sql:a.sql'"
    config = read_config(written(tmp_path, text))

    with pytest.raises(AuditError, match="no source is named dbb"):
        scopes(config, ["db"])


def test_an_authority_over_somebodys_tables_is_a_source(tmp_path: Path) -> None:
    config = read_config(written(tmp_path, FULL.replace('authority = "db"\n"""', "").replace('sources = ["db"]\n', "")))
    wrong = replace(config, ownership=(replace(config.ownership[0], authority="dbb"),))

    with pytest.raises(AuditError, match=r"ownership of Better Auth: no source is named dbb"):
        scopes(wrong, ["db", "drizzle", "prisma1", "prisma2"])


@pytest.mark.parametrize(("text", "message"), [("tool = 3\n", "a table is expected, not 3"), ("[tool]\n", "")])
def test_a_pyproject_of_another_shape_is_none(tmp_path: Path, text: str, message: str) -> None:
    path = written(tmp_path, text, "pyproject.toml")

    assert find_config(tmp_path) is None
    if message:
        with pytest.raises(AuditError, match=message):
            read_config(path)


def test_a_mark_of_the_byte_order_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "ormistice.toml"
    path.write_bytes(b"\xef\xbb\xbfauthority = 'x'\n")

    assert read_config(path).authority == "x"


def test_the_locations_of_a_source_are_of_one_kind(tmp_path: Path) -> None:
    mixed = Config(tmp_path, (SourceEntry(("prisma:a.prisma", "sql:b.sql")),))
    alike = Config(tmp_path, (SourceEntry(("sqlmodel:a.py", "sqlalchemy:b.py")),))

    with pytest.raises(AuditError, match="one source of several kinds, prisma and sql"):
        requests(mixed)
    assert [request.name for request in requests(alike)] == ["sqlmodel"]


def test_two_sources_of_one_name_are_refused(tmp_path: Path) -> None:
    text = "[[sources]]\nname='a'\nlocation='sql:a.sql'\n[[sources]]\nname='a'\nlocation='sql:b.sql'"

    with pytest.raises(AuditError, match="two sources are named a"):
        requests(read_config(written(tmp_path, text)))


@pytest.mark.parametrize(
    ("locations", "words"),
    [([], "there is none"), (["a.prisma"], "a.prisma is the only"), (["a.ts", "b.ts"], "drizzle is the only")],
)
def test_it_takes_two_to_disagree(locations: list[str], words: str, tmp_path: Path) -> None:
    for location in locations:
        (tmp_path / location).touch()
    entries = (SourceEntry(tuple(locations)),) if locations else ()

    with pytest.raises(AuditError, match=words):
        several(Config(tmp_path, entries))
