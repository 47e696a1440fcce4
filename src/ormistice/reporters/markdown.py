"""Format `markdown`: the report that a person would write: summary, each table, what references what, fixes, plan."""

from collections.abc import Iterable, Iterator

from ormistice.alignment import Aligned, align, matches
from ormistice.findings import Finding, Report, Severity, SuggestedFix, listed
from ormistice.fixes import Patch, Script, edited
from ormistice.graph import creation_order, referencing
from ormistice.model import Column, ForeignKey, Identity, Place, Table
from ormistice.names import QualifiedName, display
from ormistice.places import printed
from ormistice.reporters._markdown import block, code, escaped, table
from ormistice.rules import rules
from ormistice.text import Document

MARK = {Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.INFO: "ℹ️"}
STATUS = {Severity.ERROR: "**MISMATCH**", Severity.WARNING: "warning", Severity.INFO: "harmless"}
LANGUAGE = {"ts": "typescript", "mts": "typescript", "py": "python", "prisma": "prisma", "js": "javascript"}


def render(report: Report) -> str:
    """The report as GitHub-flavoured Markdown."""
    sections = (_summary, _tables, _references, _fixes, _plan, _harmless, _unread)
    return "\n\n".join(["# Schema audit", *(part for section in sections for part in section(report))]) + "\n"


def _grave(report: Report) -> tuple[Finding, ...]:
    return tuple(item for item in report.findings if item.severity is not Severity.INFO and not item.unread)


def _summary(report: Report) -> Iterator[str]:
    yield "## Summary"
    verdict = "the sources contradict each other" if report.count(Severity.ERROR) else "nothing that breaks"
    yield f"{MARK[_worst(report.findings)] if report.findings else '✅'} **{report.counts()}**: {verdict}."
    head = ("source", "kind", "location", "tables", "enums")
    rows: list[tuple[str, ...]] = [
        (code(source.name), source.kind, code(source.location), str(source.tables), str(source.enums))
        for source in report.sources
    ]
    yield table(head, rows)
    if findings := _grave(report):
        names = [source.name for source in report.sources]
        claims = [_claims(finding, names) for finding in findings]
        yield table(("issue", *(escaped(name) for name in names), "status"), claims)


def _worst(findings: Iterable[Finding]) -> Severity:
    return min((finding.severity for finding in findings), key=lambda severity: severity.rank)


def _claims(finding: Finding, names: list[str]) -> tuple[str, ...]:
    violation = finding.violation

    def cell(name: str) -> str:
        claim = violation.claims.get(name)
        if claim is None:
            return "–"
        return f"{'❌' if name in violation.outliers else '✅'} {code(claim)}"

    return (_subject(finding), *(cell(name) for name in names), f"{STATUS[finding.severity]} {finding.rule}")


def _subject(finding: Finding) -> str:
    return code(_short(finding.identity)) if finding.identity is not None else escaped(finding.rule)


def _short(identity: Identity) -> str:
    """`orders.user_id`, without the schema if it is the usual one."""
    return ".".join([_table_name(identity.name), *[", ".join(identity.columns)] * bool(identity.columns)])


def _table_name(name: QualifiedName) -> str:
    return display(name.name) if name.schema == "public" else str(name)


def _tables(report: Report) -> Iterator[str]:
    yield "## Tables"
    for number, aligned in enumerate(align(Table, report.among), 1):
        yield from _table(number, aligned, report)


def _table(number: int, aligned: Aligned[Table], report: Report) -> Iterator[str]:
    name = aligned.identity.name
    findings = [item for item in report.findings if item.identity is not None and item.identity.name == name]
    mark = MARK[_worst(findings)] if findings else "✅"
    yield f"### {number}. {code(_table_name(name))} {mark}"
    counts = [f"{sum(item.severity is severity for item in findings)} {severity.value}" for severity in Severity]
    told = listed(count for count in counts if not count.startswith("0 ")) if findings else "the same in all sources"
    expected = next(iter(aligned.declared))
    yield f"**Status**: {told}. As {escaped(expected)} has it:"
    rows = [_column(column, aligned.declared[expected]) for column in aligned.declared[expected].columns]
    yield table(("column", "type", "null", "key"), rows)
    yield "\n".join(_standing(source.name, aligned, findings, report) for source in report.sources)


def _column(column: Column, declared: Table) -> tuple[str, ...]:
    kind = "not understood" if column.type is None else str(column.type.value)
    null = "" if column.nullable is None else "NULL" if column.nullable.value else "NOT NULL"
    keys = [code(str(key)) for key in declared.foreign_keys if column.name in key.columns]
    primary = declared.primary_key is not None and column.name in declared.primary_key.columns.value
    return code(column.name), code(kind), null, ", ".join(["primary key"] * primary + keys)


def _standing(source: str, aligned: Aligned[Table], findings: list[Finding], report: Report) -> str:
    """One source's line under a table: where it declares it, and what of it is out of line."""
    declared = aligned.declared.get(source)
    if declared is None:
        return f"- **{escaped(source)}**: {_absence(source, aligned, report)}"
    place = _lines(declared.place, source, report)
    own = [finding for finding in findings if source in finding.violation.outliers]
    if not own:
        return f"- **{escaped(source)}**{place}: ✅ matches"
    grave = [
        f"\n  - {MARK[item.severity]} {_subject(item)}: {escaped(item.violation.message)}"
        for item in own
        if item.severity is not Severity.INFO
    ]
    notes = len(own) - len(grave)
    told = f" {notes} harmless {'difference' if notes == 1 else 'differences'}" if notes else ""
    return f"- **{escaped(source)}**{place}:{told}{''.join(grave)}"


