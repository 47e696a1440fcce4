"""Changes to the schema that database.sql, schema.prisma, schema.ts and models.py all describe, one at a time.

Each has the findings above nothing that it must give: (rule, object). An object is the table or enum with its columns.
"""

DROP_KEY = "ALTER TABLE loans DROP CONSTRAINT loans_reader;"
ADD_KEY = "ALTER TABLE loans ADD CONSTRAINT loans_reader FOREIGN KEY (reader_id) REFERENCES readers (id)"
DROP_FEE = "DROP INDEX loans_fee;"
KEY, FEE, PAIR = "loans.reader_id", "loans.fee", "loans.reader_id.state"


def remade_enum(*labels: str) -> str:
    listed = ", ".join(f"'{label}'" for label in labels)
    return (
        "ALTER TABLE loans ALTER state DROP DEFAULT; ALTER TYPE state RENAME TO old_state; "
        f"CREATE TYPE state AS ENUM ({listed}); "
        "ALTER TABLE loans ALTER state TYPE state USING state::text::state; "
        "ALTER TABLE loans ALTER state SET DEFAULT 'open'; DROP TYPE old_state"
    )


DATABASE = {
    "key, ON DELETE": (f"{DROP_KEY} {ADD_KEY} ON DELETE RESTRICT", [("on-delete-mismatch", KEY)]),
    "key, ON UPDATE": (f"{DROP_KEY} {ADD_KEY} ON DELETE CASCADE ON UPDATE CASCADE", [("on-update-mismatch", KEY)]),
    "key, RESTRICT for NO ACTION": (
        f"{DROP_KEY} {ADD_KEY} ON DELETE CASCADE ON UPDATE RESTRICT",
        [("on-update-mismatch", KEY)],
    ),
    "key dropped": (DROP_KEY, [("missing-foreign-key", KEY)]),
    "key renamed": (
        "ALTER TABLE loans RENAME CONSTRAINT loans_reader TO other",
        [("constraint-name-mismatch", KEY)],
    ),
    "key, deferrable": (
        f"{DROP_KEY} {ADD_KEY} ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
        [("deferrability-mismatch", KEY)],
    ),
    "key, NOT VALID": (f"{DROP_KEY} {ADD_KEY} ON DELETE CASCADE NOT VALID", [("unvalidated-foreign-key", KEY)]),
    "key, triggers disabled": ("ALTER TABLE loans DISABLE TRIGGER ALL", [("unenforced-foreign-key", KEY)]),
    "index dropped": (DROP_FEE, [("missing-index", FEE)]),
    "index, order of columns": (
        "DROP INDEX loans_reader_state; CREATE INDEX loans_reader_state ON loans (state, reader_id)",
        [("index-definition-mismatch", PAIR)],
    ),
    "index, method": (
        f"{DROP_FEE} CREATE INDEX loans_fee ON loans USING hash (fee)",
        [("index-definition-mismatch", FEE)],
    ),
    "index, predicate": (
        f"{DROP_FEE} CREATE INDEX loans_fee ON loans (fee) WHERE fee > 5",
        [("index-definition-mismatch", FEE)],
    ),
    "index, DESC": (f"{DROP_FEE} CREATE INDEX loans_fee ON loans (fee DESC)", [("index-definition-mismatch", FEE)]),
    "index, unique": (f"{DROP_FEE} CREATE UNIQUE INDEX loans_fee ON loans (fee)", [("index-definition-mismatch", FEE)]),
    "index, INCLUDE": (
        f"{DROP_FEE} CREATE INDEX loans_fee ON loans (fee) INCLUDE (notes)",
        [("index-definition-mismatch", FEE)],
    ),
    "index added": ("CREATE INDEX more ON loans (notes)", [("missing-index", "loans.notes")]),
    "unique dropped": (
        "ALTER TABLE readers DROP CONSTRAINT readers_email_key",
        [("missing-unique-constraint", "readers.email")],
    ),
    "unique, NULLS NOT DISTINCT": (
        "ALTER TABLE readers DROP CONSTRAINT readers_email_key;"
        "ALTER TABLE readers ADD CONSTRAINT readers_email_key UNIQUE NULLS NOT DISTINCT (email)",
        [("index-definition-mismatch", "readers.email")],
    ),
    "enum, label added": ("ALTER TYPE state ADD VALUE 'torn'", [("enum-label-mismatch", "state")]),
    "enum, label renamed": ("ALTER TYPE state RENAME VALUE 'lent' TO 'out'", [("enum-label-mismatch", "state")]),
    "enum, label removed": (remade_enum("open", "lent"), [("enum-label-mismatch", "state")]),
    "enum, order of labels": (remade_enum("lost", "lent", "open"), [("enum-label-order-mismatch", "state")]),
    "enum column made text": (
        "ALTER TABLE loans ALTER state DROP DEFAULT; ALTER TABLE loans ALTER state TYPE text; "
        "ALTER TABLE loans ALTER state SET DEFAULT 'open'",
        [("enum-stored-as-text", "loans.state")],
    ),
    "text made varchar(50)": (
        "ALTER TABLE readers ALTER nickname TYPE varchar(50)",
        [("column-type-mismatch", "readers.nickname")],
    ),
    "text made varchar": (
        "ALTER TABLE readers ALTER nickname TYPE varchar",
        [("column-type-mismatch", "readers.nickname")],
    ),
    "numeric, precision": ("ALTER TABLE loans ALTER fee TYPE numeric(6, 2)", [("column-type-mismatch", FEE)]),
    "timestamp, precision": (
        "ALTER TABLE readers ALTER joined_at TYPE timestamp",
        [("column-type-mismatch", "readers.joined_at")],
    ),
    "timestamp with time zone": (
        "ALTER TABLE readers ALTER joined_at TYPE timestamptz(3)",
        [("column-type-mismatch", "readers.joined_at")],
    ),
    "integer made bigint": ("ALTER TABLE loans ALTER reader_id TYPE bigint", [("column-type-mismatch", KEY)]),
    "jsonb made json": ("ALTER TABLE loans ALTER notes TYPE json", [("column-type-mismatch", "loans.notes")]),
    "NOT NULL": ("ALTER TABLE readers ALTER nickname SET NOT NULL", [("nullability-mismatch", "readers.nickname")]),
    "default dropped": (
        "ALTER TABLE readers ALTER joined_at DROP DEFAULT",
        [("default-mismatch", "readers.joined_at")],
    ),
    "default changed": ("ALTER TABLE loans ALTER state SET DEFAULT 'lent'", [("default-mismatch", "loans.state")]),
    "default added": ("ALTER TABLE readers ALTER nickname SET DEFAULT 'x'", [("default-mismatch", "readers.nickname")]),
    "serial without its default": ("ALTER TABLE readers ALTER id DROP DEFAULT", [("default-mismatch", "readers.id")]),
    "serial made identity": (
        "ALTER TABLE readers ALTER id DROP DEFAULT; DROP SEQUENCE readers_id_seq;"
        "ALTER TABLE readers ALTER id ADD GENERATED BY DEFAULT AS IDENTITY",
        [("identity-mismatch", "readers.id")],
    ),
    "check dropped": ("ALTER TABLE loans DROP CONSTRAINT loans_fee_sign", [("missing-check", "loans")]),
    "check changed": (
        "ALTER TABLE loans DROP CONSTRAINT loans_fee_sign;"
        "ALTER TABLE loans ADD CONSTRAINT loans_fee_sign CHECK (fee >= 100)",
        [("check-expression-mismatch", "loans")],
    ),
    "check added": ("ALTER TABLE loans ADD CONSTRAINT more CHECK (fee < 1e9)", [("missing-check", "loans")]),
    "primary key dropped": ("ALTER TABLE loans DROP CONSTRAINT loans_pkey", [("primary-key-mismatch", "loans")]),
    "primary key, another column": (
        "ALTER TABLE loans DROP CONSTRAINT loans_pkey; ALTER TABLE loans ADD PRIMARY KEY (id, reader_id)",
        [("primary-key-mismatch", "loans")],
    ),
    "column added": ("ALTER TABLE readers ADD extra integer", [("missing-column", "readers.extra")]),
    "column dropped": ("ALTER TABLE readers DROP nickname", [("missing-column", "readers.nickname")]),
    "table added": ("CREATE TABLE more (id integer PRIMARY KEY)", [("unmanaged-table", "more")]),
    "column, comment": ("COMMENT ON COLUMN readers.nickname IS 'x'", [("comment-mismatch", "readers.nickname")]),
    "column, collation": (
        'ALTER TABLE readers ALTER nickname TYPE text COLLATE "C"',
        [("collation-mismatch", "readers.nickname")],
    ),
    "row level security": ("ALTER TABLE readers ENABLE ROW LEVEL SECURITY", [("row-security-mismatch", "readers")]),
    "columns, order": (
        "ALTER TABLE readers DROP nickname; ALTER TABLE readers ADD nickname text",
        [("column-order-mismatch", "readers")],
    ),
    # Dropped and added again, so that it stands last: both are true.
    "column made generated": (
        "ALTER TABLE readers DROP nickname; ALTER TABLE readers ADD nickname text GENERATED ALWAYS AS (email) STORED",
        [("column-order-mismatch", "readers"), ("generated-column-mismatch", "readers.nickname")],
    ),
}

