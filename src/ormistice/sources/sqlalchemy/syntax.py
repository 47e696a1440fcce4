"""Python modules as syntax: classes and calls by name, and where each node lies in the text."""

import ast
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from io import StringIO
from typing import Any

from ormistice.parsing import python_module
from ormistice.text import Document, Span

BOM = "\ufeff"
Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One file. `tree` is empty where this interpreter cannot parse it, so that nothing is found and nothing fails.

    `made` is what others make of its nodes and keep, by the nodes' ids.
    """

    document: Document
    tree: ast.Module
    error: SyntaxError | None = None
    made: dict[int, Any] = field(default_factory=dict)
    _calls: dict[int, list[ast.Call]] = field(default_factory=dict)
    _names: dict[int, tuple[str, ...]] = field(default_factory=dict)
    _spans: dict[int, tuple[ast.AST, Span]] = field(default_factory=dict)

    def calls_in(self, node: ast.AST) -> list[ast.Call]:
        """The calls in a node of this module, in the order of the text."""
        if id(node) not in self._calls:
            first = min(getattr(node, "decorator_list", []) or [node], key=_line)
            start, end = _start(first), (getattr(node, "end_lineno", 0), getattr(node, "end_col_offset", 0))
            placed = self._placed
            self._calls[id(node)] = [
                call
                for _, call in placed[bisect_left(placed, start, key=_first) : bisect_left(placed, end, key=_first)]
            ]
        return self._calls[id(node)]

    def names_in(self, annotation: ast.expr) -> tuple[str, ...]:
        """The names in an annotation, outer ones first."""
        if isinstance(annotation, ast.Name):
            return (annotation.id,)
        if id(annotation) not in self._names:
            found = tuple(node.id for node in ast.walk(annotation) if isinstance(node, ast.Name))
            self._names[id(annotation)] = found
        return self._names[id(annotation)]

    def prepare(self) -> None:
        """Find its classes, what they declare, and its calls now, so that looking them up takes no time later."""
        _ = self._placed, self.calls_by_name
        for definition in self.classes.values():
            for node in (definition, *_bound(definition).values()):
                self.span(node)
                self.calls_in(node)
                if isinstance(node, ast.AnnAssign):
                    self.span(node.annotation)
                    self.names_in(node.annotation)

    @cached_property
    def _placed(self) -> list[tuple[tuple[int, int], ast.Call]]:
        """Every call with where it starts, in the order of the text."""
        return [(_start(call), call) for call in in_order(self.calls)]

    @cached_property
    def _lines(self) -> tuple[tuple[int, bytes | None], ...]:
        """Where each line begins, with its bytes where they are more than its characters."""
        starts: list[tuple[int, bytes | None]] = []
        offset = len(self.document.text) - len(self.document.text.removeprefix(BOM))
        for line in StringIO(self.document.text.removeprefix(BOM), newline=""):
            starts.append((offset, None if line.isascii() else line.encode(errors="replace")))
            offset += len(line)
        return tuple(starts) or ((offset, None),)

    def offset(self, line: int, column: int) -> int:
        """Character offset of a position as `ast` counts it: columns are UTF-8 bytes."""
        start, encoded = self._lines[min(line, len(self._lines)) - 1]
        return start + (column if encoded is None else len(encoded[:column].decode(errors="replace")))

    def span(self, node: ast.AST) -> Span:
        """Where a node of this module lies; a definition starts with its first decorator."""
        if id(node) not in self._spans:
            self._spans[id(node)] = node, self._span(node)
        return self._spans[id(node)][1]

    def _span(self, node: ast.AST) -> Span:
        decorators = getattr(node, "decorator_list", None)
        located = min(decorators, key=_line) if decorators else node
        start = self.offset(_line(located), getattr(located, "col_offset", 0))
        if decorators:
            start = self.document.text.rindex("@", 0, start)
        end = self.offset(getattr(node, "end_lineno", None) or 1, getattr(node, "end_col_offset", None) or 0)
        return Span(self.document.path, start, end)

    def text(self, node: ast.AST) -> str:
        """A node's own text."""
        span = self.span(node)
        return self.document.text[span.start : span.end]

    @cached_property
    def classes(self) -> dict[str, ast.ClassDef]:
        """Every class by its qualified name, as Python itself forms it; of several the last."""
        return {name: node for name, node in _definitions(self.tree, "") if isinstance(node, ast.ClassDef)}

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node, outer ones first."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def imported(self) -> dict[str, tuple[int, str, str]]:
        """What `from ... import` binds: local name to (level, module, name)."""
        bound = {}
        for node in self.nodes:
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    bound[alias.asname or alias.name] = (node.level, node.module or "", alias.name)
        return bound

    @cached_property
    def imported_modules(self) -> dict[str, str]:
        """What `import` binds: local name to the module's dotted name."""
        aliases = [alias for node in self.nodes if isinstance(node, ast.Import) for alias in node.names]
        return {
            alias.asname or alias.name.partition(".")[0]: alias.name if alias.asname else alias.name.partition(".")[0]
            for alias in aliases
        }

    @cached_property
    def assigned(self) -> dict[str, ast.expr]:
        """The last value of each name that is assigned at module level."""
        values: dict[str, ast.expr] = {}
        for statement in _at_run_time(self.tree.body):
            for target in targets(statement):
                value = getattr(statement, "value", None)
                if isinstance(value, ast.expr):
                    values[target] = value
        return values

    @cached_property
    def calls(self) -> tuple[ast.Call, ...]:
        """Every call in the module, outer ones first."""
        return tuple(node for node in self.nodes if isinstance(node, ast.Call))

    @cached_property
    def calls_by_name(self) -> dict[str, list[ast.Call]]:
        """The calls of each function name."""
        found: dict[str, list[ast.Call]] = {}
        for call in self.calls:
            found.setdefault(self.function(call), []).append(call)
        return found

    @cached_property
    def functions(self) -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef]:
        """The functions at module level, by name."""
        return {node.name: node for node in self.tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}

    def function(self, call: ast.Call) -> str:
        """The name of what is called, without what it is an attribute of, and as it was called where it comes from."""
        found = self._functions.get(id(call))
        return self._function(call) if found is None else found

    @cached_property
    def _functions(self) -> dict[int, str]:
        return {id(call): self._function(call) for call in self.calls}

    def _function(self, call: ast.Call) -> str:
        match call.func:
            case ast.Name(id=name):
                return self.imported.get(name, (0, "", name))[2]
            case ast.Attribute(attr=name):
                return name
            case _:
                return ""


