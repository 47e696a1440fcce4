"""What the comment says, and how much of it where there is little room."""

import html
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ormistice.bot.comparing import Comparison
from ormistice.findings import Finding, Report, Severity
from ormistice.fixes import Script
from ormistice.reporters.markdown import MARK, fitting
from ormistice.reporters.parts import content
from ormistice.reporters.parts.changes import fixes
from ormistice.reporters.parts.content import site, subject
from ormistice.reporters.parts.markdown import block, code, escaped
from ormistice.reporters.parts.visible import visible

MOST_SUMMARY = 1_000_000
"""Bytes that GitHub keeps of a job's summary, with a little room."""
_FEWEST = 3_000
_WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


@dataclass(frozen=True, slots=True)
class Telling:
    """What is told besides the comparison: what the comment begins with, where this run is, what was not done."""

    marker: str
    run: str | None = None
    remarks: tuple[str, ...] = ()


def marker(key: str | None) -> str:
    """What is not seen of a comment and tells it from others; `key` where one pull request has several."""
    return f"<!-- ormistice:report{'' if key is None else f' {key}'} -->"


def commented(compared: Comparison, telling: Telling, limit: int) -> str:
    """The comment in `limit` characters: whole, or with less of what is further down."""
    return _fitted(telling.marker, compared, telling, limit)


def resolved(compared: Comparison, telling: Telling) -> str:
    """The comment where nothing is left of what it told before."""
    text = f"### ✅ Schema audit: resolved\n\n{_sentence(compared)}"
    return "\n\n".join([telling.marker, text, *_remarks(compared, telling)]) + "\n"


def summarised(compared: Comparison, telling: Telling) -> str:
    """The job's summary, which has more room than a comment."""
    # A character has four bytes at most.
    return _fitted("", compared, telling, MOST_SUMMARY // 4)


def size(text: str) -> int:
    """Characters as forges count them, who take those beyond the first 65,536 of Unicode for two."""
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2


def _fitted(first: str, compared: Comparison, telling: Telling, limit: int) -> str:
    room = limit - size(first) - 1_000
    parts = [first] if first else []
    essential = [f"### {_title(compared)}", _sentence(compared), *_remarks(compared, telling)]
    room -= sum(size(part) + 2 for part in essential)
    shown, hidden = _taken(_introduced(compared), room // 2)
    room -= sum(map(size, shown)) + len(shown)
    parts += [*essential, *(["\n".join(shown)] if shown else [])]
    if hidden:
        parts.append(f"… and {hidden} more.")
    changes, left = _taken(_changes(compared), room // 2)
    parts += changes
    room -= sum(size(part) + 2 for part in changes)
    whole, complete = _whole(compared.head, room)
    parts += whole
    if (hidden or left or not complete) and telling.run is not None:
        parts.append(f"[The summary of the job]({telling.run}) has all of it.")
    return "\n\n".join(parts) + "\n"


def _title(compared: Comparison) -> str:
    mark = MARK[content.worst(compared.introduced)]
    counted = _counted(compared.introduced)
    if compared.base is None:
        return f"{mark} Schema audit: {counted}"
    return f"{mark} Schema audit: this pull request introduces {counted}"


def _sentence(compared: Comparison) -> str:
    if compared.base is None:
        return f"The whole of what there is: {compared.head.counts()}."
    gone = "fixed or allowed" if compared.allowed else "fixed"
    told = f"{len(compared.introduced)} introduced, {len(compared.fixed)} {gone}, {len(compared.unchanged)} unchanged"
    return f"**{told}**, compared with {code(compared.base[:12])}."


def _counted(findings: Iterable[Finding]) -> str:
    found = [finding.severity for finding in findings]
    counts = [(found.count(severity), word) for severity, word in _WORDS.items() if severity in found]
    return ", ".join(content.counted(count, word) for count, word in counts) or "nothing"


def _remarks(compared: Comparison, telling: Telling) -> Iterator[str]:
    left_out = compared.left_out
    if isinstance(left_out, Mapping) and left_out:
        told = "; ".join(f"{code(name)} ({escaped(reason)})" for name, reason in left_out.items())
        yield f"> Not read at the base, so that all which concerns them counts as introduced: {told}."
    elif left_out:
        yield f"> The base could not be audited, and everything counts as introduced: {escaped(str(left_out))}."
    yield from (f"> {escaped(remark)}" for remark in telling.remarks)


def _introduced(compared: Comparison) -> Iterator[str]:
    for finding in compared.introduced:
        if finding.severity is not Severity.INFO:
            place = code(site(finding, compared.head))
            head = (
                f"- {MARK[finding.severity]} **{finding.rule}** {code(subject(finding))}, {place}: {_message(finding)}"
            )
            claims = (f"  - {_claim(finding, name, claim)}" for name, claim in finding.violation.claims.items())
            yield "\n".join([head, *claims])
    notes = sum(finding.severity is Severity.INFO for finding in compared.introduced)
    if notes:
        yield f"- {MARK[Severity.INFO]} {notes} harmless {'difference' if notes == 1 else 'differences'}"
    gone = "gone" if compared.allowed else "fixed"
    yield from (
        f"- {MARK[None]} {gone}: **{finding.rule}** {code(subject(finding))}: {_message(finding)}"
        for finding in compared.fixed
    )


def _message(finding: Finding) -> str:
    return escaped(finding.violation.message)


def _claim(finding: Finding, name: str, claim: str) -> str:
    return f"{escaped(name)}{' ✗' if name in finding.violation.outliers else ''}: {code(claim)}"


def _changes(compared: Comparison) -> Iterator[str]:
    """The fixes of what was introduced; those of all the rest are in the whole report."""
    introduced = {finding.fingerprint for finding in compared.introduced}
    for fix in fixes(compared.head):
        if fix.suggested.verified and any(finding.fingerprint in introduced for finding in fix.findings):
            body = (
                block("\n".join(fix.statements), "sql")
                if isinstance(fix.suggested.fix, Script)
                else block(fix.suggested.diff or "", "diff")
            )
            head = f"Fix of {_tagged(subject(fix.findings[0]))} in {_tagged(fix.source)}, verified"
            yield _folded(head, body)


def _whole(report: Report, room: int) -> tuple[list[str], bool]:
    """The whole report, folded, if there is room for any of it; and whether it is complete."""
    if room < _FEWEST:
        return [], False
    # Characters that count twice are rare: in names alone.
    text = fitting(report, room - 200)
    while size(text) > room - 100 and room > _FEWEST:
        room //= 2
        text = fitting(report, room)
    if size(text) > room:
        return [], False
    return [_folded("The whole report", text)], "Left out for its length" not in text


def _folded(head: str, text: str) -> str:
    """Markdown below a heading, which is HTML."""
    return f"<details>\n<summary>{head}</summary>\n\n{text.rstrip()}\n\n</details>"


def _tagged(text: str) -> str:
    return f"<code>{html.escape(visible(text))}</code>"


def _taken(parts: Iterable[str], room: int) -> tuple[list[str], int]:
    """The first parts that there is room for, and how many are left out."""
    taken: list[str] = []
    left = 0
    for part in parts:
        room -= size(part) + 2
        if left or room < 0:
            left += 1
        else:
            taken.append(part)
    return taken, left
