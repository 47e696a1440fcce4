"""Prisma schemas: one file or a folder of them, read without Node.

Words used in this package. A *field* is a line of a model, *scalar* if it makes a column, a *relation field* if its
type is a model. The *forward* field of a relation holds `fields:` and makes the foreign key; the *back* field, in the
referenced model, makes nothing. A relation of two list fields is *implicit*: Prisma makes a *join table* for it.
"""

from pathlib import Path

from ormistice.sources import Source, SourceKind, SourceRequest

CONFIGS = ("package.json", *(f"prisma.config.{suffix}" for suffix in ("ts", "js", "mts", "mjs", "cts", "cjs")))


def _recognises(location: str, base: Path) -> bool:
    path = base / Path(location).expanduser()
    if location.endswith(".prisma") or path.name in CONFIGS:
        return True
    if not path.is_dir():
        return False
    from ormistice.sources.prisma.location import schema_files

    return next(schema_files(path), None) is not None


def _open(request: SourceRequest) -> Source:
    from ormistice.sources.prisma.source import PrismaSource

    return PrismaSource(request)


SOURCES = (SourceKind(name="prisma", prefixes=("prisma",), recognises=_recognises, open=_open),)
