"""How a module names what another one exports: by a name it has, or by one that it has to import."""

import os
from collections.abc import Callable
from pathlib import PurePath

from ormistice.names import QualifiedName, truncated
from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.modules import Loaded, Project
from ormistice.sources.drizzle.resolve import is_relative
from ormistice.sources.drizzle.values import Enum, Namespace, Record, Table, Value, text_of
from ormistice.sources.drizzle.write_draft import Draft
from ormistice.sources.drizzle.write_lists import UnwritableError


def named_table(draft: Draft, loaded: Loaded, name: QualifiedName, hidden: set[str]) -> tuple[str, Table]:
    """What the module calls a table, which it imports if it does not know it yet."""
    found, value = _named(draft, loaded, lambda value: _is_table(draft, value, name), hidden)
    assert isinstance(value, Table)  # noqa: S101 - that is how it was found
    return found, value


def named_enum(draft: Draft, loaded: Loaded, name: QualifiedName, hidden: set[str]) -> str:
    """What the module calls an enum, which it imports if it does not know it yet."""
    return _named(draft, loaded, lambda value: is_enum(value, name), hidden)[0]


def named_namespace(draft: Draft, loaded: Loaded, schema: str) -> str:
    """What the module calls the `pgSchema` of that name, which it imports."""

    def wanted(value: Value) -> bool:
        return isinstance(value, Namespace) and text_of(value.name) == schema

    return _imported(draft, loaded, wanted, set())[0]


def is_enum(value: Value, name: QualifiedName) -> bool:
    """Whether a value is the enum of that name."""
    if not isinstance(value, Enum):
        return False
    schema = "public" if value.schema is None else text_of(value.schema)
    return QualifiedName(schema or "", truncated(text_of(value.name) or "")) == name


def columns_of(
    draft: Draft, owner: str, table: Table, columns: tuple[str, ...], access: Callable[[str, str], str]
) -> list[str]:
    """Expressions for columns of a table that is called `owner`."""
    keys = keys_of(draft, table)
    if not all(column in keys for column in columns):
        raise UnwritableError
    return [access(owner, keys[column]) for column in columns]


def keys_of(draft: Draft, table: Table) -> dict[str, str]:
    """The key of every column of a table, by the column's name."""
    entries = table.columns.entries if isinstance(table.columns, Record) else {}
    named = ((draft.names.column(table, key), key) for key in entries)
    return {name: key for name, key in named if isinstance(name, str)}


def _is_table(draft: Draft, value: Value, name: QualifiedName) -> bool:
    return isinstance(value, Table) and draft.names.table(value) == name


def _named(draft: Draft, loaded: Loaded, wanted: Callable[[Value], bool], hidden: set[str]) -> tuple[str, Value]:
    for name, binding in loaded.scope.names.items():
        value = binding.get() if name not in hidden else None
        if value is not None and wanted(value):
            return name, value
    return _imported(draft, loaded, wanted, hidden)


def _imported(draft: Draft, loaded: Loaded, wanted: Callable[[Value], bool], hidden: set[str]) -> tuple[str, Value]:
    for other in sorted(draft.project.loaded.values(), key=lambda other: other.document.path):
        if other is loaded:
            continue
        for name, exported in other.exports.items():
            value = exported.get() if name != "default" else None
            if value is not None and wanted(value) and _declares(draft.project, other, value):
                if name in hidden or name in loaded.scope.names:
                    raise UnwritableError
                draft.want(loaded, specifier(loaded, other), name)
                return name, value
    raise UnwritableError


def _declares(project: Project, module: Loaded, value: Value) -> bool:
    place = value.declaration if isinstance(value, Table) else value.place
    return project.at(place.file) is module


def specifier(loaded: Loaded, other: Loaded) -> str:
    """The path of `other` as imports of `loaded` are written, with a suffix only if theirs have one."""
    imports = [statement for statement in loaded.module.statements if isinstance(statement, nodes.Import)]
    written = os.path.relpath(other.file.with_suffix(""), loaded.file.parent).replace(os.sep, "/")
    relative = [statement.module for statement in imports if is_relative(statement.module)]
    suffixes = {PurePath(module).suffix for module in relative} & {".js", ".ts", ".mjs", ".mts"}
    suffix = suffixes.pop() if len(suffixes) == 1 else ""
    return f"{'' if written.startswith('.') else './'}{written}{suffix}"
