"""What is written looks as if a person had: in place, in the style of what stands around it, and nothing else touched."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ormistice.fixes import Change, Patch, edited
from ormistice.model import (
    Column,
    Enum,
    ForeignKey,
    GeneratedExpression,
    IdentityGeneration,
    Index,
    IndexElement,
    PrimaryKey,
    Reference,
    ReferentialAction,
    Schema,
    SerialDefault,
    SqlDefault,
    Stated,
    Table,
    UniqueConstraint,
    paired,
)
from ormistice.names import QualifiedName
from ormistice.sources.prisma.write import write
from ormistice.types import ColumnType, parse_type
from sources.prisma.prisma_changes import index_facts, key_facts, read, spoken
from sources.prisma.prisma_printing import HEAD
from sources.prisma.prisma_schemas import HERE

SHOP = """\
// A shop.
datasource pg {
  provider = "postgresql"
}

enum OrderState {
  OPEN @map("open") // as they come
  /// paid for
  PAID @map("paid")
  SHIPPED @map("shipped")

  @@map("order_state")
}

/// Who buys.
model Customer {
  id        Int      @id @default(autoincrement())
  email     String   @unique @pg.VarChar(120) // never shown
  fullName  String   @map("full_name")
  createdAt DateTime @default(now()) @map("created_at")

  orders    Order[]
  address   Address?
  friends   Customer[] @relation("friends")
  friendOf  Customer[] @relation("friends")

  @@map("customers")
}

model Address {
  customerId Int      @id @map("customer_id")
  street     String
  customer   Customer @relation(fields: [customerId], references: [id])

  @@map("addresses")
} // one each

model Order {
  shopId     Int        @map("shop_id")
  number     Int
  /// By whom.
  customerId Int?       @map("customer_id")
  state      OrderState @default(OPEN)
  tags       String[]   @default([])
  total      Decimal    @default(0) @pg.Decimal(10, 2)
  customer   Customer?  @relation(fields: [customerId], references: [id])
  lines      Line[]

  @@id([shopId, number])
  @@unique([number, customerId(sort: Desc)], map: "order_number")
  @@index([state, total], type: BTree, map: "by_state")
  @@map("orders")
}

