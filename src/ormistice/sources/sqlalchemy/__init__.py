"""SQLModel and SQLAlchemy: the application's own classes, as the application's own interpreter sees them.

The application is imported in a process of its own (`probe`), which alone knows SQLAlchemy; here its answer is lowered
to the model and tied to the places in the text that made it.
"""

from pathlib import Path

from ormistice.sources import Source, SourceKind, SourceRequest


def _recognises(location: str, base: Path) -> bool:
    """A Python file, or the folder of a package."""
    path = base / Path(location).expanduser()
    return (location.endswith(".py") and path.suffix == ".py") or (path / "__init__.py").is_file()


def _open(request: SourceRequest) -> Source:
    from ormistice.sources.sqlalchemy.source import Models

    models = Models(request)
    models.begin()
    return models


def _stand_by(request: SourceRequest) -> None:
    """Start the process that the application is imported in."""
    from ormistice.sources.sqlalchemy.location import interpreter, located
    from ormistice.sources.sqlalchemy.process import limits, stand_by

    if not request.options.get("static"):
        near = (located(request, text) for text in request.targets[:1])
        stand_by(interpreter(request, next(near, None)), request.base, limits(request.options))


SOURCES = (SourceKind("sqlalchemy", ("sqlalchemy", "sqlmodel"), _recognises, _open, stand_by=_stand_by),)
