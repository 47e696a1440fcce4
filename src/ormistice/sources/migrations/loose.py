"""SQL files that lie loose in a folder: which of them their tool applies, and in which order."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

from ormistice.sources.migrations.foreign import is_program

# Files that undo; Flyway's begin with U. Where the name alone would tell too little, there is one that they undo.
_UNDOING = re.compile(r"(?i)(\.(down|undo|rollback|revert)\.sql|^[0-9]+\.undo\..*\.sql|^down\.sql)$")
_PERHAPS_UNDOING = re.compile(r"(?i)[-_.](down|undo|rollback|revert)\.sql$")
_VERSION = re.compile(r"(?i)^(?P<flyway>[vub])?(?P<number>[0-9]+)(?P<rest>(?:[._][0-9]+)*)")
_REPEATABLE = re.compile(r"(?i)^r__")
_FLYWAYS_NAME = re.compile(r"(?i)^([vub][0-9][0-9._]*|r)__")
_FLYWAYS_FIRST = re.compile(r"(?i)^[vb][0-9][0-9._]*__.*\.sql$")
_CALLBACK = re.compile(r"^(beforeMigrate|afterVersioned|afterMigrate)(__.*)?\.sql$")
_POSTGRATORS_NAME = re.compile(r"(?i)^[0-9]+\.do(\..*)?\.sql$")
_UP = ".up.sql"
FOR_OTHERS = frozenset(
    {"mysql", "mariadb", "oracle", "sqlserver", "mssql", "sqlite", "hsqldb", "db2", "derby", "clickhouse", "h2"}
)
"""What folders are called whose migrations are for another database."""
_NOT_LOOKED_INTO = FOR_OTHERS | {"down", "undo", "rollback", "rollbacks", "revert", "node_modules", "target", "build"}
_DEPTH = 4
Order = tuple[int, tuple[int, ...], str]


def applied(folder: Path) -> list[Path]:
    """What is applied of the files in `folder`, in order; with it migrations in other languages than SQL."""
    if uses_flyway(folder):
        return _flyways(folder)
    if postgrators := [path for path in folder.glob("*.sql") if _POSTGRATORS_NAME.match(path.name)]:
        return sorted(postgrators, key=_order)
    files = plain(folder)
    if any(path.name.endswith(_UP) for path in files):
        files = [path for path in files if _VERSION.match(path.name)]
    programs = [_of_db_migrate(path) for path in folder.iterdir() if is_program(path)]
    return sorted({*files, *programs}, key=_order)


def is_numbered(paths: Sequence[Path]) -> bool:
    """Whether any of them bears a number, as migrations do."""
    return any(_VERSION.match(path.name) for path in paths)


def plain(folder: Path) -> list[Path]:
    """The SQL files that undo nothing, by number and name."""
    files = sorted(path for path in folder.glob("*.sql") if path.is_file())
    names = {path.name for path in files}
    return sorted((path for path in files if not undoes(path.name, names)), key=_order)


def undoes(name: str, names: set[str]) -> bool:
    """Whether a file undoes what another does, being one of `names`."""
    if _UNDOING.search(name):
        return True
    found = _PERHAPS_UNDOING.search(name)
    if found is None:
        return False
    start, mark = name[: found.start()], name[found.start()]
    return f"{start}.sql" in names or f"{start}{mark}up.sql" in names


def uses_flyway(folder: Path) -> bool:
    """Whether Flyway applies a folder, or who names files as it does; of several histories below it, none is meant."""
    found = [path for path in _below(folder) if _FLYWAYS_FIRST.match(path.name)]
    if any(path.parent == folder for path in found):
        return True
    versions = {path.name.partition("__")[0] for path in found}
    return bool(found) and len(versions) == len(found)


def is_flyways(path: Path) -> bool:
    """Whether Flyway applies the file, by its name."""
    return _FLYWAYS_NAME.match(path.name) is not None


def _flyways(folder: Path) -> list[Path]:
    """Versions as numbers from the last baseline on, then what is repeated, and callbacks about them.

    Flyway undoes with U what it did with V; to refinery a U of its own number is a migration like another.
    """
    found = [path for path in _below(folder) if _FLYWAYS_NAME.match(path.name) and _is_run(path)]
    if any(path.name[0].isupper() for path in found):
        # Its prefixes are capitals, unless it is set up with others.
        found = [path for path in found if path.name[0].isupper()]
    versions = {_version(path) for path in found if path.name[0] in "Vv"}
    baseline = max((_version(path) for path in found if path.name[0] in "Bb"), default=None)
    chosen = [path for path in found if path.name[0] not in "UuBb" or _of_its_own(path, versions)]
    if baseline is not None:
        chosen = [path for path in chosen if path.name[0] in "Rr" or _version(path) > baseline]
        chosen += [path for path in found if path.name[0] in "Bb" and _version(path) == baseline]
    callbacks = {path: named[1] for path in _below(folder) if (named := _CALLBACK.match(path.name)) is not None}
    return sorted({*chosen, *callbacks}, key=lambda path: _flyways_order(path, callbacks.get(path)))


def _is_run(path: Path) -> bool:
    return path.suffix == ".sql" or is_program(path)


def _of_its_own(path: Path, versions: set[tuple[int, ...]]) -> bool:
    return path.name[0] in "Uu" and _version(path) not in versions


def _below(folder: Path) -> list[Path]:
    """Every file in the folder and in those in it, but for what is for other databases or the way back."""
    found: list[Path] = []
    for place, folders, files in os.walk(folder):
        depth = len(Path(place).relative_to(folder).parts)
        looked_into = (name for name in folders if name.lower() not in _NOT_LOOKED_INTO and not name.startswith("."))
        folders[:] = sorted(looked_into) if depth < _DEPTH else []
        found += [Path(place) / name for name in files]
    return sorted(found)


def _version(path: Path) -> tuple[int, ...]:
    """The numbers of a version, zeros at its end left out."""
    found = _VERSION.match(path.name)
    if found is None:
        return ()
    numbers = [int(found["number"]), *(int(part) for part in re.findall(r"[0-9]+", found["rest"]))]
    while numbers[1:] and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def _flyways_order(path: Path, callback: str | None) -> Order:
    match callback:
        case "beforeMigrate":
            return (0, (), path.name)
        case "afterVersioned":
            return (2, (), path.name)
        case "afterMigrate":
            return (4, (), path.name)
        case _ if _REPEATABLE.match(path.name):
            return (3, (), path.name)
        case _:
            return (1, _version(path), path.name)


def _order(path: Path) -> Order:
    """By the number in front, as a number; a name without one stands behind."""
    found = _VERSION.match(path.name)
    if found is None or found["flyway"]:
        return (1, (), path.name)
    return (0, (int(found["number"]),), path.name)


def _of_db_migrate(path: Path) -> Path:
    """The SQL that a program of db-migrate does no more than read, else the program."""
    script = path.parent / "sqls" / f"{path.stem}-up.sql"
    return script if script.is_file() else path