model Line {
  id     String @id @default(uuid()) @pg.Uuid
  shop   Int
  number Int
  order  Order  @relation(fields: [shop, number], references: [shopId, number], onDelete: Cascade, map: "line_order")

  @@index([shop, number])
}"""


def stated(value: object) -> Stated:
    return Stated(value, HERE)


def table(schema: Schema, name: str) -> Table:
    return next(each for each in schema.tables if each.name.name == name)


def column(schema: Schema, path: str) -> Column:
    owner, name = path.split(".")
    found = table(schema, owner).column(name)
    assert found is not None
    return found


def changing(path: str, **aspects: object) -> Callable[[Schema], Change]:
    def change(schema: Schema) -> Change:
        before = column(schema, path)
        given = {name: stated(value) for name, value in aspects.items()}
        return Change("prisma", before, replace(before, **given))

    return change


def kind(text: str) -> ColumnType:
    return parse_type(text)


def adding(item: object) -> Callable[[Schema], Change]:
    return lambda _: Change("prisma", None, item)


def dropping(path: str) -> Callable[[Schema], Change]:
    return lambda schema: Change("prisma", column(schema, path), None)


def name(text: str) -> QualifiedName:
    return QualifiedName("public", text)


def new_column(path: str, text: str, *, nullable: bool = True, default: object = None, **more: object) -> Column:
    owner, own = path.split(".")
    return Column(name(owner), own, HERE, stated(parse_type(text)), stated(nullable), stated(default), **more)


def new_index(owner: str, *columns: str, unique: bool = False, called: str | None = None, **more: object) -> Index:
    elements = tuple(IndexElement(each) for each in columns)
    given = {"method": stated("btree"), "predicate": stated(None), **more}
    return Index(name(owner), elements, HERE, unique=stated(unique), name=called and stated(called), **given)


def index_of(schema: Schema, owner: str, *columns: str) -> Index:
    return next(each for each in table(schema, owner).indexes if each.key().columns == columns)


def changing_index(owner: str, *columns: str, elements: tuple[IndexElement, ...] | None = None, **aspects: object):
    def change(schema: Schema) -> Change:
        before = index_of(schema, owner, *columns)
        given = {aspect: stated(value) for aspect, value in aspects.items()}
        return Change("prisma", before, replace(before, elements=elements or before.elements, **given))

    return change


def relabelling(*labels: str):
    def change(schema: Schema) -> Change:
        (enum,) = schema.enums
        return Change("prisma", enum, replace(enum, labels=tuple(stated(label) for label in labels)))

    return change


def keyed(owner: str, columns: tuple[str, ...], name: str | None = None):
    def change(schema: Schema) -> Change:
        key = table(schema, owner).primary_key
        assert key is not None
        return Change("prisma", key, replace(key, columns=stated(columns), name=stated(name) if name else key.name))

    return change


CASES: dict[str, tuple[Callable[[Schema], Change], list[str], list[str]]] = {
    "a longer type in a column of attributes": (
        changing("customers.id", type=kind("bigint")),
        [
            "  id        Int      @id @default(autoincrement())",
            '  customerId Int      @id @map("customer_id")',
            '  customerId Int?       @map("customer_id")',
        ],
        [
            "  id        BigInt   @id @default(autoincrement())",
            '  customerId BigInt   @id @map("customer_id")',
            '  customerId BigInt?    @map("customer_id")',
        ],
    ),
    "a native type in place of another": (
        changing("customers.email", type=kind("character varying(200)")),
        ["  email     String   @unique @pg.VarChar(120) // never shown"],
        ["  email     String   @unique @pg.VarChar(200) // never shown"],
    ),
    "a native type gone": (
        changing("customers.email", type=kind("text")),
        ["  email     String   @unique @pg.VarChar(120) // never shown"],
        ["  email     String   @unique // never shown"],
    ),
    "a native type come": (
        changing("customers.created_at", type=kind("timestamp with time zone")),
        ['  createdAt DateTime @default(now()) @map("created_at")'],
        ['  createdAt DateTime @default(now()) @map("created_at") @pg.Timestamptz(6)'],
    ),
    "an enum made text, with its default": (
        changing("orders.state", type=kind("text")),
        ["  state      OrderState @default(OPEN)"],
        ['  state      String     @default("open")'],
    ),
    "a type without a word for it": (
        changing("addresses.street", type=kind("tsvector")),
        ["  street     String"],
        ['  street     Unsupported("tsvector")'],
    ),
    "a label as default": (
        changing("orders.state", default=SqlDefault("'paid'::order_state")),
        ["  state      OrderState @default(OPEN)"],
        ["  state      OrderState @default(PAID)"],
    ),
    "a number as default": (
        changing("orders.total", default=SqlDefault("'-1.50'::numeric")),
        ["  total      Decimal    @default(0) @pg.Decimal(10, 2)"],
        ["  total      Decimal    @default(-1.50) @pg.Decimal(10, 2)"],
    ),
    "a list as default": (
        changing("orders.tags", default=SqlDefault("ARRAY['a, b'::text, 'it''s'::text]")),
        ["  tags       String[]   @default([])"],
        ['  tags       String[]   @default(["a, b", "it\'s"])'],
    ),
    "an expression as default": (
        changing("customers.full_name", default=SqlDefault("upper('x'::text)")),
        ['  fullName  String   @map("full_name")'],
        ['  fullName  String   @default(dbgenerated("upper(\'x\'::text)")) @map("full_name")'],
    ),
    "no default": (
        changing("customers.created_at", default=None),
        ['  createdAt DateTime @default(now()) @map("created_at")'],
        ['  createdAt DateTime @map("created_at")'],
    ),
    "a default of the database in place of the client's": (
        changing("Line.id", default=SqlDefault("gen_random_uuid()")),
        ["  id     String @id @default(uuid()) @pg.Uuid"],
        ['  id     String @id @default(dbgenerated("gen_random_uuid()")) @pg.Uuid'],
    ),
    "a column in the style of the others": (
        adding(new_column("customers.last_seen_at", "timestamp with time zone", default=SqlDefault("now()"))),
        [],
        ['  lastSeenAt DateTime? @default(now()) @map("last_seen_at") @pg.Timestamptz(6)'],
    ),
    "an identity column": (
        adding(
            new_column("addresses.serial", "bigint", nullable=False, identity=stated(IdentityGeneration(always=True)))
        ),
        [],
        ["  serial     BigInt   @default(autoincrement())"],
    ),
    "a column dropped, with its key and its index": (
        dropping("orders.customer_id"),
        [
            "  orders    Order[]",
            "  /// By whom.",
            '  customerId Int?       @map("customer_id")',
            "  customer   Customer?  @relation(fields: [customerId], references: [id])",
            '  @@unique([number, customerId(sort: Desc)], map: "order_number")',
        ],
        [],
    ),
    "a key of one column made one of two": (
        keyed("Line", ("shop", "id")),
        ["  id     String @id @default(uuid()) @pg.Uuid"],
        ["  id     String @default(uuid()) @pg.Uuid", "  @@id([shop, id])"],
    ),
    "a key renamed": (
        keyed("Line", ("id",), "lines_pk"),
        ["  id     String @id @default(uuid()) @pg.Uuid"],
        ['  id     String @id(map: "lines_pk") @default(uuid()) @pg.Uuid'],
    ),
    "an index of other columns": (
        changing_index(
            "orders", "state", "total", elements=(IndexElement("total", descending=True, nulls_first=True),)
        ),
        ['  @@index([state, total], type: BTree, map: "by_state")'],
        ['  @@index([total(sort: Desc)], type: BTree, map: "by_state")'],
    ),
    "an index made unique": (
        changing_index("orders", "state", "total", unique=True),
        ['  @@index([state, total], type: BTree, map: "by_state")'],
        ['  @@unique([state, total], type: BTree, map: "by_state")'],
    ),
    "an index renamed": (
        changing_index("Line", "shop", "number", name="by_order"),
        ["  @@index([shop, number])"],
        ['  @@index([shop, number], map: "by_order")'],
    ),
    "an index of another method": (
        changing_index("Line", "shop", "number", elements=(IndexElement("number"),), method="hash"),
        ["  @@index([shop, number])"],
        ['  @@index([number], map: "Line_shop_number_idx", type: Hash)'],
    ),
    "an index on an operator class": (
        adding(
            replace(
                new_index("addresses", "street", called="addresses_street_idx"),
                elements=(IndexElement("street", opclass="gin_trgm_ops"),),
                method=stated("gin"),
            )
        ),
        [],
        ['  @@index([street(ops: raw("gin_trgm_ops"))], type: Gin)'],
    ),
    "a unique constraint": (
        adding(
            UniqueConstraint(
                name("Line"), ("number", "shop"), HERE, nulls_not_distinct=stated(value=False), name=stated("n")
            )
        ),
        [],
        ['  @@unique([number, shop], map: "n")'],
    ),
    "a label behind another": (
        relabelling("open", "paid", "packed", "shipped"),
        [],
        ['  PACKED @map("packed")'],
    ),
    "a label gone": (relabelling("open", "paid"), ['  SHIPPED @map("shipped")'], []),
    "labels in another order, with what is said of them": (
        relabelling("paid", "open", "shipped"),
        ['  OPEN @map("open") // as they come'],
        ['  OPEN @map("open") // as they come'],
    ),
    "a label renamed where it stands, with the default of it": (
        relabelling("new order", "paid", "shipped"),
        ['  OPEN @map("open") // as they come', "  state      OrderState @default(OPEN)"],
        ['  NEW_ORDER @map("new order") // as they come', "  state      OrderState @default(NEW_ORDER)"],
    ),
    "an enum under another name": (
        lambda schema: Change("prisma", schema.enums[0], replace(schema.enums[0], name=name("states"))),
        ['  @@map("order_state")'],
        ['  @@map("states")'],
    ),
    "another enum": (
        adding(Enum(name("pay_kind"), (stated("cash"), stated("credit card"), stated("2nd hand")), HERE)),
        [],
        [
            "}",
            "",
            "enum PayKind {",
            '  CASH @map("cash")',
            '  CREDIT_CARD @map("credit card")',
            '  VALUE_2ND_HAND @map("2nd hand")',
            "",
            '  @@map("pay_kind")',
        ],
    ),
    "a second key between the same tables": (
        adding(
            ForeignKey(
                name("orders"),
                ("number",),
                HERE,
                references=stated(Reference(name("customers"), ("id",))),
                on_delete=stated(ReferentialAction.SET_NULL),
                on_update=stated(ReferentialAction.CASCADE),
                name=stated("orders_number_fkey"),
            )
        ),
        [],
        [
            '  ordersByNumber Order[] @relation("Order_customerByNumber")',
            '  customerByNumber Customer @relation("Order_customerByNumber", fields: [number], references: [id],'
            " onDelete: SetNull)",
        ],
    ),
}


def fixed(text: str, patch: Patch | None) -> str:
    assert patch is not None
    return edited("schema.prisma", text, [patch])


def changed_lines(before: str, after: str) -> tuple[list[str], list[str]]:
    from difflib import ndiff

    lines = list(ndiff(before.splitlines(), after.splitlines()))
    return [line[2:] for line in lines if line[0] == "-"], [line[2:] for line in lines if line[0] == "+"]


@pytest.mark.parametrize("case", CASES)
def test_lines_that_change(case):
    change, gone, come = CASES[case]
    text = fixed(SHOP, write(read(SHOP), change(read(SHOP))))

    assert changed_lines(SHOP, text) == (gone, come)
    assert read(text).problems == ()


def wide_table() -> Table:
    """A table as a database has it, with everything that a model can say and something that it cannot."""
    owner = name("order_notes")
    columns = (
        new_column("order_notes.id", "bigint", nullable=False, identity=stated(IdentityGeneration(always=False))),
        new_column("order_notes.shop_id", "integer", nullable=False),
        new_column("order_notes.order_number", "integer", nullable=False),
        new_column("order_notes.author_id", "integer"),
        new_column("order_notes.checker_id", "integer"),
        new_column("order_notes.answers", "bigint"),
        replace(
            new_column("order_notes.state", "text", nullable=False, default=SqlDefault("'open'::public.order_state")),
            type=stated(ColumnType("order_state", schema="public")),
        ),
        new_column("order_notes.class", "text", nullable=False),
        new_column("order_notes.2nd", "interval"),
        new_column("order_notes.search", "tsvector", generated=stated(GeneratedExpression("to_tsvector('x')"))),
    )
    keys = (
        new_key("order_notes", {"shop_id": "shop_id", "order_number": "number"}, "orders", ReferentialAction.CASCADE),
        new_key("order_notes", {"author_id": "id"}, "customers", ReferentialAction.SET_NULL),
        new_key("order_notes", {"checker_id": "id"}, "customers", ReferentialAction.RESTRICT, called="checked"),
        new_key("order_notes", {"answers": "id"}, "order_notes", ReferentialAction.NO_ACTION),
    )
    indexes = (
        new_index("order_notes", "search", called="order_notes_search_idx", method=stated("gin")),
        new_index("order_notes", "class", called="by_class", include=stated(("state",))),
        replace(new_index("order_notes", "x", called="lower"), elements=(IndexElement(None, "lower(class)"),)),
    )
    unique = UniqueConstraint(owner, ("author_id",), HERE, name=stated("order_notes_author_id_key"))
    return Table(
        owner,
        HERE,
        columns,
        PrimaryKey(owner, stated(("id",)), HERE, stated("order_notes_pkey")),
        keys,
        (unique,),
        indexes,
    )


def new_key(
    owner: str, pairs: dict[str, str], target: str, on_delete: ReferentialAction, called: str | None = None
) -> ForeignKey:
    columns, referenced = paired(tuple(pairs), tuple(pairs.values()))
    return ForeignKey(
        name(owner),
        columns,
        HERE,
        references=stated(Reference(name(target), referenced)),
        on_delete=stated(on_delete),
        on_update=stated(ReferentialAction.NO_ACTION),
        name=stated(called or f"{owner}_{'_'.join(columns)}_fkey"),
    )


def test_a_whole_table_is_a_model_like_the_others():
    text = fixed(SHOP, write(read(SHOP), Change("prisma", None, wide_table())))
    gone, come = changed_lines(SHOP, text)

    assert gone == []
    assert come[:3] == ANSWERS
    assert text.endswith(f"\n\n{WIDE}\n")
    assert read(text).problems == ()


ANSWERS = [
    "  orderNote OrderNote?",
    '  orderNotes OrderNote[] @relation("OrderNote_checker")',
    "  orderNotes OrderNote[]",
]
WIDE = """\
model OrderNote {
  id                  BigInt                   @id @default(autoincrement())
  shopId              Int                      @map("shop_id")
  orderNumber         Int                      @map("order_number")
  authorId            Int?                     @unique @map("author_id")
  checkerId           Int?                     @map("checker_id")
  answers             BigInt?
  state               OrderState               @default(OPEN)
  class               String
  field_2nd           Unsupported("interval")? @map("2nd")
  search              Unsupported("tsvector")? @default(dbgenerated())
  order               Order                    @relation(fields: [orderNumber, shopId], references: [number, shopId], onDelete: Cascade, onUpdate: NoAction)
  author              Customer?                @relation(fields: [authorId], references: [id], onUpdate: NoAction)
  checker             Customer?                @relation("OrderNote_checker", fields: [checkerId], references: [id], onDelete: Restrict, onUpdate: NoAction, map: "checked")
  orderNote           OrderNote?               @relation("OrderNote_orderNote", fields: [answers], references: [id], onDelete: NoAction, onUpdate: NoAction)
  orderNotesByAnswers OrderNote[]              @relation("OrderNote_orderNote")

  @@index([search], type: Gin)
  @@map("order_notes")
}"""


MANY = [
    pytest.param("\n", id="line feeds"),
    pytest.param("\r\n", id="carriage returns and line feeds"),
    pytest.param("\r", id="carriage returns"),
]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("ending", MANY[1:])
def test_line_breaks_are_those_of_the_file(ending, case):
    change, *_ = CASES[case]
    plain = fixed(SHOP, write(read(SHOP), change(read(SHOP))))
    text = SHOP.replace("\n", ending)

    assert fixed(text, write(read(text), change(read(text)))) == plain.replace("\n", ending)


STRANGE = """\
datasource db{ // one
provider="postgresql"
}
/* first */ model A { // opens
/* a
   b */ id Int @id /* c
  d */
\tname   String ? @unique( map : "n" )// tabs
  kind K
  /// kept
  to   Int /* which */
  b B @relation ( fields : [ to ] , references : [ id ] ) // where
  /* last */ }  model B {
  id Int @id
  as A[]
} /* behind */ enum K { /// why
  one /* 1 */
  /* 2 */ two
} // end"""