def _absence(source: str, aligned: Aligned[Table], report: Report) -> str:
    if source in aligned.missing:
        return "❌ missing"
    owners = [owner for pattern, owner in report.owners if matches(pattern, aligned.identity.name)]
    return f"not applicable ({escaped(owners[0])} owns this table)" if owners else "not its business"


def _lines(place: Place, source: str, report: Report) -> str:
    """` (schema.ts:3-20)`, or nothing where there is no text."""
    where = printed(place, report.among.schemas[source])
    if where.start is None or where.end is None:
        return ""
    return f" ({code(f'{where.file}:{where.start.line}-{where.end.line}')})"


def _references(report: Report) -> Iterator[str]:
    wrong = {
        (source, item.identity)
        for item in _grave(report)
        if item.identity is not None and item.identity.kind == "foreign key"
        for source in item.violation.outliers
    }
    yield "## What references what"
    for source in report.sources:
        tables = report.among.schemas[source.name].tables
        if any(declared.foreign_keys for declared in tables):
            yield f"### As {escaped(source.name)} sees it"
            yield block("\n".join(_tree(source.name, tables, wrong)))


def _tree(source: str, tables: tuple[Table, ...], wrong: set[tuple[str, Identity]]) -> Iterator[str]:
    for group in creation_order(tables):
        for name in group:
            if keys := referencing(tables, name):
                yield _table_name(name)
                yield from (f"  ← {_edge(key)}{'  ✗' * ((source, key.key()) in wrong)}" for key in keys)


def _edge(key: ForeignKey) -> str:
    action = str(key).partition(")")[2]
    return f"{_table_name(key.table)}.{', '.join(key.columns)}{action}"


def _fixes(report: Report) -> Iterator[str]:
    offered = [(finding, fix) for finding in report.findings for fix in finding.fixes]
    if not offered:
        return
    yield "## Fixes"
    for number, (finding, fix) in enumerate(offered, 1):
        yield f"### Fix {number}: {_subject(finding)} in {escaped(fix.fix.source)}"
        yield f"{escaped(finding.violation.message)}. {_promise(fix)}"
        yield from _change(fix, report)


def _promise(suggested: SuggestedFix) -> str:
    if not suggested.verified:
        return "Not verified: look at it before you use it."
    return "Verified: applied to a copy and audited again, the finding is gone and no other came."


def _change(suggested: SuggestedFix, report: Report) -> Iterator[str]:
    match suggested.fix:
        case Script(statements=statements):
            yield block("\n".join(statements), "sql")
        case Patch(source=source, edits=edits) as patch:
            for path in sorted({edit.span.file for edit in edits}):
                document = report.among.schemas[source].document(path)
                if document is not None:
                    yield from _before_and_after(document, patch)


def _before_and_after(document: Document, patch: Patch) -> Iterator[str]:
    spans = [edit.span for edit in patch.edits if edit.span.file == document.path]
    start, end = min(span.start for span in spans), max(span.end for span in spans)
    first, last = document.position(start).line, document.position(max(start, end - 1)).line
    before = document.text.split("\n")
    after = edited(document.path, document.text, (patch,)).split("\n")
    language = LANGUAGE.get(document.path.rpartition(".")[2], "")
    old = "\n".join(before[first - 1 : last])
    new = "\n".join(after[first - 1 : last + len(after) - len(before)])
    yield f"**File**: {code(f'{document.path}:{first}' if first == last else f'{document.path}:{first}-{last}')}"
    yield f"Change from:\n\n{block(old, language)}"
    yield f"to:\n\n{block(new, language)}"


def _plan(report: Report) -> Iterator[str]:
    grave = _grave(report)
    if not grave:
        return
    yield "## Action plan"
    mended = [item for item in grave if any(fix.verified for fix in item.fixes)]
    steps = []
    for source in report.sources:
        own = [item for item in grave if any(fix.fix.source == source.name for fix in item.fixes)]
        if own:
            steps.append(f"Apply the {len(own)} {'fix' if len(own) == 1 else 'fixes'} of **{escaped(source.name)}**.")
    if rest := [item for item in grave if not item.fixes]:
        steps.append(f"Decide by hand on {listed(_subject(item) for item in rest)}.")
    databases = report.among.databases
    if databases and not any(set(item.violation.outliers) & databases for item in grave):
        steps.append("No migration is needed: the database already is as expected.")
    steps.append("Run `ormistice audit` again.")
    yield "\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1))
    yield f"Risk now: **{_risk(grave)}**. After the verified fixes: **{_risk([i for i in grave if i not in mended])}**."


def _risk(findings: Iterable[Finding]) -> str:
    found = {finding.severity for finding in findings}
    return "high" if Severity.ERROR in found else "medium" if Severity.WARNING in found else "low"


def _harmless(report: Report) -> Iterator[str]:
    notes = [item for item in report.findings if item.severity is Severity.INFO and item.identity is not None]
    if not notes:
        return
    yield "## Harmless, and why"
    for rule in rules():
        own = [item for item in notes if item.rule == rule.name]
        if own:
            yield f"**{escaped(rule.name)}** ({len(own)}): {rule.advice()}"
            yield "\n".join(f"- {_subject(item)}: {escaped(item.violation.message)}" for item in own)


def _unread(report: Report) -> Iterator[str]:
    unread = [item for item in report.findings if item.unread]
    if not unread and not report.not_compared:
        return
    yield "## Not understood, not compared"
    lines = [
        f"- {code(str(printed(item.violation.sites[0].place, report.among.schemas[item.violation.sites[0].source])))}: "
        f"{escaped(item.violation.message)}"
        for item in unread
    ]
    yield "\n".join([*lines, *(f"- {escaped(item)}" for item in report.not_compared)])
