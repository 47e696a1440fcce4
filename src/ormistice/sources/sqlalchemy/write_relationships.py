"""Relationships that depend on which foreign keys there are between two tables."""

import ast
from collections.abc import Iterable, Iterator

from ormistice.model import ForeignKey, Reference
from ormistice.parsing import python_expression
from ormistice.sources.sqlalchemy import syntax
from ormistice.sources.sqlalchemy.syntax import keyword
from ormistice.sources.sqlalchemy.write_places import TableText, table_text

_CALLS = ("relationship", "Relationship", "relation", "dynamic_loader")
_AROUND = frozenset({"Mapped", "DynamicMapped", "WriteOnlyMapped", "Optional", "Union", "List", "list", "Set", "set"})


def keys_between(owner: TableText, reference: Reference) -> list[ForeignKey]:
    """The keys between two tables, either way."""
    other = owner.schema.table(reference.table)
    keys = [*owner.table.foreign_keys, *(other.foreign_keys if other is not None else ())]
    ends = {owner.table.name, reference.table}
    return [key for key in keys if key.references is not None and {key.table, key.references.value.table} == ends]


def is_joined(owner: TableText, reference: Reference, *says: str) -> bool:
    """Whether a class of either table has a relationship, maybe to the other, that does not say itself how it joins."""
    both = [text for text in (owner, table_text(owner.schema, reference.table)) if text is not None]
    for text in both:
        for call, annotation in _relationships(text):
            if not _said(call, *says) and not _leads_elsewhere(both, call, annotation):
                return True
    return False


def _relationships(text: TableText) -> Iterator[tuple[ast.Call, ast.expr | None]]:
    """The relationships of a class, each with its annotation."""
    statements: Iterable[ast.AST] = text.node.body if isinstance(text.node, ast.ClassDef) else [text.node]
    for statement in statements:
        for call in text.module.calls_in(statement):
            if text.module.function(call) in _CALLS:
                yield call, getattr(statement, "annotation", None)


def _said(call: ast.Call, *words: str) -> bool:
    """Whether a relationship states one of some arguments."""
    more = keyword(call, "sa_relationship_kwargs")
    return any(keyword(call, word) is not None or syntax.entry(more, word) is not None for word in words)


def _leads_elsewhere(both: list[TableText], call: ast.Call, annotation: ast.expr | None) -> bool:
    """Whether a relationship names the class of a third table, and joins through no other one."""
    target = keyword(call, "argument") or next(iter(call.args), None) or annotation
    if target is None or _said(call, "secondary", "link_model"):
        return False
    words = {*_words(target)} - _AROUND
    if len(words) != 1 or words & {text.node.name for text in both if isinstance(text.node, ast.ClassDef)}:
        return False
    ends = {text.table.name for text in both}
    others = (table_text(text.schema, table.name) for text in both[:1] for table in text.schema.tables)
    named = {
        each.node.name
        for each in others
        if each and isinstance(each.node, ast.ClassDef) and each.table.name not in ends
    }
    return words <= named


def _words(node: ast.AST) -> Iterator[str]:
    """The names in an expression, of dotted ones the last part, those in strings included."""
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            yield name
        case ast.Constant(value=str(text)):
            try:
                yield from _words(python_expression(text))
            except SyntaxError:
                yield text
        case _:
            for each in ast.iter_child_nodes(node):
                yield from _words(each)
