"""Rule `identifier-collision`."""

from collections.abc import Iterator

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Site, Violation, listed, rule
from ormistice.model import Deferrability, Schema, Stated, Table, UniqueConstraint
from ormistice.names import NAME_BYTES, QualifiedName, truncated

_WIDEST = 4
"""The bytes of the widest character."""


@rule(Schema, severity=Severity.ERROR)
def identifier_collision(schemas: Aligned[Schema]) -> Iterator[Violation]:
    """Two names of one source are the same name, as they stand or once PostgreSQL has cut them to 63 bytes.

    The second of them cannot be created, or replaces the first in the eyes of the next migration. Names of keys and
    checks must be unique within their table, names of indexes, and of constraints that have one, within their schema.
    """
    for source, schema in schemas.declared.items():
        if source in schemas.among.databases:
            continue
        for names in _by_kept_name(schema):
            distinct = sorted({name.value for name in names})
            yield Violation(
                message=f"{source} names {_told(distinct, len(names))}",
                authority=source,
                outliers=(source,),
                claims={source: ", ".join(distinct)},
                sites=tuple(Site(source, name.place, "named here") for name in names),
            )


def _told(distinct: list[str], count: int) -> str:
    if len(distinct) == 1:
        return f"{count} indexes or constraints `{distinct[0]}`, of which PostgreSQL creates one"
    return f"{listed(f'`{name}`' for name in distinct)}, which PostgreSQL cuts to one name of {NAME_BYTES} bytes"


def _by_kept_name(schema: Schema) -> Iterator[list[Stated[str]]]:
    """Names that share their first 63 bytes and their namespace.

    Keys and checks of the very same short name are left out: what becomes of them is the tool's own affair. So is a
    unique constraint by the name of the primary key over its columns, for one statement makes one of the two of them.
    """
    first: dict[tuple[QualifiedName | str, str], Stated[str]] = {}
    found: dict[tuple[QualifiedName | str, str], list[Stated[str]]] = {}
    for table in schema.tables:
        for namespace, name in _names(table):
            kept = namespace, name.value if _is_short(name.value) else truncated(name.value)
            if kept in first:
                found.setdefault(kept, [first[kept]]).append(name)
            else:
                first[kept] = name
    yield from found.values()


def _is_short(name: str) -> bool:
    """Whether a name is not cut, nor another ever cut to it, as is soon told of most."""
    return len(name) <= NAME_BYTES - _WIDEST and name.isascii()


def _names(table: Table) -> Iterator[tuple[QualifiedName | str, Stated[str]]]:
    """The names that may be others' names too, each with its namespace."""
    for in_table in (table.foreign_keys, table.checks):
        for each in in_table:
            if each.name is not None and not _is_short(each.name.value):
                yield table.name, each.name
    keys = () if table.primary_key is None else (table.primary_key,)
    apart = (unique for unique in table.unique_constraints if not _is_one_with_key(unique, table))
    for in_schema in (keys, apart, table.exclusions, table.indexes):
        for item in in_schema:
            if item.name is not None:
                yield table.name.schema, item.name


def _is_one_with_key(unique: UniqueConstraint, table: Table) -> bool:
    """Whether PostgreSQL takes a unique constraint that stands beside the primary key for the same constraint."""
    key, deferrability = table.primary_key, unique.deferrability
    at_once = deferrability is None or deferrability.value is Deferrability.NOT_DEFERRABLE
    return key is not None and at_once and (unique.columns, unique.name) == (key.columns.value, key.name)
