"""Primary keys, unique indexes and indexes. Prisma makes a unique index, never a unique constraint."""

import re
from collections.abc import Iterator

from ormistice.model import Index, IndexElement, PrimaryKey, Stated
from ormistice.names import QualifiedName, quoted
from ormistice.sources.prisma.columns import string
from ormistice.sources.prisma.nodes import (
    Argument,
    Attribute,
    Block,
    Call,
    Expression,
    Number,
    Object,
    String,
    Word,
)
from ormistice.sources.prisma.scope import ModelScope, Scope, derived_name, listed
from ormistice.text import Span

METHODS = {"BTree": "btree", "Hash": "hash", "Gin": "gin", "Gist": "gist", "SpGist": "spgist", "Brin": "brin"}
"""Prisma's spelling of the index methods."""

_DEFAULT_CLASSES = {
    "btree": re.compile("(?!cidr|varchar)([a-z0-9]+|pg_lsn|btree_hstore)_ops"),
    "hash": re.compile("(?!cidr|varchar)([a-z0-9]+|pg_lsn|hash_hstore|hash_ltree)_ops"),
    "gin": re.compile("([a-z0-9]+|gin_hstore)_ops"),
    "gist": re.compile("(?!inet)[a-z0-9]+_ops|gist_(?!trgm)[a-z0-9]+_ops|gist__(int|ltree)_ops"),
    "spgist": re.compile("(inet|text|range|box|quad_point|poly)_ops"),
    "brin": re.compile("(?!inet_)([a-z0-9]+|pg_lsn)_minmax_ops|(inet|range|box)_inclusion_ops"),
}
"""Operator classes that PostgreSQL takes for a type of itself, which its catalog then does not show."""

_CLASS = re.compile(
    "(Inet|Jsonb|JsonbPath|Array|Text)Ops|InetInclusionOps"
    "|(Bit|VarBit|Bpchar|Bytea|Date|Float[48]|Inet|Int[248]|Numeric|Oid|Text|Timestamp(Tz)?|Time(Tz)?|Uuid)"
    "(Bloom|MinMax|MinMaxMulti)Ops"
)
_WORD = re.compile("[A-Z][a-z0-9]*")


def primary_key(model: ModelScope, table: QualifiedName, scope: Scope) -> PrimaryKey | None:
    """The primary key, from `@id` or `@@id`."""
    block = model.block
    for field in model.scalars:
        attribute = field.attribute("id")
        if attribute is not None:
            columns: tuple[str, ...] | None = (model.columns[field.name],)
            break
    else:
        attribute = block.attribute("id")
        columns = _columns(attribute, model, scope) if attribute else None
    if attribute is None or not columns:
        return None
    place = block.span(attribute.start, attribute.end)
    derived = derived_name(table.name, (), "_pkey")
    return PrimaryKey(table, Stated(columns, place), place, _name(attribute, block, derived))


def indexes(model: ModelScope, table: QualifiedName, scope: Scope) -> Iterator[Index | Attribute]:
    """Every index but the primary key's; as it stands where it is not understood, which is then reported."""
    block = model.block
    for field in model.scalars:
        attribute = field.attribute("unique")
        if attribute is not None:
            element = _element(model.columns[field.name], attribute.arguments, "btree")
            yield _index(attribute, (element,), table, model, scope)
    for attribute in block.attributes:
        if attribute.name in {"unique", "index"}:
            elements = _elements(attribute, model, scope)
            yield _index(attribute, elements, table, model, scope) if elements else attribute
        elif attribute.name == "fulltext":
            scope.unsupported("`@@fulltext` makes no index in PostgreSQL", block.span(attribute.start, attribute.end))
            yield attribute


def _index(
    attribute: Attribute, elements: tuple[IndexElement, ...], table: QualifiedName, model: ModelScope, scope: Scope
) -> Index:
    block = model.block
    unique = attribute.name == "unique"
    place = block.span(attribute.start, attribute.end)
    columns = [element.column or "" for element in elements]
    name = _name(attribute, block, derived_name(table.name, columns, "_key" if unique else "_idx"))
    legacy = attribute.argument("name")
    if not unique and attribute.argument("map") is None and isinstance(legacy, String):
        # Before `map:`, the database's name of an index was its `name:`.
        name = Stated(legacy.text, block.span(legacy.start, legacy.end))
    return Index(
        table=table,
        elements=elements,
        place=place,
        unique=Stated(unique, place),
        method=_method(attribute, block, scope),
        predicate=_predicate(attribute, model, scope),
        name=name,
    )


