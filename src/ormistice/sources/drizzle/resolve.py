"""Which file an import means, by the rules that TypeScript's own bundler resolution has."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from ormistice.sources.drizzle.manifests import Json, above, nearest, packages_below, read_json, workspace_root

_SUFFIXES = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json")
# TypeScript lets an import name the file that will be compiled, not the one that is there.
_WRITTEN_AS = {".js": (".ts", ".tsx"), ".jsx": (".tsx",), ".mjs": (".mts",), ".cjs": (".cts",)}
_CONDITIONS = ("source", "development", "bun", "import", "module", "node", "require", "default", "types")
BUILT = ("dist", "build", "lib", "out")
"""Folders that builds write to."""
_MOST_EXTENDED = 10


def existing_file(path: Path) -> Path | None:
    """The file that `path` names, with or without its suffix, or as the index of a folder."""
    try:
        return _existing_file(path)
    except (OSError, ValueError):
        return None


def _existing_file(path: Path) -> Path | None:
    for suffix in _WRITTEN_AS.get(path.suffix, ()):
        source = path.with_suffix(suffix)
        if source.is_file():
            return source
    if path.suffix in _SUFFIXES and path.is_file():
        return path
    for suffix in _SUFFIXES:
        named = path.with_name(path.name + suffix) if path.name else path
        if named.is_file():
            return named
    if path.is_dir():
        for suffix in _SUFFIXES:
            index = path / f"index{suffix}"
            if index.is_file():
                return index
    return None


def is_relative(specifier: str) -> bool:
    """Whether an import names a file by its path."""
    return specifier.startswith(("./", "../", "/")) or specifier in (".", "..")


def resolver() -> Callable[[str, Path], Path | None]:
    """A function from an import and the file that it stands in to the file that it means, None if that is foreign."""

    @cache
    def resolve(specifier: str, folder: Path) -> Path | None:
        if is_relative(specifier):
            return existing_file(folder / specifier)
        importer = folder / "_"
        return _by_paths(specifier, importer) or _by_package(specifier, importer)

    return lambda specifier, importer: resolve(specifier, importer.parent)


def _by_paths(specifier: str, importer: Path) -> Path | None:
    """By `paths` and `baseUrl` of the nearest tsconfig.json, what it extends and what it refers to."""
    for name in ("tsconfig.json", "jsconfig.json"):
        config = nearest(name, importer)
        if config is not None:
            for one in (config, *_referenced(config)):
                found = _by_config(specifier, one)
                if found is not None:
                    return found
    return None


def _referenced(config: Path) -> Iterator[Path]:
    references = read_json(config).get("references")
    for reference in references if isinstance(references, list) else ():
        path = reference.get("path") if isinstance(reference, dict) else None
        if isinstance(path, str):
            target = config.parent / path
            yield target / "tsconfig.json" if target.is_dir() else target


def _by_config(specifier: str, config: Path) -> Path | None:
    paths, base = _paths_of(config)
    for pattern, targets, folder in paths:
        head, star, tail = pattern.partition("*")
        if star:
            fits = specifier.startswith(head) and specifier.endswith(tail) and len(specifier) >= len(head + tail)
        else:
            fits = specifier == pattern
        if not fits:
            continue
        middle = specifier[len(head) : len(specifier) - len(tail)] if star else ""
        for target in targets:
            found = existing_file(folder / target.replace("*", middle, 1))
            if found is not None:
                return found
    return existing_file(base / specifier) if base is not None else None


_Paths = list[tuple[str, list[str], Path]]


@cache
def _paths_of(config: Path) -> tuple[_Paths, Path | None]:
    """Patterns with their targets, the longest prefix first, and the folder of `baseUrl`."""
    for _ in range(_MOST_EXTENDED):
        content = read_json(config)
        options = content.get("compilerOptions")
        options = options if isinstance(options, dict) else {}
        base = options.get("baseUrl")
        folder = config.parent / base if isinstance(base, str) else None
        paths = options.get("paths")
        if isinstance(paths, dict) or folder is not None:
            listed = paths if isinstance(paths, dict) else {}
            return _sorted_paths(listed, folder or config.parent), folder
        extended = content.get("extends")
        extended = extended[-1] if isinstance(extended, list) and extended else extended
        following = _extended(extended, config) if isinstance(extended, str) else None
        if following is None:
            break
        config = following
    return [], None


def _sorted_paths(paths: dict[str, Json], folder: Path) -> _Paths:
    found = [
        (pattern, [target for target in targets if isinstance(target, str)], folder)
        for pattern, targets in paths.items()
        if isinstance(targets, list)
    ]
    return sorted(found, key=lambda path: -len(path[0].partition("*")[0]))


def _extended(name: str, config: Path) -> Path | None:
    if is_relative(name):
        target = config.parent / name
        return next((path for path in (target, target.with_name(target.name + ".json")) if path.is_file()), None)
    package, rest = _split(name)
    folder = _package_folder(package, config)
    if folder is None:
        return None
    target = folder / (rest or "tsconfig.json")
    return next((path for path in (target, target.with_name(target.name + ".json")) if path.is_file()), None)


def _split(specifier: str) -> tuple[str, str]:
    """A package's name, and the path inside it."""
    parts = specifier.split("/")
    count = 2 if specifier.startswith("@") else 1
    return "/".join(parts[:count]), "/".join(parts[count:])


