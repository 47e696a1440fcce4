"""Format `json`: one document for other tools, described by `json.schema.json`. Keys may be added, never renamed."""

import json
from typing import Any

from ormistice.findings import Finding, MissingTable, Report, Severity, Site, SuggestedFix
from ormistice.fixes import Script
from ormistice.model import Schema
from ormistice.places import printed

ENDINGS = (".json",)
FORMAT_VERSION = 1
NO_TABLES = frozenset({"enum", "sequence", "view", "domain"})


def render(report: Report) -> str:
    """The whole report as JSON."""
    document = {
        "format_version": FORMAT_VERSION,
        "sources": [
            {
                "name": source.name,
                "kind": source.kind,
                "location": source.location,
                "tables": source.tables,
                "enums": source.enums,
                "problems": source.problems,
            }
            for source in report.sources
        ],
        "findings": [_finding(finding, report) for finding in report.findings],
        "missing_tables": [_missing(table, report) for table in report.missing],
        "summary": {severity.value: report.count(severity) for severity in Severity}
        | {"not_compared": len(report.not_compared), "suppressed": report.suppressed},
        "not_compared": list(report.not_compared),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _finding(finding: Finding, report: Report) -> dict[str, Any]:
    identity = finding.identity
    of_table = identity is not None and identity.kind not in NO_TABLES
    of_enum = identity is not None and identity.kind == "enum"
    name = None if identity is None else f"{identity.name.schema}.{identity.name.name}"
    fixes = [_fix(fix) for fix in finding.fixes]
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "fingerprint": finding.fingerprint,
        "kind": None if identity is None else identity.kind,
        "name": name,
        "table": name if of_table else None,
        "columns": [] if identity is None else list(identity.columns),
        "enum": name if of_enum else None,
        "authority": finding.violation.authority,
        "outliers": list(finding.violation.outliers),
        "claims": dict(finding.violation.claims),
        "message": finding.violation.message,
        "cause": finding.violation.cause,
        "impact": finding.impact,
        "sites": [_site(site, report.among.schemas[site.source]) for site in finding.violation.sites],
        "rows_in_the_way": [
            {"source": item.source, "query": item.query, "count": item.count, "answer": item.answer}
            for item in finding.rows
        ],
        "fix": fixes[0] if fixes else None,
        "fixes": fixes,
    }


def _missing(table: MissingTable, report: Report) -> dict[str, Any]:
    """A missing table, in the order in which they can be created."""
    return {
        "table": f"{table.table.schema}.{table.table.name}",
        "missing_in": list(table.lacking),
        "declared": _site(Site(table.source, table.place, "declared here"), report.among.schemas[table.source]),
        "references": [f"{name.schema}.{name.name}" for name in table.references],
        "uses": [{"file": use.file, "line": use.line, "layer": use.layer} for use in table.uses],
        "waiting": [_site(Site(name, at, "commented out"), report.among.schemas[name]) for name, at in table.waiting],
    }


def _site(site: Site, schema: Schema) -> dict[str, Any]:
    place = printed(site.place, schema)
    return {
        "source": site.source,
        "file": place.file,
        "line": None if place.start is None else place.start.line,
        "column": None if place.start is None else place.start.column,
        "end_line": None if place.end is None else place.end.line,
        "end_column": None if place.end is None else place.end.column,
        "object": place.catalog_row,
        "label": site.label,
    }


def _fix(suggested: SuggestedFix) -> dict[str, Any]:
    fix = suggested.fix
    shown = {"source": fix.source, "applicability": fix.applicability.value, "verified": suggested.verified}
    return shown | ({"statements": list(fix.statements)} if isinstance(fix, Script) else {"diff": suggested.diff})
