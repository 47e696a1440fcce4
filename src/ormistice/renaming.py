"""Tables and columns that bear another name in some source, compared by the name that they are to have in all.

Tables are mapped by the user, columns by what the sources have in common (see `pairing`). The SQL of expressions names
columns too, and so do names that tools derive; both follow.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from ormistice.model import (
    CheckConstraint,
    Column,
    ExclusionConstraint,
    ForeignKey,
    Index,
    PrimaryKey,
    Reference,
    Relation,
    RowSecurity,
    Schema,
    Table,
    UniqueConstraint,
    paired,
)
from ormistice.names import (
    DEFAULT_SCHEMA,
    NAME_BYTES,
    ColumnName,
    Name,
    Names,
    QualifiedName,
    display,
    quoted,
    truncated,
)
from ormistice.stated import CatalogRow, Stated
from ormistice.text import Document, Span

T = TypeVar("T")
_Columns = Mapping[QualifiedName, Mapping[str, str]]
_WORDS = """
all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation
column concurrently constraint create cross current_catalog current_date current_role current_schema current_time
current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze
from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit
localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references
returning right select session_user similar some symmetric system_user table tablesample then to trailing true union
unique user using variadic verbose when where window with
"""
RESERVED = frozenset(_WORDS.split())
"""Words that are no columns in SQL unless they are quoted."""
_TOKEN = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|[^\W\d][\w$]*|::|\s+|.""", re.DOTALL)


def own_names(schema: Schema, mapping: Mapping[str, str]) -> Names:
    """What tables of `schema` are to be called, by their own names; a name that is taken there is given to no other.

    `mapping` is the user's: `{"User": "users", "auth.User": "auth.users"}`.
    """
    wanted = {qualified(own): qualified(common) for own, common in mapping.items()}
    taken = {table.name for table in schema.tables}
    return {name: common for name, common in wanted.items() if name in taken and common not in taken}


def kept_names(schema: Schema) -> Names:
    """What PostgreSQL keeps of the names of tables and columns that are longer, by these names.

    A name is left as it is where the one that is kept is another's.
    """
    tables = {table.name for table in schema.tables}
    kept: dict[Name, Name] = {}
    for table in schema.tables:
        name = QualifiedName(table.name.schema, truncated(table.name.name))
        if name != table.name and name not in tables:
            kept[table.name] = name
        if all(len(column.name.encode()) <= NAME_BYTES for column in table.columns):
            continue
        cuts = {column.name: truncated(column.name) for column in table.columns}
        for own, cut in cuts.items():
            if cut not in cuts and list(cuts.values()).count(cut) == 1:
                kept[ColumnName(table.name, own)] = ColumnName(name if table.name in kept else table.name, cut)
    return kept


def qualified(name: str) -> QualifiedName:
    """A name as users write it; without a schema it lies in `public`."""
    before, dot, after = name.partition(".")
    return QualifiedName(before, after) if dot else QualifiedName(DEFAULT_SCHEMA, name)


def reversed_names(names: Names) -> Names:
    """The way back."""
    return {common: own for own, common in names.items()}


def renamed(item: T, names: Names) -> T:
    """A part of the model, or all of it, with these tables and columns under their other names.

    A change of a table to itself asks for the very names by which its columns are compared: what the table is to become
    keeps them.
    """
    return _under(item, names) if names else item


def renamed_columns(before: object, after: object) -> tuple[tuple[Column, str], ...]:
    """The columns of a table, or the one column, that a change gives other names; none where it does anything else."""
    match before, after:
        case Column(), Column() if replace(after, name=before.name) == before and after != before:
            return ((before, after.name),)
        case Table(), Table() if len(before.columns) == len(after.columns):
            pairs = [(old, new.name) for old, new in zip(before.columns, after.columns, strict=True)]
            changed = tuple((column, name) for column, name in pairs if column.name != name)
            names: dict[Name, Name] = {
                ColumnName(before.name, column.name): ColumnName(before.name, name) for column, name in changed
            }
            # Columns in another order have the names of each other.
            free = {column.name for column in before.columns}.isdisjoint(name for _, name in changed)
            return changed if free and renamed(before, names) == after else ()
        case _:
            return ()


def sharing(schema: Schema, column: Column) -> tuple[Table, ...]:
    """The tables to which one text gives the column: its own, and those of the same mixin or spread."""
    return tuple(
        table for table in schema.tables if (own := table.column(column.name)) is not None and own.place == column.place
    )


def sql_names(table: Table, columns: Iterable[str]) -> bool:
    """Whether the SQL of a table's expressions names one of the columns."""
    return any(text_names(text, columns) for text in _expressions(table))


