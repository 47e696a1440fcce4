"""What env.py asks its environment for to find its database by, given where it is not set.

Any value does: whatever it says, the scratch database is reached. Like `alembic_runner` this needs nothing of ours.
"""

from __future__ import annotations

import os
from typing import Any

_URL = "postgresql://removed:removed@localhost/0"
_PLACEHOLDER = "removed"
_OF_DATABASES = frozenset(
    {"ALEMBIC", "DATABASE", "DATABASES", "DB", "PG", "POSTGRES", "POSTGRESQL", "PSQL", "SQLALCHEMY"}
)
_URLS = ("URL", "URI", "DSN", "CONNECTION_STRING")
# What else leads to a database, by the last word of its name.
_PARTS = {
    **dict.fromkeys(("HOST", "HOSTNAME", "SERVER"), "localhost"),
    "PORT": "5432",
    **dict.fromkeys(("USER", "USERNAME", "PASSWORD", "PASS", "NAME", "DB", "DATABASE"), _PLACEHOLDER),
}
_SECRETS = frozenset({"KEY", "SECRET", "TOKEN", "PASSWORD"})


class Environment:
    """The variables that somebody has asked for and that are not set."""

    def __init__(self) -> None:
        """Watch the environment of this process from now on."""
        self.missed: set[str] = set()
        kind: Any = type(os.environ)
        get = kind.__getitem__

        def noting(environment: Any, name: Any) -> Any:
            try:
                return get(environment, name)
            except KeyError:
                self.missed.add(name)
                raise

        kind.__getitem__ = noting

    def run(self, act: Any, named: Any) -> Any:
        """`act`, again for as long as it fails and there is more to give it; in the end what it failed with first.

        `named` says which variables an exception speaks of, or None where it is nothing that giving some would help.
        """
        first: Any = None
        given: set[str] = set()
        while True:
            try:
                return act()
            except (Exception, SystemExit) as error:
                first = first or error
                spoken_of = named(error)
                if spoken_of is None:
                    raise
                values = {name: _of_database(name) for name in self.missed}
                values.update((name, _of_database(name) or _secret(name)) for name in spoken_of)
                new = {name: value for name, value in values.items() if value and name not in os.environ}
                if not new:
                    for name in given:
                        del os.environ[name]
                    raise first from None
                os.environ.update(new)
                given.update(new)


def _of_database(name: str) -> str | None:
    """What stands for a variable that leads to a database; None for any other."""
    words = name.upper().split("_")
    if not _OF_DATABASES.intersection(words):
        return None
    return _URL if name.upper().endswith(_URLS) else _PARTS.get(words[-1])


def _secret(name: str) -> str | None:
    return _PLACEHOLDER if _SECRETS.intersection(name.upper().split("_")) else None
