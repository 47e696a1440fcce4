"""Unique constraints, indexes, checks and exclusions: added, dropped and changed."""

import ast
from collections.abc import Callable
from dataclasses import replace

from ormistice.fixes import Applicability, Edit, Patch, edited
from ormistice.model import CheckConstraint, ExclusionConstraint, Index, IndexElement, Schema, UniqueConstraint
from ormistice.sources.sqlalchemy import arguments, syntax
from ormistice.sources.sqlalchemy.syntax import Module
from ormistice.sources.sqlalchemy.write_args import removed, with_argument, without_argument
from ormistice.sources.sqlalchemy.write_constraints import (
    Spelling,
    check,
    deferral,
    element,
    exclusion,
    index,
    index_words,
    is_plain,
    unique,
)
from ormistice.sources.sqlalchemy.write_conventions import Subject, conventions, served
from ormistice.sources.sqlalchemy.write_draft import Draft, Unwritable, draft
from ormistice.sources.sqlalchemy.write_layout import mark, replaced, snippet, string
from ormistice.sources.sqlalchemy.write_places import TableText, column_text, module_at, table_text
from ormistice.sources.sqlalchemy.write_values import quoted_sql
from ormistice.stated import Place
from ormistice.stated import Stated as Said

Edits = tuple[list[Edit], Applicability]
Constraint = UniqueConstraint | Index | CheckConstraint | ExclusionConstraint


def owner_of(schema: Schema, item: Constraint) -> TableText:
    """The table that a constraint belongs to. Raises Unwritable."""
    owner = table_text(schema, item.table)
    if owner is None:
        raise Unwritable
    return owner


def spelling_of(owner: TableText) -> Spelling:
    """How constraints of a table are written."""
    return Spelling(owner.names(), mark(owner.module.document), conventions(owner.schema))


def _added(schema: Schema, item: Constraint, text: Callable[[Spelling], str]) -> Edits:
    owner = owner_of(schema, item)
    spelling = spelling_of(owner)
    return [*with_argument(owner, text(spelling)), *spelling.names.edits()], Applicability.SAFE


def added_check(schema: Schema, constraint: CheckConstraint) -> Edits:
    """A check among the table's constraints. Raises Unwritable."""
    return _added(schema, constraint, lambda spelling: check(spelling, constraint))


def added_exclusion(schema: Schema, constraint: ExclusionConstraint) -> Edits:
    """An exclusion constraint. Raises Unwritable."""
    return _added(schema, constraint, lambda spelling: exclusion(spelling, constraint))


def added_unique(schema: Schema, constraint: UniqueConstraint) -> Edits:
    """A unique constraint: at its column where that says all. Raises Unwritable."""
    owner = owner_of(schema, constraint)
    _known(owner, constraint.columns)
    key = owner.table.primary_key
    if key is not None and key.columns.value == constraint.columns and is_plain(constraint):
        # PostgreSQL would take it for the primary key.
        raise Unwritable
    if flagged_unique(owner, constraint):
        found = _own_column(owner, constraint.columns[0])
        if found is not None and found.stated("index") is None:
            return found.with_keyword("unique", "True").edits(), Applicability.SAFE
    return _added(schema, constraint, lambda spelling: unique(spelling, constraint))


def flagged_unique(owner: TableText, constraint: UniqueConstraint) -> bool:
    """Whether `unique=True` at a column says all of it."""
    subject = Subject("uq", constraint.table, constraint.columns)
    said = constraint.name is None or conventions(owner.schema).needless(subject, constraint.name.value)
    return said and is_plain(constraint) and len(constraint.columns) == 1


