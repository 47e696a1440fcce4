"""Format `github`: workflow commands that GitHub Actions turns into annotations of the files."""

from ormistice.findings import Finding, Report, Severity
from ormistice.reporters.parts.anchors import anchor, posix, told

COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(report: Report) -> str:
    """A command for each finding, the gravest first: GitHub shows ten of each severity of a step."""
    return "".join(f"{_command(finding, report)}\n" for finding in report.findings)


def _command(finding: Finding, report: Report) -> str:
    place = anchor(finding, report)
    properties: dict[str, object] = {}
    if place is not None:
        properties = {"file": posix(place.path), "line": place.start.line, "endLine": place.end.line}
        if place.start.line == place.end.line:
            # GitHub takes columns of a single line alone.
            properties |= {"col": place.start.column, "endColumn": place.end.column}
    properties["title"] = finding.rule
    given = ",".join(f"{name}={written_property(str(value))}" for name, value in properties.items())
    return f"::{COMMANDS[finding.severity]} {given}::{written_data(told(finding))}"


def written_data(text: str) -> str:
    """Text as the message of a workflow command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def written_property(text: str) -> str:
    """Text as a property of a workflow command, where more letters end it."""
    return written_data(text).replace(":", "%3A").replace(",", "%2C")
