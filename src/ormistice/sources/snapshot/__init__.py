"""Snapshots: a model that `ormistice show --format json` wrote, read back."""

from pathlib import Path

from ormistice.sources import Source, SourceKind, SourceRequest


def _recognises(_location: str, _base: Path) -> bool:
    """JSON is too common an ending to guess from."""
    return False


def _open(request: SourceRequest) -> Source:
    from ormistice.sources.snapshot.source import SnapshotSource

    return SnapshotSource(request)


SOURCES = (SourceKind("snapshot", ("snapshot",), _recognises, _open),)
