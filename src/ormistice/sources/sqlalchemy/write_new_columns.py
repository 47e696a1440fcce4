"""Columns that are new, in the manner of their neighbours, and columns that go."""

import ast
import keyword
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ormistice.fixes import Applicability, Edit
from ormistice.model import Column, ForeignKey, Schema, SerialDefault, SqlDefault
from ormistice.sources.sqlalchemy import arguments
from ormistice.sources.sqlalchemy.arguments import Display
from ormistice.sources.sqlalchemy.syntax import Module
from ormistice.sources.sqlalchemy.write_annotations import is_optional, optional
from ormistice.sources.sqlalchemy.write_args import changed_display_of, removed
from ormistice.sources.sqlalchemy.write_bases import is_dataclass
from ormistice.sources.sqlalchemy.write_columns import alone, enumerated, sqlmodel_typed
from ormistice.sources.sqlalchemy.write_constraints import Spelling
from ormistice.sources.sqlalchemy.write_conventions import conventions
from ormistice.sources.sqlalchemy.write_draft import Draft, Unwritable
from ormistice.sources.sqlalchemy.write_keys import field_says, new_spelling, with_key
from ormistice.sources.sqlalchemy.write_layout import (
    fitted,
    indentation,
    line_end,
    line_start,
    mark,
    module_of,
    newline,
    string,
)
from ormistice.sources.sqlalchemy.write_names import ORM, Names
from ormistice.sources.sqlalchemy.write_places import ColumnText, Style, TableText, column_node, column_text, table_text
from ormistice.sources.sqlalchemy.write_primary_keys import drawn
from ormistice.sources.sqlalchemy.write_types import expression, python
from ormistice.sources.sqlalchemy.write_values import computed, identity, server_default
from ormistice.text import Span

Edits = tuple[list[Edit], Applicability]
# Attributes that declarative classes, and the models of pydantic beneath SQLModel, have already.
_TAKEN = frozenset({"metadata", "registry"})
_TAKEN_BY_PYDANTIC = frozenset(
    (
        "construct",
        "copy",
        "dict",
        "fields",
        "from_orm",
        "json",
        "parse_file",
        "parse_obj",
        "parse_raw",
        "schema",
        "schema_json",
        "update_forward_refs",
        "validate",
        "sqlmodel_update",
    )
)


@dataclass(frozen=True)
class Extra:
    """What a new column says of its table's keys. `key`: the columns of the primary key."""

    key: tuple[str, ...] = ()
    foreign_key: ForeignKey | None = None
    flags: tuple[str, ...] = ()


def attribute(style: Style, name: str) -> str:
    """The attribute of a column."""
    text = "".join(character if character.isalnum() or character == "_" else "_" for character in name)
    text = text if text.isidentifier() else f"column_{text}"
    if style is Style.SQLMODEL:
        text = text.lstrip("_") or "column"
    taken = text in _TAKEN or (style is Style.SQLMODEL and (text in _TAKEN_BY_PYDANTIC or text.startswith("model_")))
    return f"{text}_" if keyword.iskeyword(text) or taken or text.startswith("__") else text


def declaration(owner: TableText, names: Names, column: Column, extra: Extra) -> Draft:
    """The text of a new column. Raises Unwritable."""
    if column.type is None:
        raise Unwritable
    style = owner.style
    place = ColumnText(
        owner, column, owner.module, owner.node if isinstance(owner.node, ast.Call) else ast.Pass(), shared=False
    )
    quote = mark(owner.module.document)
    own = attribute(style, column.name)
    found = Draft(place, names, _head(owner, names, column, own, extra))
    if style is not Style.CORE and own != column.name:
        literal = string(column.name, quote)
        found = (
            found.with_keyword("name", literal)
            if style is Style.SQLMODEL
            else found.constructed().with_positional(literal)
        )
    # A Field names its key first, and hands on what it has no word for last.
    by_field = extra.foreign_key is not None and field_says(found, extra.foreign_key)
    middle = (_referencing, _flagged) if by_field or style is not Style.SQLMODEL else (_flagged, _referencing)
    for step in (_keyed, _typed, *middle, _not_null, _filled):
        found = step(found, column, extra)
    return _initialised(found, column, extra) if style is Style.MAPPED and is_dataclass(owner) else found


def _initialised(found: Draft, column: Column, extra: Extra) -> Draft:
    """A column that an object of a dataclass can be made with, wherever it stands."""
    by_server = any(
        each is not None and each.value is not None for each in (column.default, column.identity, column.generated)
    )
    if by_server:
        return found.with_keyword("init", "False")
    if column.name not in extra.key and (column.nullable is None or column.nullable.value):
        return found.with_keyword("default", "None")
    return found.with_keyword("kw_only", "True")


