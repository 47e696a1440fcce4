"""Whether an expression could give something of drizzle's at all: most of what is unknown could not."""

from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.pgcore import RELATIONS
from ormistice.sources.drizzle.scope import Scope, children
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


def reaches_drizzle(node: nodes.Node, scope: Scope) -> bool:
    """Whether a table, or what makes one, is named in `node` or in a function that it names.

    A search that grows too large ends in a yes.
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
            if binding is not None and _follow(binding.get(), pending):
                return True
        if not (isinstance(item, nodes.Unary) and item.operator == "new"):
            # An object of a class is no table, whatever it holds.
            pending.extend((part, around) for part in children(item))
    return True


def _holds(value: Value, pending: list[tuple[object, Scope]]) -> bool:
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
            case _ if _follow(item, pending):
                return True
            case _:
                continue
    return True


def _follow(value: Value, pending: list[tuple[object, Scope]]) -> bool:
    match value:
        case Builder(kind=kind) if kind in RELATIONS:
            return False
        case Opaque() | Table() | Enum() | Namespace() | Builder() | Bound() | ColumnOf() | Native() | Whole():
            return True
        case Symbol(package=package):
            return package.rpartition("/")[2] in _MAKING and package.startswith("drizzle-orm")
        case Closure(function=function, scope=scope) if isinstance(scope, Scope):
            pending.append((function, scope))
        case Record() | Array():
            return _holds(value, pending)
        case _:
            return False
    return False
