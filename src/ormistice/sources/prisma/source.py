"""A Prisma schema as a source."""

from dataclasses import dataclass

from ormistice.fixes import Change, Fix
from ormistice.model import Schema
from ormistice.parsing import read_document
from ormistice.sources import SourceRequest, shown
from ormistice.sources.prisma.location import Located, locate
from ormistice.sources.prisma.lower import lower
from ormistice.sources.prisma.syntax import parse


@dataclass(frozen=True, slots=True)
class PrismaSource:
    """One Prisma schema, in one file or many."""

    request: SourceRequest

    @property
    def name(self) -> str:
        """What the user calls it."""
        return self.request.name

    @property
    def kind(self) -> str:
        """Always `prisma`."""
        return "prisma"

    @property
    def location(self) -> str:
        """Where its targets lie."""
        return self.request.shown_targets()

    def load(self, fixes: tuple[Fix, ...] = ()) -> Schema:
        """Read every file and lower them as one schema."""
        located: Located = locate([self.request.path(target) for target in self.request.targets])
        documents = [read_document(path, shown(path), fixes) for path in located.files]
        parsings = (parse(document) for document in documents)
        return lower(self.request.name, parsings, join_table_key=located.join_table_key)

    def write(self, schema: Schema, change: Change) -> Fix | None:
        """Edits of the schema files."""
        from ormistice.sources.prisma.write import write

        return write(schema, change)
