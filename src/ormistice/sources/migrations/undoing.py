"""What the migrations of a history take away, be they SQL or Alembic's."""

from collections.abc import Iterator, Sequence

from ormistice.sources.migrations.python_places import python_removals
from ormistice.sources.migrations.replay import Step, statements
from ormistice.sources.postgres.removing import Removal, Removals, removals
from ormistice.text import Document


def taken_away(steps: Sequence[Step]) -> Removals:
    """Every place at which tables are dropped or renamed on the way up."""
    files = tuple(step.document.path for step in steps)
    return Removals(files, tuple(removal for step in steps for removal in _of(step.document)))


def _of(document: Document) -> Iterator[Removal]:
    if document.path.endswith(".py"):
        yield from (Removal(place, names) for place, names in python_removals(document))
    else:
        yield from removals(document.path, statements(document))
