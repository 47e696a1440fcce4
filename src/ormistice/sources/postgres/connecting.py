"""Connections: URLs as people and ORMs write them, errors as one line, and never a password in either."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from textwrap import shorten
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import psycopg
from psycopg import pq
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from ormistice.errors import AuditError

CONNECT_SECONDS = 10
_SERVICE = "PGSERVICE"
# Longer than any two names that PostgreSQL keeps, with what stands around them.
_LONG_WORD = re.compile(r"(\S{60})\S{90,}")
_LONGEST = 400
_turn = Lock()
_SCHEMES = ("postgresql", "postgres")
# Parameters that ORMs and drivers add to the same URL, and that libpq would refuse.
_FOREIGN_PARAMETERS = frozenset(
    {
        *(
            "async_fallback",
            "connection_limit",
            "idle_timeout",
            "max",
            "max_overflow",
            "pgbouncer",
            "pool",
            "pool_size",
        ),
        *("pool_timeout", "prepare", "prepare_threshold", "prepared_statement_cache_size", "schema", "socket_timeout"),
        *("single_use_connections", "ssl", "sslaccept", "sslidentity", "statement_cache_size", "supa", "workaround"),
        "uselibpqcompat",
    }
)


def is_database_url(location: str) -> bool:
    """Whether `location` is a PostgreSQL URL, with or without a driver's name in its scheme."""
    scheme, separator, _ = location.partition("://")
    return bool(separator) and scheme.partition("+")[0].lower() in _SCHEMES


def libpq_url(location: str) -> str:
    """The connection string that libpq takes, for a URL with a driver's name or an ORM's own parameters."""
    scheme, separator, rest = location.partition("://")
    if not separator or scheme.partition("+")[0].lower() not in _SCHEMES:
        return location
    login, address = _parted(rest)
    address, _, query = address.partition("?")
    if login:
        address = f"{''.join(_ESCAPED.get(each, each) for each in login)}@{address}"
    given = parse_qsl(query, keep_blank_values=True)
    kept = [(name, value) for name, value in given if name not in _FOREIGN_PARAMETERS]
    if ("sslmode" not in dict(given)) and dict(given).get("ssl") in ("require", "true", "verify-full", "verify-ca"):
        kept.append(("sslmode", {"true": "require"}.get(dict(given)["ssl"], dict(given)["ssl"])))
    return f"postgresql://{address}{'?' if kept else ''}{urlencode(kept, quote_via=quote)}"


_ESCAPED = {"@": "%40", "/": "%2F", "?": "%3F", "#": "%23"}
"""What is to be escaped in a password, and may well not be."""


def _parted(rest: str) -> tuple[str, str]:
    """The user's name and password in what stands behind `://`, and what stands behind their `@`."""
    address, mark, query = rest.partition("?")
    login, at, behind = address.rpartition("@")
    if at:
        return login, f"{behind}{mark}{query}"
    before, at, behind = rest.rpartition("@")
    parameters = _FOREIGN_PARAMETERS | {option.keyword.decode() for option in pq.Conninfo.get_defaults()}
    if not at or ":" not in address or query.partition("=")[0] in parameters:
        return "", rest
    return before, behind


def shown_location(location: str) -> str:
    """`location` without its password."""
    if not is_database_url(location):
        return _shown_conninfo(location)
    scheme, _, rest = location.partition("://")
    login, behind = _parted(rest)
    try:
        parts = urlsplit(f"{scheme}://{behind}")
    except ValueError:
        return f"{scheme}://..."
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if "password" not in name]
    name = f"{login.partition(':')[0]}{'@' if login else ''}{parts.netloc}"
    query = urlencode(kept, quote_via=quote, safe="/")
    return f"{parts.scheme}://{name}{parts.path}{'?' if query else ''}{query}"


def _shown_conninfo(location: str) -> str:
    try:
        given = conninfo_to_dict(location)
    except psycopg.Error:
        return "database"
    return make_conninfo("", **{name: value for name, value in given.items() if "password" not in name})


