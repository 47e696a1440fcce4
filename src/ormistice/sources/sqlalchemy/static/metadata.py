"""What stands with a declarative base: the MetaData of its tables, and what Python's types mean in annotations."""

import ast
from collections.abc import Iterator

from ormistice.sources.sqlalchemy import syntax
from ormistice.sources.sqlalchemy.static.classes import Model
from ormistice.sources.sqlalchemy.static.values import Call, Reader

TypeMap = list[tuple[str, ast.expr, ast.expr]]


def metadata_of(found: Model, reader: Reader) -> Call | None:
    """The MetaData that a class or one of its bases states; None where none does and a plain one is made."""
    for file, each in _stated(found, "metadata", "registry"):
        stated = _metadata_in(reader, reader.call(file, each))
        if stated is not None:
            return stated
    return None


def _stated(found: Model, *names: str) -> Iterator[tuple[str, ast.expr]]:
    """What a class and its bases give to some names, and the expressions that make their bases."""
    for value in found.classes:
        if isinstance(value.node, ast.ClassDef):
            own = [getattr(syntax.attribute(value.node, name), "value", None) for name in names]
            yield from ((value.file, each) for each in (*own, *value.node.bases) if isinstance(each, ast.expr))


def _metadata_in(reader: Reader, made: Call | None) -> Call | None:
    """The MetaData that a call makes, is given, or finds in the registry that it is a method of."""
    if made is None or made.name == "MetaData":
        return made
    if isinstance(made.node.func, ast.Attribute) and made.named("metadata") is None:
        registry = reader.call(made.file, made.node.func.value)
        return None if registry is None else _metadata_in(reader, registry)
    inner = reader.call(made.file, made.named("metadata"))
    return inner if inner is not None and inner.name == "MetaData" else None


def type_map(found: Model, reader: Reader) -> TypeMap | None:
    """The types that annotations stand for beside the usual ones; None where that is not known."""
    stated = found.inherited("type_annotation_map")
    value = getattr(stated[1], "value", None) if stated is not None else None
    if stated is not None:
        return _entries(reader, stated[0].file, value)
    decorated = [
        (each.file, decorator) for each in found.classes for decorator in getattr(each.node, "decorator_list", [])
    ]
    for file, node in (*_stated(found, "registry"), *decorated):
        for made in _makers(reader, file, node):
            given = made.named("type_annotation_map")
            if given is not None:
                return _entries(reader, made.file, given)
    return None if found.unread_bases and not found.is_mapped else []


def _makers(reader: Reader, file: str, node: ast.expr) -> Iterator[Call]:
    """The call that an expression is, and the one that makes the registry of which it is a method."""
    call = reader.call(file, node)
    if call is not None:
        yield call
    place, named = (file, node) if call is None else (call.file, call.node.func)
    owner = reader.call(place, named.value) if isinstance(named, ast.Attribute) else None
    if owner is not None:
        yield owner


def _entries(reader: Reader, file: str, node: ast.expr | None) -> TypeMap | None:
    file, written = reader.written(file, node) if node is not None else (file, ast.Constant(None))
    if not isinstance(written, ast.Dict):
        return None
    entries: TypeMap = []
    for key, value in zip(written.keys, written.values, strict=True):
        inner = _entries(reader, file, value) if key is None else [(file, key, value)]
        if inner is None:
            return None
        entries = [*inner, *entries]  # of two the last one counts
    return entries