def added_index(schema: Schema, item: Index) -> Edits:
    """An index: at its column where that says all. Raises Unwritable."""
    owner = owner_of(schema, item)
    _known(owner, tuple(each.column for each in item.elements if each.column is not None))
    if item.name is None and (constraint := as_unique(item)) is not None:
        return added_unique(schema, constraint)
    flags = flagged_index(owner, item)
    found = _own_column(owner, item.elements[0].column or "") if flags else None
    if flags and found is not None and found.stated("unique") is None:
        for flag in flags:
            found = found.with_keyword(flag, "True")
        return found.edits(), Applicability.SAFE
    return _added(schema, item, lambda spelling: index(spelling, item))


def flagged_index(owner: TableText, item: Index) -> list[str]:
    """The keywords of a column that say all of an index; none where there are no such."""
    spelling = spelling_of(owner)
    words = index_words(spelling, item)
    if len(item.elements) != 1 or item.elements[0] != IndexElement(item.elements[0].column) or set(words) - {"unique"}:
        return []
    if item.elements[0].column is None:
        return []
    derived = spelling.conventions.derived(Subject("ix", item.table, (item.elements[0].column,)))
    if derived is None or (item.name is not None and item.name.value != derived):
        return []
    return ["index", *words]


def as_unique(item: Index) -> UniqueConstraint | None:
    """The constraint that would make such an index; None where none would."""
    columns = tuple(each.column for each in item.elements if each.column is not None)
    plain = item.elements == tuple(IndexElement(column) for column in columns)
    partial = item.predicate is not None and item.predicate.value is not None
    usual = item.method is None or item.method.value == "btree"
    if item.unique is None or not item.unique.value or not plain or partial or not usual:
        return None
    return UniqueConstraint(
        item.table, columns, item.place, item.nulls_not_distinct, include=item.include, name=item.name
    )


def _known(owner: TableText, columns: tuple[str, ...]) -> None:
    if any(owner.table.column(column) is None for column in columns):
        raise Unwritable


def _own_column(owner: TableText, name: str) -> Draft | None:
    place = column_text(owner, name)
    return None if place is None or place.shared else draft(place)


# Dropping


def call_at(schema: Schema, place: Place, *words: str) -> tuple[Module, ast.Call] | None:
    """The call that lies at a place."""
    module = module_at(schema, place)
    for word in words if module is not None else ():
        for call in module.calls_by_name.get(word, []) if module is not None else []:
            if module is not None and module.span(call) == place:
                return module, call
    return None


def dropped_index(schema: Schema, item: UniqueConstraint | Index) -> Edits:
    """A unique constraint or an index taken away. Raises Unwritable."""
    owner = owner_of(schema, item)
    found = call_at(schema, item.place, "UniqueConstraint", "Index")
    if found is not None:
        return _without_call(owner, *found), Applicability.UNSAFE
    return _unflagged(owner, item).edits(), Applicability.UNSAFE


def _unflagged(owner: TableText, item: UniqueConstraint | Index) -> Draft:
    """The column of a constraint or an index without the keywords that make it. Raises Unwritable."""
    columns = item.columns if isinstance(item, UniqueConstraint) else tuple(each.column for each in item.elements)
    place = column_text(owner, columns[0] or "") if len(columns) == 1 else None
    found = None if place is None else draft(place)
    if found is None or found.column.place != item.place:
        raise Unwritable
    flags = [flag for flag in ("index", "unique") if found.stated(flag) is not None]
    if not flags:
        raise Unwritable
    for flag in flags:
        found = found.with_keyword(flag, None)
    return found


def dropped_constraint(schema: Schema, item: CheckConstraint | ExclusionConstraint) -> Edits:
    """A check or an exclusion constraint taken away. Raises Unwritable."""
    found = call_at(schema, item.place, "CheckConstraint", "ExcludeConstraint")
    if found is None:
        raise Unwritable
    return _without_call(owner_of(schema, item), *found), Applicability.UNSAFE


def _without_call(owner: TableText, module: Module, call: ast.Call) -> list[Edit]:
    if module is not owner.module:
        raise Unwritable
    for statement in module.tree.body:
        if isinstance(statement, ast.Expr) and statement.value is call:
            return [removed(module, statement)]
    return without_argument(owner, call)


