"""`snapshot:FILE`: a model written earlier."""

import json
from dataclasses import dataclass

from ormistice.errors import AuditError
from ormistice.fixes import Change, Fix
from ormistice.model import Schema
from ormistice.parsing import read_document
from ormistice.sources import SourceRequest, shown
from ormistice.sources.snapshot.read import schema_of
from ormistice.sources.snapshot.values import Json

FORMAT_VERSION = 1
"""The format that is read; `ormistice.snapshot` writes it."""
_HINT = "ormistice show SOURCE --format json --output FILE writes one"


def _content(text: str) -> Json:
    """The document of a snapshot. Raises ValueError where it is something else."""
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON: line {error.lineno}, column {error.colno}: {error.msg.lower()}") from error
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error
    if not isinstance(content, dict):
        raise ValueError("it holds no object")  # noqa: TRY004 - it is the user's file that is wrong
    if "findings" in content:
        raise ValueError("it is the report of an audit")
    version = content.get("format_version", FORMAT_VERSION)
    if version != FORMAT_VERSION:
        raise ValueError(f"it is of format {version}, and this version of ormistice reads format {FORMAT_VERSION}")
    return content


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
            return schema_of(_content(document.text), self.name)
        except ValueError as error:
            raise AuditError(f"{self.location}: no snapshot of a model: {error}", _HINT) from error

    def write(self, schema: Schema, change: Change) -> Fix | None:
        """Nothing: a snapshot records what was."""
        del schema, change
        return None
