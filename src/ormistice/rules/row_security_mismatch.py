"""Rule `row-security-mismatch`."""

from collections.abc import Collection, Iterator
from dataclasses import replace

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, mismatch, rule
from ormistice.model import Facet, RowSecurity, Stated, Table
from ormistice.names import truncated


@rule(Table, severity=Severity.WARNING)
def row_security_mismatch(table: Aligned[Table]) -> Iterator[Violation]:
    """Row level security is on in one source and off in another.

    With it on and no policy that lets a role pass, the role sees no row at all; with it off every role sees every row.
    Prisma and SQLAlchemy have no words for it and are not asked, nor is Drizzle whether it holds for the owner of the
    table too (FORCE). Policies are compared by their names.
    """
    mute = {name for name, schema in table.among.schemas.items() if Facet.FORCED_ROW_SECURITY in schema.inexpressible}
    silent = tuple(item for name, item in table.declared.items() if name in mute)
    found = _agreeing_on_force(table, mute).disagreement(lambda item: item.row_security, _differ)
    if found:
        yield mismatch(
            table,
            found,
            _words,
            claim=_claim,
            repair=lambda item, expected: (
                replace(item, row_security=_forced(expected, forced=False))
                if any(item is other for other in silent)
                else replace(item, row_security=expected)
            ),
        )


def _agreeing_on_force(table: Aligned[Table], mute: Collection[str]) -> Aligned[Table]:
    """The table with what those that have words for it say of FORCE said by the others too."""
    said = (item.row_security for name, item in table.declared.items() if name not in mute)
    forced = next((security.value.forced for security in said if security is not None), False)
    declared = {
        name: item
        if item.row_security is None or name not in mute
        else replace(item, row_security=_forced(item.row_security, forced=forced))
        for name, item in table.declared.items()
    }
    return replace(table, declared=declared)


def _forced(security: Stated[RowSecurity], *, forced: bool) -> Stated[RowSecurity]:
    return replace(security, value=replace(security.value, forced=forced))


def _differ(one: RowSecurity, other: RowSecurity) -> bool:
    return _words(one) != _words(other)


def _words(security: RowSecurity) -> str:
    policies = ", ".join(sorted(truncated(policy.name) for policy in security.policies))
    # Forcing what is off does nothing.
    on = "FORCE ROW LEVEL SECURITY" if security.forced and security.enabled else "ROW LEVEL SECURITY"
    state = on if security.enabled else f"no {on}"
    return f"{state} with policies {policies}" if policies else state


def _claim(table: Table) -> str:
    return "cannot say" if table.row_security is None else _words(table.row_security.value)
