"""Where a Prisma schema lies: a file, a folder, or a configuration that names either."""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ormistice.errors import AuditError
from ormistice.sources import shown

_SKIPPED = frozenset({"node_modules"})
_DEFAULT_PLACES = ("schema.prisma", "prisma/schema.prisma", "prisma/schema")
_FIRST_WITH_JOIN_TABLE_KEY = 6


@dataclass(frozen=True, slots=True)
class Located:
    """The files of a schema, sorted. `join_table_key`: the project's Prisma gives join tables a primary key."""

    files: tuple[Path, ...]
    join_table_key: bool


def schema_files(folder: Path) -> Iterator[Path]:
    """Every `*.prisma` below a folder but what packages brought, sorted folder by folder; links are followed."""
    seen: set[str] = set()
    for here, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(here)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if name not in _SKIPPED and not name.startswith("."))
        for name in sorted(names):
            # A link may lead to nothing.
            if name.endswith(".prisma") and os.path.exists(os.path.join(here, name)):
                yield Path(here, name)


def locate(targets: Iterable[Path]) -> Located:
    """The files that `targets` stand for; raises AuditError where there are none."""
    files: dict[Path, None] = {}
    for target in targets:
        files.update(dict.fromkeys(_files(target)))
    first = next(iter(files), None)
    return Located(tuple(files), join_table_key=first is None or _has_join_table_key(first))


def _files(target: Path) -> list[Path]:
    if target.name == "package.json":
        return _files(from_package(target))
    if target.suffix in {".ts", ".js", ".mts", ".mjs", ".cts", ".cjs"}:
        from ormistice.sources.prisma.config import schema_path

        return _files(schema_path(target))
    if not target.is_dir():
        return [target]
    found = list(schema_files(target))
    if not found and not os.access(target, os.R_OK | os.X_OK):
        raise AuditError(f"{shown(target)}: permission denied")
    if not found:
        raise AuditError(f"{shown(target)}: no *.prisma file in this folder")
    return found


def from_package(package: Path) -> Path:
    """The schema that a package.json names, or where Prisma looks without."""
    content = read_json(package)
    settings = content.get("prisma")
    schema = settings.get("schema") if isinstance(settings, dict) else None
    if isinstance(schema, str):
        return package.parent / schema
    return default_place(package)


def default_place(configuration: Path) -> Path:
    """Where Prisma looks when its configuration names no schema."""
    for place in _DEFAULT_PLACES:
        if (configuration.parent / place).exists():
            return configuration.parent / place
    raise AuditError(f"{shown(configuration)}: names no Prisma schema", "give the path of the schema itself")


def read_json(path: Path) -> dict[str, object]:
    """A JSON object; raises AuditError where the file holds none."""
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise AuditError(f"{shown(path)}: {(error.strerror or str(error)).lower()}") from error
    except (ValueError, RecursionError) as error:
        raise AuditError(f"{shown(path)}: not valid JSON") from error
    if not isinstance(content, dict):
        raise AuditError(f"{shown(path)}: not a JSON object")
    return content


def _has_join_table_key(schema: Path) -> bool:
    """Whether the Prisma of the project around a schema is version 6 or newer; assumed where the project names none."""
    for folder in schema.resolve().parents:
        package = folder / "package.json"
        if package.is_file():
            version = _version(package)
            if version is not None:
                return version >= _FIRST_WITH_JOIN_TABLE_KEY
        if (folder / ".git").exists():
            break
    return True


def _version(package: Path) -> int | None:
    try:
        content = read_json(package)
    except AuditError:
        return None
    for group in ("devDependencies", "dependencies"):
        packages = content.get(group)
        for name in ("prisma", "@prisma/client"):
            wanted = packages.get(name) if isinstance(packages, dict) else None
            if isinstance(wanted, str):
                major = wanted.lstrip("^~>=v ").partition(".")[0]
                if major.isdecimal():
                    return int(major)
    return None
