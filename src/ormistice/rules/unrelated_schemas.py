"""Rule `unrelated-schemas`."""

from collections.abc import Iterator

from ormistice.alignment import Aligned, paired_sources
from ormistice.findings import Severity, Site, Violation, rule
from ormistice.model import Schema


@rule(Schema, severity=Severity.WARNING)
def unrelated_schemas(schemas: Aligned[Schema]) -> Iterator[Violation]:
    """Two sources have hardly a table in common: they describe two databases.

    Their tables are not held against each other. An error where one of them is a database, since the other's queries
    fail there. Leave one of the sources out, or limit it with `include` to what it shares with the others.
    """
    for pairing in paired_sources(schemas.among):
        if pairing.unrelated:
            pair = (pairing.first, pairing.second)
            counts = {name: f"{len(schemas.declared[name].tables)} tables" for name in pair}
            yield Violation(
                message=f"{pairing.first} ({counts[pairing.first]}) and {pairing.second} ({counts[pairing.second]}) "
                "describe two databases: hardly a table of one is in the other",
                authority=pairing.first,
                outliers=(pairing.second,),
                claims=counts,
                severity=Severity.ERROR if schemas.among.databases & set(pair) else None,
                sites=tuple(Site(name, schemas.declared[name].tables[0].place, "its first table") for name in pair),
            )
