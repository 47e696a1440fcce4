"""Schemas that a history takes for granted: made when they are missed, so that what is put in them can be read."""

import psycopg

from ormistice.names import quoted
from ormistice.sources.postgres.catalogs import Connection

_NO_SCHEMA = "3F000"
_START, _END = 'schema "', '" does not exist'


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