def _by_package(specifier: str, importer: Path) -> Path | None:
    if specifier.startswith("#"):
        manifest = nearest("package.json", importer)
        imports = read_json(manifest).get("imports") if manifest is not None else None
        return _exported(manifest.parent, imports, specifier) if manifest is not None else None
    package, rest = _split(specifier)
    folder = _package_folder(package, importer)
    return None if folder is None else _inside(folder, rest)


def _package_folder(package: str, importer: Path) -> Path | None:
    """The folder of a package of the same workspace; what was installed from elsewhere is foreign."""
    for folder in above(importer):
        linked = folder / "node_modules" / package
        if linked.is_dir():
            real = linked.resolve()
            return None if "node_modules" in real.parts else real
        if (folder / "package.json").is_file() and read_json(folder / "package.json").get("name") == package:
            return folder
    root = workspace_root(importer)
    return packages_below(root).get(package) if root is not None else None


def _inside(folder: Path, rest: str) -> Path | None:
    manifest = read_json(folder / "package.json")
    exports = manifest.get("exports")
    if exports is not None:
        found = _exported(folder, exports, f"./{rest}" if rest else ".")
        if found is not None:
            return found
    if rest:
        return _built_or_source(folder, rest)
    for key in ("source", "module", "main", "types"):
        target = manifest.get(key)
        found = _built_or_source(folder, target) if isinstance(target, str) else None
        if found is not None:
            return found
    return existing_file(folder / "index") or existing_file(folder / "src" / "index")


def _exported(folder: Path, exports: Json, key: str) -> Path | None:
    if isinstance(exports, dict) and any(name.startswith((".", "#")) for name in exports):
        for pattern in sorted(exports, key=lambda name: -len(name.partition("*")[0])):
            head, star, tail = pattern.partition("*")
            if key == pattern or (star and key.startswith(head) and key.endswith(tail) and len(key) > len(head + tail)):
                middle = key[len(head) : len(key) - len(tail)] if star else ""
                return next(_targets(folder, exports[pattern], middle), None)
        return None
    return next(_targets(folder, exports, ""), None) if key == "." else None


def _targets(folder: Path, target: Json, middle: str) -> Iterator[Path]:
    match target:
        case str():
            found = _built_or_source(folder, target.replace("*", middle))
            if found is not None:
                yield found
        case list():
            for item in target:
                yield from _targets(folder, item, middle)
        case dict():
            for condition in _CONDITIONS:
                if condition in target:
                    yield from _targets(folder, target[condition], middle)
        case _:
            return


def _built_or_source(folder: Path, target: str) -> Path | None:
    """The file at `target`, or the source that it will be built from."""
    path = folder / target
    if not target.endswith((".d.ts", ".d.mts", ".d.cts")):
        found = existing_file(path)
        if found is not None:
            return found
    parts = Path(target).parts
    if not parts or parts[0] not in BUILT:
        return None
    name = parts[-1].split(".d.")[0] if ".d." in parts[-1] else Path(parts[-1]).stem
    inner = parts[1:-1]
    for base in (folder / "src", folder):
        found = existing_file(base.joinpath(*inner, name))
        if found is not None:
            return found
    return None
