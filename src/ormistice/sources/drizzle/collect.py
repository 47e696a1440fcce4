"""What the modules of a schema export: that is what drizzle creates, and nothing else is."""

import re
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
    is_object,
)
from ormistice.sources.drizzle.views import is_view

# Of drizzle-zod and its like; what they give validates rows, and is no table.
_MAKES_SCHEMAS = re.compile("create(Insert|Select|Update)Schema")
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
    wrapped: list[tuple[str, Foreign]] = []
    for module in modules:
        found.unread += [(unread, "exports") for unread in module.unread]
        for name, exported in module.exports.items():
            value = exported.get()
            if id(value) in seen:
                continue
            seen.add(id(value))
            if isinstance(value, Opaque):
                unknown.append((name, value, exported))
            elif isinstance(value, Foreign) and _may_be_table(value):
                _take_foreign(found, name, value)
                wrapped.append((name, value))
            else:
                _take(found, value)
    for name, value, exported in unknown:
        if exported.source is None or reaches_drizzle(*exported.source, seen):
            found.unread.append((value, f"`{name}`"))
    for name, made in wrapped:
        if any(isinstance(given, Table) and id(given) not in seen for given in made.arguments):
            # What wraps a table that nothing else exports may well give the table itself.
            reason = f"`{made.function}` is not known, and is given a table"
            found.unread.append((Opaque(reason, made.place), f"`{name}`"))
    return found


def _may_be_table(made: Foreign) -> bool:
    """Whether it is neither a schema of values nor an object of a class, though what is taken of that may be one."""
    return not is_object(made) and not _MAKES_SCHEMAS.fullmatch(made.function)


def _take(found: Collected, value: Value) -> None:
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
        case _:
            return


def _take_foreign(found: Collected, name: str, made: Foreign) -> None:
    dialect = _OTHER_DIALECTS.get(made.function.split(" ")[0])
    found.other_dialect = found.other_dialect or dialect
    if dialect is None and any(_holds_columns(argument) for argument in made.arguments):
        reason = f"`{made.function}` is not known, and is given columns"
        found.unread.append((Opaque(reason, made.place), f"`{name}`"))


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
