import { sql } from "drizzle-orm";
import * as pg from "drizzle-orm/pg-core";
import {
  bigint,
  bigserial,
  boolean,
  char,
  cidr,
  customType,
  date,
  decimal,
  doublePrecision,
  inet,
  integer,
  interval,
  json,
  jsonb,
  line,
  macaddr,
  macaddr8,
  numeric,
  pgEnum,
  pgTable,
  point,
  real,
  serial,
  smallint,
  smallserial,
  text,
  time,
  timestamp,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";

export const mood = pgEnum("mood", ["sad", "it's ok", "happy"]);
const LEVELS = ["low", "high"] as const;
export const level = pgEnum("level", LEVELS);
export enum Colour {
  Red = "red",
  Green = "green",
}
export const colour = pgEnum("Colour Type", Object.values(Colour) as [string, ...string[]]);

const bytes = customType<{ data: Uint8Array }>({ dataType: () => "bytea" });
const sized = customType<{ data: string; config: { length: number } }>({
  dataType(config) {
    return config && config.length ? `varchar(${config.length})` : "varchar";
  },
});
const searchable = customType<{ data: string }>({
  dataType() {
    return "tsvector";
  },
});

export const numbers = pgTable("numbers", {
  id: serial("id").primaryKey(),
  small: smallserial("small"),
  big: bigserial("big", { mode: "number" }),
  i: integer(),
  s: smallint().notNull().default(-3),
  b: bigint({ mode: "number" }).default(12345678901),
  r: real().default(1.5),
  d: doublePrecision().default(0),
  n: numeric(),
  n10: numeric("n_10", { precision: 10 }),
  n102: decimal({ precision: 10, scale: 2 }).default("12.50"),
  t: boolean().default(true).notNull(),
  f: boolean().default(false),
});

export const texts = pgTable("texts", {
  id: uuid().defaultRandom().primaryKey(),
  plain: text().notNull().default("it's"),
  limited: varchar({ length: 40 }).default(""),
  unlimited: varchar(),
  c: char(),
  c3: char({ length: 3 }),
  states: text({ enum: ["a", "b"] }).default("a"),
  mood: mood().notNull().default("it's ok"),
  moods: mood("moods").array(),
  level: level("level_of"),
  colour: colour().default(Colour.Red),
  raw: bytes("raw"),
  sized: sized("sized", { length: 12 }),
  unsized: sized(),
  found: searchable("found"),
  net: inet(),
  range: cidr(),
  mac: macaddr(),
  mac8: macaddr8(),
});

export const moments = pgTable("moments", {
  id: integer().generatedAlwaysAsIdentity().primaryKey(),
  a: timestamp(),
  b: timestamp({ withTimezone: true }).defaultNow().notNull(),
  c: timestamp("c", { precision: 3, withTimezone: true, mode: "string" }),
  d: timestamp({ precision: 6 }),
  e: date().defaultNow(),
  f: date({ mode: "date" }),
  g: time({ precision: 2 }),
  h: time({ withTimezone: true }),
  i: interval(),
  j: interval({ fields: "day to second", precision: 4 }),
  k: timestamp({ mode: "string" }).default("2020-01-01 00:00:00"),
  l: timestamp().$defaultFn(() => new Date()),
  m: timestamp().$onUpdate(() => new Date()),
  n: timestamp().default(sql`now() + interval '1 day'`),
  o: timestamp().default(sql`CURRENT_TIMESTAMP`),
});

export const shapes = pgTable("shapes", {
  id: bigint({ mode: "number" }).generatedByDefaultAsIdentity({ startWith: 100, increment: 5, cache: 10, cycle: true }),
  p: point(),
  l: line(),
  j: json().default({ a: 1, b: [true, null, "x"] }),
  k: jsonb().$type<{ a: Array<{ b: 1 }> }>().notNull().default([]),
  m: jsonb().default(sql`'{}'::jsonb`),
  tags: text().array(),
  numbers: integer().array().notNull().default([]),
  words: text().array().default(["a", "b c"]),
  generated: text().generatedAlwaysAs(sql`'a' || 'b'`),
  fromColumn: integer().generatedAlwaysAs((): any => sql`${shapes.counted} * 2`),
  counted: integer("counted_things").default(sql`1 + 1`),
});

export const descending = pgTable("descending", {
  down: integer().generatedAlwaysAsIdentity({ increment: -1 }),
  far: bigint({ mode: "number" }).generatedAlwaysAsIdentity({ increment: -2, minValue: -1000 }),
});
export const viaNamespace = pg.pgTable("via_namespace", { id: pg.integer().primaryKey(), name: pg.text("the_name") });
export const viaCallback = pgTable("via_callback", (t) => ({
  id: t.serial().primaryKey(),
  name: t.varchar({ length: 7 }).notNull(),
  at: t.timestamp({ withTimezone: true }),
}));
