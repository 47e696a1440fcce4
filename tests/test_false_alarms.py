"""What users of other tools were alarmed by in vain: two descriptions of one database, and nothing above a note to say.

Each case is a database and one or more files that describe it. The comment says what other tools make of it.
"""

from pathlib import Path

import pytest

from ormistice.audit import Settings, audit
from ormistice.findings import Severity
from ormistice.sources import SourceRequest, kind_of

DATASOURCE = 'datasource db {\n  provider = "postgresql"\n}\n\n'
DRIZZLE = 'import { sql } from "drizzle-orm";\nimport * as p from "drizzle-orm/pg-core";\n\n'
CORE = "import sqlalchemy as sa\nfrom sqlalchemy.dialects import postgresql as pg\n\nmetadata = sa.MetaData()\n"
CASES = {
    # A composite unique in another order of columns than the key that references it: dropped at the second push.
    "unique in another order": (
        "CREATE TABLE a (x integer NOT NULL, y integer NOT NULL, UNIQUE (y, x));"
        "CREATE TABLE b (id integer PRIMARY KEY, x integer, y integer, FOREIGN KEY (x, y) REFERENCES a (x, y));",
        {
            "schema.ts": 'export const a = p.pgTable("a", { x: p.integer("x").notNull(), y: p.integer("y").notNull() }, (t) => [p.unique().on(t.x, t.y)]);\n'
            'export const b = p.pgTable("b", { id: p.integer("id").primaryKey(), x: p.integer("x"), y: p.integer("y") }, (t) => [p.foreignKey({ columns: [t.y, t.x], foreignColumns: [a.y, a.x] })]);\n'
        },
    ),
    # A unique index where a unique constraint is meant: added again for ever.
    "unique index for unique constraint": (
        "CREATE TABLE a (id integer PRIMARY KEY, x text); CREATE UNIQUE INDEX a_x_unique ON a (x);",
        {
            "schema.ts": 'export const a = p.pgTable("a", { id: p.integer("id").primaryKey(), x: p.text("x").unique() });\n'
        },
    ),
    # A composite primary key that bears another name: dropped and added at each push.
    "name of a composite primary key": (
        "CREATE TABLE a (x integer, y integer, CONSTRAINT other PRIMARY KEY (x, y));",
        {
            "schema.ts": 'export const a = p.pgTable("a", { x: p.integer("x"), y: p.integer("y") }, (t) => [p.primaryKey({ columns: [t.x, t.y] })]);\n'
        },
    ),
    # Checks that PostgreSQL prints otherwise: always changed.
    "checks as PostgreSQL prints them": (
        "CREATE TABLE a (id integer PRIMARY KEY, x integer, y varchar(9), CONSTRAINT r CHECK (x BETWEEN 1 AND 5), CONSTRAINT s CHECK (y IN ('p', 'q')));",
        {
            "schema.ts": 'export const a = p.pgTable("a", { id: p.integer("id").primaryKey(), x: p.integer("x"), y: p.varchar("y", { length: 9 }) }, (t) => [p.check("r", sql`${t.x} >= 1 and ${t.x} <= 5`), p.check("s", sql`${t.y} in (\'p\', \'q\')`)]);\n'
        },
    ),
    # A text default that looks like a number: set again at each push.
    "a text default of digits": (
        "CREATE TABLE a (id integer PRIMARY KEY, x text DEFAULT '1', y varchar(5) DEFAULT '01');",
        {
            "schema.ts": 'export const a = p.pgTable("a", { id: p.integer("id").primaryKey(), x: p.text("x").default("1"), y: p.varchar("y", { length: 5 }).default("01") });\n',
            "schema.prisma": 'model a {\n  id Int @id\n  x String? @default("1")\n  y String? @default("01") @db.VarChar(5)\n}\n',
        },
    ),
    # The empty array in three spellings: never equal.
    "the empty array": (
        "CREATE TABLE a (id integer PRIMARY KEY, x text[] DEFAULT ARRAY[]::text[], y integer[] DEFAULT '{}');",
        {
            "schema.ts": 'export const a = p.pgTable("a", { id: p.integer("id").primaryKey(), x: p.text("x").array().default([]), y: p.integer("y").array().default(sql`ARRAY[]::integer[]`) });\n',
            "schema.prisma": "model a {\n  id Int @id\n  x String[] @default([])\n  y Int[] @default([])\n}\n",
        },
    ),
    # A default changed from X to X: two names of the current time.
    "the current time": (
        "CREATE TABLE a (id integer PRIMARY KEY, x timestamp(3) DEFAULT CURRENT_TIMESTAMP, y timestamptz DEFAULT now());",
        {
            "schema.ts": 'export const a = p.pgTable("a", { id: p.integer("id").primaryKey(), x: p.timestamp("x", { precision: 3 }).defaultNow(), y: p.timestamp("y", { withTimezone: true }).default(sql`CURRENT_TIMESTAMP`) });\n',
            "models.py": 'a = sa.Table("a", metadata, sa.Column("id", sa.Integer, primary_key=True, autoincrement=False), sa.Column("x", pg.TIMESTAMP(precision=3), server_default=sa.func.now()), sa.Column("y", sa.DateTime(timezone=True), server_default=sa.text("CURRENT_TIMESTAMP")))\n',
        },
    ),
    # A partial index that Prisma cannot express: dropped by its next migration.
    "what a language has no words for": (
        "CREATE TABLE a (id integer PRIMARY KEY, x text, CHECK (x <> '')); CREATE INDEX ON a (x) WHERE x > 'a'; CREATE INDEX ON a (lower(x)); CREATE INDEX ON a (x) INCLUDE (id);"
        "COMMENT ON TABLE a IS 'x'; ALTER TABLE a ENABLE ROW LEVEL SECURITY; CREATE SEQUENCE s; CREATE VIEW v AS SELECT * FROM a;",
        {"schema.prisma": "model a {\n  id Int @id\n  x String?\n}\n"},
    ),
    # GIN indexes with an operator class: dropped or made again at each migration.
    "operator classes": (
        "CREATE EXTENSION pg_trgm; CREATE TABLE a (id integer PRIMARY KEY, x text, y jsonb); CREATE INDEX a_x_idx ON a USING gin (x gin_trgm_ops); CREATE INDEX a_y_idx ON a USING gin (y jsonb_path_ops);",
        {
            "schema.prisma": 'model a {\n  id Int @id\n  x String?\n  y Json?\n\n  @@index([x(ops: raw("gin_trgm_ops"))], type: Gin)\n  @@index([y(ops: JsonbPathOps)], type: Gin)\n}\n'
        },
    ),
    # Labels that are no identifiers, under names that are.
    "mapped labels": (
        "CREATE TYPE kind AS ENUM ('in-progress', '2nd'); CREATE TABLE a (id integer PRIMARY KEY, x kind DEFAULT 'in-progress');",
        {
            "schema.prisma": 'enum Kind {\n  IN_PROGRESS @map("in-progress")\n  SECOND @map("2nd")\n\n  @@map("kind")\n}\n\nmodel a {\n  id Int @id\n  x Kind? @default(IN_PROGRESS)\n}\n'
        },
    ),
    # Indexes on expressions, descending ones and casts: made again, or a crash.
    "indexes on expressions": (
        "CREATE TABLE a (id integer PRIMARY KEY, x text, y timestamp); CREATE INDEX e ON a (lower(x), y DESC); CREATE INDEX f ON a ((x || 'z') text_pattern_ops);",
        {
            "models.py": 'a = sa.Table("a", metadata, sa.Column("id", sa.Integer, primary_key=True, autoincrement=False), sa.Column("x", sa.Text), sa.Column("y", sa.DateTime), sa.Index("e", sa.text("lower(x)"), sa.text("y DESC")))\nsa.Index("f", sa.text("(x || \'z\') text_pattern_ops"), _table=a)\n'
        },
    ),
    # Objects of extensions and of other tools' bookkeeping.
    "what belongs to extensions and migration tools": (
        "CREATE EXTENSION hstore; CREATE TABLE _prisma_migrations (id text); CREATE TABLE alembic_version (version_num text); CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations (id serial); CREATE TABLE a (id integer PRIMARY KEY);",
        {"schema.ts": 'export const a = p.pgTable("a", { id: p.integer("id").primaryKey() });\n'},
    ),
    # server_default of a string, quoted by the one and cast by the other.
    "quotes and casts in defaults": (
        "CREATE TYPE mood AS ENUM ('ok'); CREATE TABLE a (id integer PRIMARY KEY, x varchar(9) DEFAULT 'it''s', y jsonb DEFAULT '{\"a\": [1]}', z numeric(9, 2) DEFAULT 0, m mood DEFAULT 'ok', b boolean DEFAULT 'f');",
        {
            "models.py": 'a = sa.Table("a", metadata, sa.Column("id", sa.Integer, primary_key=True, autoincrement=False), sa.Column("x", sa.String(9), server_default="it\'s"), sa.Column("y", pg.JSONB, server_default=sa.text("""\'{"a":[1]}\'::jsonb""")), sa.Column("z", sa.Numeric(9, 2), server_default="0.00"), sa.Column("m", sa.Enum("ok", name="mood"), server_default="ok"), sa.Column("b", sa.Boolean, server_default=sa.false()))\n'
        },
    ),
    # Python's defaults never reach the database.
    "defaults of the client": (
        "CREATE TABLE a (id text PRIMARY KEY, x integer);",
        {
            "models.py": 'a = sa.Table("a", metadata, sa.Column("id", sa.Text, primary_key=True, default=str), sa.Column("x", sa.Integer, default=3, onupdate=4))\n',
            "schema.prisma": "model a {\n  id String @id @default(cuid())\n  x Int?\n}\n",
        },
    ),
    # serial, spelled out.
    "serial": (
        "CREATE SEQUENCE a_id_seq; CREATE TABLE a (id bigint NOT NULL DEFAULT nextval('a_id_seq'), PRIMARY KEY (id)); ALTER SEQUENCE a_id_seq OWNED BY a.id;",
        {
            "schema.ts": 'export const a = p.pgTable("a", { id: p.bigserial("id", { mode: "number" }).primaryKey() });\n',
            "schema.prisma": "model a {\n  id BigInt @id @default(autoincrement())\n}\n",
            "models.py": 'a = sa.Table("a", metadata, sa.Column("id", sa.BigInteger, primary_key=True))\n',
        },
    ),
    # A partitioned table is one table.
    "partitions": (
        "CREATE TABLE a (id integer, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at); CREATE TABLE a1 PARTITION OF a FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');",
        {"schema.prisma": "model a {\n  id Int\n  at DateTime @db.Date\n\n  @@id([id, at])\n}\n"},
    ),
    # A unique constraint that is there: its addition, with all rows lost, proposed at each push.
    "unique constraints that are there": (
        "CREATE TABLE a (id integer PRIMARY KEY, x text, y text, CONSTRAINT a_x_unique UNIQUE (x), CONSTRAINT other UNIQUE (y, x));",
        {
            "schema.ts": 'export const a = p.pgTable("a", { id: p.integer("id").primaryKey(), x: p.text("x").unique(), y: p.text("y") }, (t) => [p.unique("other").on(t.y, t.x)]);\n'
        },
    ),
    # A key whose name PostgreSQL cut to 63 bytes: dropped and added at each push.
    "names cut to 63 bytes": (
        "CREATE TABLE organization_membership_invitations (id integer PRIMARY KEY, inviting_member_id integer CONSTRAINT organization_membership_invitations_inviting_member_id_organiza REFERENCES organization_membership_invitations, UNIQUE (inviting_member_id));",
        {
            "schema.ts": 'export const a = p.pgTable("organization_membership_invitations", { id: p.integer("id").primaryKey(), by: p.integer("inviting_member_id").unique().references((): p.AnyPgColumn => a.id) });\n',
            "schema.prisma": 'model organization_membership_invitations {\n  id Int @id\n  inviting_member_id Int? @unique\n  by organization_membership_invitations? @relation("by", fields: [inviting_member_id], references: [id], onDelete: NoAction, onUpdate: NoAction)\n  all organization_membership_invitations[] @relation("by")\n}\n',
        },
    ),
    # A key of another name, made by hand or by another tool: dropped and added, and rows change between the two.
    "names of foreign keys": (
        "CREATE TABLE a (id integer PRIMARY KEY); CREATE TABLE b (id integer PRIMARY KEY, a integer NOT NULL CONSTRAINT by_hand REFERENCES a ON DELETE CASCADE ON UPDATE CASCADE);",
        {
            "schema.ts": 'export const a = p.pgTable("a", { id: p.integer("id").primaryKey() });\nexport const b = p.pgTable("b", { id: p.integer("id").primaryKey(), a: p.integer("a").notNull().references(() => a.id, { onDelete: "cascade", onUpdate: "cascade" }) });\n',
            "schema.prisma": "model a {\n  id Int @id\n  b b[]\n}\n\nmodel b {\n  id Int @id\n  a Int\n  to a @relation(fields: [a], references: [id], onDelete: Cascade)\n}\n",
        },
    ),
    # Defaults of arrays of documents: a crash, or brackets in the SQL.
    "defaults of arrays": (
        "CREATE TABLE a (id integer PRIMARY KEY, x jsonb[] NOT NULL DEFAULT '{}', y text[] NOT NULL DEFAULT '{p,\"q r\"}', z integer[] DEFAULT ARRAY[1, 2]);",
        {
            "schema.ts": 'export const a = p.pgTable("a", { id: p.integer("id").primaryKey(), x: p.jsonb("x").array().notNull().default(sql`\'{}\'::jsonb[]`), y: p.text("y").array().notNull().default(["p", "q r"]), z: p.integer("z").array().default([1, 2]) });\n',
            "models.py": 'a = sa.Table("a", metadata, sa.Column("id", sa.Integer, primary_key=True, autoincrement=False), sa.Column("x", pg.ARRAY(pg.JSONB), nullable=False, server_default="{}"), sa.Column("y", pg.ARRAY(sa.Text), nullable=False, server_default=sa.text("ARRAY[\'p\', \'q r\']")), sa.Column("z", pg.ARRAY(sa.Integer), server_default=sa.text("\'{1,2}\'::int[]")))\n',
        },
    ),
    # A schema that other tools own: dropped at the end of a push.
    "a schema of somebody else's": (
        "CREATE SCHEMA theirs; CREATE TYPE theirs.kind AS ENUM ('x'); CREATE SEQUENCE theirs.numbers; CREATE TABLE theirs.t (id integer PRIMARY KEY); CREATE VIEW theirs.v AS SELECT * FROM theirs.t; CREATE DOMAIN theirs.d AS text; CREATE TABLE a (id integer PRIMARY KEY);",
        {"schema.ts": 'export const a = p.pgTable("a", { id: p.integer("id").primaryKey() });\n'},
    ),
    # Actions other than NO ACTION: lost when the database is read.
    "every referential action": (
        "CREATE TABLE a (id integer PRIMARY KEY); CREATE TABLE b (id integer PRIMARY KEY, p integer REFERENCES a ON DELETE SET NULL ON UPDATE RESTRICT, q integer DEFAULT 0 REFERENCES a ON DELETE SET DEFAULT ON UPDATE SET NULL, r integer REFERENCES a ON DELETE RESTRICT ON UPDATE CASCADE, s integer REFERENCES a ON DELETE CASCADE);",
        {
            "schema.ts": 'export const a = p.pgTable("a", { id: p.integer("id").primaryKey() });\nexport const b = p.pgTable("b", { id: p.integer("id").primaryKey(), p: p.integer("p").references(() => a.id, { onDelete: "set null", onUpdate: "restrict" }), q: p.integer("q").default(0).references(() => a.id, { onDelete: "set default", onUpdate: "set null" }), r: p.integer("r").references(() => a.id, { onDelete: "restrict", onUpdate: "cascade" }), s: p.integer("s").references(() => a.id, { onDelete: "cascade" }) });\n',
            "models.py": 'a = sa.Table("a", metadata, sa.Column("id", sa.Integer, primary_key=True, autoincrement=False))\nb = sa.Table("b", metadata, sa.Column("id", sa.Integer, primary_key=True, autoincrement=False), sa.Column("p", sa.ForeignKey("a.id", ondelete="set null", onupdate="RESTRICT")), sa.Column("q", sa.ForeignKey("a.id", ondelete="SET DEFAULT", onupdate="SET NULL"), server_default="0"), sa.Column("r", sa.ForeignKey("a.id", ondelete="RESTRICT", onupdate="CASCADE")), sa.Column("s", sa.ForeignKey("a.id", ondelete="CASCADE")))\n',
        },
    ),
    # Default names that changed between versions of a tool: six tables made anew.
    "default names of another version": (
        "CREATE TABLE a (x integer, y integer, CONSTRAINT a_pkey PRIMARY KEY (x, y)); CREATE TABLE b (id integer PRIMARY KEY, k text CONSTRAINT b_k_key UNIQUE, x integer, y integer, CONSTRAINT b_x_y_a_x_y_fkey FOREIGN KEY (x, y) REFERENCES a);",
        {
            "schema.ts": 'export const a = p.pgTable("a", { x: p.integer("x"), y: p.integer("y") }, (t) => [p.primaryKey({ columns: [t.x, t.y] })]);\nexport const b = p.pgTable("b", { id: p.integer("id").primaryKey(), k: p.text("k").unique(), x: p.integer("x"), y: p.integer("y") }, (t) => [p.foreignKey({ columns: [t.x, t.y], foreignColumns: [a.x, a.y] })]);\n'
        },
    ),
    # A default that is a big integer, and an array of so many: a crash, and an array taken for a scalar.
    "big integers and sized arrays": (
        "CREATE TABLE a (id bigint PRIMARY KEY, x bigint DEFAULT 5, y integer[3], z integer[][]);",
        {
            "schema.ts": 'export const a = p.pgTable("a", { id: p.bigint("id", { mode: "bigint" }).primaryKey(), x: p.bigint("x", { mode: "bigint" }).default(5n), y: p.integer("y").array(3), z: p.integer("z").array().array() });\n',
            "models.py": 'a = sa.Table("a", metadata, sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False), sa.Column("x", sa.BigInteger, server_default=sa.text("5")), sa.Column("y", pg.ARRAY(sa.Integer, dimensions=1)), sa.Column("z", pg.ARRAY(sa.Integer, dimensions=2)))\n',
        },
    ),
    # The index of a primary key or of a unique constraint: an index that no file declares, or a second one.
    "indexes that constraints bring": (
        "CREATE TABLE a (id integer PRIMARY KEY, x text UNIQUE, y integer NOT NULL, z integer NOT NULL, UNIQUE (y, z)); CREATE TABLE b (id integer PRIMARY KEY REFERENCES a ON DELETE CASCADE ON UPDATE CASCADE);",
        {
            "schema.prisma": "model a {\n  id Int @id\n  x String? @unique\n  y Int\n  z Int\n  b b?\n\n  @@unique([y, z])\n}\n\nmodel b {\n  id Int @id\n  a a @relation(fields: [id], references: [id], onDelete: Cascade)\n}\n",
            "models.py": 'a = sa.Table("a", metadata, sa.Column("id", sa.Integer, primary_key=True, autoincrement=False), sa.Column("x", sa.Text, unique=True), sa.Column("y", sa.Integer, nullable=False), sa.Column("z", sa.Integer, nullable=False), sa.Index("y_z", "y", "z", unique=True))\nb = sa.Table("b", metadata, sa.Column("id", sa.ForeignKey("a.id", ondelete="CASCADE", onupdate="CASCADE"), primary_key=True, autoincrement=False))\n',
        },
    ),
    # A partial index beside a whole one on the same column: taken for the same, and made again.
    "a partial index beside a whole one": (
        "CREATE TABLE a (id integer PRIMARY KEY, x text); CREATE INDEX a_x_idx ON a (x); CREATE UNIQUE INDEX live ON a (x) WHERE x <> 'gone';",
        {
            "schema.prisma": "model a {\n  id Int @id\n  x String?\n\n  @@index([x])\n}\n",
            "schema.ts": 'export const a = p.pgTable("a", { id: p.integer("id").primaryKey(), x: p.text("x") }, (t) => [p.uniqueIndex("live").on(t.x).where(sql`${t.x} <> \'gone\'`), p.index("a_x_idx").on(t.x)]);\n',
        },
    ),
    # Checks that come with types of the ORM: taken for checks that somebody removed.
    "checks of enums and booleans": (
        "CREATE TABLE a (id integer PRIMARY KEY, x varchar(2) NOT NULL CONSTRAINT kind CHECK (x IN ('p', 'qq')), y boolean);",
        {
            "models.py": 'a = sa.Table("a", metadata, sa.Column("id", sa.Integer, primary_key=True, autoincrement=False), sa.Column("x", sa.Enum("p", "qq", name="kind", native_enum=False, create_constraint=True), nullable=False), sa.Column("y", sa.Boolean(create_constraint=True, name="whether")))\n'
        },
    ),
    # Tables of one name in two schemas, and references without a schema: made again.
    "one name in two schemas": (
        "CREATE SCHEMA auth; CREATE TYPE auth.level AS ENUM ('low'); CREATE TABLE auth.users (id integer PRIMARY KEY, level auth.level DEFAULT 'low'); CREATE TABLE users (id integer PRIMARY KEY REFERENCES auth.users);",
        {
            "schema.ts": 'const auth = p.pgSchema("auth");\nexport const level = auth.enum("level", ["low"]);\nexport const theirs = auth.table("users", { id: p.integer("id").primaryKey(), level: level("level").default("low") });\nexport const ours = p.pgTable("users", { id: p.integer("id").primaryKey().references(() => theirs.id) });\n',
            "models.py": 'theirs = sa.Table("users", metadata, sa.Column("id", sa.Integer, primary_key=True, autoincrement=False), sa.Column("level", sa.Enum("low", name="level", schema="auth"), server_default="low"), schema="auth")\nours = sa.Table("users", metadata, sa.Column("id", sa.ForeignKey("auth.users.id"), primary_key=True, autoincrement=False))\n',
        },
    ),
    # Labels that are the members' values: the members' names expected.
    "labels that are values": (
        "CREATE TYPE status AS ENUM ('in review', 'done'); CREATE TABLE a (id integer PRIMARY KEY, x status DEFAULT 'done');",
        {
            "models.py": 'import enum\n\n\nclass Status(enum.Enum):\n    IN_REVIEW = "in review"\n    DONE = "done"\n\n\na = sa.Table("a", metadata, sa.Column("id", sa.Integer, primary_key=True, autoincrement=False), sa.Column("x", sa.Enum(Status, name="status", values_callable=lambda kind: [each.value for each in kind]), server_default=Status.DONE.value))\n'
        },
    ),
    # A function of an extension that the search path finds or not: its default set again for ever.
    "defaults by functions of extensions": (
        "CREATE EXTENSION \"uuid-ossp\"; CREATE EXTENSION pgcrypto; CREATE TABLE a (id uuid PRIMARY KEY DEFAULT uuid_generate_v4(), x text DEFAULT encode(gen_random_bytes(4), 'hex'));",
        {
            "schema.ts": 'export const a = p.pgTable("a", { id: p.uuid("id").primaryKey().default(sql`uuid_generate_v4()`), x: p.text("x").default(sql`encode(gen_random_bytes(4), \'hex\')`) });\n',
            "schema.prisma": 'model a {\n  id String @id @default(dbgenerated("public.uuid_generate_v4()")) @db.Uuid\n  x String? @default(dbgenerated("encode(gen_random_bytes(4), \'hex\'::text)"))\n}\n',
        },
    ),
    # One name for constraints of several tables: taken for one another.
    "one constraint name on several tables": (
        "CREATE TABLE a (id integer PRIMARY KEY, x integer, CONSTRAINT positive CHECK (x > 0)); CREATE TABLE b (id integer PRIMARY KEY, x integer, a integer, CONSTRAINT positive CHECK (x > 1), CONSTRAINT of_a FOREIGN KEY (a) REFERENCES a); CREATE TABLE c (id integer PRIMARY KEY, a integer, CONSTRAINT of_a FOREIGN KEY (a) REFERENCES a);",
        {
            "models.py": 'a = sa.Table("a", metadata, sa.Column("id", sa.Integer, primary_key=True, autoincrement=False), sa.Column("x", sa.Integer), sa.CheckConstraint("x > 0", name="positive"))\nb = sa.Table("b", metadata, sa.Column("id", sa.Integer, primary_key=True, autoincrement=False), sa.Column("x", sa.Integer), sa.Column("a", sa.ForeignKey("a.id", name="of_a")), sa.CheckConstraint("x > 1", name="positive"))\nc = sa.Table("c", metadata, sa.Column("id", sa.Integer, primary_key=True, autoincrement=False), sa.Column("a", sa.ForeignKey("a.id", name="of_a")))\n'
        },
    ),
    # Partitions and inherited tables, which drizzle-kit pulls as tables of their own.
    "tables that are parts of others": (
        "CREATE TABLE a (id integer NOT NULL, at date NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);"
        "CREATE TABLE a_2026 PARTITION OF a FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');"
        "CREATE TABLE b (x integer); CREATE TABLE c (y integer) INHERITS (b);",
        {
            "schema.ts": 'const columns = () => ({ id: p.integer("id").notNull(), at: p.date("at").notNull() });\n'
            'export const a = p.pgTable("a", columns(), (t) => [p.primaryKey({ columns: [t.id, t.at] })]);\n'
            'export const a2026 = p.pgTable("a_2026", columns(), (t) => [p.primaryKey({ columns: [t.id, t.at] })]);\n'
            'export const b = p.pgTable("b", { x: p.integer("x") });\n'
            'export const c = p.pgTable("c", { x: p.integer("x"), y: p.integer("y") });\n',
            "models.py": 'sa.Table("a", metadata, sa.Column("id", sa.Integer, primary_key=True, autoincrement=False), sa.Column("at", sa.Date, primary_key=True))\n'
            'sa.Table("b", metadata, sa.Column("x", sa.Integer))\n',
        },
    ),
    # A sequence that a column owns, which drizzle-kit pulls by itself where it does not pull its table.
    "a sequence of a column": (
        "CREATE TABLE a (id bigserial PRIMARY KEY); CREATE TABLE b (id integer GENERATED ALWAYS AS IDENTITY);",
        {
            "schema.ts": 'export const ids = p.pgSequence("a_id_seq");\n'
            'export const a = p.pgTable("a", { id: p.bigint("id", { mode: "number" }).default(sql`nextval(\'a_id_seq\'::regclass)`).primaryKey() });\n'
            'export const b = p.pgTable("b", { id: p.integer("id").generatedAlwaysAsIdentity({ name: "b_id_seq" }) });\n'
        },
    ),
    # Zeros behind the point: the default is set again at each push.
    "zeros behind the point": (
        "CREATE TABLE a (id integer PRIMARY KEY, x numeric DEFAULT 0.0, y numeric(8, 3) DEFAULT 1.50, z double precision DEFAULT '-2.00');",
        {
            "schema.ts": 'export const a = p.pgTable("a", { id: p.integer("id").primaryKey(), x: p.numeric("x").default("0"), y: p.numeric("y", { precision: 8, scale: 3 }).default("1.5"), z: p.doublePrecision("z").default(-2) });\n',
        },
    ),
    # A domain that is named as the search path finds it: to be altered at each push.
    "a type without its schema": (
        'CREATE DOMAIN year AS integer; CREATE TYPE "Mood" AS ENUM (\'a\'); CREATE TABLE a (id integer PRIMARY KEY, x year, y "Mood");',
        {
            "schema.ts": 'const year = p.customType({ dataType: () => "year" });\nexport const mood = p.pgEnum("Mood", ["a"]);\n'
            'export const a = p.pgTable("a", { id: p.integer("id").primaryKey(), x: year("x"), y: mood("y") });\n',
        },
    ),
    # What tools leave out when they pull: parameters of a type that they do not support, and that a column is virtual.
    "what is pulled without its parameters": (
        "CREATE EXTENSION vector; CREATE TABLE a (id integer PRIMARY KEY, x vector(3), y integer, z integer GENERATED ALWAYS AS (y * 2) VIRTUAL);",
        {
            "schema.prisma": 'model a {\n  id Int @id\n  x Unsupported("vector")?\n  y Int?\n  z Int? @default(dbgenerated("(y * 2)"))\n}\n',
            "schema.ts": 'export const a = p.pgTable("a", { id: p.integer("id").primaryKey(), x: p.vector("x", { dimensions: 3 }), y: p.integer("y"), z: p.integer("z").generatedAlwaysAs(sql`(y * 2)`) });\n',
        },
    ),
    # Domains: their default is that of their columns, and what they refuse no array of them refuses.
    "domains": (
        "CREATE DOMAIN moment AS integer DEFAULT 7; CREATE DOMAIN mark AS integer NOT NULL; CREATE TABLE a (id integer PRIMARY KEY, x moment, y mark[], z mark);",
        {
            "models.py": 'moment = pg.DOMAIN("moment", sa.Integer, default=sa.text("7"))\nmark = pg.DOMAIN("mark", sa.Integer, not_null=True)\n'
            'a = sa.Table("a", metadata, sa.Column("id", sa.Integer, primary_key=True, autoincrement=False), sa.Column("x", moment, server_default=sa.text("7")), sa.Column("y", sa.ARRAY(mark)), sa.Column("z", mark, nullable=False))\n',
        },
    ),
    # A label of no characters, which Prisma pulls as a value with an empty name.
    "an empty label": (
        "CREATE TYPE mood AS ENUM ('sad', ''); CREATE TABLE a (id integer PRIMARY KEY, x mood DEFAULT '');",
        {
            "schema.prisma": 'model a {\n  id Int @id\n  x mood? @default(EMPTY)\n}\n\nenum mood {\n  sad\n  EMPTY @map("")\n}\n'
        },
    ),
    # Functions and sequences of one's own, named as people name them.
    "names without their schema": (
        "CREATE SEQUENCE s; CREATE FUNCTION tidy(text) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT true';"
        "CREATE TABLE a (id integer PRIMARY KEY, x bigint DEFAULT nextval('s'), y text, CONSTRAINT c CHECK (tidy(y)));",
        {
            "schema.ts": 'export const s = p.pgSequence("s");\n'
            'export const a = p.pgTable("a", { id: p.integer("id").primaryKey(), x: p.bigint("x", { mode: "number" }).default(sql`nextval(\'public.s\'::regclass)`), y: p.text("y") }, (t) => [p.check("c", sql`tidy(${t.y})`)]);\n',
            "models.py": 'a = sa.Table("a", metadata, sa.Column("id", sa.Integer, primary_key=True, autoincrement=False), sa.Column("x", sa.BigInteger, server_default=sa.text("nextval(\'s\')")), sa.Column("y", sa.Text), sa.CheckConstraint("public.tidy(y)", name="c"))\n',
        },
    ),
    # The operator classes that an index takes anyway, and the index of an exclusion constraint, as drizzle-kit pulls them.
    "what is there anyway": (
        "CREATE TABLE a (id integer PRIMARY KEY, x integer, r int4range, v xid8, CONSTRAINT free EXCLUDE USING gist (r WITH &&));"
        "CREATE INDEX i ON a USING brin (x); CREATE INDEX j ON a USING gist (r); CREATE INDEX k ON a USING hash (v);",
        {
            "schema.ts": 'const range = p.customType({ dataType: () => "int4range" });\nconst xid8 = p.customType({ dataType: () => "xid8" });\n'
            'export const a = p.pgTable("a", { id: p.integer("id").primaryKey(), x: p.integer("x"), r: range("r"), v: xid8("v") }, (t) => [p.index("i").using("brin", t.x.op("int4_minmax_ops")), p.index("j").using("gist", t.r.op("range_ops")), p.index("k").using("hash", t.v.op("xid8_ops")), p.index("free").using("gist", t.r.op("range_ops"))]);\n',
        },
    ),
    # An array of what Prisma does not support, as it pulls it; and a generated column that only the database calls NOT NULL.
    "arrays and generated columns": (
        "CREATE TABLE a (id integer PRIMARY KEY, x interval[], y integer NOT NULL GENERATED ALWAYS AS (id * 2) STORED);",
        {
            "schema.prisma": 'model a {\n  id Int @id\n  x Unsupported("_interval")[]\n  y Int @default(dbgenerated("(id * 2)"))\n}\n',
            "schema.ts": 'export const a = p.pgTable("a", { id: p.integer("id").primaryKey(), x: p.interval("x").array(), y: p.integer("y").generatedAlwaysAs(sql`(id * 2)`) });\n',
        },
    ),
    # The operator classes that Django gives to the indexes of texts: Prisma pulls them without, and is in sync.
    "an operator class of a tree": (
        "CREATE TABLE a (id integer PRIMARY KEY, x text, y varchar(9)); CREATE INDEX a_x_idx ON a (x text_pattern_ops); CREATE INDEX a_y_idx ON a (y varchar_pattern_ops DESC);",
        {
            "schema.prisma": "model a {\n  id Int @id\n  x String?\n  y String? @db.VarChar(9)\n\n  @@index([x])\n  @@index([y(sort: Desc)])\n}\n"
        },
    ),
}
HEADS = {"schema.prisma": DATASOURCE, "schema.ts": DRIZZLE, "models.py": CORE}


@pytest.mark.parametrize("case", CASES)
def test_nothing_above_a_note(case: str, tmp_path: Path) -> None:
    ddl, files = CASES[case]
    (tmp_path / "database.sql").write_text(ddl, encoding="utf-8")
    for name, text in files.items():
        (tmp_path / name).write_text(HEADS[name] + text, encoding="utf-8")
    sources = []
    for name in ("database.sql", *files):
        kind, prefix, target = kind_of(name, tmp_path)
        sources.append(kind.open(SourceRequest(kind.name, prefix, (target,), tmp_path)))
    report = audit(sources, Settings(databases=frozenset({"sql"})))

    assert [(item.rule, item.violation.message) for item in report.findings if item.severity is not Severity.INFO] == []
    assert [item.violation.message for item in report.findings if item.unread] == []
    assert report.not_compared == ()
