"""Classes and calls of a module in the order of the text, and whether importing it makes them for certain."""

import ast
from collections.abc import Iterable, Iterator

from ormistice.sources.sqlalchemy.static.scope import never_runs

Definition = ast.ClassDef | ast.Call
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def definitions(body: Iterable[ast.AST], *, sure: bool = True) -> Iterator[tuple[Definition, bool]]:
    """Each class and call, and False with one that a condition, a loop or a function may leave out or repeat."""
    for node in body:
        if isinstance(node, Definition):
            yield node, sure
        match node:
            case ast.If(test=test, body=then, orelse=otherwise):
                reversed_test = (
                    isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) and never_runs(test.operand)
                )
                yield from () if never_runs(test) else definitions(then, sure=sure and reversed_test)
                yield from definitions(otherwise, sure=sure and never_runs(test))
            case ast.For() | ast.AsyncFor() | ast.While() | ast.ExceptHandler() | ast.IfExp():
                yield from definitions(ast.iter_child_nodes(node), sure=False)
            case _ if isinstance(node, (*_FUNCTIONS, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
                yield from definitions(ast.iter_child_nodes(node), sure=False)
            case _:
                yield from definitions(ast.iter_child_nodes(node), sure=sure)
