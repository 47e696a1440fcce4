"""Types that give the application something else than what the database stores: enums kept as text, its own types."""

import ast

from ormistice.model import Column
from ormistice.sources.sqlalchemy import syntax
from ormistice.sources.sqlalchemy.write_annotations import core
from ormistice.sources.sqlalchemy.write_draft import Draft, Unwritable
from ormistice.sources.sqlalchemy.write_layout import module_of
from ormistice.sources.sqlalchemy.write_types import is_plain_word
from ormistice.types import ColumnType

_TEXT = "character varying"


def converts(found: Draft) -> bool:
    """Whether values of the column pass through code of the application, which a plain type would leave out."""
    stated = _resolved(found)
    if stated is not None:
        return not _is_plain(stated)
    named = None if found.annotation is None else core(found.annotation)
    name = named.id if isinstance(named, ast.Name) else ""
    return any(name in module_of(document).classes for document in found.place.owner.schema.documents)


def _resolved(found: Draft) -> ast.expr | None:
    """The type, or what the variable was made of that holds it."""
    stated = found.type()
    assigned = found.place.module.assigned.get(stated.id) if isinstance(stated, ast.Name) else None
    return assigned or stated


def _is_plain(stated: ast.expr) -> bool:
    called = stated.func if isinstance(stated, ast.Call) else stated
    word = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
    if word == "ARRAY" and isinstance(stated, ast.Call) and stated.args:
        return _is_plain(stated.args[0])
    return is_plain_word(word)


def lengthened(found: Draft, before: Column, kind: ColumnType) -> Draft | None:
    """An enum that is kept as text, of another length; None where the type is none. Raises Unwritable."""
    stated = found.type()
    old = None if before.type is None else before.type.value
    if not isinstance(stated, ast.Call) or found.function(stated) not in ("Enum", "ENUM") or old is None:
        return None
    if old.name != _TEXT or kind.name != _TEXT or old.array or kind.array or not (old.modifiers and kind.modifiers):
        return None
    if int(kind.modifiers[0]) < int(old.modifiers[0]) or any(word.arg is None for word in stated.keywords):
        raise Unwritable  # SQLAlchemy refuses an enum whose labels do not fit
    length = kind.modifiers[0]
    behind = "native_enum" if syntax.keyword(stated, "native_enum") is not None else None
    return found.with_argument(stated, "length", length, f"length={length}", behind)
