"""Format `gitlab`: a code quality report, which GitLab shows in merge requests."""

import json
from collections import defaultdict
from typing import Any

from ormistice.findings import Finding, Report, Severity, fingerprint
from ormistice.reporters.parts.anchors import Anchor, anchor, posix

ENDINGS = ("gl-code-quality-report.json", ".codequality.json", ".codeclimate.json")

SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.INFO: "info"}


def render(report: Report) -> str:
    """An issue for each finding. GitLab tells them apart by fingerprint, so that no two have the same."""
    seen: dict[str, int] = defaultdict(int)
    issues = []
    for finding in report.findings:
        seen[finding.fingerprint] += 1
        issues.append(_issue(finding, seen[finding.fingerprint], report))
    return json.dumps(issues, indent=2, ensure_ascii=False) + "\n"


def _issue(finding: Finding, occurrence: int, report: Report) -> dict[str, Any]:
    # Without any file there still must be a path; a source's location is the nearest to one.
    place = anchor(finding, report) or Anchor(report.sources[0].location)
    again = fingerprint(finding.fingerprint, str(occurrence)) if occurrence > 1 else finding.fingerprint
    return {
        "description": finding.violation.message,
        "check_name": finding.rule,
        "fingerprint": again,
        "severity": SEVERITIES[finding.severity],
        "location": {"path": posix(place.path), "lines": {"begin": place.start.line, "end": place.end.line}},
    }
