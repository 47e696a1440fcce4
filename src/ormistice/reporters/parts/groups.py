"""One thing told once: findings that differ in nothing but the object that each is of, put together.

It is presentation alone. Findings, their fingerprints and what machines read stay one for each object.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, replace

from ormistice.findings import Finding, Severity, Site, Violation, listed
from ormistice.model import Identity
from ormistice.reporters.parts.content import counted, subject
from ormistice.rules import rules

LEAST = 3
"""Fewer findings than these are told one by one."""

# Kinds whose claims are whole definitions: what a key references and an index holds is what it is, not how it differs.
# Of what is harmless the words are enough.
_DEFINED = frozenset(
    {"primary key", "foreign key", "relation", "unique constraint", "index", "check", "exclusion", "view"}
)
_PLURALS = {
    "index": "indexes",
    "check": "CHECK constraints",
    "exclusion": "EXCLUDE constraints",
}
_NAMED = re.compile(r"`([^`]+)`")
# What stands beside a name that is a part of another one, besides letters and digits.
_NAMING = tuple('_"$.')


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of which one thing is told: `words` say it of all, `own` what there is to say of each besides.

    A finding that is alone is a group of its own, and its message the words.
    """

    findings: tuple[Finding, ...]
    words: str
    own: tuple[str, ...]
    cause: str | None = None

    @property
    def first(self) -> Finding:
        """The finding that tells where the group stands."""
        return self.findings[0]

    @property
    def several(self) -> bool:
        """Whether it is more than one finding."""
        return len(self.findings) > 1

    @property
    def count(self) -> str:
        """`12 foreign keys`."""
        kind = self.first.identity.kind if self.first.identity is not None else "place"
        number = len(self.findings)
        return f"{number} {_PLURALS[kind]}" if number > 1 and kind in _PLURALS else counted(number, kind)

    @property
    def objects(self) -> tuple[str, ...]:
        """The name of each: of its object, or of what it names where it is of none; blank where it names nothing."""
        pairs = zip(self.findings, self.own, strict=True)
        return tuple(own if item.identity is None else subject(item) for item, own in pairs)

    @property
    def claims(self) -> dict[str, str]:
        """What sources say of all alike."""
        said = self.first.violation.claims
        return {name: claim for name, claim in said.items() if self._agreed(name)}

    def varies(self, source: str) -> bool:
        """Whether a source says other things of one than of another."""
        return not self._agreed(source)

    def _agreed(self, source: str) -> bool:
        return len({finding.violation.claims.get(source) for finding in self.findings}) == 1


@dataclass(frozen=True, slots=True)
class _Telling:
    """A finding, and what it would be told with: `likeness` is the same for those that are one thing."""

    finding: Finding
    words: str
    own: str = ""
    cause: str | None = None
    likeness: Hashable = None


def groups(findings: Iterable[Finding]) -> tuple[Group, ...]:
    """What there is to tell, each thing where its first finding stands."""
    every = list(findings)
    made: list[Group] = []
    left = [_telling(finding) for finding in every]
    # The same in every word, then in the same words of other values, then harmless things that have words of their own.
    for turned, key in ((_as_it_is, _wholly), (_by_values, _in_words), (_loosely, _wholly)):
        classes = list(_together(map(turned, left), key))
        made += [_group(own) for own in classes if len(own) > 1]
        taken = {id(it.finding) for own in classes if len(own) > 1 for it in own}
        left = [it for it in left if id(it.finding) not in taken]
    made += [_group([it]) for it in left]
    order = {id(finding): number for number, finding in enumerate(every)}
    return tuple(sorted(made, key=lambda group: order[id(group.first)]))


def _together(tellings: Iterable[_Telling], key: Callable[[_Telling], Hashable]) -> Iterator[list[_Telling]]:
    """Those of one key as one list where they are enough, else each as a list of its own."""
    classes: dict[Hashable, list[_Telling]] = {}
    for telling in tellings:
        classes.setdefault(key(telling), []).append(telling)
    for own in classes.values():
        yield from [own] if len(own) >= LEAST else ([telling] for telling in own)


def _group(tellings: list[_Telling]) -> Group:
    findings = tuple(telling.finding for telling in tellings)
    if len(tellings) == 1:
        return Group(findings, findings[0].violation.message, ("",), findings[0].violation.cause)
    return Group(findings, tellings[0].words, tuple(telling.own for telling in tellings), tellings[0].cause)


def _telling(finding: Finding) -> _Telling:
    violation = finding.violation
    if finding.identity is None:
        return _Telling(finding, violation.message, "", violation.cause)
    cause = violation.cause and _nameless(violation.cause, finding.identity)
    if found := _absent(violation) or _without(violation):
        return _Telling(finding, *found, cause)
    words = _nameless(violation.message, finding.identity)
    if finding.identity.kind in _DEFINED or finding.severity is Severity.INFO:
        return _Telling(finding, words, "", cause)
    claims = tuple((name, _nameless(claim, finding.identity)) for name, claim in violation.claims.items())
    return _Telling(finding, words, "", cause, claims)


