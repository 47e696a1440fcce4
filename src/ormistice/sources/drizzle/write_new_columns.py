"""Columns that a table gets or loses."""

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from ormistice.model import Column, ForeignKey, SerialDefault, SqlDefault
from ormistice.model import Table as ModelTable
from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.modules import Loaded, Project
from ormistice.sources.drizzle.names import column_arguments
from ormistice.sources.drizzle.naming import cased
from ormistice.sources.drizzle.scope import children
from ormistice.sources.drizzle.spelling import camel_case
from ormistice.sources.drizzle.targets import keys_of
from ormistice.sources.drizzle.values import Builder, Record, Table, text_of
from ormistice.sources.drizzle.write_draft import Draft
from ormistice.sources.drizzle.write_extras import drop_extras_of
from ormistice.sources.drizzle.write_lists import UnwritableError, appended, listed, removed
from ormistice.sources.drizzle.write_sites import TableSite, alone, path_to, statement_at, table_site, tables_of
from ormistice.sources.drizzle.write_types import Where, call_code, maker_of
from ormistice.sources.drizzle.write_values import default_code, identity_code, sql_code
from ormistice.text import Span


def add_column(draft: Draft, column: Column) -> None:
    """One more property of a table's columns."""
    site = table_site(draft, column.table)
    if site.columns is None:
        raise UnwritableError
    taken = set(site.table.columns.entries) if isinstance(site.table.columns, Record) else set()
    key, named = key_and_name(draft, column.name, site.table, taken)
    where = Where(site.hidden_in_columns, statement_at(draft, site.table.place), site.builders)
    code = column_code(draft, site.loaded, column, where, named=named)
    draft.cut(site.loaded, appended(site.list_of(site.columns), f"{site.style.key(key)}: {code}", site.style))


def column_code(
    draft: Draft, loaded: Loaded, column: Column, where: Where, *, named: bool, primary: bool = False
) -> str:
    """The chain of calls that makes a column; `primary`: it is in a key that says more than `.notNull()`."""
    if column.type is None:
        raise UnwritableError
    style = draft.style(loaded)
    default = column.default.value if column.default is not None else None
    identity = column.identity.value if column.identity is not None else None
    generated = column.generated.value if column.generated is not None else None
    serial = isinstance(default, SerialDefault) and identity is None
    maker = maker_of(column.type.value, serial=serial, modern=draft.rules.modern)
    code = call_code(draft, loaded, maker, style.quoted(column.name) if named else "", where)
    if column.nullable is not None and not column.nullable.value and not (serial or identity or primary):
        code += ".notNull()"
    if identity is not None:
        code += identity_code(identity, column.type.value, style)
    if generated is not None:
        if not generated.stored:
            raise UnwritableError
        code += f".generatedAlwaysAs({sql_code(draft, loaded, generated.expression, where.hidden)})"
    elif isinstance(default, SqlDefault):
        code += default_code(draft, loaded, default.expression, maker, where.hidden)
    return code


def key_and_name(draft: Draft, column: str, table: Table | None, taken: set[str]) -> tuple[str, bool]:
    """The key of a new column, and whether it needs its name as an argument, as the tables of the project have it."""
    casing = (table.casing if table is not None else None) or draft.rules.casing
    habits = _habits(draft.project)
    camel = casing == "snake_case" or habits.camel
    key = camel_case(column) if camel and casing != "camelCase" else column
    free = [one for one in (key, column, f"{key}Column") if one and one not in taken]
    if not free:
        raise UnwritableError
    key = free[0]
    return key, cased(key, casing) != column or (casing is None and habits.named)


class _Habits:
    """How columns are named: keys in camel case, and names given where the key would do."""

    def __init__(self, *, camel: bool, named: bool) -> None:
        self.camel = camel
        self.named = named


@lru_cache(maxsize=4)
def _habits(project: Project) -> _Habits:
    counted = Counter(kind for table in tables_of(project) for kind in _kinds(table))
    return _Habits(camel=counted["plain"] <= counted["camel"], named=counted["named"] >= counted["unnamed"])


def _kinds(table: Table) -> Iterator[str]:
    entries = table.columns.entries if isinstance(table.columns, Record) else {}
    for key, entry in entries.items():
        arguments = column_arguments(entry.value)[:1] if isinstance(entry.value, Builder) else ()
        name = text_of(arguments[0]) if arguments else None
        if name is not None and "_" in name.strip("_"):
            yield "plain" if name == key else "camel"
        elif name is None and "_" in key.strip("_"):
            yield "plain"
        if name is None or name == key:
            yield "unnamed" if name is None else "named"


def drop_column(draft: Draft, column: Column) -> None:
    """Its property taken out, with the constraints and indexes that it is part of, as PostgreSQL does."""
    site = table_site(draft, column.table)
    table = draft.schema.table(column.table)
    loaded, path = path_to(draft, column.place)
    holder = next((node for node in path if isinstance(node, nodes.Object) and _holds(node, column)), None)
    if table is None or holder is None or _needed(draft, table, column) or loaded is not site.loaded:
        raise UnwritableError
    alone(draft.schema, column.place)
    key = keys_of(draft, site.table)[column.name]
    index = next(i for i, one in enumerate(holder.entries) if _is_at(one, column))
    if _mentioned(draft, site, key, column):
        raise UnwritableError
    drop_extras_of(draft, site, key)
    draft.cut(loaded, removed(listed(loaded.document.text, holder, holder.entries), index))


def _is_at(node: object, column: Column) -> bool:
    place = column.place
    return (
        isinstance(place, Span)
        and isinstance(node, nodes.Property)
        and (node.start, node.end)
        == (
            place.start,
            place.end,
        )
    )


def _holds(node: nodes.Object, column: Column) -> bool:
    return any(_is_at(one, column) for one in node.entries)


def _needed(draft: Draft, table: ModelTable, column: Column) -> bool:
    """Whether the primary key or another table's foreign key is of this column."""
    key = table.primary_key.columns.value if table.primary_key is not None else ()
    return column.name in key or any(_references(one, column) for one in _keys(draft))


def _keys(draft: Draft) -> Iterator[ForeignKey]:
    for table in draft.schema.tables:
        yield from table.foreign_keys


def _references(key: ForeignKey, column: Column) -> bool:
    target = key.references.value if key.references is not None else None
    own = key.table == column.table and column.name in key.columns
    return target is not None and not own and target.table == column.table and column.name in target.columns


def _mentioned(draft: Draft, site: TableSite, key: str, column: Column) -> bool:
    """Whether any code that was read takes that key of something that may be the table."""
    names = {
        name
        for loaded in tuple(draft.project.loaded.values())
        for name, binding in loaded.scope.names.items()
        if binding.get() is site.table
    }
    for loaded in draft.project.loaded.values():
        pending: list[object] = list(loaded.module.statements)
        while pending:
            node = pending.pop()
            if loaded is site.loaded and (_is_at(node, column) or any(node is one for one in site.call.arguments[2:])):
                continue
            if isinstance(node, nodes.Chain) and _takes(node, key, names):
                return True
            pending.extend(children(node))
    return False


def _takes(chain: nodes.Chain, key: str, names: set[str]) -> bool:
    before = chain.head.name if isinstance(chain.head, nodes.Name) else ""
    for link in chain.links:
        taken = link.name if isinstance(link, nodes.Member) else ""
        if isinstance(link, nodes.Index) and isinstance(link.key, nodes.Literal):
            taken = str(link.key.value)
        if taken == key and before in names:
            return True
        before = taken
    return False
