"""A Prisma schema as a source."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from importlib import import_module
from pathlib import Path

from ormistice.excerpts import Part, Piece, Reading, pieces_of, tried
from ormistice.fixes import Change, Fix
from ormistice.model import Enum, Problem, ProblemKind, Schema, Table
from ormistice.parsing import read_document
from ormistice.sources import SourceRequest, shown
from ormistice.sources.prisma.location import Located, locate, schema_files
from ormistice.sources.prisma.lower import lower
from ormistice.sources.prisma.syntax import Parsing, parse, parse_once
from ormistice.text import Document, Span

_FRAME = frozenset({"datasource", "generator"})


@dataclass(frozen=True, slots=True)
class PrismaSource:
    """One Prisma schema, in one file or many."""

    request: SourceRequest
    _read: list[tuple[Located, Schema]] = field(default_factory=list, compare=False, repr=False)

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
        schema = lower(self.request.name, parsings, join_table_key=located.join_table_key)
        if not fixes:
            self._read[:] = [(located, schema)]
        return schema if schema.tables or len(located.files) > 1 else _among_others(schema, *located.files)

    def tried(self, fixes: tuple[Fix, ...]) -> Schema:
        """What `load` gives, but for the places, where excerpts tell it."""
        for located, schema in self._read:
            found = tried(_reading(schema, map(parse, schema.documents)), fixes, partial(self._reading, located))
            if found is not None:
                return found
        return self.load(fixes)

    def _reading(self, located: Located, documents: Iterable[Document]) -> Reading:
        parsings = tuple(map(parse_once, documents))
        return _reading(lower(self.request.name, parsings, join_table_key=located.join_table_key), parsings)

    def prepare(self) -> None:
        """Import what it writes with: many modules, of which an audit without differences needs none."""
        import_module("ormistice.sources.prisma.write")

    def write(self, schema: Schema, change: Change) -> Fix | None:
        """Edits of the schema files."""
        from ormistice.sources.prisma.write import write

        return write(schema, change)


def _reading(schema: Schema, parsings: Iterable[Parsing]) -> Reading:
    return Reading(schema, {parsing.document.path: _pieces(parsing) for parsing in parsings})


def _pieces(parsing: Parsing) -> tuple[Piece, ...]:
    return pieces_of(
        parsing.document.text,
        (
            (
                block.end,
                frozenset((block.name, *((block.name, field.name) for field in block.fields))),
                Part.FRAME if block.keyword in _FRAME else Part.DECLARATION,
            )
            for block in parsing.blocks
        ),
    )


def _among_others(schema: Schema, path: Path) -> Schema:
    """The schema of a file without models, doubted where other schema files lie around it: they are one with it."""
    others = [other for other in schema_files(path.parent) if other != path]
    if not others:
        return schema
    message = (
        f"no model is in this file, and no other is read; name the folder for all {len(others) + 1} schema files in it"
    )
    problem = Problem(ProblemKind.UNSUPPORTED_CONSTRUCT, message, Span(shown(path), 0, 0))
    return replace(schema, problems=(problem, *schema.problems), unread=schema.unread | {Table, Enum})
