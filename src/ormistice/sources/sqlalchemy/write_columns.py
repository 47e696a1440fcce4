"""Changes of columns, one aspect after the other."""

import ast
from typing import Any

from ormistice.fixes import Applicability, Edit
from ormistice.model import Column, Schema, SerialDefault, SqlDefault, Stated
from ormistice.parsing import python_expression
from ormistice.sources.sqlalchemy import syntax
from ormistice.sources.sqlalchemy.write_annotations import core, is_optional, is_plain, optional
from ormistice.sources.sqlalchemy.write_converting import converts, lengthened
from ormistice.sources.sqlalchemy.write_draft import Draft, Unwritable, draft
from ormistice.sources.sqlalchemy.write_enums import spelled_enum
from ormistice.sources.sqlalchemy.write_layout import string
from ormistice.sources.sqlalchemy.write_places import Style, column_text, table_text
from ormistice.sources.sqlalchemy.write_types import INTEGERS, annotated, expression, family, python
from ormistice.sources.sqlalchemy.write_values import computed, identity, server_default
from ormistice.types import ColumnType

_OF_TYPE = frozenset({"length", "precision", "scale", "timezone", "collation", "dim", "as_uuid"})
_TEXTS = frozenset({"character varying", "text", "character"})


def changed_column(schema: Schema, before: Column, after: Column) -> tuple[list[Edit], Applicability]:
    """The edits that make one column another, and what they promise. Raises Unwritable."""
    owner = table_text(schema, before.table)
    place = column_text(owner, before.name) if owner else None
    if place is None or (before.table, before.name) != (after.table, after.name):
        raise Unwritable
    start = draft(place)
    if start.style is not Style.SQLMODEL:
        start.call()
    found = start
    for step in (_typed, _nullable, _filled, _commented):
        found = step(found, before, after)
    if found.text == start.text:
        raise Unwritable
    plain = converts(start) and not converts(found)
    unsafe = place.shared or plain or _behaves_otherwise(start, found, before, after)
    return found.edits(), Applicability.UNSAFE if unsafe else Applicability.SAFE


def _behaves_otherwise(start: Draft, found: Draft, before: Column, after: Column) -> bool:
    types = before.type is not None and after.type is not None and family(before.type.value) != family(after.type.value)
    outer = start.outer()
    by_field = start.style is Style.SQLMODEL or (outer is not None and start.place.module.function(outer) == "Field")
    return types or (by_field and _requires(found) and not _requires(start))


def _requires(found: Draft) -> bool:
    """Whether the application has to give a value."""
    outer, node = found.outer(), found.node
    if outer is not None:
        return not outer.args and all(syntax.keyword(outer, name) is None for name in ("default", "default_factory"))
    return getattr(node, "value", None) is None


def differs(before: Stated[Any] | None, after: Stated[Any] | None) -> bool:
    """Whether an aspect is asked for that is not there."""
    return after is not None and (before is None or before.value != after.value)


# Types


def _typed(found: Draft, before: Column, after: Column) -> Draft:
    retyped = differs(before.type, after.type)
    if after.type is None or not (retyped or differs(before.collation, after.collation)):
        return found
    kind = after.type.value
    serial = after.default is not None and isinstance(after.default.value, SerialDefault)
    if serial and (kind.name not in INTEGERS or kind.array):
        raise Unwritable
    collation = after.collation.value if after.collation is not None else None
    if kind.user_defined is not None:
        return enumerated(found, kind)
    kept = lengthened(found, before, kind) if retyped and collation is None else None
    if kept is not None:
        return kept
    if retyped and before.type is not None and family(before.type.value) != family(kind):
        found = _annotated(found, kind)
    if found.style is Style.SQLMODEL and collation is None:
        return sqlmodel_typed(found, kind)
    # A column that references another has its type from there, whatever its annotation.
    governed = found.style is Style.MAPPED and found.type() is None and not found.constructs("ForeignKey")
    if governed and collation is None and alone(found, kind):
        return found
    text = expression(found.names, kind, collation=collation, quote=found.quote)
    if text is None:
        raise Unwritable
    return (
        _without_sizes(found.with_type(_with_more(found, text)))
        if found.style is Style.SQLMODEL
        else found.with_type(_with_more(found, text))
    )


