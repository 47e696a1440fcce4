"""From catalog rows to the model."""

import gc
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from ormistice.model import (
    EVERY_KIND,
    CatalogRow,
    CheckConstraint,
    Column,
    ColumnDefault,
    Deferrability,
    ExclusionConstraint,
    ForeignKey,
    GeneratedExpression,
    IdentityGeneration,
    Index,
    MatchType,
    Place,
    Policy,
    PrimaryKey,
    Problem,
    ProblemKind,
    Reference,
    ReferentialAction,
    RowSecurity,
    Schema,
    SerialDefault,
    SqlDefault,
    Stated,
    Table,
    UniqueConstraint,
    paired,
)
from ormistice.names import QualifiedName
from ormistice.settling import is_null
from ormistice.sources.postgres.beside import (
    NOWHERE,
    Places,
    column_type,
    domains,
    enums,
    never_null,
    sequence,
    sequence_options,
    views,
)
from ormistice.sources.postgres.catalogs import (
    Catalog,
    ColumnRow,
    Connection,
    ConstraintRow,
    IndexRow,
    Limits,
    PolicyRow,
    SequenceRow,
    TableRow,
    fetch,
    query,
    transaction,
)
from ormistice.sources.postgres.elements import ElementNames, elements
from ormistice.sources.postgres.statements import PARTITIONED

EXPRESSES = EVERY_KIND
_ACTIONS = {
    "a": ReferentialAction.NO_ACTION,
    "r": ReferentialAction.RESTRICT,
    "c": ReferentialAction.CASCADE,
    "n": ReferentialAction.SET_NULL,
    "d": ReferentialAction.SET_DEFAULT,
}
_MATCHES = {"s": MatchType.SIMPLE, "f": MatchType.FULL}
_COMMANDS = {"*": "ALL", "r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE"}
Row = TypeVar("Row", ColumnRow, ConstraintRow, IndexRow, PolicyRow)


def reflect(connection: Connection, source: str, limits: Limits | None = None, places: Places = NOWHERE) -> Schema:
    """The schema of the database behind `connection`, read in one read-only transaction.

    `places` are those in the files that the database was built from, if it was.
    """
    with _collector_resting():
        return _Reading(fetch(connection, limits), places).schema(source)


@contextmanager
def _collector_resting() -> Iterator[None]:
    # A hundred thousand small values are made and none is dropped: looking for garbage would take half the time.
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def surroundings(connection: Connection, limits: Limits | None = None) -> tuple[str, ...]:
    """Statements that make what its tables may need and the model does not hold: extensions, domains, functions."""
    with transaction(connection, limits):
        found = connection.execute(query("surroundings", connection.info.server_version).encode())
        return ("SET check_function_bodies = off", *(statement for (statement,) in found))


def inheritance(connection: Connection, limits: Limits | None = None) -> tuple[str, ...]:
    """Statements by which tables, made one by one, inherit as they do here."""
    with transaction(connection, limits):
        found = connection.execute(query("inheritance", connection.info.server_version).encode())
        return tuple(statement for (statement,) in found)


def schema_of(catalog: Catalog, source: str) -> Schema:
    """The schema that `catalog` describes."""
    return _Reading(catalog, NOWHERE).schema(source)


@dataclass(frozen=True, slots=True)
class _Parts:
    """What belongs to one table, by its kind."""

    primary_key: PrimaryKey | None
    foreign_keys: tuple[ForeignKey, ...]
    unique_constraints: tuple[UniqueConstraint, ...]
    checks: tuple[CheckConstraint, ...]
    exclusions: tuple[ExclusionConstraint, ...]