def _as_it_is(telling: _Telling) -> _Telling:
    return telling


def _by_values(telling: _Telling) -> _Telling:
    """A finding whose claims are told of it alone; of no object, what it names."""
    violation = telling.finding.violation
    if telling.finding.identity is None:
        words = _NAMED.sub("`…`", violation.message)
        return replace(telling, words=words, own=listed(_NAMED.findall(violation.message) or [""]))
    claims = "; ".join(f"{name}: {claim}" for name, claim in violation.claims.items())
    return replace(telling, own=telling.own or claims)


def _loosely(telling: _Telling) -> _Telling:
    """A finding of severity info with others of its rule and sources, each of which says what it says by itself."""
    finding = telling.finding
    summary = next((rule.summary for rule in rules() if rule.name == finding.rule), None)
    if finding.severity is not Severity.INFO or finding.identity is None or summary is None:
        return replace(telling, likeness=id(finding))
    return _Telling(finding, f"{summary[0].lower()}{summary[1:].rstrip('.')}", finding.violation.message)


def _by_kind(telling: _Telling) -> Hashable:
    """What has to be the same of findings that are told together, whatever they say."""
    finding, violation = telling.finding, telling.finding.violation
    kind = None if finding.identity is None else finding.identity.kind
    of = (finding.rule, finding.severity, kind, finding.impact, telling.words)
    return (*of, violation.authority, violation.outliers)


def _in_words(telling: _Telling) -> Hashable:
    return (_by_kind(telling), telling.cause)


def _wholly(telling: _Telling) -> Hashable:
    return (_in_words(telling), telling.likeness)


def _absent(violation: Violation) -> tuple[str, str] | None:
    """What is said of sources that lack a whole object, and how one that has it defines it."""
    lacking = [name for name, claim in violation.claims.items() if claim == "missing"]
    declaring = [name for name in violation.claims if name not in lacking]
    if not lacking or not declaring:
        return None
    start = f"{listed(lacking)} {'has' if len(lacking) == 1 else 'have'} no "
    end = f", which {listed(declaring)} {'declares' if len(declaring) == 1 else 'declare'}"
    message = violation.message
    if not (message.startswith(start) and message.endswith(end)):
        return None
    again = "a second time " * message.removeprefix(start).startswith("second ")
    return f"missing {again}in {listed(lacking)}, declared in {listed(declaring)}", violation.claims[declaring[0]]


def _without(violation: Violation) -> tuple[str, str] | None:
    """What is said where one side has `no default`, `no comment`, and what the other side has."""
    outliers, authority = violation.outliers, violation.authority
    if not outliers:
        return None
    have = "has" if len(outliers) == 1 else "have"
    ours, _, rest = violation.message.partition(f", but {authority} has ")
    lacked = ours.removeprefix(f"{listed(outliers)} {have} no ")
    if rest and lacked != ours and _is_plain(lacked):
        return f"{listed(outliers)} {have} no {lacked}, which {authority} has", violation.claims.get(authority, "")
    ours, _, lacked = violation.message.rpartition(f", but {authority} has no ")
    if ours.startswith(f"{listed(outliers)} {have} ") and _is_plain(lacked):
        return f"{authority} has no {lacked}, which {listed(outliers)} {have}", violation.claims.get(outliers[0], "")
    return None


def _is_plain(words: str) -> bool:
    """Whether it is words of ours alone: what users write stands in quotes or with a mark."""
    return words.replace(" ", "").isalpha()


def _nameless(text: str, identity: Identity) -> str:
    """A text about an object, the object's own names left out."""
    name = str(identity.name)
    for own in (*(f"{name}.{column}" for column in identity.columns), name):
        text = _left_out(own, text)
    return text.replace(f"({', '.join(identity.columns)})", "(…)") if identity.columns else text


def _left_out(own: str, text: str) -> str:
    """A text with an ellipsis for a name, where it is not a part of a longer one."""
    first, *rest = text.split(own)
    for part in rest:
        within = first[-1:].isalnum() or part[:1].isalnum() or first[-1:] in _NAMING or part[:1] in _NAMING
        first = f"{first}{own if within else '…'}{part}"
    return first


def told_at(finding: Finding) -> tuple[Site, ...]:
    """The place to click on, and where each further source that is out of line has it."""
    first, *others = finding.violation.sites
    seen = {first.source}
    more = []
    for site in others:
        if site.source in finding.violation.outliers and site.source not in seen:
            seen.add(site.source)
            more.append(site)
    return (first, *more)