def _with_more(found: Draft, text: str) -> str:
    """A type with what the old one says beside its length, if it is the same word."""
    old = found.type()
    new = python_expression(text)
    word = new.func if isinstance(new, ast.Call) else new
    if not isinstance(old, ast.Call) or ast.unparse(old.func) != ast.unparse(word):
        return text
    more = [found.module.text(each) for each in old.keywords if each.arg not in _OF_TYPE]
    return (
        text if not more else f"{text.removesuffix(')')}{', ' if isinstance(new, ast.Call) else '('}{', '.join(more)})"
    )


def _annotated(found: Draft, kind: ColumnType) -> Draft:
    """With the annotation of another Python type, where there is one to change."""
    annotation = found.annotation
    old = None if annotation is None else core(annotation)
    if annotation is None or old is None or not is_plain(annotation) or not isinstance(old, (ast.Name, ast.Attribute)):
        return found
    if isinstance(old, ast.Name) and old.id in found.place.module.assigned:
        return found
    text = python(found.names, kind)
    if text is None:
        return found
    return found.with_annotation(optional(found.names, text) if is_optional(annotation) else text)


def alone(found: Draft, kind: ColumnType) -> bool:
    """Whether the annotation by itself gives the type, as far as no map of types says otherwise."""
    annotation = found.annotation
    plain = None if annotation is None else core(annotation)
    if plain is None or any("type_annotation_map" in each.text for each in found.place.owner.schema.documents):
        return False
    return annotated(found.module.text(plain)) == kind


def sqlmodel_typed(found: Draft, kind: ColumnType) -> Draft:
    """A Field's type: by its annotation and the Field's own arguments where those can say it."""
    annotation = found.annotation
    plain = None if annotation is None else core(annotation)
    text = "" if plain is None else found.module.text(plain).rpartition(".")[2]
    sizes: dict[str, str | None] = {}
    if text == "str" and kind.name == "character varying" and not kind.array:
        sizes = {"max_length": next(iter(kind.modifiers), None)}
    elif text == "Decimal" and kind.name == "numeric" and not kind.array and len(kind.modifiers) in (0, 2):
        precision, scale = kind.modifiers or (None, None)
        sizes = {"max_digits": precision, "decimal_places": scale}
    if found.type() is None and sizes:
        for name, value in sizes.items():
            found = found.with_keyword(name, value)
        return found
    if found.type() is None and plain is not None and annotated(text) == kind:
        return _without_sizes(found)
    stated = expression(found.names, kind)
    if stated is None:
        raise Unwritable
    return _without_sizes(found.with_type(_with_more(found, stated)))


def _without_sizes(found: Draft) -> Draft:
    for name in ("max_length", "max_digits", "decimal_places"):
        found = found.with_keyword(name, None)
    return found


def enumerated(found: Draft, kind: ColumnType) -> Draft:
    """With an enum as its type."""
    annotation = found.annotation
    governed = annotation is not None and found.type() is None and found.style in (Style.SQLMODEL, Style.MAPPED)
    schema = found.place.owner.schema
    spelled = spelled_enum(schema, found.names, kind, found.quote, annotated=governed)
    if spelled is None:
        raise Unwritable
    if annotation is not None and is_plain(annotation) and core(annotation) is not None:
        text = spelled.python or "str"
        text = f"list[{text}]" if kind.array else text
        found = found.with_annotation(optional(found.names, text) if is_optional(annotation) else text)
    found = found if spelled.expression is None else found.with_type(spelled.expression)
    return _without_sizes(found) if found.style is Style.SQLMODEL else found


# Nullability


def _nullable(found: Draft, before: Column, after: Column) -> Draft:
    if after.nullable is None or not differs(before.nullable, after.nullable):
        return found
    wanted = after.nullable.value
    if wanted and (_flag(found.stated("primary_key")) or found.constructs("Identity")):
        raise Unwritable
    annotation = found.annotation
    stated = found.stated("nullable")
    simple = annotation is not None and is_plain(annotation) and core(annotation) is not None
    declarative = found.style in (Style.DECLARATIVE, Style.CORE)
    if stated is not None or declarative or not simple:
        found = found.with_keyword("nullable", _nullable_word(found, wanted=wanted))
    if annotation is None or not simple or (declarative and is_optional(annotation) == wanted):
        return found
    if is_optional(annotation) == wanted:
        return found
    return _noneable(found, annotation, wanted=wanted)


