"""Primary keys, unique constraints and checks, behind a column or in the third argument of a table."""

from dataclasses import replace

from ormistice.model import CheckConstraint, Column, PrimaryKey, SerialDefault, Stated, UniqueConstraint
from ormistice.model import Table as ModelTable
from ormistice.names import QualifiedName
from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.find import entry
from ormistice.sources.drizzle.spelling import Style
from ormistice.sources.drizzle.write_draft import Draft
from ormistice.sources.drizzle.write_extras import Inside, add_extra, drop_extra, extra_key, inside, replace_extra
from ormistice.sources.drizzle.write_keys import put_option
from ormistice.sources.drizzle.write_lists import UnwritableError
from ormistice.sources.drizzle.write_sites import ChainSite, alone, chain_of, column_chain, table_site
from ormistice.sources.drizzle.write_values import sql_code

# Primary keys.


def add_primary_key(draft: Draft, key: PrimaryKey) -> None:
    """`.primaryKey()` of its column, or `primaryKey({...})` of the table."""
    columns = key.columns.value
    if len(columns) == 1 and _key_name(draft, key) is None:
        column_chain(draft, _column(draft, key.table, columns[0])).then(draft, ".primaryKey()")
    else:
        site = table_site(draft, key.table)
        add_extra(draft, site, primary_key_code(inside(draft, site), key), "pk")


def primary_key_code(at: Inside, key: PrimaryKey) -> str:
    """`primaryKey({...})`."""
    name = _key_name(at.draft, key)
    columns = f"columns: [{', '.join(at.columns(key.columns.value))}]"
    named = f"name: {at.style.quoted(name)}, " if name is not None else ""
    return f"{at.function('primaryKey')}({at.style.braced(named + columns)})"


def _key_name(draft: Draft, key: PrimaryKey) -> str | None:
    """The name that has to be given, where neither drizzle nor PostgreSQL comes to it by itself."""
    columns = key.columns.value
    if key.name is None:
        return None
    derived = draft.rules.primary_key(key.table.name, columns) if len(columns) > 1 else None
    return None if key.name.value == (derived or f"{key.table.name}_pkey") else key.name.value


def drop_primary_key(draft: Draft, key: PrimaryKey) -> None:
    """The key taken out; its columns still take no NULL."""
    inline = _inline_chains(draft, key)
    if inline is None:
        drop_extra(draft, table_site(draft, key.table), key.place)
    _leave(draft, key.table, key.columns.value, inline or {})


def _inline_chains(draft: Draft, key: PrimaryKey) -> dict[str, ChainSite] | None:
    """The chains that the key is written behind, by column; None where it stands in the third argument."""
    table = _table(draft, key.table)
    if not any(column.place == key.place for column in table.columns):
        return None
    return {name: column_chain(draft, _column(draft, key.table, name)) for name in key.columns.value}


def _leave(draft: Draft, table: QualifiedName, columns: tuple[str, ...], inline: dict[str, ChainSite]) -> None:
    """Let columns that leave the key take no NULL all the same."""
    for name in columns:
        column = _column(draft, table, name)
        chain = inline.get(name) or column_chain(draft, column)
        step = chain.step("primaryKey")
        said = chain.step("notNull") is not None or _never_null(column)
        if step is not None and not said:
            draft.put(chain.loaded, step.member.start, step.call.end, "notNull()")
        elif step is not None:
            chain.without(draft, step)
        elif not said:
            chain.then(draft, ".notNull()")


def _never_null(column: Column) -> bool:
    serial = column.default is not None and isinstance(column.default.value, SerialDefault)
    return serial or (column.identity is not None and column.identity.value is not None)


