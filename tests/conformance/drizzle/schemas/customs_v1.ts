import { customType, pgEnum, pgTable } from "drizzle-orm/pg-core";

const custom = (type: string) => customType<{ data: any }>({ dataType: () => type });

export const flag = pgEnum("Flag", ["up", "down"]);
export const lower = pgEnum("flag", ["a", "b"]);
export const customs = pgTable("customs", {
  quoted: custom('"Flag"')().default("'up'"),
  folded: custom("Flag")().default("'a'"),
  flags: custom("Flag")().array(),
  name: custom("name")().default("'abc'"),
  empty: custom("name")().default(""),
  cast: custom("name")().default("'a'::text"),
  joined: custom("bpchar")().default("'a' || 'b'"),
  number: custom("int4")().default("7"),
  integer: custom("integer")().default("1 + 2"),
  money: custom("money")().default("1"),
  binary: custom("bytea")().default("'\\\\x00ff'"),
  range: custom("int4range")().default("'[1,5)'"),
  moment: custom("timestamptz")().default("now()"),
  flag: custom("boolean")().default("false"),
  names: custom("name")().array().default("'{a}'"),
  text: custom("text")().default("'abc'"),
  capitals: custom("TEXT")().default("it's"),
  varying: custom("character varying(5)")().default("'a'"),
  exact: custom("numeric(3,1)")().default("7"),
  decimal: custom("decimal(3, 1)")().default("7"),
  collated: custom('text COLLATE "C"')().default("'a'"),
  fixed: custom("national character(5)")().default("a"),
  year: custom("interval year")().default("1"),
  time: custom("time without time zone")().default("'10:00'"),
  bits: custom("bit(3)")().default("101"),
  varbits: custom("bit varying(3)")().default("B'10'"),
  json: custom("json")().default("a"),
});
