"""Rule `row-security-mismatch`."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from operator import itemgetter

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, mismatch, rule
from ormistice.model import Facet, Policy, RowSecurity, Stated, Table
from ormistice.names import truncated
from ormistice.settling import PolicyClauses

_ANYBODY = frozenset({"public"})
_WHOEVER = frozenset({"current_user", "current_role", "session_user"})


@rule(Table, severity=Severity.WARNING)
def row_security_mismatch(table: Aligned[Table]) -> Iterator[Violation]:
    """Row level security is on in one source and off in another, or lets other rows pass.

    With it on and no policy that lets a role pass, the role sees no row at all; with it off every role sees every row.
    Prisma and SQLAlchemy have no words for it and are not asked, nor is Drizzle whether it holds for the owner of the
    table too (FORCE). Policies are compared by their names, and those of one name by what they say: for which commands
    and roles they are, and their expressions as PostgreSQL prints them. A role that is told as the current one is any.
    """
    mute = {name for name, schema in table.among.schemas.items() if Facet.FORCED_ROW_SECURITY in schema.inexpressible}
    silent = tuple(item for name, item in table.declared.items() if name in mute)
    read = not any(Policy in item.unread for item in table.declared.values())

    def differ(one: RowSecurity, other: RowSecurity) -> bool:
        return _words(one) != _words(other) or bool(_unlike(one, other, read=read))

    found = _agreeing_on_force(table, mute).disagreement(lambda item: item.row_security, differ)
    if found:
        unlike = {
            name for item in found.actual.values() for name in _unlike(item.value, found.expected.value, read=read)
        }
        named_alike = all(_words(item.value) == _words(found.expected.value) for item in found.actual.values())

        def words(security: RowSecurity) -> str:
            told = tuple(item for item in security.policies if not named_alike or truncated(item.name) in unlike)
            return _words(replace(security, policies=told), unlike)

        yield mismatch(
            table,
            found,
            words,
            claim=lambda item: "cannot say" if item.row_security is None else words(item.row_security.value),
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


def _unlike(one: RowSecurity, other: RowSecurity, *, read: bool) -> set[str]:
    """The names of policies that both have, and that say other things; `read`: their expressions were understood."""
    found = {truncated(policy.name): _Said.by(policy, read=read) for policy in other.policies}
    return {
        name
        for policy in one.policies
        if (name := truncated(policy.name)) in found and not _Said.by(policy, read=read).agrees(found[name])
    }


@dataclass(frozen=True, slots=True)
class _Said:
    """What a policy says; `roles` are None where one is whoever makes it, expressions are `...` where not read."""

    kind: str
    roles: frozenset[str] | None
    using: str | None
    check: str | None

    @classmethod
    def by(cls, policy: Policy, *, read: bool) -> "_Said":
        clauses = PolicyClauses.of(policy)
        kind, _, roles = clauses.head.partition(" TO ")
        names = frozenset(name.strip('"') for name in roles.split(", "))
        using, check = (text if text is None or read else "..." for text in (clauses.using, clauses.check))
        # Without a condition of their own, rows that are written meet that for those that are read.
        check = using if check is None and kind.endswith((" ALL", " UPDATE")) else check
        names = _ANYBODY if "public" in names else names
        return cls(kind, None if names & _WHOEVER else names, using, check)

    def agrees(self, other: "_Said") -> bool:
        """Whether it lets the same rows pass for the same roles."""
        roles = None in (self.roles, other.roles) or self.roles == other.roles
        return roles and (self.kind, self.using, self.check) == (other.kind, other.using, other.check)


def _words(security: RowSecurity, detailed: Collection[str] = ()) -> str:
    """State and policies in words, and of some what they say."""
    listed = sorted(((truncated(policy.name), policy) for policy in security.policies), key=itemgetter(0))
    policies = ", ".join(f"{name} {_definition(policy)}" if name in detailed else name for name, policy in listed)
    # Forcing what is off does nothing.
    on = "FORCE ROW LEVEL SECURITY" if security.forced and security.enabled else "ROW LEVEL SECURITY"
    state = on if security.enabled else f"no {on}"
    return f"{state} with policies {policies}" if policies else state


def _definition(policy: Policy) -> str:
    clauses = PolicyClauses.of(policy)
    return str(replace(clauses, head=clauses.head.replace('"', "").removeprefix("AS PERMISSIVE ")))
