"""What stands beside the tables: types, enums, domains, sequences and views."""

from collections.abc import Iterable, Iterator, Mapping

from ormistice.model import CatalogRow, Domain, Enum, Sequence, Stated, View
from ormistice.names import QualifiedName
from ormistice.sources.postgres.catalogs import Catalog, DomainRow, SequenceRow, TypeRow
from ormistice.text import Span
from ormistice.types import ColumnType, canonical, parse_type

Places = Mapping[tuple[str, str], Span]
"""Places in files by kind (table, column, constraint, index, enum, sequence) and name, as `placing` finds them."""
NOWHERE: Places = {}
_TYPE_MAXIMUM = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}


def column_type(row: TypeRow) -> ColumnType:
    """A catalog's type in the model's spelling: an extension's type is as good as a built-in one."""
    if row.schema == "pg_catalog":
        built_in = parse_type(row.modified)
        return ColumnType(built_in.name, built_in.modifiers, row.array)
    inside = row.modified[len(row.plain) :].strip("()")
    modifiers = tuple(part.strip() for part in inside.split(",")) if inside else ()
    if row.of_extension:
        return canonical(row.name, modifiers, array=row.array)
    return ColumnType(row.name, modifiers, row.array, row.schema)


def sequence_options(row: SequenceRow, default_type: str = "bigint") -> tuple[str, ...]:
    """Options of a sequence that differ from what CREATE SEQUENCE alone would give it."""
    ascending = row.increment > 0
    limit = _TYPE_MAXIMUM.get(row.type, _TYPE_MAXIMUM["bigint"])
    facts = (
        (f"AS {row.type}", row.type != default_type),
        (f"START WITH {row.start}", row.start != (row.minimum if ascending else row.maximum)),
        (f"INCREMENT BY {row.increment}", row.increment != 1),
        (f"MAXVALUE {row.maximum}", row.maximum != (limit if ascending else -1)),
        (f"MINVALUE {row.minimum}", row.minimum != (1 if ascending else -limit - 1)),
        (f"CACHE {row.cache}", row.cache != 1),
        ("CYCLE", row.cycle),
    )
    return tuple(option for option, said in facts if said)


def sequence(row: SequenceRow, places: Places) -> Sequence:
    """A sequence that no column owns."""
    name = QualifiedName(row.schema, row.name)
    place = places.get(("sequence", str(name)), CatalogRow("pg_class", str(name)))
    return Sequence(name, sequence_options(row), place)


def enums(catalog: Catalog, places: Places) -> Iterator[Enum]:
    """Every enum, its labels in order."""
    for row in catalog.enums:
        name = QualifiedName(row.schema, row.name)
        place = places.get(("enum", str(name)), CatalogRow("pg_type", str(name)))
        yield Enum(name, tuple(Stated(label, place) for label in row.labels or ()), place)


def domains(catalog: Catalog, places: Places) -> Iterator[Domain]:
    """Every domain; of one that is made of another, the checks and NOT NULL of that are not said again."""
    for row in catalog.domains:
        name = QualifiedName(row.schema, row.name)
        place = places.get(("domain", str(name)), CatalogRow("pg_type", str(name)))
        yield Domain(
            name,
            place,
            Stated(column_type(row.type), place),
            Stated(not row.not_null, place),
            Stated(row.default, place),
            Stated(tuple(row.checks or ()), place),
        )


def never_null(rows: Iterable[DomainRow]) -> frozenset[QualifiedName]:
    """The domains that no column of can be NULL, whatever the column says: it or one that it is of says NOT NULL."""
    listed = {QualifiedName(row.schema, row.name): row for row in rows}

    def refuses(row: DomainRow | None) -> bool:
        if row is None or row.not_null:
            return row is not None
        return not row.type.array and refuses(listed.get(QualifiedName(row.type.schema, row.type.name)))

    return frozenset(name for name, row in listed.items() if refuses(row))


def views(catalog: Catalog, places: Places) -> Iterator[View]:
    """Every view, materialised or not."""
    for row in catalog.views:
        name = QualifiedName(row.schema, row.name)
        place = places.get(("view", str(name)), CatalogRow("pg_class", str(name)))
        columns = Stated(tuple(row.columns or ()), place)
        yield View(name, place, columns, row.materialized, Stated(row.definition.strip().removesuffix(";"), place))
