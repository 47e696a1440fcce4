"""What migrations that were passed over may have changed: of a table that they name, only the name is known."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ormistice.model import Column, ForeignKey, Schema, Table
from ormistice.parsing import python_module
from ormistice.sources.migrations.foreign import words
from ormistice.sources.migrations.replay import Step
from ormistice.sources.postgres.reflect import EXPRESSES
from ormistice.sources.postgres.scripts import words_in
from ormistice.text import Document


def without_certainty(schema: Schema, steps: Sequence[Step]) -> Schema:
    """`schema`, which claims nothing of tables that a migration speaks of which has not been run."""
    return unknown(schema, frozenset(word for step in steps if step.passed_over for word in _words(step.document)))


def unknown(schema: Schema, named: frozenset[str]) -> Schema:
    """`schema`, which knows of the tables that are `named` no more than the names."""
    return replace(schema, tables=tuple(_table(table, named) for table in schema.tables)) if named else schema


def _words(document: Document) -> Iterator[str]:
    """Every word in the texts of a Python file, bare names and SQL alike; of another program, every word."""
    if not document.path.endswith(".py"):
        yield from words(document.text)
        return
    try:
        tree = python_module(document.text)
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)):
                yield text
                yield from (word for word, _ in words_in(text))
            case _:
                continue


def _table(table: Table, words: frozenset[str]) -> Table:
    if table.name.name not in words:
        return replace(table, foreign_keys=tuple(_key(key, words) for key in table.foreign_keys))
    return replace(
        table,
        columns=tuple(_column(column) for column in table.columns),
        foreign_keys=tuple(_unsaid(key) for key in table.foreign_keys),
        row_security=None,
        comment=None,
        unread=EXPRESSES,
    )


def _column(column: Column) -> Column:
    return replace(column, type=None, nullable=None, default=None, identity=None, generated=None, collation=None)


def _key(key: ForeignKey, words: frozenset[str]) -> ForeignKey:
    """A key whose referenced table may be called otherwise by now."""
    named = key.references is not None and key.references.value.table.name in words
    return replace(key, references=None) if named else key


def _unsaid(key: ForeignKey) -> ForeignKey:
    return replace(key, references=None, on_delete=None, on_update=None, deferrability=None)
