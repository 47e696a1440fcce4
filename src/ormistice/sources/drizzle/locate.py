"""Which files a location names, and what a drizzle.config says of them."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ormistice.errors import AuditError
from ormistice.fixes import Fix
from ormistice.sources import SourceRequest, shown
from ormistice.sources.drizzle import CONFIGS, SUFFIXES
from ormistice.sources.drizzle.builtins import global_value, global_where_nothing_is_set
from ormistice.sources.drizzle.filters import Filters, filters_of
from ormistice.sources.drizzle.globs import paths_of
from ormistice.sources.drizzle.manifests import packages_around
from ormistice.sources.drizzle.modules import Project
from ormistice.sources.drizzle.resolve import BUILT, resolver
from ormistice.sources.drizzle.values import Array, Foreign, Record, Scalar, Symbol, Value, text_of
from ormistice.text import Span

_DIALECTS = {
    "postgresql": None,
    "postgres": None,
    "pg": None,
    "mysql": "MySQL",
    "mysql2": "MySQL",
    "sqlite": "SQLite",
    "turso": "SQLite",
    "better-sqlite": "SQLite",
    "libsql": "SQLite",
    "d1-http": "SQLite",
    "singlestore": "SingleStore",
    "gel": "Gel",
    "cockroach": "CockroachDB",
    "mssql": "SQL Server",
}
_NAMED_AT_MOST = 3
_WRAPPERS = frozenset(("defineConfig", "default"))
_OF_ONE = frozenset(("relative", "fileURLToPath", "pathToFileURL", "URL", "toString", "normalize"))
_KEYS_BESIDE = frozenset(("dialect", "driver", "dbCredentials", "out"))


@dataclass(frozen=True, slots=True)
class Located:
    """The files of a schema, in order, and what their configuration, the file `config`, says."""

    files: tuple[Path, ...]
    config: Path | None = None
    casing: str | None = None
    filters: Filters | None = None


def locate(request: SourceRequest, fixes: tuple[Fix, ...]) -> Located:
    """The files that the targets of `request` name; raises AuditError where one names none."""
    targets = [target for given in request.targets for target in _separated(request, given)]
    if len(targets) == 1:
        config = _config_at(request.path(targets[0]), fixes)
        if config is not None:
            return _configured(config, request.base, fixes)
    files: list[Path] = []
    for target in targets:
        found = files_at(request.path(target))
        if not found:
            raise AuditError(
                f"{target}: no TypeScript schema there",
                "name a file, a folder, a glob or a drizzle.config.ts; several with commas between",
            )
        files += [file for file in found if file not in files]
    return Located(tuple(files))


def _separated(request: SourceRequest, target: str) -> list[str]:
    """The targets in `target`, which are parted by commas unless these are part of a name or a glob."""
    if "," not in target or request.path(target).exists():
        return [target]
    parts, depth, current = [], 0, ""
    for character in target:
        depth += (character == "{") - (character == "}")
        if character == "," and depth <= 0:
            parts.append(current)
            current = ""
        else:
            current += character
    return [part for part in (*parts, current) if part]


def _config_at(path: Path, fixes: tuple[Fix, ...]) -> Path | None:
    if path.is_file():
        return path if _is_config(path, fixes) else None
    return next((path / name for name in CONFIGS if (path / name).is_file()), None) if path.is_dir() else None


def _is_config(path: Path, fixes: tuple[Fix, ...]) -> bool:
    """Whether a file is a configuration: by its name, or by what it exports where the name leaves it open."""
    first, *others = path.name.split(".")
    if first.startswith("drizzle") and "config" in others[:-1]:
        return True
    if "config" not in path.name.lower():
        return False
    try:
        found = _read_config(path, fixes)
    except AuditError:
        return False
    return "schema" in found.entries and not found.entries.keys().isdisjoint(_KEYS_BESIDE)


def _configured(path: Path, base: Path, fixes: tuple[Fix, ...]) -> Located:
    config = _read_config(path, fixes)
    dialect = text_of(config.get("dialect")) or text_of(config.get("driver"))
    other = _DIALECTS.get(dialect) if dialect is not None else None
    if other is not None:
        raise AuditError(f"{shown(path)}: a schema for {other}, and only PostgreSQL is compared")
    schema = config.entries.get("schema")
    patterns = _patterns(schema.value if schema is not None else None)
    if patterns is None:
        raise AuditError(f"{shown(path)}: where its schema lies is not known", "name the schema's files themselves")
    # A path in it starts from where drizzle-kit is run: beside it, mostly, else at the root of a package around it.
    packages = packages_around(path.resolve())
    folders = (path.parent, *packages[:1], base, *packages[1:])
    written = tuple(source for pattern in patterns for source in _sources_of(pattern))
    found = (
        [file for pattern in named for file in _schema_files(folder, pattern)]
        for named in (patterns, written)
        for folder in folders
    )
    files = next((files for files in found if files), [])
    if not files:
        told = ", ".join(patterns if len(patterns) <= _NAMED_AT_MOST else (*patterns[:_NAMED_AT_MOST], "..."))
        raise AuditError(f"{shown(path)}: no file at its schema, {told}", "name the schema's files themselves")
    unique = tuple(dict.fromkeys(files))
    casing = text_of(config.get("casing"))
    return Located(unique, path, casing, filters_of(config))


def _sources_of(pattern: str) -> Iterator[str]:
    """Where the files probably lie that those at `pattern` are built from, if it looks into what a build makes."""
    first, *others = Path(pattern).parts or ("",)
    *inner, name = others or ("",)
    stem, dot, suffix = name.rpartition(".")
    # No build writes TypeScript.
    if first in BUILT and others and (not dot or "js" in suffix):
        written = f"{stem}.{suffix.replace('js', 'ts')}" if dot else name
        yield from (os.path.join("src", *inner, written), os.path.join(*inner, written))


def _read_config(path: Path, fixes: tuple[Fix, ...]) -> Record:
    """What a configuration says; where that depends on the environment, what it falls back to."""
    found = [_exported(path, fixes, global_value)]
    if not _says_where(found[0]):
        found.append(_exported(path, fixes, global_where_nothing_is_set))
    value = next((value for value in found if _says_where(value)), found[0])
    if not isinstance(value, Record):
        raise AuditError(f"{shown(path)}: what it exports is not known", "name the schema's files themselves")
    return value


def _exported(path: Path, fixes: tuple[Fix, ...], globals_: Callable[[str, Span], Value | None]) -> Value | None:
    exported = Project(fixes, resolver(), globals_=globals_).load(path).exports.get("default")
    value = exported.get() if exported is not None else None
    if isinstance(value, Foreign) and value.function in _WRAPPERS and value.arguments:
        return value.arguments[0]
    return value


def _says_where(value: Value | None) -> bool:
    schema = value.entries.get("schema") if isinstance(value, Record) else None
    return schema is not None and _patterns(schema.value) is not None


def _patterns(value: Value | None) -> tuple[str, ...] | None:
    """Paths of the schema, below the folder of the configuration, which is where drizzle-kit runs."""
    items = value.items if isinstance(value, Array) and not value.unread else (value,)
    found = [_path_of(item) for item in items]
    return None if any(path is None for path in found) else tuple(path for path in found if path is not None)


def _path_of(value: Value | None) -> str | None:
    """A path that is written as text, or put together by Node's own functions."""
    match value:
        # A method's arguments follow those of what it is called on: slashes are put in place of other separators.
        case Foreign(function=function, arguments=(*arguments, _, Scalar(value="/"))) if arguments:
            return _computed_path(function.rpartition(".")[2], [_path_of(argument) for argument in arguments])
        case Foreign(function=function, arguments=arguments):
            return _computed_path(function.rpartition(".")[2], [_path_of(argument) for argument in arguments])
        case Symbol(name="__dirname" | "__filename"):
            return "."
        case Symbol(name="import", path=("meta", "dirname" | "filename" | "url")):
            return "."
        case _:
            return text_of(value)


