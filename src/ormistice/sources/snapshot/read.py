"""The model from its JSON; the other way is `ormistice.snapshot.as_json`."""

from collections.abc import Callable
from typing import TypeVar

from ormistice.model import (
    EVERY_KIND,
    CatalogRow,
    CheckConstraint,
    Column,
    ColumnDefault,
    Deferrability,
    Domain,
    Enum,
    ExclusionConstraint,
    Facet,
    ForeignKey,
    GeneratedExpression,
    IdentityGeneration,
    Index,
    IndexElement,
    MatchType,
    Place,
    Policy,
    PrimaryKey,
    Reference,
    ReferentialAction,
    Relation,
    RowSecurity,
    Schema,
    Sequence,
    SerialDefault,
    SqlDefault,
    Stated,
    Table,
    UniqueConstraint,
    View,
)
from ormistice.names import QualifiedName
from ormistice.sources.snapshot.values import Json, every, flag, maybe, member, named, part, text, texts, value
from ormistice.types import ColumnType

T = TypeVar("T")
KINDS = {kind.__name__: kind for kind in (*EVERY_KIND, Relation)}
FACETS = {facet.name: facet for facet in Facet}


def schema_of(content: Json, source: str) -> Schema:
    """The model that `content` holds. Raises ValueError where it holds none, with what is wrong in words."""
    return Schema(
        source=source,
        tables=every(content, "tables", "table", _table),
        enums=every(content, "enums", "enum", _enum),
        expresses=named(content, "expresses", KINDS),
        sequences=every(content, "sequences", "sequence", _sequence),
        unread=named(content, "unread", KINDS),
        inexpressible=named(content, "inexpressible", FACETS),
        views=every(content, "views", "view", _view) if "views" in content else (),
        domains=every(content, "domains", "domain", _domain) if "domains" in content else (),
        uncompared=frozenset(every(content, "uncompared", "name", _qualified) if "uncompared" in content else ()),
    )


def _place(*names: str) -> Place:
    return CatalogRow("snapshot", ".".join(names))


def _aspect(item: Json, aspect: str, place: Place, read: Callable[[Json, str], T]) -> Stated[T] | None:
    """What is stated of an aspect, unless it is told to be unknown."""
    return None if aspect in texts(item, "unknown") else Stated(read(item, aspect), place)


def _known(item: Json, key: str, place: Place, read: Callable[[Json, str], T]) -> Stated[T] | None:
    """What is stated, unless it is null."""
    return None if value(item, key) is None else Stated(read(item, key), place)


def _qualified(item: Json) -> QualifiedName:
    return QualifiedName(text(item, "schema"), text(item, "name"))


def _table(item: Json) -> Table:
    name = _qualified(item)
    place = _place(name.schema, name.name)
    key = maybe(part)(item, "primary_key")
    return Table(
        name=name,
        place=place,
        columns=every(item, "columns", "column", lambda each: _column(name, each)),
        primary_key=None if key is None else _primary_key(name, key),
        foreign_keys=every(item, "foreign_keys", "foreign key", lambda each: _foreign_key(name, each)),
        unique_constraints=every(item, "unique_constraints", "unique constraint", lambda each: _unique(name, each)),
        indexes=every(item, "indexes", "index", lambda each: _index(name, each)),
        checks=every(item, "checks", "check", lambda each: _check(name, each)),
        exclusions=every(item, "exclusions", "exclusion constraint", lambda each: _exclusion(name, each)),
        row_security=_aspect(item, "row_security", place, lambda whole, key: _row_security(part(whole, key))),
        comment=_aspect(item, "comment", place, maybe(text)),
        unread=named(item, "unread", KINDS),
        relations=every(item, "relations", "relation", lambda each: _relation(name, each))
        if "relations" in item
        else (),
    )


def _relation(table: QualifiedName, item: Json) -> Relation:
    columns = texts(item, "columns")
    place = _place(table.schema, table.name, *columns)
    return Relation(
        table,
        columns,
        _reference(item),
        place,
        _known(item, "single", place, flag),
        _known(item, "on_delete", place, member(ReferentialAction)),
        flag(item, "passive"),
    )


def _reference(item: Json) -> Reference:
    target = QualifiedName(text(item, "referenced_schema"), text(item, "referenced_table"))
    return Reference(target, texts(item, "referenced_columns"))


def _column(table: QualifiedName, item: Json) -> Column:
    name = text(item, "name")
    place = _place(table.schema, table.name, name)
    return Column(
        table=table,
        name=name,
        place=place,
        type=_aspect(item, "type", place, _type),
        nullable=_aspect(item, "nullable", place, flag),
        default=_aspect(item, "default", place, _default),
        client_default=_known(item, "client_default", place, text),
        identity=_aspect(item, "identity", place, _identity),
        generated=_aspect(item, "generated", place, _generated),
        collation=_aspect(item, "collation", place, maybe(text)),
        comment=_aspect(item, "comment", place, maybe(text)),
    )


