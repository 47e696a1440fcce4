"""How a module names a table of another one: by a name it has, or by one that it has to import."""

import os
from pathlib import PurePath

from ormistice.fixes import Edit
from ormistice.names import QualifiedName
from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.find import shadowing
from ormistice.sources.drizzle.modules import Loaded, Project
from ormistice.sources.drizzle.names import Names
from ormistice.sources.drizzle.naming import Rules
from ormistice.sources.drizzle.resolve import is_relative
from ormistice.sources.drizzle.spelling import style_of
from ormistice.sources.drizzle.values import Record, Table
from ormistice.text import Span


class Targets:
    """The tables of a project, to be named by its modules."""

    def __init__(self, project: Project, rules: Rules) -> None:
        self.project = project
        self.names = Names(rules)

    def written(
        self, loaded: Loaded, path: list[object], table: QualifiedName, columns: tuple[str, ...]
    ) -> tuple[list[str], list[Edit]] | None:
        """Expressions for `columns` of `table` at the place that `path` leads to, and the imports that they need."""
        hidden = shadowing(path)
        local = self._named_in(loaded, table, hidden)
        if local is not None:
            name, found = local
            return self._expressions(name, found, columns, [])
        imported = self._importable(loaded, table, hidden)
        if imported is None:
            return None
        name, found, edit = imported
        return self._expressions(name, found, columns, [edit])

    def _expressions(
        self, name: str, table: Table, columns: tuple[str, ...], imports: list[Edit]
    ) -> tuple[list[str], list[Edit]] | None:
        keys = {self.names.column(table, key): key for key in _keys(table)}
        if not all(column in keys for column in columns):
            return None
        return [name + _access(keys[column]) for column in columns], imports

    def _named_in(self, loaded: Loaded, table: QualifiedName, hidden: set[str]) -> tuple[str, Table] | None:
        for name, binding in loaded.scope.names.items():
            value = binding.get() if name not in hidden else None
            if isinstance(value, Table) and self.names.table(value) == table:
                return name, value
        return None

    def _importable(self, loaded: Loaded, table: QualifiedName, hidden: set[str]) -> tuple[str, Table, Edit] | None:
        for other in sorted(self.project.loaded.values(), key=lambda other: other.document.path):
            if other is loaded:
                continue
            for name, exported in other.exports.items():
                value = exported.get() if name != "default" else None
                if isinstance(value, Table) and self.names.table(value) == table and _declares(other, value):
                    if name in hidden or name in loaded.scope.names:
                        return None
                    return name, value, _import_edit(loaded, other, name)
        return None


def _declares(module: Loaded, table: Table) -> bool:
    return table.declaration.file == module.document.path


def _keys(table: Table) -> list[str]:
    return list(table.columns.entries) if isinstance(table.columns, Record) else []


def _access(key: str) -> str:
    plain = key.replace("_", "a").replace("$", "a")
    if plain.isalnum() and not key[0].isdigit():
        return f".{key}"
    return '["' + key.replace("\\", "\\\\").replace('"', '\\"') + '"]'


def _import_edit(loaded: Loaded, other: Loaded, name: str) -> Edit:
    """`name` added to an import that is there, or a line of its own."""
    path, text = loaded.document.path, loaded.document.text
    imports = [statement for statement in loaded.module.statements if isinstance(statement, nodes.Import)]
    specifier = _specifier(loaded, other, imports)
    for statement in imports:
        if statement.module == specifier and statement.names and _has_braces(text, statement):
            close = text.rindex("}", statement.start, statement.end)
            return _added_name(path, text, text.index("{", statement.start), close, name)
    style = style_of(loaded.module, text)
    line = f"import {style.braced(name)} from {style.quoted(specifier)}{style.semicolon}"
    if imports:
        return Edit(Span(path, imports[-1].end, imports[-1].end), f"{style.newline}{line}")
    start = loaded.module.statements[0].start if loaded.module.statements else 0
    return Edit(Span(path, start, start), f"{line}{style.newline}")


def _added_name(path: str, text: str, opening: int, closing: int, name: str) -> Edit:
    inside = text[:closing].rstrip()
    first = text[opening + 1 : closing]
    gap = first[: len(first) - len(first.lstrip())] if "\n" in first else " "
    at = Span(path, len(inside), len(inside))
    if inside.endswith(","):
        return Edit(at, f"{gap}{name},")
    return Edit(at, f",{gap}{name}")


def _has_braces(text: str, statement: nodes.Import) -> bool:
    return "{" in text[statement.start : statement.end] and not text[statement.start :].startswith("import type")


def _specifier(loaded: Loaded, other: Loaded, imports: list[nodes.Import]) -> str:
    """The path of `other` as imports of `loaded` are written, with a suffix only if theirs have one."""
    written = os.path.relpath(other.file.with_suffix(""), loaded.file.parent).replace(os.sep, "/")
    relative = [statement.module for statement in imports if is_relative(statement.module)]
    suffixes = {PurePath(module).suffix for module in relative} & {".js", ".ts", ".mjs", ".mts"}
    suffix = suffixes.pop() if len(suffixes) == 1 else ""
    return f"{'' if written.startswith('.') else './'}{written}{suffix}"
