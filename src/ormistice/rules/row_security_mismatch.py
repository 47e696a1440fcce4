"""Rule `row-security-mismatch`."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, mismatch, rule
from ormistice.model import RowSecurity, Table
from ormistice.names import truncated


@rule(Table, severity=Severity.WARNING)
def row_security_mismatch(table: Aligned[Table]) -> Iterator[Violation]:
    """Row level security is on in one source and off in another.

    With it on and no policy that lets a role pass, the role sees no row at all; with it off every role sees every row.
    Prisma and SQLAlchemy have no words for it and are not asked. Policies are compared by their names.
    """
    if found := table.disagreement(lambda item: item.row_security, lambda a, b: _words(a) != _words(b)):
        yield mismatch(
            table, found, _words, claim=_claim, repair=lambda item, expected: replace(item, row_security=expected)
        )


def _words(security: RowSecurity) -> str:
    policies = ", ".join(sorted(truncated(policy.name) for policy in security.policies))
    # Forcing what is off does nothing.
    on = "FORCE ROW LEVEL SECURITY" if security.forced and security.enabled else "ROW LEVEL SECURITY"
    state = on if security.enabled else f"no {on}"
    return f"{state} with policies {policies}" if policies else state


def _claim(table: Table) -> str:
    return "cannot say" if table.row_security is None else _words(table.row_security.value)
