"""PostgreSQL column types in the one spelling that `format_type` prints.

Every reader hands its types to `parse_type` or builds a `ColumnType` itself, so that comparing two is `==`.
Aliases and their meaning: PostgreSQL 18 documentation, chapter 8 (table 8.1).
"""

import re
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache

from ormistice.names import DEFAULT_SCHEMA, QualifiedName

_ALIASES = {
    "int": "integer",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "serial": "integer",
    "serial2": "smallint",
    "serial4": "integer",
    "serial8": "bigint",
    "smallserial": "smallint",
    "bigserial": "bigint",
    "float4": "real",
    "float8": "double precision",
    "decimal": "numeric",
    "dec": "numeric",
    "bool": "boolean",
    "varchar": "character varying",
    "char varying": "character varying",
    "char": "character",
    "bpchar": "character",
    "nchar": "character",
    "nchar varying": "character varying",
    "national char": "character",
    "national char varying": "character varying",
    "national character": "character",
    "national character varying": "character varying",
    "varbit": "bit varying",
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
    "time": "time without time zone",
    "timetz": "time with time zone",
}
# What PostgreSQL stores when the modifier is left out is what it stores when this one is written.
_DEFAULT_MODIFIERS = {
    "timestamp without time zone": ("6",),
    "timestamp with time zone": ("6",),
    "time without time zone": ("6",),
    "time with time zone": ("6",),
    "interval": ("6",),
}
_IMPLIED_MODIFIERS = {"character": ("1",), "bit": ("1",)}
# PostgreSQL 18 documentation, table 8.1 and chapter 8.
_BUILT_IN = frozenset(
    {
        *_ALIASES.values(),
        *("bit", "box", "bytea", "cidr", "circle", "date", "inet", "interval", "json", "jsonb", "jsonpath", "line"),
        *("lseg", "macaddr", "macaddr8", "money", "name", "oid", "path", "pg_lsn", "point", "polygon", "text"),
        *("tsquery", "tsvector", "uuid", "xid", "xid8", "xml"),
        *(f"{kind}{suffix}" for suffix in ("range", "multirange") for kind in ("int4", "int8", "num", "ts", "tstz")),
        *("daterange", "datemultirange"),
    }
)
_OF_EXTENSIONS = """
box2d box3d citext cube earth ean13 geography geometry geometry_dump h3index halfvec hstore intarray isbn isbn13 ismn
ismn13 issn issn13 lo lquery ltree ltxtquery query_int raster roaringbitmap roaringbitmap64 seg semver sparsevec
topogeometry upc uint1 uint2 uint4 uint8 uri vector
"""
EXTENSION_TYPES = frozenset(_OF_EXTENSIONS.split())
"""Types of extensions, which go by their names alone in whatever schema the extension was put."""
_COMMON_SCHEMAS = frozenset({DEFAULT_SCHEMA, "extensions"})
_WITH_ZONE = re.compile(r"^(timestamp|time)( with| without) time zone$")
_TYPE = re.compile(
    r"^(?P<head>[^(\[]+?)\s*(?:\((?P<modifiers>[^)]*)\)(?P<tail>[^\[]*?))?\s*(?P<array>(?:\[\d*\]\s*)*)$"
)

_QUALIFIED = re.compile(
    r"""(?:"(?P<quoted_schema>(?:[^"]|"")+)"|(?P<schema>[^\W\d][\w$]*))\s*\.\s*"""
    r"""(?:"(?P<quoted>(?:[^"]|"")+)"|(?P<name>[^\W\d][\w$]*))"""
)


@dataclass(frozen=True, slots=True)
class ColumnType:
    """A column's type. `schema` is None for built-in types and for types of extensions.

    `name` has no modifier and no brackets (`character varying`, `order_status`); `modifiers` are the arguments in
    parentheses as text. PostgreSQL ignores how many dimensions an array declares, so `array` is a flag.
    """

    name: str
    modifiers: tuple[str, ...] = ()
    array: bool = False
    schema: str | None = None

    def __str__(self) -> str:
        """The type as `format_type` prints it with an empty search_path."""
        name = self.name if self.schema is None else str(QualifiedName(self.schema, self.name))
        if self.modifiers:
            inside = f"({','.join(self.modifiers)})"
            zoned = _WITH_ZONE.match(name)
            name = f"{zoned[1]}{inside}{zoned[2]} time zone" if zoned else name + inside
        return name + "[]" * self.array

    @property
    def user_defined(self) -> QualifiedName | None:
        """Name of the enum, domain or composite type that this is, if it is one."""
        return None if self.schema is None else QualifiedName(self.schema, self.name)


class TypeDifference(Enum):
    """How much two unequal types matter, the weakest first."""

    SPELLING = "spelling"
    MODIFIER = "modifier"
    TYPE = "type"


