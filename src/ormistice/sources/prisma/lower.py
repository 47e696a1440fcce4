"""Nodes to the model: what Prisma's migrations would make of a schema."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ormistice.errors import AuditError
from ormistice.model import (
    Column,
    Enum,
    Facet,
    ForeignKey,
    Index,
    PrimaryKey,
    Problem,
    Schema,
    Stated,
    Table,
    UniqueConstraint,
)
from ormistice.names import QualifiedName
from ormistice.sources.prisma.columns import column
from ormistice.sources.prisma.indexes import indexes, primary_key
from ormistice.sources.prisma.nodes import Array, Block, Field, String
from ormistice.sources.prisma.relations import Relation, foreign_key, forward, join_tables
from ormistice.sources.prisma.scope import EnumScope, ModelScope, Scope, build, mapped
from ormistice.sources.prisma.syntax import Parsing
from ormistice.text import Span

_EXPRESSES: frozenset[type] = frozenset({Table, Column, PrimaryKey, ForeignKey, Index, Enum})
_INEXPRESSIBLE = frozenset(Facet)
_PROVIDERS = frozenset({"postgresql", "postgres"})
_MAX_PROBLEMS = 1_000
_BLOCK_ATTRIBUTES = frozenset({"id", "unique", "index", "map", "schema", "ignore", "fulltext"})
_HIDDEN_BY: dict[str, frozenset[type]] = {
    "@@id": frozenset({PrimaryKey}),
    "@@unique": frozenset({Index, UniqueConstraint}),
    "@@index": frozenset({Index}),
    "@@ignore": frozenset(),
}
_HIDDEN_BY_BLOCK_ATTRIBUTE: frozenset[type] = frozenset({PrimaryKey, Index, UniqueConstraint})
_HIDDEN_BY_FIELD: frozenset[type] = frozenset({Column, PrimaryKey, ForeignKey, Index, UniqueConstraint})


def lower(source: str, parsings: Sequence[Parsing], *, join_table_key: bool = True) -> Schema:
    """All files of a schema as one.

    Raises AuditError where it is a schema for another database. `join_table_key`: Prisma 6 and newer, which gives join
    tables a primary key.
    """
    scope = _scope(parsings, join_table_key=join_table_key)
    tables = [table for model in scope.models.values() if (table := _table(model, scope)) is not None]
    tables.extend(join_tables(scope))
    enums = [enum for each in scope.enums.values() if (enum := _enum(each)) is not None]
    lost = any(parsing.lost for parsing in parsings)
    unread: set[type] = set()
    if lost or any(model.table is None for model in scope.models.values()):
        unread.add(Table)
    if lost or len(enums) < len(scope.enums):
        unread.add(Enum)
    return Schema(
        source=source,
        tables=tuple(tables),
        enums=tuple(enums),
        expresses=_EXPRESSES if scope.enforces_relations else _EXPRESSES - {ForeignKey},
        problems=_sorted([problem for parsing in parsings for problem in parsing.problems] + scope.problems),
        unread=frozenset(unread),
        inexpressible=_INEXPRESSIBLE - {Facet.INDEX_PREDICATE}
        if _previews_partial_indexes(parsings)
        else _INEXPRESSIBLE,
        documents=tuple(parsing.document for parsing in parsings),
    )


def resolved(parsings: Iterable[Parsing]) -> Scope:
    """The names of a schema, for those who write in it."""
    return _scope(list(parsings), join_table_key=True)


def _scope(parsings: Sequence[Parsing], *, join_table_key: bool) -> Scope:
    scope = Scope(join_table_key=join_table_key)
    blocks = [block for parsing in parsings for block in parsing.blocks]
    datasources = [block for block in blocks if block.keyword == "datasource"]
    for extra in datasources[1:]:
        scope.unsupported("a schema has one datasource; only the first is read", extra.span(extra.start, extra.end))
    for block in datasources[:1]:
        _check_provider(block)
        scope.enforces_relations = not any(
            (setting := block.setting(key)) is not None
            and isinstance(setting.value, String)
            and setting.value.text == "prisma"
            for key in ("relationMode", "referentialIntegrity")
        )
    build(blocks, scope)
    return scope


def _previews_partial_indexes(parsings: Iterable[Parsing]) -> bool:
    generators = (block for parsing in parsings for block in parsing.blocks if block.keyword == "generator")
    settings = (block.setting("previewFeatures") for block in generators)
    values = (setting.value for setting in settings if setting is not None)
    return any(
        item.text == "partialIndexes"
        for value in values
        if isinstance(value, Array)
        for item in value.items
        if isinstance(item, String)
    )


def _check_provider(datasource: Block) -> None:
    setting = datasource.setting("provider")
    value = setting.value if setting else None
    given = [item for item in (value.items if isinstance(value, Array) else [value]) if isinstance(item, String)]
    if given and not _PROVIDERS & {item.text for item in given}:
        place = datasource.document.position(given[0].start)
        raise AuditError(
            f"{datasource.document.path}:{place.line}: the datasource's provider is `{given[0].text}`",
            "only schemas for `postgresql` can be audited",
        )


def _sorted(problems: list[Problem]) -> tuple[Problem, ...]:
    unique = dict.fromkeys(problems)
    ordered = sorted(unique, key=lambda problem: (_order(problem), problem.message))
    if len(ordered) > _MAX_PROBLEMS:
        last = ordered[_MAX_PROBLEMS]
        ordered[_MAX_PROBLEMS:] = [replace(last, message=f"{len(ordered) - _MAX_PROBLEMS} more problems like these")]
    return tuple(ordered)


def _order(problem: Problem) -> tuple[str, int, int]:
    place = problem.place
    return (place.file, place.start, place.end) if isinstance(place, Span) else ("", 0, 0)


def _enum(scope: EnumScope) -> Enum | None:
    if scope.type_name is None or not scope.whole:
        return None
    block = scope.block
    labels = tuple(
        Stated(
            scope.labels[value.name],
            block.span(value.start, value.name_end)
            if not mapped(value.attribute("map"))
            else block.span(value.start, value.end),
        )
        for value in block.fields
    )
    return Enum(scope.type_name, labels, block.span(block.start, block.end))


def _table(model: ModelScope, scope: Scope) -> Table | None:
    name, block = model.table, model.block
    if name is None or not model.has_table:
        return None
    columns = [column(model, field, name, scope) for field in model.scalars]
    relations = list(forward(model, scope))
    made_indexes = list(indexes(model, name, scope))
    key = primary_key(model, name, scope)
    unread = _hidden(block, scope)
    if None in columns:
        unread |= _HIDDEN_BY_FIELD
    if any(not isinstance(relation, Relation) for relation in relations):
        unread.add(ForeignKey)
    if any(not isinstance(index, Index) for index in made_indexes):
        unread |= {Index, UniqueConstraint}
    if key is None and block.attribute("id") is not None:
        unread.add(PrimaryKey)
    return Table(
        name=name,
        place=block.span(block.start, block.end),
        columns=tuple(made for made in columns if made is not None),
        primary_key=key,
        foreign_keys=tuple(_foreign_keys(relations, name, scope)),
        indexes=tuple(index for index in made_indexes if isinstance(index, Index)),
        unread=frozenset(unread),
    )


def _foreign_keys(relations: Iterable[Relation | Field], name: QualifiedName, scope: Scope) -> Iterator[ForeignKey]:
    """None for a view, and none at all where Prisma itself looks after relations."""
    for relation in relations:
        if isinstance(relation, Relation) and relation.referenced.has_table:
            key = foreign_key(relation, name, scope)
            if scope.enforces_relations:
                yield key


def _hidden(block: Block, scope: Scope) -> set[type]:
    """What lines and attributes that were not understood may have declared."""
    unread: set[type] = set()
    for attribute in block.attributes:
        if attribute.name not in _BLOCK_ATTRIBUTES:
            scope.unsupported(f"unknown attribute `@@{attribute.name}`", block.span(attribute.start, attribute.end))
            unread |= _HIDDEN_BY_BLOCK_ATTRIBUTE
    for line in block.broken:
        # A line that cannot be told may have been `@@map`: then the table has another name.
        other = _HIDDEN_BY_BLOCK_ATTRIBUTE if line.startswith("@@") else _HIDDEN_BY_FIELD | {Table}
        unread |= _HIDDEN_BY.get(line, other)
    return unread
