"""Findings that the user has seen and allows: by a comment at the place, or in a baseline.

A comment `ormistice: allow RULE[,RULE] REASON` on the line that a finding points at, or alone on the line above, allows
it; `until YYYY-MM-DD` in front of the reason lets it expire. One that allows nothing is itself told.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ormistice.errors import AuditError
from ormistice.findings import Finding, Severity, Site, Violation, fingerprint
from ormistice.model import Schema
from ormistice.rules import impact
from ormistice.text import Document, Span

_MARK = "ormistice: allow"
_ALLOW = re.compile(
    r"(?P<before>.*?)(?://+|#|--|/\*)\s*ormistice: allow (?P<rules>[a-z-]+(?:\s*,\s*[a-z-]+)*)"
    r"(?:\s+until (?P<until>\d{4}-\d{2}-\d{2}))?(?P<reason>.*)"
)
BASELINE_VERSION = 1


@dataclass(frozen=True, slots=True)
class Allowance:
    """One comment. `lines` are those whose findings it allows."""

    source: str
    span: Span
    rules: tuple[str, ...]
    lines: tuple[int, ...]
    until: date | None


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
        start = document.offset(number, found.start("rules") + 1)
        rules = tuple(rule.strip() for rule in found["rules"].split(","))
        lines = (number,) if found["before"].strip() else (number, number + 1)
        until = None if found["until"] is None else _date(found["until"], document, start)
        yield Allowance(source, Span(document.path, start, start + len(found["rules"])), rules, lines, until)


def _date(text: str, document: Document, offset: int) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        at = document.position(offset)
        raise AuditError(f"{document.path}:{at.line}:{at.column}: {text} is no date") from error


def allowed(findings: Iterable[Finding], schemas: Mapping[str, Schema], today: date) -> tuple[list[Finding], int]:
    """The findings that no comment allows, with those comments that allow nothing; and how many were allowed."""
    every = allowances(schemas)
    valid = [item for item in every if item.until is None or item.until >= today]
    used: set[Allowance] = set()
    kept: list[Finding] = []
    count = 0
    for finding in findings:
        fitting = [item for item in valid if finding.rule in item.rules and _points_at(finding, item, schemas)]
        used.update(fitting)
        count += bool(fitting)
        if not fitting:
            kept.append(finding)
    expired = {item for item in every if item not in valid}
    return kept + [_unused(item, expired=item in expired) for item in every if item not in used], count


def _points_at(finding: Finding, allowance: Allowance, schemas: Mapping[str, Schema]) -> bool:
    for site in finding.violation.sites:
        if isinstance(site.place, Span) and site.place.file == allowance.span.file:
            document = schemas[site.source].document(site.place.file)
            if document is not None and document.position(site.place.start).line in allowance.lines:
                return True
    return False


def _unused(allowance: Allowance, *, expired: bool) -> Finding:
    rules = ", ".join(allowance.rules)
    why = f"expired on {allowance.until}" if expired else "allows nothing: no such finding is here"
    violation = Violation(
        message=f"the comment that allows {rules} {why}",
        authority=allowance.source,
        outliers=(allowance.source,),
        claims={},
        sites=(Site(allowance.source, allowance.span, "here"),),
    )
    mark = fingerprint("unused-allowance", allowance.span.file, rules, why)
    return Finding("unused-allowance", Severity.WARNING, None, violation, mark, impact=impact("unused-allowance"))


def read_baseline(path: Path) -> frozenset[str]:
    """The fingerprints of a baseline. Raises AuditError where the file is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return frozenset(entry["fingerprint"] for entry in content["findings"])
    except OSError as error:
        raise AuditError(f"{path}: {(error.strerror or str(error)).lower()}", "--update-baseline writes one") from error
    except (ValueError, KeyError, TypeError) as error:
        raise AuditError(f"{path}: not a baseline", "--update-baseline writes one") from error


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
