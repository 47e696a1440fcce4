"""The model from its JSON; the other way is `ormistice.snapshot.as_json`."""

from collections.abc import Mapping
from enum import Enum as Enumeration
from typing import Any, TypeVar

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
from ormistice.types import ColumnType

Json = Mapping[str, Any]
E = TypeVar("E", bound=Enumeration)
KINDS = {kind.__name__: kind for kind in (*EVERY_KIND, Relation)}


def schema_of(content: Json, source: str) -> Schema:
    """The model that `content` holds. Raises KeyError, TypeError or ValueError where it holds none."""
    return Schema(
        source=source,
        tables=tuple(_table(table) for table in content["tables"]),
        enums=tuple(_enum(enum) for enum in content["enums"]),
        expresses=frozenset(KINDS[name] for name in content["expresses"]),
        sequences=tuple(_sequence(sequence) for sequence in content["sequences"]),
        unread=frozenset(KINDS[name] for name in content["unread"]),
        inexpressible=frozenset(Facet[name] for name in content["inexpressible"]),
        views=tuple(_view(view) for view in content.get("views", ())),
        domains=tuple(_domain(domain) for domain in content.get("domains", ())),
    )


def _place(*names: str) -> Place:
    return CatalogRow("snapshot", ".".join(names))


def _aspect(item: Json, aspect: str, place: Place, key: str | None = None) -> Stated[Any] | None:
    return None if aspect in item["unknown"] else Stated(item[key or aspect], place)


def _word(item: Json, aspect: str, words: type[E], place: Place, key: str | None = None) -> Stated[E] | None:
    return None if aspect in item["unknown"] else Stated(words(item[key or aspect]), place)


def _listed(item: Json, aspect: str, place: Place) -> Stated[tuple[str, ...]] | None:
    return None if aspect in item["unknown"] else Stated(tuple(item[aspect]), place)


def _table(item: Json) -> Table:
    name = QualifiedName(item["schema"], item["name"])
    place = _place(name.schema, name.name)
    key = item["primary_key"]
    return Table(
        name=name,
        place=place,
        columns=tuple(_column(name, column) for column in item["columns"]),
        primary_key=None if key is None else _primary_key(name, key),
        foreign_keys=tuple(_foreign_key(name, each) for each in item["foreign_keys"]),
        unique_constraints=tuple(_unique(name, each) for each in item["unique_constraints"]),
        indexes=tuple(_index(name, each) for each in item["indexes"]),
        checks=tuple(_check(name, each) for each in item["checks"]),
        exclusions=tuple(_exclusion(name, each) for each in item["exclusions"]),
        row_security=None if "row_security" in item["unknown"] else Stated(_row_security(item["row_security"]), place),
        comment=_aspect(item, "comment", place),
        unread=frozenset(KINDS[kind] for kind in item["unread"]),
        relations=tuple(_relation(name, each) for each in item.get("relations", ())),
    )


def _relation(table: QualifiedName, item: Json) -> Relation:
    place = _place(table.schema, table.name, *item["columns"])
    target = QualifiedName(item["referenced_schema"], item["referenced_table"])
    single, action = item["single"], item["on_delete"]
    return Relation(
        table,
        tuple(item["columns"]),
        Reference(target, tuple(item["referenced_columns"])),
        place,
        None if single is None else Stated(single, place),
        None if action is None else Stated(ReferentialAction(action), place),
        item["passive"],
    )


def _column(table: QualifiedName, item: Json) -> Column:
    place = _place(table.schema, table.name, item["name"])
    unknown = item["unknown"]
    return Column(
        table=table,
        name=item["name"],
        place=place,
        type=None if "type" in unknown else Stated(_type(item), place),
        nullable=_aspect(item, "nullable", place),
        default=None if "default" in unknown else Stated(_default(item), place),
        client_default=None if item["client_default"] is None else Stated(item["client_default"], place),
        identity=None if "identity" in unknown else Stated(_identity(item), place),
        generated=None if "generated" in unknown else Stated(_generated(item), place),
        collation=_aspect(item, "collation", place),
        comment=_aspect(item, "comment", place),
    )


def _type(item: Json) -> ColumnType:
    parts = item["type_parts"]
    return ColumnType(parts["name"], tuple(parts["modifiers"]), parts["array"], parts["schema"])


def _default(item: Json) -> ColumnDefault | None:
    if item["serial"]:
        return SerialDefault()
    return None if item["default"] is None else SqlDefault(item["default"])


