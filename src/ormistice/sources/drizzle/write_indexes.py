"""Indexes in the third argument of a table."""

from ormistice.model import Index, IndexElement, UniqueConstraint
from ormistice.names import quoted
from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.write_constraints import add_unique, change_unique, drop_unique, unique_code
from ormistice.sources.drizzle.write_draft import Draft
from ormistice.sources.drizzle.write_extras import Inside, add_extra, drop_extra, extra_key, inside, replace_extra
from ormistice.sources.drizzle.write_lists import UnwritableError
from ormistice.sources.drizzle.write_sites import ChainSite, alone, chain_of, table_site
from ormistice.sources.drizzle.write_values import sql_code

Kept = Index | UniqueConstraint
_ON = ("on", "onOnly", "using")


def add_index(draft: Draft, index: Kept) -> None:
    """`index().on()` or `uniqueIndex().on()`; a unique constraint where only that says it all."""
    index = sayable(index)
    if isinstance(index, UniqueConstraint):
        add_unique(draft, index)
        return
    site = table_site(draft, index.table)
    columns = tuple(element.column or "expression" for element in index.elements)
    add_extra(draft, site, index_code(inside(draft, site), index), extra_key(columns, "Idx"))


def sayable(index: Kept) -> Kept:
    """The index, or the unique constraint in whose words it has to be said."""
    if isinstance(index, UniqueConstraint) or not _same(index):
        # No index is without a name but that of a constraint whose name is left to the server.
        unnamed = isinstance(index, Index) and index.name is None and _is_plain(index)
        return _constraint(index) if isinstance(index, Index) and unnamed else index
    if not _is_plain(index):
        raise UnwritableError
    return _constraint(index)


def _same(index: Index) -> bool:
    return index.nulls_not_distinct is not None and index.nulls_not_distinct.value


def _is_plain(index: Index) -> bool:
    """Whether a unique constraint would have just this index."""
    columns = tuple(IndexElement(element.column) for element in index.elements)
    whole = index.predicate is None or index.predicate.value is None
    btree = index.method is None or index.method.value == "btree"
    unique = index.unique is not None and index.unique.value
    return unique and whole and btree and columns == index.elements and all(one.column for one in columns)


def _constraint(index: Index) -> UniqueConstraint:
    return UniqueConstraint(
        index.table,
        tuple(element.column or "" for element in index.elements),
        index.place,
        nulls_not_distinct=index.nulls_not_distinct,
        include=index.include,
        name=index.name,
    )


def index_code(at: Inside, index: Index) -> str:
    """The whole index."""
    if _same(index) or (index.include is not None and index.include.value):
        raise UnwritableError
    where = ""
    if index.predicate is not None and index.predicate.value is not None:
        where = f".where({sql_code(at.draft, at.loaded, index.predicate.value, at.hidden)})"
    return f"{at.function(_function(index))}({_name(at, index)}).{_on(at, index)}{where}"


def _function(index: Index) -> str:
    return "uniqueIndex" if index.unique is not None and index.unique.value else "index"


def _name(at: Inside, index: Index) -> str:
    """The code of its name; empty where drizzle makes it up by itself."""
    columns = tuple(element.column for element in index.elements if element.column is not None)
    plain = not any(_needs_sql(at, element) for element in index.elements)
    if index.name is None:
        if not plain:
            raise UnwritableError
        return ""
    derived = at.draft.rules.index(at.table.name, columns) if plain else None
    return "" if index.name.value == derived else at.style.quoted(index.name.value)


def _on(at: Inside, index: Index) -> str:
    """`on(...)`, or `using(...)` where the method is not what an index has anyway."""
    ordered = index.method is None or index.method.value == "btree"
    elements = [_element(at, element, ordered=ordered) for element in index.elements]
    if ordered or index.method is None:
        return f"on({', '.join(elements)})"
    return f"using({', '.join([at.style.quoted(index.method.value), *elements])})"


def _element(at: Inside, element: IndexElement, *, ordered: bool) -> str:
    # Drizzle has no words for a collation, and is asked for none.
    if element.column is None or _needs_sql(at, element):
        return sql_code(at.draft, at.loaded, _in_sql(element, ordered=ordered), at.hidden)
    code = at.columns((element.column,))[0]
    if ordered:
        code += ".desc()" * element.descending + ".nullsFirst()" * element.nulls_first
    return code if element.opclass is None else f"{code}.op({at.style.quoted(element.opclass)})"


def _needs_sql(at: Inside, element: IndexElement) -> bool:
    """Whether it is no column, or one whose order drizzle-kit forgets: before 1.0, of what has an operator class."""
    ordered = (element.descending or element.nulls_first) and not element.order_lost
    return element.column is None or (ordered and element.opclass is not None and not at.draft.rules.modern)