def _secrets(conninfo: str) -> tuple[str, ...]:
    try:
        given = conninfo_to_dict(conninfo)
    except psycopg.Error:
        # Not even libpq can take it apart, so whatever stands between the user's name and the host is hidden.
        return tuple(part for part in (conninfo.partition("://")[2].rpartition("@")[0].partition(":")[2],) if part)
    texts = [str(value) for name, value in given.items() if "password" in name and value]
    return tuple(sorted({*texts, *map(quote, texts), *map(unquote, texts)}, key=len, reverse=True))


def scrubbed(text: str, conninfo: str) -> str:
    """`text` without any password of `conninfo`."""
    for secret in _secrets(conninfo):
        text = text.replace(secret, "***")
    return text


def of_no_surroundings(conninfo: str) -> str:
    """`conninfo` with what variables such as PGPORT and PGOPTIONS say of other servers put at libpq's defaults.

    That there is no service is said by a blank one, which `connect` knows and libpq does not.
    """
    given = conninfo_to_dict(conninfo)
    said = [option for option in pq.Conninfo.get_defaults() if option.envvar and os.environ.get(option.envvar.decode())]
    usual = {option.keyword.decode(): (option.compiled or b"").decode() for option in said}
    return make_conninfo("", **{**usual, **given})


def shortened(message: str) -> str:
    """What a server says, on one line, long words and long lines cut: it repeats what it was given."""
    words = _LONG_WORD.sub(r"\1...", message)
    return shorten(words, _LONGEST, placeholder=" ...")


def url_of(conninfo: str) -> str:
    """A connection string as a URL, which every driver reads; a socket's folder is its parameter `host`."""
    given = {name: str(value) for name, value in conninfo_to_dict(conninfo).items() if value not in (None, "")}
    user, password, host, port, database = (
        given.pop(name, "") for name in ("user", "password", "host", "port", "dbname")
    )
    login = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
    if host.startswith("/"):
        given["host"] = host
    address = (
        f"{login}{'@' if login else ''}{'localhost' if host.startswith('/') else host}{f':{port}' if port else ''}"
    )
    query = urlencode(given, quote_via=quote, safe="/")
    return f"postgresql://{address}/{quote(database, safe='')}{f'?{query}' if query else ''}"


@contextmanager
def server_errors(location: str) -> Iterator[None]:
    """What a server says that nobody expected is one AuditError line about `location`, too."""
    try:
        yield
    except psycopg.Error as error:
        raise AuditError(f"{location}: {' '.join(str(error).split())}") from error


def connect(conninfo: str, *, autocommit: bool = False) -> "psycopg.Connection[tuple[object, ...]]":
    """A connection; whatever goes wrong is one AuditError line without a password."""
    try:
        given = conninfo_to_dict(conninfo)
        given.setdefault("connect_timeout", CONNECT_SECONDS)
        given.setdefault("application_name", "ormistice")
        # Asked in this order: while the variable is put aside, the turn is taken.
        with _turn if _SERVICE in os.environ or _turn.locked() else nullcontext(), _with_service(given):
            return psycopg.connect(make_conninfo("", **given), autocommit=autocommit)
    except psycopg.Error as error:
        said = shortened(scrubbed(str(error), conninfo))
        service = "definition of service" in said
        hint = "define it in ~/.pg_service.conf, or in the file that PGSERVICEFILE names" if service else None
        raise AuditError(f"{scrubbed(shown_location(conninfo), conninfo)}: {said}", hint) from None


@contextmanager
def _with_service(given: dict[str, Any]) -> Iterator[None]:
    """The variable that names a service put aside where a blank one is given: libpq knows no other way to say so."""
    if given.get("service") != "":
        yield
        return
    del given["service"]
    put_aside = os.environ.pop(_SERVICE, None)
    try:
        yield
    finally:
        if put_aside is not None:
            os.environ[_SERVICE] = put_aside