def _name(attribute: Attribute, block: Block, derived: str) -> Stated[str]:
    given = attribute.argument("map")
    if isinstance(given, String) and given.text:
        return Stated(given.text, block.span(given.start, given.end))
    return Stated(derived, _insertion(attribute, block), implicit=True)


def _insertion(attribute: Attribute, block: Block) -> Span:
    return block.span(attribute.next_argument, attribute.next_argument)


def _method(attribute: Attribute, block: Block, scope: Scope) -> Stated[str] | None:
    given = attribute.argument("type")
    if given is None:
        return Stated("btree", _insertion(attribute, block), implicit=True)
    place = block.span(given.start, given.end)
    if isinstance(given, Word) and given.text in METHODS:
        return Stated(METHODS[given.text], place)
    scope.unsupported("unknown index type", place)
    return None


def _columns(attribute: Attribute, model: ModelScope, scope: Scope) -> tuple[str, ...] | None:
    elements = _elements(attribute, model, scope)
    return tuple(element.column or "" for element in elements) if elements else None


def _elements(attribute: Attribute, model: ModelScope, scope: Scope) -> tuple[IndexElement, ...] | None:
    method = attribute.argument("type")
    used = METHODS.get(method.text, "") if isinstance(method, Word) else "btree"
    found: list[IndexElement] = []
    for name, node in listed(attribute.argument("fields", first=True)):
        if name not in model.columns:
            place = model.block.span(node.start, node.end)
            scope.unsupported(f"`{name}` is no scalar field of `{model.block.name}`", place)
            return None
        arguments = node.arguments if isinstance(node, Call) else ()
        for argument in arguments:
            if (
                argument.name == "ops"
                and isinstance(argument.value, Word)
                and not _CLASS.fullmatch(argument.value.text)
            ):
                place = model.block.span(argument.value.start, argument.value.end)
                scope.unsupported(f"unknown operator class `{argument.value.text}`", place)
                return None
        found.append(_element(model.columns[name], arguments, used))
    if not found:
        scope.unsupported(f"`@@{attribute.name}` lists no fields", model.block.span(attribute.start, attribute.end))
    return tuple(found)


def _element(column: str, arguments: tuple[Argument, ...], method: str) -> IndexElement:
    given = {argument.name: argument.value for argument in arguments}
    sort = given.get("sort")
    descending = isinstance(sort, Word) and sort.text == "Desc"
    return IndexElement(column, None, descending, descending, _class(given.get("ops"), method))


def _class(value: Expression | None, method: str) -> str | None:
    match value:
        case Word(text):
            words = "_".join(_WORD.findall(text)).lower()
            name = words.replace("min_max", "minmax").replace("_tz", "tz").replace("var_bit", "varbit")
        case Call("raw", [Argument(value=String(text))]):
            name = text
        case _:
            return None
    name, parenthesis, parameters = name.partition("(")
    name = name.strip()
    default = _DEFAULT_CLASSES.get(method)
    if default is not None and default.fullmatch(name):
        return None
    # As PostgreSQL keeps them.
    given = (parameter.replace(" ", "").replace("'", "") for parameter in parameters.rstrip(") ").split(","))
    return f"{name}({', '.join(given)})" if parenthesis else name


def _predicate(attribute: Attribute, model: ModelScope, scope: Scope) -> Stated[str | None] | None:
    given, block = attribute.argument("where"), model.block
    if given is None:
        return Stated(None, _insertion(attribute, block), implicit=True)
    place = block.span(given.start, given.end)
    match given:
        case Call("raw", [Argument(value=String(text))]):
            return Stated(text, place)
        case Object(pairs) if pairs:
            conditions = [_condition(pair, model) for pair in pairs]
            if None not in conditions:
                return Stated(" AND ".join(condition for condition in conditions if condition), place)
    scope.unsupported("this `where` is not understood", place)
    return None


def _condition(pair: Argument, model: ModelScope) -> str | None:
    if pair.name is None or pair.name not in model.columns:
        return None
    column = quoted(model.columns[pair.name])
    match pair.value:
        case Word("null"):
            return f"{column} IS NULL"
        case Object([Argument("not", Word("null"))]):
            return f"{column} IS NOT NULL"
        case Object([Argument("not", value)]):
            sql = _operand(value)
            return None if sql is None else f"{column} != {sql}"
        case value:
            sql = _operand(value)
            return None if sql is None else f"{column} = {sql}"


def _operand(value: Expression | None) -> str | None:
    match value:
        case Word("true" | "false" as text) | Number(text):
            return text
        case String(text):
            return string(text)
        case _:
            return None
