"""The one model that every source is lowered to: what a PostgreSQL database would be if the source created it.

Terms are PostgreSQL's own; `docs/glossary.md` defines those that are ours. Three kinds of silence are kept apart:

- *unsayable*: the source's language has no words for it. An aspect is `None`; a kind is absent from `Schema.expresses`.
- *unread*: the source may say it, but we could not tell what. An aspect is `None`; a kind is in `Table.unread`.
- *unsaid*: a default applies, and a default is a value: `Stated(value, place, implicit=True)`.

Places never take part in equality. Everything is built once and never changed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum as Enumeration

from ormistice.aspects import (
    ColumnDefault,
    Deferrability,
    GeneratedExpression,
    IdentityGeneration,
    MatchType,
    ReferentialAction,
    SerialDefault,
    SqlDefault,
)
from ormistice.constraints import (
    CheckConstraint,
    ExclusionConstraint,
    ForeignKey,
    Index,
    IndexElement,
    PrimaryKey,
    Reference,
    Relation,
    UniqueConstraint,
    as_index,
    paired,
)
from ormistice.names import QualifiedName, Scope
from ormistice.stated import KINDS, CatalogRow, Declared, Identity, Place, Stated
from ormistice.text import Document
from ormistice.types import ColumnType

__all__ = [
    "EVERY_KIND",
    "KINDS",
    "CatalogRow",
    "CheckConstraint",
    "Column",
    "ColumnDefault",
    "Declared",
    "Deferrability",
    "Domain",
    "Enum",
    "ExclusionConstraint",
    "Facet",
    "ForeignKey",
    "GeneratedExpression",
    "Identity",
    "IdentityGeneration",
    "Index",
    "IndexElement",
    "MatchType",
    "Place",
    "Policy",
    "PrimaryKey",
    "Problem",
    "ProblemKind",
    "Reference",
    "ReferentialAction",
    "Relation",
    "RowSecurity",
    "Schema",
    "Sequence",
    "SerialDefault",
    "SqlDefault",
    "Stated",
    "Table",
    "UniqueConstraint",
    "View",
    "as_index",
    "constraints",
    "paired",
]


@dataclass(frozen=True, slots=True)
class Column:
    """A column. Every aspect but the name may be None: the source cannot say it, or we could not read it.

    `default`, `identity`, `generated`, `collation` and `comment` are `Stated(None, ...)` where there is none.
    `client_default` names what an ORM's client fills in by itself (`cuid()`, `default_factory`); the database never
    sees it, and it is never a difference.
    """

    table: QualifiedName
    name: str
    place: Place = field(compare=False)
    type: Stated[ColumnType] | None = None
    nullable: Stated[bool] | None = None
    default: Stated[ColumnDefault | None] | None = None
    client_default: Stated[str] | None = None
    identity: Stated[IdentityGeneration | None] | None = None
    generated: Stated[GeneratedExpression | None] | None = None
    collation: Stated[str | None] | None = None
    comment: Stated[str | None] | None = None

    def key(self) -> Identity:
        """Table and column name."""
        return Identity("column", self.table, (self.name,))


@dataclass(frozen=True, slots=True)
class Enum:
    """An enum type; the order of `labels` is the order in which PostgreSQL sorts them."""

    name: QualifiedName
    labels: tuple[Stated[str], ...]
    place: Place = field(compare=False)

    def key(self) -> Identity:
        """Its name."""
        return Identity("enum", self.name)


@dataclass(frozen=True, slots=True)
class Sequence:
    """A sequence that belongs to no column; `options` as in `IdentityGeneration`."""

    name: QualifiedName
    options: tuple[str, ...]
    place: Place = field(compare=False)

    def key(self) -> Identity:
        """Its name."""
        return Identity("sequence", self.name)


@dataclass(frozen=True, slots=True)
class View:
    """A view; `columns` are names in order, None where not known; `definition` is its query as PostgreSQL prints it.

    `created` is False where the source only says that the view is there, and leaves to others to make it.
    """

    name: QualifiedName
    place: Place = field(compare=False)
    columns: Stated[tuple[str, ...]] | None = None
    materialized: bool = False
    definition: Stated[str] | None = None
    created: bool = field(default=True, compare=False)

    def key(self) -> Identity:
        """Its name."""
        return Identity("view", self.name)


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain; `checks` are the expressions of its constraints, in the order of their names."""

    name: QualifiedName
    place: Place = field(compare=False)
    type: Stated[ColumnType] | None = None
    nullable: Stated[bool] | None = None
    default: Stated[str | None] | None = None
    checks: Stated[tuple[str, ...]] | None = None

    def key(self) -> Identity:
        """Its name."""
        return Identity("domain", self.name)


