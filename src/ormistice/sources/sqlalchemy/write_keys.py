"""Foreign keys: added, dropped and changed where the text states them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ormistice.fixes import Applicability, Edit, Patch, edited
from ormistice.model import ForeignKey, Reference, ReferentialAction, Schema, Stated
from ormistice.sources.sqlalchemy import arguments, syntax
from ormistice.sources.sqlalchemy.arguments import Argument
from ormistice.sources.sqlalchemy.places import names_in
from ormistice.sources.sqlalchemy.syntax import Module, keyword
from ormistice.sources.sqlalchemy.write_args import with_argument, without_argument
from ormistice.sources.sqlalchemy.write_columns import alone
from ormistice.sources.sqlalchemy.write_constraints import Spelling, actions, foreign_key, foreign_key_constraint
from ormistice.sources.sqlalchemy.write_conventions import Subject, conventions
from ormistice.sources.sqlalchemy.write_draft import Draft, Unwritable, draft
from ormistice.sources.sqlalchemy.write_layout import mark, module_of, replaced, string
from ormistice.sources.sqlalchemy.write_names import Names
from ormistice.sources.sqlalchemy.write_places import Style, TableText, column_text, table_text
from ormistice.sources.sqlalchemy.write_relationships import is_joined, keys_between
from ormistice.sources.sqlalchemy.write_types import expression
from ormistice.text import Span

Edits = tuple[list[Edit], Applicability]
_STATING = ("ForeignKey", "ForeignKeyConstraint", "Field")
# The actions that SQLModel's Field has a word for; NO ACTION is said by silence.
_FIELD_WORDS = frozenset({ReferentialAction.CASCADE, ReferentialAction.SET_NULL, ReferentialAction.RESTRICT})


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
        return text[0] if text[:1] in ("'", '"') else mark(self.module.document)


def statement(schema: Schema, key: ForeignKey) -> Statement | None:
    """Where a foreign key is stated; None where its target is not an expression of its own."""
    place = key.references.place if key.references else None
    document = schema.document(place.file) if isinstance(place, Span) else None
    if document is None:
        return None
    module = module_of(document)
    for call in module.calls:
        if module.function(call) in _STATING:
            for value in direct(call):
                if module.span(value) == place:
                    return Statement(schema, key, module, value, call)
    found = [node for node in module.nodes if isinstance(node, ast.expr) and module.span(node) == place]
    return Statement(schema, key, module, found[0], None) if found else None


def direct(call: ast.Call) -> Iterator[ast.expr]:
    """The values of a call's arguments."""
    yield from call.args
    yield from (word.value for word in call.keywords)


# Changing


def changed_key(schema: Schema, before: ForeignKey, after: ForeignKey) -> Edits:
    """The edits that turn a key into `after`. Raises Unwritable."""
    key = statement(schema, before)
    if key is None or before.key() != after.key():
        raise Unwritable
    owner = table_text(schema, after.table)
    if owner is not None and key.function == "Field" and not _field_can(key, after):
        return _handed_on(owner, after)
    edits = list(key_edits(key, after))
    if not edits:
        raise Unwritable
    place = column_text(owner, after.columns[0]) if owner is not None and key.function == "ForeignKey" else None
    node = key.call if key.call is not None and place is None else place.node if place is not None else None
    if node is None or after.references is None:
        return edits, Applicability.SAFE
    text = _changed_text(key.module, node, edits)
    if place is None or after.references == before.references:
        edit = replaced(key.module, node, text)
        return [edit] if edit else [], Applicability.SAFE
    found = with_own_type(replace(draft(place), text=text), after.references.value)
    return found.edits(), Applicability.SAFE


