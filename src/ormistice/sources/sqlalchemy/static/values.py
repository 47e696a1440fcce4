"""Calls and constants as values: what can be known of an argument without running anything."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ormistice.sources.sqlalchemy import syntax
from ormistice.sources.sqlalchemy.static.scope import External, Known, Project, Value

_LARGE = 1 << 20


class Unknown(Exception):  # noqa: N818 - no error: what is asked cannot be told from the text
    """What an expression means cannot be told without running it."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call with what is called, resolved; `positional` and `named` are still expressions of the module `file`."""

    file: str
    node: ast.Call
    function: Value

    @property
    def name(self) -> str:
        """The last part of what is called, if that is external."""
        return self.function.name if isinstance(self.function, External) else ""

    @property
    def positional(self) -> list[ast.expr]:
        """The positional arguments; a `Table` of Flask-SQLAlchemy may leave out its MetaData, which is then None."""
        given = self.node.args
        left_out = isinstance(self.function, External) and self.function.path == "flask_sqlalchemy.Table"
        if left_out and len(given) > 1 and isinstance(given[1], ast.Call | ast.Starred):
            return [given[0], ast.Constant(None), *given[1:]]
        return given

    def named(self, *names: str) -> ast.expr | None:
        """The first keyword argument of these names."""
        found = (syntax.keyword(self.node, name) for name in names)
        return next((value for value in found if value is not None), None)

    @property
    def spreads(self) -> bool:
        """Whether it takes arguments that are not written in it."""
        return any(isinstance(each, ast.Starred) for each in self.node.args) or any(
            each.arg is None for each in self.node.keywords
        )


def _enum(project: Project, found: Value) -> tuple[str, ast.ClassDef] | None:
    """A class of members with the module it is written in; None for anything else."""
    if not isinstance(found, Known) or not isinstance(found.node, ast.ClassDef):
        return None
    lineage = project.lineage(found.file, found.node)
    counted = any(isinstance(each, External) and each.name.endswith("Enum") for each in lineage)
    return (found.file, found.node) if counted else None


