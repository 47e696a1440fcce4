"""Which version of drizzle a schema is written for: 1.0 reads some things otherwise."""

from pathlib import Path

from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.manifests import Json, above, read_json, workspace_root
from ormistice.sources.drizzle.modules import Loaded

_PACKAGE = "drizzle-orm"
_GROUPS = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")
_MODERN_NAMES = frozenset(("snakeCase", "camelCase", "defineRelations", "defineRelationsPart", "getColumns"))
_MODERN_TAGS = ("beta", "rc", "next")


def is_modern(files: tuple[Path, ...], modules: list[Loaded]) -> bool:
    """Whether these files are for 1.0: by the installed package, else by package.json, else by what they use."""
    for file in files[:1]:
        for folder in above(file.resolve()):
            known = _installed(folder) or _required(folder)
            if known is not None:
                return known >= "1"
    return any(_uses_modern(loaded) for loaded in modules)


def _installed(folder: Path) -> str | None:
    version = read_json(folder / "node_modules" / _PACKAGE / "package.json").get("version")
    return version.partition(".")[0] if isinstance(version, str) else None


def _required(folder: Path) -> str | None:
    manifest = read_json(folder / "package.json")
    for group in _GROUPS:
        packages = manifest.get(group)
        asked = packages.get(_PACKAGE) if isinstance(packages, dict) else None
        if isinstance(asked, str):
            return _major(asked) or _catalogued(folder, asked)
    return None


def _major(asked: str) -> str | None:
    """The first number of a version range, or what a tag stands for."""
    plain = asked.rpartition("@")[2].lstrip("^~>=<v ")
    if any(plain.startswith(tag) for tag in _MODERN_TAGS):
        return "1"
    number = plain.partition(".")[0]
    return number if number.isdigit() else None


def _catalogued(folder: Path, asked: str) -> str | None:
    """The version in a workspace's catalog, where a package only says `catalog:`."""
    root = workspace_root(folder / "_") if asked.startswith("catalog:") else None
    if root is None:
        return None
    found = _in_catalogs(read_json(root / "package.json")) or _in_yaml(root / "pnpm-workspace.yaml")
    return _major(found) if found is not None else None


def _in_catalogs(manifest: dict[str, Json]) -> str | None:
    pending: list[Json] = [manifest.get(key) for key in ("catalog", "catalogs", "workspaces")]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            found = item.get(_PACKAGE)
            if isinstance(found, str):
                return found
            pending += item.values()
    return None


def _in_yaml(path: Path) -> str | None:
    """The value behind `drizzle-orm:`, which is a plain scalar on its line in every catalog."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    for line in lines:
        key, colon, value = line.partition(":")
        if colon and key.strip().strip("'\"") == _PACKAGE:
            return value.partition("#")[0].strip().strip("'\"")
    return None


def _uses_modern(loaded: Loaded) -> bool:
    return any(
        imported in _MODERN_NAMES
        for statement in loaded.module.statements
        if isinstance(statement, nodes.Import) and statement.module.startswith(_PACKAGE)
        for imported, _ in statement.names
    )
