"""Annotations of columns: what they wrap, and the types that a declarative base says they stand for."""

import ast

from ormistice.parsing import python_expression
from ormistice.sources.sqlalchemy.static.scope import External, Known, Value
from ormistice.sources.sqlalchemy.static.values import Reader, Unknown

_MAPPED = ("Mapped", "MappedColumn")
_WRAPPERS = (*_MAPPED, "Annotated", "Final", "ClassVar", "Required")
Located = tuple[str, ast.expr]


def unwrapped(reader: Reader, file: str, node: ast.expr) -> tuple[str, ast.expr, bool]:
    """An annotation without `Mapped`, `Optional`, `| None` and `Annotated`, and whether it takes None."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return unwrapped(reader, file, forward(node.value))
    found = reader.project.resolve(file, node)
    if isinstance(found, Known) and isinstance(found.node, (ast.Subscript, ast.BinOp)):
        file, node = found.file, found.node
    match node:
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _union(reader, file, [left, right])
        case ast.Subscript(value=value, slice=inner):
            made = reader.project.resolve(file, value)
            name = made.name if isinstance(made, External) else ""
            items = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            if name in ("Optional", "Union"):
                return _union(reader, file, [*items, ast.Constant(None)] if name == "Optional" else items)
            return unwrapped(reader, file, items[0]) if name in _WRAPPERS else (file, node, False)
        case _:
            return file, node, False


def forward(text: str) -> ast.expr:
    """An expression that stands in a string. Raises Unknown."""
    try:
        return python_expression(text)
    except SyntaxError as error:
        raise Unknown(text) from error


def _union(reader: Reader, file: str, items: list[ast.expr]) -> tuple[str, ast.expr, bool]:
    kept = [item for item in items if not (isinstance(item, ast.Constant) and item.value is None)]
    if not kept:
        raise Unknown("an annotation of None")
    first, node, nullable = unwrapped(reader, file, kept[0])
    return first, node, nullable or len(kept) < len(items)


def stated_type(
    reader: Reader, entries: list[tuple[str, ast.expr, ast.expr]], file: str, node: ast.expr
) -> Located | None:
    """The type that the entries of a `type_annotation_map` give to an annotation. Raises Unknown."""
    asked = _without_none(reader, *_inner(reader, file, node))
    plain = unwrapped(reader, file, node)[:2]
    for wanted in (asked, plain):  # the whole of an Annotated before what it annotates
        for key_file, key, kind in entries:
            if _same(reader, _without_none(reader, key_file, key), wanted):
                return key_file, kind
    found = _meant(reader, *plain)
    for key_file, key, _ in entries:  # types of such a kind are all made like it
        made = _meant(reader, key_file, key)
        if isinstance(made, External) and made in _kinds(reader, found):
            raise Unknown(f"what a {made.name} stands for")
    return None


def _kinds(reader: Reader, found: Value) -> list[Value]:
    """What a class is derived from, or what a subscript is of."""
    match found:
        case Known(file=file, node=ast.ClassDef() as node):
            return reader.project.lineage(file, node)
        case Known(file=file, node=ast.Subscript(value=value)):
            return [_meant(reader, file, value)]
        case _:
            return []


def _inner(reader: Reader, file: str, node: ast.expr) -> Located:
    """An annotation without `Mapped`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _inner(reader, file, forward(node.value))
    if isinstance(node, ast.Subscript) and _name(reader, file, node.value) in _MAPPED:
        return _inner(reader, file, node.slice)
    return file, node


def _without_none(reader: Reader, file: str, node: ast.expr) -> Located:
    """An annotation without `Optional` and `None`, where one type is left."""
    match node:
        case ast.Constant(value=str(text)):
            return _without_none(reader, file, forward(text))
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            items = [left, right]
        case ast.Subscript(value=value, slice=inner) if _name(reader, file, value) in ("Optional", "Union"):
            items = inner.elts if isinstance(inner, ast.Tuple) else [inner]
        case _:
            return file, node
    kept = [each for each in items if not (isinstance(each, ast.Constant) and each.value is None)]
    return _without_none(reader, file, kept[0]) if len(kept) == 1 else (file, node)


def _name(reader: Reader, file: str, node: ast.expr) -> str:
    found = reader.project.resolve(file, node)
    return found.name if isinstance(found, External) else ""


def _meant(reader: Reader, file: str, node: ast.expr) -> Value:
    """What an annotation stands for, out of the string that it may stand in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _meant(reader, file, forward(node.value))
    return reader.project.resolve(file, node)


def _same(reader: Reader, one: Located, other: Located) -> bool:
    """Whether two annotations are equal, whatever names they use."""
    first, second = _meant(reader, *one), _meant(reader, *other)
    if not isinstance(first, Known) or not isinstance(second, Known):
        return first == second and first is not None
    match first.node, second.node:
        case (ast.Subscript() as here, ast.Subscript() as there):
            return _same(reader, (first.file, here.value), (second.file, there.value)) and _same(
                reader, (first.file, here.slice), (second.file, there.slice)
            )
        case (ast.Tuple(elts=here), ast.Tuple(elts=there)) if len(here) == len(there):
            pairs = zip(here, there, strict=True)
            return all(_same(reader, (first.file, left), (second.file, right)) for left, right in pairs)
        case (ast.BinOp() as here, ast.BinOp() as there):
            return ast.dump(here) == ast.dump(there)
        case (ast.Constant(value=here), ast.Constant(value=there)):
            return type(here) is type(there) and bool(here == there)
        case _:
            return first.node is second.node
