"""Where an application's code uses its models, by `ast`: names that an import brings, and attributes of modules."""

import ast
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from ormistice.findings import Use
from ormistice.model import Schema, Table
from ormistice.names import QualifiedName
from ormistice.sources import shown
from ormistice.sources.sqlalchemy.syntax import parsed
from ormistice.text import Span

_SKIPPED = frozenset({"node_modules", "site-packages", "venv", "env", "build", "dist", "__pycache__"})
_MOST_BYTES = 1_000_000


def uses(schema: Schema, tables: tuple[Table, ...], root: Path) -> Mapping[QualifiedName, tuple[Use, ...]]:
    """Every line below `root` that names a table's class or `Table` object, but those of the file that declares it."""
    symbols: dict[str, list[Table]] = {}
    for table in tables:
        symbol = _symbol(schema, table)
        if symbol is not None:
            symbols.setdefault(symbol, []).append(table)
    found: dict[QualifiedName, dict[Use, None]] = {table.name: {} for table in tables}
    for path in _files(root):
        text = path.read_text("utf-8", errors="replace")
        if any(symbol in text for symbol in symbols):
            file = shown(path)
            for symbol, line in _named(text, frozenset(symbols)):
                for table in symbols[symbol]:
                    if isinstance(table.place, Span) and table.place.file != file:
                        found[table.name][Use(file, line, path.parent.name)] = None
    return {name: tuple(sorted(lines)) for name, lines in found.items()}


def _files(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED and not name.startswith("."))
        for name in sorted(names):
            path = Path(folder, name)
            if name.endswith(".py") and path.is_file() and path.stat().st_size <= _MOST_BYTES:
                yield path


def _symbol(schema: Schema, table: Table) -> str | None:
    """What Python calls a table: its class, or the variable that holds it."""
    if not isinstance(table.place, Span):
        return None
    document = schema.document(table.place.file)
    tree = None if document is None else parsed(document.text)
    if document is None or not isinstance(tree, ast.Module):
        return None
    line = document.position(table.place.start).line
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef(name=name) if node.lineno <= line <= (node.body[0].lineno - 1) or node.lineno == line:
                return name
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)) if (
                node.lineno <= line <= (node.end_lineno or node.lineno) and not isinstance(node.value, ast.Constant)
            ):
                return name
            case _:
                pass
    return None


def _named(text: str, symbols: frozenset[str]) -> Iterator[tuple[str, int]]:
    """(symbol, line) for each use in a module; an import alone is none, for `__init__` hands models on."""
    tree = parsed(text)
    if not isinstance(tree, ast.Module):
        return
    local: dict[str, str] = {}
    modules: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom | ast.Import):
            for alias in node.names:
                known = isinstance(node, ast.ImportFrom) and alias.name in symbols
                if known:
                    local[alias.asname or alias.name] = alias.name
                else:
                    modules.add((alias.asname or alias.name).partition(".")[0])
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Load()) if name in local:
                yield local[name], node.lineno
            case ast.Attribute(value=value, attr=name) if name in symbols and _base(value) in modules:
                yield name, node.lineno
            case _:
                pass


def _base(node: ast.expr) -> str | None:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