def _nullable_word(found: Draft, *, wanted: bool) -> str | None:
    """The keyword's value; none where it was not said and need not be."""
    return str(wanted) if found.stated("nullable") is not None or not wanted or found.annotation is not None else None


def _noneable(found: Draft, annotation: ast.expr, *, wanted: bool) -> Draft:
    """With or without None in the annotation, and as SQLModel's own default."""
    plain = core(annotation)
    if plain is None:
        raise Unwritable
    text = found.module.text(plain)
    found = found.with_annotation(optional(found.names, text) if wanted else text)
    outer = found.outer()
    called = "" if outer is None else found.place.module.function(outer)
    if found.style is not Style.SQLMODEL and called != "Field":
        return found
    if wanted and _requires(found):
        return found.with_default("None")
    if not wanted and _default_is_none(found):
        return found.with_default(None)
    return found


def _default_is_none(found: Draft) -> bool:
    outer = found.outer()
    if outer is None:
        value = getattr(found.node, "value", None)
    else:
        value = outer.args[0] if outer.args else syntax.keyword(outer, "default")
    return isinstance(value, ast.Constant) and value.value is None


def _flag(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Constant) and value.value is True


# Values that the server fills in


def _filled(found: Draft, before: Column, after: Column) -> Draft:
    if differs(before.generated, after.generated) and after.generated is not None:
        value = after.generated.value
        found = found.with_keyword("server_default", None)
        text = None if value is None else computed(found.names, value, found.quote)
        found = found.with_construct("Computed", text)
    if differs(before.identity, after.identity) and after.identity is not None:
        found = _identified(found, before, after)
    identified = after.identity is not None and after.identity.value is not None
    generated = after.generated is not None and after.generated.value is not None
    if identified or generated or after.default is None:
        return found
    if not differs(before.default, after.default):
        return found
    return _defaulted(found, before, after)


def _identified(found: Draft, before: Column, after: Column) -> Draft:
    value = after.identity.value if after.identity is not None else None
    if value is None:
        found = found.with_construct("Identity", None)
        serial = after.default is not None and isinstance(after.default.value, SerialDefault)
        key = before.default is None or before.default.value is None
        return found if serial or not key else _without_sequence(found)
    text = identity(found.names, value)
    if text is None:
        raise Unwritable
    return found.with_keyword("server_default", None).with_construct("Identity", text)


def _without_sequence(found: Draft) -> Draft:
    """With no sequence drawn from where the column is an integer primary key."""
    return found.with_keyword("autoincrement", "False") if in_key(found) else found


def in_key(found: Draft) -> bool:
    """Whether the column is the whole primary key."""
    key = found.place.owner.table.primary_key
    return key is not None and key.columns.value == (found.column.name,)


def _defaulted(found: Draft, before: Column, after: Column) -> Draft:
    value = after.default.value if after.default is not None else None
    match value:
        case SqlDefault(expression=text):
            return found.with_keyword("server_default", server_default(found.names, text, found.quote))
        case SerialDefault():
            if not in_key(found) or (found.stated("server_default") is None and found.stated("autoincrement") is None):
                raise Unwritable
            return found.with_keyword("server_default", None).with_keyword("autoincrement", None)
        case _:
            if before.default is not None and isinstance(before.default.value, SerialDefault):
                return _without_sequence(found)
            if found.stated("server_default") is None:
                raise Unwritable
            return found.with_keyword("server_default", None)


def _commented(found: Draft, before: Column, after: Column) -> Draft:
    if after.comment is None or not differs(before.comment, after.comment):
        return found
    text = None if after.comment.value is None else string(after.comment.value, found.quote)
    if text is None and found.stated("comment") is None:
        raise Unwritable
    return found.with_keyword("comment", text)
