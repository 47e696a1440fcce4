"""What others' SQL takes for granted, put into a scratch database when it is missed: roles, platforms, extensions."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise

import psycopg

from ormistice.names import DEFAULT_SCHEMA, quoted
from ormistice.sources.postgres.catalogs import Connection
from ormistice.sources.postgres.embedded import ScratchDatabase
from ormistice.sources.postgres.hosted import Hosted
from ormistice.sources.postgres.presupposed import Presupposed, Refusal, Signature, extension_missed
from ormistice.sources.postgres.scripts import Statement, split, words_in
from ormistice.text import Span

UNKNOWN_OBJECT = "42704"
_DUPLICATE_SCHEMA = "42P06"
_DUPLICATE_OBJECT = "42710"
_INVALID_PARAMETER = "22023"
_LANGUAGE_OPTIONS = frozenset({"or", "replace", "trusted", "procedural"})
_LANGUAGES = frozenset(
    {
        *("plperl", "plperlu", "plpython2u", "plpython3u", "plpythonu", "pltcl", "pltclu", "plv8", "plcoffee", "plls"),
        *("pljava", "pljavau", "plr", "plrust", "pllua", "plluau", "plsh", "plproxy"),
    }
)
_NO_PRIVILEGE = "42501"
DEFAULT_PATH = '"$user", public'
_ROLES_AT_MOST = 200
_NAME_AT = 2
# Extensions are there, and functions of some may be as well in `public`, where a migration has created them again.
_SUPABASES_SCHEMA = "extensions"


@dataclass(slots=True)
class ExtensionSchemas:
    """Schemas that extensions were put in: who does that has them on the search path, in settings that are not here."""

    names: list[str] = field(default_factory=list)

    def look(self, connection: Connection, *names: str) -> None:
        """Have them on the search path, `names` too, unless the script has set a path of its own."""
        before = self.path()
        self.note(*names)
        (now,) = connection.execute(b"SELECT current_setting('search_path')").fetchone() or ("",)
        if now in (before, DEFAULT_PATH) and now != self.path():
            connection.execute(f"SET search_path = {self.path()}".encode())

    def note(self, *names: str) -> None:
        """Know them from now on."""
        self.names += [name for name in names if name not in (DEFAULT_SCHEMA, "pg_catalog", *self.names)]

    def path(self) -> str:
        """The search path with them on it."""
        return ", ".join((DEFAULT_PATH, *map(quoted, self.names)))


class Supplies:
    """Makes what a statement misses where that harms nobody; `presupposed` is what there is to be told of it."""

    def __init__(self, admin: Connection, database: ScratchDatabase) -> None:
        self.admin = admin
        self.owner = str(psycopg.conninfo.conninfo_to_dict(database.owner_conninfo).get("user", ""))
        self.left = _ROLES_AT_MOST if database.disposable else 0
        self.hosted = Hosted(admin, self.owner)
        self.extensions = ExtensionSchemas()
        self.presupposed: dict[str, Presupposed] = {}

    def make(self, refused: Refusal, text: str) -> bool:
        """Whether the role or the platform's schema that `text` was refused for want of is there now."""
        return self._role(refused) or self.hosted.make(refused, text)

    def _role(self, refused: Refusal) -> bool:
        # Their rights are no concern of ours.
        if refused.state != UNKNOWN_OBJECT or not refused.message.startswith('role "') or not self.left:
            return False
        self.left -= 1
        role = quoted(refused.message.removeprefix('role "').rpartition('"')[0])
        self.admin.execute(f"CREATE ROLE {role}; GRANT {role} TO {quoted(self.owner)}".encode())
        return True

    def extension(self, refused: Refusal, statement: Statement, place: Span) -> Presupposed | None:
        """The extension that a statement misses, noted, and `made` where it could be; None if it misses none."""
        found = extension_missed(refused, statement)
        if found is None or ".".join(found) in self.presupposed:
            return None
        extension, schema = found
        if schema != _SUPABASES_SCHEMA and self._is_there(extension, refused):
            return None
        usual = _SUPABASES_SCHEMA if _SUPABASES_SCHEMA in self.extensions.names else DEFAULT_SCHEMA
        made = _extension_made(self.admin, extension, schema or usual)
        taken = Presupposed(extension, refused.message, place, is_extension=True, made=made, schema=schema)
        self.presupposed[".".join(found)] = taken
        return taken

    def function(self, missed: Signature, refused: Refusal, place: Span) -> None:
        """Note a function that has been made."""
        self.presupposed[str(missed)] = Presupposed(str(missed), refused.message, place, is_extension=False)

    def is_called(self, name: str) -> bool:
        """Whether there is any function of that name."""
        return self.admin.execute("SELECT 1 FROM pg_proc WHERE proname = %s", (name,)).fetchone() is not None

    def _is_there(self, extension: str, refused: Refusal) -> bool:
        """Whether an extension is there, or stood in for, and not where the statement looks for it."""
        called = refused.message.removeprefix("function ").partition("(")[0].rpartition(".")[2]
        # One of the server's own is in no schema that a statement would look in for an extension's.
        brought = "SELECT 1 FROM pg_proc WHERE proname = %s AND pronamespace <> 'pg_catalog'::regnamespace"
        there = "SELECT 1 FROM pg_extension WHERE extname = %s"
        asked = ((brought, called), (there, extension))
        return any(self.admin.execute(query, (name,)).fetchone() is not None for query, name in asked)


