"""Format `junit`: JUnit XML, a suite for each table and enum, for what shows the results of tests."""

import re
from collections.abc import Iterable, Iterator
from xml.etree import ElementTree as ET

from ormistice.alignment import align
from ormistice.findings import Finding, Report, Severity
from ormistice.model import Enum, ProblemKind, Table
from ormistice.names import QualifiedName
from ormistice.reporters.parts.anchors import anchor, posix, told
from ormistice.reporters.parts.content import site, subject

ENDINGS = (".xml",)

# What XML has no way to write.
_UNWRITABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
COUNTED = (("failures", "failure"), ("errors", "error"), ("skipped", "skipped"))


def render(report: Report) -> str:
    """Errors and warnings are failures; what could not be read is an error or skipped; notes are output of a pass."""
    root = ET.Element("testsuites", name="ormistice")
    for name, findings in _groups(report).items():
        root.append(_suite(str(name), _cases(str(name), findings, report)))
    at_large = [finding for finding in report.findings if finding.identity is None]
    skipped = (_case("sources", reason, "skipped", message=reason) for reason in report.not_compared)
    root.append(_suite("sources", [*_cases("sources", at_large, report), *skipped]))
    for count in ("tests", "failures", "errors", "skipped"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _groups(report: Report) -> dict[QualifiedName, list[Finding]]:
    """Findings by table or enum, with those that have none."""
    names = {aligned.identity.name for aligned in align(Table, report.among)}
    names |= {aligned.identity.name for aligned in align(Enum, report.among)}
    names |= {finding.identity.name for finding in report.findings if finding.identity is not None}
    groups: dict[QualifiedName, list[Finding]] = {name: [] for name in sorted(names)}
    for finding in report.findings:
        if finding.identity is not None:
            groups[finding.identity.name].append(finding)
    return groups


def _suite(name: str, cases: Iterable[ET.Element]) -> ET.Element:
    suite = ET.Element("testsuite", name=_written(name), time="0")
    suite.extend(cases)
    suite.set("tests", str(len(suite)))
    for count, tag in COUNTED:
        suite.set(count, str(len(suite.findall(f"testcase/{tag}"))))
    return suite


def _cases(group: str, findings: Iterable[Finding], report: Report) -> Iterator[ET.Element]:
    """A case for each finding but the notes, which share one; one that passes where there is none."""
    notes = []
    told_any = False
    for finding in findings:
        if finding.severity is Severity.INFO and not finding.unread:
            notes.append(finding)
            continue
        told_any = True
        case = _case(group, f"{finding.rule}: {subject(finding)}", _tag(finding), finding.violation.message)
        case[0].set("type", finding.severity.value)
        case[0].text = _written(f"{site(finding, report)}\n{told(finding)}")
        if place := anchor(finding, report):
            case.set("file", _written(posix(place.path)))
            case.set("line", str(place.start.line))
        yield case
    if notes or not told_any:
        case = _case(group, "notes" if notes else "no differences")
        lines = (f"{site(item, report)}: {item.rule}: {item.violation.message}" for item in notes)
        if notes:
            ET.SubElement(case, "system-out").text = _written("\n".join(lines))
        yield case


def _tag(finding: Finding) -> str:
    if not finding.unread:
        return "failure"
    return "error" if finding.rule == ProblemKind.SYNTAX_ERROR.value else "skipped"


def _case(group: str, name: str, tag: str | None = None, message: str = "") -> ET.Element:
    case = ET.Element("testcase", classname=_written(group), name=_written(name), time="0")
    if tag is not None:
        ET.SubElement(case, tag, message=_written(message))
    return case


def _written(text: str) -> str:
    """Text with what XML cannot write as escapes."""
    return _UNWRITABLE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