def text_names(text: str, columns: Iterable[str]) -> bool:
    """Whether a piece of SQL names one of the columns."""
    return _in_sql(text, {column: f"{column}'" for column in columns}) != text


def _expressions(table: Table) -> Iterator[str]:
    generated = (column.generated.value for column in table.columns if column.generated is not None)
    yield from (value.expression for value in generated if value is not None)
    yield from (check.expression.value for check in table.checks)
    yield from (exclusion.definition.value for exclusion in table.exclusions)
    for index in table.indexes:
        yield from (element.expression for element in index.elements if element.expression is not None)
        if index.predicate is not None and index.predicate.value is not None:
            yield index.predicate.value
    if table.row_security is not None:
        yield from (policy.definition for policy in table.row_security.value.policies)


def _under(item: Any, names: Names) -> Any:
    match item:
        case object(before=Table() as before, after=after) as change if before is after:
            others = {own: other for own, other in names.items() if getattr(own, "table", None) != before.name}
            return _changed(change, before=_under(before, names), after=_under(after, others))
        case object(before=before, after=after) as change:
            return _changed(change, before=_under(before, names), after=_under(after, names))
        case _:
            return _item_under(item, names)


def _item_under(item: Any, names: Names) -> Any:
    columns: dict[QualifiedName, dict[str, str]] = {}
    for own, other in names.items():
        if isinstance(own, ColumnName) and isinstance(other, ColumnName):
            columns.setdefault(own.table, {})[own.name] = other.name
    found = _respelled(item, columns) if columns else item
    return _renamed(found, names) if any(isinstance(own, QualifiedName) for own in names) else found


def _changed(item: Any, **parts: Any) -> Any:
    return replace(item, **parts)


def _renamed(item: Any, names: Names) -> Any:
    match item:
        case QualifiedName():
            return names.get(item, item)
        case tuple():
            return tuple(_renamed(each, names) for each in item)
        case Span() | CatalogRow() | Document() | type():
            return item
        case _ if is_dataclass(item):
            return _with_fields(item, names)
        case _:
            return item


def _with_fields(item: Any, names: Names) -> Any:
    changed = {}
    for field in fields(item):
        before = getattr(item, field.name)
        after = _renamed(before, names)
        if after is not before and after != before:
            changed[field.name] = after
    return replace(item, **changed) if changed else item


def _respelled(item: Any, columns: _Columns) -> Any:
    """The item with columns under other names."""
    match item:
        case Schema():
            tables = tuple(_table(table, columns) if _concerned(table, columns) else table for table in item.tables)
            return replace(item, tables=tables)
        case Table():
            return _table(item, columns)
        case Column() | PrimaryKey() | ForeignKey() | Relation() | UniqueConstraint() | Index():
            return _member(item, columns)
        case CheckConstraint() | ExclusionConstraint():
            return _member(item, columns)
        case _:
            return item


def _concerned(table: Table, columns: _Columns) -> bool:
    """Whether the table, or one that it references, has columns of other names."""
    keys = (key.references.value.table for key in table.foreign_keys if key.references is not None)
    relations = (relation.references.table for relation in table.relations)
    return any(name in columns for name in (table.name, *keys, *relations))


def _table(table: Table, columns: _Columns) -> Table:
    security = table.row_security
    return replace(
        table,
        columns=tuple(_member(item, columns) for item in table.columns),
        primary_key=None if table.primary_key is None else _member(table.primary_key, columns),
        foreign_keys=tuple(_member(item, columns) for item in table.foreign_keys),
        unique_constraints=tuple(_member(item, columns) for item in table.unique_constraints),
        indexes=tuple(_member(item, columns) for item in table.indexes),
        checks=tuple(_member(item, columns) for item in table.checks),
        exclusions=tuple(_member(item, columns) for item in table.exclusions),
        row_security=security and replace(security, value=_secured(security.value, columns.get(table.name, {}))),
        relations=tuple(_member(item, columns) for item in table.relations),
    )


def _secured(security: RowSecurity, other: Mapping[str, str]) -> RowSecurity:
    policies = (replace(policy, definition=_in_sql(policy.definition, other)) for policy in security.policies)
    return replace(security, policies=tuple(policies))


def _member(item: Any, columns: _Columns) -> Any:
    other = columns.get(item.table, {})
    match item:
        case ForeignKey():
            return _key(item, columns)
        case Relation():
            reference = _reference(item.references, columns)
            ours, theirs = paired(_named(item.columns, other), reference.columns)
            return replace(item, columns=ours, references=replace(reference, columns=theirs))
        case _:
            return _of_table(item, other) if other else item


