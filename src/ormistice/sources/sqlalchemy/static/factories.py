"""Columns that functions of the project make: what a function returns, its parameters replaced by what it was given."""

import ast
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from ormistice.sources.sqlalchemy.static.scope import Elsewhere, External, Known
from ormistice.sources.sqlalchemy.static.values import Call, Reader

_DEPTH = 5
_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_Given = dict[str, ast.expr]


def made(reader: Reader, call: Call, names: tuple[str, ...], depth: int = 0) -> Call | None:
    """A call of one of `names` as it is, or as a function of the project makes it; None for any other call.

    Where the function does more than to return it, the call that is given takes arguments that are not written in it.
    """
    if call.name in names:
        return call
    if not isinstance(call.function, Known) or not isinstance(call.function.node, _Function) or depth > _DEPTH:
        return None
    file, function = call.function.file, call.function.node
    found: list[Call] = []
    for value in _returned(function):
        inner = reader.call(file, value)
        column = None if inner is None else made(reader, inner, names, depth + 1)
        found += [] if column is None else [column]
    if not found:
        return None
    given = _given(call, function)
    if len(found) > 1 or given is None or not _only_returns(function):
        return anything(file, found[0])
    [value] = _returned(function)
    inner = reader.call(file, filled(value, given))
    return None if inner is None else made(reader, inner, names, depth + 1)


def returned(call: Call, depth: int = 0) -> tuple[str, ast.expr] | None:
    """What a function of the project makes of its arguments, with its file; None where it does more than return it."""
    if not isinstance(call.function, Known) or depth > _DEPTH:
        return None
    function = call.function.node
    if not isinstance(function, ast.FunctionDef) or function.decorator_list or not _only_returns(function):
        return None
    given, values = _given(call, function), _returned(function)
    return None if given is None or not values else (call.function.file, filled(values[0], given))


def anything(file: str, call: Call) -> Call:
    """A call like another one, of whose arguments nothing is known."""
    return Call(file, ast.Call(call.node.func, [ast.Starred(ast.Name("_"))], []), call.function)


def unknown(file: str) -> Call:
    """A column of which nothing is known."""
    return anything(file, Call(file, ast.Call(ast.Name("Column"), [], []), External("sqlalchemy.Column")))


def _returned(function: _Function) -> list[ast.expr]:
    if isinstance(function, ast.Lambda):
        return [function.body]
    return [each.value for each in ast.walk(function) if isinstance(each, ast.Return) and each.value is not None]


def _only_returns(function: _Function) -> bool:
    """Whether a function has no statement but the one that returns, a docstring and imports."""
    if isinstance(function, ast.Lambda):
        return True
    stated = function.body[1:] if ast.get_docstring(function) is not None else function.body
    body = [statement for statement in stated if not isinstance(statement, ast.Import | ast.ImportFrom)]
    return len(body) == 1 and isinstance(body[0], ast.Return)


def _given(call: Call, function: _Function) -> _Given | None:
    """The value of each parameter; None where that is not written."""
    arguments = function.args
    if call.spreads or arguments.vararg is not None:
        return None
    parameters = [*arguments.posonlyargs, *arguments.args][_takes_class(function) :]
    given: _Given = {}
    for parameter, default in zip(reversed(parameters), reversed(arguments.defaults), strict=False):
        given[parameter.arg] = default
    for parameter, stated in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        given |= {} if stated is None else {parameter.arg: stated}
    names = [each.arg for each in (*parameters, *arguments.kwonlyargs)]
    own = {
        **dict(zip(names, call.positional, strict=False)),
        **{word.arg: word.value for word in call.node.keywords if word.arg is not None},
    }
    more = {name: value for name, value in own.items() if name not in names}
    if len(call.positional) > len(parameters) or (more and arguments.kwarg is None):
        return None
    given |= {name: Elsewhere(call.file, value) for name, value in own.items() if name in names}
    if arguments.kwarg is not None:
        values: list[ast.expr] = [Elsewhere(call.file, value) for value in more.values()]
        given[arguments.kwarg.arg] = ast.Dict([ast.Constant(name) for name in more], values)
    return given if all(name in given for name in names) else None


def filled(value: ast.expr, given: Mapping[str, ast.expr]) -> ast.expr:
    """An expression with values in place of names."""
    made: ast.expr = _Filled({**given}).visit(deepcopy(value))
    return made


def _takes_class(function: _Function) -> bool:
    """Whether its first parameter is the class that it is called on."""
    listed = [] if isinstance(function, ast.Lambda) else function.decorator_list
    return any(ast.unparse(each) == "classmethod" for each in listed)


class _Filled(ast.NodeTransformer):
    """An expression with values in place of parameters; a dictionary that is spread gives its keywords."""

    def __init__(self, given: _Given) -> None:
        self.given = given

    def visit_Name(self, node: ast.Name) -> Any:
        return self.given.get(node.id, node)

    def visit_Call(self, node: ast.Call) -> Any:
        self.generic_visit(node)
        keywords: list[ast.keyword] = []
        for word in node.keywords:
            match word:
                case ast.keyword(arg=None, value=ast.Dict(keys=keys, values=values)) if all(
                    isinstance(key, ast.Constant) for key in keys
                ):
                    pairs = zip(keys, values, strict=True)
                    keywords += [
                        ast.keyword(str(key.value), value) for key, value in pairs if isinstance(key, ast.Constant)
                    ]
                case _:
                    keywords.append(word)
        node.keywords = keywords
        return node
