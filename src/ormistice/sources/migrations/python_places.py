"""Where an Alembic migration declares what the catalog knows, as far as it says names in plain text."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from ormistice.names import DEFAULT_SCHEMA, QualifiedName
from ormistice.parsing import python_module
from ormistice.sources.postgres.placing import Key, places
from ormistice.sources.postgres.removing import removed
from ormistice.sources.postgres.scripts import split
from ormistice.text import Document, Span

_SUFFIXES = {
    "ForeignKeyConstraint": "fkey",
    "UniqueConstraint": "key",
    "CheckConstraint": "check",
    "PrimaryKeyConstraint": "pkey",
}
_NAMED_ON_TABLE = frozenset(
    {
        *("create_foreign_key", "create_unique_constraint", "create_check_constraint", "create_primary_key"),
        "create_exclude_constraint",
    }
)


@dataclass(frozen=True, slots=True)
class _Call:
    """A call of an operation; `table` is that of the batch that it belongs to."""

    operation: str
    node: ast.Call
    table: str | None = None


def python_places(document: Document) -> dict[Key, Span]:
    """Places by kind and name, of what `upgrade` creates."""
    return {(kind, name): _span(document, node) for call in _upgrade(document) for kind, name, node in _declared(call)}


def python_drops(document: Document) -> dict[Key, Span]:
    """Places of the calls in `upgrade` that drop a table or a column."""
    return {key: _span(document, call.node) for call in _upgrade(document) for key in _dropped(call)}


def python_removals(document: Document) -> Iterator[tuple[Span, frozenset[str]]]:
    """The places in `upgrade` that drop or rename tables, each with the words that may be their names."""
    for call in _upgrade(document):
        texts = [node.value for node in ast.walk(call.node) if isinstance(node, ast.Constant)]
        names = frozenset(text for text in texts if isinstance(text, str))
        if call.operation == "execute":
            names = frozenset(name for text in names for name in removed(text))
        if names and call.operation in ("drop_table", "rename_table", "execute"):
            yield _span(document, call.node), names


def _upgrade(document: Document) -> Iterator["_Call"]:
    try:
        tree = python_module(document.text)
    except (SyntaxError, ValueError):
        return
    for function in tree.body:
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and function.name == "upgrade":
            yield from _calls(function, {})


def _dropped(call: _Call) -> Iterator[Key]:
    given = [_text(argument) for argument in call.node.args]
    names = given if call.table is None else [call.table, *given]
    schema = _keyword(call.node, "schema") or DEFAULT_SCHEMA
    match call.operation, names:
        case "drop_table", [str(table), *_]:
            yield "table", str(QualifiedName(schema, table))
        case "drop_column", [str(table), str(column), *_]:
            yield "column", f"{QualifiedName(schema, table)}.{column}"
        case _:
            return


def _calls(node: ast.AST, batches: dict[str, str]) -> Iterator[_Call]:
    """The operations below a node; `batches` are the names that stand for `op` with a table."""
    known = dict(batches)
    if isinstance(node, ast.With):
        for item in node.items:
            match item:
                case ast.withitem(
                    context_expr=ast.Call(
                        func=ast.Attribute(attr="batch_alter_table"), args=[ast.Constant(str(table)), *_]
                    ),
                    optional_vars=ast.Name(id=name),
                ):
                    known[name] = table
                case _:
                    continue
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=receiver), attr=operation)) if (
            receiver == "op" or receiver in known
        ):
            yield _Call(operation, node, known.get(receiver))
    for inside in ast.iter_child_nodes(node):
        yield from _calls(inside, known)


def _declared(call: _Call) -> Iterator[tuple[str, str, ast.AST]]:
    arguments = [_text(argument) for argument in call.node.args]
    if call.operation == "execute":
        yield from _of_sql(call.node)
        return
    shift = 0 if call.table is not None else 1
    table = call.table if call.table is not None else _table_name(call.operation, arguments)
    if table is None:
        return
    name = QualifiedName(_keyword(call.node, "schema") or DEFAULT_SCHEMA, table)
    if call.operation == "create_table":
        yield "table", str(name), call.node
        yield from (fact for part in call.node.args[1:] for fact in _part(name, part))
    elif call.operation == "add_column":
        yield from (fact for part in call.node.args[shift:] for fact in _part(name, part))
    elif call.operation == "create_index" and arguments[:1] and arguments[0]:
        yield "index", str(QualifiedName(name.schema, arguments[0])), call.node
    elif call.operation in _NAMED_ON_TABLE and arguments[:1] and arguments[0]:
        yield "constraint", f"{name}.{arguments[0]}", call.node


def _table_name(operation: str, arguments: list[str | None]) -> str | None:
    at = 1 if operation == "create_index" or operation in _NAMED_ON_TABLE else 0
    return arguments[at] if at < len(arguments) else None


def _part(table: QualifiedName, node: ast.expr) -> Iterator[tuple[str, str, ast.AST]]:
    """A column or a constraint among the arguments of create_table or add_column."""
    if not isinstance(node, ast.Call):
        return
    kind = (
        node.func.attr
        if isinstance(node.func, ast.Attribute)
        else node.func.id
        if isinstance(node.func, ast.Name)
        else ""
    )
    given = [_text(argument) for argument in node.args]
    if kind == "Column" and given[:1] and given[0]:
        yield "column", f"{table}.{given[0]}", node
        yield "constraint", f"{table}.{table.name}_{given[0]}_fkey", node
        yield "constraint", f"{table}.{table.name}_{given[0]}_key", node
    elif kind in _SUFFIXES:
        listed = node.args[0].elts if node.args and isinstance(node.args[0], ast.List | ast.Tuple) else node.args
        columns = (
            [text for text in map(_text, listed) if text]
            if kind in ("ForeignKeyConstraint", "UniqueConstraint")
            else []
        )
        derived = "_".join((table.name, *columns, _SUFFIXES[kind]))
        yield "constraint", f"{table}.{_keyword(node, 'name') or derived}", node


def _of_sql(node: ast.Call) -> Iterator[tuple[str, str, ast.AST]]:
    """What the SQL creates that is executed as a literal, bare or in `text()`."""
    argument = node.args[0] if node.args else None
    if isinstance(argument, ast.Call) and argument.args:
        argument = argument.args[0]
    text = None if argument is None else _text(argument)
    for kind, name in places([("", split(text))]) if text else ():
        yield kind, name, node


def _keyword(node: ast.Call, name: str) -> str | None:
    return next((_text(keyword.value) for keyword in node.keywords if keyword.arg == name), None)


def _text(node: ast.expr) -> str | None:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Call(func=ast.Attribute(attr="f"), args=[ast.Constant(value=str(text))]):
            return text
        case _:
            return None


def _span(document: Document, node: ast.AST) -> Span:
    # Offsets of ast count bytes of UTF-8.
    start, end = (
        document.offset(line, len(document.line(line).encode()[:column].decode(errors="ignore")) + 1)
        for line, column in ((node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset))  # type: ignore[attr-defined]
    )
    return Span(document.path, start, end)
