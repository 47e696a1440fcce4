"""Types are spelled as PostgreSQL spells them."""

import psycopg
import pytest

from ormistice.types import ColumnType, TypeDifference, difference, parse_type

SPELLINGS = """
int; int2; int4; int8; integer; bigint; smallint; float; float(24); float(25); float4; float8; real; double precision; DECIMAL
decimal(10); numeric(12,2); numeric(65, 30); bool; boolean; text; varchar; varchar(255); character varying(3); char; char(3)
character(2); nchar(3); nchar varying(4); national character; national char(2); national char varying(3); national character varying(5)
dec; dec(3,1); bpchar; bpchar(4); bit; bit(3); varbit(5); bit varying; varbit; date; time; time(3); timetz; timetz(6); time with time zone
time(2) without time zone; timestamp; timestamp(3); timestamp(6); timestamptz; timestamptz(0); timestamp with time zone
timestamp(3) with time zone; timestamp without time zone; interval; interval(3); interval day to second; interval day to second(3)
interval year to month; uuid; json; jsonb; bytea; money; inet; cidr; macaddr; macaddr8; point; line; box; xml; oid; tsvector; int4range
integer[]; integer[3]; integer[][]; text ARRAY; varchar(10)[]; timestamp(3)[]; numeric(5,1)[]; "char"; name
"""


@pytest.fixture
def printed(database: str) -> dict[str, str]:
    """How PostgreSQL prints each spelling."""
    spellings = [text.strip() for text in SPELLINGS.replace("\n", ";").split(";") if text.strip()]
    columns = ", ".join(f'"{number}" {text}' for number, text in enumerate(spellings))
    query = "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0 ORDER BY attnum"
    with psycopg.connect(database) as connection:
        connection.execute(f"CREATE TABLE t ({columns})")
        return dict(zip(spellings, (row[0] for row in connection.execute(query)), strict=True))


def test_every_spelling_is_read_as_postgresql_prints_it(printed: dict[str, str]) -> None:
    """`timestamp(6)` keeps its precision in print, though it is what `timestamp` means; it is the one we fold."""
    folded = {text: shown.replace("(6)", "") for text, shown in printed.items()}

    assert {text: str(parse_type(text)) for text in printed} == folded


def test_what_postgresql_prints_reads_as_itself(printed: dict[str, str]) -> None:
    assert {shown: str(parse_type(shown)) for shown in printed.values()} == {
        shown: shown.replace("(6)", "") for shown in printed.values()
    }


@pytest.mark.parametrize(
    ("actual", "expected", "weight"),
    [
        ("text", "text", None),
        ("text", "varchar", TypeDifference.SPELLING),
        ("text[]", "varchar[]", TypeDifference.SPELLING),
        ("text", "varchar(20)", TypeDifference.MODIFIER),
        ("timestamp", "timestamp(3)", TypeDifference.MODIFIER),
        ("numeric(12,2)", "numeric", TypeDifference.MODIFIER),
        ("timestamp", "timestamptz", TypeDifference.TYPE),
        ("integer", "integer[]", TypeDifference.TYPE),
        ("json", "jsonb", TypeDifference.TYPE),
        ("char(3)", "text", TypeDifference.TYPE),
    ],
)
def test_differences_are_weighed(actual: str, expected: str, weight: TypeDifference | None) -> None:
    assert difference(parse_type(actual), parse_type(expected)) is weight


@pytest.mark.parametrize("shape", ["MULTIPOLYGON", "multipolygon", "MultiPolygon"])
def test_shapes_of_postgis_are_the_same_in_any_case(shape: str) -> None:
    """PostGIS itself gives back the last spelling."""
    assert parse_type(f"geometry({shape},3067)") == parse_type("geometry(MultiPolygon, 3067)")
    assert str(parse_type(f"geography({shape}Z,4326)")) == "geography(MultiPolygonZ,4326)"


@pytest.mark.parametrize(
    ("spelled", "kept"),
    [
        ("geometry(GEOMETRY,-1)", "geometry"),
        ("geometry(Geometry)", "geometry"),
        ("geometry(POINT,-1)", "geometry(Point)"),
        ("geometry(Point,0)", "geometry(Point)"),
        ("geometry(GEOMETRYZ,-1)", "geometry(GeometryZ)"),
        ("geometry(Geometry,4326)", "geometry(Geometry,4326)"),
        ("geography(POINT)", "geography(Point,4326)"),
        ("geography(GEOMETRY,-1)", "geography(Geometry,4326)"),
        ("geography", "geography"),
    ],
)
def test_postgis_keeps_no_reference_system_that_is_none(spelled: str, kept: str) -> None:
    assert str(parse_type(spelled)) == kept


@pytest.mark.parametrize(
    ("spelled", "name", "schema"),
    [
        ("app.thing", "thing", "app"),
        ("App.Thing", "thing", "app"),
        ('"App"."Thing"', "Thing", "App"),
        ('app."od.d"', "od.d", "app"),
        ("pg_catalog.int4", "integer", None),
        ("extensions.citext", "citext", None),
        ("app.uri", "uri", "app"),
    ],
)
def test_a_schema_in_front_of_a_type_is_where_it_lies(spelled: str, name: str, schema: str | None) -> None:
    assert parse_type(spelled) == ColumnType(name, schema=schema)
    assert parse_type(f"{spelled}[]") == ColumnType(name, array=True, schema=schema)


def test_an_extension_may_be_in_any_schema() -> None:
    assert difference(parse_type("gis.geometry(POINT,4326)"), parse_type("geometry(Point,4326)")) is None
    assert difference(parse_type("gis.thing"), parse_type("thing")) is TypeDifference.TYPE
