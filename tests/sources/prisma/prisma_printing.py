"""A model printed as a Prisma schema, so that what is read of it again must be the same model."""

import json
import re
from collections import defaultdict

from ormistice.model import (
    Column,
    ForeignKey,
    Index,
    ReferentialAction,
    Relation,
    Schema,
    SerialDefault,
    SqlDefault,
    Stated,
    Table,
)
from ormistice.types import ColumnType

SCALARS = {
    "text": "String",
    "boolean": "Boolean",
    "integer": "Int",
    "bigint": "BigInt",
    "double precision": "Float",
    "numeric(65,30)": "Decimal",
    "timestamp(3) without time zone": "DateTime",
    "jsonb": "Json",
    "bytea": "Bytes",
}
NATIVE = {
    "character varying": ("String", "VarChar"),
    "character": ("String", "Char"),
    "bit": ("String", "Bit"),
    "bit varying": ("String", "VarBit"),
    "uuid": ("String", "Uuid"),
    "xml": ("String", "Xml"),
    "inet": ("String", "Inet"),
    "citext": ("String", "Citext"),
    "smallint": ("Int", "SmallInt"),
    "oid": ("Int", "Oid"),
    "real": ("Float", "Real"),
    "numeric": ("Decimal", "Decimal"),
    "money": ("Decimal", "Money"),
    "timestamp without time zone": ("DateTime", "Timestamp"),
    "timestamp with time zone": ("DateTime", "Timestamptz"),
    "date": ("DateTime", "Date"),
    "time without time zone": ("DateTime", "Time"),
    "time with time zone": ("DateTime", "Timetz"),
    "json": ("Json", "Json"),
}
ACTIONS = {
    ReferentialAction.CASCADE: "Cascade",
    ReferentialAction.RESTRICT: "Restrict",
    ReferentialAction.NO_ACTION: "NoAction",
    ReferentialAction.SET_NULL: "SetNull",
    ReferentialAction.SET_DEFAULT: "SetDefault",
}
METHODS = {"btree": "BTree", "hash": "Hash", "gin": "Gin", "gist": "Gist", "spgist": "SpGist", "brin": "Brin"}


HEAD = 'datasource db {\n  provider = "postgresql"\n}\n'


def printed(schema: Schema, head: str = HEAD, *, every_schema: bool = False) -> str:
    """`schema` as one Prisma file. Every name is mapped, every default is left to the database."""
    return _Printer(schema, head, every_schema=every_schema).text()


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def identifier(text: str, number: int) -> str:
    plain = re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", text)
    return (
        text
        if plain and text not in {*SCALARS.values(), "Unsupported"}
        else f"n{number}_{re.sub('[^A-Za-z0-9]', '_', text)}"
    )


def as_key(relation: Relation) -> ForeignKey:
    """The foreign key of a relation for which the database has none."""
    target = Stated(relation.references, relation.place)
    return ForeignKey(relation.table, relation.columns, relation.place, target, relation.on_delete)