def strange_changes() -> dict[str, Callable[[Schema], Change]]:
    def key(schema: Schema) -> ForeignKey:
        return table(schema, "A").foreign_keys[0]

    return {
        "type of a key": changing("A.id", type=kind("bigint")),
        "type": changing("A.name", type=kind("uuid")),
        "nullability": changing("A.name", nullable=False),
        "nullability of a key's column": changing("A.to", nullable=True),
        "default": changing("A.name", default=SqlDefault("'x'")),
        "drop a column with an index": dropping("A.name"),
        "drop a column with a key": dropping("A.to"),
        "drop a column behind a comment": dropping("A.kind"),
        "add a column": adding(new_column("A.new", "integer")),
        "add a column to a model that has no last field": adding(new_column("B.new", "integer")),
        "add an index": adding(new_index("A", "kind", "name", called="x")),
        "add an index to the other": adding(new_index("B", "id", unique=True, called="x")),
        "drop an index": lambda schema: Change("prisma", index_of(schema, "A", "name"), None),
        "primary key": keyed("A", ("id", "to"), "x"),
        "drop a key": lambda schema: Change("prisma", key(schema), None),
        "retarget a key": lambda schema: Change(
            "prisma", key(schema), replace(key(schema), references=stated(Reference(name("A"), ("id",))))
        ),
        "actions of a key": lambda schema: Change(
            "prisma", key(schema), replace(key(schema), on_delete=stated(ReferentialAction.CASCADE))
        ),
        "labels": relabelling("two", "zero", "one"),
        "one label more": relabelling("one", "two", "three"),
        "one label less": relabelling("two"),
        "other labels": relabelling("uno", "two"),
        "add an enum": adding(Enum(name("more"), (stated("x"),), HERE)),
        "add a table": adding(
            Table(
                name("C"),
                HERE,
                (new_column("C.id", "integer", nullable=False), new_column("C.a", "integer")),
                PrimaryKey(name("C"), stated(("id",)), HERE, stated("C_pkey")),
                (new_key("C", {"a": "id"}, "A", ReferentialAction.CASCADE),),
            )
        ),
        "drop a table": lambda schema: Change("prisma", table(schema, "A"), None),
    }