# Changing


def changed_index(schema: Schema, before: Index, after: Index) -> Edits:
    """Other keys, options or another name. Raises Unwritable."""
    owner = owner_of(schema, before)
    found = call_at(schema, before.place, "Index")
    if found is not None:
        spelling = Spelling(owner.names(), mark(found[0].document), conventions(schema))
        edit = _reindexed(spelling, *found, before, after)
        return [*([edit] if edit else []), *spelling.names.edits()], Applicability.SAFE
    old, new = as_unique(before), as_unique(after)
    constraint = call_at(schema, before.place, "UniqueConstraint")
    if old is not None and new is not None and (constraint is not None or flagged_unique(owner, old)):
        return changed_unique(schema, old, new)
    named = after if after.name is not None else replace(after, name=_name_of(owner, before))
    if constraint is not None:
        spelling = spelling_of(owner)
        edit = replaced(*constraint, index(spelling, named))
        return [*([edit] if edit else []), *spelling.names.edits()], Applicability.SAFE
    return _moved(owner, before, lambda spelling: index(spelling, named))


def _name_of(owner: TableText, item: Index) -> Said[str]:
    """The name that an index or a constraint has without saying it. Raises Unwritable."""
    columns = tuple(each.column or "" for each in item.elements)
    known = conventions(owner.schema)
    if item.name is not None:
        return item.name
    name = (
        served(Subject("uq", item.table, columns))
        if "uq" not in known.templates
        else known.derived(Subject("uq", item.table, columns))
    )
    if name is None:
        raise Unwritable
    return Said(name, item.place)


def _moved(owner: TableText, before: UniqueConstraint | Index, text: Callable[[Spelling], str]) -> Edits:
    """What a column's keywords said, among the table's constraints instead."""
    spelling = spelling_of(owner)
    column = replace(_unflagged(owner, before), names=spelling.names)
    edits = [*with_argument(owner, text(spelling)), *column.edits()]
    return list(dict.fromkeys(edits)), Applicability.UNSAFE if column.place.shared else Applicability.SAFE


def _reindexed(spelling: Spelling, module: Module, call: ast.Call, before: Index, after: Index) -> Edit | None:
    """The call of an index, changed argument by argument."""
    text = module.text(call)
    if after.name is not None and after.name != before.name:
        text = _named_index(spelling, text, after.name.value)
    if after.elements != before.elements:
        if any(isinstance(each, ast.Expr) and each.value is call for each in module.tree.body):
            raise Unwritable
        text = _with_elements(text, [element(spelling, each) for each in after.elements])
    old, new = index_words(spelling, before), index_words(spelling, after)
    for name in dict.fromkeys([*old, *new]):
        if old.get(name) != new.get(name):
            text = with_word(text, name, new.get(name))
    return replaced(module, call, text)


def _named_index(spelling: Spelling, text: str, name: str) -> str:
    module = snippet(text)
    call = _call(module)
    first = call.args[0] if call.args else syntax.keyword(call, "name")
    if not isinstance(first, ast.Constant):
        raise Unwritable
    quote = module.text(first)[:1]
    literal = string(name, quote if quote in ("'", '"') else spelling.quote)
    return edited("", text, [Patch("", (Edit(module.span(first), literal),))])


def _with_elements(text: str, elements: list[str]) -> str:
    """The keys of an index in place of those that it has."""
    module = snippet(text)
    call = _call(module)
    listed = [each for each in arguments.of(module, call) if each.name is None][1:]
    if not listed or any(each.spread for each in listed):
        raise Unwritable
    between = text[listed[0].end : listed[1].start] if len(listed) > 1 else ", "
    joint = between if between.strip() == "," else ", "
    return text[: listed[0].start] + joint.join(elements) + text[listed[-1].end :]


