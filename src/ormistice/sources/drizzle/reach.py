"""Whether an expression could give something of drizzle's at all: most of what is unknown could not."""

from collections.abc import Container

from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.pgcore import RELATIONS
from ormistice.sources.drizzle.scope import Lazy, Scope, children
from ormistice.sources.drizzle.values import (
    Array,
    Bound,
    Builder,
    Closure,
    ColumnOf,
    Enum,
    Namespace,
    Native,
    Opaque,
    Record,
    Symbol,
    Table,
    Value,
    Whole,
)

_MOST = 20_000
_MAKING = frozenset(
    ("pg-core", "mysql-core", "sqlite-core", "singlestore-core", "gel-core", "cockroach-core", "mssql-core")
)


def reaches_drizzle(node: nodes.Node, scope: Scope, known: Container[int] = ()) -> bool:
    """Whether a table, or what makes one, is named in `node` or in a function that it names.

    The tables whose ids are `known` are read already, whatever is made of them. A search that grows too large ends in
    a yes.
    """
    pending: list[tuple[object, Scope]] = [(node, scope)]
    seen: set[int] = set()
    for _ in range(_MOST):
        if not pending:
            return False
        item, around = pending.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, nodes.Name):
            binding = around.find(item.name)
            value = None if binding is None else binding.get()
            source = _source(binding) if binding is not None and isinstance(value, Opaque) else None
            if source is not None:
                pending.append(source)
            elif value is not None and _follow(value, pending, known):
                return True
        if not (isinstance(item, nodes.Unary) and item.operator == "new"):
            # An object of a class is no table, whatever it holds.
            pending.extend((part, around) for part in children(item))
    return True


def _source(binding: Lazy) -> tuple[nodes.Node, Scope] | None:
    """What an unknown value is computed from; None where that is not known either."""
    exporter = None if binding.exported is None else binding.exported()
    found = binding.source if exporter is None else exporter.source
    unassigned = found is not None and isinstance(found[0], nodes.Array) and not found[0].items
    return None if unassigned else found


def _holds(value: Value, pending: list[tuple[object, Scope]], known: Container[int]) -> bool:
    inner = [value]
    for _ in range(_MOST):
        if not inner:
            return False
        item = inner.pop()
        match item:
            case Record(entries=entries):
                inner.extend(entry.value for entry in entries.values())
            case Array(items=items):
                inner.extend(items)
            case _ if _follow(item, pending, known):
                return True
            case _:
                continue
    return True


def _follow(value: Value, pending: list[tuple[object, Scope]], known: Container[int]) -> bool:
    match value:
        case Table() | Enum() if id(value) in known:
            return False
        case ColumnOf(table=table) if id(table) in known:
            return False
        case Builder(kind=kind) if kind in RELATIONS:
            return False
        case Opaque() | Table() | Enum() | Namespace() | Builder() | Bound() | ColumnOf() | Native() | Whole():
            return True
        case Symbol(package=package):
            return package.rpartition("/")[2] in _MAKING and package.startswith("drizzle-orm")
        case Closure(function=function, scope=scope) if isinstance(scope, Scope):
            pending.append((function, scope))
        case Record() | Array():
            return _holds(value, pending, known)
        case _:
            return False
    return False