def _type(item: Json, _: str) -> ColumnType:
    parts = part(item, "type_parts")
    return ColumnType(
        text(parts, "name"), texts(parts, "modifiers"), flag(parts, "array"), maybe(text)(parts, "schema")
    )


def _default(item: Json, key: str) -> ColumnDefault | None:
    if flag(item, "serial"):
        return SerialDefault()
    written = maybe(text)(item, key)
    return None if written is None else SqlDefault(written)


def _identity(item: Json, key: str) -> IdentityGeneration | None:
    written = maybe(text)(item, key)
    if written is None:
        return None
    return IdentityGeneration("ALWAYS" in written.split(" AS ")[0], texts(item, "identity_options"))


def _generated(item: Json, key: str) -> GeneratedExpression | None:
    expression = maybe(text)(item, "generated_expression")
    return None if expression is None else GeneratedExpression(expression, text(item, key).endswith("STORED"))


def _name(item: Json, place: Place) -> Stated[str] | None:
    return _known(item, "name", place, text)


def _constraint_place(table: QualifiedName, item: Json) -> Place:
    return _place(table.schema, table.name, maybe(text)(item, "name") or "unnamed constraint")


def _primary_key(table: QualifiedName, item: Json) -> PrimaryKey:
    place = _constraint_place(table, item)
    return PrimaryKey(table, Stated(texts(item, "columns"), place), place, _name(item, place))


def _foreign_key(table: QualifiedName, item: Json) -> ForeignKey:
    place = _constraint_place(table, item)
    match = None if "match_type" in texts(item, "unknown") else Stated(member(MatchType)(item, "match"), place)
    return ForeignKey(
        table,
        texts(item, "columns"),
        place,
        None if value(item, "referenced_table") is None else Stated(_reference(item), place),
        _aspect(item, "on_delete", place, member(ReferentialAction)),
        _aspect(item, "on_update", place, member(ReferentialAction)),
        _aspect(item, "deferrability", place, member(Deferrability)),
        match,
        _aspect(item, "validated", place, flag),
        _aspect(item, "enforced", place, flag),
        _name(item, place),
    )


def _unique(table: QualifiedName, item: Json) -> UniqueConstraint:
    place = _constraint_place(table, item)
    return UniqueConstraint(
        table,
        texts(item, "columns"),
        place,
        _aspect(item, "nulls_not_distinct", place, flag),
        _aspect(item, "deferrability", place, member(Deferrability)),
        _aspect(item, "include", place, texts),
        _name(item, place),
    )


def _index(table: QualifiedName, item: Json) -> Index:
    place = _constraint_place(table, item)
    return Index(
        table,
        every(item, "elements", "element", _element),
        place,
        _aspect(item, "unique", place, flag),
        _aspect(item, "method", place, text),
        _aspect(item, "predicate", place, maybe(text)),
        _aspect(item, "include", place, texts),
        _aspect(item, "nulls_not_distinct", place, flag),
        _name(item, place),
    )


def _element(item: Json) -> IndexElement:
    column, expression = maybe(text)(item, "column"), maybe(text)(item, "expression")
    if column is None and expression is None:
        raise ValueError("it has neither a `column` nor an `expression`")
    return IndexElement(
        column,
        expression,
        flag(item, "descending"),
        flag(item, "nulls_first"),
        maybe(text)(item, "opclass"),
        maybe(text)(item, "collation"),
    )


def _check(table: QualifiedName, item: Json) -> CheckConstraint:
    place = _constraint_place(table, item)
    return CheckConstraint(
        table,
        Stated(text(item, "expression"), place),
        place,
        _known(item, "validated", place, flag),
        _name(item, place),
    )


def _exclusion(table: QualifiedName, item: Json) -> ExclusionConstraint:
    place = _constraint_place(table, item)
    return ExclusionConstraint(table, Stated(text(item, "definition"), place), place, _name(item, place))


def _row_security(item: Json) -> RowSecurity:
    return RowSecurity(flag(item, "enabled"), flag(item, "forced"), every(item, "policies", "policy", _policy))


def _policy(item: Json) -> Policy:
    name = text(item, "name")
    return Policy(name, text(item, "definition"), _place(name))


def _enum(item: Json) -> Enum:
    name = _qualified(item)
    place = _place(name.schema, name.name)
    return Enum(name, tuple(Stated(label, place) for label in texts(item, "labels")), place)


def _sequence(item: Json) -> Sequence:
    name = _qualified(item)
    return Sequence(name, texts(item, "options"), _place(name.schema, name.name))


def _view(item: Json) -> View:
    name = _qualified(item)
    place = _place(name.schema, name.name)
    return View(
        name,
        place,
        _known(item, "columns", place, texts),
        flag(item, "materialized"),
        _known(item, "definition", place, text),
        flag(item, "created") if "created" in item else True,
    )


def _domain(item: Json) -> Domain:
    name = _qualified(item)
    place = _place(name.schema, name.name)
    return Domain(
        name,
        place,
        _aspect(item, "type", place, _type),
        _aspect(item, "nullable", place, flag),
        _aspect(item, "default", place, maybe(text)),
        _aspect(item, "checks", place, texts),
    )