def _field_can(key: Statement, after: ForeignKey) -> bool:
    """Whether SQLModel's Field has words for what is to be changed."""
    aspects = ("on_delete", "on_update", "deferrability", "match_type", "validated")
    changed = [aspect for aspect in aspects if getattr(key.key, aspect) != getattr(after, aspect)]
    named = after.name is not None and after.name != key.key.name
    return not named and all(sayable(key, aspect, getattr(after, aspect)) for aspect in changed)


def _handed_on(owner: TableText, after: ForeignKey) -> Edits:
    """A Field's key as one that it hands on to the column."""
    place = column_text(owner, after.columns[0])
    if place is None or place.shared or after.references is None:
        raise Unwritable
    found, reference = draft(place), after.references.value
    spelling = Spelling(found.names, found.quote, conventions(owner.schema))
    text = foreign_key(spelling, after, reference, new_spelling(owner.schema, reference))
    found = found.with_keyword("ondelete", None).with_keyword("foreign_key", None)
    return found.with_positional(text).edits(), Applicability.SAFE


def _changed_text(module: Module, node: ast.AST, edits: list[Edit]) -> str:
    """The text of a node with edits made that lie in it."""
    span = module.span(node)
    moved = (Edit(Span("", edit.span.start - span.start, edit.span.end - span.start), edit.text) for edit in edits)
    return edited("", module.text(node), [Patch("", tuple(moved))])


def with_own_type(found: Draft, reference: Reference | None) -> Draft:
    """A column with a type of its own, unless what it references, or else its annotation, gives it the same."""
    if found.type() is not None or found.style is Style.SQLMODEL:
        return found
    if found.column.type is None:
        if reference is None:
            raise Unwritable
        return found
    kind = found.column.type.value
    if reference is not None:
        table = found.place.owner.schema.table(reference.table)
        column = None if table is None else table.column(reference.columns[0])
        if column is not None and column.type is not None and column.type.value == kind:
            return found
    elif found.annotation is not None and alone(found, kind):
        return found
    text = expression(found.names, kind, quote=found.quote)
    if text is None:
        raise Unwritable
    return found.with_type(text)


def key_edits(key: Statement, after: ForeignKey) -> Iterator[Edit]:
    """The edits of one key. Raises Unwritable."""
    before = key.key
    if after.references is not None and before.references is not None and after.references != before.references:
        yield from target_edits(key, after.references.value)
    changed = _changed_words(key, after)
    if changed:
        yield from word_edits(key, changed)


def _changed_words(key: Statement, after: ForeignKey) -> list[tuple[str, str | None]]:
    """The keyword arguments that have to be others, None for those that have to go. Raises Unwritable."""
    before = key.key
    aspects = ("on_delete", "on_update", "deferrability", "match_type", "validated")
    for aspect in aspects:
        if getattr(after, aspect) != getattr(before, aspect) and not sayable(key, aspect, getattr(after, aspect)):
            raise Unwritable
    spelling = Spelling(Names(key.module), key.quote, conventions(key.schema))
    old, new = actions(spelling, before), actions(spelling, after)
    changed = [(name, new.get(name)) for name in dict.fromkeys([*old, *new]) if old.get(name) != new.get(name)]
    if after.name is not None and after.name != before.name:
        subject = Subject("fk", before.table, before.columns, _referenced(after))
        named = spelling.named(subject, after.name)
        changed.append(("name", named[0].partition("=")[2] if named else None))
    return changed


def _referenced(key: ForeignKey) -> str:
    return key.references.value.table.name if key.references is not None else ""


def target_edits(key: Statement, reference: Reference) -> Iterator[Edit]:
    """Another target: one string for a key of one column, each string of the list for a key of several."""
    table = spelled_table(key, reference)
    if key.function != "ForeignKeyConstraint":
        if len(reference.columns) != 1:
            raise Unwritable
        yield string_edit(key, key.target, f"{table}.{reference.columns[0]}")
        return
    referencing = key.call.args[0] if key.call and key.call.args else key.call and keyword(key.call, "columns")
    columns = names_in([referencing]) if referencing else ()
    targets = key.target.elts if isinstance(key.target, (ast.List, ast.Tuple)) else []
    if sorted(columns) != sorted(key.key.columns) or len(targets) != len(columns):
        raise Unwritable
    meant = dict(zip(key.key.columns, reference.columns, strict=True))
    for column, node in zip(columns, targets, strict=True):
        yield string_edit(key, node, f"{table}.{meant[column]}")


