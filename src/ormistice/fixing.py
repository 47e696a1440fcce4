"""Verified fixes, as one diff or written to the files they are for: all that leave nothing worse."""

import os
import shlex
import tempfile
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ormistice.audit import Note, Settings, audit
from ormistice.diffing import folder_of, unified
from ormistice.errors import AuditError
from ormistice.findings import Finding, Report, Severity
from ormistice.fixes import Applicability, Fix, Occupied, Patch, Script, edited
from ormistice.model import Schema
from ormistice.sources import Source, shown
from ormistice.text import Document
from ormistice.verifying import Pair, added, pairs

_MOST_ROUNDS = 30
_UNKNOWN = "\ufffd"
"""What stands in a text for bytes that are not UTF-8."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What was written: the files, and how many fixes; `report` is of what they are now.

    `refused` has, for each fix that was verified and yet is not written, what would be found with it.
    """

    files: tuple[str, ...]
    fixes: int
    report: Report
    refused: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """Which fixes are wanted: of findings at least this grave; `unsafe`: even where data may be lost."""

    severity: Severity = Severity.INFO
    unsafe: bool = False


def wanted(report: Report, limits: Limits, but: Container[Pair] = ()) -> tuple[Fix, ...]:
    """The verified fixes of a report that fit together; one that overlaps another waits for the next run.

    `but` names findings, by (fingerprint, outlier), whose fixes are not wanted.
    """
    levels = {Applicability.SAFE, Applicability.UNSAFE} if limits.unsafe else {Applicability.SAFE}
    chosen: list[Fix] = []
    occupied = Occupied()
    for fix in _verified(report, limits.severity, but):
        if fix.applicability in levels and occupied.fits(fix):
            occupied.take(fix)
            chosen.append(fix)
    return tuple(chosen)


def left_out(report: Report, limits: Limits, *kinds: type[Patch | Script]) -> Iterator[str]:
    """Which fixes of a report were neither written nor printed where those of these kinds were, and how to get them."""
    fixes = _verified(report, limits.severity)
    unsafe = [fix for fix in fixes if fix.applicability is Applicability.UNSAFE and isinstance(fix, kinds)]
    if unsafe and not limits.unsafe:
        what = "it may" if len(unsafe) == 1 else "they may"
        yield f"{len(unsafe)} more with --unsafe: {what} lose data or change what the application does"
    scripts = [fix for fix in wanted(report, limits) if isinstance(fix, Script)]
    if scripts and Script not in kinds:
        yield (
            f"{len(scripts)} more for databases, which are left as they are: "
            "ormistice fix prints the statements, --as makes a migration of them"
        )


def refusals(done: Applied) -> Iterator[str]:
    """Which fixes were taken back, each by what it would bring."""
    for found in done.refused:
        where = "" if found.identity is None else f" of {found.identity.name}"
        yield f"1 more is not applied, since it brings a new finding{where}: {found.violation.message}"


def _verified(report: Report, severity: Severity, but: Container[Pair] = ()) -> Iterable[Fix]:
    """Each verified fix of what is at least so grave, once."""
    return dict.fromkeys(
        suggested.fix
        for finding in report.findings
        if finding.severity.reaches(severity)
        for suggested in finding.fixes
        if suggested.verified and (finding.fingerprint, suggested.fix.source) not in but
    )


def as_diff(report: Report, limits: Limits) -> str:
    """All wanted fixes as one unified diff; behind it, in SQL comments' dress, the statements for databases.

    Where files lie elsewhere than below the working directory, it begins with the folder that all names start from.
    """
    fixes = wanted(report, limits)
    changed = _changed([fix for fix in fixes if isinstance(fix, Patch)], report.among.schemas.values())
    folder = folder_of(document.path for document, _ in changed)
    diffs = [unified(document.path, document.text, after, folder) for document, after in changed]
    scripts = [f"-- for {fix.source}\n{_lines(fix)}" for fix in _in_one_go(fixes)]
    return "".join([*_directions(folder, (document for document, _ in changed)), *diffs, *scripts])


def _directions(folder: Path | None, documents: Iterable[Document]) -> Iterator[str]:
    """How a diff is to be applied, as lines that tools which apply it pass over."""
    if folder is not None:
        yield f"# to apply it: git -C {shlex.quote(shown(folder))} apply\n"
    for document in documents:
        if _UNKNOWN in document.text:
            yield f"# {document.path} is not UTF-8, and its diff may not apply: ormistice fix --apply writes it\n"


def _in_one_go(fixes: Iterable[Fix]) -> Iterator[Script]:
    """The scripts, with what several bring along, each for itself, in the first alone: a type that they all need."""
    brought: set[tuple[str, str]] = set()
    for script in (fix for fix in fixes if isinstance(fix, Script)):
        types = [each for each in script.statements if each.startswith("CREATE TYPE ")]
        again = {each for each in types if (script.source, each) in brought}
        brought.update((script.source, each) for each in types)
        yield replace(script, statements=tuple(each for each in script.statements if each not in again))


def _lines(script: Script) -> str:
    return "".join(f"{statement.rstrip(';')};\n" for statement in script.statements)


