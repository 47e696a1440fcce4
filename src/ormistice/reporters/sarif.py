"""Format `sarif`: SARIF 2.1.0, for code scanning: each rule's help, places, fixes, and fingerprints."""

import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from typing import Any

from ormistice.findings import Finding, Report, Site, SuggestedFix
from ormistice.fixes import Edit, Patch
from ormistice.places import Printed, printed
from ormistice.reporters.parts.anchors import anchor, in_file, told, uri
from ormistice.reporters.parts.content import object_name
from ormistice.rules import RESERVED, rules
from ormistice.text import Document, Position

ENDINGS = (".sarif", ".sarif.json")

LEVELS = {"error": "error", "warning": "warning", "info": "note"}
ROOT = "%SRCROOT%"

# GitHub refuses more than this, or shows no more.
MOST_RESULTS = 25_000
MOST_LOCATIONS = 1_000
MOST_BYTES = 10_000_000


def render(report: Report) -> str:
    """The report as a SARIF log. What is too much for GitHub is left out, the least grave first, and told."""
    findings = report.findings[:MOST_RESULTS]
    text = _log(report, findings, with_fixes=True)
    if _zipped(text) > MOST_BYTES:
        text = _log(report, findings, with_fixes=False)
    while _zipped(text) > MOST_BYTES and findings:
        findings = findings[: len(findings) * 3 // 4]
        text = _log(report, findings, with_fixes=False)
    return text


def _zipped(text: str) -> int:
    encoded = text.encode(errors="backslashreplace")
    return len(encoded) if len(encoded) < MOST_BYTES else len(gzip.compress(encoded, 6))


def _log(report: Report, findings: tuple[Finding, ...], *, with_fixes: bool) -> str:
    used = sorted({finding.rule for finding in findings})
    run = {
        "tool": {
            "driver": {
                "name": "ormistice",
                "version": version("ormistice"),
                "semanticVersion": version("ormistice"),
                "rules": [_rule(name) for name in used],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {
            ROOT: {"description": {"text": "The top of the repository, or else the folder that the audit was run in."}}
        },
        "invocations": [
            {"executionSuccessful": True, "toolExecutionNotifications": _notifications(report, findings, with_fixes)}
        ],
        "results": list(_results(report, findings, used, with_fixes=with_fixes)),
    }
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _rule(name: str) -> dict[str, Any]:
    known = {rule.name: (rule.severity.value, rule.documentation) for rule in rules()} | RESERVED
    severity, documentation = known[name]
    first, _, rest = documentation.partition("\n")
    return {
        "id": name,
        "name": name.title().replace("-", ""),
        "shortDescription": {"text": first},
        "fullDescription": {"text": " ".join(rest.split()) or first},
        "help": {"text": documentation, "markdown": documentation},
        "defaultConfiguration": {"level": LEVELS[severity]},
        "properties": {"tags": ["database", "schema"]},
    }


def _notifications(report: Report, findings: tuple[Finding, ...], with_fixes: bool) -> list[dict[str, Any]]:  # noqa: FBT001 - what the log was made with
    told_of = [("note", f"not compared: {item}") for item in report.not_compared]
    if len(findings) < len(report.findings):
        left_out = len(report.findings) - len(findings)
        told_of.append(
            ("warning", f"{left_out} results of the lowest severity are left out, for the file would be too large")
        )
    if not with_fixes:
        told_of.append(("note", "fixes are left out, for the file would be too large"))
    return [{"level": level, "message": {"text": text}} for level, text in told_of]


def _results(
    report: Report, findings: Iterable[Finding], used: list[str], *, with_fixes: bool
) -> Iterator[dict[str, Any]]:
    seen: dict[str, int] = defaultdict(int)
    for finding in findings:
        seen[finding.fingerprint] += 1
        result = {
            "ruleId": finding.rule,
            "ruleIndex": used.index(finding.rule),
            "level": LEVELS[finding.severity.value],
            # A bracket and a parenthesis would make a link of what stands in them.
            "message": {"text": told(finding).replace("](", "]\u200b(")},
            "locations": [_location(finding, report)],
            "partialFingerprints": {"ormistice/v1": f"{finding.fingerprint}:{seen[finding.fingerprint]}"},
        }
        if related := list(_related(finding, report)):
            result["relatedLocations"] = related[: MOST_LOCATIONS - 1]
        if with_fixes and (fixes := [_fix(fix, report) for fix in finding.fixes if isinstance(fix.fix, Patch)]):
            result["fixes"] = fixes
        yield result


def _location(finding: Finding, report: Report) -> dict[str, Any]:
    location: dict[str, Any] = {}
    if place := anchor(finding, report):
        location["physicalLocation"] = _physical(place.path, place.start, place.end)
    if finding.identity is not None:
        location["logicalLocations"] = [
            {"fullyQualifiedName": object_name(finding.identity), "kind": finding.identity.kind}
        ]
    elif place is None:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.violation.authority or finding.rule}]
    return location


def _related(finding: Finding, report: Report) -> Iterator[dict[str, Any]]:
    for site in finding.violation.sites:
        place = printed(site.place, report.among.schemas[site.source])
        yield _other(site, place)


def _other(site: Site, place: Printed) -> dict[str, Any]:
    location: dict[str, Any] = {"message": {"text": f"{site.source}: {site.label}"}}
    for item in in_file(place):
        location["physicalLocation"] = _physical(item.path, item.start, item.end)
    if place.catalog_row is not None:
        location["logicalLocations"] = [{"fullyQualifiedName": place.catalog_row}]
    return location


def _physical(path: str, start: Position, end: Position) -> dict[str, Any]:
    return {"artifactLocation": _artifact(path), "region": _region(start, end)}


def _artifact(path: str) -> dict[str, str]:
    address = uri(path)
    return {"uri": address} if address.startswith("file:") else {"uri": address, "uriBaseId": ROOT}


def _region(start: Position, end: Position) -> dict[str, int]:
    return {"startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column}


def _fix(suggested: SuggestedFix, report: Report) -> dict[str, Any]:
    fix = suggested.fix
    assert isinstance(fix, Patch)  # noqa: S101 - only patches are asked for
    schema = report.among.schemas[fix.source]
    documents = (schema.document(path) for path in sorted({edit.span.file for edit in fix.edits}))
    changes = [_changes(document, fix.edits) for document in documents if document is not None]
    state = "verified" if suggested.verified else "not verified"
    return {"description": {"text": f"{fix.source} ({fix.applicability.value}, {state})"}, "artifactChanges": changes}


def _changes(document: Document, edits: Iterable[Edit]) -> dict[str, Any]:
    return {
        "artifactLocation": _artifact(document.path),
        "replacements": [
            {
                "deletedRegion": _region(document.position(edit.span.start), document.position(edit.span.end)),
                "insertedContent": {"text": edit.text},
            }
            for edit in edits
            if edit.span.file == document.path
        ],
    }