@pytest.mark.parametrize("ending", MANY)
@pytest.mark.parametrize("case", strange_changes())
def test_strange_spacing_and_comments_are_no_hindrance(case, ending):
    text = STRANGE.replace("\n", ending)
    before = read(text)
    assert before.problems == ()
    change = strange_changes()[case](before)
    again = fixed(text, write(before, change))
    after = read(again)

    assert after.problems == ()
    assert again.count("/*") == again.count("*/")
    assert says(after, change.after)
    assert change.after is not None or not says(after, change.before)
    touched = {change.before or change.after}
    untouched = [each for each in before.tables if each.name not in {getattr(item, "table", None) for item in touched}]
    assert all(says(after, each) for each in untouched if each is not change.before and "A.id" not in str(change))


def says(schema: Schema, item: object) -> bool:
    """Whether a schema has an object just so."""
    match item:
        case None:
            return True
        case Column():
            found = schema.table(item.table) and schema.table(item.table).column(item.name)
            return bool(found) and spoken(found) == spoken(item)
        case Index():
            return index_facts(item) in [index_facts(each) for each in schema.table(item.table).indexes]
        case ForeignKey():
            return key_facts(item) in [key_facts(each) for each in schema.table(item.table).foreign_keys]
        case PrimaryKey():
            return item.columns == schema.table(item.table).primary_key.columns
        case Enum():
            return item in schema.enums
        case Table():
            found = schema.table(item.name)
            return found is not None and [each.name for each in found.columns] == [each.name for each in item.columns]
    return False


