"""What is to be edited: the class or the call that makes a table, the statement or the call that makes a column."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum as Enumeration
from functools import cached_property

from ormistice.model import Column, Schema, Table
from ormistice.names import QualifiedName
from ormistice.sources.sqlalchemy import syntax
from ormistice.sources.sqlalchemy.syntax import Module
from ormistice.sources.sqlalchemy.target import names_table
from ormistice.sources.sqlalchemy.write_layout import module_of
from ormistice.sources.sqlalchemy.write_names import CORE, ORM, Names
from ormistice.stated import Place
from ormistice.text import Span

CONSTRUCTORS = ("Column", "mapped_column", "Field")


class Style(Enumeration):
    """How columns are declared."""

    SQLMODEL = "Field"
    MAPPED = "mapped_column"
    DECLARATIVE = "Column"
    CORE = "Table"


@dataclass(frozen=True)
class TableText:
    """A table in the text. `node` is its class, or the call that makes it; `core` the call, also that in a class.

    `last` is another node of the module behind which a table like this one would be written.
    """

    schema: Schema
    table: Table
    module: Module
    node: ast.ClassDef | ast.Call
    last: ast.AST | None = None

    @cached_property
    def core(self) -> ast.Call | None:
        """The `Table` call."""
        if isinstance(self.node, ast.Call):
            return self.node
        value = getattr(syntax.attribute(self.node, "__table__"), "value", None)
        return value if isinstance(value, ast.Call) else None

    @property
    def definition(self) -> ast.ClassDef | None:
        """The class, unless a `Table` call in it makes the table."""
        return self.node if isinstance(self.node, ast.ClassDef) and self.core is None else None

    @cached_property
    def style(self) -> Style:
        """How its columns are declared, or those of other classes of the module where it has none."""
        if self.definition is None:
            return Style.CORE
        return class_style(self.module, self.definition)

    @cached_property
    def prefix(self) -> str | None:
        """The variable through which the module reaches SQLAlchemy, as `db` of Flask-SQLAlchemy."""
        bases = self.node.bases if isinstance(self.node, ast.ClassDef) else []
        found = [
            base.value.id for base in bases if isinstance(base, ast.Attribute) and isinstance(base.value, ast.Name)
        ]
        if not found and isinstance(self.node, ast.Call) and isinstance(self.node.func, ast.Attribute):
            value = self.node.func.value
            found = [value.id] if isinstance(value, ast.Name) else []
        return next(
            (name for name in found if name in self.module.assigned or _imports_object(self.module, name)), None
        )

    def names(self) -> Names:
        """A speller for text in it."""
        scope = self.node if isinstance(self.node, ast.ClassDef) else None
        return Names(self.module, scope, self.prefix)

    def constructor(self, names: Names, word: str) -> str:
        """`Column`, `mapped_column` or `Field` as the module calls it."""
        for call in self.module.calls_in(self.node):
            if self.module.function(call) == word:
                return self.module.text(call.func)
        return names.name({"mapped_column": ORM, "Field": "sqlmodel"}.get(word, CORE), word)

    def statement(self, name: str) -> ast.stmt | None:
        """The statement of the class that binds a name."""
        return None if self.definition is None else syntax.attribute(self.definition, name)


def _imports_object(module: Module, name: str) -> bool:
    """Whether a name is imported from a module of the project, and so may be a Flask-SQLAlchemy object."""
    found = module.imported.get(name)
    return found is not None and not found[1].startswith(("sqlalchemy", "sqlmodel"))


def class_style(module: Module, definition: ast.ClassDef) -> Style:
    """How a class declares columns."""
    words = {word.arg for word in definition.keywords}
    if "table" in words:
        return Style.SQLMODEL
    for node in (definition, module.tree):
        called = {module.function(call) for call in module.calls_in(node)}
        if "mapped_column" in called or _is_annotated(node):
            return Style.MAPPED
        if "Column" in called:
            return Style.DECLARATIVE
    return Style.MAPPED


def _is_annotated(node: ast.AST) -> bool:
    annotations = [each.annotation for each in ast.walk(node) if isinstance(each, ast.AnnAssign)]
    return any(
        isinstance(each, ast.Subscript) and isinstance(each.value, ast.Name) and each.value.id == "Mapped"
        for each in annotations
    )


def module_at(schema: Schema, place: Place) -> Module | None:
    """The module that a place lies in."""
    document = schema.document(place.file) if isinstance(place, Span) else None
    return None if document is None else module_of(document)


def table_text(schema: Schema, name: QualifiedName) -> TableText | None:
    """A table in the text; None where no text is its own."""
    table = schema.table(name)
    module = None if table is None else module_at(schema, table.place)
    if (
        table is None
        or module is None
        or any(other.place == table.place for other in schema.tables if other is not table)
    ):
        return None
    for definition in module.classes.values():
        if module.span(definition) == table.place:
            return TableText(schema, table, module, definition)
    for call in module.calls_by_name.get("Table", []):
        if module.span(call) == table.place:
            return TableText(schema, table, module, call)
    return None


@dataclass(frozen=True)
class ColumnText:
    """A column in the text: a statement of a class, or a call. `shared`: it stands in a base of the table's class."""

    owner: TableText
    column: Column
    module: Module
    node: ast.stmt | ast.Call
    shared: bool

    @property
    def scope(self) -> ast.ClassDef | None:
        """The class that the statement stands in."""
        for definition in self.module.classes.values():
            if any(statement is self.node for statement in definition.body):
                return definition
        return None

    def names(self) -> Names:
        """A speller for text in it."""
        return Names(self.module, self.scope, self.owner.prefix)


