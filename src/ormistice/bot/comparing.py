"""The same audit of two revisions, and what came and went between them."""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, chdir, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from ormistice.audit import Note
from ormistice.bot.revisions import Repository
from ormistice.config import Config, SourceEntry, requests
from ormistice.errors import AuditError
from ormistice.findings import Finding, Report, Severity
from ormistice.preparing import audited, opened
from ormistice.sources import kind_of

# What a working tree has beside its files, and a fresh one has not: the application's interpreter and its packages.
_LENT = (".venv", "node_modules/drizzle-orm")


@dataclass(frozen=True, slots=True)
class Comparison:
    """An audit of the head, and how it differs from that of `base`, a commit; None: there is none to compare with.

    `left_out` tells why the base could not be compared, or which of its sources, by name.
    """

    head: Report
    introduced: tuple[Finding, ...]
    fixed: tuple[Finding, ...] = ()
    unchanged: tuple[Finding, ...] = ()
    base: str | None = None
    left_out: Mapping[str, str] | str = ""
    allowed: bool = False

    def reaches(self, threshold: Severity) -> bool:
        """Whether anything that was introduced is at least as grave."""
        return any(finding.severity.reaches(threshold) for finding in self.introduced)


def explicit(config: Config) -> Config:
    """The configuration with what is told from the files that are there: names, kinds, interpreters."""
    entries = []
    for entry, request in zip(config.sources, requests(config), strict=True):
        named = ((kind_of(location, config.base)) for location in entry.locations)
        locations = tuple(f"{prefix}:{target}" for _, prefix, target in named)
        entries.append(
            replace(entry, name=request.name, locations=locations, python=_absolute(request.python, config.base))
        )
    return replace(config, sources=tuple(entries))


def _absolute(python: str | None, base: Path) -> str | None:
    if python is None:
        return None
    path = base / Path(python).expanduser()
    return str(path.absolute()) if path.exists() else python


def compared(head: Report, config: Config, git: Repository, commit: str, note: Note) -> Comparison:
    """The head's report against the same audit of `commit`, in a working tree of its own."""
    with git.checked_out(commit) as tree, _standing_in(tree, git.top, config):
        note("reading the base")
        before, left_out = _readable(relocated(config, git.top, tree), git.top, note)
    if before is None:
        return Comparison(head, head.findings, base=commit, left_out=left_out)
    more = head.suppressed > before.suppressed
    return replace(difference(head, before), base=commit, left_out=left_out, allowed=more)


def difference(head: Report, before: Report) -> Comparison:
    """By fingerprint. What has spread to another source, or weighs more than before, is introduced as well."""
    outliers: dict[str, set[str]] = {}
    ranks: dict[str, int] = {}
    for finding in before.findings:
        outliers.setdefault(finding.fingerprint, set()).update(finding.violation.outliers)
        ranks[finding.fingerprint] = min(ranks.get(finding.fingerprint, finding.severity.rank), finding.severity.rank)

    def known(finding: Finding) -> bool:
        mark = finding.fingerprint
        return (
            mark in outliers
            and outliers[mark].issuperset(finding.violation.outliers)
            and ranks[mark] <= finding.severity.rank
        )

    present = {finding.fingerprint for finding in head.findings}
    return Comparison(
        head,
        tuple(finding for finding in head.findings if not known(finding)),
        tuple(finding for finding in before.findings if finding.fingerprint not in present),
        tuple(finding for finding in head.findings if known(finding)),
    )


def relocated(config: Config, top: Path, tree: Path) -> Config:
    """The configuration for another working tree: what lies below `top` lies below `tree`."""
    return replace(
        config,
        base=_moved(config.base, top, tree),
        # What is known already is the same for both.
        baseline=None if config.baseline is None else str((config.base / config.baseline).absolute()),
        sources=tuple(_moved_entry(entry, top, tree) for entry in config.sources),
    )


def _moved_entry(entry: SourceEntry, top: Path, tree: Path) -> SourceEntry:
    def moved(location: str) -> str:
        prefix, _, target = location.partition(":")
        return f"{prefix}:{_moved(Path(target), top, tree)}" if Path(target).is_absolute() else location

    return replace(entry, locations=tuple(map(moved, entry.locations)))


def _moved(path: Path, top: Path, tree: Path) -> Path:
    full = path.resolve()
    return tree / full.relative_to(top) if full.is_relative_to(top) else path


def _readable(config: Config, top: Path, note: Note) -> tuple[Report | None, Mapping[str, str] | str]:
    """The audit of what can be read at the base, and what cannot: a source that is new, say."""
    try:
        report = audited(config, note, most_fixes=0)
        lacking = _foreign(report, top)
        if not lacking:
            return report, {}
    except AuditError as error:
        reason = error.message
        lacking = _unreadable(config)
        if not lacking:
            return None, reason
    rest = _without(config, lacking)
    if len(rest.sources) < 2:  # noqa: PLR2004 - it takes two to disagree
        return None, lacking
    try:
        return audited(rest, note, most_fixes=0), lacking
    except AuditError as error:
        return None, error.message


def _unreadable(config: Config) -> dict[str, str]:
    found = {}
    for entry in config.sources:
        try:
            for source in opened(replace(config, sources=(entry,), ownership=())):
                source.load()
        except AuditError as error:
            found[entry.name or ""] = error.message
    return found


def _foreign(report: Report, top: Path) -> dict[str, str]:
    """Sources that were read from the head's files all the same: packages that are installed from there."""
    return {
        name: "it is imported from an installed package, not from the files of that commit"
        for name, schema in report.among.schemas.items()
        if any(_of_head(Path(document.path).resolve(), top) for document in schema.documents)
    }


def _of_head(path: Path, top: Path) -> bool:
    return path.is_relative_to(top) and "site-packages" not in path.parts


def _without(config: Config, names: Mapping[str, str]) -> Config:
    kept = tuple(entry for entry in config.sources if entry.name not in names)
    ownership = tuple(
        replace(
            item,
            sources=None if item.sources is None else tuple(name for name in item.sources if name not in names),
            authority=None if item.authority in names else item.authority,
        )
        for item in config.ownership
    )
    authority = None if config.authority in names else config.authority
    return replace(config, sources=kept, ownership=ownership, authority=authority)


@contextmanager
def _standing_in(tree: Path, top: Path, config: Config) -> Iterator[None]:
    """Work in the folder of another tree that corresponds to this one, so that paths are told alike."""
    here = Path.cwd().resolve()
    _lend(tree, top, config)
    folder = _moved(here, top, tree)
    paths = os.environ.get("PYTHONPATH")
    with ExitStack() as stack:
        stack.enter_context(chdir(folder if folder.is_dir() else tree))
        if paths:
            moved = os.pathsep.join(str(_moved(here / path, top, tree)) for path in paths.split(os.pathsep))
            stack.callback(os.environ.__setitem__, "PYTHONPATH", paths)
            os.environ["PYTHONPATH"] = moved
        yield


def _lend(tree: Path, top: Path, config: Config) -> None:
    """Let the tree have what is installed beside the files of the head."""
    targets = (config.base / location.partition(":")[2] for entry in config.sources for location in entry.locations)
    starts = (path.resolve() for path in (config.base, *targets))
    folders = {folder for start in starts for folder in (start, *start.parents) if folder.is_relative_to(top)}
    for folder in sorted(folders):
        for name in _LENT:
            there = _moved(folder, top, tree)
            if (folder / name).is_dir() and there.is_dir() and not (there / name).exists():
                (there / name).parent.mkdir(parents=True, exist_ok=True)
                (there / name).symlink_to(folder / name, target_is_directory=True)
