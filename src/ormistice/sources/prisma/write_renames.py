"""Columns under other names: `@map` in Prisma schema files. The fields keep theirs, and so does the client's code."""

from collections.abc import Iterable

from ormistice.model import Column
from ormistice.sources.prisma.write_columns import field_of
from ormistice.sources.prisma.write_defaults import quoted
from ormistice.sources.prisma.write_draft import Draft
from ormistice.sources.prisma.write_lines import reworded, words


def with_columns_renamed(draft: Draft, renames: Iterable[tuple[Column, str]]) -> bool:
    """Give columns of one table their new names."""
    return all(_renamed(draft, column, name) for column, name in renames)


def _renamed(draft: Draft, column: Column, name: str) -> bool:
    model = draft.model(column.table)
    field = field_of(model, column.name) if model is not None else None
    if model is None or field is None:
        return False
    own = words(model.block, field)
    wanted = own.without("map") if field.name == name else own.replacing("map", f"@map({quoted(name)})")
    return draft.take(reworded(model.block, field, wanted))
