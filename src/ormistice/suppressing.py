"""Findings that the user has seen and allows: by a comment at the place, or in a baseline.

A comment `ormistice: allow RULE[,RULE] REASON` on the line that a finding points at, or alone on the line above, allows
it; `until YYYY-MM-DD` in front of the reason lets it expire. One that allows nothing is itself told, and why.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from ormistice.errors import AuditError
from ormistice.findings import Finding, Severity, Site, Violation, fingerprint
from ormistice.model import Schema
from ormistice.rules import RESERVED, impact, rules
from ormistice.sources import shown
from ormistice.text import Document, Span

_MARK = "ormistice:"
_ALLOW = re.compile(
    r"(?P<before>.*?)(?://+|#|--|/\*)\s*ormistice:\s*(?P<allow>allow)\b"
    r"(?:[ \t]+(?P<rules>[A-Za-z][\w-]*(?:\s*,\s*[A-Za-z][\w-]*)*))?"
    r"(?:\s+until\s+(?P<until>\d\S*))?"
)
BASELINE_VERSION = 1


@dataclass(frozen=True, slots=True)
class Allowance:
    """One comment. `lines` are those whose findings it allows, `until` the last day on which it does.

    `mistake` says why it allows nothing at all.
    """

    source: str
    span: Span
    rules: tuple[str, ...]
    lines: tuple[int, ...]
    until: date | None = None
    mistake: str | None = None

    def holds(self, today: date) -> bool:
        """Whether it allows anything on that day."""
        return self.mistake is None and (self.until is None or self.until >= today)


def allowances(schemas: Mapping[str, Schema]) -> tuple[Allowance, ...]:
    """Every comment that allows something, in all files that were read."""
    return tuple(
        allowance
        for name, schema in schemas.items()
        for document in schema.documents
        if _MARK in document.text
        for allowance in _of_document(name, document)
    )


def _of_document(source: str, document: Document) -> Iterator[Allowance]:
    for number, line in enumerate(document.text.split("\n"), 1):
        found = _ALLOW.match(line)
        if found is None:
            continue
        part = "rules" if found["rules"] else "allow"
        start = document.offset(number, found.start(part) + 1)
        names = tuple(name.strip() for name in found["rules"].split(",")) if found["rules"] else ()
        lines = (number,) if found["before"].strip() else (number, number + 1)
        until, mistake = _until(found["until"])
        mistake = mistake if names else "names no rule"
        yield Allowance(source, Span(document.path, start, start + len(found[part])), names, lines, until, mistake)


def _until(text: str | None) -> tuple[date | None, str | None]:
    """The day that a text names, or what is wrong with it."""
    if text is None:
        return None, None
    try:
        return date.fromisoformat(text), None
    except ValueError:
        return None, f"allows nothing: {text} is no date, such as 2030-12-31"


def allowed(findings: Iterable[Finding], schemas: Mapping[str, Schema], today: date) -> tuple[list[Finding], int]:
    """The findings that no comment allows, with those comments that allow nothing; and how many were allowed."""
    every = allowances(schemas)
    valid = [item for item in every if item.holds(today)]
    used: set[Allowance] = set()
    kept: list[Finding] = []
    count = 0
    for finding in findings:
        fitting = [item for item in valid if finding.rule in item.rules and _points_at(finding, item, schemas)]
        used.update(fitting)
        count += bool(fitting)
        if not fitting:
            kept.append(finding)
    return kept + [_unused(item, today) for item in every if item not in used], count


def _points_at(finding: Finding, allowance: Allowance, schemas: Mapping[str, Schema]) -> bool:
    for site in finding.violation.sites:
        if isinstance(site.place, Span) and site.place.file == allowance.span.file:
            document = schemas[site.source].document(site.place.file)
            if document is not None and document.position(site.place.start).line in allowance.lines:
                return True
    return False


def _unused(allowance: Allowance, today: date) -> Finding:
    names = ", ".join(allowance.rules)
    why = _why_unused(allowance, today)
    violation = Violation(
        message=f"the comment that allows {names} {why}" if names else f"the comment that allows {why}",
        authority=allowance.source,
        outliers=(allowance.source,),
        claims={},
        sites=(Site(allowance.source, allowance.span, "here"),),
    )
    mark = fingerprint("unused-allowance", allowance.span.file, names, why)
    return Finding("unused-allowance", Severity.WARNING, None, violation, mark, impact=impact("unused-allowance"))


def _why_unused(allowance: Allowance, today: date) -> str:
    if allowance.mistake is not None:
        return allowance.mistake
    if not allowance.holds(today):
        return f"expired on {allowance.until}"
    known = sorted({rule.name for rule in rules()} | RESERVED.keys())
    for name in allowance.rules:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            return f"allows nothing: no rule is named {name}" + (f"; {near[0]}?" if near else "")
    return "allows nothing: no such finding is here"


def read_baseline(path: Path) -> frozenset[str]:
    """The fingerprints of a baseline. Raises AuditError where the file is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return frozenset(entry["fingerprint"] for entry in content["findings"])
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise AuditError(f"{shown(path)}: {why}", "--update-baseline writes one") from error
    except (ValueError, KeyError, TypeError) as error:
        raise AuditError(f"{shown(path)}: not a baseline", "--update-baseline writes one") from error


def baseline(findings: Iterable[Finding], known: frozenset[str] | None) -> str:
    """A baseline of `findings` as JSON; of those in `known` alone where there is one, for it may only shrink."""
    kept = sorted(
        (item for item in findings if known is None or item.fingerprint in known),
        key=lambda item: (item.rule, item.fingerprint),
    )
    entries = [
        {
            "fingerprint": item.fingerprint,
            "rule": item.rule,
            "object": "" if item.identity is None else ".".join([str(item.identity.name), *item.identity.columns]),
        }
        for item in kept
    ]
    document = {"format_version": BASELINE_VERSION, "findings": entries}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def baseline_told(findings: Iterable[Finding], known: frozenset[str] | None) -> Iterator[str]:
    """What became of the baseline that held `known` when it was written anew, for people."""
    found = {item.fingerprint for item in findings}
    kept = found if known is None else found & known
    gone = "" if known is None else f", {len(known - found)} gone"
    yield f"{len(kept)} finding{'' if len(kept) == 1 else 's'} in the baseline{gone}"
    if found - kept:
        yield f"{len(found - kept)} more found and left out, for a baseline only shrinks: delete it to begin anew"