def test_what_is_new_goes_to_the_file_of_its_like(tmp_path, open_prisma):
    (tmp_path / "a.prisma").write_text('datasource db {\n  provider = "postgresql"\n}\n\nenum Kind {\n  A\n}\n')
    (tmp_path / "b.prisma").write_text("model One {\n  id Int @id\n}\n\nmodel Two {\n  id Int @id\n}")
    (tmp_path / "c.prisma").write_text("model Three {\n  id Int @id\n}\n")
    source = open_prisma(".")
    before = source.load()
    enum = Enum(name("Other"), (stated("x"),), HERE)
    four = Table(
        name("Four"),
        HERE,
        (new_column("Four.id", "integer", nullable=False), new_column("Four.three", "integer")),
        PrimaryKey(name("Four"), stated(("id",)), HERE, stated("Four_pkey")),
        (new_key("Four", {"three": "id"}, "Three", ReferentialAction.SET_NULL),),
    )
    patches = [source.write(before, Change("prisma", None, item)) for item in (enum, four)]

    assert [[Path(edit.span.file).name for edit in patch.edits] for patch in patches] == [
        ["a.prisma"],
        ["b.prisma", "c.prisma"],
    ]
    after = source.load(tuple(patches))
    assert after.problems == ()
    assert [each.name.name for each in after.tables] == ["One", "Two", "Four", "Three"]
    assert [each.name.name for each in after.enums] == ["Kind", "Other"]