class _Printer:
    def __init__(self, schema: Schema, head: str, *, every_schema: bool) -> None:
        self.every_schema = every_schema
        self.schema = schema
        self.head = head
        self.models = {table.name: f"M{number}" for number, table in enumerate(schema.tables)}
        self.enums = {enum.name: f"E{number}" for number, enum in enumerate(schema.enums)}
        self.fields = {
            table.name: {column.name: identifier(column.name, number) for number, column in enumerate(table.columns)}
            for table in schema.tables
        }
        self.lines: dict[object, list[str]] = defaultdict(list)

    def text(self) -> str:
        for table in self.schema.tables:
            self.lines[table.name] += [self.column(table, column) for column in table.columns]
        for table in self.schema.tables:
            for position, key in enumerate(table.foreign_keys or map(as_key, table.relations)):
                self.relation(table, key, table.relations[position] if table.relations else None)
        blocks = [self.head]
        for enum in self.schema.enums:
            labels = [f"V{number} @map({quoted(label.value)})" for number, label in enumerate(enum.labels)]
            blocks.append(self.block("enum", self.enums[enum.name], enum.name, labels))
        blocks += [
            self.block("model", self.models[table.name], table.name, self.lines[table.name] + self.rest(table))
            for table in self.schema.tables
        ]
        for number, view in enumerate(self.schema.views):
            columns = [f"c{position} Int? @map({quoted(name)})" for position, name in enumerate(view.columns.value)]
            blocks.append(self.block("view", f"V{number}", view.name, columns))
        return "\n".join(blocks)

    def block(self, keyword: str, name: str, database_name, lines: list[str]) -> str:
        lines = [*lines, f"@@map({quoted(database_name.name)})"]
        if self.every_schema or database_name.schema != "public":
            lines.append(f"@@schema({quoted(database_name.schema)})")
        return f"{keyword} {name} {{\n" + "".join(f"  {line}\n" for line in lines) + "}\n"

    def column(self, table: Table, column: Column) -> str:
        words = [self.fields[table.name][column.name], self.type(column), f"@map({quoted(column.name)})"]
        words += [word for word in (self.native(column), self.default(column)) if word]
        if column.client_default is not None and column.client_default.value == "@updatedAt":
            words.append("@updatedAt")
        return " ".join(words)

    def type(self, column: Column) -> str:
        kind = column.type.value
        serial = column.default is not None and isinstance(column.default.value, SerialDefault)
        optional = column.nullable is not None and column.nullable.value and not serial
        mark = "[]" if kind.array else "?" if optional else ""
        element = ColumnType(kind.name, kind.modifiers, schema=kind.schema)
        if element.user_defined in self.enums:
            return self.enums[element.user_defined] + mark
        if str(element) in SCALARS:
            return SCALARS[str(element)] + mark
        if element.schema is None and element.name in NATIVE:
            return NATIVE[element.name][0] + mark
        raw = str(element) if element.schema is None else f'"{element.schema}"."{element.name}"'
        return f"Unsupported({quoted(raw)}){mark}"

    def native(self, column: Column) -> str:
        kind = column.type.value
        element = ColumnType(kind.name, kind.modifiers, schema=kind.schema)
        if str(element) in SCALARS or element.schema is not None or element.name not in NATIVE:
            return ""
        modifiers = f"({', '.join(element.modifiers)})" if element.modifiers else ""
        return f"@db.{NATIVE[element.name][1]}{modifiers}"

    def default(self, column: Column) -> str:
        if column.client_default is not None and column.client_default.value != "@updatedAt":
            return f"@default({column.client_default.value})"
        match column.default and column.default.value:
            case SerialDefault():
                return "@default(autoincrement())"
            case SqlDefault(text):
                return f"@default(dbgenerated({quoted(text)}))"
        return "" if column.default is not None else "@default(dbgenerated())"

    def relation(self, table: Table, key: ForeignKey, followed: Relation | None) -> None:
        number = sum(len(lines) for lines in self.lines.values())
        reference = key.references.value
        optional = all(
            table.column(name).nullable is not None and table.column(name).nullable.value for name in key.columns
        )
        arguments = [
            quoted(f"r{number}"),
            f"fields: [{', '.join(self.fields[table.name][name] for name in key.columns)}]",
            f"references: [{', '.join(self.fields[reference.table][name] for name in reference.columns)}]",
            f"onDelete: {ACTIONS[key.on_delete.value]}",
        ]
        arguments += [f"onUpdate: {ACTIONS[key.on_update.value]}"] if key.on_update else []
        arguments += [f"map: {quoted(key.name.value)}"] if key.name else []
        target = self.models[reference.table]
        self.lines[table.name].append(f"rel{number} {target}{'?' * optional} @relation({', '.join(arguments)})")
        if followed is not None and followed.single is None:
            return
        mark = "?" if followed is not None and followed.single.value else "[]"
        self.lines[reference.table].append(
            f"back{number} {self.models[table.name]}{mark} @relation({quoted(f'r{number}')})"
        )

    def names(self, index: Index) -> list[str]:
        return [element.column for element in index.elements]

    def rest(self, table: Table) -> list[str]:
        lines = []
        if table.primary_key is not None:
            columns = ", ".join(self.fields[table.name][name] for name in table.primary_key.columns.value)
            lines.append(f"@@id([{columns}], map: {quoted(table.primary_key.name.value)})")
        return lines + [self.index(table, index) for index in table.indexes]

    def index(self, table: Table, index: Index) -> str:
        elements = []
        for element in index.elements:
            arguments = [f"ops: raw({quoted(element.opclass)})"] if element.opclass else []
            arguments += ["sort: Desc"] if element.descending else []
            elements.append(
                self.fields[table.name][element.column] + (f"({', '.join(arguments)})" if arguments else "")
            )
        arguments = [f"[{', '.join(elements)}]", f"map: {quoted(index.name.value)}"]
        if index.method.value != "btree":
            arguments.append(f"type: {METHODS[index.method.value]}")
        if index.predicate.value is not None:
            arguments.append(f"where: raw({quoted(index.predicate.value)})")
        return f"@@{'unique' if index.unique.value else 'index'}({', '.join(arguments)})"
