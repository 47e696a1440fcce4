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
class PrimaryKey:
    """A table's primary key; `name` None: the source leaves it to the server."""

    table: QualifiedName
    columns: Stated[tuple[str, ...]]
    place: Place = field(compare=False)
    name: Stated[str] | None = None

    def key(self) -> Identity:
        """The table: it has one at most."""
        return Identity("primary key", self.table)


@dataclass(frozen=True, slots=True)
class Reference:
    """What a foreign key references; `columns` stand in the order of the referencing columns."""

    table: QualifiedName
    columns: tuple[str, ...]

    def __str__(self) -> str:
        """The clause as SQL, without actions."""
        return f"REFERENCES {self.table} ({', '.join(self.columns)})"


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A foreign key of `table`, the referencing table. `columns` are sorted, `references` alike (see `paired`).

    `enforced` is False where the server holds the key but does not act by it (its triggers are disabled).
    """

    table: QualifiedName
    columns: tuple[str, ...]
    place: Place = field(compare=False)
    references: Stated[Reference] | None = None
    on_delete: Stated[ReferentialAction] | None = None
    on_update: Stated[ReferentialAction] | None = None
    deferrability: Stated[Deferrability] | None = None
    match_type: Stated[MatchType] | None = None
    validated: Stated[bool] | None = None
    enforced: Stated[bool] | None = None
    name: Stated[str] | None = None

    def key(self) -> Identity:
        """Table and referencing columns; the target is what it says, not what it is."""
        return Identity("foreign key", self.table, self.columns)

    def __str__(self) -> str:
        """The clause as SQL; defaults are left out."""
        words = [str(self.references.value) if self.references else "REFERENCES (not understood)"]
        for verb, action in (("ON DELETE", self.on_delete), ("ON UPDATE", self.on_update)):
            if action is not None and action.value is not ReferentialAction.NO_ACTION:
                words.append(f"{verb} {action.value.value}")
        if self.match_type is not None and self.match_type.value is not MatchType.SIMPLE:
            words.append(self.match_type.value.value)
        if self.deferrability is not None and self.deferrability.value is not Deferrability.NOT_DEFERRABLE:
            words.append(self.deferrability.value.value)
        return " ".join(words)


@dataclass(frozen=True, slots=True)
class Relation:
    """What an ORM's client follows from rows of `table` to those they reference, with a foreign key behind it or not.

    `single`: the ORM takes it for one-to-one. `on_delete` is what the client itself does to the referencing rows when
    it deletes a referenced one (NO ACTION: nothing), None where that is the database's business or unknown; `passive`:
    it does so to the rows that it has loaded and leaves the rest to the database. Columns are sorted as in ForeignKey.
    """

    table: QualifiedName
    columns: tuple[str, ...]
    references: Reference
    place: Place = field(compare=False)
    single: Stated[bool] | None = None
    on_delete: Stated[ReferentialAction] | None = None
    passive: bool = False

    def key(self) -> Identity:
        """Table, referencing columns and referenced table: two relations may share the columns."""
        return Identity("relation", self.table, self.columns, str(self.references.table))


@dataclass(frozen=True, slots=True)
class UniqueConstraint:
    """A UNIQUE constraint; a unique index is an `Index`. `columns` keep their order, which their index has too."""

    table: QualifiedName
    columns: tuple[str, ...]
    place: Place = field(compare=False)
    nulls_not_distinct: Stated[bool] | None = None
    deferrability: Stated[Deferrability] | None = None
    include: Stated[tuple[str, ...]] | None = None
    name: Stated[str] | None = None

    def key(self) -> Identity:
        """Table and set of columns."""
        return Identity("unique constraint", self.table, tuple(sorted(self.columns)))


@dataclass(frozen=True, slots=True)
class IndexElement:
    """One key of an index: a column's name, or an expression in parentheses as PostgreSQL prints it.

    `opclass` and `collation` are None where they are the default of the column's type.
    """

    column: str | None
    expression: str | None = None
    descending: bool = False
    nulls_first: bool = False
    opclass: str | None = None
    collation: str | None = None


@dataclass(frozen=True, slots=True)
class Index:
    """An index that is not the index of a constraint."""

    table: QualifiedName
    elements: tuple[IndexElement, ...]
    place: Place = field(compare=False)
    unique: Stated[bool] | None = None
    method: Stated[str] | None = None
    predicate: Stated[str | None] | None = None
    include: Stated[tuple[str, ...]] | None = None
    nulls_not_distinct: Stated[bool] | None = None
    name: Stated[str] | None = None

    def key(self) -> Identity:
        """Table and what is indexed, in order."""
        return Identity(
            "index", self.table, tuple(element.column or element.expression or "" for element in self.elements)
        )


def as_index(constraint: UniqueConstraint) -> Index:
    """The unique index behind a unique constraint, which holds the same rows apart."""
    return Index(
        constraint.table,
        tuple(IndexElement(column) for column in constraint.columns),
        constraint.place,
        unique=Stated(value=True, place=constraint.place),
        method=Stated("btree", constraint.place, implicit=True),
        predicate=Stated(None, constraint.place, implicit=True),
        include=constraint.include,
        nulls_not_distinct=constraint.nulls_not_distinct,
        name=constraint.name,
    )


@dataclass(frozen=True, slots=True)
class CheckConstraint:
    """A CHECK constraint; `expression` without CHECK and parentheses, as `pg_get_expr` prints it where known."""

    table: QualifiedName
    expression: Stated[str]
    place: Place = field(compare=False)
    validated: Stated[bool] | None = None
    name: Stated[str] | None = None

    def key(self) -> Identity:
        """Table and name, since PostgreSQL keeps several checks of one table apart by name; unnamed: by expression."""
        detail = self.name.value if self.name and not self.name.implicit else self.expression.value
        return Identity("check", self.table, (), detail)


@dataclass(frozen=True, slots=True)
class ExclusionConstraint:
    """An EXCLUDE constraint; `definition` as `pg_get_constraintdef` prints it."""

    table: QualifiedName
    definition: Stated[str]
    place: Place = field(compare=False)
    name: Stated[str] | None = None

    def key(self) -> Identity:
        """Table and definition."""
        return Identity("exclusion", self.table, (), self.definition.value)


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

    def column(self, name: str) -> Column | None:
        """The column of that name."""
        return next((column for column in self.columns if column.name == name), None)


class Facet(Enumeration):
    """What a language may lack words for inside a kind that it has words for."""

    INDEX_EXPRESSION = "indexes on expressions"
    INDEX_PREDICATE = "partial indexes"
    INDEX_INCLUDE = "INCLUDE columns"
    INDEX_NULLS_ORDER = "NULLS FIRST and NULLS LAST"
    INDEX_COLLATION = "collations of indexes"
    NULLS_NOT_DISTINCT = "NULLS NOT DISTINCT"
    UNUSED_ENUM = "enums that no column is of"


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

    _by_name: dict[QualifiedName, Table] = field(default_factory=dict, init=False, compare=False, repr=False)

    def table(self, name: QualifiedName) -> Table | None:
        """The table of that name; the first, should there be two."""
        if not self._by_name:
            self._by_name.update((table.name, table) for table in reversed(self.tables))
        return self._by_name.get(name)

    def document(self, path: str) -> Document | None:
        """The file of that path, if this source read it."""
        return next((document for document in self.documents if document.path == path), None)


def paired(columns: tuple[str, ...], referenced: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Both sides of a foreign key in the order of the referencing columns, for the order of the pairs means nothing."""
    pairs = sorted(zip(columns, referenced, strict=True))
    return tuple(column for column, _ in pairs), tuple(column for _, column in pairs)


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
