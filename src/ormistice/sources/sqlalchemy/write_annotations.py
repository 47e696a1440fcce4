"""Annotations of columns: the type inside `Mapped`, and whether it takes None."""

import ast

from ormistice.sources.sqlalchemy.syntax import Module
from ormistice.sources.sqlalchemy.write_names import Names, bound

_MAPPED = ("Mapped", "MappedColumn")


def named(node: ast.expr) -> str:
    """The last part of a name."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def is_mapped(annotation: ast.expr) -> bool:
    """Whether it is `Mapped[...]`."""
    return isinstance(annotation, ast.Subscript) and named(annotation.value) in _MAPPED


def inner(annotation: ast.expr) -> ast.expr:
    """What stands in `Mapped`; else the annotation itself."""
    return annotation.slice if isinstance(annotation, ast.Subscript) and is_mapped(annotation) else annotation


def core(annotation: ast.expr) -> ast.expr | None:
    """The type without None; None where it is not a plain one in an `Optional` or a union with None."""
    match inner(annotation):
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            kept = [each for each in (left, right) if not _is_none(each)]
        case ast.Subscript(value=value, slice=inside) if named(value) == "Optional":
            kept = [inside]
        case ast.Subscript(value=value, slice=ast.Tuple(elts=elts)) if named(value) == "Union":
            kept = [each for each in elts if not _is_none(each)]
        case other:
            kept = [other]
    return kept[0] if len(kept) == 1 and not _is_union(kept[0]) else None


def is_optional(annotation: ast.expr) -> bool:
    """Whether None is among the types."""
    found = core(annotation)
    return found is not None and found is not inner(annotation)


def is_plain(annotation: ast.expr) -> bool:
    """Whether nothing in it is a string, and nothing is annotated elsewhere."""
    return not any(
        (isinstance(each, ast.Constant) and isinstance(each.value, str))
        or (isinstance(each, ast.Name) and each.id == "Annotated")
        for each in ast.walk(annotation)
    )


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_union(node: ast.expr) -> bool:
    return (isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr)) or (
        isinstance(node, ast.Subscript) and named(node.value) in ("Optional", "Union")
    )


def optional(names: Names, text: str) -> str:
    """A type that takes None, as the module says it elsewhere."""
    if _says_optional(names.module):
        return f"{names.name('typing', 'Optional')}[{text}]"
    return f"{text} | None"


def _says_optional(module: Module) -> bool:
    """Whether the module writes `Optional`, and no union with None."""
    if "typing.Optional" not in bound(module).values() and "typing" not in bound(module).values():
        return False
    annotations = [each.annotation for each in module.nodes if isinstance(each, ast.AnnAssign)]
    inside = [part for each in annotations for part in ast.walk(each)]
    unions = any(isinstance(each, ast.BinOp) for each in inside)
    optionals = any(isinstance(each, ast.Subscript) and named(each.value) == "Optional" for each in inside)
    return not unions and (optionals or "typing.Optional" in bound(module).values())
