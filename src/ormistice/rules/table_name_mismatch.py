"""Rule `table-name-mismatch`."""

from collections.abc import Iterator

from ormistice.alignment import Aligned, paired_sources
from ormistice.findings import Severity, Site, Violation, rule
from ormistice.model import Schema
from ormistice.pairing import Pairing


@rule(Schema, severity=Severity.ERROR)
def table_name_mismatch(schemas: Aligned[Schema]) -> Iterator[Violation]:
    """The same tables bear other names in another source.

    `UserProfile`, `user_profile` and `users_profiles` are three tables to PostgreSQL, and a source that names the wrong
    one fails at its first query. Instead of many missing tables this is told once, with the pairs. What is in the
    tables is not compared until `[names]` in the configuration maps the one name to the other. So it is with tables
    that lie in another schema, as where `search_path` or the `schema` of an address takes a source there.
    """
    for pairing in paired_sources(schemas.among):
        if pairing.names:
            yield _violation(pairing, schemas)


def _violation(pairing: Pairing, schemas: Aligned[Schema]) -> Violation:
    listed = ", ".join(f"{ours} = {theirs}" for ours, theirs in pairing.names)
    count = len(pairing.names)
    databases = schemas.among.databases
    authority = pairing.second if pairing.second in databases and pairing.first not in databases else pairing.first
    outlier = pairing.first if authority == pairing.second else pairing.second
    sites = []
    for names in pairing.names:
        for source, name in zip((pairing.first, pairing.second), names, strict=True):
            table = schemas.declared[source].table(name)
            if table is not None:
                sites.append(Site(source, table.place, f"as {source} names it"))
    sites.sort(key=lambda site: site.source != outlier)
    tables = "1 table bears another name" if count == 1 else f"{count} tables bear other names"
    return Violation(
        message=f"{tables} in {pairing.first} than in {pairing.second}: {listed}",
        authority=authority,
        outliers=(outlier,),
        claims={
            pairing.first: ", ".join(str(ours) for ours, _ in pairing.names),
            pairing.second: ", ".join(str(theirs) for _, theirs in pairing.names),
        },
        sites=tuple(sites),
        cause=_schemas(pairing),
    )


def _schemas(pairing: Pairing) -> str | None:
    """In which schemas they lie, where nothing else of their names differs."""
    if any(ours.name != theirs.name for ours, theirs in pairing.names):
        return None
    first, second = (", ".join(sorted({names[side].schema for names in pairing.names})) for side in (0, 1))
    return f"they lie in the schema {first} for {pairing.first}, in {second} for {pairing.second}"
