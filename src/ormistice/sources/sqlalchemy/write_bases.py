"""What a new class is derived from, and what it is called."""

import ast
from collections.abc import Iterator

from ormistice.model import Schema, Table
from ormistice.sources.sqlalchemy.syntax import Module
from ormistice.sources.sqlalchemy.write_annotations import named
from ormistice.sources.sqlalchemy.write_draft import Unwritable
from ormistice.sources.sqlalchemy.write_layout import module_of
from ormistice.sources.sqlalchemy.write_names import Names, bound, rebound
from ormistice.sources.sqlalchemy.write_places import CONSTRUCTORS, Style, TableText, table_text
from ormistice.sources.sqlalchemy.write_reach import within_reach

_ROOTS = frozenset({"DeclarativeBase", "DeclarativeBaseNoMeta", "MappedAsDataclass", "AsyncAttrs", "object"})
_MAKERS = frozenset({"declarative_base", "automap_base", "generate_base"})


def base_of(sibling: TableText, names: Names) -> str:
    """The base that gives a class its MetaData and no column. Raises Unwritable where none is in reach."""
    texts = [sibling, *_beside(sibling)]
    for text in texts:
        for base in text.node.bases if isinstance(text.node, ast.ClassDef) else ():
            for candidate in _climbed(text, base, names):
                return candidate
    if sibling.style is Style.SQLMODEL:
        return names.name("sqlmodel", "SQLModel")
    raise Unwritable


def _beside(sibling: TableText) -> Iterator[TableText]:
    for table in sibling.schema.tables:
        text = table_text(sibling.schema, table.name)
        if text is not None and text.module is sibling.module and text.style is sibling.style:
            yield text


def _climbed(text: TableText, base: ast.expr, names: Names) -> Iterator[str]:
    """What has no column of its own, from a base upwards, as it is to be written in the module."""
    waiting: list[tuple[Module, ast.expr]] = [(text.module, base)]
    seen = 0
    while waiting and seen < len(CONSTRUCTORS) * 10:
        seen += 1
        own, node = waiting.pop(0)
        if _is_bare(text.schema, own, node, text.style):
            first, dot, rest = own.text(node).partition(".")
            reached = within_reach(text.schema, names, own, first)
            if reached is not None:
                yield f"{reached}{dot}{rest}"
        found = definition_of(text.schema, own, node)
        if found is not None:
            waiting += [(found[0], each) for each in found[1].bases]


def definition_of(schema: Schema, module: Module, node: ast.expr) -> tuple[Module, ast.ClassDef] | None:
    """The class that a base is, in the files that were read."""
    name = named(node)
    for other in (module, *(module_of(each) for each in schema.documents)):
        original = module.imported.get(name, (0, "", name))[2] if other is not module else name
        if original in other.classes:
            return other, other.classes[original]
    return None


def _is_bare(schema: Schema, module: Module, node: ast.expr, style: Style, depth: int = 0) -> bool:
    """Whether a base is a declarative one and declares no column, nor do its own bases."""
    name = named(node)
    if isinstance(node, ast.Attribute) and name == "Model":
        return style is not Style.SQLMODEL
    if name == "SQLModel":
        return style is Style.SQLMODEL
    found = definition_of(schema, module, node)
    if found is None:
        return _is_made(schema, module, name)
    own, definition = found
    if depth > len(CONSTRUCTORS) * 3 or _declares(own, definition):
        return False
    roots = [named(base) for base in definition.bases]
    if any(root in ("DeclarativeBase", "DeclarativeBaseNoMeta") for root in roots):
        return all(root in _ROOTS for root in roots)
    return bool(roots) and all(_is_bare(schema, own, base, style, depth + 1) for base in definition.bases)


def is_dataclass(text: TableText) -> bool:
    """Whether a class is a dataclass, in which the order of attributes and their defaults matter."""
    waiting: list[tuple[Module, ast.ClassDef]] = (
        [(text.module, text.node)] if isinstance(text.node, ast.ClassDef) else []
    )
    for own, definition in waiting:
        if any("dataclass" in ast.unparse(each).lower() for each in (*definition.bases, *definition.decorator_list)):
            return True
        found = (definition_of(text.schema, own, base) for base in definition.bases)
        waiting += [each for each in found if each is not None and each not in waiting]
    return False


def _is_made(schema: Schema, module: Module, name: str) -> bool:
    """Whether a name is what `declarative_base()` gave."""
    original = module.imported.get(name, (0, "", name))[2]
    for other in (module, *(module_of(each) for each in schema.documents)):
        value = other.assigned.get(name if other is module else original)
        if isinstance(value, ast.Call) and other.function(value) in _MAKERS:
            return True
    return False


def _declares(module: Module, definition: ast.ClassDef) -> bool:
    """Whether a class declares columns, or computes what its heirs are."""
    calls = any(module.function(call) in CONSTRUCTORS for call in module.calls_in(definition))
    annotated = any(
        isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name) and not each.target.id.startswith("__")
        for each in definition.body
        if "Var" not in ast.unparse(getattr(each, "annotation", ast.Name("")))
        and named(getattr(each, "target", ast.Name("")))
        not in ("type_annotation_map", "metadata", "registry", "model_config")
    )
    return calls or annotated


def class_name(sibling: TableText, table: Table) -> str:
    """A table's name in the case of classes, in the singular where the others are."""
    words = table.name.name
    taken = {*bound(sibling.module), *rebound(sibling.module)}
    plural = [pascal(each.table.name.name) == _called(each) for each in _beside(sibling)]
    name = pascal(words if plural and all(plural) else singular(words))
    name = name if name.isidentifier() else f"Table{name}"
    while name in taken:
        name += "Row"
    return name


def _called(text: TableText) -> str:
    return text.node.name if isinstance(text.node, ast.ClassDef) else ""


def pascal(text: str) -> str:
    """`order_items` as `OrderItems`."""
    parts = "".join(character if character.isalnum() else " " for character in text).split()
    return "".join(part[:1].upper() + part[1:] for part in parts)


def singular(text: str) -> str:
    """The last word without the ending of a plural."""
    if text.endswith("ies"):
        return text.removesuffix("ies") + "y"
    if text.endswith(("sses", "xes", "ches", "shes")):
        return text.removesuffix("es")
    return text.removesuffix("s") if text.endswith("s") and not text.endswith(("ss", "us", "is")) else text
