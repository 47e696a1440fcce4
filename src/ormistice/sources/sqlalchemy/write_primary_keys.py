"""Primary keys: the flags of columns, and the constraint where its name or its order has to be said."""

import ast
from typing import Any

from ormistice.fixes import Applicability, Edit
from ormistice.model import Column, PrimaryKey, Schema, SerialDefault, SqlDefault
from ormistice.sources.sqlalchemy import arguments
from ormistice.sources.sqlalchemy.write_annotations import core, is_optional, is_plain
from ormistice.sources.sqlalchemy.write_args import with_argument
from ormistice.sources.sqlalchemy.write_constraints import Spelling, primary_key
from ormistice.sources.sqlalchemy.write_conventions import Subject, conventions
from ormistice.sources.sqlalchemy.write_draft import Draft, Unwritable, draft
from ormistice.sources.sqlalchemy.write_indexes import call_at, with_word
from ormistice.sources.sqlalchemy.write_layout import mark, replaced, snippet
from ormistice.sources.sqlalchemy.write_names import Names
from ormistice.sources.sqlalchemy.write_places import Style, TableText, column_text, table_text
from ormistice.sources.sqlalchemy.write_types import INTEGERS
from ormistice.stated import Stated

Edits = tuple[list[Edit], Applicability]


def added_primary_key(schema: Schema, key: PrimaryKey) -> Edits:
    """A primary key for a table without one. Raises Unwritable."""
    owner = table_text(schema, key.table)
    if owner is None or owner.table.primary_key is not None:
        raise Unwritable
    return _rekeyed(owner, (), key), Applicability.SAFE


def dropped_primary_key(schema: Schema, key: PrimaryKey) -> Edits:
    """No primary key any more; a class has to have one. Raises Unwritable."""
    owner = table_text(schema, key.table)
    if owner is None or isinstance(owner.node, ast.ClassDef) or call_at(schema, key.place, "PrimaryKeyConstraint"):
        raise Unwritable
    names = owner.names()
    edits = [edit for name in key.columns.value for edit in _unkeyed(owner, names, name, ()).edits()]
    return list(dict.fromkeys(edits)), Applicability.UNSAFE


def changed_primary_key(schema: Schema, before: PrimaryKey, after: PrimaryKey) -> Edits:
    """Other columns, or another name. Raises Unwritable."""
    owner = table_text(schema, before.table)
    if owner is None or not after.columns.value:
        raise Unwritable
    found = call_at(schema, before.place, "PrimaryKeyConstraint")
    renamed = after.name is not None and after.name != before.name
    if found is None:
        if before.columns == after.columns and not renamed:
            raise Unwritable
        return _rekeyed(owner, before.columns.value, after, named=renamed), Applicability.SAFE
    module, call = found
    names = owner.names()
    spelling = Spelling(names, mark(module.document), conventions(schema))
    text = module.text(call)
    if before.columns != after.columns:
        text = _with_columns(text, spelling.strings(after.columns.value))
    if renamed:
        named = spelling.named(Subject("pk", after.table), after.name)
        text = with_word(text, "name", named[0].partition("=")[2] if named else None)
    edit = replaced(module, call, text)
    columns = _columns_rekeyed(owner, names, before.columns.value, after.columns.value, flags=False)
    return list(dict.fromkeys([*([edit] if edit else []), *columns, *names.edits()])), Applicability.SAFE


def _with_columns(text: str, columns: list[str]) -> str:
    module = snippet(text)
    value = module.tree.body[0].value if isinstance(module.tree.body[0], ast.Expr) else None
    listed = [each for each in arguments.of(module, value) if each.name is None] if isinstance(value, ast.Call) else []
    if not listed or any(each.spread for each in listed):
        raise Unwritable
    span = (listed[0].start, listed[-1].end)
    return text[: span[0]] + ", ".join(columns) + text[span[1] :]


def _rekeyed(owner: TableText, old: tuple[str, ...], key: PrimaryKey, *, named: bool = True) -> list[Edit]:
    new = key.columns.value
    names = owner.names()
    spelling = Spelling(names, mark(owner.module.document), conventions(owner.schema))
    edits = _columns_rekeyed(owner, names, old, new, flags=True)
    declared = tuple(column.name for column in owner.table.columns if column.name in new)
    says_name = named and bool(spelling.named(Subject("pk", key.table), key.name))
    if declared != new or says_name:
        edits += with_argument(owner, primary_key(spelling, key))
    return list(dict.fromkeys([*edits, *names.edits()]))


def _columns_rekeyed(
    owner: TableText, names: Names, old: tuple[str, ...], new: tuple[str, ...], *, flags: bool
) -> list[Edit]:
    """What the columns of both keys have to say; `flags`: that they are in the key, too."""
    edits: list[Edit] = []
    for name in dict.fromkeys([*old, *new]):
        if name not in new:
            found = _unkeyed(owner, names, name, new)
        else:
            found = _drawn(_column(owner, names, name), new)
            if name not in old and flags:
                stated = found.stated("nullable")
                found = found.with_keyword("nullable", None) if stated is not None else found
                found = found.with_keyword("primary_key", "True")
        edits += found.edits()
    return edits


def _column(owner: TableText, names: Names, name: str) -> Draft:
    place = column_text(owner, name)
    if place is None or place.shared:
        raise Unwritable
    return draft(place, names)


def _unkeyed(owner: TableText, names: Names, name: str, new: tuple[str, ...]) -> Draft:
    """A column that is no longer in the key, and takes no NULL as before. Raises Unwritable for a serial one."""
    found = _column(owner, names, name)
    if _is_serial(found.column) or (found.stated("primary_key") is None and not new):
        raise Unwritable
    found = found.with_keyword("primary_key", None).with_keyword("autoincrement", None)
    annotation = found.annotation
    says = annotation is not None and is_plain(annotation) and core(annotation) is not None
    governs = says and annotation is not None and found.style is not Style.DECLARATIVE and not is_optional(annotation)
    return found if governs else found.with_keyword("nullable", "False")


def _drawn(found: Draft, key: tuple[str, ...]) -> Draft:
    """A column of a key with what keeps it serial, or from becoming so."""
    return drawn(found, key, found.column, owned=_references(found))


def _references(found: Draft) -> bool:
    keys = found.place.owner.table.foreign_keys
    return any(key.columns == (found.column.name,) for key in keys)


def drawn(found: Draft, key: tuple[str, ...], column: Column, *, owned: bool) -> Draft:
    """A column of a key with `autoincrement` where SQLAlchemy would take it for what it is not.

    `owned`: it references another table's column, and so has no sequence unless that is said.
    """
    serial = _is_serial(column)
    taken = len(key) == 1 and not owned and not _filled(column) and _is_integer(column)
    if serial == taken or not (serial or _is_integer(column)):
        return found.with_keyword("autoincrement", None) if serial else found
    return found.with_keyword("autoincrement", str(serial))


def _is_serial(column: Column) -> bool:
    return isinstance(column.default.value if column.default is not None else None, SerialDefault)


def _is_integer(column: Column) -> bool:
    return column.type is not None and column.type.value.name in INTEGERS and not column.type.value.array


def _filled(column: Column) -> bool:
    """Whether something else than a sequence gives its values."""
    stated: list[Stated[Any] | None] = [column.identity, column.generated]
    by_server = isinstance(column.default.value if column.default is not None else None, SqlDefault)
    return by_server or column.client_default is not None or any(each is not None and each.value for each in stated)