def apply(sources: Sequence[Source], settings: Settings, limits: Limits, note: Note) -> Applied:
    """Write the wanted fixes, and those that they uncover; what makes an audit come out worse does not stay written.

    Fixes were verified source by source. Where those of several sources do not go together, each source has its turn;
    where those of one do not, half of them, until the one to blame stands alone and is refused.

    Raises AuditError where a file cannot be written, or is no longer what was read.
    """
    files: set[str] = set()
    refused: set[Pair] = set()
    brought: list[Finding] = []
    count, share = 0, _Share()
    report = audit(sources, settings, note)
    for _ in range(_MOST_ROUNDS):
        patches = share.of(wanted(report, limits, refused))
        changed = _changed(patches, report.among.schemas.values())
        if not changed:
            break
        rewrites = [_rewrite(document, after) for document, after in changed]
        _write(rewrites)
        following = audit(sources, settings, note)
        new = added(pairs(following.findings), pairs(report.findings))
        if not new:
            report, count = following, count + len(patches)
            files |= {rewrite.path for rewrite in rewrites}
            continue
        _write([_Rewrite(rewrite.path, rewrite.after, rewrite.before) for rewrite in rewrites])
        if len(patches) == 1:
            refused |= set(_mended_by(patches[0], report))
            brought.append(new[0])
            share = replace(share, most=None)
        else:
            share = share.less(patches)
    return Applied(tuple(sorted(files)), count, report, tuple(brought))


@dataclass(frozen=True, slots=True)
class _Share:
    """Which patches are written together: of all sources or, `apart`, of one at a time, and the first `most`."""

    apart: bool = False
    most: int | None = None

    def of(self, fixes: Sequence[Fix]) -> list[Patch]:
        patches = [fix for fix in fixes if isinstance(fix, Patch)]
        return [patch for patch in patches if not self.apart or patch.source == patches[0].source][: self.most]

    def less(self, patches: Sequence[Patch]) -> "_Share":
        """What is tried where these do not go together."""
        several = len({patch.source for patch in patches}) > 1
        return replace(self, apart=True) if several else replace(self, most=len(patches) // 2)


def _mended_by(fix: Fix, report: Report) -> list[Pair]:
    """The findings, by (fingerprint, outlier), that suggest a fix."""
    suggesting = (finding for finding in report.findings for suggested in finding.fixes if suggested.fix == fix)
    return [(finding.fingerprint, fix.source) for finding in suggesting]


def _changed(patches: Sequence[Patch], schemas: Iterable[Schema]) -> list[tuple[Document, str]]:
    """Each file that the patches change, and its new text."""
    documents = {document.path: document for schema in schemas for document in schema.documents}
    paths = sorted({edit.span.file for patch in patches for edit in patch.edits})
    return [(documents[path], edited(path, documents[path].text, patches)) for path in paths]


@dataclass(frozen=True, slots=True)
class _Rewrite:
    """A file's bytes, and those that are to take their place."""

    path: str
    before: bytes
    after: bytes


def _rewrite(document: Document, after: str) -> _Rewrite:
    """What turns a file into its new text, where it still is what was read; bytes that are not UTF-8 stay."""
    path = document.path
    try:
        before = Path(path).read_bytes()
    except OSError as error:
        raise _changed_meanwhile(path) from error
    if before.decode("utf-8", errors="replace") != document.text:
        raise _changed_meanwhile(path)
    foreign = _foreign(before)
    pieces = after.split(_UNKNOWN)
    if len(pieces) != len(foreign) + 1:
        raise AuditError(f"{path}: is not UTF-8 where it is to be changed, and nothing was written", "save it as UTF-8")
    written = [part for piece, kept in zip(pieces, [*foreign, b""], strict=True) for part in (piece.encode(), kept)]
    return _Rewrite(path, before, b"".join(written))


def _foreign(raw: bytes) -> list[bytes]:
    """The bytes that stand where a text has U+FFFD, in order."""
    found: list[bytes] = []
    while True:
        try:
            return [*found, *[_UNKNOWN.encode()] * raw.decode().count(_UNKNOWN)]
        except UnicodeDecodeError as error:
            found += [_UNKNOWN.encode()] * raw[: error.start].decode().count(_UNKNOWN)
            found.append(raw[error.start : error.end])
            raw = raw[error.end :]


def _changed_meanwhile(path: str) -> AuditError:
    return AuditError(f"{path}: is not what was read, and nothing was written", "run it again")


def _write(rewrites: Sequence[_Rewrite]) -> None:
    """Replace each file, none before all are known to be writable and as they were read.

    A link stays one: what it leads to is replaced.
    """
    for rewrite in rewrites:
        path = Path(rewrite.path).resolve()
        if not os.access(path, os.W_OK):
            raise AuditError(f"{rewrite.path}: cannot be written, and nothing was")
        if not os.access(path.parent, os.W_OK):
            raise AuditError(f"{rewrite.path}: cannot be written, and nothing was", "its folder takes no new files")
        if path.read_bytes() != rewrite.before:
            raise _changed_meanwhile(rewrite.path)
    made: list[tuple[str, Path]] = []
    try:
        for rewrite in rewrites:
            path = Path(rewrite.path).resolve()
            with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
                made.append((file.name, path))
                file.write(rewrite.after)
            os.chmod(file.name, path.stat().st_mode)
    except OSError as error:
        for name, _ in made:
            os.unlink(name)
        raise AuditError(f"{rewrite.path}: cannot be written, and nothing was", str(error)) from error
    for name, path in made:
        os.replace(name, path)
