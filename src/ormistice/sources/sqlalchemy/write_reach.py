"""Names that other modules of the project bind, in the one that is edited."""

from ormistice.model import Schema
from ormistice.sources.sqlalchemy.syntax import Module
from ormistice.sources.sqlalchemy.write_layout import module_of
from ormistice.sources.sqlalchemy.write_names import Names, bound, rebound


def within_reach(schema: Schema, names: Names, module: Module, own: str) -> str | None:
    """What a module binds at its top by the name that it has, or by an import gets, in the one that is edited."""
    own_import = bound(module).get(own)
    if own not in rebound(module) and own_import is None:
        return None
    if module is names.module:
        return own
    for local, path in bound(names.module).items():
        if path.rpartition(".")[2] == own:
            return local
    if own not in rebound(module) and own_import is not None and not own_import.startswith("."):
        return names.name(own_import.rpartition(".")[0], own)
    known = {path for each in schema.documents for path in bound(module_of(each)).values()}
    stem = module.document.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    for path in sorted(known):
        source, _, last = path.rpartition(".")
        if last == own and source and not source.startswith(".") and f".{stem}".endswith(f".{source}"):
            return names.name(source, last)
    return None
