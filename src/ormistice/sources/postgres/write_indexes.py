"""Changes of indexes, and of the constraints that stand on one: unique constraints and primary keys.

The new index is there before the old one goes, and is built beside other people's work.
"""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.model import Index, IndexElement, PrimaryKey, Schema, Stated, UniqueConstraint, as_index
from ormistice.names import quoted
from ormistice.sources.postgres import ddl
from ormistice.sources.postgres.not_null import set_not_null
from ormistice.sources.postgres.statements import (
    BRIEF,
    BUILDS,
    BUILDS_LOCKED,
    DROPS,
    SCANS,
    alter,
    default_name,
    free_name,
    in_schema_of,
    kept,
    noted,
    partitioned,
    taken,
)
from ormistice.sources.postgres.write_constraints import renamed

_NEW = "_new"
OnIndex = UniqueConstraint | PrimaryKey


def added_index(schema: Schema, index: Index) -> Iterator[str]:
    """CREATE INDEX, under the name that is asked for or the one that PostgreSQL would give."""
    yield _built(schema, named_index(schema, index))


def named_index(schema: Schema, index: Index) -> Index:
    """The index with a name of its own."""
    if index.name is not None:
        return index
    words = [element.column or "expr" for element in index.elements]
    name = free_name(default_name(index.table, words, "idx"), taken(schema, index.table))
    return replace(index, name=Stated(name, index.place, implicit=True))


def dropped_index(schema: Schema, index: Index) -> Iterator[str]:
    """DROP INDEX, or DROP CONSTRAINT where it is the index of one."""
    if index.name is None:
        return
    if _constraint_of(schema, index) is not None:
        yield noted(BRIEF, f"{alter(index.table)} DROP CONSTRAINT {quoted(index.name.value)}")
    else:
        yield _dropped(schema, index)


def changed_index(schema: Schema, before: Index, after: Index) -> Iterator[str]:
    """Another name, or another index in the place of the old one."""
    if before.name is None:
        return
    wanted = kept(before, after)
    constraint = _constraint_of(schema, before)
    if replace(before, name=wanted.name, place=wanted.place) == wanted:
        yield from _renamed(before, wanted, constraint)
        return
    as_constraint = _as_constraint(wanted, constraint)
    if constraint is not None and as_constraint is not None:
        yield from replaced_on_index(schema, constraint, as_constraint)
        return
    interim = _interim(schema, wanted)
    yield _built(schema, interim)
    yield from dropped_index(schema, before)
    yield from _renamed(interim, wanted, None)


def _renamed(before: Index, after: Index, constraint: UniqueConstraint | None) -> Iterator[str]:
    if before.name is None or after.name is None or before.name.value == after.name.value:
        return
    if constraint is not None:
        names = f"{quoted(before.name.value)} TO {quoted(after.name.value)}"
        yield f"{alter(before.table)} RENAME CONSTRAINT {names}"
    else:
        yield f"ALTER INDEX {in_schema_of(before.table, before.name.value)} RENAME TO {quoted(after.name.value)}"


def _interim(schema: Schema, index: Index) -> Index:
    """The index under a name that nothing else has."""
    name = free_name(f"{index.name.value if index.name else index.table.name}{_NEW}", taken(schema, index.table))
    return replace(index, name=Stated(name, index.place))


def _built(schema: Schema, index: Index) -> str:
    if partitioned(schema, index.table):
        return noted(BUILDS_LOCKED, ddl.create_index(index))
    return noted(BUILDS, ddl.create_index(index, concurrently=True))


def _dropped(schema: Schema, index: Index) -> str:
    name = in_schema_of(index.table, index.name.value if index.name is not None else "")
    if partitioned(schema, index.table):
        return noted(BRIEF, f"DROP INDEX {name}")
    return noted(DROPS, f"DROP INDEX CONCURRENTLY {name}")


def _constraint_of(schema: Schema, index: Index) -> UniqueConstraint | None:
    """The unique constraint that the index belongs to, if it does."""
    table = schema.table(index.table)
    found = (item for item in (table.unique_constraints if table is not None else ()) if as_index(item) == index)
    return next(found, None)


