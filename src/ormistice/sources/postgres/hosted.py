"""Schemas that Supabase, Neon and their like put beside the user's: what others' SQL refers to is put in their place.

They are made when a statement misses them, belong to an extension, and so are nobody's to declare.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from importlib.resources import files
from importlib.resources.abc import Traversable

import psycopg

from ormistice.model import Schema
from ormistice.names import quoted
from ormistice.sources.postgres.catalogs import Connection
from ormistice.sources.postgres.presupposed import Refusal
from ormistice.sources.postgres.scripts import Statement, split

_NO_SCHEMA = "3F000"
_NO_TABLE = "42P01"
_NO_FUNCTION = "42883"
_OF_OTHERS = frozenset({"neon_auth"})
_OWNED = """
DO $$
DECLARE item record;
BEGIN
  FOR item IN SELECT oid::regclass AS name, CASE relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END AS kind FROM pg_class
    WHERE relnamespace = {schema}::regnamespace AND relkind IN ('r', 'v')
  LOOP
    EXECUTE format('ALTER EXTENSION plpgsql ADD %s %s', item.kind, item.name);
  END LOOP;
END $$
"""


@dataclass(frozen=True, slots=True)
class Hosted:
    """What is made of such schemas in one scratch database, for its owner."""

    admin: Connection
    owner: str
    made: set[str] = field(default_factory=set)

    def make(self, refused: Refusal, text: str) -> bool:
        """Whether what the statements in `text` were refused for want of is there now."""
        schema = _missed(refused)
        if not schema or not _script(schema).is_file():
            return False
        if refused.state == _NO_FUNCTION:
            return self._once(f"{schema}()") and self._functions(schema)
        if any(_creates_in(schema, statement) for statement in split(text)):
            return False
        # Where the schema is there, its tables are the user's own, and making it fails.
        return self._once(schema) and self._whole(schema)

    @property
    def schemas(self) -> frozenset[str]:
        """The schemas that were missed."""
        return frozenset(what.removesuffix("()") for what in self.made)

    def _once(self, what: str) -> bool:
        if what in self.made:
            return False
        self.made.add(what)
        return True

    def make_named(self, texts: Iterable[str]) -> None:
        """Make every schema that the expressions in `texts` take something of."""
        listed = list(texts)
        for script in files(__package__).joinpath("platforms").iterdir():
            schema = script.name.removesuffix(".sql")
            if any(f"{schema}." in text for text in listed) and self._once(schema):
                self._whole(schema)

    def _whole(self, schema: str) -> bool:
        try:
            with self.admin.transaction():
                self.admin.execute(f"SET LOCAL ROLE {quoted(self.owner)}; {_read(schema)}".encode())
                self.admin.execute(b"RESET ROLE")
                self.admin.execute(_OWNED.replace("{schema}", f"'{schema}'").encode())
        except psycopg.Error:
            return False
        return True

    def _functions(self, schema: str) -> bool:
        """Of a schema that is there, with tables of its own, the functions that are not."""
        made = [
            self._function(statement)
            for statement in split(_read(schema))
            if statement.words[:2] == ("create", "function")
        ]
        return any(made)

    def _function(self, statement: Statement) -> bool:
        try:
            with self.admin.transaction():
                self.admin.execute(f"SET LOCAL ROLE {quoted(self.owner)}; {statement.text}".encode())
        except psycopg.Error:
            return False
        return True


def without_platforms(schema: Schema, platforms: Iterable[str]) -> Schema:
    """`schema`, which says nothing of the tables that platforms bring, unless it has made such a schema its own."""
    own = {table.name.schema for table in schema.tables}
    names = sorted(name for name in platforms if name not in own)
    excluded = (*schema.scope.exclude, *(f"{name}.*" for name in names))
    return replace(schema, scope=replace(schema.scope, exclude=excluded)) if names else schema


def supabases_schemas() -> frozenset[str]:
    """The schemas that are ready in every database of Supabase."""
    scripts = files(__package__).joinpath("platforms").iterdir()
    return frozenset(script.name.removesuffix(".sql") for script in scripts) - _OF_OTHERS


def _missed(refused: Refusal) -> str:
    """The schema that is not there, or of which a function is not."""
    if refused.state == _NO_SCHEMA:
        return refused.message.partition('"')[2].partition('"')[0]
    if refused.state == _NO_TABLE:
        return refused.message.partition('"')[2].partition('"')[0].rpartition(".")[0]
    if refused.state == _NO_FUNCTION:
        return refused.message.removeprefix("function ").partition("(")[0].rpartition(".")[0]
    return ""


def _creates_in(schema: str, statement: Statement) -> bool:
    """Whether a statement makes a table or the like of that schema: then it is the user's own."""
    words = [word for word in statement.words if word not in ("if", "not", "exists", "or", "replace")]
    return words[:1] == ["create"] and words[2:3] == [schema]


def _script(schema: str) -> Traversable:
    return files(__package__).joinpath("platforms", f"{schema}.sql")


def _read(schema: str) -> str:
    return _script(schema).read_text(encoding="utf-8")