def _head(owner: TableText, names: Names, column: Column, own: str, extra: Extra) -> str:
    style = owner.style
    if style is Style.CORE:
        return f"{owner.constructor(names, 'Column')}({string(column.name, mark(owner.module.document))})"
    if style is Style.DECLARATIVE:
        return f"{own} = {owner.constructor(names, 'Column')}()"
    kind = column.type.value if column.type is not None else None
    text = (python(names, kind) if kind is not None else None) or names.name("typing", "Any")
    if _takes_none(column, extra, style):
        text = optional(names, text)
    if style is Style.MAPPED:
        return f"{own}: {names.name(ORM, 'Mapped')}[{text}]"
    return f"{own}: {text}" + (" = None" if _takes_none(column, extra, style) else "")


def _takes_none(column: Column, extra: Extra, style: Style) -> bool:
    """Whether the attribute may be None: as the column, and in SQLModel where the server counts the rows."""
    if column.name in extra.key:
        counted = _is_serial(column) or (column.identity is not None and column.identity.value is not None)
        return style is Style.SQLMODEL and counted
    return column.nullable is None or column.nullable.value


def _is_serial(column: Column) -> bool:
    return isinstance(column.default.value if column.default is not None else None, SerialDefault)


def _typed(found: Draft, column: Column, extra: Extra) -> Draft:
    del extra
    if column.type is None:
        raise Unwritable
    kind = column.type.value
    collation = column.collation.value if column.collation is not None else None
    if kind.user_defined is not None:
        return enumerated(found, kind)
    if found.style is Style.SQLMODEL and collation is None:
        return sqlmodel_typed(found, kind)
    if found.style is Style.MAPPED and collation is None and alone(found, kind):
        return found
    text = expression(found.names, kind, collation=collation, quote=found.quote)
    if text is None:
        raise Unwritable
    return found.with_type(text)


def _keyed(found: Draft, column: Column, extra: Extra) -> Draft:
    if column.name not in extra.key:
        if _is_serial(column):
            raise Unwritable
        return found
    found = found.with_keyword("primary_key", "True")
    return drawn(found, extra.key, replace(column, client_default=None), owned=extra.foreign_key is not None)


def _referencing(found: Draft, column: Column, extra: Extra) -> Draft:
    key = extra.foreign_key
    if key is None or key.references is None:
        return found
    del column
    schema = found.place.owner.schema
    spelling = Spelling(found.names, found.quote, conventions(schema))
    return with_key(found, spelling, key, key.references.value, new_spelling(schema, key.references.value))


def _flagged(found: Draft, column: Column, extra: Extra) -> Draft:
    del column
    for flag in extra.flags:
        found = found.with_keyword(flag, "True")
    return found


def _not_null(found: Draft, column: Column, extra: Extra) -> Draft:
    if column.name in extra.key or column.nullable is None:
        return found
    annotation = found.annotation
    if found.style is Style.DECLARATIVE or annotation is None:
        return found if column.nullable.value else found.with_keyword("nullable", "False")
    loose = "Any" in found.module.text(annotation)
    said = is_optional(annotation) == column.nullable.value
    return found if said and not loose else found.with_keyword("nullable", str(column.nullable.value))


def _filled(found: Draft, column: Column, extra: Extra) -> Draft:
    del extra
    if column.generated is not None and column.generated.value is not None:
        found = found.with_construct("Computed", computed(found.names, column.generated.value, found.quote))
    elif column.identity is not None and column.identity.value is not None:
        text = identity(found.names, column.identity.value)
        if text is None:
            raise Unwritable
        found = found.with_construct("Identity", text)
    elif column.default is not None and isinstance(column.default.value, SqlDefault):
        value = server_default(found.names, column.default.value.expression, found.quote)
        found = found.with_keyword("server_default", value)
    if column.comment is not None and column.comment.value is not None:
        found = found.with_keyword("comment", string(column.comment.value, found.quote))
    return found


# Adding


def added_column(schema: Schema, column: Column) -> Edits:
    """A column behind the others of its table. Raises Unwritable."""
    owner = table_text(schema, column.table)
    if owner is None or owner.table.column(column.name) is not None or Column in owner.table.unread:
        raise Unwritable
    own = attribute(owner.style, column.name)
    scope = _scope(owner, own)
    names = Names(owner.module, scope, owner.prefix)
    found = declaration(owner, names, column, Extra())
    put = _put_in_call(owner, found) if owner.core is not None else _put_in_class(owner, found, own)
    filled = (column.default, column.identity, column.generated)
    given = (column.nullable is None or column.nullable.value) or any(
        each is not None and each.value for each in filled
    )
    return [*put, *names.edits()], Applicability.SAFE if given else Applicability.UNSAFE


def _scope(owner: TableText, own: str) -> ast.ClassDef | None:
    """The body of the class with the new attribute in it: what that binds hides names of the module."""
    if owner.definition is None:
        return None
    more = ast.Assign([ast.Name(own)], ast.Constant(None))
    return ast.ClassDef(owner.definition.name, [], [], [*owner.definition.body, more], [])