def test_a_first_model_and_a_first_enum_go_to_an_empty_schema():
    head = 'datasource db {\n  provider = "postgresql"\n}\n'
    enum = Enum(name("kind"), (stated("a"),), HERE)
    text = fixed(head, write(read(head), Change("prisma", None, enum)))
    lone = Table(
        name("logs"), HERE, (replace(new_column("logs.k", "text"), type=stated(ColumnType("kind", schema="public"))),)
    )
    text = fixed(text, write(read(text), Change("prisma", None, lone)))

    assert text == head + "\nenum kind {\n  a\n}\n\nmodel logs {\n  k kind?\n\n  @@ignore\n}\n"


COMPOSITE = f"""{HEAD}
model Item {{
  tenant  Int
  part    Int

  @@id([part])
}}

model Part {{
  id     Int
  tenant Int

  @@id([tenant, id])
}}
"""


@pytest.mark.parametrize(
    ("own", "order"),
    [
        ("Item_tenant_part_fkey", "fields: [tenant, part], references: [tenant, id]"),
        ("Item_part_tenant_fkey", "fields: [part, tenant], references: [id, tenant]"),
        ("other", 'fields: [tenant, part], references: [tenant, id], map: "other"'),
    ],
)
def test_a_key_over_several_columns_is_in_the_order_that_is_unique(own, order):
    schema = read(COMPOSITE)
    key = replace(
        new_key("Item", {"part": "id", "tenant": "tenant"}, "Part", ReferentialAction.RESTRICT), name=stated(own)
    )
    key = replace(key, on_update=stated(ReferentialAction.CASCADE))
    text = fixed(COMPOSITE, write(schema, Change("prisma", None, key)))

    assert f"@relation({order})" in text


