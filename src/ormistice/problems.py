"""What is wrong with a source by itself, as findings: each kind has its severity, and what others count on weighs more.

That a migration drops a table is everyday; that it drops what another source still declares loses rows in use.
"""

from collections import defaultdict
from collections.abc import Iterator

from ormistice.alignment import Sources
from ormistice.findings import Finding, Severity, Site, Violation, fingerprint, listed
from ormistice.model import Column, Identity, Problem, ProblemKind, Schema, Table
from ormistice.rules import impact

PROBLEM_SEVERITY = {
    ProblemKind.SYNTAX_ERROR: Severity.ERROR,
    ProblemKind.UNSUPPORTED_CONSTRUCT: Severity.INFO,
    ProblemKind.IMPORT_FAILS: Severity.WARNING,
    ProblemKind.MIGRATION_FAILS: Severity.ERROR,
    ProblemKind.COMMENTED_OUT_MIGRATION: Severity.WARNING,
    ProblemKind.SEVERAL_MIGRATION_HEADS: Severity.WARNING,
    ProblemKind.MIGRATION_OUT_OF_ORDER: Severity.WARNING,
    ProblemKind.MIGRATION_DROPS_DATA: Severity.INFO,
    ProblemKind.IRREVERSIBLE_MIGRATION: Severity.INFO,
}


_WEIGHED = ProblemKind.MIGRATION_DROPS_DATA


def problem_findings(schema: Schema, among: Sources) -> Iterator[Finding]:
    """A finding for each problem of a schema, weighed among the other sources."""
    seen: dict[str, int] = defaultdict(int)
    for problem in schema.problems:
        seen[problem.message] += 1
        mark = fingerprint(problem.kind.value, schema.source, problem.message, str(seen[problem.message]))
        users = _users(problem.about, schema, among) if problem.about is not None and problem.kind is _WEIGHED else {}
        usual = Severity.WARNING if problem.needed else PROBLEM_SEVERITY[problem.kind]
        severity = Severity.ERROR if users else usual
        rule = problem.kind.value
        yield Finding(rule, severity, None, _violation(schema, problem, users), mark, impact=impact(rule))


def _users(about: Identity, schema: Schema, among: Sources) -> dict[str, Table | Column]:
    """The other sources that declare what a problem is about, if it is surely not there in the end."""
    if _declared(schema, about) is not None or Table in schema.unread:
        return {}
    found = {name: _declared(other, about) for name, other in among.schemas.items() if name != schema.source}
    return {name: item for name, item in found.items() if item is not None}


def _declared(schema: Schema, about: Identity) -> Table | Column | None:
    table = schema.table(about.name)
    return table if table is None or not about.columns else table.column(about.columns[0])


def _violation(schema: Schema, problem: Problem, users: dict[str, Table | Column]) -> Violation:
    sites = [Site(schema.source, place, label) for place, label in ((problem.place, "here"), *problem.related)]
    sites += [Site(name, item.place, "still declared here") for name, item in users.items()]
    still = f"; {listed(users)} still {'declares' if len(users) == 1 else 'declare'} it" if users else ""
    return Violation(
        message=f"{problem.message}{still}",
        authority=schema.source,
        outliers=(schema.source,),
        claims={},
        sites=tuple(sites),
    )
