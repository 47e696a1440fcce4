"""Rule `missing-domain`."""

from collections.abc import Iterator

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, absence, rule
from ormistice.model import Domain


@rule(Domain, severity=Severity.WARNING)
def missing_domain(domain: Aligned[Domain]) -> Iterator[Violation]:
    """A domain that one source declares is missing in another.

    A column of a domain takes what the domain's checks let pass; a source that has the column of the domain's base type
    instead checks nothing. Sources whose language has no words for domains are not asked.
    """
    if domain.missing:
        yield absence(domain, f"domain {domain.identity.name}", claim=_claim)


def _claim(domain: Domain) -> str:
    return "DOMAIN" if domain.type is None else f"DOMAIN AS {domain.type.value}"
