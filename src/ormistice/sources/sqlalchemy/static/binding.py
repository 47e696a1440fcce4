"""Functions of a class as SQLAlchemy calls them: with the class whose table is being made."""

import ast
from copy import deepcopy
from typing import Any

from ormistice.sources.sqlalchemy.static.classes import Model, table_name
from ormistice.sources.sqlalchemy.static.factories import filled
from ormistice.sources.sqlalchemy.static.scope import Elsewhere
from ormistice.sources.sqlalchemy.static.values import Reader, Unknown


def returned(function: ast.FunctionDef, owner: Model, reader: Reader) -> ast.expr | None:
    """What a function returns for a class; None where that is not one expression."""
    found = [each.value for each in ast.walk(function) if isinstance(each, ast.Return) and each.value is not None]
    parameters = [*function.args.posonlyargs, *function.args.args]
    if len(found) != 1:
        return None
    value = filled(found[0], _locals(function))
    return _Bound(parameters[0].arg, owner, reader).visit(deepcopy(value)) if parameters else value


def _locals(function: ast.FunctionDef) -> dict[str, ast.expr]:
    """The names that a function gives a value to once, before anything else happens in it."""
    known: dict[str, ast.expr] = {}
    for statement in function.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name not in known:
                known[name] = filled(value, known)
            case ast.Return() | ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
                pass
            case _:
                return {}
    return known


class _Bound(ast.NodeTransformer):
    """An expression with a class in place of the parameter that stands for it, and with the names of that class."""

    def __init__(self, parameter: str, owner: Model, reader: Reader) -> None:
        self.parameter = parameter
        self.owner = owner
        self.reader = reader

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id != self.parameter or isinstance(node, Elsewhere):
            return node
        return ast.copy_location(Elsewhere(self.owner.file, ast.Name(self.owner.node.name)), node)

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        named = isinstance(node.value, ast.Name) and node.value.id == self.parameter
        name = self._name(node.attr) if named else None
        return self.generic_visit(node) if name is None else ast.copy_location(ast.Constant(name), node)

    def _name(self, attribute: str) -> str | None:
        if attribute == "__name__":
            return self.owner.node.name
        try:
            return table_name(self.owner, self.reader) if attribute == "__tablename__" else None
        except Unknown:
            return None
