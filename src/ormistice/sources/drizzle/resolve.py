"""Which file an import means, by the rules that TypeScript's own bundler resolution has."""

from collections.abc import Callable
from pathlib import Path

_SUFFIXES = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json")
# TypeScript lets an import name the file that will be compiled, not the one that is there.
_WRITTEN_AS = {".js": (".ts", ".tsx"), ".jsx": (".tsx",), ".mjs": (".mts",), ".cjs": (".cts",)}


def existing_file(path: Path) -> Path | None:
    """The file that `path` names, with or without its suffix, or as the index of a folder."""
    try:
        return _existing_file(path)
    except OSError:
        return None


def _existing_file(path: Path) -> Path | None:
    for suffix in _WRITTEN_AS.get(path.suffix, ()):
        source = path.with_suffix(suffix)
        if source.is_file():
            return source
    if path.suffix in _SUFFIXES and path.is_file():
        return path
    for suffix in _SUFFIXES:
        named = path.with_name(path.name + suffix)
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


def resolver() -> "Callable[[str, Path], Path | None]":
    """How imports of one reading are resolved: by path alone, so far."""

    def resolve(specifier: str, importer: Path) -> Path | None:
        return existing_file(importer.parent / specifier) if is_relative(specifier) else None

    return resolve
