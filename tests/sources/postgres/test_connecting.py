from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from ormistice.errors import AuditError
from ormistice.sources import SourceRequest
from ormistice.sources.postgres import SOURCES
from ormistice.sources.postgres.connecting import libpq_url, shown_location


def open_database(url):
    return SOURCES[0].open(SourceRequest("db", "database", (url,), Path()))


@pytest.mark.parametrize(
    "scheme", ["postgresql", "postgres", "postgresql+psycopg", "postgresql+asyncpg", "postgresql+psycopg2"]
)
def test_every_scheme_of_postgresql_is_recognised_and_read(database, scheme):
    url = scheme + database.removeprefix("postgresql")

    assert SOURCES[0].recognises(url, Path())
    assert open_database(url).load().tables == ()


def test_other_schemes_are_not_recognised():
    assert not SOURCES[0].recognises("mysql://localhost/x", Path())
    assert not SOURCES[0].recognises("schema.sql", Path())
    assert SOURCES[1].recognises("schema.sql", Path())


@pytest.mark.parametrize(
    "extra", ["schema=public", "pgbouncer=true&connection_limit=1", "sslmode=disable", "application_name=x%20y"]
)
def test_parameters_of_libpq_are_kept_and_those_of_orms_dropped(database, extra):
    assert open_database(f"{database}&{extra}").load().tables == ()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://u:secret@h:5433/d?sslmode=require", "postgresql://u@h:5433/d?sslmode=require"),
        ("postgres://u:s%40cr%3Aet@h/d", "postgres://u@h/d"),
        ("postgresql://u:sec@ret@h/d", "postgresql://u@h/d"),
        ("postgresql://h/d?user=u&password=secret", "postgresql://h/d?user=u"),
        ("postgresql://u:se/cret@h:5433/d?sslmode=require", "postgresql://u@h:5433/d?sslmode=require"),
        ("postgresql://u:se#cret@h/d", "postgresql://u@h/d"),
        ("postgresql://u:se?cret@h/d?sslmode=require", "postgresql://u@h/d?sslmode=require"),
        ("postgresql://u:1/2?3#4@5@h/d", "postgresql://u@h/d"),
        ("postgresql://h:5433/d?user=u@v", "postgresql://h:5433/d?user=u%40v"),
        ("postgresql://[::1]:5433/d?user=u@v", "postgresql://[::1]:5433/d?user=u%40v"),
        ("postgresql://a:1,b:2/d?user=u@v", "postgresql://a:1,b:2/d?user=u%40v"),
        ("postgresql://[::1/secret", "postgresql://..."),
        ("host=h user=u password=secret", "user=u host=h"),
    ],
)
def test_a_location_is_shown_without_its_password(url, shown):
    assert shown_location(url) == shown


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:hunter2@localhost:1/d",
        "postgresql://u:hunter2@nowhere.invalid/d",
        "postgresql://u:hunter2@x@localhost:1/d",
        "postgresql://u:hun%ter2@localhost:1/d",
        "postgresql://u:hunter2@localhost:1/d?nonsense=1",
        "postgresql://u:hunter2@localhost:port/d",
        "postgresql://localhost:1/d?user=u&password=hunter2",
        "postgresql://u:hunter2@[::1/d",
        "host=localhost port=1 user=u password=hunter2",
        "password=hunter2 host='",
    ],
)
def test_a_database_that_cannot_be_reached_is_one_line_without_a_password(url):
    with pytest.raises(AuditError) as caught:
        open_database(url).load()

    assert "\n" not in caught.value.message
    assert "hunter2" not in caught.value.message + repr(caught.value.hint)
    assert "ter2" not in caught.value.message
    assert caught.value.__cause__ is None


def test_an_unknown_database_is_one_line(database):
    unknown = database.replace(urlsplit(database).path, "/nowhere")
    with pytest.raises(AuditError, match='database "nowhere" does not exist'):
        open_database(unknown).load()


def test_a_wrong_password_is_one_line(database, run_sql):
    """The scratch server trusts everybody, so a role that may not log in stands for one whose password is wrong."""
    run_sql(database, "CREATE ROLE stranger")
    try:
        stranger = database.replace("postgres@", "stranger:hunter2@")
        with pytest.raises(AuditError, match='role "stranger" is not permitted to log in') as caught:
            open_database(stranger).load()
        assert "hunter2" not in caught.value.message
    finally:
        run_sql(database, "DROP ROLE stranger")


def test_what_is_to_be_escaped_in_a_password_is_escaped_for_libpq():
    for password in ("p@ss", "p/ss", "p#ss", "p?ss", "1/2?3#4@5"):
        given = psycopg.conninfo.conninfo_to_dict(libpq_url(f"postgresql://u:{password}@h:1/d?sslmode=require"))
        assert (given["password"], given["host"], given["dbname"]) == (password, "h", "d")
