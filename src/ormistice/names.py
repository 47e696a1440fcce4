"""Names of database objects: what PostgreSQL calls them, never what an ORM's class or model is called."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import NamedTuple

DEFAULT_SCHEMA = "public"
NAME_BYTES = 63
BOOKKEEPING = (
    *("_prisma_migrations", "__drizzle_migrations", "alembic_version", "_sqlx_migrations", "goose_db_version"),
    *("flyway_schema_history", "refinery_schema_history", "schema_migrations"),
    *("ar_internal_metadata", "atlas_schema_revisions", "gorp_migrations", "pgmigrations", "SequelizeMeta"),
    *("knex_migrations", "knex_migrations_lock", "kysely_migration", "kysely_migration_lock", "seaql_migrations"),
    *("databasechangelog", "databasechangeloglock", "__diesel_schema_migrations", "play_evolutions"),
    *("play_evolutions_lock", "__EFMigrationsHistory", "django_migrations", "mikro_orm_migrations", "phinxlog"),
    *("bun_migrations", "bun_migration_locks", "_yoyo_log", "_yoyo_migration", "_yoyo_version", "yoyo_lock"),
    "doctrine_migration_versions",
)
"""Tables that migration tools keep their own books in."""
BOOKKEEPING_SCHEMAS = frozenset({"sqitch", "graphile_migrate", "supabase_migrations", "hdb_catalog", "pgroll"})
"""Schemas that they keep for themselves."""
_PLAIN = re.compile(r"^[a-z_][a-z0-9_$]*$")


class QualifiedName(NamedTuple):
    """A schema-qualified name, without quotes and in its exact case.

    A tuple, as few other things are here: it is what most is looked up by.
    """

    schema: str
    name: str

    def __str__(self) -> str:
        """The name as people read it, quoted only where PostgreSQL would need it."""
        return f"{display(self.schema)}.{display(self.name)}"


class ColumnName(NamedTuple):
    """A column of a table, by their names."""

    table: QualifiedName
    name: str


Name = QualifiedName | ColumnName
Names = Mapping[Name, Name]
"""Other names of tables and of columns; a column's is looked up by the name that its table has before."""


def display(name: str) -> str:
    """A name in quotes if it could not stand in SQL without; key words are left alone, for this is for reading."""
    return name if _PLAIN.match(name) else quoted(name)


def quoted(name: str) -> str:
    """A name as it stands in SQL that is to be executed."""
    return '"' + name.replace('"', '""') + '"'


def quoted_name(name: QualifiedName) -> str:
    """A qualified name as it stands in SQL that is to be executed."""
    return f"{quoted(name.schema)}.{quoted(name.name)}"


def truncated(name: str) -> str:
    """What PostgreSQL keeps of a name: its first 63 bytes, no character cut in two."""
    encoded = name.encode()
    # The very same text where nothing is cut: a large schema has many names, and they need not be there twice.
    return name if len(encoded) <= NAME_BYTES else encoded[:NAME_BYTES].decode(errors="ignore")


def matches(pattern: str, table: QualifiedName) -> bool:
    """Whether a glob names a table: `users`, `auth_*`, `billing.*`; a glob without a dot is of any schema."""
    name = f"{table.schema}.{table.name}" if "." in pattern else table.name
    return fnmatchcase(name, pattern)


@dataclass(frozen=True, slots=True)
class Scope:
    """The tables that are one source's business: all of `include` (empty: every table) but those of `exclude`.

    What migration tools keep their own books in is nobody's, though models that were made of a database declare it.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def covers(self, table: QualifiedName) -> bool:
        """Whether the table is within."""
        if table.name in BOOKKEEPING or table.schema in BOOKKEEPING_SCHEMAS:
            return False
        if self.exclude and any(matches(pattern, table) for pattern in self.exclude):
            return False
        return not self.include or any(matches(pattern, table) for pattern in self.include)

    def covers_schema(self, schema: str) -> bool:
        """Whether anything in a schema is within; what is there besides tables goes where `exclude` names all of it."""
        whole = (pattern.removesuffix(".*") for pattern in self.exclude if pattern.endswith(".*"))
        return schema not in BOOKKEEPING_SCHEMAS and not any(fnmatchcase(schema, pattern) for pattern in whole)