def _as_constraint(index: Index, like: UniqueConstraint | None) -> UniqueConstraint | None:
    """The index as the unique constraint that would have it, where there can be one."""
    plain = all(element == IndexElement(element.column) and element.column for element in index.elements)
    method = index.method is None or index.method.value == "btree"
    whole = index.predicate is None or index.predicate.value is None
    unique = index.unique is not None and index.unique.value
    if like is None or not (plain and method and whole and unique):
        return None
    columns = tuple(element.column for element in index.elements if element.column is not None)
    return replace(
        like, columns=columns, include=index.include, nulls_not_distinct=index.nulls_not_distinct, name=index.name
    )


def added_on_index(schema: Schema, constraint: OnIndex) -> Iterator[str]:
    """A unique constraint or primary key, whose index is built first and without a lock."""
    wanted = named_on_index(schema, constraint)
    if partitioned(schema, constraint.table):
        yield noted(BUILDS_LOCKED, ddl.add_constraint(wanted))
        return
    yield from _not_null(schema, wanted)
    yield _built(schema, _index_of(wanted))
    yield noted(BRIEF, f"{alter(wanted.table)} {_adding(wanted, _index_of(wanted))}")


def replaced_on_index(schema: Schema, before: OnIndex, after: OnIndex) -> Iterator[str]:
    """The old constraint goes in the moment in which the new one comes, on an index that is there already."""
    if before.name is None:
        return
    drop = f"DROP CONSTRAINT {quoted(before.name.value)}"
    wanted = kept(before, after)
    if partitioned(schema, after.table):
        add = ddl.add_constraint(wanted).removeprefix(f"{alter(wanted.table)} ")
        yield noted(SCANS, f"{alter(before.table)} {drop}, {add}")
        return
    index = _interim(schema, _index_of(wanted))
    yield from _not_null(schema, wanted)
    yield _built(schema, index)
    yield noted(BRIEF, f"{alter(before.table)} {drop}, {_adding(wanted, index)}")


def changed_on_index(schema: Schema, before: OnIndex, after: OnIndex) -> Iterator[str]:
    """Another name, or another constraint in the place of the old one."""
    wanted = kept(before, after)
    if replace(before, name=wanted.name) == wanted:
        yield from renamed(before, wanted)
    else:
        yield from replaced_on_index(schema, before, wanted)


def named_on_index(schema: Schema, constraint: OnIndex) -> OnIndex:
    """The constraint with a name of its own: the one that PostgreSQL would give, where none is asked for."""
    if constraint.name is not None:
        return constraint
    match constraint:
        case PrimaryKey():
            wanted = default_name(constraint.table, (), "pkey")
        case UniqueConstraint(columns=columns):
            wanted = default_name(constraint.table, columns, "key")
    name = free_name(wanted, taken(schema, constraint.table))
    return replace(constraint, name=Stated(name, constraint.place, implicit=True))


def _index_of(constraint: OnIndex) -> Index:
    match constraint:
        case UniqueConstraint():
            return replace(as_index(constraint), method=None)
        case PrimaryKey(columns=columns, place=place):
            elements = tuple(IndexElement(column) for column in columns.value)
            return Index(
                constraint.table, elements, place, unique=Stated(value=True, place=place), name=constraint.name
            )


def _adding(constraint: OnIndex, index: Index) -> str:
    name = quoted(constraint.name.value if constraint.name is not None else "")
    built = quoted(index.name.value if index.name is not None else "")
    match constraint:
        case UniqueConstraint(deferrability=deferrability):
            return " ".join([f"ADD CONSTRAINT {name} UNIQUE USING INDEX {built}", *ddl.deferrable(deferrability)])
        case PrimaryKey():
            return f"ADD CONSTRAINT {name} PRIMARY KEY USING INDEX {built}"


def _not_null(schema: Schema, constraint: OnIndex) -> Iterator[str]:
    """A primary key makes its columns NOT NULL; made so before, it need not read the table under its lock."""
    table = schema.table(constraint.table)
    if not isinstance(constraint, PrimaryKey) or table is None:
        return
    for name in constraint.columns.value:
        column = table.column(name)
        if column is not None and column.nullable is not None and column.nullable.value:
            yield from set_not_null(schema, column)