def _computed_path(function: str, parts: list[str | None]) -> str | None:
    if function == "cwd":
        return "."
    if function in _OF_ONE or function.endswith("new URL"):
        return parts[1 if function == "relative" and len(parts) > 1 else 0] if parts else None
    if function == "dirname" and parts and parts[0] is not None:
        # The configuration itself stands for the folder that it lies in.
        return os.path.dirname(parts[0]) or "."
    known = [part for part in parts if part is not None]
    if function not in ("join", "resolve") or len(known) != len(parts):
        return None
    return os.path.normpath(os.path.join(*known)) if known else "."


def _schema_files(folder: Path, pattern: str) -> list[Path]:
    """Files as drizzle-kit finds them: a folder's own, and not those of the folders in it."""
    path = folder / pattern
    if path.is_dir():
        return _globbed(path)
    return files_at(path)


def files_at(path: Path) -> list[Path]:
    """The schema files that a path, folder or glob names, sorted."""
    if path.is_file():
        return [path]
    if path.is_dir():
        return sorted(file for file in path.rglob("*") if _is_schema(file))
    return sorted({file for found in paths_of(str(path)) for file in _globbed(Path(found))})


def _globbed(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(file for file in path.iterdir() if file.is_file() and _is_schema(file))
    return [path] if _is_schema(path) else []


def _is_schema(file: Path) -> bool:
    # As for drizzle-kit, components are no schema unless they are named themselves.
    if file.suffix not in SUFFIXES or file.suffix == ".tsx" or file.name in CONFIGS or "node_modules" in file.parts:
        return False
    if file.name.endswith((".d.ts", ".d.mts", ".d.cts")) or any(part in (".test", ".spec") for part in file.suffixes):
        return False
    return os.path.isfile(file)
