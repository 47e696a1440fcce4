"""Whole tables, written anew."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.model import ForeignKey, Stated, Table, UniqueConstraint
from ormistice.sources.drizzle.modules import Loaded
from ormistice.sources.drizzle.spelling import Style
from ormistice.sources.drizzle.write_constraints import check_code, inline_unique_code, primary_key_code, unique_code
from ormistice.sources.drizzle.write_draft import Draft
from ormistice.sources.drizzle.write_extras import Inside, extra_key
from ormistice.sources.drizzle.write_indexes import index_code, sayable
from ormistice.sources.drizzle.write_keys import key_code, name_to_state, references_code
from ormistice.sources.drizzle.write_lists import UnwritableError
from ormistice.sources.drizzle.write_new_columns import column_code, key_and_name
from ormistice.sources.drizzle.write_policies import policy_code
from ormistice.sources.drizzle.write_sites import habits_of
from ormistice.sources.drizzle.write_statements import (
    behind,
    free_name,
    home_of,
    last_root,
    namespace_code,
    new_statement,
)
from ormistice.sources.drizzle.write_types import Where
from ormistice.text import Span


def add_table(draft: Draft, table: Table) -> None:
    """`export const ... = pgTable(...)` behind the last table."""
    if any(column.type is None for column in table.columns):
        raise UnwritableError
    places = [one.place for one in draft.schema.tables]
    loaded = home_of(draft, iter(places)) if places else last_root(draft)
    own = [place for place in places if isinstance(place, Span) and place.file == loaded.document.path]
    text = loaded.document.text
    at = max((behind(draft, place)[1] for place in own), default=len(text.rstrip()))
    new_statement(draft, loaded, at, _table_code(draft, loaded, table, at), above=False)


def _table_code(draft: Draft, loaded: Loaded, table: Table, at: int) -> str:
    style = draft.style(loaded)
    const = free_name(loaded, table.name.name, "Table")
    namespace = namespace_code(draft, loaded, table.name.schema, at, above=False)
    maker = draft.of_drizzle(loaded, "pgTable") if namespace is None else f"{namespace}.table"
    where = Where({const}, Span(loaded.document.path, at, at), is_new=True)
    keys: dict[str, tuple[str, bool]] = {}
    for column in table.columns:
        keys[column.name] = key_and_name(draft, column.name, None, {key for key, _ in keys.values()})
    inline = _Inline(draft, loaded, const, table, {name: key for name, (key, _) in keys.items()})
    primary = table.primary_key.columns.value if table.primary_key is not None else ()
    columns = [
        f"{style.key(keys[column.name][0])}: "
        + column_code(draft, loaded, column, where, named=keys[column.name][1], primary=column.name in primary)
        + inline.behind(column.name)
        for column in table.columns
    ]
    extras = _extras(draft, loaded, table, inline)
    head = f"export const {const} = {maker}("
    code = _call(draft, style, head, [style.quoted(table.name.name), *_lists(draft, style, columns, extras)])
    return f"{_secured(draft, table, code, maker)}{style.semicolon}"


def _lists(draft: Draft, style: Style, columns: list[str], extras: list[tuple[str, str]]) -> list[str]:
    """The second argument, and the third where there is something to list in it."""
    own = habits_of(draft).own_name
    given = [style.lines("{", columns, "}") if columns else "{}"]
    if extras and habits_of(draft).as_object and not draft.rules.modern:
        given.append(style.lines(f"({own}) => ({{", [f"{style.key(key)}: {code}" for key, code in extras], "})"))
    elif extras:
        given.append(style.lines(f"({own}) => [", [code for _, code in extras], "]"))
    return given


def _call(draft: Draft, style: Style, head: str, arguments: list[str]) -> str:
    """Three arguments stand on lines of their own where they do so elsewhere."""
    if len(arguments) > 2 and habits_of(draft).own_lines:  # noqa: PLR2004 - a table with a list of constraints
        return style.lines(head, arguments, ")")
    return f"{head}{', '.join(arguments)})"


def _secured(draft: Draft, table: Table, code: str, maker: str) -> str:
    security = table.row_security.value if table.row_security is not None else None
    if security is None or not security.enabled or security.policies:
        return code
    if security.forced:
        raise UnwritableError
    plain = f" = {maker}("
    return code.replace(plain, f" = {maker}.withRLS(", 1) if _by_function(draft, table) else f"{code}.enableRLS()"


def _by_function(draft: Draft, table: Table) -> bool:
    return draft.rules.modern and table.name.schema == "public"


class _Inline:
    """What the columns of a new table say themselves: its primary key, its unique constraints and foreign keys."""

    def __init__(self, draft: Draft, loaded: Loaded, const: str, table: Table, keys: dict[str, str]) -> None:
        self.draft, self.loaded, self.table, self.const, self.keys = draft, loaded, table, const, keys
        self.said: set[int] = set()

    def behind(self, column: str) -> str:
        """The method calls behind a column."""
        code = ""
        key = self.table.primary_key
        if key is not None and key.columns.value == (column,) and self._is_unnamed(key.name):
            self.said.add(id(key))
            code += ".primaryKey()"
        for constraint in self._uniques(column):
            self.said.add(id(constraint))
            code += inline_unique_code(self.draft, self.draft.style(self.loaded), constraint)
        for reference in self._keys(column):
            self.said.add(id(reference))
            own = self._own(reference)
            code += references_code(self.draft, self.loaded, reference, {self.const}, own)
        return code

    def _is_unnamed(self, name: Stated[str] | None) -> bool:
        return name is None or name.value == f"{self.table.name.name}_pkey"

    def _uniques(self, column: str) -> list[UniqueConstraint]:
        return [one for one in self.table.unique_constraints if one.columns == (column,)][:1]

    def _keys(self, column: str) -> list[ForeignKey]:
        own = [one for one in self.table.foreign_keys if one.columns == (column,)]
        return [one for one in own if name_to_state(self.draft, one) is None][:1]

    def _own(self, key: ForeignKey) -> str | None:
        reference = key.references.value if key.references is not None else None
        if reference is None or reference.table != self.table.name:
            return None
        (column,) = reference.columns
        return self.draft.style(self.loaded).access(self.const, self.keys[column])


def _extras(draft: Draft, loaded: Loaded, table: Table, inline: _Inline) -> list[tuple[str, str]]:
    """What the third argument of a new table lists: what each goes by in an object, and its code."""
    own, style = habits_of(draft).own_name, draft.style(loaded)

    def columns(names: tuple[str, ...]) -> list[str]:
        if not all(name in inline.keys for name in names):
            raise UnwritableError
        return [style.access(own, inline.keys[name]) for name in names]

    at = Inside(draft, loaded, table.name, {own}, columns, draft.rules.casing is not None)
    return _distinct([*_constraint_codes(at, table, inline.said), *_check_codes(at, table)])


def _constraint_codes(at: Inside, table: Table, said: set[int]) -> Iterator[tuple[str, str]]:
    if table.primary_key is not None and id(table.primary_key) not in said:
        yield "pk", primary_key_code(at, table.primary_key)
    for constraint in table.unique_constraints:
        if id(constraint) not in said:
            yield extra_key(constraint.columns, "Unique"), unique_code(at, constraint)
    for index in table.indexes:
        own = sayable(index)
        code = unique_code(at, own) if isinstance(own, UniqueConstraint) else index_code(at, own)
        yield extra_key(tuple(one.column or "expression" for one in index.elements), "Idx"), code
    for key in table.foreign_keys:
        if id(key) not in said:
            yield extra_key(key.columns, "Fk"), key_code(at, key)


def _check_codes(at: Inside, table: Table) -> Iterator[tuple[str, str]]:
    taken = {check.name.value for check in table.checks if check.name is not None}
    for check in table.checks:
        name = check.name or Stated(_untaken(table, taken), check.place)
        taken.add(name.value)
        yield extra_key((name.value,), ""), check_code(at, replace(check, name=name), set())
    for policy in table.row_security.value.policies if table.row_security is not None else ():
        yield extra_key((policy.name,), "Policy"), policy_code(at, policy)


def _untaken(table: Table, taken: set[str]) -> str:
    names = (f"{table.name.name}_check{i or ''}" for i in range(len(taken) + 1))
    return next(name for name in names if name not in taken)


def _distinct(codes: list[tuple[str, str]]) -> list[tuple[str, str]]:
    taken: set[str] = set()
    found = []
    for key, code in codes:
        one = next(name for name in (key, *(f"{key}{i}" for i in range(2, 1_000))) if name not in taken)
        taken.add(one)
        found.append((one, code))
    return found
