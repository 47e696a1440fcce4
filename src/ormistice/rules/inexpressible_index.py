"""Rule `inexpressible-index`."""

from collections.abc import Iterator

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Site, Violation, listed, rule
from ormistice.members import facets
from ormistice.model import Index
from ormistice.rules.index_definition_mismatch import definition


@rule(Index, severity=Severity.INFO, even_agreed=True)
def inexpressible_index(index: Aligned[Index]) -> Iterator[Violation]:
    """An index is beyond the words of a source that has its table.

    A migration that is generated from such a source may drop the index, or create it again without its predicate. Keep
    it in a migration written by hand, and look at what is generated.
    """
    item = next(iter(index.declared.values()))
    mute = {
        name: lacking
        for name, schema in index.among.schemas.items()
        if name not in index.declared
        and Index in schema.expresses
        and index.among.covers(name, index.identity.name)
        and schema.table(index.identity.name) is not None
        and (lacking := facets(item) & schema.inexpressible)
    }
    if mute and not index.missing:
        what = listed(sorted({facet.value for lacking in mute.values() for facet in lacking}))
        yield Violation(
            message=f"{listed(mute)} {'has' if len(mute) == 1 else 'have'} no words for {what}: {definition(item)} "
            f"on {index.identity.name}",
            authority=index.authority,
            outliers=tuple(mute),
            claims={name: definition(own) for name, own in index.declared.items()} | dict.fromkeys(mute, "cannot say"),
            sites=tuple(Site(name, own.place, "declared here") for name, own in index.declared.items()),
        )
