"""Rule `table-name-mismatch`."""

from collections.abc import Iterator

from ormistice.alignment import Aligned, paired_sources
from ormistice.findings import Severity, Site, Violation, listed, rule
from ormistice.model import Schema
from ormistice.names import QualifiedName
from ormistice.pairing import Pairing


@rule(Schema, severity=Severity.ERROR)
def table_name_mismatch(schemas: Aligned[Schema]) -> Iterator[Violation]:
    """The same tables bear other names in another source.

    A source that names the wrong one fails at its first query, and what is in the tables is not compared until
    `[names]` in the configuration maps the one name to the other. `UserProfile`, `user_profile` and `users_profiles`
    are three tables to PostgreSQL; instead of many missing tables they are told once, in pairs. So are tables that lie
    in another schema, as where `search_path` or the `schema` of an address takes a source there.
    """
    alike: dict[frozenset[frozenset[QualifiedName]], list[Pairing]] = {}
    for pairing in paired_sources(schemas.among):
        if pairing.names:
            alike.setdefault(frozenset(frozenset(names) for names in pairing.names), []).append(pairing)
    for pairings in alike.values():
        yield _violation(pairings, schemas)


def _violation(pairings: list[Pairing], schemas: Aligned[Schema]) -> Violation:
    """One violation for sources that all have the same tables under one or the other of two names."""
    pairs = pairings[0].names
    called = _by_source(pairings)
    first = [source for source, names in called.items() if names == called[pairings[0].first]]
    second = [source for source in called if source not in first]
    authority = next((source for source in called if source in schemas.among.databases), pairings[0].first)
    outliers = tuple(second if authority in first else first)
    sites = []
    for at in range(len(pairs)):
        for source, names in called.items():
            table = schemas.declared[source].table(names[at])
            if table is not None:
                sites.append(Site(source, table.place, f"as {source} names it"))
    sites.sort(key=lambda site: site.source not in outliers)
    tables = "1 table bears another name" if len(pairs) == 1 else f"{len(pairs)} tables bear other names"
    told = ", ".join(f"{ours} = {theirs}" for ours, theirs in pairs)
    return Violation(
        message=f"{tables} in {listed(first)} than in {listed(second)}: {told}",
        authority=authority,
        outliers=outliers,
        claims={source: ", ".join(map(str, names)) for source, names in called.items()},
        sites=tuple(sites),
        cause=_schemas(pairs, listed(first), listed(second)),
    )


def _by_source(pairings: list[Pairing]) -> dict[str, tuple[QualifiedName, ...]]:
    """What each source calls the tables, all in the order of the first pairing."""
    order = [frozenset(names) for names in pairings[0].names]
    called: dict[str, tuple[QualifiedName, ...]] = {}
    for pairing in pairings:
        names = {frozenset(pair): pair for pair in pairing.names}
        for side, source in enumerate((pairing.first, pairing.second)):
            called.setdefault(source, tuple(names[key][side] for key in order))
    return called


def _schemas(pairs: tuple[tuple[QualifiedName, QualifiedName], ...], first: str, second: str) -> str | None:
    """In which schemas they lie, where nothing else of their names differs."""
    if any(ours.name != theirs.name for ours, theirs in pairs):
        return None
    lie = [listed(sorted({names[side].schema for names in pairs})) for side in (0, 1)]
    return f"they lie in the schema {lie[0]} for {first}, in {lie[1]} for {second}"