def with_word(text: str, name: str, value: str | None) -> str:
    """A call's text with a keyword argument, or without it. Raises Unwritable."""
    module = snippet(text)
    call = _call(module)
    listed = arguments.of(module, call)
    found = next((each for each in listed if each.name == name), None)
    if found is None and value is None:
        raise Unwritable
    if found is not None and value is not None:
        edits = [Edit(module.span(found.value), value)]
    else:
        edits = list(arguments.rewritten(module, call, [found] if found else [], [f"{name}={value}"] if value else []))
    return edited("", text, [Patch("", tuple(edits))])


def _call(module: Module) -> ast.Call:
    body = module.tree.body
    if len(body) != 1 or not isinstance(body[0], ast.Expr) or not isinstance(body[0].value, ast.Call):
        raise Unwritable
    return body[0].value


def changed_unique(schema: Schema, before: UniqueConstraint, after: UniqueConstraint) -> Edits:
    """Another name or other options. Raises Unwritable."""
    owner = owner_of(schema, before)
    found = call_at(schema, before.place, "UniqueConstraint")
    spelling = spelling_of(owner)
    if before.columns != after.columns:
        raise Unwritable
    if found is None:
        return _moved(owner, before, lambda own: unique(own, after))
    module, call = found
    text = module.text(call)
    old, new = _unique_words(spelling, before), _unique_words(spelling, after)
    if after.name is None or after.name == before.name:
        new = {name: value for name, value in new.items() if name != "name"}
        old = {name: value for name, value in old.items() if name != "name"}
    for name in dict.fromkeys([*old, *new]):
        if old.get(name) != new.get(name):
            text = with_word(text, name, new.get(name))
    edit = replaced(module, call, text)
    return [*([edit] if edit else []), *spelling.names.edits()], Applicability.SAFE


def _unique_words(spelling: Spelling, constraint: UniqueConstraint) -> dict[str, str]:
    words = [*spelling.named(Subject("uq", constraint.table, constraint.columns), constraint.name)]
    words += [word.replace('"', spelling.quote) for word in deferral(constraint.deferrability)]
    if constraint.nulls_not_distinct is not None and constraint.nulls_not_distinct.value:
        words.append("postgresql_nulls_not_distinct=True")
    if constraint.include is not None and constraint.include.value:
        words.append(f"postgresql_include=[{', '.join(spelling.strings(constraint.include.value))}]")
    return {word.partition("=")[0]: word.partition("=")[2] for word in words}


def changed_check(schema: Schema, before: CheckConstraint, after: CheckConstraint) -> Edits:
    """Another expression, another name, or validated. Raises Unwritable."""
    owner = owner_of(schema, before)
    found = call_at(schema, before.place, "CheckConstraint")
    if found is None:
        raise Unwritable
    module, call = found
    spelling, text = spelling_of(owner), module.text(call)
    if before.expression != after.expression:
        text = _expressed(spelling, text, after.expression.value)
    if after.name is not None and before.name != after.name:
        value = spelling.conventions.written(
            spelling.names, Subject("ck", after.table), after.name.value, spelling.quote
        )
        text = with_word(text, "name", value)
    if after.validated is not None and before.validated != after.validated:
        text = with_word(text, "postgresql_not_valid", None if after.validated.value else "True")
    edit = replaced(module, call, text)
    return [*([edit] if edit else []), *spelling.names.edits()], Applicability.SAFE


def _expressed(spelling: Spelling, text: str, expression: str) -> str:
    module = snippet(text)
    call = _call(module)
    stated = call.args[0] if call.args else syntax.keyword(call, "sqltext")
    if isinstance(stated, ast.Call) and stated.args and module.function(stated) == "text":
        stated = stated.args[0]
    if stated is None or isinstance(stated, ast.Starred):
        raise Unwritable
    quote = module.text(stated)[:1]
    literal = quoted_sql(expression, quote if quote in ("'", '"') else spelling.quote)
    return edited("", text, [Patch("", (Edit(module.span(stated), literal),))])