class _Reading:
    """The rows of a catalog by the table that they belong to."""

    def __init__(self, catalog: Catalog, places: Places) -> None:
        self.catalog = catalog
        self.places = places
        self.types = {(row.type, row.modifier): column_type(row) for row in catalog.types}
        self.columns: dict[int, list[ColumnRow]] = _grouped(catalog.columns)
        self.constraints: dict[int, list[ConstraintRow]] = _grouped(catalog.constraints)
        self.indexes: dict[int, list[IndexRow]] = _grouped(catalog.indexes)
        self.policies: dict[int, list[PolicyRow]] = _grouped(catalog.policies)
        self.sequences = {(row.owner, row.owner_column): row for row in catalog.sequences if row.owner is not None}
        self.of_constraints = {row.backing_index for row in catalog.constraints if row.type in "pux"}
        self.never_null = never_null(catalog.domains)
        self.index_by_oid = {row.oid: row for row in catalog.indexes}

    def schema(self, source: str) -> Schema:
        return Schema(
            source,
            tuple(self.table(row) for row in self.catalog.tables),
            tuple(enums(self.catalog, self.places)),
            EXPRESSES,
            tuple(sequence(row, self.places) for row in self.catalog.sequences if row.owner is None),
            tuple(problem for row in self.catalog.tables for problem in self.problems(row)),
            views=tuple(views(self.catalog, self.places)),
            domains=tuple(domains(self.catalog, self.places)),
            uncompared=frozenset(QualifiedName(schema, name) for schema, name in self.catalog.uncompared),
        )

    def table(self, row: TableRow) -> Table:
        name = QualifiedName(row.schema, row.name)
        shown = str(name)
        catalog = PARTITIONED if row.kind == "p" else "pg_class"
        place = self.places.get(("table", shown), CatalogRow(catalog, shown))
        parts = self.parts(name, row.oid)
        return Table(
            name,
            place,
            tuple(self.column(name, shown, column) for column in self.columns[row.oid]),
            parts.primary_key,
            parts.foreign_keys,
            parts.unique_constraints,
            tuple(self.index(name, index) for index in self.indexes[row.oid] if index.oid not in self.of_constraints),
            parts.checks,
            parts.exclusions,
            Stated(
                RowSecurity(row.row_security, row.row_security_forced, tuple(map(policy, self.policies[row.oid]))),
                place,
            ),
            Stated(row.comment, place),
        )

    def column(self, table: QualifiedName, shown: str, row: ColumnRow) -> Column:
        path = f"{shown}.{row.name}"
        place = self.places.get(("column", path), CatalogRow("pg_attribute", path))
        absent: Stated[Any] = Stated(None, place)
        owned = self.sequences.get((row.table, row.number))
        kind = self.types[row.type, row.modifier]
        return Column(
            table,
            row.name,
            place,
            Stated(kind, place),
            Stated(not row.not_null and (kind.array or kind.user_defined not in self.never_null), place),
            absent if row.generated else Stated(_default(row.default, owned), place),
            None,
            absent if not row.identity else Stated(_identity(row, owned), place),
            Stated(GeneratedExpression(row.default or "", row.generated == "s"), place) if row.generated else absent,
            absent if row.collation is None else Stated(row.collation, place),
            absent if row.comment is None else Stated(row.comment, place),
        )

    def parts(self, table: QualifiedName, oid: int) -> _Parts:
        by_type: dict[str, list[ConstraintRow]] = defaultdict(list)
        for row in self.constraints[oid]:
            by_type[row.type].append(row)
        names = {column.number: column.name for column in self.columns[oid]}
        primary = next(iter(by_type["p"]), None)
        return _Parts(
            None if primary is None else _primary_key(table, primary, names, self.constraint(table, primary)),
            tuple(_foreign_key(table, row, names, self.constraint(table, row)) for row in by_type["f"]),
            tuple(self.unique(table, row, names) for row in by_type["u"]),
            tuple(_check(table, row, self.constraint(table, row)) for row in by_type["c"]),
            tuple(_exclusion(table, row, self.constraint(table, row)) for row in by_type["x"]),
        )

    def constraint(self, table: QualifiedName, row: ConstraintRow) -> Place:
        place = CatalogRow("pg_constraint", row.name)
        return self.places.get(("constraint", f"{table}.{row.name}"), place) if self.places else place

    def unique(self, table: QualifiedName, row: ConstraintRow, names: dict[int, str]) -> UniqueConstraint:
        place = self.constraint(table, row)
        index = self.index_by_oid.get(row.backing_index)
        return UniqueConstraint(
            table,
            tuple(names[number] for number in row.columns or ()),
            place,
            Stated(index is not None and index.nulls_not_distinct, place),
            Stated(_deferrability(row), place),
            Stated(_included(index, names), place),
            Stated(row.name, place),
        )

    def index(self, table: QualifiedName, row: IndexRow) -> Index:
        path = str(QualifiedName(table.schema, row.name))
        place = self.places.get(("index", path), CatalogRow("pg_class", row.name))
        names = {column.number: column.name for column in self.columns[row.table]}
        catalog = self.catalog
        return Index(
            table,
            elements(row, ElementNames(names, catalog.opclasses, catalog.collations, catalog.column_collations)),
            place,
            Stated(row.unique, place),
            Stated(row.method, place),
            Stated(row.predicate, place),
            Stated(_included(row, names), place),
            Stated(row.nulls_not_distinct, place),
            Stated(row.name, place),
        )

    def problems(self, table: TableRow) -> Iterator[Problem]:
        for index in self.indexes[table.oid]:
            if not index.valid:
                yield _problem(f"index `{index.name}` is invalid and not used", CatalogRow("pg_class", index.name))
        for row in self.constraints[table.oid]:
            if row.sets_some_columns:
                message = f"`{row.name}` sets only some of its columns on delete"
                yield _problem(message, CatalogRow("pg_constraint", row.name))
            if row.temporal:
                message = f"`{row.name}` is a temporal constraint (PERIOD, WITHOUT OVERLAPS)"
                yield _problem(message, CatalogRow("pg_constraint", row.name))


