"""Tables that go, and row level security."""

from dataclasses import replace

from ormistice.model import RowSecurity, Table
from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.write_draft import Draft
from ormistice.sources.drizzle.write_extras import add_extras, drop_extra, extra_key, inside
from ormistice.sources.drizzle.write_lists import UnwritableError
from ormistice.sources.drizzle.write_order import reorder
from ormistice.sources.drizzle.write_policies import policy_code
from ormistice.sources.drizzle.write_sites import table_site
from ormistice.sources.drizzle.write_statements import drop_statement, is_of_drizzle


def drop_table(draft: Draft, table: Table) -> None:
    """Its declaration taken out."""
    table_site(draft, table.name)
    drop_statement(draft, table.place, is_table=True)


# Row level security.


def change_table(draft: Draft, before: Table, after: Table) -> None:
    """The order of columns, or row level security and its policies; nothing else of a table is its own."""
    if before.columns != after.columns:
        if replace(before, columns=after.columns) != after:
            raise UnwritableError
        reorder(draft, before, after)
        return
    own, wanted = _security(before), _security(after)
    if own == wanted or before.name != after.name or _others(before) != _others(after):
        raise UnwritableError
    if wanted.forced or (not wanted.enabled and wanted.policies):
        raise UnwritableError
    draft.unsafe = True
    names = [{policy.name for policy in security.policies} for security in (own, wanted)]
    added = [policy for policy in wanted.policies if policy.name not in names[0]]
    dropped = [policy for policy in own.policies if policy.name not in names[1]]
    if len(dropped) > 1 or (added and dropped):
        raise UnwritableError
    site = table_site(draft, before.name)
    if added:
        at = inside(draft, site)
        add_extras(draft, site, [(extra_key((policy.name,), "Policy"), policy_code(at, policy)) for policy in added])
    for policy in dropped:
        drop_extra(draft, site, policy.place)
    if wanted.enabled and not wanted.policies and not _is_said(before):
        _switch_on(draft, before)
    elif not wanted.enabled and _is_said(before):
        _switch_off(draft, before)


def _security(table: Table) -> RowSecurity:
    if table.row_security is None:
        raise UnwritableError
    return table.row_security.value


def _is_said(table: Table) -> bool:
    """Whether row level security is switched on in words, and not by a policy alone."""
    return table.row_security is not None and not table.row_security.implicit


def _others(table: Table) -> tuple[object, ...]:
    return (table.comment and table.comment.value, table.columns)


def _switch_on(draft: Draft, table: Table) -> None:
    site = table_site(draft, table.name)
    if draft.rules.modern and is_of_drizzle(site.loaded, site.chain.head, "pgTable"):
        draft.put(site.loaded, site.chain.head.end, site.chain.head.end, ".withRLS")
    else:
        draft.put(site.loaded, site.chain.end, site.chain.end, ".enableRLS()")


def _switch_off(draft: Draft, table: Table) -> None:
    site = table_site(draft, table.name)
    ends = [site.chain.head.end, *(link.end for link in site.chain.links)]
    for i, link in enumerate(site.chain.links):
        if isinstance(link, nodes.Member) and link.name == "withRLS":
            draft.put(site.loaded, ends[i], link.end, "")
            return
        if isinstance(link, nodes.Member) and link.name == "enableRLS":
            draft.put(site.loaded, ends[i], ends[i + 2], "")
            return
    raise UnwritableError
