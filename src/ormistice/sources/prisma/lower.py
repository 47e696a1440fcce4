"""Nodes to the model: what Prisma's migrations would make of a schema."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from ormistice.errors import AuditError
from ormistice.model import (
    Column,
    Enum,
    Facet,
    ForeignKey,
    Index,
    PrimaryKey,
    Problem,
    ProblemKind,
    Schema,
    Stated,
    Table,
    UniqueConstraint,
    View,
)
from ormistice.model import Relation as FollowedRelation
from ormistice.names import QualifiedName
from ormistice.sources.prisma.columns import column
from ormistice.sources.prisma.indexes import indexes, primary_key
from ormistice.sources.prisma.nodes import Array, Block, String
from ormistice.sources.prisma.relations import Relation, followed, foreign_key, forward, join_tables
from ormistice.sources.prisma.scope import EnumScope, ModelScope, Scope, build, mapped
from ormistice.sources.prisma.syntax import Parsing
from ormistice.text import Document, Span

T = TypeVar("T", Table, Enum, Column)

_EXPRESSES: frozenset[type] = frozenset({Table, Column, PrimaryKey, ForeignKey, Index, Enum})
_INEXPRESSIBLE = frozenset(Facet) - {Facet.UNUSED_ENUM}
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
_HIDDEN_BY_FIELD: frozenset[type] = frozenset(
    {Column, PrimaryKey, ForeignKey, FollowedRelation, Index, UniqueConstraint}
)


def lower(source: str, parsings: Iterable[Parsing], *, join_table_key: bool = True) -> Schema:
    """All files of a schema as one.

    Raises AuditError where it is a schema for another database. `join_table_key`: Prisma 6 and newer, which gives join
    tables a primary key. Nodes are let go one model after the other, so that never all of them and all tables are held.
    """
    read = _joined(parsings)
    return _lowered(source, read, _scope(read.blocks, join_table_key=join_table_key))


@dataclass(slots=True)
class _Read:
    """What was read of all files."""

    documents: list[Document] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    lost: bool = False


def _joined(parsings: Iterable[Parsing]) -> _Read:
    read = _Read()
    for parsing in parsings:
        read.documents.append(parsing.document)
        read.blocks += parsing.blocks
        read.problems += parsing.problems
        read.lost = read.lost or parsing.lost
    return read


def _lowered(source: str, read: _Read, scope: Scope) -> Schema:
    partial_indexes = _previews_partial_indexes(read.blocks)
    read.blocks.clear()
    unread: set[type] = {Table, Enum} if read.lost else set()
    if any(model.table is None for model in scope.models.values()):
        unread.add(Table)
    links = [_links(model, scope) for model in scope.models.values()]
    made_for_lists = list(join_tables(scope))
    views = [view for model in scope.models.values() if (view := _view(model)) is not None]
    enums = [enum for each in scope.enums.values() if (enum := _enum(each, scope)) is not None]
    if len(enums) < len(scope.enums):
        unread.add(Enum)
    models = zip(list(scope.models), links, strict=True)
    tables = [table for name, made in models if (table := _table(scope.models.pop(name), made, scope)) is not None]
    return Schema(
        source=source,
        tables=_distinct([*tables, *made_for_lists], scope),
        enums=_distinct(enums, scope),
        expresses=_EXPRESSES if scope.enforces_relations else _EXPRESSES - {ForeignKey},
        problems=_sorted(read.problems + scope.problems),
        unread=frozenset(unread),
        inexpressible=_INEXPRESSIBLE - {Facet.INDEX_PREDICATE} if partial_indexes else _INEXPRESSIBLE,
        documents=tuple(read.documents),
        views=tuple(views),
    )


def resolved(parsings: Iterable[Parsing]) -> Scope:
    """The names of a schema, for those who write in it."""
    return _scope([block for parsing in parsings for block in parsing.blocks], join_table_key=True)


def _scope(blocks: Sequence[Block], *, join_table_key: bool) -> Scope:
    scope = Scope(join_table_key=join_table_key)
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


def _previews_partial_indexes(blocks: Iterable[Block]) -> bool:
    generators = (block for block in blocks if block.keyword == "generator")
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


def _distinct(made: Iterable[T], scope: Scope) -> tuple[T, ...]:
    """What has a name of its own: neither PostgreSQL nor those who compare models have two of one name."""
    kept: dict[QualifiedName | str, T] = {}
    for each in made:
        if kept.setdefault(each.name, each) is not each:
            kind = type(each).__name__.lower()
            message = f"another {kind} is named `{each.name}`, too; only the first is read"
            scope.problems.append(Problem(ProblemKind.UNSUPPORTED_CONSTRUCT, message, each.place))
    return tuple(kept.values())


def _enum(made: EnumScope, scope: Scope) -> Enum | None:
    if made.type_name is None or not made.whole:
        return None
    block = made.block
    labels: dict[str, Stated[str]] = {}
    for value in block.fields:
        given = mapped(value.attribute("map"))
        label = value.name if given is None else given
        place = block.span(value.start, value.name_end if given is None else value.end)
        if label in labels:
            scope.unsupported(f"another value has the label `{label}`, too; only the first is read", place)
        else:
            labels[label] = Stated(label, place)
    return Enum(made.type_name, tuple(labels.values()), block.span(block.start, block.end))


@dataclass(frozen=True, slots=True)
class _Links:
    """What a model's relation fields make; `whole`: all of them were understood."""

    foreign_keys: tuple[ForeignKey, ...]
    relations: tuple[FollowedRelation, ...]
    whole: bool


def _links(model: ModelScope, scope: Scope) -> _Links:
    """None for a view, and no foreign keys where Prisma itself looks after relations."""
    keys: list[ForeignKey] = []
    relations: list[FollowedRelation] = []
    whole = True
    if model.table is None or not model.has_table:
        return _Links((), (), whole=True)
    for found in forward(model, scope):
        if not isinstance(found, Relation):
            whole = False
        elif found.referenced.has_table:
            key = foreign_key(found, model.table, scope)
            keys.append(key)
            if (relation := followed(found, key, scope)) is not None:
                relations.append(relation)
    return _Links(tuple(keys) if scope.enforces_relations else (), tuple(relations), whole)


def _view(model: ModelScope) -> View | None:
    """A view as it is declared; migrations do not create it, and whether it is a materialized one is not told."""
    if model.has_table or model.table is None:
        return None
    block = model.block
    place = block.span(block.start, block.end)
    columns = None if block.broken else Stated(tuple(model.columns.values()), place)
    return View(model.table, place, columns)


def _table(model: ModelScope, links: _Links, scope: Scope) -> Table | None:
    name, block = model.table, model.block
    if name is None or not model.has_table:
        return None
    columns = [made for field in model.scalars if (made := column(model, field, name, scope)) is not None]
    made_indexes = list(indexes(model, name, scope))
    key = primary_key(model, name, scope)
    unread = _hidden(block, scope)
    if len(columns) < len(model.scalars):
        unread |= _HIDDEN_BY_FIELD
    if not links.whole:
        unread |= {ForeignKey, FollowedRelation}
    if any(not isinstance(index, Index) for index in made_indexes):
        unread |= {Index, UniqueConstraint}
    if key is None and block.attribute("id") is not None:
        unread.add(PrimaryKey)
    return Table(
        name=name,
        place=block.span(block.start, block.end),
        columns=_distinct(columns, scope),
        primary_key=key,
        foreign_keys=links.foreign_keys,
        indexes=tuple(index for index in made_indexes if isinstance(index, Index)),
        relations=links.relations,
        unread=frozenset(unread),
    )


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