def _put_in_call(owner: TableText, found: Draft) -> list[Edit]:
    core = owner.core
    if core is None:
        raise Unwritable
    listed = arguments.of(owner.module, core)
    columns = [
        number
        for number, each in enumerate(listed)
        if isinstance(each.value, ast.Call) and owner.module.function(each.value) == "Column"
    ]
    positional = [number for number, each in enumerate(listed) if each.name is None and not each.spread]
    after = listed[(columns or positional)[-1]]
    own_line = line_start(owner.module.document.text, after.start) > owner.module.span(core).start
    text = (
        fitted(owner.module.document, found.text, indentation(owner.module, after.value), 1) if own_line else found.text
    )

    def put(module: Module, display: Display) -> Iterator[Edit]:
        behind = arguments.of(module, display)[(columns or positional)[-1]]
        yield from arguments.rewritten(module, display, [], [text], behind)

    return changed_display_of(owner.module, core, put)


def _put_in_class(owner: TableText, found: Draft, own: str) -> list[Edit]:
    definition, module = owner.definition, owner.module
    if definition is None or owner.statement(own) is not None:
        raise Unwritable
    nodes = [column_node(owner.schema, each) for each in owner.table.columns]
    declared = [each[1] for each in nodes if each is not None and each[1] in definition.body]
    options = [owner.statement("__table_args__"), owner.statement("__tablename__")]
    documented = [each for each in definition.body[:1] if isinstance(each, ast.Expr)]
    before = [*declared, *(each for each in options if each is not None and not declared), *documented]
    if not before:
        raise Unwritable
    anchor = max(before, key=lambda node: node.lineno)
    text, line = module.document.text, newline(module.document)
    indent = indentation(module, anchor)
    end = line_end(text, module.span(anchor).end)
    starts = line_start(text, module.span(anchor).start) + len(indent) == module.span(anchor).start
    if not starts or text[module.span(anchor).end : end].strip()[:1] not in ("", "#"):
        raise Unwritable
    gap = line if declared or anchor not in documented else line * 2
    return [Edit(Span(module.document.path, end, end), f"{gap}{indent}{fitted(module.document, found.text, indent)}")]


# Dropping


def dropped_column(schema: Schema, column: Column) -> Edits:
    """A column taken away that nothing else names. Raises Unwritable."""
    owner = table_text(schema, column.table)
    place = column_text(owner, column.name) if owner is not None else None
    if owner is None or place is None or place.shared or _is_used(schema, owner, place):
        raise Unwritable
    if isinstance(place.node, ast.stmt):
        if len(owner.definition.body if owner.definition is not None else ()) < len(("column", "another")):
            raise Unwritable
        return [removed(place.module, place.node)], Applicability.UNSAFE
    core = owner.core
    numbers = [] if core is None else [number for number, each in enumerate(core.args) if each is place.node]
    if core is None or not numbers:
        raise Unwritable

    def drop(module: Module, display: Display) -> Iterator[Edit]:
        yield from arguments.rewritten(module, display, [arguments.of(module, display)[numbers[0]]], [])

    return changed_display_of(owner.module, core, drop), Applicability.UNSAFE


def _is_used(schema: Schema, owner: TableText, place: ColumnText) -> bool:
    """Whether a constraint, an index, a key of another table or other text names the column."""
    table, name = owner.table, place.column.name
    apart = [
        *(item.place for item in table.unique_constraints if name in item.columns),
        *(item.place for item in table.indexes if any(each.column in (name, None) for each in item.elements)),
        *(item.place for item in table.foreign_keys if name in item.columns),
        *(item.place for item in table.checks if name in item.expression.value),
    ]
    key = table.primary_key.columns.value if table.primary_key is not None else ()
    referenced = any(
        item.references is not None
        and item.references.value.table == table.name
        and name in item.references.value.columns
        for other in schema.tables
        for item in other.foreign_keys
    )
    inside = any(each != place.column.place for each in apart)
    return name in key or referenced or inside or _is_named(schema, owner, place)


def _is_named(schema: Schema, owner: TableText, place: ColumnText) -> bool:
    node = place.node
    own = next(iter(_targets(node)), place.column.name)
    within = {id(each) for each in ast.walk(node)}
    for document in schema.documents:
        module = module_of(document)
        for each in module.nodes:
            if id(each) in within:
                continue
            if isinstance(each, ast.Attribute) and each.attr == own:
                return True
            same = module is owner.module and isinstance(each, ast.Name) and each.id == own
            if same and any(each is other for other in ast.walk(owner.node)):
                return True
    return False


def _targets(node: ast.stmt | ast.Call) -> Iterator[str]:
    match node:
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name
        case ast.Assign(targets=[ast.Name(id=name)]):
            yield name
        case _:
            return