def _in_sql(element: IndexElement, *, ordered: bool) -> str:
    text = element.expression or ""
    if element.column is not None:
        text = quoted(element.column)
    elif not _is_wrapped(text):
        text = f"({text})"
    words = [text]
    words += [element.opclass] if element.opclass is not None else []
    if ordered:
        words += ["DESC"] * element.descending
        words += ["NULLS FIRST" if element.nulls_first else "NULLS LAST"] * (element.nulls_first != element.descending)
    return " ".join(words)


def _is_wrapped(text: str) -> bool:
    """Whether the first parenthesis is closed by the last one."""
    depth, quote = 0, ""
    for at, character in enumerate(text):
        if quote or character in "\"'":
            quote = ("" if character == quote else quote) if quote else character
            continue
        depth += (character == "(") - (character == ")")
        if depth == 0 and at < len(text) - 1:
            return False
    return text.startswith("(")


def drop_index(draft: Draft, index: Kept) -> None:
    """The index, or the unique constraint that it was taken for, taken out."""
    own = as_written(draft, index)
    if isinstance(own, UniqueConstraint):
        drop_unique(draft, own)
    else:
        drop_extra(draft, table_site(draft, own.table), own.place)


def as_written(draft: Draft, index: Kept) -> Kept:
    """The unique constraint that stands where the index is said to, or the index itself."""
    table = draft.schema.table(index.table)
    if isinstance(index, UniqueConstraint) or table is None:
        return index
    columns = tuple(element.column for element in index.elements)
    constraints = (one for one in table.unique_constraints if one.place == index.place and one.columns == columns)
    return next(constraints, index)


def change_index(draft: Draft, before: Kept, after: Kept) -> None:
    """Another definition or name; what is not asked to change stays as it is written."""
    own = as_written(draft, before)
    if isinstance(own, UniqueConstraint) and isinstance(before, Index) and isinstance(after, Index):
        after = _constraint(after) if _is_plain(after) else after
    after = sayable(after) if isinstance(own, Index) else after
    match own, after:
        case UniqueConstraint(), UniqueConstraint():
            change_unique(draft, own, after)
        case Index(), Index():
            _change(draft, own, after)
        case UniqueConstraint(), Index() if _is_column(draft, own):
            drop_unique(draft, own)
            add_index(draft, after)
        case _:
            site = table_site(draft, own.table)
            at = inside(draft, site)
            code = unique_code(at, after) if isinstance(after, UniqueConstraint) else index_code(at, after)
            replace_extra(draft, site, own.place, code)


def _is_column(draft: Draft, constraint: UniqueConstraint) -> bool:
    table = draft.schema.table(constraint.table)
    return table is not None and any(column.place == constraint.place for column in table.columns)


def _change(draft: Draft, before: Index, after: Index) -> None:
    if before.table != after.table or before == after or (after.include is not None and after.include.value):
        raise UnwritableError
    site = table_site(draft, before.table)
    at, chain = inside(draft, site), chain_of(draft, before.place)
    alone(draft.schema, before.place)
    call = next((link for link in chain.chain.links if isinstance(link, nodes.Call)), None)
    if call is None:
        raise UnwritableError
    if after.unique is not None and before.unique != after.unique:
        draft.put(chain.loaded, chain.chain.start, call.start, at.function(_function(after)))
    _change_name(draft, at, chain, call, (before, after))
    if before.elements != after.elements or (after.method is not None and before.method != after.method):
        step = next((step for step in chain.steps() if step.name in _ON), None)
        if step is None:
            raise UnwritableError
        draft.put(chain.loaded, step.member.start, step.call.end, _on(at, after))
    if after.predicate is not None and before.predicate != after.predicate:
        _change_predicate(draft, at, chain, after.predicate.value)


def _change_name(draft: Draft, at: Inside, chain: ChainSite, call: nodes.Call, change: tuple[Index, Index]) -> None:
    before, after = change
    if after.name is None or before.name == after.name:
        # A name that drizzle makes up follows the columns, and must not.
        implicit = before.name is not None and before.name.implicit and after.name is not None
        if not implicit or before.elements == after.elements or call.arguments:
            return
    code = _name(at, after)
    if len(call.arguments) > 1:
        raise UnwritableError
    if call.arguments:
        draft.put(chain.loaded, call.arguments[0].start, call.arguments[0].end, code)
    elif code:
        draft.put(chain.loaded, call.start + 1, call.end - 1, code)


def _change_predicate(draft: Draft, at: Inside, chain: ChainSite, predicate: str | None) -> None:
    step = chain.step("where")
    if predicate is None:
        if step is None:
            raise UnwritableError
        chain.without(draft, step)
        return
    code = sql_code(draft, at.loaded, predicate, at.hidden)
    if step is None:
        chain.then(draft, f".where({code})")
    elif len(step.call.arguments) == 1:
        draft.put(chain.loaded, step.call.arguments[0].start, step.call.arguments[0].end, code)
    else:
        raise UnwritableError
