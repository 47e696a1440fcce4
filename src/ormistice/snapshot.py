"""The model as JSON: what `ormistice show --format json` prints. Keys may be added, never renamed.

What a source cannot say, or what was not understood, is null and named in the object's `unknown`.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from ormistice.model import (
    CheckConstraint,
    Column,
    Domain,
    Enum,
    ExclusionConstraint,
    ForeignKey,
    Index,
    IndexElement,
    PrimaryKey,
    Relation,
    RowSecurity,
    Schema,
    Sequence,
    SerialDefault,
    Stated,
    Table,
    UniqueConstraint,
    View,
)
from ormistice.places import printed
from ormistice.types import ColumnType

FORMAT_VERSION = 1
_scalar = json.JSONEncoder(ensure_ascii=False).encode


def as_json(schema: Schema) -> dict[str, Any]:
    """A schema as one JSON document."""
    return {key: value if isinstance(value, int | str) else list(value) for key, value in _document(schema)}


def json_pieces(schema: Schema) -> Iterator[str]:
    """The same document as text, one object after the other, since the whole would take several times the schema."""
    between = "{\n"
    for key, value in _document(schema):
        yield f"{between}  {_scalar(key)}: "
        yield from [_scalar(value)] if isinstance(value, int | str) else _items(value)
        between = ",\n"
    yield "\n}\n"


def _items(values: Iterable[Any]) -> Iterator[str]:
    between = "["
    for value in values:
        yield f"{between}\n    {_text(value, '    ')}"
        between = ","
    yield "[]" if between == "[" else "\n  ]"


def _text(value: Any, margin: str) -> str:
    """What `json.dumps` makes of a value with an indent of 2, in half the time."""
    inner = f"{margin}  "
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case dict() if value:
            pairs = [f"{inner}{_scalar(key)}: {_text(item, inner)}" for key, item in value.items()]
            return "{\n" + ",\n".join(pairs) + f"\n{margin}}}"
        case list() if value:
            return "[\n" + ",\n".join([inner + _text(item, inner) for item in value]) + f"\n{margin}]"
        case _:
            return _scalar(value)


def _document(schema: Schema) -> Iterator[tuple[str, int | str | Iterable[Any]]]:
    yield "format_version", FORMAT_VERSION
    yield "source", schema.source
    yield "expresses", sorted(kind.__name__ for kind in schema.expresses)
    yield "inexpressible", sorted(facet.name for facet in schema.inexpressible)
    yield "unread", sorted(kind.__name__ for kind in schema.unread)
    yield "tables", map(_table, schema.tables)
    yield "enums", map(_enum, schema.enums)
    yield "sequences", map(_sequence, schema.sequences)
    yield "views", map(_view, schema.views)
    yield "domains", map(_domain, schema.domains)
    yield "uncompared", ({"schema": name.schema, "name": name.name} for name in sorted(schema.uncompared))
    yield "problems", _problems(schema)


def _value(stated: Stated[Any] | None) -> Any:
    """The bare value: enumeration members and types as SQL."""
    if stated is None:
        return None
    match stated.value:
        case None | bool() | str() as plain:
            return plain
        case tuple() as items:
            return list(items)
        case value:
            return getattr(value, "value", None) or str(value)


def _unknown(item: object, *aspects: str) -> list[str]:
    return [aspect for aspect in aspects if getattr(item, aspect) is None]


def _table(table: Table) -> dict[str, Any]:
    return {
        "schema": table.name.schema,
        "name": table.name.name,
        "columns": [_column(column) for column in table.columns],
        "primary_key": None if table.primary_key is None else _primary_key(table.primary_key),
        "foreign_keys": [_foreign_key(key) for key in table.foreign_keys],
        "unique_constraints": [_unique(constraint) for constraint in table.unique_constraints],
        "indexes": [_index(index) for index in table.indexes],
        "checks": [_check(check) for check in table.checks],
        "exclusions": [_exclusion(constraint) for constraint in table.exclusions],
        "relations": [_relation(relation) for relation in table.relations],
        "row_security": None if table.row_security is None else _row_security(table.row_security.value),
        "comment": _value(table.comment),
        "unknown": _unknown(table, "row_security", "comment"),
        "unread": sorted(kind.__name__ for kind in table.unread),
    }


def _column(column: Column) -> dict[str, Any]:
    identity = None if column.identity is None else column.identity.value
    generated = None if column.generated is None else column.generated.value
    return {
        "name": column.name,
        "type": _value(column.type),
        "type_parts": None if column.type is None else _type_parts(column.type.value),
        "nullable": _value(column.nullable),
        "default": _value(column.default),
        "serial": column.default is not None and isinstance(column.default.value, SerialDefault),
        "client_default": _value(column.client_default),
        "identity": _value(column.identity),
        "identity_options": list(identity.options) if identity is not None else [],
        "generated": _value(column.generated),
        "generated_expression": None if generated is None else generated.expression,
        "collation": _value(column.collation),
        "comment": _value(column.comment),
        "unknown": _unknown(column, "type", "nullable", "default", "identity", "generated", "collation", "comment"),
    }


def _type_parts(kind: ColumnType) -> dict[str, Any]:
    return {"schema": kind.schema, "name": kind.name, "modifiers": list(kind.modifiers), "array": kind.array}


def _primary_key(key: PrimaryKey) -> dict[str, Any]:
    return {"name": _value(key.name), "columns": _value(key.columns)}


def _foreign_key(key: ForeignKey) -> dict[str, Any]:
    target = None if key.references is None else key.references.value
    return {
        "name": _value(key.name),
        "columns": list(key.columns),
        "referenced_schema": None if target is None else target.table.schema,
        "referenced_table": None if target is None else target.table.name,
        "referenced_columns": None if target is None else list(target.columns),
        "on_delete": _value(key.on_delete),
        "on_update": _value(key.on_update),
        "deferrability": _value(key.deferrability),
        "match": _value(key.match_type),
        "validated": _value(key.validated),
        "enforced": _value(key.enforced),
        "unknown": _unknown(
            key, "name", "on_delete", "on_update", "deferrability", "match_type", "validated", "enforced"
        ),
    }


def _unique(constraint: UniqueConstraint) -> dict[str, Any]:
    return {
        "name": _value(constraint.name),
        "columns": list(constraint.columns),
        "nulls_not_distinct": _value(constraint.nulls_not_distinct),
        "deferrability": _value(constraint.deferrability),
        "include": _value(constraint.include),
        "unknown": _unknown(constraint, "name", "nulls_not_distinct", "deferrability", "include"),
    }


def _index(index: Index) -> dict[str, Any]:
    return {
        "name": _value(index.name),
        "elements": [_element(element) for element in index.elements],
        "unique": _value(index.unique),
        "method": _value(index.method),
        "predicate": _value(index.predicate),
        "include": _value(index.include),
        "nulls_not_distinct": _value(index.nulls_not_distinct),
        "unknown": _unknown(index, "name", "unique", "method", "predicate", "include", "nulls_not_distinct"),
    }


def _element(element: IndexElement) -> dict[str, Any]:
    return {
        "column": element.column,
        "expression": element.expression,
        "descending": element.descending,
        "nulls_first": element.nulls_first,
        "opclass": element.opclass,
        "collation": element.collation,
    }


def _check(check: CheckConstraint) -> dict[str, Any]:
    return {"name": _value(check.name), "expression": _value(check.expression), "validated": _value(check.validated)}


def _exclusion(constraint: ExclusionConstraint) -> dict[str, Any]:
    return {"name": _value(constraint.name), "definition": _value(constraint.definition)}


def _row_security(security: RowSecurity) -> dict[str, Any]:
    policies = [{"name": policy.name, "definition": policy.definition} for policy in security.policies]
    return {"enabled": security.enabled, "forced": security.forced, "policies": policies}


def _enum(enum: Enum) -> dict[str, Any]:
    return {"schema": enum.name.schema, "name": enum.name.name, "labels": [label.value for label in enum.labels]}


def _sequence(sequence: Sequence) -> dict[str, Any]:
    return {"schema": sequence.name.schema, "name": sequence.name.name, "options": list(sequence.options)}


def _relation(relation: Relation) -> dict[str, Any]:
    return {
        "columns": list(relation.columns),
        "referenced_schema": relation.references.table.schema,
        "referenced_table": relation.references.table.name,
        "referenced_columns": list(relation.references.columns),
        "single": _value(relation.single),
        "on_delete": _value(relation.on_delete),
        "passive": relation.passive,
    }


def _view(view: View) -> dict[str, Any]:
    return {
        "schema": view.name.schema,
        "name": view.name.name,
        "columns": _value(view.columns),
        "materialized": view.materialized,
        "created": view.created,
        "definition": _value(view.definition),
    }


def _domain(domain: Domain) -> dict[str, Any]:
    return {
        "schema": domain.name.schema,
        "name": domain.name.name,
        "type": _value(domain.type),
        "type_parts": None if domain.type is None else _type_parts(domain.type.value),
        "nullable": _value(domain.nullable),
        "default": _value(domain.default),
        "checks": _value(domain.checks),
        "unknown": _unknown(domain, "type", "nullable", "default", "checks"),
    }


def _problems(schema: Schema) -> Iterable[dict[str, Any]]:
    for problem in schema.problems:
        place = printed(problem.place, schema)
        yield {
            "rule": problem.kind.value,
            "message": problem.message,
            "file": place.file,
            "line": None if place.start is None else place.start.line,
            "column": None if place.start is None else place.start.column,
        }
