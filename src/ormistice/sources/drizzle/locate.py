"""Which files a location names, and by which rules of drizzle they are read."""

import glob
from dataclasses import dataclass
from pathlib import Path

from ormistice.errors import AuditError
from ormistice.fixes import Fix
from ormistice.sources import SourceRequest
from ormistice.sources.drizzle import CONFIGS, SUFFIXES
from ormistice.sources.drizzle.naming import Rules


@dataclass(frozen=True, slots=True)
class Located:
    """The files of a schema, in order, and the rules they are read by."""

    files: tuple[Path, ...]
    rules: Rules


def locate(request: SourceRequest, fixes: tuple[Fix, ...]) -> Located:
    """The files that the targets of `request` name; raises AuditError where one names none."""
    del fixes
    files: list[Path] = []
    for target in request.targets:
        found = [file for file in files_at(request.path(target)) if file not in files]
        if not found and not files:
            raise AuditError(f"{target}: no TypeScript schema there")
        files += found
    return Located(tuple(files), Rules())


def files_at(path: Path) -> list[Path]:
    """The schema files that a path, folder or glob names, sorted."""
    if path.is_file():
        return [path]
    if path.is_dir():
        return sorted(file for file in path.rglob("*") if _is_schema(file))
    return sorted({file for found in glob.glob(str(path), recursive=True) for file in _globbed(Path(found))})


def _globbed(path: Path) -> list[Path]:
    if path.is_dir():
        return [file for file in path.iterdir() if file.is_file() and _is_schema(file)]
    return [path] if path.suffix in SUFFIXES else []


def _is_schema(file: Path) -> bool:
    if file.suffix not in SUFFIXES or file.name in CONFIGS or "node_modules" in file.parts:
        return False
    return not file.name.endswith(".d.ts") and not any(part in (".test", ".spec") for part in file.suffixes[:-1])
