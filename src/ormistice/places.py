"""Places as reports print them."""

from dataclasses import dataclass

from ormistice.model import CatalogRow, Place, Schema
from ormistice.text import Position, Span


@dataclass(frozen=True, slots=True)
class Printed:
    """A place resolved: a range of a file, or an object of a database."""

    file: str | None
    start: Position | None
    end: Position | None
    catalog_row: str | None

    def __str__(self) -> str:
        """`file:line:column`, which editors and terminals open, or the catalog and the object's name."""
        if self.start is None:
            return self.catalog_row or self.file or ""
        return f"{self.file}:{self.start.line}:{self.start.column}"


def printed(place: Place, schema: Schema) -> Printed:
    """A place of an object that `schema` declares."""
    match place:
        case CatalogRow(catalog=catalog, name=name):
            return Printed(None, None, None, f"{catalog} {name}")
        case Span(file=file, start=start, end=end):
            document = schema.document(file)
            if document is None:
                return Printed(file, None, None, None)
            return Printed(file, document.position(start), document.position(end), None)