def _of_table(item: Any, other: Mapping[str, str]) -> Any:
    """What names columns of its own table alone."""
    match item:
        case Column():
            return _column(item, other)
        case PrimaryKey(columns=own):
            own_columns = replace(own, value=_named(own.value, other))
            return replace(item, columns=own_columns, name=_derived(item.name, own.value, other))
        case UniqueConstraint(columns=own):
            name = _derived(item.name, own, other)
            return replace(item, columns=_named(own, other), include=_listed(item.include, other), name=name)
        case Index():
            return _index(item, other)
        case CheckConstraint(expression=text):
            return replace(item, expression=replace(text, value=_in_sql(text.value, other)))
        case ExclusionConstraint(definition=text):
            return replace(item, definition=replace(text, value=_in_sql(text.value, other)))
        case _:
            return item


def _column(column: Column, other: Mapping[str, str]) -> Column:
    generated = column.generated
    if generated is None or generated.value is None:
        return replace(column, name=other[column.name]) if column.name in other else column
    value = replace(generated.value, expression=_in_sql(generated.value.expression, other))
    return replace(column, name=other.get(column.name, column.name), generated=replace(generated, value=value))


def _key(key: ForeignKey, columns: _Columns) -> ForeignKey:
    """A foreign key, its pairs of columns sorted anew."""
    other = columns.get(key.table, {})
    if key.references is None:
        ours = tuple(sorted(_named(key.columns, other)))
        return replace(key, columns=ours, name=_derived(key.name, key.columns, other))
    reference = _reference(key.references.value, columns)
    ours, theirs = paired(_named(key.columns, other), reference.columns)
    used = (*key.columns, *key.references.value.columns)
    return replace(
        key,
        columns=ours,
        references=replace(key.references, value=replace(reference, columns=theirs)),
        name=_derived(key.name, used, {**columns.get(reference.table, {}), **other}),
    )


def _reference(reference: Reference, columns: _Columns) -> Reference:
    return replace(reference, columns=_named(reference.columns, columns.get(reference.table, {})))


def _index(index: Index, other: Mapping[str, str]) -> Index:
    elements = tuple(
        replace(
            element,
            column=None if element.column is None else other.get(element.column, element.column),
            expression=None if element.expression is None else _in_sql(element.expression, other),
        )
        for element in index.elements
    )
    predicate = index.predicate
    if predicate is not None and predicate.value is not None:
        predicate = replace(predicate, value=_in_sql(predicate.value, other))
    used = [element.column for element in index.elements if element.column is not None]
    name = _derived(index.name, used, other)
    return replace(index, elements=elements, predicate=predicate, include=_listed(index.include, other), name=name)


def _named(columns: Iterable[str], other: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(other.get(column, column) for column in columns)


def _listed(columns: Stated[tuple[str, ...]] | None, other: Mapping[str, str]) -> Stated[tuple[str, ...]] | None:
    return None if columns is None else replace(columns, value=_named(columns.value, other))


def _derived(name: Stated[str] | None, used: Iterable[str], other: Mapping[str, str]) -> Stated[str] | None:
    """The name that the source's tool would derive from the other names of the columns; one that is written stays."""
    found = sorted({column for column in used if column in other}, key=lambda column: (-len(column), column))
    if name is None or not name.implicit or not found:
        return name
    pattern = f"(?<![^_])(?:{'|'.join(map(re.escape, found))})(?![^_])"
    text = re.sub(pattern, lambda match: other[match[0]], name.value)
    # What is too long is cut, and each tool has its own way of that.
    return name if max(len(name.value.encode()), len(text.encode())) > NAME_BYTES else replace(name, value=text)


def _in_sql(text: str, other: Mapping[str, str]) -> str:
    """SQL with its columns under other names; what is called, and types of casts, are no columns."""
    tokens = _TOKEN.findall(text)
    spelled = list(tokens)
    solid = [at for at, token in enumerate(tokens) if not token.isspace()]
    for before, at, behind in zip([-1, *solid], solid, [*solid[1:], -1], strict=False):
        token = tokens[at]
        written = token.startswith('"')
        name = token[1:-1].replace('""', '"') if written else token.lower()
        called = behind >= 0 and tokens[behind] == "("
        cast = before >= 0 and tokens[before] == "::"
        if name in other and not (called or cast or token.startswith("'") or (name in RESERVED and not written)):
            # As PostgreSQL prints it, whatever the text did, so that there and back is where it was.
            spelled[at] = quoted(other[name]) if other[name] in RESERVED else display(other[name])
    return "".join(spelled)
