"""Changes of foreign keys as edits of the text that states them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from ormistice.fixes import Change, Edit, Patch
from ormistice.model import ForeignKey, Reference, ReferentialAction, Schema, Stated
from ormistice.sources.sqlalchemy import arguments
from ormistice.sources.sqlalchemy.arguments import Argument
from ormistice.sources.sqlalchemy.places import names_in
from ormistice.sources.sqlalchemy.syntax import Module, keyword, parse
from ormistice.text import Span

_STATING = ("ForeignKey", "ForeignKeyConstraint", "Field")
# The actions that SQLModel's Field has a word for; NO ACTION is said by silence.
_FIELD_WORDS = frozenset({ReferentialAction.CASCADE, ReferentialAction.SET_NULL, ReferentialAction.RESTRICT})


def write(schema: Schema, change: Change) -> Patch | None:
    """`change` as a patch; None where it cannot be written.

    What can be: another target and other actions of a foreign key that stays on its columns.
    """
    match change:
        case Change(before=ForeignKey() as before, after=ForeignKey() as after) if before.key() == after.key():
            key = statement(schema, before)
            edits = None if key is None else list(key_edits(key, after))
            if not edits or None in edits:
                return None
            made = {edit for edit in edits if edit is not None}
            return Patch(change.source, tuple(sorted(made, key=lambda edit: (edit.span.start, edit.span.end))))
        case _:
            return None


@dataclass(frozen=True)
class Statement:
    """A foreign key in the text: the expression that names its target, and the call that this is an argument of."""

    schema: Schema
    key: ForeignKey
    module: Module
    target: ast.expr
    call: ast.Call | None

    @property
    def function(self) -> str:
        """What is called; empty where the target is handed to a function of the application's own."""
        return "" if self.call is None else self.module.function(self.call)

    @property
    def quote(self) -> str:
        """The quotation mark in use: that of the target, else that of most strings in the file."""
        text = self.module.text(self.target)
        if text[:1] in ("'", '"'):
            return text[0]
        whole = self.module.document.text
        return "'" if whole.count("'") > whole.count('"') else '"'


def statement(schema: Schema, key: ForeignKey) -> Statement | None:
    """Where a foreign key is stated; None where its target is not an expression of its own."""
    place = key.references.place if key.references else None
    document = schema.document(place.file) if isinstance(place, Span) else None
    if document is None:
        return None
    module = parse(document)
    found = [node for node in ast.walk(module.tree) if isinstance(node, ast.expr) and module.span(node) == place]
    if not found:
        return None
    holding = (call for call in module.calls if any(found[0] is value for value in direct(call)))
    stating = next((call for call in holding if module.function(call) in _STATING), None)
    return Statement(schema, key, module, found[0], stating)


def direct(call: ast.Call) -> Iterator[ast.expr]:
    """The values of a call's arguments."""
    yield from call.args
    yield from (word.value for word in call.keywords)


def key_edits(key: Statement, after: ForeignKey) -> Iterator[Edit | None]:
    """The edits that turn a key into `after`; None among them for what cannot be written."""
    before = key.key
    if after.references is not None and before.references is not None and after.references != before.references:
        yield from target_edits(key, after.references.value)
    changed = [
        (name, new)
        for name, old, new in (
            ("ondelete", before.on_delete, after.on_delete),
            ("onupdate", before.on_update, after.on_update),
        )
        if new != old
    ]
    if changed:
        yield from action_edits(key, changed)
    if any(
        getattr(before, aspect) != getattr(after, aspect)
        for aspect in ("deferrability", "match_type", "validated", "name")
    ):
        yield None


def target_edits(key: Statement, reference: Reference) -> Iterator[Edit | None]:
    """Another target: one string for a key of one column, each string of the list for a key of several."""
    table = spelled_table(key, reference)
    if key.function != "ForeignKeyConstraint":
        yield string_edit(key, key.target, f"{table}.{reference.columns[0]}") if len(reference.columns) == 1 else None
        return
    referencing = key.call.args[0] if key.call and key.call.args else key.call and keyword(key.call, "columns")
    columns = names_in([referencing]) if referencing else ()
    targets = key.target.elts if isinstance(key.target, (ast.List, ast.Tuple)) else []
    if sorted(columns) != sorted(key.key.columns) or len(targets) != len(columns):
        yield None
        return
    meant = dict(zip(key.key.columns, reference.columns, strict=True))
    for column, node in zip(columns, targets, strict=True):
        yield string_edit(key, node, f"{table}.{meant[column]}")


