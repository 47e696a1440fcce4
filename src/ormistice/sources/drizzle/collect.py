"""What the modules of a schema export: that is what drizzle creates, and nothing else is."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ormistice.sources.drizzle.modules import Loaded
from ormistice.sources.drizzle.pgcore import COLUMNS, RELATIONS
from ormistice.sources.drizzle.reach import reaches_drizzle
from ormistice.sources.drizzle.scope import Lazy
from ormistice.sources.drizzle.values import (
    Array,
    Builder,
    Enum,
    Foreign,
    Opaque,
    Record,
    Table,
    Value,
)
from ormistice.sources.drizzle.views import is_view

_MAKES_COLUMNS = COLUMNS | {"enum", "custom"}
_OTHER_DIALECTS = {
    "mysql-core": "MySQL",
    "sqlite-core": "SQLite",
    "singlestore-core": "SingleStore",
    "gel-core": "Gel",
    "cockroach-core": "CockroachDB",
    "mssql-core": "SQL Server",
}


@dataclass(slots=True)
class Collected:
    """Exported objects in the order of their declaration; `unread` may be tables or enums, and are not known."""

    tables: list[Table] = field(default_factory=list)
    enums: list[Enum] = field(default_factory=list)
    sequences: list[Builder] = field(default_factory=list)
    policies: list[Builder] = field(default_factory=list)
    views: list[Builder] = field(default_factory=list)
    relations: list[Builder] = field(default_factory=list)
    unread: list[tuple[Opaque, str]] = field(default_factory=list)
    other_dialect: str | None = None


def collect(modules: list[Loaded]) -> Collected:
    """Everything that `modules` export of a schema, each object once."""
    found = Collected()
    seen: set[int] = set()
    unknown: list[tuple[str, Opaque, Lazy]] = []
    for module in modules:
        found.unread += [(unread, "exports") for unread in module.unread]
        for name, exported in module.exports.items():
            value = exported.get()
            if id(value) in seen:
                continue
            seen.add(id(value))
            if isinstance(value, Opaque):
                unknown.append((name, value, exported))
            else:
                _take(found, name, value)
    for name, value, exported in unknown:
        if exported.source is None or reaches_drizzle(*exported.source, seen):
            found.unread.append((value, f"`{name}`"))
    return found


def _take(found: Collected, name: str, value: Value) -> None:
    match value:
        case Table():
            found.tables.append(value)
        case Enum():
            found.enums.append(value)
        case Builder(kind="pgSequence"):
            found.sequences.append(value)
        case Builder(kind="pgPolicy"):
            found.policies.append(value)
        case Builder() if is_view(value):
            found.views.append(value)
        case Builder(kind=kind) if kind in RELATIONS:
            found.relations.append(value)
        case Foreign(function=function, arguments=arguments):
            dialect = _OTHER_DIALECTS.get(function.split(" ")[0])
            found.other_dialect = found.other_dialect or dialect
            if dialect is None and any(_holds_columns(argument) for argument in arguments):
                found.unread.append(
                    (Opaque(f"`{function}` is not known, and is given columns", value.place), f"`{name}`")
                )
        case _:
            return


def _holds_columns(value: Value) -> bool:
    """Whether `value` is made of columns that belong to no table yet."""
    pending: list[Value] = [value]
    for _ in range(1_000):
        if not pending:
            return False
        item = pending.pop()
        if isinstance(item, Builder) and item.kind in _MAKES_COLUMNS:
            return True
        pending.extend(_inner(item))
    return False


def _inner(value: Value) -> Iterator[Value]:
    match value:
        case Record(entries=entries):
            yield from (entry.value for entry in entries.values())
        case Array(items=items):
            yield from items
        case _:
            return
