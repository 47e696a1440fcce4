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
