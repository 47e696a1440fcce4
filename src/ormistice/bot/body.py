"""What the comment says, and how much of it where there is little room."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from textwrap import indent

from ormistice.bot.comparing import Comparison
from ormistice.findings import Finding, Report, Severity
from ormistice.reporters.markdown import fitting
from ormistice.reporters.parts import content
from ormistice.reporters.parts.changes import FixGroup, NumberedFix, fix_groups, fixes
from ormistice.reporters.parts.content import site, subject
from ormistice.reporters.parts.groups import Group, groups
from ormistice.reporters.parts.markdown import block, code, escaped, folded, tagged
from ormistice.reporters.parts.marks import MARK

MOST_SUMMARY = 1_000_000
"""Bytes that GitHub keeps of a job's summary, with a little room."""
_FEWEST = 3_000
MOST_INLINE = 5
"""Of more objects than these, a click shows which."""
MOST_NAMED = 40
"""Objects that are named of those that one thing is told of; the whole report names all."""


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
    changes, left = _changes(compared, room // 2)
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
        return f"The whole of what there is: {content.counts(compared.head.findings)}."
    gone = "fixed or allowed" if compared.allowed else "fixed"
    told = f"{len(compared.introduced)} introduced, {len(compared.fixed)} {gone}, {len(compared.unchanged)} unchanged"
    return f"**{told}**, compared with {code(compared.base[:12])}."


def _counted(findings: Iterable[Finding]) -> str:
    found = [finding.severity for finding in findings]
    counts = [content.severity_count(found.count(severity), severity) for severity in Severity if severity in found]
    return ", ".join(counts) or "nothing"


def _remarks(compared: Comparison, telling: Telling) -> Iterator[str]:
    left_out = compared.left_out
    if isinstance(left_out, Mapping) and left_out:
        told = "; ".join(f"{code(name)} ({escaped(reason)})" for name, reason in left_out.items())
        yield f"> Not read at the base, so that all which concerns them counts as introduced: {told}."
    elif left_out:
        yield f"> The base could not be audited, and everything counts as introduced: {escaped(str(left_out))}."
    yield from (f"> {escaped(remark)}" for remark in telling.remarks)


def _introduced(compared: Comparison) -> Iterator[tuple[str, int]]:
    """What to tell, and of how many findings it is."""
    heavy = [item for item in compared.introduced if item.severity is not Severity.INFO]
    for group in groups(heavy):
        told = _several(group, compared.head) if group.several else _single(group.first, compared.head)
        yield "\n".join(told), len(group.findings)
    harmless = len(compared.introduced) - len(heavy)
    if harmless:
        yield f"- {MARK[Severity.INFO]} {harmless} harmless {'difference' if harmless == 1 else 'differences'}", 1
    gone = "gone" if compared.allowed else "fixed"
    for group in groups(compared.fixed):
        told_of = _named(group) if group.several else code(subject(group.first))
        yield f"- {MARK[None]} {gone}: **{group.first.rule}** {told_of}: {escaped(group.words)}", len(group.findings)


def _single(finding: Finding, report: Report) -> Iterator[str]:
    place = code(site(finding, report))
    yield f"- {MARK[finding.severity]} **{finding.rule}** {code(subject(finding))}, {place}: {_message(finding)}"
    yield from (f"  - {_claim(finding, name, claim)}" for name, claim in finding.violation.claims.items())


def _several(group: Group, report: Report) -> Iterator[str]:
    """One thing of several objects, each of them with its place."""
    first = group.first
    yield f"- {MARK[first.severity]} **{first.rule}**, {group.count}: {escaped(group.words)}"
    unsaid = any(claim not in group.words for claim in group.claims.values())
    yield from (f"  - {_claim(first, name, claim)}" for name, claim in group.claims.items() if unsaid)
    told = zip(group.objects, group.findings, group.own, strict=True)
    each = [f"{_object(name, own)}{code(site(finding, report))}" for name, finding, own in islice(told, MOST_NAMED)]
    if len(group.findings) <= MOST_INLINE:
        yield f"  - {', '.join(each)}"
        return
    more = [f"and {len(group.findings) - MOST_NAMED} more"] * (len(group.findings) > MOST_NAMED)
    lines = "\n".join(f"- {line}" for line in (*each, *more))
    yield indent(folded(f"Which {len(group.findings)}", lines), "  ")


def _object(name: str, own: str) -> str:
    more = f" ({code(own)})" if own and own != name else ""
    return f"{code(name)}{more} at " if name else ""


def _named(group: Group) -> str:
    names = [code(name) for name in group.objects[:MOST_NAMED] if name]
    return f"{', '.join(names)}{_more(group)}" if names else group.count


def _more(group: Group) -> str:
    left = len(group.findings) - MOST_NAMED
    return f" and {left} more" if left > 0 else ""


def _message(finding: Finding) -> str:
    return escaped(finding.violation.message)


def _claim(finding: Finding, name: str, claim: str) -> str:
    return f"{escaped(name)}{' ✗' if name in finding.violation.outliers else ''}: {code(claim)}"


def _changes(compared: Comparison, room: int) -> tuple[list[str], int]:
    """The fixes of what was introduced, folded, as far as there is room, and how many are left out."""
    introduced = {finding.fingerprint for finding in compared.introduced}
    wanted = [
        fix
        for fix in fixes(compared.head)
        if fix.suggested.verified and any(finding.fingerprint in introduced for finding in fix.findings)
    ]
    parts: list[str] = []
    left = 0
    for own in fix_groups(wanted):
        shown, hidden = _taken(((_change(fix), 1) for fix in own.fixes), room - 300)
        left += hidden
        if shown:
            parts.append(_folded_fixes(own, shown))
            room -= size(parts[-1]) + 2
    return parts, left


def _folded_fixes(own: FixGroup, shown: list[str]) -> str:
    first = own.first
    of = f"Fixes of {own.count}" if own.several else f"Fix of {tagged(subject(first.findings[0]))}"
    some = f", {len(shown)} of {len(own.fixes)}" if len(shown) < len(own.fixes) else ""
    language = "sql" if first.statements else "diff"
    return folded(f"{of} in {tagged(first.source)}, verified{some}", block("\n".join(shown), language))


def _change(fix: NumberedFix) -> str:
    return "\n".join(fix.statements) if fix.statements else (fix.suggested.diff or "").rstrip("\n")


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
    return [folded("The whole report", text)], "Left out for its length" not in text


def _taken(parts: Iterable[tuple[str, int]], room: int) -> tuple[list[str], int]:
    """The first parts that there is room for, and how much the others tell of."""
    taken: list[str] = []
    left = 0
    for part, weight in parts:
        room -= size(part) + 2
        if left or room < 0:
            left += weight
        else:
            taken.append(part)
    return taken, left