def change_primary_key(draft: Draft, before: PrimaryKey, after: PrimaryKey) -> None:
    """Other columns, or another name."""
    if before.table != after.table:
        raise UnwritableError
    inline = _inline_chains(draft, before)
    gone = tuple(name for name in before.columns.value if name not in after.columns.value)
    if before.columns.value == after.columns.value and not _renamed(before.name, after.name):
        raise UnwritableError
    if inline is not None:
        _leave(draft, before.table, gone, inline)
        _replace_inline(draft, after, inline)
        return
    site = table_site(draft, before.table)
    chain = chain_of(draft, before.place)
    call = next((link for link in chain.chain.links if isinstance(link, nodes.Call)), None)
    options = call.arguments[0] if call is not None and call.arguments else None
    alone(draft.schema, before.place)
    if isinstance(options, nodes.Object):
        listing = entry(options, "columns")
        if listing is None or not isinstance(listing.value, nodes.Array):
            raise UnwritableError
        if before.columns.value != after.columns.value:
            code = f"[{', '.join(inside(draft, site).columns(after.columns.value))}]"
            draft.put(chain.loaded, listing.value.start, listing.value.end, code)
        if _renamed(before.name, after.name):
            put_option(draft, chain.loaded, options, "name", _key_name(draft, after))
    else:
        replace_extra(draft, site, before.place, primary_key_code(inside(draft, site), after))
    _leave(draft, before.table, gone, {})


def _renamed(before: Stated[str] | None, after: Stated[str] | None) -> bool:
    return after is not None and (before is None or before.value != after.value)


def _replace_inline(draft: Draft, after: PrimaryKey, inline: dict[str, ChainSite]) -> None:
    columns = after.columns.value
    if len(columns) == 1 and _key_name(draft, after) is None:
        if columns[0] not in inline:
            column_chain(draft, _column(draft, after.table, columns[0])).then(draft, ".primaryKey()")
        return
    for name in columns:
        step = inline[name].step("primaryKey") if name in inline else None
        if name in inline and step is not None:
            inline[name].without(draft, step)
    if after.name is None and draft.rules.primary_key(after.table.name, columns) is not None:
        # What PostgreSQL has named so far keeps its name.
        after = replace(after, name=Stated(f"{after.table.name}_pkey", after.place))
    site = table_site(draft, after.table)
    add_extra(draft, site, primary_key_code(inside(draft, site), after), "pk")


def _table(draft: Draft, name: QualifiedName) -> ModelTable:
    table = draft.schema.table(name)
    if table is None:
        raise UnwritableError
    return table


def _column(draft: Draft, table: QualifiedName, name: str) -> Column:
    column = _table(draft, table).column(name)
    if column is None:
        raise UnwritableError
    return column


# Unique constraints.


def add_unique(draft: Draft, constraint: UniqueConstraint) -> None:
    """`.unique()` of its column, or `unique().on()` of the table."""
    if len(constraint.columns) == 1:
        column = _column(draft, constraint.table, constraint.columns[0])
        try:
            chain = column_chain(draft, column)
        except UnwritableError:
            pass
        else:
            if chain.step("unique") is None:
                chain.then(draft, inline_unique_code(draft, draft.style(chain.loaded), constraint))
                return
    site = table_site(draft, constraint.table)
    add_extra(draft, site, unique_code(inside(draft, site), constraint), extra_key(constraint.columns, "Unique"))


def _see_to_the_sayable(constraint: UniqueConstraint) -> None:
    deferrable = constraint.deferrability is not None and constraint.deferrability.value.value != "NOT DEFERRABLE"
    if deferrable or (constraint.include is not None and constraint.include.value):
        raise UnwritableError


def inline_unique_code(draft: Draft, style: Style, constraint: UniqueConstraint) -> str:
    """`.unique(...)`, dot and all."""
    _see_to_the_sayable(constraint)
    derived = None if _made_up_otherwise(draft) else draft.rules.unique(constraint.table.name, constraint.columns)
    name = constraint.name.value if constraint.name is not None and constraint.name.value != derived else None
    given = "" if name is None else style.quoted(name)
    if _same(constraint):
        nulls = style.quoted("not distinct")
        given = f"{given or 'undefined'}, {style.braced(f'nulls: {nulls}')}"
    return f".unique({given})"


def _made_up_otherwise(draft: Draft) -> bool:
    """Whether the name of a `.unique()` is not what it would be of columns that are called as they are."""
    return draft.rules.modern or draft.rules.casing is not None


def _same(constraint: UniqueConstraint) -> bool:
    return constraint.nulls_not_distinct is not None and constraint.nulls_not_distinct.value


