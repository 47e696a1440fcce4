"""Changes of whole tables: all that they are made of, row level security, comment and name."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ormistice.model import Declared, Identity, Policy, RowSecurity, Schema, SerialDefault, Table
from ormistice.names import QualifiedName, quoted, quoted_name
from ormistice.settling import PolicyClauses
from ormistice.sources.postgres import ddl
from ormistice.sources.postgres.statements import ADDED_UNREAD, BRIEF, alter, comment_on, kept, noted
from ormistice.sources.postgres.write_types import moved

_NONE = RowSecurity(enabled=False, forced=False)


def added_table(table: Table) -> Iterator[str]:
    """CREATE TABLE and all that belongs to it; no row is there yet, and so no lock matters but those of its keys."""
    columns = tuple(
        replace(column, default=replace(column.default, value=SerialDefault()))
        if column.default is not None and isinstance(column.default.value, SerialDefault)
        else column
        for column in table.columns
    )
    alone = replace(table, columns=columns, foreign_keys=())
    yield from ddl.creation(Schema("", (alone,), (), frozenset()))
    for key in table.foreign_keys:
        if key.references is not None:
            yield noted(ADDED_UNREAD, ddl.add_constraint(key))


def dropped_table(table: Table) -> Iterator[str]:
    """DROP TABLE, without its keys first, so that tables which reference each other can go in any order."""
    for key in table.foreign_keys:
        if key.name is not None:
            yield noted(BRIEF, f"{alter(table.name)} DROP CONSTRAINT {quoted(key.name.value)}")
    yield noted(BRIEF, f"DROP TABLE {quoted_name(table.name)}")


def changed_table(before: Table, after: Table) -> Iterator[str]:
    """What is the table's own."""
    wanted = kept(before, after)
    old = before.row_security.value if before.row_security is not None else _NONE
    if wanted.row_security is not None and wanted.row_security.value != old:
        yield from _row_security(before, old, wanted.row_security.value)
    if wanted.comment is not None and wanted.comment != before.comment:
        yield comment_on(f"TABLE {quoted_name(before.name)}", wanted.comment.value)
    yield from moved("TABLE", before.name, after.name)


def _row_security(table: Table, old: RowSecurity, new: RowSecurity) -> Iterator[str]:
    """What shuts out before what lets in, policies before they are asked for."""
    start, name = alter(table.name), quoted_name(table.name)
    if new.enabled and not old.enabled:
        yield noted(BRIEF, f"{start} ENABLE ROW LEVEL SECURITY")
    for policy in _lacking(old, new):
        yield noted(BRIEF, f"DROP POLICY {quoted(policy.name)} ON {name}")
    for policy in _lacking(new, old):
        yield noted(BRIEF, f"CREATE POLICY {quoted(policy.name)} ON {name} {policy.definition}")
    if old.enabled and not new.enabled:
        yield noted(BRIEF, f"{start} DISABLE ROW LEVEL SECURITY")
    if old.forced != new.forced:
        yield noted(BRIEF, f"{start} {'' if new.forced else 'NO '}FORCE ROW LEVEL SECURITY")


def _lacking(security: RowSecurity, other: RowSecurity) -> Iterator[Policy]:
    """The policies that the other has not, or not so; how the roles are quoted is nothing."""
    there = {(policy.name, _said(policy)) for policy in other.policies}
    return (policy for policy in security.policies if (policy.name, _said(policy)) not in there)


def _said(policy: Policy) -> PolicyClauses:
    clauses = PolicyClauses.of(policy)
    return replace(clauses, head=clauses.head.replace('"', ""))


def members(before: Table, after: Table) -> Iterator[tuple[Declared | None, Declared | None]]:
    """What a table is made of, as pairs of what it was and what it is to be; what goes comes before what comes."""
    pairs = [pair for kind in _KINDS for pair in _paired(_of(before, kind, before.name), _of(after, kind, before.name))]
    yield from ((old, new) for old, new in reversed(pairs) if new is None)
    yield from ((old, new) for old, new in pairs if new is not None and old != new)


_KINDS = ("columns", "primary_key", "unique_constraints", "indexes", "checks", "exclusions", "foreign_keys")


def _of(table: Table, kind: str, name: QualifiedName) -> Mapping[Identity, Declared]:
    """The members of one kind, as if the table were called `name`."""
    found = getattr(table, kind)
    items = found if isinstance(found, tuple) else () if found is None else (found,)
    return {item.key(): item for item in (replace(item, table=name) for item in items)}


def _paired(
    before: Mapping[Identity, Declared], after: Mapping[Identity, Declared]
) -> Iterator[tuple[Declared | None, Declared | None]]:
    for key in (*before, *(key for key in after if key not in before)):
        yield before.get(key), after.get(key)
