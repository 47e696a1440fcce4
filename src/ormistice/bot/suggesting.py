"""Verified fixes as suggestions of a review, on the lines that the pull request has changed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ormistice.bot.comparing import Comparison
from ormistice.bot.revisions import Repository
from ormistice.bot.threads import GitHub
from ormistice.findings import fingerprint
from ormistice.fixes import Applicability
from ormistice.reporters.parts.changes import Hunk, NumberedFix, fixes
from ormistice.reporters.parts.markdown import block, escaped


def suggestions(compared: Comparison, git: Repository, head: str) -> list[dict[str, Any]]:
    """Comments for a review of the commit `head`. A suggestion is one run of lines, all of them new or changed."""
    introduced = {finding.fingerprint for finding in compared.introduced}
    return [
        comment
        for fix in fixes(compared.head)
        if fix.suggested.verified and fix.suggested.fix.applicability is Applicability.SAFE
        if len(fix.hunks) == 1 and any(finding.fingerprint in introduced for finding in fix.findings)
        for comment in _suggestion(fix, fix.hunks[0], compared, (git, head))
    ]


def _suggestion(
    fix: NumberedFix, hunk: Hunk, compared: Comparison, where: tuple[Repository, str]
) -> Iterator[dict[str, Any]]:
    git, head = where
    file = Path(hunk.path).resolve()
    if compared.base is None or not file.is_relative_to(git.top):
        return
    path = file.relative_to(git.top).as_posix()
    document = compared.head.among.schemas[fix.source].document(hunk.path)
    # A merge may have moved the lines that were audited away from those of the pull request's own commit.
    same = document is not None and git.text(head, path) == document.text
    changed = git.changed(compared.base, head, path)
    if not same or not any(hunk.first in lines and hunk.last in lines for lines in changed):
        return
    mark = fingerprint(fix.findings[0].fingerprint, path, hunk.before, hunk.after)
    told = "\n".join(f"**{item.rule}**: {escaped(item.violation.message)}" for item in fix.findings)
    body = f"{begun(mark)}\n{told}\n\n{block(hunk.after, 'suggestion')}"
    several = {"start_line": hunk.first, "start_side": "RIGHT"} if hunk.first < hunk.last else {}
    yield {"path": path, "line": hunk.last, "side": "RIGHT", "body": body} | several


def begun(mark: str) -> str:
    """What a suggestion begins with, so that it is made once."""
    return f"<!-- ormistice:suggestion {mark} -->"


def suggest(thread: GitHub, head: str, made: list[dict[str, Any]]) -> int:
    """Add those suggestions that are not there yet; how many those are."""
    there = {body.partition("\n")[0].strip() for body in thread.reviewed()} if made else set()
    new = [item for item in made if item["body"].partition("\n")[0] not in there]
    if new:
        thread.review(head, "Verified fixes of what this pull request introduces.", new)
    return len(new)
