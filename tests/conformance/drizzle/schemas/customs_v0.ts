import { customType, pgEnum, pgTable } from "drizzle-orm/pg-core";

const custom = (type: string) => customType<{ data: any }>({ dataType: () => type });

export const flag = pgEnum("Flag", ["up", "down"]);
export const lower = pgEnum("flag", ["a", "b"]);
export const spaced = pgEnum("my Flag", ["x"]);
export const customs = pgTable("customs", {
  flag: custom("Flag")().default("up"),
  flags: custom("Flag")().array(),
  listed: custom("Flag[]")(),
  lower: custom("flag")().default("a"),
  spaced: custom("my Flag")(),
  quotes: custom("name")().default("'abc'"),
  dates: custom("dateRange")(),
  number: custom("int4")().default("7"),
});
