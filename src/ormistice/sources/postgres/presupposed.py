"""What SQL takes for granted: extensions and functions that somebody has put into the database by other means.

They are put into a scratch database when a statement misses them, so that it costs no more than a word about them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import psycopg

from ormistice.model import Problem, ProblemKind
from ormistice.names import quoted
from ormistice.sources.postgres.scripts import Statement, words_in
from ormistice.text import Span

_UNKNOWN_OBJECT = "42704"
_NO_FUNCTION = "42883"
_EXISTS_ALREADY = frozenset({"42710", "42723", "42P13"})
_BROUGHT: Mapping[str, tuple[str, ...]] = {
    "citext": ("citext",),
    "h3": ("h3index",),
    "hstore": ("hstore",),
    "ltree": ("ltree", "lquery", "ltxtquery"),
    "moddatetime": ("moddatetime",),
    "pg_trgm": ("gin_trgm_ops", "gist_trgm_ops", "similarity", "word_similarity"),
    "pgcrypto": (
        *("crypt", "digest", "gen_random_bytes", "gen_random_uuid", "gen_salt", "hmac"),
        *("pgp_sym_decrypt", "pgp_sym_encrypt"),
    ),
    "postgis": ("geography", "geometry", "st_makepoint", "st_setsrid"),
    "timescaledb": ("create_hypertable", "time_bucket"),
    "unaccent": ("unaccent",),
    "uuid-ossp": ("uuid_generate_v1", "uuid_generate_v1mc", "uuid_generate_v3", "uuid_generate_v4", "uuid_generate_v5"),
    "vector": ("halfvec", "hnsw", "ivfflat", "sparsevec", "vector"),
}
"""Types, operator classes, access methods and functions by the extension that brings them."""
_OF = {name: extension for extension, names in _BROUGHT.items() for name in names}
_KINDS = ("type", "operator class", "access method", "function")
# What a function may return that is of use in a default, a policy, a check or an index; text is most often right.
_RETURNED = ("text", "uuid", "boolean", "integer", "bigint", "numeric", "timestamptz", "date", "jsonb", "text[]")
# What a view selects from a function has columns that nobody knows.
_USES_FUNCTIONS = frozenset({"table", "unlogged", "policy", "index", "unique", "domain"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a server says of a statement that it does not run: the SQLSTATE and the message."""

    state: str | None
    message: str


def refusal(error: psycopg.Error) -> Refusal:
    """What an exception of the driver is about."""
    return Refusal(error.sqlstate, error.diag.message_primary or "")


@dataclass(frozen=True, slots=True)
class Presupposed:
    """What the statement at `place` missed by the server's `message`: an extension, or else a function.

    `name` is that of the extension, or how the function is called. `made`: it was put there.
    """

    name: str
    message: str
    place: Span
    is_extension: bool
    made: bool = True
    schema: str = ""

    @property
    def bare(self) -> str:
        """The name of a function without its schema and its arguments."""
        return self.name.partition("(")[0].rpartition(".")[2]

    def problem(self) -> Problem:
        """That the statement would fail, as a problem of a schema."""
        what = "the extension" if self.is_extension else "the function"
        message = f"the statement fails without {what} `{self.name}`, which it presupposes: {self.message}"
        return Problem(ProblemKind.UNSUPPORTED_CONSTRUCT, message, self.place)


@dataclass(frozen=True, slots=True)
class Signature:
    """A function that is called, by the types that it is called with."""

    schema: str
    name: str
    arguments: str

    def creations(self) -> Iterator[str]:
        """Statements that make a function which can be called so; which one suits depends on what it is for."""
        for kind in _RETURNED:
            body = "LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN NULL; END'"
            yield f"CREATE FUNCTION {self._called} RETURNS {kind} {body}"

    @property
    def removal(self) -> str:
        """The statement that takes it away again."""
        return f"DROP FUNCTION {self._called}"

    @property
    def _called(self) -> str:
        name = ".".join(quoted(part) for part in (self.schema, self.name) if part)
        return f"{name}({self.arguments})"

    def __str__(self) -> str:
        """As the server prints it."""
        return f"{self.schema}.{self.name}({self.arguments})".removeprefix(".")


def extension_missed(refused: Refusal, statement: Statement) -> tuple[str, str] | None:
    """The extension that would bring what a statement misses, and the schema that it is looked for in, if any."""
    message = refused.message
    kind = next((kind for kind in _KINDS if message.startswith(f"{kind} ")), None)
    if refused.state not in (_UNKNOWN_OBJECT, _NO_FUNCTION) or kind is None or statement.words[:1] == ("drop",):
        return None
    rest = message.removeprefix(kind)
    named = rest.partition("(")[0] if kind == "function" else rest.partition('"')[2].partition('"')[0]
    schema, _, name = named.strip().removesuffix("[]").rpartition(".")
    extension = _OF.get(name)
    return None if extension is None else (extension, schema)


def function_missed(refused: Refusal, statement: Statement) -> Signature | None:
    """The function that a statement calls and that is not there, where it is for what a table is made of."""
    message = refused.message
    of_tables = statement.words[:1] in (("create",), ("alter",)) and bool(_USES_FUNCTIONS & {*statement.words[1:4]})
    called = message.removeprefix("function ").removesuffix(" does not exist")
    if refused.state != _NO_FUNCTION or not of_tables or message != f"function {called} does not exist":
        return None
    name, _, arguments = called.removesuffix(")").partition("(")
    if "=>" in arguments:
        return None
    types = ", ".join("text" if kind == "unknown" else kind for kind in arguments.split(", ") if kind)
    schema, _, bare = name.rpartition(".")
    return Signature(schema, bare, types)


def is_there_already(refused: Refusal, statement: Statement, taken: Mapping[str, Presupposed]) -> bool:
    """Whether a statement creates what has been put there in its stead."""
    if refused.state not in _EXISTS_ALREADY or statement.words[:1] != ("create",):
        return False
    return any(creates(statement, item) for item in taken.values())


def creates(statement: Statement, presupposed: Presupposed) -> bool:
    """Whether a statement would create what is presupposed, whatever the arguments of a function."""
    words = [word for word in statement.words[:8] if word not in ("or", "replace", "if", "not", "exists")]
    if presupposed.is_extension:
        return words[:3] == ["create", "extension", presupposed.name]
    return words[:2] == ["create", "function"] and presupposed.bare in words[2:4]


def mentions(statement: Statement, presupposed: Presupposed) -> bool:
    """Whether a function stands anywhere in a statement."""
    return any(word in (presupposed.bare, presupposed.bare.lower()) for word, _ in words_in(statement.text))
