"""Small schemas that all three languages of schema files can say, said in each, and random changes of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from hypothesis import strategies as st

TABLES, COLUMNS, LABELS = ("users", "orders", "items"), ("a", "total", "note"), ("sad", "fine", "glad")
# By PostgreSQL's name: Prisma's type, Drizzle's call around the name, SQLAlchemy's expression, and a default.
TYPES = {
    "integer": ("Int", 'integer("{}")', "Integer", "7"),
    "bigint": ("BigInt", 'bigint("{}", {{ mode: "bigint" }})', "BigInteger", ""),
    "text": ("String", 'text("{}")', "Text", "x"),
    "varchar(20)": ("String @db.VarChar(20)", 'varchar("{}", {{ length: 20 }})', "String(20)", "x"),
    "boolean": ("Boolean", 'boolean("{}")', "Boolean", "true"),
    "numeric(8,2)": (
        "Decimal @db.Decimal(8, 2)",
        'numeric("{}", {{ precision: 8, scale: 2 }})',
        "Numeric(8, 2)",
        "",
    ),
    "timestamp(3)": ("DateTime", 'timestamp("{}", {{ precision: 3 }})', "TIMESTAMP(precision=3)", ""),
    "jsonb": ("Json", 'jsonb("{}")', "JSONB", ""),
    "uuid": ("String @db.Uuid", 'uuid("{}")', "UUID(as_uuid=True)", ""),
    "mood": ("mood", 'mood("{}")', 'Enum({labels}, name="mood")', LABELS[0]),
}
ACTIONS = {"CASCADE": "Cascade", "RESTRICT": "Restrict", "NO ACTION": "NoAction", "SET NULL": "SetNull"}


@dataclass(frozen=True)
class Column:
    """A column of `kind`, or one that references the key of `target`; `indexed`: "", "index" or "unique"."""

    name: str
    kind: str
    required: bool = False
    default: bool = False
    indexed: str = ""
    target: str = ""
    on_delete: str = "NO ACTION"


@dataclass(frozen=True)
class Spoken:
    """Tables by name, each with a serial key besides its columns, and the labels of the one enum."""

    tables: dict[str, tuple[Column, ...]]
    labels: tuple[str, ...] = LABELS


@st.composite
def columns(draw: st.DrawFn, name: str, tables: tuple[str, ...]) -> Column:
    kind = draw(st.sampled_from(sorted(TYPES)))
    if draw(st.booleans()) and tables:
        required = draw(st.booleans())
        actions = sorted(ACTIONS.keys() - ({"SET NULL"} if required else set()))
        indexed = draw(st.sampled_from(("", "index")))
        target, action = draw(st.sampled_from(tables)), draw(st.sampled_from(actions))
        return Column(name, "integer", required, indexed=indexed, target=target, on_delete=action)
    kinds = ("", "") if kind == "jsonb" else ("", "index", "unique")
    indexed = draw(st.sampled_from(kinds))
    return Column(name, kind, draw(st.booleans()), bool(TYPES[kind][3]) and draw(st.booleans()), indexed)


@st.composite
def schemas(draw: st.DrawFn) -> Spoken:
    names = tuple(draw(st.lists(st.sampled_from(TABLES), unique=True, min_size=1)))
    own = st.lists(st.sampled_from(COLUMNS), unique=True)
    tables = {name: tuple(draw(columns(column, names)) for column in draw(own)) for name in names}
    # Of every schema the enum is used, since in SQLAlchemy it comes with the first column of its type.
    first = names[0]
    return Spoken(tables | {first: (*tables[first], Column("mood", "mood"))})


@st.composite
def changes(draw: st.DrawFn, before: Spoken) -> Spoken:
    """Another schema: a column is there, is not, or is another; a table is there; or a label."""
    tables = tuple(before.tables)
    what = draw(st.sampled_from(("column", "column", "column", "table", "label")))
    free = [name for name in TABLES if name not in tables]
    if what == "label":
        return replace(before, labels=draw(st.sampled_from((LABELS[:2], (*LABELS, "new"), ("new", *LABELS)))))
    if what == "table" and free:
        made = tuple(draw(columns(name, tables)) for name in draw(st.lists(st.sampled_from(COLUMNS), unique=True)))
        return replace(before, tables=before.tables | {draw(st.sampled_from(free)): made})
    table, name = draw(st.sampled_from(tables)), draw(st.sampled_from(COLUMNS))
    old = before.tables[table]
    made = draw(columns(name, tables))
    there = any(column.name == name for column in old)
    if there and draw(st.booleans()):
        new = tuple(column for column in old if column.name != name)
    elif there:
        new = tuple(made if column.name == name else column for column in old)
    else:
        new = (*old, made)
    return replace(before, tables=before.tables | {table: new})


# The three languages. Every constraint bears its name, so that no tool's own names differ.


def prisma(spoken: Spoken) -> str:
    blocks = ['datasource db {\n  provider = "postgresql"\n}\n', _block("enum mood", spoken.labels)]
    back: dict[str, list[str]] = {name: [] for name in spoken.tables}
    for table, own in spoken.tables.items():
        for column in own:
            if column.target:
                back[column.target].append(f'{table}_{column.name} {table}[] @relation("{table}_{column.name}")')
    for table, own in spoken.tables.items():
        lines = [line for column in own for line in _prisma_column(table, column)]
        indexes = [
            f'@@index([{column.name}], map: "{_named(table, column)}")' for column in own if column.indexed == "index"
        ]
        key = "id Int @id @default(autoincrement())"
        blocks.append(_block(f"model {table}", [key, *lines, *back[table], *indexes]))
    return "\n".join(blocks)


def _block(head: str, lines: Iterator[str] | list[str] | tuple[str, ...]) -> str:
    return f"{head} {{\n" + "".join(f"  {line}\n" for line in lines) + "}\n"


def _prisma_column(table: str, column: Column) -> Iterator[str]:
    kind, _, native = TYPES[column.kind][0].partition(" ")
    default = TYPES[column.kind][3]
    value = f'"{default}"' if column.kind in ("text", "varchar(20)") else default
    words = [column.name, kind + ("" if column.required else "?"), native]
    words += [f"@default({value})"] * column.default
    words += [f'@unique(map: "{_named(table, column)}")'] * (column.indexed == "unique")
    yield " ".join(word for word in words if word)
    if column.target:
        mark = "" if column.required else "?"
        arguments = (
            f'"{table}_{column.name}", fields: [{column.name}], references: [id], '
            f'onDelete: {ACTIONS[column.on_delete]}, onUpdate: NoAction, map: "{table}_{column.name}_fkey"'
        )
        yield f"{column.name}_row {column.target}{mark} @relation({arguments})"


def _named(table: str, column: Column) -> str:
    return f"{table}_{column.name}_{'key' if column.indexed == 'unique' else 'idx'}"


def drizzle(spoken: Spoken) -> str:
    words = "bigint, boolean, foreignKey, index, integer, jsonb, numeric, pgEnum, pgTable, serial, text, timestamp"
    labels = ", ".join(f'"{label}"' for label in spoken.labels)
    text = f'import {{ {words}, unique, uuid, varchar }} from "drizzle-orm/pg-core";\n\n'
    text += f'export const mood = pgEnum("mood", [{labels}]);\n'
    for table, own in spoken.tables.items():
        lines = "".join(f"  {column.name}: {_drizzle_column(column)},\n" for column in own)
        extras = "".join(f"  {extra},\n" for column in own for extra in _drizzle_extras(table, column))
        behind = f", (table) => [\n{extras}]" if extras else ""
        text += (
            f'\nexport const {table} = pgTable("{table}", {{\n  id: serial("id").primaryKey(),\n{lines}}}{behind});\n'
        )
    return text


def _drizzle_column(column: Column) -> str:
    default = TYPES[column.kind][3]
    value = default if column.kind in ("integer", "boolean") else f'"{default}"'
    text = TYPES[column.kind][1].format(column.name)
    return text + ".notNull()" * column.required + f".default({value})" * column.default


def _drizzle_extras(table: str, column: Column) -> Iterator[str]:
    if column.indexed:
        yield f'{column.indexed}("{_named(table, column)}").on(table.{column.name})'
    if column.target:
        action = column.on_delete.lower()
        given = f"columns: [table.{column.name}], foreignColumns: [{column.target}.id]"
        yield f'foreignKey({{ {given}, name: "{table}_{column.name}_fkey" }}).onDelete("{action}")'


def sqlalchemy(spoken: Spoken) -> str:
    words = "BigInteger, Boolean, Column, Enum, ForeignKeyConstraint, Index, Integer, MetaData, Numeric, String, Table"
    labels = ", ".join(f'"{label}"' for label in spoken.labels)
    text = f"from sqlalchemy import {words}, Text, UniqueConstraint\n"
    text += "from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP, UUID\n\nmetadata = MetaData()\n"
    for table, own in spoken.tables.items():
        lines = ['Column("id", Integer, primary_key=True)', *(_sqlalchemy_column(column, labels) for column in own)]
        lines += [extra for column in own for extra in _sqlalchemy_extras(table, column)]
        inner = "".join(f"    {line},\n" for line in lines)
        text += f'\n{table} = Table(\n    "{table}",\n    metadata,\n{inner})\n'
    return text


def _sqlalchemy_column(column: Column, labels: str) -> str:
    words = [f'"{column.name}"', TYPES[column.kind][2].format(labels=labels)]
    words += ["nullable=False"] * column.required
    words += [f'server_default="{TYPES[column.kind][3]}"'] * column.default
    return f"Column({', '.join(words)})"


def _sqlalchemy_extras(table: str, column: Column) -> Iterator[str]:
    if column.indexed == "unique":
        yield f'UniqueConstraint("{column.name}", name="{_named(table, column)}")'
    elif column.indexed:
        yield f'Index("{_named(table, column)}", "{column.name}")'
    if column.target:
        name = f"{table}_{column.name}_fkey"
        columns = f'["{column.name}"], ["{column.target}.id"]'
        yield f'ForeignKeyConstraint({columns}, name="{name}", ondelete="{column.on_delete}")'


LANGUAGES: dict[str, tuple[str, Callable[[Spoken], str]]] = {
    "prisma": ("schema.prisma", prisma),
    "drizzle": ("schema.ts", drizzle),
    "sqlalchemy": ("models.py", sqlalchemy),
}
