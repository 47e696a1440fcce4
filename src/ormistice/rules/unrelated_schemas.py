"""Rule `unrelated-schemas`."""

from collections.abc import Iterator

from ormistice.alignment import Aligned, paired_sources
from ormistice.findings import Severity, Site, Violation, listed, rule
from ormistice.model import Schema, Table


@rule(Schema, severity=Severity.WARNING)
def unrelated_schemas(schemas: Aligned[Schema]) -> Iterator[Violation]:
    """Two sources have hardly a table in common: they describe two databases, or two parts of one.

    Their tables are not held against each other. An error where one of them is a database, since the other's queries
    fail there. Leave one of the sources out, limit it with `include` to what it shares with the others, or say with
    `[[ownership]]` which tables are whose. Where not
    all tables of one could be read it is no more than a note: what they have in common may be among those.
    """
    for pairing in paired_sources(schemas.among):
        if pairing.unrelated:
            pair = (pairing.first, pairing.second)
            counts = {name: f"{len(schemas.declared[name].tables)} tables" for name in pair}
            partly = [name for name in pair if Table in schemas.declared[name].unread]
            grave = Severity.ERROR if schemas.among.databases & set(pair) else None
            yield Violation(
                message=f"{pairing.first} ({counts[pairing.first]}) and {pairing.second} ({counts[pairing.second]}) "
                "describe two databases, or two parts of one: hardly a table of one is in the other",
                authority=pairing.first,
                outliers=(pairing.second,),
                claims=counts,
                severity=Severity.INFO if partly else grave,
                cause=f"not all tables of {listed(partly)} could be read" if partly else None,
                sites=tuple(Site(name, schemas.declared[name].tables[0].place, "its first table") for name in pair),
            )
