"""Drizzle: schema modules in TypeScript, read as the programs they are and never run."""

from collections.abc import Iterator
from pathlib import Path

from ormistice.sources import Source, SourceKind, SourceRequest

SUFFIXES = (".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs")
CONFIGS = tuple(f"drizzle.config.{suffix}" for suffix in ("ts", "js", "mts", "mjs", "cts", "cjs"))
_GLOBBING = frozenset("*?[{")
_ENOUGH = 2_000


def _recognises(location: str, base: Path) -> bool:
    """A TypeScript file or a glob of them; a folder with a drizzle.config, or with a file that imports drizzle-orm."""
    path = base / Path(location).expanduser()
    if path.suffix in SUFFIXES:
        # The configuration of another tool is no schema.
        return path.name.startswith("drizzle") or not path.stem.endswith(".config")
    try:
        return path.is_dir() and (
            any((path / name).is_file() for name in CONFIGS) or any(map(_uses_drizzle, _below(path)))
        )
    except OSError:
        return False


def _below(folder: Path) -> Iterator[Path]:
    found = (path for path in sorted(folder.rglob("*")) if path.suffix in SUFFIXES and "node_modules" not in path.parts)
    for _, path in zip(range(_ENOUGH), found, strict=False):
        yield path


def _uses_drizzle(path: Path) -> bool:
    try:
        return b"drizzle-orm" in path.read_bytes()
    except OSError:
        return False


def _open(request: SourceRequest) -> Source:
    from ormistice.sources.drizzle.source import DrizzleSource

    return DrizzleSource(request)


SOURCES = (SourceKind(name="drizzle", prefixes=("drizzle",), recognises=_recognises, open=_open),)
