"""What a repository holds that can be audited, for `ormistice init`."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_SKIPPED = frozenset(
    {"node_modules", "dist", "build", "out", "target", "vendor", "venv", "env", "site-packages", "__pycache__"}
    | {"coverage", "tests", "test", "__tests__"}
)
_MOST_BYTES = 1_000_000
_DRIZZLE_CONFIGS = tuple(f"drizzle.config.{ending}" for ending in ("ts", "mts", "js", "mjs"))
_PYTHON_MARKS = ("table=True", "DeclarativeBase", "declarative_base(", "SQLAlchemy()", "MetaData(")
_TYPESCRIPT = frozenset({".ts", ".mts", ".js", ".mjs"})


@dataclass(frozen=True, slots=True)
class Found:
    """Something that looks like a source; `why` is told in the file that is written."""

    kind: str
    path: str
    why: str


def survey(root: Path) -> tuple[Found, ...]:
    """The sources that lie below `root`, by kind and path, those of a folder with its configuration alone."""
    files = [path for path in _files(root) if path.stat().st_size <= _MOST_BYTES]
    found = [*_prisma(files, root), *_drizzle(files, root), *_python(files, root), *_migrations(files, root)]
    return tuple(sorted(found, key=lambda item: (item.kind, item.path)))


def _files(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED and not name.startswith("."))
        for name in sorted(names):
            path = Path(folder, name)
            if path.is_file() and not path.is_symlink():
                yield path


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _prisma(files: Iterable[Path], root: Path) -> Iterator[Found]:
    folders: dict[Path, list[Path]] = {}
    for path in files:
        if path.suffix == ".prisma":
            folders.setdefault(path.parent, []).append(path)
    for folder, schemas in folders.items():
        whole = schemas[0] if len(schemas) == 1 else folder
        if any("datasource " in path.read_text("utf-8", errors="replace") for path in schemas):
            yield Found("prisma", _relative(whole, root), "a Prisma schema")


def _drizzle(files: list[Path], root: Path) -> Iterator[Found]:
    configs = [path for path in files if path.name in _DRIZZLE_CONFIGS]
    if configs:
        yield from (Found("drizzle", _relative(path, root), "names the schema modules") for path in configs)
        return
    for path in files:
        if path.suffix in _TYPESCRIPT and "pgTable(" in path.read_text("utf-8", errors="replace"):
            yield Found("drizzle", _relative(path, root), "calls pgTable")


def _python(files: Iterable[Path], root: Path) -> Iterator[Found]:
    packages: dict[Path, list[Path]] = {}
    for path in files:
        if path.suffix == ".py" and any(mark in path.read_text("utf-8", errors="replace") for mark in _PYTHON_MARKS):
            packages.setdefault(path.parent, []).append(path)
    for folder, modules in packages.items():
        package = len(modules) > 1 and (folder / "__init__.py").is_file()
        for target in [folder] if package else modules:
            text = "".join(path.read_text("utf-8", errors="replace") for path in (modules if package else [target]))
            kind = "sqlmodel" if "table=True" in text else "sqlalchemy"
            yield Found(kind, _relative(target, root), "declares tables")


def _migrations(files: Iterable[Path], root: Path) -> Iterator[Found]:
    for path in files:
        if path.name == "migration_lock.toml":
            yield Found("migrations", _relative(path.parent, root), "Prisma's migrations")
        elif path.name == "_journal.json" and path.parent.name == "meta":
            yield Found("migrations", _relative(path.parent.parent, root), "Drizzle's migrations")
        elif path.name == "alembic.ini":
            yield Found("migrations", _relative(path, root), "Alembic's migrations")


def configuration(found: Iterable[Found]) -> str:
    """An ormistice.toml for these sources, to be read and completed by a person."""
    lines = [
        "# What `ormistice audit` compares. https://toml.io is the format.",
        "",
        "# The source whose word counts where values differ. Left out: the database, else the first source.",
        '# authority = "database"',
        "",
        "# The live database is opened read-only. Keep its password out of this file: libpq reads ~/.pgpass.",
        "# [[sources]]",
        '# name = "database"',
        '# location = "postgresql://localhost/name"',
    ]
    for item in found:
        lines += ["", f"# {item.why}", "[[sources]]", f'location = "{item.kind}:{item.path}"']
    lines += [
        "",
        "# Tables of another tool, and the sources that describe them; the others are not asked about them.",
        "# [[ownership]]",
        '# owner = "Better Auth"',
        '# tables = ["users", "sessions", "accounts"]',
        '# sources = ["database"]',
        "",
        "# [severity]",
        '# column-order-mismatch = "off"',
    ]
    return "\n".join(lines) + "\n"