# The like in each schema file: file, what stands there, what stands there instead, and the findings.
FILES = [
    ("schema.prisma", "onDelete: Cascade", "onDelete: Restrict", [("on-delete-mismatch", KEY)]),
    ("schema.prisma", "onUpdate: NoAction", "onUpdate: Cascade", [("on-update-mismatch", KEY)]),
    ("schema.prisma", 'map: "loans_reader")', 'map: "other")', [("constraint-name-mismatch", KEY)]),
    ("schema.prisma", '  @@index([fee], map: "loans_fee")\n', "", [("missing-index", FEE)]),
    ("schema.prisma", "[reader_id, state]", "[state, reader_id]", [("index-definition-mismatch", PAIR)]),
    ("schema.prisma", "@@index([fee]", "@@index([fee(sort: Desc)]", [("index-definition-mismatch", FEE)]),
    ("schema.prisma", "@@index([fee]", "@@unique([fee]", [("index-definition-mismatch", FEE)]),
    ("schema.prisma", ' @unique(map: "readers_email_key")', "", [("missing-unique-constraint", "readers.email")]),
    ("schema.prisma", "  lost\n", "  lost\n  torn\n", [("enum-label-mismatch", "state")]),
    ("schema.prisma", "  lent\n  lost\n", "  lost\n  lent\n", [("enum-label-order-mismatch", "state")]),
    (
        "schema.prisma",
        "state     state   @default(open)",
        'state     String  @default("open")',
        [("enum-stored-as-text", "loans.state")],
    ),
    (
        "schema.prisma",
        "nickname  String?",
        "nickname  String? @db.VarChar(50)",
        [("column-type-mismatch", "readers.nickname")],
    ),
    ("schema.prisma", "@db.Decimal(8, 2)", "@db.Decimal(6, 2)", [("column-type-mismatch", FEE)]),
    ("schema.prisma", " @db.Timestamp(3)", " @db.Timestamptz(3)", [("column-type-mismatch", "readers.joined_at")]),
    ("schema.prisma", "Json?", "Json? @db.Json", [("column-type-mismatch", "loans.notes")]),
    ("schema.prisma", "nickname  String?", "nickname  String", [("nullability-mismatch", "readers.nickname")]),
    ("schema.prisma", "@default(open)", "@default(lost)", [("default-mismatch", "loans.state")]),
    ("schema.prisma", "DateTime @default(now())", "DateTime", [("default-mismatch", "readers.joined_at")]),
    ("schema.prisma", "  nickname  String?\n", "", [("missing-column", "readers.nickname")]),
    (
        "schema.prisma",
        "  nickname  String?\n",
        "  nickname  String?\n  extra     Int?\n",
        [("missing-column", "readers.extra")],
    ),
    ("schema.prisma", "  nickname  String?", "  nickName  String?", [("column-name-mismatch", "readers")]),
    (
        "schema.prisma",
        "  nickname  String?",
        "  alias     String?",
        [("missing-column", "readers.alias"), ("missing-column", "readers.nickname")],
    ),
    ("schema.ts", 'onDelete("cascade")', 'onDelete("restrict")', [("on-delete-mismatch", KEY)]),
    ("schema.ts", 'integer("reader_id")', 'integer("readerId")', [("column-name-mismatch", "loans")]),
    ("schema.ts", 'onDelete("cascade")', 'onDelete("cascade").onUpdate("cascade")', [("on-update-mismatch", KEY)]),
    ("schema.ts", 'name: "loans_reader", ', 'name: "other", ', [("constraint-name-mismatch", KEY)]),
    ("schema.ts", "foreignColumns: [readers.id]", "foreignColumns: [loans.id]", [("foreign-key-target-mismatch", KEY)]),
    ("schema.ts", '    index("loans_fee").on(table.fee),\n', "", [("missing-index", FEE)]),
    ("schema.ts", "table.readerId, table.state", "table.state, table.readerId", [("index-definition-mismatch", PAIR)]),
    ("schema.ts", "on(table.fee)", 'using("hash", table.fee)', [("index-definition-mismatch", FEE)]),
    ("schema.ts", "on(table.fee)", "on(table.fee).where(sql`fee > 5`)", [("index-definition-mismatch", FEE)]),
    (
        "schema.ts",
        "on(table.email)",
        "on(table.email).nullsNotDistinct()",
        [("index-definition-mismatch", "readers.email")],
    ),
    ("schema.ts", '["open", "lent", "lost"]', '["open", "lent"]', [("enum-label-mismatch", "state")]),
    ("schema.ts", '["open", "lent", "lost"]', '["open", "lost", "lent"]', [("enum-label-order-mismatch", "state")]),
    (
        "schema.ts",
        "{ precision: 3 }",
        "{ precision: 3, withTimezone: true }",
        [("column-type-mismatch", "readers.joined_at")],
    ),
    ("schema.ts", 'integer("reader_id").notNull()', 'integer("reader_id")', [("nullability-mismatch", KEY)]),
    ("schema.ts", '.default("open")', "", [("default-mismatch", "loans.state")]),
    ("schema.ts", "sql`fee >= 0`", "sql`fee >= 100`", [("check-expression-mismatch", "loans")]),
    ("schema.ts", '    check("loans_fee_sign", sql`fee >= 0`),\n', "", [("missing-check", "loans")]),
    (
        "schema.ts",
        'id: serial("id").primaryKey(),\n    readerId',
        'id: integer("id").primaryKey().generatedByDefaultAsIdentity(),\n    readerId',
        [("identity-mismatch", "loans.id")],
    ),
    (
        "models.py",
        'ondelete="CASCADE"',
        'ondelete="SET NULL"',
        [("on-delete-mismatch", KEY), ("set-null-on-not-null-column", KEY)],
    ),
    ("models.py", 'ondelete="CASCADE"', 'ondelete="CASCADE", onupdate="CASCADE"', [("on-update-mismatch", KEY)]),
    ("models.py", 'ondelete="CASCADE"', 'ondelete="CASCADE", deferrable=True', [("deferrability-mismatch", KEY)]),
    ("models.py", '["readers.id"]', '["loans.id"]', [("foreign-key-target-mismatch", KEY)]),
    ("models.py", '    Index("loans_fee", "fee"),\n', "", [("missing-index", FEE)]),
    (
        "models.py",
        '"loans_fee", "fee"',
        '"loans_fee", "fee", postgresql_using="hash"',
        [("index-definition-mismatch", FEE)],
    ),
    ("models.py", '"loans_fee", "fee"', '"loans_fee", "fee", unique=True', [("index-definition-mismatch", FEE)]),
    (
        "models.py",
        '"loans_fee", "fee"',
        '"loans_fee", "fee", postgresql_include=["notes"]',
        [("index-definition-mismatch", FEE)],
    ),
    ("models.py", '"open", "lent", "lost"', '"open", "lent", "LOST"', [("enum-label-mismatch", "state")]),
    ("models.py", "Numeric(8, 2)", "Numeric(6, 2)", [("column-type-mismatch", FEE)]),
    ("models.py", "TIMESTAMP(precision=3)", "TIMESTAMP(precision=6)", [("column-type-mismatch", "readers.joined_at")]),
    (
        "models.py",
        'Column("nickname", Text)',
        'Column("nickname", Text, nullable=False)',
        [("nullability-mismatch", "readers.nickname")],
    ),
    (
        "models.py",
        'Column("nickname", Text)',
        'Column("nickname", Text, comment="x")',
        [("comment-mismatch", "readers.nickname")],
    ),
    (
        "models.py",
        'Column("nickname", Text)',
        'Column("nickname", Text(collation="C"))',
        [("collation-mismatch", "readers.nickname")],
    ),
    ("models.py", '    Column("nickname", Text),\n', "", [("missing-column", "readers.nickname")]),
    ("models.py", 'Column("nickname", Text)', 'Column("NickName", Text)', [("column-name-mismatch", "readers")]),
    ("models.py", 'server_default="open"', 'server_default="lent"', [("default-mismatch", "loans.state")]),
    ("models.py", '"fee >= 0"', '"fee > 0"', [("check-expression-mismatch", "loans")]),
    # SQLAlchemy counts up a key of one column alone, so that the column loses its default as well.
    (
        "models.py",
        '    Column("reader_id", Integer, nullable=False)',
        '    Column("reader_id", Integer, primary_key=True, autoincrement=False)',
        [("default-mismatch", "loans.id"), ("primary-key-mismatch", "loans")],
    ),
]
