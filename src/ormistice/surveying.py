"""What a repository holds that can be audited, for `ormistice init`."""

import ast
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG

_SKIPPED = frozenset(
    {"node_modules", "dist", "build", "out", "target", "vendor", "venv", "env", "site-packages", "__pycache__"}
    | {"coverage", "tests", "test", "__tests__"}
)
_MOST_BYTES = 1_000_000
_DRIZZLE_CONFIGS = tuple(f"drizzle.config.{ending}" for ending in ("ts", "mts", "js", "mjs"))
_OTHER_DATABASES = ("mysql", "sqlite", "turso", "singlestore", "sqlserver", "mssql", "mongodb", "gel")
_TYPESCRIPT = frozenset({".ts", ".mts", ".js", ".mjs"})
_COLUMNS = frozenset({"Column", "mapped_column"})
# Migrations have classes and tables of their own, as they once were.
_HISTORY = frozenset({"migrations", "versions", "alembic"})
# What lies beside the files of one application, and of no other.
_PYTHON_ROOTS = ("pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "alembic.ini", "Pipfile", "manage.py")
_NODE_ROOTS = ("package.json",)


@dataclass(frozen=True, slots=True)
class Found:
    """Something that looks like a source; `why` is told in the file that is written, `more` are its other files.

    `versions` are files that say the same in another version, and are no sources for that.
    """

    kind: str
    path: str
    why: str
    more: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()

    def locations(self) -> tuple[str, ...]:
        """Where it lies, as a configuration has it."""
        return tuple(f"{self.kind}:{path}" for path in (self.path, *self.more))


def survey(root: Path) -> tuple[Found, ...]:
    """The sources that lie below `root`, by kind and path, those of a folder with its configuration alone."""
    files = list(_files(root))
    found = [*_prisma(files, root), *_drizzle(files, root), *_python(files, root), *_migrations(files, root)]
    return tuple(sorted(found, key=lambda item: (item.kind, item.path)))


def _files(root: Path) -> Iterator[Path]:
    """Files of a size that people write; links lead to what is found without them, or is not of this project."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED and not name.startswith("."))
        for name in sorted(names):
            path = Path(folder, name)
            try:
                found = path.lstat()
            except OSError:
                continue
            if S_ISREG(found.st_mode) and found.st_size <= _MOST_BYTES:
                yield path


def _text(path: Path) -> str:
    """What a file holds; nothing where it must not be read."""
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError:
        return ""


def _for_postgresql(text: str) -> bool:
    """Whether a file that names its database by a string names no other alone; reading it will tell for sure."""

    def named(database: str) -> bool:
        return any(f"{quote}{database}" in text for quote in "\"'")

    return named("postgres") or not any(map(named, _OTHER_DATABASES))


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _prisma(files: Iterable[Path], root: Path) -> Iterator[Found]:
    """Files with a datasource, and with what lies below their folder where that has none: one schema of many files."""
    texts = {
        path: _text(path)
        for path in files
        if path.suffix == ".prisma" and _HISTORY.isdisjoint(path.relative_to(root).parts)
    }
    for client in [folder for path, text in texts.items() for folder in _clients(path, text)]:
        texts = {path: text for path, text in texts.items() if not path.is_relative_to(client)}
    heads = [path for path, text in texts.items() if "datasource " in text]
    versions = _versions({path: texts[path] for path in heads if _for_postgresql(texts[path])})
    for head, own in versions.items():
        below = [path for path in texts if path.is_relative_to(head.parent)]
        alone = len(below) == 1 or sum(path in below for path in heads) > 1
        others = tuple(_relative(path, root) for path in own)
        yield Found("prisma", _relative(head if alone else head.parent, root), "a Prisma schema", versions=others)


def _clients(schema: Path, text: str) -> Iterator[Path]:
    """The folders that a schema's generators write to: Prisma leaves a copy of the schema there."""
    for line in text.splitlines():
        name, _, value = line.partition("=")
        before, _, quoted = value.partition('"')
        path, closed, _ = quoted.partition('"')
        if name.strip() == "output" and closed and not before.strip():
            folder = Path(os.path.normpath(schema.parent / path))
            if not schema.is_relative_to(folder):
                yield folder


def _versions(heads: Mapping[Path, str]) -> dict[Path, list[Path]]:
    """The schemas that are sources, each with the other files beside or below it that are mostly of its models."""
    models = {path: _models(text) for path, text in heads.items()}
    versions: dict[Path, list[Path]] = {path: [] for path in heads}
    for head in (path for path in heads if path.name == "schema.prisma"):
        for path in [path for path in versions if path != head and head in versions]:
            shared, fewer = models[path] & models[head], min(models[path], models[head], key=len)
            if path.is_relative_to(head.parent) and 2 * len(shared) > len(fewer):
                versions[head] += [path, *versions.pop(path)]
    return versions


def _models(text: str) -> frozenset[str]:
    return frozenset(words[1] for line in text.splitlines() if (words := line.split())[:1] == ["model"] and words[1:])


def _drizzle(files: list[Path], root: Path) -> Iterator[Found]:
    configs = [path for path in files if path.name in _DRIZZLE_CONFIGS and _for_postgresql(_text(path))]
    if configs:
        yield from (Found("drizzle", _relative(path, root), "names the schema modules") for path in configs)
        return
    calling = [path for path in files if path.suffix in _TYPESCRIPT and "pgTable(" in _text(path)]
    for paths in _by_application(calling, _NODE_ROOTS, root):
        first, *more = (_relative(path, root) for path in paths)
        yield Found("drizzle", first, "calls pgTable" if not more else "call pgTable", tuple(more))


def _python(files: Iterable[Path], root: Path) -> Iterator[Found]:
    kinds = {path: kind for path in files if (kind := _declared(path, root)) is not None}
    for paths in _by_application(kinds, _PYTHON_ROOTS, root):
        kind = "sqlmodel" if any(kinds[path] == "sqlmodel" for path in paths) else "sqlalchemy"
        first, *more = (_relative(path, root) for path in _packages(paths))
        yield Found(kind, first, "declares tables" if not more else "declare tables", tuple(more))


def _by_application(files: Iterable[Path], marks: Iterable[str], root: Path) -> Iterator[list[Path]]:
    """Files that lie below the same of the folders that bear such a mark: they describe one database together."""
    found: dict[Path, list[Path]] = {}
    for path in files:
        folders = (folder for folder in path.parents if folder.is_relative_to(root))
        own = next((folder for folder in folders if any((folder / mark).is_file() for mark in marks)), root)
        found.setdefault(own, []).append(path)
    yield from found.values()


def _packages(modules: list[Path]) -> Iterator[Path]:
    """The modules, several of one package as the package."""
    folders: dict[Path, list[Path]] = {}
    for path in modules:
        folders.setdefault(path.parent, []).append(path)
    for folder, own in folders.items():
        yield from [folder] if len(own) > 1 and (folder / "__init__.py").is_file() else own


def _declared(path: Path, root: Path) -> str | None:
    """What a module that declares tables is written with; None for every other module."""
    parts = path.relative_to(root).parts
    if path.suffix != ".py" or path.name.startswith("test_") or not _HISTORY.isdisjoint(parts[:-1]):
        return None
    text = _text(path)
    if "table" not in text.lower() and "column" not in text.lower():
        return None
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    classes = [node for node in nodes if isinstance(node, ast.ClassDef)]
    if any(_is_table(keyword) for node in classes for keyword in node.keywords):
        return "sqlmodel"
    tables = any(isinstance(node, ast.Call) and _makes_table(node) for node in nodes)
    return "sqlalchemy" if tables or any(_has_columns(node) for node in classes) else None


def _is_table(keyword: ast.keyword) -> bool:
    return keyword.arg == "table" and isinstance(keyword.value, ast.Constant) and keyword.value.value is True


def _called(call: ast.Call) -> str | None:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return None


def _makes_table(call: ast.Call) -> bool:
    """Whether it is `Table("name", metadata, ...)`, with columns."""
    columns = (item for item in call.args[2:] if isinstance(item, ast.Call))
    return _called(call) == "Table" and any(_called(item) in _COLUMNS for item in columns)


def _has_columns(node: ast.ClassDef) -> bool:
    """Whether a class has columns, or a table's name and inherits them."""
    for item in node.body:
        match item:
            case ast.Assign(targets=[ast.Name(id="__tablename__" | "__table__")]):
                return True
            case ast.Assign(value=ast.Call() as call) | ast.AnnAssign(value=ast.Call() as call):
                if _called(call) in _COLUMNS:
                    return True
            case _:
                pass
    return False


def _migrations(files: list[Path], root: Path) -> Iterator[Found]:
    locked = {path.parent for path in files if path.name == "migration_lock.toml"}
    for path in files:
        if path.name == "migration_lock.toml" and not locked.isdisjoint(path.parent.parents):
            # A copy, in the folder of one migration.
            continue
        if path.name in ("migration_lock.toml", "_journal.json") and not _for_postgresql(_text(path)):
            continue
        if path.name == "migration_lock.toml":
            yield Found("migrations", _relative(path.parent, root), "Prisma's migrations")
        elif path.name == "_journal.json" and path.parent.name == "meta":
            yield Found("migrations", _relative(path.parent.parent, root), "Drizzle's migrations")
        elif path.name == "alembic.ini":
            yield Found("migrations", _relative(path, root), "Alembic's migrations")


def _toml(locations: tuple[str, ...]) -> str:
    """Strings as TOML has them, which is as JSON has them: alone, or a line each."""
    if len(locations) == 1:
        return json.dumps(locations[0], ensure_ascii=False)
    return "".join(["[\n", *(f"  {json.dumps(item, ensure_ascii=False)},\n" for item in locations), "]"])


def configuration(found: Iterable[Found]) -> str:
    """An ormistice.toml for these sources, to be read and completed by a person."""
    lines = [
        "# What `ormistice audit` compares. https://toml.io is the format.",
        "",
        "# The source whose word counts where values differ. Left out: the database, live, of DDL or of migrations;",
        "# else the first source.",
        '# authority = "database"',
        "",
        "# The live database is opened read-only. Keep its password out of this file: libpq reads ~/.pgpass.",
        "# [[sources]]",
        '# name = "database"',
        '# location = "postgresql://localhost/name"',
    ]
    for item in found:
        lines += ["", f"# {item.why}"]
        lines += [f"# Left out, as another version of it: {json.dumps(path)}" for path in item.versions]
        lines += ["[[sources]]", f"location = {_toml(item.locations())}"]
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