def string_edit(key: Statement, node: ast.expr, value: str) -> Edit | None:
    """`value` as a string in place of a node; none for what is no value by itself, such as `*targets`."""
    if isinstance(node, ast.Starred):
        return None
    text = key.module.text(node)
    quote = text[0] if text[:1] in ("'", '"') else key.quote
    return Edit(key.module.span(node), quoted(value, quote))


def quoted(value: str, quote: str) -> str:
    """A string literal."""
    return quote + value.replace("\\", "\\\\").replace(quote, "\\" + quote) + quote


def spelled_table(key: Statement, reference: Reference) -> str:
    """A table as the strings of this source name it: with its schema where they do, or where they must."""
    own = literal(key.target)
    unsaid = (
        key.key.references.value.table.schema
        if key.key.references and own and own.count(".") < len(("schema", "table"))
        else None
    )
    for other in known_spellings(key.schema, reference):
        return other
    if unsaid is not None:
        return (
            reference.table.name
            if reference.table.schema == unsaid
            else f"{reference.table.schema}.{reference.table.name}"
        )
    prefixed = own is not None or reference.table.schema != "public"
    return f"{reference.table.schema}.{reference.table.name}" if prefixed else reference.table.name


def known_spellings(schema: Schema, reference: Reference) -> Iterator[str]:
    """How other keys of this source spell the same table."""
    for table in schema.tables:
        for key in table.foreign_keys:
            if key.references is None or key.references.value.table != reference.table:
                continue
            place = key.references.place
            document = schema.document(place.file) if isinstance(place, Span) else None
            text = document.text[place.start : place.end] if document and isinstance(place, Span) else ""
            column = f".{key.references.value.columns[0]}"
            if text[:1] in ("'", '"') and text[1:-1].endswith(column) and "\\" not in text:
                yield text[1:-1].removesuffix(column)


def literal(node: ast.expr) -> str | None:
    """The text of a string literal; of the first string of a list."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.List(elts=[first, *_]) | ast.Tuple(elts=[first, *_]):
            return literal(first)
        case _:
            return None


def action_edits(key: Statement, changed: list[tuple[str, Stated[ReferentialAction] | None]]) -> Iterator[Edit | None]:
    """Other referential actions: arguments changed, added or, where silence says the same, taken away."""
    listed = arguments.of(key.module, key.call) if key.call else []
    if key.call is None or any(each.spread and each.name is None for each in listed):
        yield None
        return
    stated = {each.name: each for each in listed if each.name}
    gone, new = [], []
    for name, action in changed:
        argument = stated.get(name)
        if action is None or not sayable(key, name, action.value):
            yield None
        elif action.value is ReferentialAction.NO_ACTION:
            gone += [argument] if argument else []
            yield from [] if argument else [None]
        elif argument is not None:
            yield Edit(key.module.span(argument.value), action_literal(key, argument, action.value))
        else:
            new.append(f"{name}={quoted(action.value.value, key.quote)}")
    yield from arguments.rewritten(key.module, key.call, gone, new, stated.get("foreign_key"))


def sayable(key: Statement, name: str, action: ReferentialAction) -> bool:
    """Whether the call has a word for it; SQLModel refuses SET NULL on a column that takes no NULL."""
    if key.function != "Field":
        return True
    table = key.schema.table(key.key.table)
    column = table.column(key.key.columns[0]) if table else None
    refused = column is not None and column.nullable is not None and not column.nullable.value
    if name != "ondelete" or (action is ReferentialAction.SET_NULL and refused):
        return False
    return action in _FIELD_WORDS or action is ReferentialAction.NO_ACTION


def action_literal(key: Statement, stated: Argument, action: ReferentialAction) -> str:
    """An action as a literal, in the case and the quotation marks of the one that it replaces."""
    text = key.module.text(stated.value)
    own = literal(stated.value) if isinstance(stated.value, ast.Constant) else None
    value = action.value.lower() if own is not None and own.islower() else action.value
    return quoted(value, text[0] if text[:1] in ("'", '"') else key.quote)