def _problem(message: str, place: CatalogRow) -> Problem:
    return Problem(ProblemKind.UNSUPPORTED_CONSTRUCT, message, place)


def _grouped(rows: Iterable[Row]) -> dict[int, list[Row]]:
    groups: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.table].append(row)
    return groups


def _default(expression: str | None, owned: SequenceRow | None) -> ColumnDefault | None:
    # `DEFAULT NULL` is kept for the length of its type.
    if expression is None or is_null(expression):
        return None
    if owned is not None and expression == owned.drawn:
        return SerialDefault(QualifiedName(owned.schema, owned.name))
    return SqlDefault(expression)


def _identity(row: ColumnRow, owned: SequenceRow | None) -> IdentityGeneration:
    options = () if owned is None else sequence_options(owned, owned.type)
    return IdentityGeneration(row.identity == "a", options)


def policy(row: PolicyRow) -> Policy:
    """A policy as CREATE POLICY says it, every clause spelled out."""
    words = [f"AS {'PERMISSIVE' if row.permissive else 'RESTRICTIVE'}", f"FOR {_COMMANDS[row.command]}"]
    words.append(f"TO {', '.join(row.roles) or 'public'}")
    if row.using is not None:
        words.append(f"USING ({row.using})")
    if row.check is not None:
        words.append(f"WITH CHECK ({row.check})")
    return Policy(row.name, " ".join(words), CatalogRow("pg_policy", row.name))


def _included(index: IndexRow | None, names: dict[int, str]) -> tuple[str, ...]:
    if index is None:
        return ()
    return tuple(names[int(number)] for number in index.columns.split()[index.key_count :])


def _deferrability(row: ConstraintRow) -> Deferrability:
    if not row.deferrable:
        return Deferrability.NOT_DEFERRABLE
    return Deferrability.INITIALLY_DEFERRED if row.deferred else Deferrability.INITIALLY_IMMEDIATE


def _primary_key(table: QualifiedName, row: ConstraintRow, names: dict[int, str], place: Place) -> PrimaryKey:
    columns = tuple(names[number] for number in row.columns or ())
    return PrimaryKey(table, Stated(columns, place), place, Stated(row.name, place))


def _foreign_key(table: QualifiedName, row: ConstraintRow, names: dict[int, str], place: Place) -> ForeignKey:
    columns, referenced = paired(
        tuple(names[number] for number in row.columns or ()), tuple(row.referenced_columns or ())
    )
    target = QualifiedName(row.referenced_schema or "", row.referenced_table or "")
    return ForeignKey(
        table,
        columns,
        place,
        Stated(Reference(target, referenced), place),
        None if row.sets_some_columns else Stated(_ACTIONS[row.on_delete], place),
        Stated(_ACTIONS[row.on_update], place),
        Stated(_deferrability(row), place),
        Stated(_MATCHES[row.match_type], place) if row.match_type in _MATCHES else None,
        Stated(row.validated, place),
        Stated(row.enforced, place),
        Stated(row.name, place),
    )


def _check(table: QualifiedName, row: ConstraintRow, place: Place) -> CheckConstraint:
    return CheckConstraint(
        table, Stated(row.definition or "", place), place, Stated(row.validated, place), Stated(row.name, place)
    )


def _exclusion(table: QualifiedName, row: ConstraintRow, place: Place) -> ExclusionConstraint:
    return ExclusionConstraint(table, Stated(row.definition or "", place), place, Stated(row.name, place))
