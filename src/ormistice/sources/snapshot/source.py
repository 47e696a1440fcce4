"""`snapshot:FILE`: a model written earlier."""

import json
from dataclasses import dataclass

from ormistice.errors import AuditError
from ormistice.fixes import Change, Fix
from ormistice.model import Schema
from ormistice.parsing import read_document
from ormistice.sources import SourceRequest, shown
from ormistice.sources.snapshot.read import schema_of


@dataclass(frozen=True, slots=True)
class SnapshotSource:
    """A file that holds a model as JSON."""

    request: SourceRequest

    @property
    def name(self) -> str:
        """What the user calls it."""
        return self.request.name

    @property
    def kind(self) -> str:
        """Always `snapshot`."""
        return "snapshot"

    @property
    def location(self) -> str:
        """The file."""
        return shown(self.request.path(self.request.targets[0]))

    def load(self, fixes: tuple[Fix, ...] = ()) -> Schema:
        """The model as it was; a snapshot cannot be fixed, so `fixes` never hold one for it."""
        del fixes
        document = read_document(self.request.path(self.request.targets[0]), self.location)
        try:
            return schema_of(json.loads(document.text), self.name)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise AuditError(
                f"{self.location}: no snapshot of a model: {type(error).__name__}: {error}",
                "ormistice show SOURCE --format json --output FILE writes one",
            ) from error

    def write(self, schema: Schema, change: Change) -> Fix | None:
        """Nothing: a snapshot records what was."""
        del schema, change
        return None
