"""`ormistice comment`: audit, compare with the base, and tell it under the pull request."""

import sys
from collections.abc import Callable
from contextlib import chdir
from dataclasses import dataclass, replace
from pathlib import Path

from ormistice.audit import Note
from ormistice.bot.api import FORBIDDEN, RefusedError
from ormistice.bot.body import Telling, commented, marker, resolved, summarised
from ormistice.bot.comparing import Comparison, compared, explicit
from ormistice.bot.revisions import Repository, repository
from ormistice.bot.suggesting import suggest, suggestions
from ormistice.bot.surroundings import Surroundings
from ormistice.bot.threads import Comment, GitHub, Outcome, explained, settle
from ormistice.config import Config
from ormistice.errors import AuditError
from ormistice.findings import Report, Severity
from ormistice.preparing import audited, several
from ormistice.reporters import reporter
from ormistice.reporters.parts.setting import Fails, failing
from ormistice.sources import kind_of

_STRANGER = "This pull request comes from another repository: nothing of it was executed, models were read as text."
_UNTOLD = "This token may not write comments: the findings are in annotations and in the job's summary instead."


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user asks of the comment; `fail_on` goes before that of the configuration.

    `named`: the command line names the sources, not the configuration.
    """

    base: str | None = None
    when_clean: str = "resolve"
    suggest: bool = False
    fail_on: str | None = None
    key: str | None = None
    most_fixes: int | None = None
    named: bool = False


def told(
    around: Surroundings,
    settled: Callable[[], Config],
    wishes: Wishes,
    note: Note,
    write: Callable[[Report, Fails], None],
) -> bool:
    """Audit, compare and comment; whether what is introduced fails the check.

    `settled` gives the configuration of the working directory; `write` keeps the whole report where the user wants it,
    as of a check that its second argument fails. Findings go to stdout, what was done to stderr.
    """
    git, commit, remarks = _base(around, wishes)
    if not around.trusted and commit is None and not wishes.named:
        raise AuditError(
            "the configuration of a stranger's pull request is not read, and there is no base to take it from",
            "name the base with --base REF, or the sources",
        )
    config, more = _trusted_config(around, settled, git, commit)
    found = _compared(config, git, commit, wishes, note)
    if not around.trusted:
        _refuse_foreign(found.head, Path.cwd().resolve() if git is None else git.top)
    telling = Telling(marker(wishes.key), around.run, remarks + more)
    fail_on = wishes.fail_on or config.fail_on
    fails = failing(fail_on)
    introduced = {id(finding) for finding in found.introduced}
    write(found.head, lambda finding: id(finding) in introduced and fails(finding))
    clean = not found.reaches(Severity.WARNING) and not (fail_on == "info" and found.introduced)
    if around.summary is not None:
        _appended(around.summary, summarised(found, telling))
    try:
        outcome, comment = _settled(around, found, telling, clean=clean, delete=wishes.when_clean == "delete")
        sys.stdout.write(reporter("text")(_introduced(found)))
        sys.stderr.write(f"{outcome.value}{f': {comment.address}' if comment and comment.address else ''}\n")
        if wishes.suggest:
            _suggested(around, found, git)
    except RefusedError as refused:
        if refused.status != FORBIDDEN:
            raise explained(refused, around.name) from None
        form = "github" if isinstance(around.thread, GitHub) else "text"
        sys.stdout.write(reporter(form)(_introduced(found)))
        sys.stderr.write(f"{_UNTOLD} ({refused.status}: {refused.message})\n")
        if around.summary is not None:
            _appended(around.summary, f"\n{_UNTOLD}\n")
    return any(map(fails, found.introduced))


def _base(around: Surroundings, wishes: Wishes) -> tuple[Repository | None, str | None, tuple[str, ...]]:
    """The repository, the commit to compare with, and why there is none where the job is for a branch all the same."""
    base = wishes.base or around.base
    if base is None:
        return None, None, ()
    try:
        git = repository(Path.cwd())
        return git, git.merge_base(base), ()
    except AuditError as error:
        if wishes.base is not None:
            raise
        hint = "" if error.hint is None else f" ({error.hint})"
        return None, None, (f"Not compared with {base}: {error.message}{hint}.",)


def _trusted_config(
    around: Surroundings, settled: Callable[[], Config], git: Repository | None, commit: str | None
) -> tuple[Config, tuple[str, ...]]:
    """The configuration, and what of it is left out of a stranger's pull request, where nothing may be executed."""
    if around.trusted:
        return settled(), ()
    config = settled() if git is None or commit is None else _of_base(settled, git, commit)
    sources = tuple(entry for entry in config.sources if not _runs(entry.locations[0], config.base))
    remarks = [_STRANGER]
    if len(sources) < len(config.sources):
        remarks.append("Alembic's migrations are programs, and were left out.")
    return replace(config, sources=sources, static=True, python=None, scratch_url=None), tuple(remarks)


def _of_base(settled: Callable[[], Config], git: Repository, commit: str) -> Config:
    """The configuration as the base has it: a stranger's could name any server to connect to."""
    here = Path.cwd().resolve()
    with git.checked_out(commit) as tree:
        inside = tree / here.relative_to(git.top)
        if not inside.is_dir():
            raise AuditError(f"{here}: not there at the base, whose configuration alone is trusted")
        with chdir(inside):
            config = settled()
            base = config.base.resolve()
        return replace(config, base=git.top / base.relative_to(tree) if base.is_relative_to(tree) else base)


def _runs(location: str, base: Path) -> bool:
    """Whether reading a source executes what is in its files even where models are read as text."""
    from ormistice.sources.migrations.revisions import project

    kind, _, target = kind_of(location, base)
    return kind.name == "migrations" and project(base / target) is not None


def _refuse_foreign(report: Report, top: Path) -> None:
    """A link in a stranger's repository could have a file of this machine quoted in the comment."""
    for schema in report.among.schemas.values():
        for document in schema.documents:
            path = Path(document.path).resolve()
            inside = path.relative_to(top).parts if path.is_relative_to(top) else (".git",)
            if ".git" in inside and "site-packages" not in path.parts:
                raise AuditError(
                    f"{document.path}: of a stranger's pull request, files of the repository alone are read"
                )


def _compared(config: Config, git: Repository | None, commit: str | None, wishes: Wishes, note: Note) -> Comparison:
    clear = explicit(several(config))
    report = audited(clear, note, most_fixes=wishes.most_fixes)
    if git is None or commit is None:
        return Comparison(report, report.findings)
    return compared(report, clear, git, commit, note)


def _settled(
    around: Surroundings, found: Comparison, telling: Telling, *, clean: bool, delete: bool
) -> tuple[Outcome, Comment | None]:
    if not clean:
        body: str | None = commented(found, telling, around.thread.limit)
    else:
        body = None if delete else resolved(found, telling)
    return settle(around.thread, telling.marker, body, around.runs, needed=not clean)


def _introduced(found: Comparison) -> Report:
    return replace(found.head, findings=found.introduced)


def _suggested(around: Surroundings, found: Comparison, git: Repository | None) -> None:
    thread, head = around.thread, around.head
    if not isinstance(thread, GitHub) or git is None or head is None or not git.has(head):
        sys.stderr.write("no suggestions: they need GitHub, a base, and the commit that the event names\n")
        return
    count = suggest(thread, head, suggestions(found, git, head))
    sys.stderr.write(f"{count} {'suggestion' if count == 1 else 'suggestions'} added\n")


def _appended(path: Path, text: str) -> None:
    try:
        with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError as error:
        sys.stderr.write(f"{path}: {(error.strerror or str(error)).lower()}\n")
