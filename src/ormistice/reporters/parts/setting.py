"""What a report is written for."""

from collections.abc import Callable
from dataclasses import dataclass

from ormistice.findings import Finding, Severity
from ormistice.reporters.parts.terminal import PLAIN, Terminal

Fails = Callable[[Finding], bool]
"""Whether a finding makes the run fail, by `--fail-on`, and by what else decides on the exit code."""


def failing(fail_on: str) -> Fails:
    """What `--fail-on` asks for: a severity, or `never`."""
    return lambda finding: fail_on != "never" and finding.severity.reaches(Severity(fail_on))


ERRORS_FAIL = failing("error")


@dataclass(frozen=True, slots=True)
class Setting:
    """The terminal that a report is shown on, and what makes the run fail that it is of."""

    terminal: Terminal = PLAIN
    fails: Fails = ERRORS_FAIL
