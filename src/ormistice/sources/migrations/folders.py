"""Which files are migrations, and in which order their tool applies them."""

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ormistice.errors import AuditError
from ormistice.sources.migrations.configured import ahead
from ormistice.sources.migrations.foreign import language, languages
from ormistice.sources.migrations.liquibase import listed, main_log
from ormistice.sources.migrations.loose import FOR_OTHERS, applied, is_flyways, is_numbered, plain, uses_flyway
from ormistice.sources.migrations.planned import atlas, graphile, is_atlas, sqitch, sqitch_plan

__all__ = ["Migration", "PassedOver", "is_flyways", "is_supabases", "passed_over", "sql_migrations"]

_SUPABASES_NAME = re.compile(r"^[0-9]+_")
_POSTGRESQL = frozenset({"postgresql", "postgres", "pg", "cockroachdb", "cockroach"})
_IN_FOLDERS = ("migration.sql", "up.sql", "up.yaml", "up.yml")
# Where a folder has migrations of none of its own: Prisma's and others', Hasura's of its first database, those of the
# database that they are for, db-migrate's.
_INSIDE = ("migrations", "default", "postgresql", "postgres", "pg", "sqls")
_INSTEAD = "apply them to a database and name that, or a dump of its schema: postgresql://... or sql:FILE"


@dataclass(frozen=True, slots=True)
class Migration:
    """One step; `name` is what its tool calls it, `when` the time by which drizzle-kit tells what is applied.

    A `baseline` is never applied: it says what the database held before the migrations. A `foreign` one is no SQL,
    and cannot be run here.
    """

    name: str
    path: Path
    when: int | None = None
    first_of_drizzle: bool = False
    baseline: bool = False
    foreign: bool = False


def sql_migrations(folder: Path) -> tuple[Migration, ...]:
    """The migrations of `folder` in the order in which their tool applies them; some of them, at least, are SQL."""
    if (dialect := _dialect(folder)) not in _POSTGRESQL:
        raise AuditError(f"{folder}: the migrations are for {dialect}", "only those for PostgreSQL are read")
    found = _of_a_tool(folder) or tuple(_folders(folder)) or _inside_or_loose(folder)
    if found and all(migration.foreign for migration in found):
        written = languages(migration.path for migration in found)
        raise AuditError(f"{folder}: the migrations are written in {written}; only those in SQL are run", _INSTEAD)
    return found


def _of_a_tool(folder: Path) -> tuple[Migration, ...]:
    """The migrations of a tool that tells by more than names what is applied."""
    if is_supabases(folder):
        return tuple(_supabase(folder))
    if is_atlas(folder):
        return tuple(_file(path) for path in atlas(folder))
    if _journal(folder).is_file():
        return tuple(_drizzle(folder))
    if (plan := sqitch_plan(folder)) is not None:
        return tuple(_file(path) for path in sqitch(plan))
    if (log := main_log(folder)) is not None:
        return tuple(_file(path) for path in listed(log))
    committed = graphile(folder)
    return tuple(_file(path) for path in (*(ahead(folder) if committed else ()), *committed))


def _inside_or_loose(folder: Path) -> tuple[Migration, ...]:
    """Loose files, or else what lies deeper: beside a folder of migrations a script without a number is none."""
    loose = applied(folder)
    if is_numbered(loose):
        return tuple(_file(path) for path in loose)
    inside = [folder / name for name in _INSIDE if (folder / name).is_dir()]
    found = next((found for place in inside if (found := sql_migrations(place))), ())
    if found or loose:
        return found or tuple(_file(path) for path in loose)
    return _only_one(folder)


def _only_one(folder: Path) -> tuple[Migration, ...]:
    """The migrations of the one folder in `folder` that has any."""
    having = [path for path in sorted(folder.iterdir()) if path.is_dir() and _has_some(path)]
    if len(having) > 1:
        names = ", ".join(f"`{path.name}`" for path in having)
        raise AuditError(f"{folder}: there are migrations in several folders of it: {names}", "name one of them")
    if having and having[0].name.lower() in FOR_OTHERS:
        raise AuditError(f"{folder}: the migrations are for {having[0].name}", "only those for PostgreSQL are read")
    return sql_migrations(having[0]) if having else ()


def _has_some(folder: Path) -> bool:
    return bool(_of_a_tool(folder) or next(_folders(folder), None) or is_numbered(applied(folder)))


def _file(path: Path) -> Migration:
    name = path.name.removesuffix(path.suffix).removesuffix(".up")
    return Migration(name, path, foreign=language(path) is not None)


def _dialect(folder: Path) -> str:
    """What the tool that made the folder says it is for; PostgreSQL where it says nothing."""
    lock, journal = folder / "migration_lock.toml", _journal(folder)
    try:
        if lock.is_file():
            found = tomllib.loads(lock.read_text(encoding="utf-8")).get("provider")
        else:
            found = json.loads(journal.read_text(encoding="utf-8"))["dialect"] if journal.is_file() else None
    except (OSError, ValueError, KeyError, TypeError):
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
    if is_atlas(folder) or sqitch_plan(folder) is not None or graphile(folder):
        return PassedOver()
    if _journal(folder).is_file():
        listed = {migration.path.name for migration in _drizzle(folder)}
        paths = tuple(path for path in plain(folder) if path.name not in listed)
        return PassedOver(paths, "drizzle-kit", "that meta/_journal.json does not list")
    if uses_flyway(folder):
        chosen = {path.name for path in applied(folder)}
        skipped = (path for path in plain(folder) if path.name not in chosen and path.name[0] not in "VBU")
        return PassedOver(tuple(skipped), "Flyway", "named otherwise than `V`, a version and two underscores")
    return PassedOver()


def _journal(folder: Path) -> Path:
    return folder / "meta" / "_journal.json"


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
    """A folder each: Prisma and Drizzle 1.0 (migration.sql), by name; Diesel and Hasura (up.sql), by version."""
    first = True
    for step in sorted((path for path in folder.iterdir() if path.is_dir()), key=_folder_order):
        for name in _IN_FOLDERS:
            if (step / name).is_file():
                of_drizzle = first and (step / "snapshot.json").is_file()
                foreign = language(step / name) is not None
                yield Migration(step.name, step / name, first_of_drizzle=of_drizzle, foreign=foreign)
                first = False
                break


def _folder_order(path: Path) -> tuple[str, str]:
    """Diesel leaves the dashes out of a version, and so takes what is named in its old and its new way together."""
    version = path.name.partition("_")[0].replace("-", "") if (path / "up.sql").is_file() else ""
    return (version, path.name)
