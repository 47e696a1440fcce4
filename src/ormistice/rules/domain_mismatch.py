"""Rule `domain-mismatch`."""

from collections.abc import Iterator

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, matching, mismatch, rule
from ormistice.model import Domain, Stated

ASPECTS = ("type", "nullable", "default", "checks")


@rule(Domain, severity=Severity.WARNING)
def domain_mismatch(domain: Aligned[Domain]) -> Iterator[Violation]:
    """A domain is of another type in another source, or takes other values.

    Every column of the domain takes values that the other side refuses. Compared are the base type, NOT NULL, the
    default and the checks, whose names and order do not count.
    """
    common = [name for name in ASPECTS if all(getattr(item, name) is not None for item in domain.declared.values())]
    found = domain.disagreement(lambda item: Stated(_words(item, common), item.place))
    if found:
        expected = domain.declared[found.authority]
        yield mismatch(domain, found, str, claim=lambda item: _words(item, common), repair=matching(expected, *ASPECTS))


def _words(domain: Domain, aspects: list[str]) -> str:
    """The domain in words of SQL, as far as every source has words for it."""
    kind = f"DOMAIN AS {domain.type.value}" if domain.type is not None and "type" in aspects else "DOMAIN"
    default = domain.default.value if domain.default is not None and "default" in aspects else None
    required = domain.nullable is not None and not domain.nullable.value and "nullable" in aspects
    checks = domain.checks.value if domain.checks is not None and "checks" in aspects else ()
    words = [kind, *([f"DEFAULT {default}"] if default else []), *(["NOT NULL"] if required else [])]
    return " ".join([*words, *(f"CHECK ({check})" for check in sorted(checks))])
