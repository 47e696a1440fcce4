"""Format `junit`: JUnit XML, a suite for each table and enum, for what shows the results of tests.

What fails there is what fails the run, so that both say the same. By the words of JUnit a failure is a difference, an
error what kept us from comparing, and skipped what nobody compared.
"""

import re
from collections.abc import Iterable, Iterator
from xml.etree import ElementTree as ET

from ormistice.alignment import align
from ormistice.findings import Finding, Report, Severity
from ormistice.model import Enum, Table
from ormistice.names import QualifiedName
from ormistice.reporters.parts.anchors import anchor, posix, told
from ormistice.reporters.parts.content import site, subject
from ormistice.reporters.parts.setting import Fails, Setting

ENDINGS = (".xml",)

# What XML has no way to write.
_UNWRITABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
COUNTED = (("failures", "failure"), ("errors", "error"), ("skipped", "skipped"))


def render(report: Report) -> str:
    """The report where errors fail the run."""
    return render_in(Setting(), report)


def render_in(setting: Setting, report: Report) -> str:
    """Findings that fail the run are failures; others are what cases that pass say, harmless ones what one says."""
    root = ET.Element("testsuites", name="ormistice")
    for name, findings in _groups(report).items():
        root.append(_suite(str(name), _cases(str(name), findings, report, setting.fails)))
    at_large = [finding for finding in report.findings if finding.identity is None]
    skipped = (_case("sources", reason, "skipped", message=reason) for reason in report.not_compared)
    root.append(_suite("sources", [*_cases("sources", at_large, report, setting.fails), *skipped]))
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


def _cases(group: str, findings: Iterable[Finding], report: Report, fails: Fails) -> Iterator[ET.Element]:
    """A case for each finding but harmless ones that pass, which share one; one that passes where there is none."""
    harmless = []
    told_any = False
    for finding in findings:
        tag = _tag(finding, fails)
        if tag is None and finding.severity is Severity.INFO:
            harmless.append(finding)
            continue
        told_any = True
        case = _told(group, finding, tag, f"{site(finding, report)}\n{told(finding)}")
        if place := anchor(finding, report):
            case.set("file", _written(posix(place.path)))
            case.set("line", str(place.start.line))
        yield case
    if harmless or not told_any:
        case = _case(group, "info" if harmless else "no differences")
        lines = (f"{site(item, report)}: {item.rule}: {item.violation.message}" for item in harmless)
        if harmless:
            ET.SubElement(case, "system-out").text = _written("\n".join(lines))
        yield case


def _tag(finding: Finding, fails: Fails) -> str | None:
    """What becomes of the case of a finding; None: it passes."""
    if fails(finding):
        return "error" if finding.unread else "failure"
    return "skipped" if finding.unread else None


def _told(group: str, finding: Finding, tag: str | None, text: str) -> ET.Element:
    name = f"{finding.rule}: {subject(finding)}"
    if tag is None:
        # Lists of what passed show names alone, and that of the defect would read as if it were not there.
        case = _case(group, f"{name} ({finding.severity.value})")
        ET.SubElement(case, "system-out").text = _written(text)
        return case
    case = _case(group, name, tag, finding.violation.message)
    case[0].set("type", finding.severity.value)
    case[0].text = _written(text)
    return case


def _case(group: str, name: str, tag: str | None = None, message: str = "") -> ET.Element:
    case = ET.Element("testcase", classname=_written(group), name=_written(name), time="0")
    if tag is not None:
        ET.SubElement(case, tag, message=_written(message))
    return case


def _written(text: str) -> str:
    """Text with what XML cannot write as escapes."""
    return _UNWRITABLE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