def test_an_enum_moves_to_another_schema_that_is_listed():
    listed = HEAD.replace("\n}", '\n  schemas = ["public", "other"]\n}')
    before = f'{listed}\nenum Kind {{\n  A\n\n  @@schema("public")\n}}\n'
    named = before.replace('  @@schema("public")', '  @@map("kind")\n  @@schema("other")')
    schema = read(before)

    def moved(name: QualifiedName) -> Patch | None:
        return write(schema, Change("prisma", schema.enums[0], replace(schema.enums[0], name=name)))

    assert fixed(before, moved(QualifiedName("other", "Kind"))) == before.replace('"public")', '"other")')
    assert fixed(before, moved(QualifiedName("other", "kind"))) == named
    assert moved(QualifiedName("elsewhere", "Kind")) is None


def test_columns_are_put_in_another_order_with_what_is_said_of_them():
    owner = table(read(SHOP), "orders")
    names = ["number", "customer_id", "state", "tags", "shop_id", "total"]
    after = replace(owner, columns=tuple(owner.column(each) for each in names))
    text = fixed(SHOP, write(read(SHOP), Change("prisma", owner, after)))

    assert [each.name for each in table(read(text), "orders").columns] == names
    assert changed_lines(SHOP, text) == (
        ['  shopId     Int        @map("shop_id")'],
        ['  shopId     Int        @map("shop_id")'],
    )