def extension_schema(statement: Statement) -> str | None:
    """The schema that a statement puts an extension in, if it says so."""
    words = statement.words
    return words[words.index("schema") + 1] if words[1:2] == ("extension",) and "schema" in words[:-1] else None


def named_extension(statement: Statement) -> str:
    """The name of the extension that a statement creates or drops, be it as a language; empty where it does neither."""
    words = [word for word in statement.words if word not in ("if", "not", "exists")]
    about = words[:_NAME_AT] in (["create", "extension"], ["drop", "extension"])
    return words[_NAME_AT] if about and len(words) > _NAME_AT else created_language(statement)


def created_language(statement: Statement) -> str:
    """The name of the language that a statement creates, if it says no more of it; else empty."""
    *options, about, name = statement.words if len(statement.words) > _NAME_AT else ("", "", "")
    creates = options[:1] == ["create"] and set(options[1:]) <= _LANGUAGE_OPTIONS
    return name if about == "language" and creates else ""


def extensions_of_block(statement: Statement) -> Iterator[Statement]:
    """The extensions that a DO block creates, as statements of their own; what it executes of strings is not seen."""
    words = [word for word, _ in words_in(statement.text)] if statement.words[:1] == ("do",) else []
    for at, pair in enumerate(pairwise(words)):
        if pair == ("create", "extension"):
            name, *options = [word for word in words[at + 2 :] if word not in ("if", "not", "exists", "with")] or [""]
            schema = f" SCHEMA {quoted(options[1])}" if options[:1] == ["schema"] and options[1:] else ""
            yield from split(f"CREATE EXTENSION IF NOT EXISTS {quoted(name)}{schema}")


def stand_in(admin: Connection, extension: str, schema: str = DEFAULT_SCHEMA) -> bool:
    """Whether something could be put in the place of the extension, which is not to be had."""
    script = _standin(extension)
    if extension in _LANGUAGES:
        # Nobody checks or runs what is written in it.
        made = f"CREATE TRUSTED LANGUAGE {quoted(extension)} HANDLER plpgsql_call_handler INLINE plpgsql_inline_handler"
    elif script.is_file():
        made = script.read_text(encoding="utf-8")
    else:
        return False
    try:
        with suppress(psycopg.errors.DuplicateFunction, psycopg.errors.DuplicateObject), admin.transaction():
            admin.execute(f"SET LOCAL search_path = {quoted(schema)}; {made}".encode())
    except psycopg.errors.InsufficientPrivilege:
        # Types that are not made of others are a superuser's to make.
        return False
    return True


def harmless(refused: Refusal, statement: Statement) -> bool:
    """Whether nothing is lost where a statement is refused: a schema is there, a setting is not to be set here."""
    if refused.state == _DUPLICATE_SCHEMA:
        return True
    if statement.words[:2] == ("refresh", "materialized") and not _names(refused, statement):
        # The view is there, and its rows are no concern of ours.
        return True
    if refused.state == _DUPLICATE_OBJECT and created_language(statement):
        # Dumps of databases that are older than its being there from the start create PL/pgSQL.
        return True
    if refused.state == UNKNOWN_OBJECT and statement.words[:2] == ("drop", "extension"):
        # What stands in for an extension is none.
        return named_extension(statement) in _LANGUAGES or _standin(named_extension(statement)).is_file()
    if refused.state == _INVALID_PARAMETER and refused.message.startswith("unrecognized parameter namespace"):
        # How an extension stores a table that is there is no concern of ours.
        return statement.words[:1] == ("alter",)
    # Who owns a database elsewhere may be allowed what the owner of a scratch database is not.
    unsettable = refused.state == _NO_PRIVILEGE and statement.words[:1] in (("set",), ("reset",))
    return unsettable or (refused.state == UNKNOWN_OBJECT and statement.words[:1] in (("set",), ("select",)))


def _extension_made(admin: Connection, extension: str, schema: str) -> bool:
    """Whether an extension is there now, or what stands in for it."""
    try:
        with admin.transaction():
            admin.execute(f"CREATE EXTENSION {quoted(extension)} SCHEMA {quoted(schema)} CASCADE".encode())
    except psycopg.Error:
        return stand_in(admin, extension, schema)
    return True


def _standin(extension: str) -> Traversable:
    return files(__package__).joinpath("standins", f"{extension}.sql")


def _names(refused: Refusal, statement: Statement) -> bool:
    """Whether the server speaks of a name that stands in the statement itself."""
    name = refused.message.partition('"')[2].partition('"')[0]
    return name.rpartition(".")[2] in statement.words
