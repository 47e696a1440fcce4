"""What to do, in Markdown: the fixes before and after, and the action plan."""

from collections.abc import Iterator
from textwrap import indent

from ormistice.findings import Finding, Report, listed
from ormistice.reporters.parts.changes import (
    FixGroup,
    NumberedFix,
    Step,
    fix_groups,
    fixes,
    last_steps,
    plan,
    risk,
    risk_after,
)
from ormistice.reporters.parts.content import grave, site, subject
from ormistice.reporters.parts.groups import Group, groups
from ormistice.reporters.parts.markdown import block, code, escaped, folded, tagged
from ormistice.reporters.parts.marks import MOST_OPEN, short_or_folded


def mended(report: Report) -> Iterator[str]:
    """The fixes of what breaks or surprises, before and after."""
    numbered = [fix for fix in fixes(report) if fix.matters]
    told = list(fix_groups(numbered))
    if told:
        yield "## Fixes"
    for own in told:
        yield from _fix_group(own) if own.several else _fix(own.first, many=len(told) > MOST_OPEN)


def _fix(fix: NumberedFix, *, many: bool) -> Iterator[str]:
    """A fix by itself; where there are many, a line that opens it."""
    first, *others = fix.findings
    also = f" It mends {listed(code(subject(item)) for item in others)} as well." if others else ""
    told = (f"{escaped(first.violation.message)}. {fix.promise}{also}", *_change(fix))
    if many:
        head = f"Fix {fix.number}: {tagged(subject(first))} in {tagged(fix.source)}: {first.rule}"
        yield folded(head, "\n\n".join(told))
    else:
        yield f"### Fix {fix.number}: {code(subject(first))} in {escaped(fix.source)}"
        yield from told


def _fix_group(own: FixGroup) -> Iterator[str]:
    """Fixes that mend one thing, the changes folded."""
    first = own.first
    yield f"### {own.numbered.capitalize()}: {own.count} in {escaped(first.source)}"
    yield f"{escaped(first.group.words)}. {first.promise}"
    statements = [statement for fix in own.fixes for statement in fix.statements]
    changed = [line for fix in own.fixes for line in _changed(fix)]
    sql = [block("\n".join(statements), "sql")] if statements else []
    diff = [block("\n".join(changed), "diff")] if changed else []
    yield folded(f"The {len(own.fixes)} changes", "\n\n".join([*sql, *diff]))


def _changed(fix: NumberedFix) -> Iterator[str]:
    """The lines that a fix takes and gives."""
    for hunk in fix.hunks:
        yield f"@@ {hunk} @@ {', '.join(map(subject, fix.findings))}"
        yield from (f"-{line}" for line in hunk.before.split("\n"))
        yield from (f"+{line}" for line in hunk.after.split("\n"))


def _change(fix: NumberedFix) -> Iterator[str]:
    if fix.statements:
        yield block("\n".join(fix.statements), "sql")
    for hunk in fix.hunks:
        yield f"**File**: {code(str(hunk))}"
        yield f"Change from:\n\n{block(hunk.before, hunk.language)}"
        yield f"to:\n\n{block(hunk.after, hunk.language)}"


def action_plan(report: Report) -> Iterator[str]:
    """What to do, the gravest first."""
    numbered = fixes(report)
    steps = list(plan(report, numbered))
    if not steps:
        return
    yield "## Action plan"
    number = 0
    for title, own in steps:
        yield f"**{title}**"
        yield "\n".join(f"{number + place}. {_step(step, report)}" for place, step in enumerate(own, 1))
        number += len(own)
    yield "**Then**"
    yield "\n".join(f"{number + place}. {step}" for place, step in enumerate(last_steps(report, numbered), 1))
    yield f"Risk now: **{risk(grave(report))}**. After the verified fixes: **{risk_after(report)}**."


def _step(step: Step, report: Report) -> str:
    if step.source is None:
        return f"Decide by hand on:{_below([_decision(group, report) for group in groups(step.findings)])}"
    count = len(step.fixes)
    told = f"Apply the {'fix' if count == 1 else f'{count} fixes'} of **{escaped(step.source)}**:"
    if not step.fixes[0].matters:
        return f"{told} `ormistice fix` prints {'it' if count == 1 else 'them'}."
    return f"{told}{_below([_applied(own) for own in fix_groups(step.fixes)])}"


def _below(lines: list[str]) -> str:
    """Lines as a list below a step, folded where they are many."""
    drawn = "\n".join(f"- {line}" for line in lines)
    text = short_or_folded(f"The {len(lines)} of them", drawn, len(lines))
    return f"\n{indent(text, '    ')}"


def _decision(group: Group, report: Report) -> str:
    cause = f" ({escaped(group.cause)})" if group.cause else ""
    pairs = zip(group.findings, group.objects, strict=True)
    names = [code(name) if item.identity is not None else _placed(name, item, report) for item, name in pairs]
    # What is of a table is told with its impact there.
    impact = f". {escaped(group.first.impact)}" if group.first.identity is None and group.first.impact else ""
    return f"{', '.join(names)}: {escaped(group.words)}{cause}{impact}"


def _placed(name: str, finding: Finding, report: Report) -> str:
    """What a finding of no single object names, if anything, and where it stands."""
    return f"{f'{code(name)} at ' if name else ''}{code(site(finding, report))}"


def _applied(own: FixGroup) -> str:
    if own.several:
        return f"{own.numbered}, {own.count}: {escaped(own.first.group.words)}"
    fix = own.first
    where = f" at {listed(code(str(hunk)) for hunk in fix.hunks)}" if fix.hunks else ""
    return f"fix {fix.number}, {code(subject(fix.findings[0]))}{where}"
