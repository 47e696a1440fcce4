"""Sources on files that a test writes, and what lies at a place."""

from pathlib import Path
from textwrap import dedent

from ormistice.fixes import Fix
from ormistice.model import Schema, Stated
from ormistice.sources import Source, SourceRequest, kinds
from ormistice.text import Span


def opened(base: Path, target: str, **options: object) -> Source:
    kind = next(kind for kind in kinds() if kind.name == "sqlalchemy")
    python = options.pop("python", None)
    return kind.open(
        SourceRequest(
            "models", "sqlalchemy", (target,), base, python=python if isinstance(python, str) else None, options=options
        )
    )


def written(base: Path, **files: str) -> None:
    """Python files by path without `.py`."""
    for name, text in files.items():
        path = base / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(dedent(text).encode())


def read(base: Path, text: str, fixes: tuple[Fix, ...] = ()) -> Schema:
    written(base, models=text)
    return opened(base, "models.py").load(fixes)


def at(schema: Schema, place: object) -> str:
    """The text at a place."""
    span = place.place if isinstance(place, Stated) else place
    assert isinstance(span, Span)
    document = schema.document(span.file)
    assert document is not None

    return document.text[span.start : span.end]
