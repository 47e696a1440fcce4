"""Any change that can be asked of a Prisma schema, and what the schema has to say afterwards."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from hypothesis import assume
from hypothesis import strategies as st

from ormistice.fixes import Change, Patch, edited
from ormistice.model import (
    Column,
    Enum,
    ForeignKey,
    Index,
    IndexElement,
    ReferentialAction,
    Schema,
    SerialDefault,
    SqlDefault,
    Stated,
    Table,
)
from ormistice.names import QualifiedName
from ormistice.settling import cheap
from ormistice.sources.prisma.lower import lower
from ormistice.sources.prisma.syntax import parse
from ormistice.sources.prisma.write import write
from ormistice.text import Document
from ormistice.types import ColumnType, parse_type
from sources.prisma.prisma_printing import HEAD, printed
from sources.prisma.prisma_schemas import HERE, defaults, names, schemas

HEAD_OF_TWO = 'datasource db {\n  provider = "postgresql"\n  schemas = ["public", "other"]\n}\n'
_UNLIKE = {"uuid", "inet", "bit", "bit varying", "xml", "citext", "oid", "money"}
_UNLIKE |= {"time without time zone", "time with time zone"}
"""What PostgreSQL ties to a column of another type in no key, though Prisma may have one type for both."""
MORE_TYPES = ["interval", "tsvector", "int4range", "macaddr", "character(4)", "numeric(5,0)", "time with time zone"]


def read(text: str) -> Schema:
    return lower("prisma", [parse(Document("schema.prisma", text))])


@dataclass
class Asked:
    """A change of a schema, and what must then be in its place: the rest of the schema is as it was."""

    text: str
    change: Change
    expected: Schema

    def patch(self) -> Patch | None:
        return write(read(self.text), self.change)

    def written(self) -> str | None:
        patch = self.patch()
        return None if patch is None else edited("schema.prisma", self.text, [patch])


def facts(schema: Schema) -> dict[object, object]:
    """Everything that a schema says of the database, by name."""
    found: dict[object, object] = {enum.name: tuple(label.value for label in enum.labels) for enum in schema.enums}
    for table in schema.tables:
        found[table.name] = (
            {column.name: spoken(column) for column in table.columns},
            table.primary_key and (table.primary_key.columns.value, table.primary_key.name.value),
            sorted(map(str, (key_facts(key) for key in table.foreign_keys))),
            sorted(map(str, (index_facts(index) for index in table.indexes))),
        )
    return found


def spoken(column: Column) -> tuple[object, ...]:
    default = column.default and column.default.value
    if isinstance(default, SqlDefault):
        text = default.expression
        default = "'{}'" if text.startswith("ARRAY[]::") else cheap(text, column.type.value)
        if text.startswith("ARRAY[1"):
            # A cast of an element or of the whole makes no other value.
            default = tuple(re.findall(r"-?[0-9]+", text))
    nullable = None if column.type.value.array or column.nullable is None else column.nullable.value
    return column.type.value, nullable, default, column.client_default and column.client_default.value


def key_facts(key: ForeignKey) -> tuple[object, ...]:
    return key.columns, key.references.value, key.on_delete.value, key.on_update.value, key.name.value


def index_facts(index: Index) -> tuple[object, ...]:
    return index.elements, index.unique.value, index.method.value, index.predicate.value, index.name.value


def swapped(schema: Schema, table: QualifiedName, **aspects) -> Schema:
    """The schema with some aspects of a table otherwise."""
    return replace(
        schema, tables=tuple(replace(each, **aspects) if each.name == table else each for each in schema.tables)
    )


@st.composite
def asked(draw, kind: str, heads=(HEAD,), text=names) -> Asked:
    """Any change of a kind, of any schema."""
    schema = draw(schemas(names=text))
    assume(schema.enums or kind not in {"changed enum", "dropped enum"})
    return draw(KINDS[kind](schema, draw(st.sampled_from(heads))))


def text_of(schema: Schema, head: str) -> str:
    return printed(schema, head, every_schema="schemas" in head)


@st.composite
def types(draw, schema: Schema) -> ColumnType:
    of_enums = [ColumnType(enum.name.name, schema=enum.name.schema) for enum in schema.enums]
    plain = [parse_type(text) for text in [*defaults, *MORE_TYPES]]
    kind = draw(st.sampled_from([*of_enums, *plain]))
    return replace(kind, array=draw(st.integers(0, 4)) == 0)


def literals(kind: ColumnType, schema: Schema) -> list[str]:
    """Defaults as PostgreSQL prints them."""
    enum = next((enum for enum in schema.enums if enum.name == kind.user_defined), None)
    if kind.array:
        return ["'{}'", f"ARRAY[]::{kind}"] + (["ARRAY[1, '-2'::integer]"] if kind.name == "integer" else [])
    if enum is not None:
        return ["'" + label.value.replace("'", "''") + "'" for label in enum.labels]
    return {
        "text": ["'a  \"b''\\'::text", "'x'", "upper('x'::text)"],
        "integer": ["5", "'-1'::integer", "(1 + 2)"],
        "numeric": ["1.50", "0", "'-2.5'::numeric"],
        "double precision": ["0.5", "'NaN'::double precision"],
        "boolean": ["true", "false"],
        "jsonb": ["'{\"a\": [1]}'::jsonb", "'[]'"],
        "bytea": ["'\\x6869'::bytea"],
        "timestamp with time zone": ["now()", "CURRENT_TIMESTAMP"],
    }.get(kind.name, ["null"])


@st.composite
def wanted_default(draw, kind: ColumnType, schema: Schema):
    serial = kind.name in {"integer", "bigint", "smallint"} and not kind.array
    choices = [None, *map(SqlDefault, literals(kind, schema)), *([SerialDefault()] * serial)]
    return draw(st.sampled_from(choices))


def _in_a_key(column: Column, schema: Schema) -> bool:
    keys = [key for table in schema.tables for key in table.foreign_keys]
    ends = [
        end
        for key in keys
        for end in ((key.table, key.columns), (key.references.value.table, key.references.value.columns))
    ]
    return any(table == column.table and column.name in columns for table, columns in ends)


def _names(*columns: Column) -> set[str]:
    return {column.type.value.name for column in columns}


@st.composite
def changed_column(draw, schema: Schema, head: str) -> Asked:
    text = text_of(schema, head)
    before = read(text)
    table = draw(st.sampled_from(before.tables))
    column = draw(st.sampled_from(table.columns))
    kind = draw(st.one_of(st.just(column.type.value), types(before)))
    default = draw(wanted_default(kind, before)) if draw(st.booleans()) or kind != column.type.value else None
    nullable = column.nullable
    if nullable is not None:
        nullable = Stated(draw(st.booleans()), HERE)
    after = replace(column, type=Stated(kind, HERE), nullable=nullable, default=Stated(default, HERE))
    assume(after != column)
    assume(kind.name == column.type.value.name or not _in_a_key(column, before) or not _UNLIKE & _names(column, after))
    columns = tuple(after if each == column else each for each in table.columns)
    return Asked(text, Change("prisma", column, after), swapped(before, table.name, columns=columns))


@st.composite
def added_column(draw, schema: Schema, head: str) -> Asked:
    text = text_of(schema, head)
    before = read(text)
    table = draw(st.sampled_from(before.tables))
    kind = draw(types(before))
    default = draw(wanted_default(kind, before))
    name = draw(names.filter(lambda name: table.column(name) is None))
    nullable = draw(st.booleans()) and not isinstance(default, SerialDefault)
    column = Column(table.name, name, HERE, Stated(kind, HERE), Stated(nullable, HERE), Stated(default, HERE))
    expected = swapped(before, table.name, columns=(*table.columns, column))
    return Asked(text, Change("prisma", None, column), expected)


@st.composite
def dropped_column(draw, schema: Schema, head: str) -> Asked:
    text = text_of(schema, head)
    before = read(text)
    table = draw(st.sampled_from(before.tables))
    column = draw(st.sampled_from(table.columns))
    expected = swapped(
        before,
        table.name,
        columns=tuple(each for each in table.columns if each != column),
        foreign_keys=tuple(each for each in table.foreign_keys if column.name not in each.columns),
        indexes=tuple(each for each in table.indexes if column.name not in each.key().columns),
    )
    return Asked(text, Change("prisma", column, None), expected)


@st.composite
def changed_primary_key(draw, schema: Schema, head: str) -> Asked:
    text = text_of(schema, head)
    before = read(text)
    table = draw(st.sampled_from(before.tables))
    # PostgreSQL has no order for the others, and so no index over them.
    ordered = (each for each in table.columns if each.type.value.name not in {"json", "xml"})
    plain = [column.name for column in ordered if not column.type.value.array]
    columns = tuple(draw(st.lists(st.sampled_from(plain), min_size=1, max_size=3, unique=True)))
    assert table.primary_key is not None
    key = table.primary_key
    name = draw(st.sampled_from([key.name.value, "other_pkey", f"{table.name.name}_pkey"]))
    after = replace(key, columns=Stated(columns, HERE), name=Stated(name, HERE))
    if draw(st.integers(0, 5)) == 0:
        return Asked(text, Change("prisma", key, None), swapped(before, table.name, primary_key=None))
    assume(after != key)
    strict = tuple(
        replace(each, nullable=Stated(value=False, place=HERE)) if each.name in columns else each
        for each in table.columns
    )
    expected = swapped(before, table.name, primary_key=after, columns=strict)
    return Asked(text, Change("prisma", key, after), expected)


@st.composite
def changed_index(draw, schema: Schema, head: str) -> Asked:
    text = text_of(schema, head)
    before = read(text)
    choices = [(table, index) for table in before.tables for index in table.indexes]
    assume(choices)
    table, index = draw(st.sampled_from(choices))
    after = draw(wanted_index(table, index))
    assume(after != index)
    others = tuple(after if each is index else each for each in table.indexes)
    return Asked(text, Change("prisma", index, after), swapped(before, table.name, indexes=others))


@st.composite
def wanted_index(draw, table: Table, index: Index) -> Index:
    plain = [each.name for each in table.columns if each.type.value.name not in {"json", "xml", "array", "interval"}]
    chosen = draw(st.lists(st.sampled_from(plain), min_size=1, max_size=3, unique=True)) if plain else []
    assume(chosen)
    elements = index.elements
    if draw(st.booleans()):
        down = [draw(st.booleans()) for _ in chosen]
        elements = tuple(IndexElement(name, None, down, down) for name, down in zip(chosen, down, strict=True))
    unique = draw(st.booleans())
    name = draw(st.sampled_from([index.name.value, "other_name", f"{table.name.name}_{chosen[0]}_idx"]))
    method = "hash" if not unique and len(elements) == 1 and not elements[0].descending else "btree"
    return replace(
        index,
        elements=elements,
        unique=Stated(unique, HERE),
        name=Stated(name[:40], HERE),
        method=Stated(draw(st.sampled_from(["btree", method])), HERE),
    )


@st.composite
def changed_enum(draw, schema: Schema, head: str) -> Asked:
    text = text_of(schema, head)
    before = read(text)
    enum = draw(st.sampled_from(before.enums))
    labels = [label.value for label in enum.labels]
    more = draw(st.lists(names, max_size=2, unique=True))
    wanted = draw(st.permutations(list(dict.fromkeys([*labels, *more]))))
    wanted = wanted[: draw(st.integers(1, len(wanted)))]
    after = replace(enum, labels=tuple(Stated(label, HERE) for label in wanted))
    assume(after != enum)
    expected = replace(before, enums=tuple(after if each is enum else each for each in before.enums))
    return Asked(text, Change("prisma", enum, after), expected)


@st.composite
def dropped_enum(draw, schema: Schema, head: str) -> Asked:
    text = text_of(schema, head)
    before = read(text)
    enum = draw(st.sampled_from(before.enums))
    expected = replace(before, enums=tuple(each for each in before.enums if each is not enum))
    return Asked(text, Change("prisma", enum, None), expected)


@st.composite
def added_enum(draw, schema: Schema, head: str) -> Asked:
    text = text_of(schema, head)
    before = read(text)
    labels = draw(st.lists(names, min_size=1, max_size=4, unique=True))
    name = draw(names.filter(lambda name: name not in {each.name.name for each in (*before.enums, *before.tables)}))
    enum = Enum(QualifiedName("public", name), tuple(Stated(label, HERE) for label in labels), HERE)
    return Asked(text, Change("prisma", None, enum), replace(before, enums=(*before.enums, enum)))


@st.composite
def table_and_rest(draw, schema: Schema) -> tuple[Table, Schema]:
    free = [
        table
        for table in schema.tables
        if not any(key.references.value.table == table.name for each in schema.tables for key in each.foreign_keys)
    ]
    table = draw(st.sampled_from(free))
    return table, replace(schema, tables=tuple(each for each in schema.tables if each is not table))


@st.composite
def added_table(draw, schema: Schema, head: str) -> Asked:
    table, rest = draw(table_and_rest(schema))
    text = text_of(rest, head)
    whole = read(text_of(schema, head))
    added = whole.table(table.name)
    return Asked(text, Change("prisma", None, added), whole)


@st.composite
def dropped_table(draw, schema: Schema, head: str) -> Asked:
    table, rest = draw(table_and_rest(schema))
    text = text_of(schema, head)
    before = read(text)
    return Asked(text, Change("prisma", before.table(table.name), None), read(text_of(rest, head)))


@st.composite
def changed_key(draw, schema: Schema, head: str) -> Asked:
    text = text_of(schema, head)
    before = read(text)
    choices = [(table, key) for table in before.tables for key in table.foreign_keys]
    assume(choices)
    table, key = draw(st.sampled_from(choices))
    after = replace(
        key,
        on_delete=Stated(draw(st.sampled_from(ReferentialAction)), HERE),
        on_update=Stated(draw(st.sampled_from(ReferentialAction)), HERE),
        name=Stated(draw(st.sampled_from([key.name.value, "other_fkey"])), HERE),
    )
    assume(after != key)
    others = tuple(after if each is key else each for each in table.foreign_keys)
    return Asked(text, Change("prisma", key, after), swapped(before, table.name, foreign_keys=others))


KINDS: dict[str, Callable[..., st.SearchStrategy[Asked]]] = {
    "changed column": changed_column,
    "added column": added_column,
    "dropped column": dropped_column,
    "changed primary key": changed_primary_key,
    "changed index": changed_index,
    "changed enum": changed_enum,
    "added enum": added_enum,
    "dropped enum": dropped_enum,
    "added table": added_table,
    "dropped table": dropped_table,
    "changed key": changed_key,
}
