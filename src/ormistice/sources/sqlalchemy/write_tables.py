"""Whole tables: written as a class or a call like those beside them, taken away, and their comments."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ormistice.fixes import Applicability, Edit
from ormistice.model import ForeignKey, Schema, Table
from ormistice.sources.sqlalchemy.write_args import inherited_options, with_option
from ormistice.sources.sqlalchemy.write_bases import base_of, class_name
from ormistice.sources.sqlalchemy.write_constraints import (
    Spelling,
    check,
    exclusion,
    foreign_key_constraint,
    index,
    primary_key,
    unique,
)
from ormistice.sources.sqlalchemy.write_conventions import Subject, conventions
from ormistice.sources.sqlalchemy.write_draft import Unwritable
from ormistice.sources.sqlalchemy.write_indexes import flagged_index, flagged_unique
from ormistice.sources.sqlalchemy.write_keys import new_spelling, states_schema
from ormistice.sources.sqlalchemy.write_layout import (
    broken,
    fitted,
    line_before,
    line_end,
    line_start,
    mark,
    module_of,
    newline,
    spread,
    string,
    unit,
    width,
)
from ormistice.sources.sqlalchemy.write_names import Names, bound, rebound
from ormistice.sources.sqlalchemy.write_new_columns import Extra, attribute, declaration
from ormistice.sources.sqlalchemy.write_order import reordered
from ormistice.sources.sqlalchemy.write_places import Style, TableText, main_module, table_text
from ormistice.text import Span

Edits = tuple[list[Edit], Applicability]


def changed_table(schema: Schema, before: Table, after: Table) -> Edits:
    """Another comment on the table, or its columns in another order. Raises Unwritable for anything else."""
    owner = table_text(schema, before.name)
    if owner is None:
        raise Unwritable
    if after.columns != before.columns and replace(before, columns=after.columns) == after:
        return reordered(owner, [column.name for column in after.columns]), Applicability.SAFE
    if after.comment is None or replace(before, comment=after.comment) != after:
        raise Unwritable
    value = after.comment.value
    text = None if value is None else string(value, mark(owner.module.document))
    return with_option(owner, "comment", text), Applicability.SAFE


# Adding


@dataclass(frozen=True)
class Parts:
    """A new table as text: its columns, what stands beside them, its options by name."""

    columns: list[str]
    arguments: list[str]
    options: dict[str, str]


def added_table(schema: Schema, table: Table) -> Edits:
    """A table beside those that it has to do with, else in the module that declares most. Raises Unwritable."""
    if schema.table(table.name) is not None or any(column.type is None for column in table.columns):
        raise Unwritable
    sibling = _sibling(schema, table)
    style = sibling.style
    if table.primary_key is None and style is not Style.CORE:
        raise Unwritable
    owner = replace(sibling, table=table)
    names = Names(owner.module, None if style is Style.CORE else _scope(style, table), owner.prefix)
    spelling = Spelling(names, mark(owner.module.document), conventions(schema))
    parts = _parts(owner, spelling)
    text = _call(sibling, spelling, table, parts) if style is Style.CORE else _class(sibling, spelling, table, parts)
    module, statement = owner.module, _statement(sibling)
    end = line_end(module.document.text, module.span(statement).end)
    line = newline(module.document)
    gap = line * (2 if style is Style.CORE and isinstance(statement, ast.Assign) else 3)
    put = Edit(Span(module.document.path, end, end), gap + text)
    unknown = [key for key in table.foreign_keys if key.references and not _declared(schema, table, key)]
    return [put, *names.edits()], Applicability.UNSAFE if unknown else Applicability.SAFE


def _declared(schema: Schema, table: Table, key: ForeignKey) -> bool:
    target = key.references.value.table if key.references is not None else None
    return target == table.name or (target is not None and schema.table(target) is not None)


def _sibling(schema: Schema, table: Table) -> TableText:
    """The last table of the module that the new one goes to. Raises Unwritable where there is none."""
    related = {key.references.value.table for key in table.foreign_keys if key.references is not None}
    related |= {
        other.name
        for other in schema.tables
        for key in other.foreign_keys
        if key.references is not None and key.references.value.table == table.name
    }
    near = next((found for name in sorted(related) if (found := table_text(schema, name)) is not None), None)
    module = near.module if near is not None else main_module(schema)
    texts = (table_text(schema, other.name) for other in schema.tables)
    beside = [text for text in texts if text is not None and text.module is module and _is_top(text)]
    if not beside:
        raise Unwritable
    classes = [text for text in beside if text.style is not Style.CORE]
    chosen = max(classes or beside, key=lambda text: text.node.lineno)
    last = max(beside, key=lambda text: text.node.lineno)
    return chosen if _statement(last) is _statement(chosen) else replace(chosen, last=last.node)


def _is_top(text: TableText) -> bool:
    return any(_holds(statement, text.node) for statement in text.module.tree.body)


def _holds(statement: ast.stmt, node: ast.AST) -> bool:
    plain = isinstance(statement, (ast.Assign, ast.AnnAssign, ast.Expr)) and getattr(statement, "value", None) is node
    return statement is node or plain


def _statement(text: TableText) -> ast.stmt:
    """The statement that the new table is put behind."""
    node = text.last or text.node
    return next(statement for statement in text.module.tree.body if _holds(statement, node))


def _scope(style: Style, table: Table) -> ast.ClassDef:
    body: list[ast.stmt] = [
        ast.Assign([ast.Name(attribute(style, column.name))], ast.Constant(None)) for column in table.columns
    ]
    return ast.ClassDef("", [], [], body, [])


def _parts(owner: TableText, spelling: Spelling) -> Parts:
    table, schema = owner.table, owner.schema
    key = table.primary_key.columns.value if table.primary_key is not None else ()
    uniques = [item for item in table.unique_constraints if not flagged_unique(owner, item)]
    flags = {item.columns[0]: ["unique"] for item in table.unique_constraints if item not in uniques}
    indexes = []
    for item in table.indexes:
        flag, first = flagged_index(owner, item), item.elements[0].column or ""
        if flag and first not in flags:
            flags[first] = flag
        else:
            indexes.append(item)
    keys = {item.columns[0]: item for item in reversed(table.foreign_keys) if len(item.columns) == 1}
    columns = []
    for column in table.columns:
        extra = Extra(key, keys.get(column.name), tuple(flags.get(column.name, ())))
        columns.append(declaration(owner, spelling.names, column, extra).text)
    arguments = [*_key(table, spelling), *(unique(spelling, item) for item in uniques)]
    for other in table.foreign_keys:
        if other.references is not None and keys.get(other.columns[0]) is not other:
            reference = other.references.value
            arguments.append(foreign_key_constraint(spelling, other, reference, new_spelling(schema, reference)))
    arguments += [check(spelling, item) for item in table.checks]
    arguments += [exclusion(spelling, item) for item in table.exclusions]
    arguments += [index(spelling, item) for item in indexes]
    return Parts(columns, arguments, _options(spelling, table))


def _key(table: Table, spelling: Spelling) -> Iterator[str]:
    """The primary key as a constraint, where columns cannot say its name or its order."""
    key = table.primary_key
    if key is None:
        return
    declared = tuple(column.name for column in table.columns if column.name in key.columns.value)
    if declared != key.columns.value or spelling.named(Subject("pk", key.table), key.name):
        yield primary_key(spelling, key)


def _options(spelling: Spelling, table: Table) -> dict[str, str]:
    comment = table.comment.value if table.comment is not None else None
    return {} if comment is None else {"comment": string(comment, spelling.quote)}


def _own_schema(sibling: TableText, table: Table, inherited: str | None) -> str | None:
    """The schema that has to be said; None where the base or the MetaData say it."""
    own = sibling.table.name.schema
    usual = "public" if states_schema(sibling) else own
    usual = inherited if inherited is not None else usual
    return None if table.name.schema == usual else table.name.schema


def _class(sibling: TableText, spelling: Spelling, table: Table, parts: Parts) -> str:
    document, names = sibling.module.document, spelling.names
    line, indent = newline(document), unit(document)
    base = base_of(sibling, names)
    more = inherited_options(sibling, base)
    options = dict(parts.options)
    schema = _own_schema(sibling, table, None if more is None else more.get("schema"))
    if schema is not None:
        options["schema"] = string(schema, spelling.quote)
    if more is not None and (parts.arguments or options):
        options = {name: string(value, spelling.quote) for name, value in more.items()} | options
    name = class_name(sibling, table)
    table_word = ", table=True" if sibling.style is Style.SQLMODEL else ""
    lines = [f"class {name}({base}{table_word}):", f"{indent}__tablename__ = {string(table.name.name, spelling.quote)}"]
    entries = ", ".join(f"{string(key, spelling.quote)}: {value}" for key, value in options.items())
    if parts.arguments:
        items = [*parts.arguments, *([f"{{{entries}}}"] if options else [])]
        one = f"{indent}__table_args__ = ({', '.join(items)}{',' if len(items) == 1 else ''})"
        head = f"{indent}__table_args__ = ("
        long = len(one) > width(document)
        lines.append(head + spread(document, items, indent, ")", single=False) if long else one)
    elif options:
        lines.append(indent + fitted(document, f"__table_args__ = {{{entries}}}", indent))
    lines.append("")
    lines += [indent + fitted(document, column, indent) for column in parts.columns]
    return line.join(lines)


def _call(sibling: TableText, spelling: Spelling, table: Table, parts: Parts) -> str:
    core, module = sibling.core, sibling.module
    if core is None:
        raise Unwritable
    metadata = [module.text(each) for each in core.args[1:2] if not isinstance(each, ast.Call)]
    options = dict(parts.options)
    schema = _own_schema(sibling, table, None)
    if schema is not None:
        options["schema"] = string(schema, spelling.quote)
    words = [string(table.name.name, spelling.quote), *metadata, *parts.columns, *parts.arguments]
    words += [f"{name}={value}" for name, value in options.items()]
    own = attribute(Style.CORE, table.name.name)
    taken = {*bound(module), *rebound(module)}
    variable = next(name for name in (own, f"{own}_table", f"{own}_table_") if name not in taken)
    text = f"{variable} = {module.text(core.func)}({', '.join(words)})"
    return broken(module.document, text, "") if len(text) > width(module.document) else text


# Dropping


def dropped_table(schema: Schema, table: Table) -> Edits:
    """A table taken away that nothing else names. Raises Unwritable."""
    owner = table_text(schema, table.name)
    if owner is None or not _is_top(owner) or _is_referenced(schema, table):
        raise Unwritable
    statement = _statement(owner)
    name = owner.node.name if isinstance(owner.node, ast.ClassDef) else _variable(statement)
    within = {id(each) for each in ast.walk(statement)}
    for document in schema.documents:
        module = module_of(document)
        if any(name in _mentioned(each) for each in module.nodes if id(each) not in within):
            raise Unwritable
    text, line = owner.module.document.text, newline(owner.module.document)
    span = owner.module.span(statement)
    start, end = line_start(text, span.start), line_end(text, span.end)
    while start and not text[line_before(owner.module.document, start) : start].strip():
        start = line_before(owner.module.document, start)
    stop = end if start and text[end:].strip() else min(end + len(line), len(text))
    start = start - len(line) if stop == end and start else start
    return [Edit(Span(span.file, start, stop), "")], Applicability.UNSAFE


def _variable(statement: ast.stmt) -> str:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name
        case _:
            return ""


def _is_referenced(schema: Schema, table: Table) -> bool:
    return any(
        key.references is not None and key.references.value.table == table.name
        for other in schema.tables
        if other.name != table.name
        for key in other.foreign_keys
    )


def _mentioned(node: ast.AST) -> tuple[str, ...]:
    """The names that a node mentions, in strings too."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
            return (name,)
        case ast.Constant(value=str(text)):
            return tuple(
                part for part in "".join(each if each.isalnum() or each == "_" else " " for each in text).split()
            )
        case _:
            return ()
