"""Tables that bear another name in some source, compared by the name that the user maps it to."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from ormistice.model import Schema
from ormistice.names import DEFAULT_SCHEMA, QualifiedName
from ormistice.stated import CatalogRow
from ormistice.text import Document, Span

T = TypeVar("T")
Names = Mapping[QualifiedName, QualifiedName]


def own_names(schema: Schema, mapping: Mapping[str, str]) -> Names:
    """What tables of `schema` are to be called, by their own names; a name that is taken there is given to no other.

    `mapping` is the user's: `{"User": "users", "auth.User": "auth.users"}`.
    """
    wanted = {qualified(own): qualified(common) for own, common in mapping.items()}
    taken = {table.name for table in schema.tables}
    return {name: common for name, common in wanted.items() if name in taken and common not in taken}


def qualified(name: str) -> QualifiedName:
    """A name as users write it; without a schema it lies in `public`."""
    before, dot, after = name.partition(".")
    return QualifiedName(before, after) if dot else QualifiedName(DEFAULT_SCHEMA, name)


def reversed_names(names: Names) -> Names:
    """The way back."""
    return {common: own for own, common in names.items()}


def renamed(item: T, names: Names) -> T:
    """A part of the model, or all of it, with these tables under their other names."""
    return _renamed(item, names) if names else item


def _renamed(item: Any, names: Names) -> Any:
    match item:
        case QualifiedName():
            return names.get(item, item)
        case tuple():
            return tuple(_renamed(each, names) for each in item)
        case Span() | CatalogRow() | Document() | type():
            return item
        case _ if is_dataclass(item):
            return _with_fields(item, names)
        case _:
            return item


def _with_fields(item: Any, names: Names) -> Any:
    changed = {}
    for field in fields(item):
        before = getattr(item, field.name)
        after = _renamed(before, names)
        if after is not before and after != before:
            changed[field.name] = after
    return replace(item, **changed) if changed else item
