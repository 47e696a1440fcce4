"""The constraints and indexes of a table, and the relations that an ORM's client follows by them.

They are part of the model, and imported from there; see `ormistice.model` for what None and `implicit` mean.
"""

from dataclasses import dataclass, field

from ormistice.aspects import Deferrability, MatchType, ReferentialAction
from ormistice.names import QualifiedName
from ormistice.stated import Identity, Place, Stated


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

    `opclass` and `collation` are None where they are the default of the column's type. `order_lost`: the source's own
    tool makes the index without the order that it says.
    """

    column: str | None
    expression: str | None = None
    descending: bool = False
    nulls_first: bool = False
    opclass: str | None = None
    collation: str | None = None
    order_lost: bool = field(default=False, compare=False)


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


def paired(columns: tuple[str, ...], referenced: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Both sides of a foreign key in the order of the referencing columns, for the order of the pairs means nothing."""
    pairs = sorted(zip(columns, referenced, strict=True))
    return tuple(column for column, _ in pairs), tuple(column for _, column in pairs)