IMPOSSIBLE: dict[str, Callable[[Schema], Change]] = {
    "a type that only the database knows": changing("addresses.street", type=ColumnType("street", schema="public")),
    "NULL in a key": changing("Line.id", nullable=True),
    "NULL in a list": changing("orders.tags", nullable=True),
    "a list for one value, NULL or not": changing("orders.tags", type=kind("text")),
    "a label that is not there": changing("orders.state", default=SqlDefault("'lost'")),
    "a serial uuid": changing("Line.id", default=SerialDefault()),
    "a list as key": changing("Line.id", type=kind("text[]")),
    "a generated column": changing("addresses.street", generated=GeneratedExpression("'x'")),
    "a comment": changing("addresses.street", comment="where"),
    "a key gone that nothing takes the place of": lambda schema: Change(
        "prisma", table(schema, "Line").primary_key, None
    ),
    "a key gone that an implicit relation hangs on": keyed("customers", ("email",)),
    "a column gone that is of the key": dropping("orders.number"),
    "a column gone that is referenced": dropping("customers.id"),
    "a table gone that is referenced": lambda schema: Change("prisma", table(schema, "orders"), None),
    "an implicit join table gone": lambda schema: Change("prisma", table(schema, "_friends"), None),
    "a column of an implicit join table": changing("_friends.A", type=kind("bigint")),
    "an enum gone that a column is of": lambda schema: Change("prisma", schema.enums[0], None),
    "a label gone that is a default": relabelling("paid", "shipped"),
    "no label": relabelling(),
    "an index on an expression": adding(
        replace(new_index("Line", "x"), elements=(IndexElement(None, "lower(id)"),)),
    ),
    "an index with more columns": adding(new_index("Line", "shop", include=stated(("number",)))),
    "an index that puts NULL elsewhere": adding(
        replace(new_index("Line", "x"), elements=(IndexElement("shop", nulls_first=True),))
    ),
    "a unique index that holds NULL apart": adding(
        new_index("Line", "shop", unique=True, nulls_not_distinct=stated(value=True))
    ),
    "a part of an index": adding(new_index("Line", "shop", predicate=stated("shop > 5"))),
    "a unique index by operator class": adding(
        replace(new_index("Line", "x", unique=True), elements=(IndexElement("shop", opclass="int4_ops"),))
    ),
    "an index method of an extension": adding(new_index("Line", "shop", method=stated("hnsw"))),
    "a key to what is not unique": adding(new_key("Line", {"shop": "shop_id"}, "orders", ReferentialAction.CASCADE)),
    "a key to another type": adding(new_key("orders", {"tags": "id"}, "customers", ReferentialAction.CASCADE)),
    "a key to a table that is not there": adding(new_key("Line", {"shop": "id"}, "shops", ReferentialAction.CASCADE)),
    "a table that references one that is not there": adding(
        Table(
            name("new"),
            HERE,
            (new_column("new.id", "integer", nullable=False),),
            PrimaryKey(name("new"), stated(("id",)), HERE),
            (new_key("new", {"id": "id"}, "shops", ReferentialAction.CASCADE),),
        )
    ),
    "a table that is there": adding(Table(name("orders"), HERE, (new_column("orders.id", "integer"),))),
    "a table of another schema": adding(Table(QualifiedName("other", "new"), HERE, (new_column("new.id", "integer"),))),
    "an enum of another schema": adding(Enum(QualifiedName("other", "new"), (stated("a"),), HERE)),
}


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_what_prisma_cannot_say_is_not_written(case):
    schema = read(SHOP)

    assert write(schema, IMPOSSIBLE[case](schema)) is None


def test_what_alone_tells_rows_apart_stays_required():
    """Prisma takes no model without something unique of which nothing is optional."""
    head = 'datasource db {\n  provider = "postgresql"\n}\n\nmodel logs {\n'
    alone = f"{head}  a String @unique\n  b Int?   @unique\n}}\n"
    another = f"{head}  a String @unique\n  b Int    @unique\n}}\n"
    optional = changing("logs.a", nullable=True)

    assert write(read(alone), optional(read(alone))) is None
    assert fixed(another, write(read(another), optional(read(another)))) == another.replace("String ", "String? ")