def column_text(owner: TableText, name: str) -> ColumnText | None:
    """A column in the text; None where its text makes columns of several tables, or is not found."""
    column = owner.table.column(name)
    module = None if column is None else module_at(owner.schema, column.place)
    if column is None or module is None or column.place == owner.table.place:
        return None
    node = next((node for node in _candidates(module) if module.span(node) == column.place), None)
    if node is None or not isinstance(node, (ast.AnnAssign, ast.Assign, ast.Call)):
        return None
    alike = [
        other.name
        for other in owner.schema.tables
        for each in other.columns
        if each.place == column.place and (other, each) != (owner.table, column)
    ]
    inside = module is owner.module and any(each is node for each in ast.walk(owner.node))
    found = ColumnText(owner, column, module, node, not inside)
    return None if alike or (not inside and _several(owner.schema, found.scope)) else found


def _candidates(module: Module) -> Iterator[ast.stmt | ast.Call]:
    for definition in module.classes.values():
        yield from definition.body
    yield from module.calls_by_name.get("Column", [])


def _several(schema: Schema, scope: ast.ClassDef | None) -> bool:
    """Whether a class may lend its columns to more than one table, as far as the files that were read tell."""
    if scope is None:
        return True
    classes = [each for document in schema.documents for each in module_of(document).classes.values()]
    heirs, found = {scope.name}, 0
    for _ in classes:
        more = {each.name for each in classes if each.name not in heirs and heirs & set(_bases(each))}
        if not more:
            break
        heirs |= more
    places = {table.place for table in schema.tables}
    for document in schema.documents:
        module = module_of(document)
        for each in module.classes.values():
            mapped = names_table(each) or module.span(each) in places
            found += each.name in heirs and each is not scope and mapped
    return found != 1


def _bases(definition: ast.ClassDef) -> Iterator[str]:
    for base in definition.bases:
        match base:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield name
            case _:
                pass


def column_node(schema: Schema, column: Column) -> tuple[Module, ast.stmt | ast.Call] | None:
    """The text of a column, also where it makes columns of several tables."""
    module = module_at(schema, column.place)
    found = [] if module is None else [node for node in _candidates(module) if module.span(node) == column.place]
    return (module, found[0]) if module is not None and found else None


def main_module(schema: Schema) -> Module | None:
    """The module that declares most tables, the first of several."""
    files = [table.place.file for table in schema.tables if isinstance(table.place, Span)]
    documents = [each for each in schema.documents if each.path in files]
    most = max(documents, key=lambda each: files.count(each.path), default=None)
    return None if most is None else module_of(most)
