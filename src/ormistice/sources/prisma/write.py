"""Changes as edits of Prisma schema files."""

from functools import lru_cache

from ormistice.fixes import Applicability, Change, Patch
from ormistice.model import Column, ForeignKey, Index, Schema
from ormistice.sources.prisma.lower import resolved
from ormistice.sources.prisma.scope import Scope
from ormistice.sources.prisma.syntax import parse
from ormistice.sources.prisma.write_columns import changed_column
from ormistice.sources.prisma.write_indexes import added_index, dropped_index
from ormistice.sources.prisma.write_keys import changed_key
from ormistice.sources.prisma.write_new_keys import added_key, dropped_key
from ormistice.text import Document


def write(schema: Schema, change: Change) -> Patch | None:
    """Edits that make `schema` say what `change` asks for; None where they cannot be told."""
    match change.before, change.after:
        case ForeignKey() as before, ForeignKey() as after:
            edits = changed_key(resolve(schema.documents), before, after)
        case None, ForeignKey() as after:
            edits = added_key(resolve(schema.documents), after)
        case ForeignKey() as before, None:
            edits = dropped_key(resolve(schema.documents), before)
        case None, Index() as after:
            edits = added_index(schema, resolve(schema.documents), after)
        case Index() as before, None:
            edits = dropped_index(resolve(schema.documents), before)
        case Column() as before, Column() as after:
            edits = changed_column(resolve(schema.documents), before, after)
        case _:
            return None
    if not edits:
        return None
    # A relation that is gone is gone from the application's code, too.
    applicability = Applicability.UNSAFE if change.after is None else Applicability.SAFE
    return Patch(change.source, tuple(sorted(edits, key=lambda edit: (edit.span, edit.text))), applicability)


@lru_cache(maxsize=4)
def resolve(documents: tuple[Document, ...]) -> Scope:
    """The names in some files; kept, since one audit asks for many changes of the same files."""
    return resolved(parse(document) for document in documents)