@dataclass(frozen=True, slots=True)
class Policy:
    """A row level security policy; `definition` as SQL after the table's name."""

    name: str
    definition: str
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class RowSecurity:
    """Row level security of a table."""

    enabled: bool
    forced: bool
    policies: tuple[Policy, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table with all that belongs to it; `columns` in the order in which they are declared.

    `unread` holds the kinds of which the table may declare more than was read: a spread of an unknown value, a syntax
    error inside. Nothing of such a kind counts as missing. `Table` among them: not even its name is sure.
    """

    name: QualifiedName
    place: Place = field(compare=False)
    columns: tuple[Column, ...] = ()
    primary_key: PrimaryKey | None = None
    foreign_keys: tuple[ForeignKey, ...] = ()
    unique_constraints: tuple[UniqueConstraint, ...] = ()
    indexes: tuple[Index, ...] = ()
    checks: tuple[CheckConstraint, ...] = ()
    exclusions: tuple[ExclusionConstraint, ...] = ()
    row_security: Stated[RowSecurity] | None = None
    comment: Stated[str | None] | None = None
    unread: frozenset[type] = frozenset()
    relations: tuple[Relation, ...] = ()

    def key(self) -> Identity:
        """Its name."""
        return Identity("table", self.name)

    def index_like(self) -> tuple[Index, ...]:
        """Its indexes, and its unique constraints as the indexes that PostgreSQL makes of them."""
        return (*(as_index(constraint) for constraint in self.unique_constraints), *self.indexes)

    def is_keyed_as(self, index: Index) -> bool:
        """Whether the primary key already does all that an index does."""
        if self.primary_key is None:
            return False
        columns = self.primary_key.columns.value
        if index.unique is not None and index.unique.value:
            return {element.column for element in index.elements} == set(columns)
        return index.elements == tuple(IndexElement(column) for column in columns)

    def column(self, name: str) -> Column | None:
        """The column of that name."""
        return next((column for column in self.columns if column.name == name), None)


BUILT_IN_METHODS = frozenset({"btree", "hash", "gin", "gist", "spgist", "brin"})
"""The index methods that PostgreSQL has of itself."""


class Facet(Enumeration):
    """What a language may lack words for inside a kind that it has words for."""

    INDEX_EXPRESSION = "indexes on expressions"
    INDEX_PREDICATE = "partial indexes"
    INDEX_INCLUDE = "INCLUDE columns"
    INDEX_NULLS_ORDER = "NULLS FIRST and NULLS LAST"
    INDEX_COLLATION = "collations of indexes"
    NULLS_NOT_DISTINCT = "NULLS NOT DISTINCT"
    INDEX_METHOD = "index methods of extensions"
    LABEL_ORDER = "an order of enum labels that lasts"
    UNUSED_ENUM = "enums that no column is of"
    FORCED_ROW_SECURITY = "FORCE ROW LEVEL SECURITY"
    VIRTUAL_COLUMN = "generated columns that are not stored"
    TREE_CLASS = "operator classes of B-trees, which it takes for one"
    TYPE_MODIFIER = "parameters of types it does not support"


class ProblemKind(Enumeration):
    """The reserved rule that reports a problem."""

    SYNTAX_ERROR = "syntax-error"
    UNSUPPORTED_CONSTRUCT = "unsupported-construct"
    IMPORT_FAILS = "import-fails"
    MIGRATION_FAILS = "migration-fails"
    COMMENTED_OUT_MIGRATION = "commented-out-migration"
    SEVERAL_MIGRATION_HEADS = "several-migration-heads"
    MIGRATION_OUT_OF_ORDER = "migration-out-of-order"
    MIGRATION_DROPS_DATA = "migration-drops-data"
    IRREVERSIBLE_MIGRATION = "irreversible-migration"

    @property
    def unread(self) -> bool:
        """Whether it means that something could not be read."""
        return self in (ProblemKind.SYNTAX_ERROR, ProblemKind.UNSUPPORTED_CONSTRUCT)


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be read or is wrong by itself, and where; `related` are further places with labels.

    `about` is the table or column that is gone, or that is waited for; `needed`: the same source still needs it.
    """

    kind: ProblemKind
    message: str
    place: Place
    related: tuple[tuple[Place, str], ...] = ()
    about: Identity | None = None
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Schema:
    """All that one source says.

    `expresses` are the kinds that the source's language has words for, `inexpressible` what it lacks within them.
    `unread` holds `Table` or `Enum` where whole objects may have been missed, names and all. `documents` are the files
    that were read, by path. `scope` is what the source limits itself to: it says nothing of other tables.
    `uncompared` are relations that are there and are not compared by themselves, such as partitions, though a source
    may declare them.
    """

    source: str
    tables: tuple[Table, ...]
    enums: tuple[Enum, ...]
    expresses: frozenset[type]
    sequences: tuple[Sequence, ...] = ()
    problems: tuple[Problem, ...] = ()
    unread: frozenset[type] = frozenset()
    inexpressible: frozenset[Facet] = frozenset()
    documents: tuple[Document, ...] = field(default=(), compare=False, repr=False)
    views: tuple[View, ...] = ()
    domains: tuple[Domain, ...] = ()
    scope: Scope = field(default_factory=Scope)
    uncompared: frozenset[QualifiedName] = field(default=frozenset(), compare=False)

    _by_name: dict[QualifiedName, Table] = field(default_factory=dict, init=False, compare=False, repr=False)

    def table(self, name: QualifiedName) -> Table | None:
        """The table of that name; the first, should there be two."""
        if not self._by_name:
            self._by_name.update((table.name, table) for table in reversed(self.tables))
        return self._by_name.get(name)

    def document(self, path: str) -> Document | None:
        """The file of that path, if this source read it."""
        return next((document for document in self.documents if document.path == path), None)


def constraints(
    table: Table,
) -> Iterator[PrimaryKey | ForeignKey | UniqueConstraint | CheckConstraint | ExclusionConstraint]:
    """Every constraint of a table that has a name of its own in the catalog."""
    if table.primary_key is not None:
        yield table.primary_key
    yield from table.foreign_keys
    yield from table.unique_constraints
    yield from table.checks
    yield from table.exclusions


EVERY_KIND: frozenset[type] = frozenset(
    {
        Table,
        Column,
        PrimaryKey,
        ForeignKey,
        UniqueConstraint,
        Index,
        CheckConstraint,
        ExclusionConstraint,
        Enum,
        Sequence,
        View,
        Domain,
        RowSecurity,
    }
)
"""What a database expresses; a schema language expresses this less what it has no words for."""
