"""Which files are migrations, and in which order their tool applies them."""

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ormistice.errors import AuditError

# Files that undo: golang-migrate, node-pg-migrate and the like; Flyway's begin with U.
_UNDOING = re.compile(r"(?i)(\.(down|undo|rollback)\.sql|^u[0-9][0-9._]*__.*\.sql|^down\.sql)$")
_VERSION = re.compile(r"(?i)^(?P<flyway>v)?(?P<number>[0-9]+)(?P<rest>(?:[._][0-9]+)*)")
_REPEATABLE = re.compile(r"(?i)^r__")
_FLYWAYS_NAME = re.compile(r"(?i)^([vu][0-9][0-9._]*|r)__")
_SUPABASES_NAME = re.compile(r"^[0-9]+_")
_POSTGRESQL = frozenset({"postgresql", "postgres", "cockroachdb"})
_IN_FOLDERS = ("migration.sql", "up.sql")


@dataclass(frozen=True, slots=True)
class Migration:
    """One step; `name` is what its tool calls it, `when` the time by which drizzle-kit tells what is applied.

    A `baseline` is never applied: it says what the database held before the migrations.
    """

    name: str
    path: Path
    when: int | None = None
    first_of_drizzle: bool = False
    baseline: bool = False


def sql_migrations(folder: Path) -> tuple[Migration, ...]:
    """The migrations of `folder` that are SQL, in the order in which their tool applies them."""
    if (dialect := _dialect(folder)) not in _POSTGRESQL:
        raise AuditError(f"{folder}: the migrations are for {dialect}", "only those for PostgreSQL are read")
    if is_supabases(folder):
        return tuple(_supabase(folder))
    if _is_atlas(folder):
        return tuple(Migration(path.stem, path) for path in sorted(folder.glob("*.sql")))
    if _journal(folder).is_file():
        return tuple(_drizzle(folder))
    found = tuple(_folders(folder)) or tuple(_files(folder))
    if not found and (folder / "migrations").is_dir():
        return sql_migrations(folder / "migrations")
    return found


def _dialect(folder: Path) -> str:
    """What the tool that made the folder says it is for; PostgreSQL where it says nothing."""
    lock = folder / "migration_lock.toml"
    try:
        found = tomllib.loads(lock.read_text(encoding="utf-8")).get("provider") if lock.is_file() else None
    except (OSError, ValueError):
        found = None
    return found if isinstance(found, str) else "postgresql"


@dataclass(frozen=True, slots=True)
class PassedOver:
    """SQL files of a folder that its tool never applies, and what is the reason with them."""

    paths: tuple[Path, ...] = ()
    tool: str = ""
    reason: str = ""


def passed_over(folder: Path) -> PassedOver:
    """What lies among the migrations of `folder` and is none to its tool."""
    if is_supabases(folder):
        paths = tuple(path for path in sorted(folder.glob("*.sql")) if not _SUPABASES_NAME.match(path.name))
        return PassedOver(paths, "Supabase's CLI", "named without a number and an underscore in front")
    if _is_atlas(folder) or not _journal(folder).is_file():
        return PassedOver()
    listed = {migration.path.name for migration in _drizzle(folder)}
    paths = tuple(path for path in _plain(folder) if path.name not in listed)
    return PassedOver(paths, "drizzle-kit", "that meta/_journal.json does not list")


def _journal(folder: Path) -> Path:
    return folder / "meta" / "_journal.json"


def _is_atlas(folder: Path) -> bool:
    """Whether Atlas applies the folder, whoever has written it: every file, by name."""
    return (folder / "atlas.sum").is_file()


def _drizzle(folder: Path) -> Iterator[Migration]:
    """Drizzle applies what its journal lists, in the order of the list."""
    journal = _journal(folder)
    try:
        entries = json.loads(journal.read_text(encoding="utf-8"))["entries"]
        steps = [(str(entry["tag"]), entry.get("when")) for entry in entries]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise AuditError(f"{journal}: not a journal of drizzle-kit") from error
    for at, (tag, when) in enumerate(steps):
        yield Migration(tag, folder / f"{tag}.sql", when if isinstance(when, int) else None, first_of_drizzle=not at)


def is_flyways(path: Path) -> bool:
    """Whether Flyway applies the file, by its name."""
    return _FLYWAYS_NAME.match(path.name) is not None


def is_supabases(folder: Path) -> bool:
    """Whether Supabase's CLI applies what Drizzle may have written; it knows no other folder, and no journal."""
    whole = folder.resolve()
    return (whole.parent.name, whole.name) == ("supabase", "migrations")


def _supabase(folder: Path) -> Iterator[Migration]:
    """Every file that has a number in front, by name, whether Drizzle has written it or somebody by hand."""
    journalled = _drizzle(folder) if _journal(folder).is_file() else ()
    first = next((migration.name for migration in journalled), None)
    for path in sorted(folder.glob("*.sql")):
        if _SUPABASES_NAME.match(path.name):
            yield Migration(path.stem, path, first_of_drizzle=path.stem == first)


def _folders(folder: Path) -> Iterator[Migration]:
    """A folder each: Prisma and Drizzle 1.0 (migration.sql), by name; Diesel (up.sql), by version."""
    first = True
    for step in sorted((path for path in folder.iterdir() if path.is_dir()), key=_folder_order):
        for name in _IN_FOLDERS:
            if (step / name).is_file():
                of_drizzle = first and (step / "snapshot.json").is_file()
                yield Migration(step.name, step / name, first_of_drizzle=of_drizzle)
                first = False


def _folder_order(path: Path) -> tuple[str, str]:
    """Diesel leaves the dashes out of a version, and so takes what is named in its old and its new way together."""
    version = path.name.partition("_")[0].replace("-", "") if (path / "up.sql").is_file() else ""
    return (version, path.name)


def _files(folder: Path) -> Iterator[Migration]:
    for path in _plain(folder):
        yield Migration(path.name.removesuffix(".sql").removesuffix(".up"), path)


def _plain(folder: Path) -> list[Path]:
    files = [path for path in folder.glob("*.sql") if path.is_file() and not _UNDOING.search(path.name)]
    return sorted(files, key=_file_order)


def _file_order(path: Path) -> tuple[bool, tuple[int, ...], str]:
    """By the number in front, as a number; a name without one stands behind, and so does what Flyway repeats."""
    version = _VERSION.match(path.name)
    if version is None or _REPEATABLE.match(path.name):
        return (True, (), path.name)
    rest = version["rest"] if version["flyway"] else ""
    return (False, (int(version["number"]), *(int(part) for part in re.findall(r"[0-9]+", rest))), path.name)