def string_edit(key: Statement, node: ast.expr, value: str) -> Edit:
    """`value` as a string in place of a node; never of what is no value by itself, such as `*targets`."""
    if isinstance(node, ast.Starred):
        raise Unwritable
    text = key.module.text(node)
    quote = text[0] if text[:1] in ("'", '"') else key.quote
    return Edit(key.module.span(node), string(value, quote))


def spelled_table(key: Statement, reference: Reference) -> str:
    """A table as the strings of this source name it: with its schema where they do, or where they must."""
    own = literal(key.target)
    for other in known_spellings(key.schema, reference):
        return other
    if key.key.references and own and own.count(".") < len(("schema", "table")):
        unsaid = key.key.references.value.table.schema
        return reference.table.name if reference.table.schema == unsaid else _with_schema(reference)
    return _with_schema(reference) if own is not None else new_spelling(key.schema, reference)


def _with_schema(reference: Reference) -> str:
    return f"{reference.table.schema}.{reference.table.name}"


def new_spelling(schema: Schema, reference: Reference) -> str:
    """A table as a new key names it: with its schema where that is no default, or stated for the table itself."""
    for other in known_spellings(schema, reference):
        return other
    owner = table_text(schema, reference.table)
    stated = owner is not None and states_schema(owner)
    return _with_schema(reference) if stated or reference.table.schema != "public" else reference.table.name


def states_schema(owner: TableText) -> bool:
    """Whether a table states its schema itself."""
    if owner.core is not None:
        return keyword(owner.core, "schema") is not None
    value = getattr(owner.statement("__table_args__"), "value", None)
    entries = [value] if isinstance(value, ast.Dict) else getattr(value, "elts", [])
    return any(syntax.entry(each, "schema") is not None for each in entries if isinstance(each, ast.Dict))


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


def word_edits(key: Statement, changed: list[tuple[str, str | None]]) -> Iterator[Edit]:
    """Arguments changed, added or, where silence says the same, taken away. Raises Unwritable."""
    listed = arguments.of(key.module, key.call) if key.call else []
    if key.call is None or any(each.spread and each.name is None for each in listed):
        raise Unwritable
    stated = {each.name: each for each in listed if each.name}
    gone, new = [], []
    for name, text in changed:
        argument = stated.get(name)
        if text is None and argument is None:
            raise Unwritable
        if text is None or argument is None:
            gone += [argument] if argument else []
            new += [] if text is None else [f"{name}={text}"]
        else:
            yield Edit(key.module.span(argument.value), _in_case(key, argument, text))
    yield from arguments.rewritten(key.module, key.call, gone, new, stated.get("foreign_key"))


def _in_case(key: Statement, stated: Argument, text: str) -> str:
    """A string in the case and the quotation marks of the one that it replaces."""
    old = key.module.text(stated.value)
    if text[:1] not in ("'", '"') or old[:1] not in ("'", '"') or stated.name == "name":
        return text
    own = literal(stated.value) or ""
    value = text[1:-1].lower() if own.islower() else text[1:-1]
    return string(value, old[0])


def sayable(key: Statement, aspect: str, value: Stated[object] | None) -> bool:
    """Whether the call has a word for it; SQLModel refuses SET NULL on a column that takes no NULL."""
    if value is None:
        return False
    if key.function != "Field":
        return True
    table = key.schema.table(key.key.table)
    column = table.column(key.key.columns[0]) if table else None
    refused = column is not None and column.nullable is not None and not column.nullable.value
    if aspect != "on_delete" or (value.value is ReferentialAction.SET_NULL and refused):
        return False
    return value.value in _FIELD_WORDS or value.value is ReferentialAction.NO_ACTION


