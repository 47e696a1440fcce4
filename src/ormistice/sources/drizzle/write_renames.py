"""Columns under other names: the name that is given to the function which makes a column. Its key stays."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ormistice.model import Column, Table
from ormistice.renaming import sharing, sql_names, text_names
from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.names import column_arguments
from ormistice.sources.drizzle.scope import children
from ormistice.sources.drizzle.values import text_of
from ormistice.sources.drizzle.write_columns import builder_of
from ormistice.sources.drizzle.write_draft import Draft
from ormistice.sources.drizzle.write_lists import UnwritableError
from ormistice.sources.drizzle.write_sites import ChainSite, column_chain, table_site
from ormistice.text import Span


def rename_columns(draft: Draft, renames: Sequence[tuple[Column, str]]) -> None:
    """Give columns of one table their new names; one that a spread lends to other tables has it there as well."""
    for column, name in renames:
        owners = sharing(draft.schema, column)
        draft.unsafe |= len(owners) > 1
        for owner in owners:
            _see_to_sql(draft, owner, column.name)
        at = column_chain(draft, column, shared=True)
        call = _maker(at, column)
        given = column_arguments(builder_of(draft, column))[:1]
        if given and text_of(given[0]) is not None:
            literal = next((one for one in call.arguments if _stands_at(one, at, given[0].place)), None)
            if literal is None:
                raise UnwritableError
            style = replace(draft.style(at.loaded), quote=at.text[literal.start])
            draft.put(at.loaded, literal.start, literal.end, style.quoted(name))
        else:
            _insert(draft, at, call, name)


def _maker(at: ChainSite, column: Column) -> nodes.Call:
    """The call that the column's chain begins with, which must be of the function that makes it."""
    call = next((link for link in at.chain.links if isinstance(link, nodes.Call)), None)
    place = column.type.place if column.type is not None else None
    if call is None or place != Span(at.loaded.document.path, at.chain.start, call.end):
        raise UnwritableError
    return call


def _stands_at(node: nodes.Node, at: ChainSite, place: Span) -> bool:
    return isinstance(node, nodes.Literal) and place == Span(at.loaded.document.path, node.start, node.end)


def _insert(draft: Draft, at: ChainSite, call: nodes.Call, name: str) -> None:
    quoted = draft.style(at.loaded).quoted(name)
    if call.arguments:
        start = call.arguments[0].start
        draft.put(at.loaded, start, start, f"{quoted}, ")
    else:
        draft.put(at.loaded, call.end - 1, call.end - 1, quoted)


def _see_to_sql(draft: Draft, table: Table, column: str) -> None:
    """SQL that names the column follows it where it does so by its key, and not in words of its own."""
    if not sql_names(table, (column,)):
        return
    said = list(_templates(table_site(draft, table.name).chain))
    if not said or any(text_names(text, (column,)) for template in said for text in template.strings):
        raise UnwritableError


def _templates(node: object) -> Iterator[nodes.Template]:
    if isinstance(node, nodes.Template):
        yield node
    for child in children(node):
        yield from _templates(child)