def unique_code(at: Inside, constraint: UniqueConstraint) -> str:
    """`unique(...).on(...)`."""
    _see_to_the_sayable(constraint)
    derived = None if at.cased else at.draft.rules.unique(at.table.name, constraint.columns)
    name = constraint.name.value if constraint.name is not None and constraint.name.value != derived else None
    given = "" if name is None else at.style.quoted(name)
    same = ".nullsNotDistinct()" if _same(constraint) else ""
    return f"{at.function('unique')}({given}).on({', '.join(at.columns(constraint.columns))}){same}"


def drop_unique(draft: Draft, constraint: UniqueConstraint) -> None:
    """Its `.unique()` or its `unique().on()` taken out."""
    chain = _inline_unique(draft, constraint)
    if chain is None:
        drop_extra(draft, table_site(draft, constraint.table), constraint.place)
        return
    step = chain.step("unique")
    if step is None:
        raise UnwritableError
    chain.without(draft, step)


def _inline_unique(draft: Draft, constraint: UniqueConstraint) -> ChainSite | None:
    """The chain of the column that the constraint is written behind, if it is."""
    column = _column(draft, constraint.table, constraint.columns[0])
    return column_chain(draft, column) if column.place == constraint.place else None


def change_unique(draft: Draft, before: UniqueConstraint, after: UniqueConstraint) -> None:
    """Other columns, another name, or another view of NULLs."""
    if before.table != after.table or before == after:
        raise UnwritableError
    chain = _inline_unique(draft, before)
    site = table_site(draft, before.table)
    if chain is None:
        replace_extra(draft, site, before.place, unique_code(inside(draft, site), after))
        return
    step = chain.step("unique")
    if step is None:
        raise UnwritableError
    if before.columns != after.columns:
        chain.without(draft, step)
        add_extra(draft, site, unique_code(inside(draft, site), after), extra_key(after.columns, "Unique"))
        return
    code = inline_unique_code(draft, draft.style(chain.loaded), after)
    draft.put(chain.loaded, step.member.start, step.call.end, code.removeprefix("."))


# Checks.


def add_check(draft: Draft, check: CheckConstraint) -> None:
    """`check(name, sql`...`)` of the table."""
    site = table_site(draft, check.table)
    taken = {one.name.value for one in _table(draft, check.table).checks if one.name is not None}
    code = check_code(inside(draft, site), check, taken)
    key = check.name.value if check.name is not None else check.table.name
    add_extra(draft, site, code, extra_key((key,), "" if check.name is not None else "Check"))


def check_code(at: Inside, check: CheckConstraint, taken: set[str]) -> str:
    """`check(...)`; drizzle wants a name where PostgreSQL would make one up."""
    names = (f"{check.table.name}_check{i or ''}" for i in range(len(taken) + 1))
    name = check.name.value if check.name is not None else next(one for one in names if one not in taken)
    expression = sql_code(at.draft, at.loaded, check.expression.value, at.hidden)
    return f"{at.function('check')}({at.style.quoted(name)}, {expression})"


def drop_check(draft: Draft, check: CheckConstraint) -> None:
    """Its `check()` taken out."""
    drop_extra(draft, table_site(draft, check.table), check.place)


def change_check(draft: Draft, before: CheckConstraint, after: CheckConstraint) -> None:
    """Another condition, or another name."""
    validated = after.validated is not None and before.validated != after.validated
    site = table_site(draft, before.table)
    chain = chain_of(draft, before.place)
    call = next((link for link in chain.chain.links if isinstance(link, nodes.Call)), None)
    if validated or before.table != after.table or call is None or len(call.arguments) != 2:  # noqa: PLR2004 - name and condition
        raise UnwritableError
    alone(draft.schema, before.place)
    name, condition = call.arguments
    if _renamed(before.name, after.name) and after.name is not None:
        draft.put(chain.loaded, name.start, name.end, site.style.quoted(after.name.value))
    if before.expression.value != after.expression.value:
        code = sql_code(draft, chain.loaded, after.expression.value, chain.hidden)
        draft.put(chain.loaded, condition.start, condition.end, code)