def _identity(item: Json) -> IdentityGeneration | None:
    text = item["identity"]
    return (
        None if text is None else IdentityGeneration("ALWAYS" in text.split(" AS ")[0], tuple(item["identity_options"]))
    )


def _generated(item: Json) -> GeneratedExpression | None:
    expression = item["generated_expression"]
    return None if expression is None else GeneratedExpression(expression, item["generated"].endswith("STORED"))


def _name(item: Json, place: Place) -> Stated[str] | None:
    return None if item["name"] is None else Stated(item["name"], place)


def _constraint_place(table: QualifiedName, item: Json) -> Place:
    return _place(table.schema, table.name, item["name"] or "unnamed constraint")


def _primary_key(table: QualifiedName, item: Json) -> PrimaryKey:
    place = _constraint_place(table, item)
    return PrimaryKey(table, Stated(tuple(item["columns"]), place), place, _name(item, place))


def _foreign_key(table: QualifiedName, item: Json) -> ForeignKey:
    place = _constraint_place(table, item)
    references = None
    if item["referenced_table"] is not None:
        target = QualifiedName(item["referenced_schema"], item["referenced_table"])
        references = Stated(Reference(target, tuple(item["referenced_columns"])), place)
    return ForeignKey(
        table,
        tuple(item["columns"]),
        place,
        references,
        _word(item, "on_delete", ReferentialAction, place),
        _word(item, "on_update", ReferentialAction, place),
        _word(item, "deferrability", Deferrability, place),
        _word(item, "match_type", MatchType, place, "match"),
        _aspect(item, "validated", place),
        _aspect(item, "enforced", place),
        _name(item, place),
    )


def _unique(table: QualifiedName, item: Json) -> UniqueConstraint:
    place = _constraint_place(table, item)
    return UniqueConstraint(
        table,
        tuple(item["columns"]),
        place,
        _aspect(item, "nulls_not_distinct", place),
        _word(item, "deferrability", Deferrability, place),
        _listed(item, "include", place),
        _name(item, place),
    )


def _index(table: QualifiedName, item: Json) -> Index:
    place = _constraint_place(table, item)
    return Index(
        table,
        tuple(IndexElement(**element) for element in item["elements"]),
        place,
        _aspect(item, "unique", place),
        _aspect(item, "method", place),
        _aspect(item, "predicate", place),
        _listed(item, "include", place),
        _aspect(item, "nulls_not_distinct", place),
        _name(item, place),
    )


def _check(table: QualifiedName, item: Json) -> CheckConstraint:
    place = _constraint_place(table, item)
    validated = None if item["validated"] is None else Stated(item["validated"], place)
    return CheckConstraint(table, Stated(item["expression"], place), place, validated, _name(item, place))


def _exclusion(table: QualifiedName, item: Json) -> ExclusionConstraint:
    place = _constraint_place(table, item)
    return ExclusionConstraint(table, Stated(item["definition"], place), place, _name(item, place))


def _row_security(item: Json) -> RowSecurity:
    policies = (Policy(policy["name"], policy["definition"], _place(policy["name"])) for policy in item["policies"])
    return RowSecurity(item["enabled"], item["forced"], tuple(policies))


def _enum(item: Json) -> Enum:
    place = _place(item["schema"], item["name"])
    labels = tuple(Stated(label, place) for label in item["labels"])
    return Enum(QualifiedName(item["schema"], item["name"]), labels, place)


def _sequence(item: Json) -> Sequence:
    name = QualifiedName(item["schema"], item["name"])
    return Sequence(name, tuple(item["options"]), _place(name.schema, name.name))


def _view(item: Json) -> View:
    name = QualifiedName(item["schema"], item["name"])
    place = _place(name.schema, name.name)
    columns, definition = item["columns"], item["definition"]
    return View(
        name,
        place,
        None if columns is None else Stated(tuple(columns), place),
        item["materialized"],
        None if definition is None else Stated(definition, place),
        item.get("created", True),
    )


def _domain(item: Json) -> Domain:
    name = QualifiedName(item["schema"], item["name"])
    place = _place(name.schema, name.name)
    return Domain(
        name,
        place,
        None if "type" in item["unknown"] else Stated(_type(item), place),
        _aspect(item, "nullable", place),
        _aspect(item, "default", place),
        _listed(item, "checks", place),
    )
