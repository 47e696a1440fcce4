"""Finding every MetaData that modules lead to, and noting where tables and classes were declared."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from .importing import real_path

PLUMBING = ("sqlalchemy", "sqlmodel", "pydantic", "flask_sqlalchemy", "importlib", "typing", "dataclasses")
_OWN = ("__main__", __name__.partition(".")[0])


def distinct(found: Any) -> list[Any]:
    """Each MetaData once, in the order found, without the PostgreSQL catalogues that SQLAlchemy itself holds."""
    unique = {id(metadata): metadata for metadata in found if metadata.tables}
    return [
        metadata
        for metadata in unique.values()
        if not all(table.schema in ("pg_catalog", "information_schema") for table in metadata.tables.values())
    ]


def held(module: ModuleType) -> Iterator[Any]:
    """Every MetaData that a module's names lead to."""
    for value in list(vars(module).values()):
        yield from metadata_of(value, 2)


def metadata_of(value: Any, depth: int) -> Iterator[Any]:
    """The MetaData that a value is or holds: a table, a declarative class, a registry, a Flask-SQLAlchemy object."""
    from sqlalchemy import MetaData, Table
    from sqlalchemy.orm import registry

    if isinstance(value, MetaData):
        yield value
    elif isinstance(value, (Table, registry)):
        yield value.metadata
    elif isinstance(value, ModuleType) or depth == 0:
        return
    elif isinstance(value, type):
        names = [
            value.__dict__.get("metadata"),
            inspect.getattr_static(value, "metadata", None),
            *value.__dict__.values(),
        ]
        yield from (name for name in names if isinstance(name, MetaData))
    elif isinstance(value, (list, tuple, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from metadata_of(item, depth - 1)
    else:
        for item in attributes(value):
            yield from metadata_of(item, depth - 1)


def attributes(value: Any) -> list[Any]:
    """What an object's own dictionary holds, asked for without running any code of its class."""
    try:
        return list(object.__getattribute__(value, "__dict__").values())
    except (AttributeError, TypeError):
        return []


def chosen(module: ModuleType, path: str) -> list[Any]:
    """The MetaData at an attribute of the target; none after calling a factory: what it made is then looked for."""
    value: Any = module
    for part in path.removesuffix("()").split("."):
        value = getattr(value, part)
    found = distinct(metadata_of(value, 3))
    if not found and callable(value) and not isinstance(value, type):
        return distinct(metadata_of(value(), 3))
    if not found:
        raise TypeError(f"{path} holds no MetaData with tables")
    return found


class Watch:
    """Notes, while the application is imported, which classes are mapped and which line made each table."""

    def __init__(self) -> None:
        from sqlalchemy import Table, event
        from sqlalchemy.orm import Mapper

        self.classes: list[type] = []
        self.origins: dict[int, tuple[str, int]] = {}
        self.kept: list[Any] = []
        event.listen(Mapper, "instrument_class", lambda _, mapped: self.classes.append(mapped))
        event.listen(Table, "after_parent_attach", self.attached)

    def attached(self, table: Any, _: Any) -> None:
        """Note the innermost line outside SQLAlchemy that is at work now."""
        frame = inspect.currentframe()
        while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] in (*PLUMBING, *_OWN):
            frame = frame.f_back
        if frame is not None:
            self.kept.append(table)
            self.origins[id(table)] = (real_path(frame.f_code.co_filename), frame.f_lineno)