@dataclass(frozen=True)
class Reader:
    """Reads expressions of a project, as they are in the environment that it would be imported in."""

    project: Project
    environment: Mapping[str, str] = field(default_factory=dict)

    def call(self, file: str, node: ast.AST | None) -> Call | None:
        """An expression as a call, names followed."""
        if node is None:
            return None
        found = self.project.resolve(file, node)
        if isinstance(found, Known) and isinstance(found.node, ast.Call):
            return Call(found.file, found.node, self.project.resolve(found.file, found.node.func))
        return None

    def calls(self, file: str, nodes: list[ast.expr]) -> list[Call]:
        """Those of some expressions that are calls."""
        return [call for node in nodes if (call := self.call(file, node)) is not None]

    def written(self, file: str, node: ast.AST) -> tuple[str, ast.AST]:
        """An expression where it is written out, names followed, and the module it stands in."""
        found = self.project.resolve(file, node)
        return (found.file, found.node) if isinstance(found, Known) else (file, node)

    def constant(self, file: str, node: ast.AST | None) -> Any:
        """The value of a literal, or of a name for one. Raises Unknown."""
        if node is None:
            return None
        found = self.project.resolve(file, node)
        if not isinstance(found, Known):
            return self._of_member(file, node)
        match found.node:
            case ast.Constant(value=value):
                return value
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
                return -value
            case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
                return [self.constant(found.file, item) for item in items]
            case ast.BinOp() as operation:
                return self._operated(found.file, operation)
            case ast.JoinedStr(values=parts):
                return "".join(str(self.constant(found.file, self._part(part))) for part in parts)
            case ast.Call() as call:
                return self._called(found.file, call)
            case _:
                pass
        raise Unknown(ast.unparse(node) if isinstance(node, ast.expr) else "?")

    def _operated(self, file: str, operation: ast.BinOp) -> Any:
        """What an operator makes of two values. Raises Unknown."""
        match operation:
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self._joined(file, left, right)
            case ast.BinOp(left=left, op=ast.Mult() | ast.Pow() as op, right=right):
                return self._product(file, left, op, right)
            case ast.BinOp(left=left, op=ast.Mod(), right=right):
                return self._filled_in(file, left, "%s", right.elts if isinstance(right, ast.Tuple) else [right])
            case _:
                raise Unknown(ast.unparse(operation))

    def _called(self, file: str, call: ast.Call) -> Any:
        """What a call of the environment or of a method of a string gives. Raises Unknown."""
        match call:
            case ast.Call(func=function, args=[name, *default], keywords=[]) if self._asks(file, function):
                unset = self.constant(file, default[0] if default else None)
                return self.environment.get(str(self.constant(file, name)), unset)
            case ast.Call(func=ast.Attribute(value=inner, attr="format"), args=values, keywords=[]):
                return self._filled_in(file, inner, "{}", values)
            case ast.Call(func=ast.Attribute(value=inner, attr="lower"), args=[], keywords=[]):
                return (self.text(file, inner) or "").lower()
            case _:
                raise Unknown(ast.unparse(call))

    def _filled_in(self, file: str, pattern: ast.expr, gap: str, values: list[ast.expr]) -> str:
        """A string with values in its gaps; none that asks for more than that. Raises Unknown."""
        pieces = (self.text(file, pattern) or "").split(gap)
        marks = "%" if gap == "%s" else gap
        if len(pieces) != len(values) + 1 or any(mark in piece for mark in marks for piece in pieces):
            raise Unknown(ast.unparse(pattern))
        texts = [self.constant(file, value) for value in values]
        if not all(isinstance(text, (str, int)) for text in texts):
            raise Unknown(ast.unparse(pattern))
        return "".join(each for pair in zip(pieces, (*map(str, texts), ""), strict=True) for each in pair)

    def _of_member(self, file: str, node: ast.AST) -> Any:
        """`value` or `name` of a member of an enum. Raises Unknown."""
        match node:
            case ast.Attribute(value=ast.Attribute(value=owner, attr=member), attr="value" | "name" as asked):
                found = _enum(self.project, self.project.resolve(file, owner))
                statement = None if found is None else syntax.attribute(found[1], member)
                if found is not None and isinstance(statement, ast.Assign):
                    return member if asked == "name" else self.constant(found[0], statement.value)
            case _:
                pass
        raise Unknown(ast.unparse(node) if isinstance(node, ast.expr) else "?")

    def _asks(self, file: str, function: ast.expr) -> bool:
        called = self.project.resolve(file, function)
        return isinstance(called, External) and called.path in ("os.environ.get", "os.getenv")

    def _joined(self, file: str, left: ast.expr, right: ast.expr) -> Any:
        first, second = self.constant(file, left), self.constant(file, right)
        if type(first) is type(second) and isinstance(first, (str, list)):
            return first + second
        raise Unknown

    def _product(self, file: str, left: ast.expr, op: ast.operator, right: ast.expr) -> int:
        first, second = self.constant(file, left), self.constant(file, right)
        if isinstance(first, int) and isinstance(second, int) and 0 <= second < _LARGE:
            return first * second if isinstance(op, ast.Mult) else int(first**second)
        raise Unknown

    @staticmethod
    def _part(part: ast.expr) -> ast.expr:
        return (
            part.value
            if isinstance(part, ast.FormattedValue) and part.format_spec is None and part.conversion < 0
            else part
        )

    def flag(self, file: str, node: ast.expr | None, *, default: bool) -> bool:
        """A literal True or False. Raises Unknown."""
        value = self.constant(file, node)
        if value is None:
            return default
        if isinstance(value, bool):
            return value
        raise Unknown

    def sql(self, file: str, node: ast.AST | None) -> str | None:
        """A string of SQL as `text()` takes it, where a backslash keeps a colon from naming a parameter."""
        text = self.text(file, node)
        return None if text is None else text.replace("\\:", ":")

    def text(self, file: str, node: ast.AST | None) -> str | None:
        """A string, or the string that `text()` takes. Raises Unknown."""
        call = self.call(file, node)
        if call is not None and call.name in ("text", "quoted_name", "conv", "literal_column") and call.positional:
            return self.text(call.file, call.positional[0])
        value = self.constant(file, node)
        if value is None or isinstance(value, str):
            return value
        raise Unknown
