"""Changes as edits of Prisma schema files."""

from functools import lru_cache

from ormistice.fixes import Applicability, Change, Patch
from ormistice.model import Column, Enum, ForeignKey, Index, PrimaryKey, Schema, Table, UniqueConstraint, as_index
from ormistice.renaming import renamed_columns
from ormistice.sources.prisma.lower import resolved
from ormistice.sources.prisma.nodes import Array, Block, String
from ormistice.sources.prisma.syntax import parse
from ormistice.sources.prisma.write_columns import changed_column
from ormistice.sources.prisma.write_draft import Draft, Files
from ormistice.sources.prisma.write_enums import added_enum, changed_enum, dropped_enum
from ormistice.sources.prisma.write_indexes import added_index, changed_index, dropped_index
from ormistice.sources.prisma.write_keys import changed_key
from ormistice.sources.prisma.write_new_columns import added_column, dropped_column
from ormistice.sources.prisma.write_new_keys import added_key, dropped_key
from ormistice.sources.prisma.write_primary import added_primary_key, changed_primary_key, dropped_primary_key
from ormistice.sources.prisma.write_renames import with_columns_renamed
from ormistice.sources.prisma.write_tables import added_table, dropped_table, reordered_table
from ormistice.text import Document


def write(schema: Schema, change: Change) -> Patch | None:
    """Edits that make `schema` say what `change` asks for; None where they cannot be told."""
    draft = Draft(resolve(schema.documents))
    before, after = (
        as_index(each) if isinstance(each, UniqueConstraint) else each for each in (change.before, change.after)
    )
    if before is None:
        done = _added(draft, schema, after)
    elif after is None:
        done = _dropped(draft, before)
    else:
        done = _changed(draft, schema, before, after)
    edits = draft.edits() if done else ()
    if not edits:
        return None
    # What is gone is gone from the application's code, too.
    unsafe = draft.unsafe or after is None
    return Patch(change.source, edits, Applicability.UNSAFE if unsafe else Applicability.SAFE)


def _added(draft: Draft, schema: Schema, added: object) -> bool:
    match added:
        case Table():
            return added_table(draft, schema, added)
        case Column():
            return added_column(draft, added)
        case PrimaryKey():
            return added_primary_key(draft, added)
        case ForeignKey():
            return added_key(draft, added)
        case Index():
            return added_index(draft, schema, added)
        case Enum():
            return added_enum(draft, added)
        case _:
            return False


def _dropped(draft: Draft, dropped: object) -> bool:
    match dropped:
        case Table():
            return dropped_table(draft, dropped)
        case Column():
            return dropped_column(draft, dropped)
        case PrimaryKey():
            return dropped_primary_key(draft, dropped)
        case ForeignKey():
            return dropped_key(draft, dropped)
        case Index():
            return dropped_index(draft, dropped)
        case Enum():
            return dropped_enum(draft, dropped)
        case _:
            return False


def _changed(draft: Draft, schema: Schema, before: object, after: object) -> bool:
    if renames := renamed_columns(before, after):
        return with_columns_renamed(draft, renames)
    match before, after:
        case Column(), Column():
            return changed_column(draft, before, after)
        case PrimaryKey(), PrimaryKey():
            return changed_primary_key(draft, before, after)
        case ForeignKey(), ForeignKey():
            return changed_key(draft, before, after)
        case Index(), Index():
            return changed_index(draft, schema, before, after)
        case Enum(), Enum():
            return changed_enum(draft, before, after)
        case Table(), Table():
            return reordered_table(draft, before, after)
        case _:
            return False


@lru_cache(maxsize=4)
def resolve(documents: tuple[Document, ...]) -> Files:
    """The names in some files; kept, since one audit asks for many changes of the same files."""
    parsings = [parse(document) for document in documents]
    datasource = next((block for each in parsings for block in each.blocks if block.keyword == "datasource"), None)
    scope = resolved(parsings)
    if datasource is None:
        return Files(scope, documents)
    return Files(scope, documents, datasource.name, _schemas(datasource))


def _schemas(datasource: Block) -> tuple[str, ...]:
    setting = datasource.setting("schemas")
    value = setting.value if setting is not None else None
    return tuple(item.text for item in value.items if isinstance(item, String)) if isinstance(value, Array) else ()