# Adding and dropping


def added_key(schema: Schema, key: ForeignKey) -> Edits:
    """The edits that add a key: at its column if it has one, else among the table's constraints. Raises Unwritable."""
    owner = table_text(schema, key.table)
    if owner is None or key.references is None or any(owner.table.column(name) is None for name in key.columns):
        raise Unwritable
    reference = key.references.value
    target = schema.table(reference.table)
    if keys_between(owner, reference) and is_joined(owner, reference, "primaryjoin", "foreign_keys"):
        # Which of two keys a relationship follows has to be said.
        raise Unwritable
    # A key to a table that is not declared here compiles to nothing.
    promise = Applicability.UNSAFE if target is None else Applicability.SAFE
    place = column_text(owner, key.columns[0]) if len(key.columns) == 1 else None
    table = new_spelling(schema, reference)
    if place is not None and not place.shared and (edits := _at_column(draft(place), key, reference, table)):
        return edits, promise
    names = owner.names()
    spelling = Spelling(names, mark(owner.module.document), conventions(schema))
    text = foreign_key_constraint(spelling, key, reference, table)
    return [*with_argument(owner, text), *names.edits()], promise


def _at_column(found: Draft, key: ForeignKey, reference: Reference, table: str) -> list[Edit]:
    spelling = Spelling(found.names, found.quote, conventions(found.place.owner.schema))
    return with_key(found, spelling, key, reference, table).edits()


def with_key(found: Draft, spelling: Spelling, key: ForeignKey, reference: Reference, table: str) -> Draft:
    """A column with a foreign key of its own."""
    if found.style is not Style.SQLMODEL or not field_says(found, key):
        return (
            with_own_type(found, reference).constructed().with_positional(foreign_key(spelling, key, reference, table))
        )
    found = found.with_keyword("foreign_key", string(f"{table}.{reference.columns[0]}", found.quote))
    for name, text in actions(spelling, key).items():
        found = found.with_keyword(name, text, "foreign_key")
    return found


def field_says(found: Draft, key: ForeignKey) -> bool:
    """Whether SQLModel's Field has words for all of a key but its name."""
    if found.stated("foreign_key") is not None:
        return False
    silent = replace(key, on_delete=None)
    spelling = Spelling(found.names, found.quote, conventions(found.place.owner.schema))
    action = key.on_delete.value if key.on_delete is not None else ReferentialAction.NO_ACTION
    if actions(spelling, silent) or (action is not ReferentialAction.NO_ACTION and action not in _FIELD_WORDS):
        return False
    column = found.column
    takes_null = column.nullable is None or column.nullable.value
    return takes_null or action is not ReferentialAction.SET_NULL


def dropped_key(schema: Schema, key: ForeignKey) -> Edits:
    """The edits that take a key away. Raises Unwritable."""
    stated, owner = statement(schema, key), table_text(schema, key.table)
    if stated is None or stated.call is None or owner is None or key.references is None:
        raise Unwritable
    if len(keys_between(owner, key.references.value)) == 1 and is_joined(owner, key.references.value, "primaryjoin"):
        raise Unwritable
    if stated.function == "ForeignKeyConstraint":
        return without_argument(owner, stated.call), Applicability.UNSAFE
    place = column_text(owner, key.columns[0])
    if place is None:
        raise Unwritable
    return _without_key(draft(place), stated).edits(), Applicability.UNSAFE


def _without_key(found: Draft, stated: Statement) -> Draft:
    if stated.function == "Field":
        return found.with_keyword("foreign_key", None).with_keyword("ondelete", None)
    if len(found.constructs("ForeignKey")) != 1:
        raise Unwritable
    return with_own_type(found, None).with_construct("ForeignKey", None)
