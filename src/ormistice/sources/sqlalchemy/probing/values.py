"""Single values of SQLAlchemy's objects as plain ones."""

from __future__ import annotations

import enum
import inspect
import sys
from functools import cache
from typing import Any

from .finding import PLUMBING
from .importing import module_file


def first_line(error: BaseException) -> str:
    """The first line of an exception's message."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def declared(table: dict[str, Any]) -> dict[str, Any]:
    """A table without where it was declared."""
    return {key: value for key, value in table.items() if key not in ("file", "line", "classes")}


def plain(kind: Any, dialect: Any) -> Any:
    """The dialect's own type behind decorators and variants, or one that says the same as it."""
    from sqlalchemy.types import Enum, TypeDecorator

    # Of SQLAlchemy's own types it is an enum alone that says something else of itself than the dialect's type does.
    own = type(kind).__module__.startswith("sqlalchemy.") and not isinstance(kind, (Enum, TypeDecorator))
    kind = kind if own and not getattr(kind, "_variant_mapping", None) else kind.dialect_impl(dialect)
    while isinstance(kind, TypeDecorator):
        kind = kind.impl
    return kind


def option(item: Any, name: str) -> Any:
    """A PostgreSQL option of a constraint or an index; None in releases that do not know it."""
    try:
        return item.dialect_options["postgresql"][name]
    except KeyError:
        return None


def deferral(constraint: Any) -> dict[str, Any]:
    """DEFERRABLE and INITIALLY as they are stated."""
    return {"deferrable": constraint.deferrable, "initially": constraint.initially}


def sequence_options(item: Any) -> dict[str, Any]:
    """The options of a sequence or an identity that are stated."""
    names = ("start", "increment", "maxvalue", "minvalue", "cache", "cycle")
    return {"options": {name: value for name in names if (value := getattr(item, name, None)) is not None}}


def target(element: Any) -> tuple[str | None, str, str]:
    """Schema, table and column that a foreign key references; as written where the table is not declared."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        return element.column.table.schema, str(element.column.table.name), str(element.column.name)
    except (SQLAlchemyError, AttributeError):
        written = getattr(element, "target_tokens", None)
        schema, table, column = written or element._column_tokens  # noqa: SLF001 - its name before 2.1
        return schema or element.parent.table.metadata.schema, table, column or element.parent.name


def spelling(element: Any) -> str | None:
    """The string that names the target, if one does."""
    try:
        return str(element.target_fullname)
    except Exception:  # noqa: BLE001 - a target that no string can spell
        return None


def client_default(column: Any) -> str | None:
    """What the application itself fills in: a value, a function's name, an expression."""
    default = column.default
    if default is None:
        return None
    if default.__visit_name__ == "sequence":
        return f"nextval({default.name})"
    value = getattr(default, "arg", None)
    if value is ...:  # what old releases of SQLModel take for a default where it says that there is none
        return None
    if callable(value):
        return str(getattr(inspect.unwrap(value), "__name__", type(value).__name__)).replace("<lambda>", "lambda")
    if isinstance(value, enum.Enum):
        return f"{type(value).__name__}.{value.name}"
    if is_plain(value):
        return repr(value)
    # What else a module computes when it is imported, the time for one, may be another value the next time.
    return str(value) if hasattr(value, "__visit_name__") else f"{type(value).__name__}()"


def is_plain(value: Any) -> bool:
    """Whether a value is made of literals alone, and so the same whenever a module is imported."""
    if isinstance(value, (list, tuple)):
        return all(is_plain(item) for item in value)
    if isinstance(value, dict):
        return all(is_plain(item) for pair in value.items() for item in pair)
    return isinstance(value, (str, int, float, bool, bytes, type(None)))


def located(cls: type) -> dict[str, Any]:
    """A class by the file and the name under which it is written."""
    module = sys.modules.get(cls.__module__)
    return {"file": module_file(module) if module else None, "name": cls.__qualname__}


def lineage(cls: type) -> list[dict[str, Any]]:
    """The classes of the application that a class is made of, itself first."""
    foreign = (*PLUMBING, "builtins", "abc", "typing")
    return [located(base) for base in cls.__mro__ if base.__module__.partition(".")[0] not in foreign]


def is_mapped(cls: type) -> bool:
    """Whether a class that was to be mapped still is: its module may have given it up half-way."""
    from sqlalchemy.orm import class_mapper

    try:
        return class_mapper(cls, configure=False) is not None
    except Exception:  # noqa: BLE001 - whatever SQLAlchemy says of what is not mapped
        return False


def relation(prop: Any) -> dict[str, Any]:
    """A relationship; `pairs` are the columns that it keeps equal, each a referenced and a referencing one."""
    pairs = [[column_name(column) for column in pair] for pair in prop.synchronize_pairs]
    reverse = sorted(prop._reverse_property, key=lambda each: (each.parent.class_.__qualname__, each.key))  # noqa: SLF001
    return {
        "lineage": lineage(prop.parent.class_),
        "attribute": prop.key,
        "reverse": [{"lineage": lineage(each.parent.class_), "attribute": each.key} for each in reverse],
        "pairs": [] if any(None in pair for pair in pairs) else pairs,
        "direction": prop.direction.name,
        "delete": bool(prop.cascade.delete),
        "passive": prop.passive_deletes,
        "viewonly": bool(prop.viewonly),
        "single": not prop.uselist,
    }


def column_name(column: Any) -> list[str | None] | None:
    """Schema, table and name of a column; None where it belongs to no table, but to a query."""
    from sqlalchemy import Table

    table = getattr(column, "table", None)
    return [table.schema, str(table.name), str(column.name)] if isinstance(table, Table) else None


def mapped_class(cls: type, mapper: Any) -> dict[str, Any]:
    """A mapped class: the classes it is made of, nearest first, and the attribute behind each column."""
    columns: dict[str, str] = {}
    for column in getattr(mapper.local_table, "columns", ()):
        try:
            columns[str(column.name)] = str(mapper.get_property_by_column(column).key)
        except Exception:  # noqa: BLE001 - a column that this class does not map
            columns.setdefault(str(column.name), str(column.key))
    return {"lineage": lineage(cls), "attributes": columns, "fields": fields(cls)}


def fields(cls: type) -> dict[str, bool]:
    """The attributes whose foreign key SQLModel's Field states, and whether that Field could state ON DELETE."""
    sqlmodel = sys.modules.get("sqlmodel")
    if sqlmodel is None or not issubclass(cls, sqlmodel.SQLModel):
        return {}
    says = states_actions(sqlmodel.Field)
    known = getattr(cls, "model_fields", None) or getattr(cls, "__fields__", {})
    stated = {name: getattr(getattr(field, "field_info", field), "foreign_key", None) for name, field in known.items()}
    return {name: says for name, value in stated.items() if isinstance(value, str)}


@cache
def states_actions(field: Any) -> bool:
    """Whether SQLModel's Field could state ON DELETE: in its older releases it cannot."""
    return "ondelete" in inspect.signature(field).parameters