# PostGIS takes the words of a shape in any case, and gives them back in this one.
_SPATIAL = frozenset({"geometry", "geography"})
_SHAPES = {
    f"{shape}{more}".lower(): f"{shape}{more}"
    for shape in (
        *("Geometry", "Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "Tin"),
        *("GeometryCollection", "CircularString", "CompoundCurve", "CurvePolygon", "MultiCurve", "MultiSurface"),
        *("PolyhedralSurface", "Triangle"),
    )
    for more in ("", "Z", "M", "ZM")
}


@lru_cache(maxsize=1024)
def parse_type(text: str, schema: str | None = None) -> ColumnType:
    """Read a built-in or extension type as PostgreSQL, an ORM or a person spells it.

    `schema` is given for user-defined types, whose name is then taken as it stands.
    """
    match = _TYPE.match(text.strip())
    if match is None:
        return ColumnType(text.strip(), schema=schema)
    head = match["head"].strip()
    array = bool(match["array"])
    modifiers = tuple(part.strip() for part in (match["modifiers"] or "").split(",") if part.strip())
    if schema is not None:
        return ColumnType(head.strip('"'), modifiers, array, schema)
    name = re.sub(r"\s+", " ", f"{head} {match['tail'] or ''}".strip())
    if name.lower().endswith(" array"):
        name, array = name[: -len(" array")], True
    if qualified := _QUALIFIED.fullmatch(name):
        return _in_its_schema(qualified, modifiers, array=array)
    return canonical(name if name.startswith('"') else name.lower(), modifiers, array=array)


def _in_its_schema(spelled: re.Match[str], modifiers: tuple[str, ...], *, array: bool) -> ColumnType:
    """A type that is named with its schema; PostgreSQL's own and those of extensions are known without one.

    In a schema that is not where extensions are put, one of the same name may as well be the user's.
    """
    schema = (spelled["quoted_schema"] or spelled["schema"].lower()).replace('""', '"')
    name = (spelled["quoted"] or spelled["name"].lower()).replace('""', '"')
    if schema == "pg_catalog":
        return canonical(name, modifiers, array=array)
    if name in EXTENSION_TYPES:
        known = canonical(name, modifiers, array=array)
        return known if schema in _COMMON_SCHEMAS else replace(known, schema=schema)
    return ColumnType(name, modifiers, array, schema)


def canonical(name: str, modifiers: tuple[str, ...] = (), *, array: bool = False) -> ColumnType:
    """A built-in or extension type, aliases and default modifiers resolved."""
    if name == "float":
        name = "real" if modifiers and int(modifiers[0]) <= 24 else "double precision"  # noqa: PLR2004 - the SQL standard's bound
        modifiers = ()
    if name == "bpchar" and not modifiers:
        return ColumnType("bpchar", (), array)
    name = _ALIASES.get(name, name)
    if name == "numeric" and len(modifiers) == 1:
        modifiers = (modifiers[0], "0")
    if name in _SPATIAL and modifiers:
        modifiers = _spatial(name, *modifiers)
    if modifiers == _DEFAULT_MODIFIERS.get(name):
        modifiers = ()
    if not modifiers:
        modifiers = _IMPLIED_MODIFIERS.get(name, ())
    return ColumnType(name, modifiers, array)


def _spatial(name: str, shape: str, srid: str = "0", *more: str) -> tuple[str, ...]:
    """The modifiers of a PostGIS type as it gives them back: no reference system is 0 or below; a geography has one."""
    shape = _SHAPES.get(shape.lower(), shape)
    if srid != "0" and not srid.startswith("-"):
        return shape, srid, *more
    if name == "geography":
        return shape, "4326"
    return () if shape == "Geometry" else (shape,)


STRINGS = frozenset({"text", "character varying"})


def difference(actual: ColumnType, expected: ColumnType) -> TypeDifference | None:
    """How two types differ; None where they are the same.

    `text` and `character varying` without a length hold the same values and are only spelled differently.
    """
    if actual == expected:
        return None
    if actual.array != expected.array or not _one_schema(actual, expected):
        return TypeDifference.TYPE
    if {actual.name, expected.name} == STRINGS:
        return TypeDifference.SPELLING if not actual.modifiers and not expected.modifiers else TypeDifference.MODIFIER
    if {actual.name.partition(" ")[0], expected.name.partition(" ")[0]} == {"interval"}:
        return TypeDifference.MODIFIER
    # Of one schema and not said alike, they are one name with its quotes and without.
    if actual.name == expected.name or actual.schema != expected.schema:
        return None if actual.modifiers == expected.modifiers else TypeDifference.MODIFIER
    return TypeDifference.TYPE


def is_built_in(kind: ColumnType) -> bool:
    """Whether it is one of PostgreSQL's own types, not of an extension or the user's."""
    return kind.schema is None and kind.name in _BUILT_IN


def _one_schema(one: ColumnType, other: ColumnType) -> bool:
    """Whether two types lie in one schema: one that is named without its schema is where the search path leads."""
    if one.schema == other.schema:
        return True
    bare, placed = (one, other) if one.schema is None else (other, one)
    name = bare.name[1:-1].replace('""', '"') if bare.name.startswith('"') else bare.name
    near = placed.schema == DEFAULT_SCHEMA or name in EXTENSION_TYPES
    return bare.schema is None and near and name == placed.name and not is_built_in(bare)
