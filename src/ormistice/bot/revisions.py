"""What git knows: where two lines of development part, the files as they were there, and which lines have changed."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ormistice.errors import AuditError

_CHANGED = re.compile(r"^@@ -\S+ \+(\d+)(?:,(\d+))? @@", re.MULTILINE)
# A hook or an alias that runs us may point git at another repository than the one we stand in.
_POINTING = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY")
_SHALLOW = "fetch the history as well: in GitHub Actions, actions/checkout with fetch-depth: 0"


@dataclass(frozen=True, slots=True)
class Repository:
    """A git repository with a working tree at `top`."""

    top: Path

    def merge_base(self, base: str) -> str:
        """The commit that HEAD and `base`, a branch here or at origin, have in common."""
        for name in (base, f"origin/{base}"):
            commit = _git(self.top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
            if commit is not None:
                shared = _git(self.top, "merge-base", commit.strip(), "HEAD")
                if shared is None:
                    raise AuditError(f"{base} and HEAD have no commit in common", _SHALLOW)
                return shared.strip()
        raise AuditError(f"{base}: no such branch or commit in this repository", _SHALLOW)

    def has(self, commit: str) -> bool:
        """Whether a commit is there."""
        return _git(self.top, "cat-file", "-e", f"{commit}^{{commit}}") is not None

    def text(self, commit: str, path: str) -> str | None:
        """A file as it is in a commit."""
        return _git(self.top, "show", "--end-of-options", f"{commit}:{path}")

    def changed(self, before: str, after: str, path: str) -> tuple[range, ...]:
        """The lines of a file, as it is `after`, that were not there `before`."""
        diff = _git(self.top, "diff", "--unified=0", "--no-color", "--no-ext-diff", before, after, "--", path) or ""
        return tuple(range(int(found[1]), int(found[1]) + int(found[2] or "1")) for found in _CHANGED.finditer(diff))

    @contextmanager
    def checked_out(self, commit: str) -> Iterator[Path]:
        """A folder with the files of a commit, gone when the block ends."""
        with TemporaryDirectory(prefix="ormistice-", ignore_cleanup_errors=True) as folder:
            tree = Path(folder).resolve() / "base"
            failed = _failure(self.top, "worktree", "add", "--detach", "--quiet", str(tree), commit)
            if failed is not None:
                raise AuditError(f"git cannot check out {commit[:12]}: {failed}")
            try:
                yield tree
            finally:
                _git(self.top, "worktree", "remove", "--force", str(tree))


def repository(folder: Path) -> Repository:
    """The repository that `folder` lies in."""
    found = _git(folder, "rev-parse", "--show-toplevel")
    if found is None:
        reason = _failure(folder, "rev-parse", "--show-toplevel") or "not a git repository"
        raise AuditError(f"{folder}: {reason}", "--base compares with another commit, and needs git")
    return Repository(Path(found.removesuffix("\n")).resolve())


def _git(folder: Path, *arguments: str) -> str | None:
    """What git prints; None where it fails."""
    done = _run(folder, *arguments)
    return done.stdout.decode("utf-8", errors="replace") if done.returncode == 0 else None


def _failure(folder: Path, *arguments: str) -> str | None:
    """What git says where it fails, in one line; None where it does not."""
    done = _run(folder, *arguments)
    said = done.stderr.decode("utf-8", errors="replace").strip().splitlines()
    return None if done.returncode == 0 else (said[0] if said else "no reason given").removeprefix("fatal: ")


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    environment = {name: value for name, value in os.environ.items() if name not in _POINTING}
    environment |= {"GIT_LFS_SKIP_SMUDGE": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    # What the repository has for hooks is not ours to run.
    command = ["git", "-c", f"core.hooksPath={os.devnull}", *arguments]
    try:
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    except OSError as error:
        raise AuditError(f"git cannot be run: {(error.strerror or str(error)).lower()}") from error
