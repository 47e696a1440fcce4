"""Hypothesis strategies: any schema that Prisma can say and PostgreSQL would take."""

from hypothesis import strategies as st

from ormistice.model import (
    CatalogRow,
    Column,
    Enum,
    Facet,
    ForeignKey,
    Index,
    IndexElement,
    PrimaryKey,
    Reference,
    ReferentialAction,
    Relation,
    Schema,
    SerialDefault,
    SqlDefault,
    Stated,
    Table,
    View,
    paired,
)
from ormistice.names import QualifiedName
from ormistice.types import ColumnType, parse_type

HERE = CatalogRow("test", "made up")
EXPRESSES = frozenset({Table, Column, PrimaryKey, ForeignKey, Index, Enum})

LETTERS = "abcXYZ_019-. äß漢🙂"
OTHER_LETTERS = "\"'\\"
names = st.text(st.sampled_from(LETTERS), min_size=1, max_size=12).filter(lambda text: text.strip() == text)
any_names = st.text(st.sampled_from(LETTERS + OTHER_LETTERS), min_size=1, max_size=12)
key_types = st.sampled_from(["integer", "bigint", "text", "uuid", "character varying(20)", "smallint"])
defaults = {
    "text": "'it''s \\ here'::text",
    "integer": "(1 + 2)",
    "bigint": "5",
    "smallint": "7",
    "boolean": "true",
    "uuid": "gen_random_uuid()",
    "jsonb": "'{\"a\": [1]}'::jsonb",
    "timestamp with time zone": "now()",
    "timestamp(3) without time zone": "CURRENT_TIMESTAMP",
    "numeric(10,2)": "1.50",
    "double precision": "0.5",
    "date": "CURRENT_DATE",
    "bytea": "'\\x6869'::bytea",
    "interval": "'1 day'::interval",
    "inet": "'127.0.0.1'::inet",
    "character varying(20)": "'x'::character varying",
}
types = st.one_of(
    st.sampled_from(sorted(defaults)),
    st.sampled_from(["real", "json", "time(3) without time zone", "bit(3)", "money", "oid", "xml"]),
)


def stated(value):
    return Stated(value, HERE)


@st.composite
def schemas(draw, *, names=names, schema_names=("public", "other"), most_views=0) -> Schema:
    taken = draw(st.lists(names, min_size=1, max_size=7, unique=True))
    space = st.sampled_from(schema_names)
    enum_count = draw(st.integers(0, min(2, len(taken) - 1)))
    enums = [
        Enum(
            QualifiedName(draw(space), name),
            tuple(map(stated, draw(st.lists(names, min_size=1, max_size=4, unique=True)))),
            HERE,
        )
        for name in taken[:enum_count]
    ]
    tables: list[Table] = []
    for number, name in enumerate(taken[enum_count:]):
        tables.append(draw(table(QualifiedName(draw(space), name), number, tables, enums, names)))
    columns = draw(st.lists(st.lists(names, min_size=1, unique=True, max_size=3), max_size=most_views))
    views = [
        View(QualifiedName("public", f"view {number}"), HERE, stated(tuple(each)))
        for number, each in enumerate(columns)
    ]
    return Schema(
        "prisma",
        tuple(tables),
        tuple(enums),
        EXPRESSES,
        inexpressible=frozenset(Facet) - {Facet.UNUSED_ENUM},
        views=tuple(views),
    )


@st.composite
def table(draw, name: QualifiedName, number: int, earlier: list[Table], enums: list[Enum], names) -> Table:
    wanted = draw(st.lists(names, min_size=1, max_size=6, unique=True))
    columns = {}
    for position, column_name in enumerate(wanted):
        columns[column_name] = draw(column(name, column_name, enums, key=position == 0))
    key = wanted[:1]
    foreign_keys = []
    for target in draw(st.lists(st.sampled_from(earlier), max_size=2, unique=True)) if earlier else []:
        column_name = f"to{number}_{len(foreign_keys)}"
        referenced = target.primary_key.columns.value[0]
        kind = target.column(referenced).type
        columns[column_name] = Column(name, column_name, HERE, kind, stated(draw(st.booleans())), stated(None))
        foreign_keys.append(draw(foreign_key(name, number, column_name, target, referenced)))
    indexes = draw(st.lists(index(name, list(columns.values())), max_size=3, unique_by=lambda made: made.key()))
    numbered = [
        Index(
            each.table,
            each.elements,
            HERE,
            each.unique,
            each.method,
            each.predicate,
            None,
            None,
            stated(f"i{number}_{position}"),
        )
        for position, each in enumerate(indexes)
    ]
    primary_key = PrimaryKey(name, stated(tuple(key)), HERE, stated(f"pk{number}"))
    return Table(
        name,
        HERE,
        tuple(columns.values()),
        primary_key,
        tuple(foreign_keys),
        (),
        tuple(numbered),
        relations=tuple(followed(each, primary_key, numbered) for each in foreign_keys),
    )


def followed(key: ForeignKey, primary_key: PrimaryKey, indexes: list[Index]) -> Relation:
    """What Prisma's client follows by a foreign key: to one row where what references it is unique."""
    unique = [{element.column for element in each.elements} for each in indexes if each.unique.value]
    single = set(key.columns) in [set(primary_key.columns.value), *unique]
    return Relation(key.table, key.columns, key.references.value, HERE, single=stated(single))


@st.composite
def column(draw, table_name: QualifiedName, name: str, enums: list[Enum], *, key: bool) -> Column:
    if key:
        kind = draw(key_types)
        serial = kind in {"integer", "bigint", "smallint"} and draw(st.booleans())
        return Column(
            table_name,
            name,
            HERE,
            stated(parse_type(kind)),
            stated(value=False),
            stated(SerialDefault() if serial else None),
        )
    if enums and draw(st.booleans()):
        enum = draw(st.sampled_from(enums))
        array = draw(st.booleans())
        kind_of = ColumnType(enum.name.name, array=array, schema=enum.name.schema)
        return Column(
            table_name, name, HERE, stated(kind_of), None if array else stated(draw(st.booleans())), stated(None)
        )
    text = draw(types)
    if draw(st.integers(0, 5)) == 0:
        return Column(table_name, name, HERE, stated(parse_type(f"{text}[]")), None, stated(None))
    default = SqlDefault(defaults[text]) if text in defaults and draw(st.booleans()) else None
    return Column(table_name, name, HERE, stated(parse_type(text)), stated(draw(st.booleans())), stated(default))


@st.composite
def foreign_key(
    draw, table_name: QualifiedName, number: int, column_name: str, target: Table, referenced: str
) -> ForeignKey:
    actions = st.sampled_from(ReferentialAction)
    columns, references = paired((column_name,), (referenced,))
    return ForeignKey(
        table_name,
        columns,
        HERE,
        references=stated(Reference(target.name, references)),
        on_delete=stated(draw(actions)),
        on_update=stated(draw(actions)),
        name=stated(f"fk{number}_{column_name}"),
    )


@st.composite
def index(draw, table_name: QualifiedName, columns: list[Column]) -> Index:
    comparable = [
        each.name for each in columns if each.type.value.name not in {"json", "xml"} and not each.type.value.array
    ]
    chosen = draw(st.lists(st.sampled_from(comparable), min_size=1, max_size=3, unique=True))
    elements = []
    for name in chosen:
        descending = draw(st.booleans())
        elements.append(IndexElement(name, None, descending, descending))
    unique = draw(st.booleans())
    return Index(
        table_name, tuple(elements), HERE, stated(unique), stated("btree"), stated(None), None, None, stated("i")
    )
