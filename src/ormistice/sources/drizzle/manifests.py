"""The files that say how a project is put together: package.json and tsconfig.json, comments and all."""

import json
from functools import cache
from pathlib import Path

from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.syntax import parse

Json = str | float | int | bool | None | list["Json"] | dict[str, "Json"]
_MOST_FOLDERS = 4_000
_DEEPEST = 5
_SKIPPED = frozenset(("node_modules", "dist", "build", "out", "coverage", "target"))


def read_json(path: Path) -> dict[str, Json]:
    """The object in a JSON file as TypeScript's tools read one; empty where there is none."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError):
        return _read_loosely(path, text)
    return plain if isinstance(plain, dict) else {}


def _read_loosely(path: Path, text: str) -> dict[str, Json]:
    # An object of JavaScript is all that JSON with comments and trailing commas can be.
    for statement in parse(str(path), f"export default {text}").statements:
        if isinstance(statement, nodes.ExportDefault):
            found = _plain(statement.value)
            return found if isinstance(found, dict) else {}
    return {}


def _plain(node: nodes.Node) -> Json:
    match node:
        case nodes.Literal(value=value):
            return value
        case nodes.Array(items=items):
            return [_plain(item) for item in items]
        case nodes.Object(entries=entries):
            pairs = [entry for entry in entries if isinstance(entry, nodes.Property)]
            return {entry.key: _plain(entry.value) for entry in pairs if isinstance(entry.key, str)}
        case nodes.Name(name="true" | "false" as word):
            return word == "true"
        case _:
            return None


def above(path: Path) -> list[Path]:
    """The folders around `path`, the nearest first."""
    return list(path.parents)


def nearest(name: str, path: Path) -> Path | None:
    """The file `name` in the nearest folder around `path` that has one."""
    return next((folder / name for folder in above(path) if (folder / name).is_file()), None)


def packages_around(path: Path) -> list[Path]:
    """The folders around `path` that are packages, the nearest first, up to the root of the repository."""
    found: list[Path] = []
    for folder in above(path):
        if (folder / "package.json").is_file():
            found.append(folder)
        if (folder / ".git").exists():
            break
    return found


def workspace_root(path: Path) -> Path | None:
    """The outermost folder around `path` that says that it holds several packages."""
    found = None
    for folder in above(path):
        if (folder / "pnpm-workspace.yaml").is_file() or "workspaces" in read_json(folder / "package.json"):
            found = folder
        if (folder / ".git").exists():
            break
    return found


@cache
def packages_below(root: Path) -> dict[str, Path]:
    """The folder of every package in a workspace, by the package's name."""
    found: dict[str, Path] = {}
    pending = [(root, 0)]
    for _ in range(_MOST_FOLDERS):
        if not pending:
            break
        folder, depth = pending.pop(0)
        name = read_json(folder / "package.json").get("name") if (folder / "package.json").is_file() else None
        if isinstance(name, str):
            found.setdefault(name, folder)
        if depth < _DEEPEST:
            pending += [(inner, depth + 1) for inner in _folders(folder)]
    return found


def _folders(folder: Path) -> list[Path]:
    try:
        found = sorted(inner for inner in folder.iterdir() if inner.is_dir() and not inner.is_symlink())
    except OSError:
        return []
    return [inner for inner in found if inner.name not in _SKIPPED and not inner.name.startswith(".")]
