"""Rule `identifier-collision`."""

from collections import defaultdict
from collections.abc import Iterator

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Site, Violation, listed, rule
from ormistice.model import CheckConstraint, ForeignKey, Schema, Stated, Table, constraints
from ormistice.names import NAME_BYTES, QualifiedName, truncated

_WIDEST = 4
"""The bytes of the widest character."""


@rule(Schema, severity=Severity.ERROR)
def identifier_collision(schemas: Aligned[Schema]) -> Iterator[Violation]:
    """Two names of one source are the same name once PostgreSQL has cut them to 63 bytes.

    The second of them cannot be created, or replaces the first in the eyes of the next migration. Names of keys and
    checks must be unique within their table, names of indexes within their schema.
    """
    for source, schema in schemas.declared.items():
        if source in schemas.among.databases:
            continue
        for names in _by_kept_name(schema):
            distinct = sorted({name.value for name in names})
            if len(distinct) > 1:
                yield Violation(
                    message=f"{source} names {listed(f'`{name}`' for name in distinct)}, "
                    f"which PostgreSQL cuts to one name of {NAME_BYTES} bytes",
                    authority=source,
                    outliers=(source,),
                    claims={source: ", ".join(distinct)},
                    sites=tuple(Site(source, name.place, "named here") for name in names),
                )


def _by_kept_name(schema: Schema) -> Iterator[list[Stated[str]]]:
    """Names that share their first 63 bytes and their namespace."""
    found: dict[tuple[object, str], list[Stated[str]]] = defaultdict(list)
    for table in schema.tables:
        for namespace, name in _names(table):
            if not _is_short(name.value):
                found[namespace, truncated(name.value)].append(name)
    yield from found.values()


def _is_short(name: str) -> bool:
    """Whether a name is not cut, nor another ever cut to it, as is soon told of most."""
    return len(name) <= NAME_BYTES - _WIDEST and name.isascii()


def _names(table: Table) -> Iterator[tuple[QualifiedName | str, Stated[str]]]:
    for item in (*constraints(table), *table.indexes):
        if item.name is not None:
            in_table = isinstance(item, ForeignKey | CheckConstraint)
            yield (table.name if in_table else table.name.schema), item.name
