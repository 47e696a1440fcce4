"""Schemas and publications that a history takes for granted: made when they are missed, so that the rest is read."""

import psycopg

from ormistice.names import quoted
from ormistice.sources.postgres.catalogs import Connection

_NO_SCHEMA = "3F000"
_NO_PUBLICATION = "42704"
_START, _END = 'schema "', '" does not exist'
_PUBLICATION = 'publication "'


def schema_made(admin: Connection, owner: str, state: str | None, message: str) -> bool:
    """Whether the schema that the server missed is there now. That it was not, is to be told all the same."""
    name = message.removeprefix(_START).removesuffix(_END)
    if state != _NO_SCHEMA or message != f"{_START}{name}{_END}":
        return False
    try:
        admin.execute(f"CREATE SCHEMA {quoted(name)} AUTHORIZATION {quoted(owner)}".encode())
    except psycopg.Error:
        return False
    return True


def publication_made(admin: Connection, owner: str, state: str | None, message: str) -> bool:
    """Whether the publication that a block missed is there now, as platforms have it; it says nothing of tables."""
    name = message.removeprefix(_PUBLICATION).removesuffix(_END)
    if state != _NO_PUBLICATION or message != f"{_PUBLICATION}{name}{_END}":
        return False
    try:
        admin.execute(f"CREATE PUBLICATION {quoted(name)}".encode())
        admin.execute(f"ALTER PUBLICATION {quoted(name)} OWNER TO {quoted(owner)}".encode())
    except psycopg.Error:
        return False
    return True