@lru_cache(maxsize=8)
def parse(document: Document) -> Module:
    """A document as a module."""
    tree = parsed(document.text.removeprefix(BOM))
    return Module(document, ast.Module([], []), tree) if isinstance(tree, SyntaxError) else Module(document, tree)


@lru_cache(maxsize=8)
def parsed(text: str) -> ast.Module | SyntaxError:
    """A text as a tree, or what is wrong with it."""
    try:
        return python_module(text)
    except SyntaxError as error:
        return error
    except (ValueError, RecursionError, MemoryError) as error:
        return SyntaxError(str(error))


def _line(node: ast.AST) -> int:
    return getattr(node, "lineno", None) or 1


def _definitions(node: ast.AST, prefix: str) -> Iterator[tuple[str, Definition]]:
    for each in ast.iter_child_nodes(node):
        if isinstance(each, Definition):
            name = prefix + each.name
            yield name, each
            yield from _definitions(each, f"{name}." if isinstance(each, ast.ClassDef) else f"{name}.<locals>.")
        elif not isinstance(each, ast.expr):
            yield from _definitions(each, prefix)


def targets(statement: ast.stmt) -> tuple[str, ...]:
    """The plain names that a statement binds by assignment or definition."""
    match statement:
        case ast.Assign(targets=named):
            return tuple(target.id for target in named if isinstance(target, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            return (name,)
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return (name,)
        case _:
            return ()


def is_member(name: str) -> bool:
    """Whether a name that the body of an enum class binds is a member's: `_x` is, `_x_`, `__x__` and `__x` are not."""
    if name.startswith("__") and not name.endswith("__"):
        return False  # private to the class
    return not any(
        len(name) > 2 * len(marks)
        and name.startswith(marks)
        and name.endswith(marks)
        and "_" not in (name[len(marks)], name[-len(marks) - 1])
        for marks in ("_", "__")
    )


def attribute(definition: ast.ClassDef, name: str) -> ast.stmt | None:
    """The last statement of a class body, or of a condition in it, that binds `name`."""
    return _bound(definition).get(name)


@lru_cache(maxsize=4096)
def _bound(definition: ast.ClassDef) -> dict[str, ast.stmt]:
    return {name: statement for statement in _statements(definition.body) for name in targets(statement)}


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        yield statement
        match statement:
            case ast.If(body=then, orelse=otherwise):
                yield from _statements(then)
                yield from _statements(otherwise)
            case ast.With(body=inner):
                yield from _statements(inner)
            case ast.Try(body=inner):
                yield from _statements(inner)
            case _:
                pass


def _at_run_time(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run for certain, those of a condition on TYPE_CHECKING included, which never holds."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.If) and "TYPE_CHECKING" in (condition := ast.unparse(statement.test)):
            yield from _at_run_time(statement.body if condition.startswith("not ") else statement.orelse)


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    """The value of a keyword argument."""
    return next((each.value for each in call.keywords if each.arg == name), None)


def entry(value: ast.expr | None, name: str) -> ast.expr | None:
    """The value under a string key of a dictionary display, or of `dict(name=...)`."""
    return next((each for key, each in entries(value) if key == name), None)


def entries(value: ast.expr | None) -> Iterator[tuple[object, ast.expr]]:
    """The literal keys of a dictionary display, or of `dict(name=...)`, with what stands under them."""
    match value:
        case ast.Dict(keys=keys, values=values):
            yield from ((k.value, v) for k, v in zip(keys, values, strict=True) if isinstance(k, ast.Constant))
        case ast.Call(func=ast.Name(id="dict"), keywords=keywords):
            yield from ((each.arg, each.value) for each in keywords)
        case _:
            pass


def calls_in(node: ast.AST) -> Iterator[ast.Call]:
    """The calls in a node, in the order of the text."""
    return iter(in_order(each for each in ast.walk(node) if isinstance(each, ast.Call)))


def in_order(calls: Iterable[ast.Call]) -> list[ast.Call]:
    """Calls in the order of the text, outer ones first."""
    return sorted(
        calls, key=lambda call: (call.lineno, call.col_offset, -(call.end_lineno or 0), -(call.end_col_offset or 0))
    )


def _start(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def _first(placed: tuple[tuple[int, int], ast.Call]) -> tuple[int, int]:
    return placed[0]


def strings(node: ast.AST) -> Iterator[ast.Constant]:
    """The string literals in a node."""
    return (each for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str))


def insertion(call: ast.Call, after: ast.expr | None = None) -> ast.expr | None:
    """The argument of a call behind which another one would be written; None where it has none."""
    # A positional argument may stand behind a keyword one: `f(a=1, *b)`.
    arguments = [*call.args[-1:], *(each.value for each in call.keywords[-1:])]
    return after or max(arguments, key=lambda each: (each.end_lineno or 0, each.end_col_offset or 0), default=None)
